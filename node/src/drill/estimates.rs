//! What an attacker computes from an answer: the tables, as the aggregator would.

use vwis_model::{
    agreement::Series,
    algebra::{Levels, ResidualSum},
};

use super::{attacker::Answer, staff};

/// Half the width of a 95% interval, in standard deviations.
const Z_95: f64 = 1.959_964;

/// The tables of one answer.
pub(super) struct Estimates {
    sum: ResidualSum,
    /// Position of the attribute among those of the data set.
    staff_group: usize,
    gender: usize,
    /// Index of the target's group among the categories.
    target: usize,
}

// === impl Estimates ===

impl Estimates {
    /// Reconstructs the tables of `series` from `answer`.
    pub(super) fn of(answer: &Answer, series: &Series) -> Self {
        let mut sum = ResidualSum::for_strategy(series.strategy());
        sum.add(series.strategy(), &answer.payload.entries())
            .expect("the node answers with as many integers as its agreement says");
        let data_set = series.data_set();
        let position = |attribute| data_set.position(attribute).expect("staff has it");
        let staff_group = position("staff_group");
        let categories = data_set.attributes()[staff_group].categories();
        Self {
            sum,
            staff_group,
            gender: position("gender"),
            target: categories
                .iter()
                .position(|category| category.code() == staff::TARGET_GROUP)
                .expect("the dictionary has the group"),
        }
    }

    /// Half the width of a 95% interval for a standard deviation of `sd`.
    pub(super) fn half_width(sd: f64) -> f64 {
        Z_95 * sd
    }

    /// Estimated number of people in total.
    pub(super) fn total(&self) -> f64 {
        self.table(Levels::TOTAL)[0]
    }

    /// Standard deviation of [`Self::total`].
    pub(super) fn total_sd(&self) -> f64 {
        self.sd(Levels::TOTAL)
    }

    /// People in the target's staff group, with the standard deviation.
    pub(super) fn target(&self) -> (f64, f64) {
        let by_group = self.by([self.staff_group]);
        (self.table(by_group)[self.target], self.sd(by_group))
    }

    /// Largest difference, in people, between the table of staff groups and that margin of staff group by
    /// gender.
    pub(super) fn disagreement(&self) -> f64 {
        let both = self.table(self.by([self.staff_group, self.gender]));
        let groups = self.table(self.by([self.staff_group]));
        let genders = self.table(self.by([self.gender]));
        // A table's axes stand in the order of the data set.
        let staff_group_first = self.staff_group < self.gender;
        (0..groups.len())
            .map(|group| {
                let margin: f64 = (0..genders.len())
                    .map(|gender| {
                        both[if staff_group_first {
                            group * genders.len() + gender
                        } else {
                            gender * groups.len() + group
                        }]
                    })
                    .sum();
                (margin - groups[group]).abs()
            })
            .fold(0.0, f64::max)
    }

    /// Whether `later`, in which the target alone is missing, differs from this by anything but one
    /// person in the target's group.
    pub(super) fn differs_beyond_one_leaver(&self, later: &Self) -> bool {
        let (before, after) = (
            self.table(self.by([self.staff_group])),
            later.table(self.by([self.staff_group])),
        );
        before
            .iter()
            .zip(&after)
            .enumerate()
            .any(|(group, (before, after))| {
                let left = f64::from(u8::from(group == self.target));
                (before - after - left).abs() > 1e-6
            })
    }

    /// The table by the attributes at these positions.
    fn by<const N: usize>(&self, positions: [usize; N]) -> Levels {
        self.sum.domain().by(positions)
    }

    fn table(&self, marginal: Levels) -> Vec<f64> {
        let table = self.sum.table(marginal);
        table.expect("the drill's agreement promises it").estimates
    }

    fn sd(&self, marginal: Levels) -> f64 {
        let variance = self.sum.variances().cell_variance(marginal, 0);
        variance.expect("the drill's agreement promises it").sqrt()
    }
}
