//! Differencing: what two tables, or two months, together tell about one person.

use super::{Seen, Texts};
use crate::drill::{DrillError, estimates::Estimates, stage::Stage};

pub(super) const TABLES: Texts = Texts {
    name: "differencing-two-tables",
    title: "Subtracting one table from another",
    tried: "One person is known to be the only one of a staff group. The attacker adds up the table of \
            staff group by gender over gender, subtracts the table of staff groups, and reads that \
            person's cell, hoping for two independent noises.",
    because: "All tables of a measurement are made from one set of noisy integers, so they agree with \
              each other to the last digit: their difference holds nothing that was not paid for.",
};

pub(super) const MONTHS: Texts = Texts {
    name: "differencing-two-months",
    title: "Subtracting the month after somebody left",
    tried: "One person leaves between two months and nothing else changes. The attacker, who knows \
            everybody else, subtracts the second month from the first.",
    because: "Each month carries noise of its own and is paid for on its own; the difference carries \
              both. What the two tell together about one person is bounded by the sum of their ρ.",
};

/// Two tables of one measurement that share their margin.
struct Tables {
    /// Largest difference, in people, between a table and the margin of another that should equal it.
    disagreement: f64,
    target: f64,
    target_sd: f64,
}

/// Two months with one leaver between them.
struct Months {
    /// People that left, by the difference of the totals.
    fewer: f64,
    fewer_sd: f64,
    charges: usize,
    /// Whether the difference shows anything but one leaver in the target's group.
    noisy: bool,
}

pub(super) async fn tables(stage: &Stage<'_>) -> Result<Seen, DrillError> {
    let answer = stage
        .answer(&stage.request(stage.agreement(), 0, None))
        .await?;
    let estimates = stage.estimates(&answer);
    let (target, target_sd) = estimates.target();
    let tables = Tables {
        disagreement: estimates.disagreement(),
        target,
        target_sd,
    };
    Ok(Seen {
        in_words: format!(
            "The margin and the table differ by {:.9} people at most. That person's group, in truth 1, \
             came out as {:.1} ± {:.1} (95%).",
            tables.disagreement,
            tables.target,
            Estimates::half_width(tables.target_sd),
        ),
        held: tables.held(),
    })
}

pub(super) async fn months(stage: &Stage<'_>) -> Result<Seen, DrillError> {
    stage.import(1, false).await?;
    let before = stage
        .answer(&stage.request(stage.agreement(), 0, None))
        .await?;
    let after = stage.request(stage.agreement(), 1, Some(&before));
    let after = stage.answer(&after).await?;
    let (before, after) = (stage.estimates(&before), stage.estimates(&after));
    let (_, charges) = stage.charged().await?;
    let months = Months {
        fewer: before.total() - after.total(),
        fewer_sd: before.total_sd().hypot(after.total_sd()),
        charges,
        noisy: before.differs_beyond_one_leaver(&after),
    };
    Ok(Seen {
        in_words: format!(
            "One person left; the totals differ by {:.1} ± {:.1} (95%). Charges in the ledger: {}.",
            months.fewer,
            Estimates::half_width(months.fewer_sd),
            months.charges,
        ),
        held: months.held(),
    })
}

// === impl Tables ===

impl Tables {
    /// The promise: the tables agree up to rounding, and the noise hides whether the target's cell is 0 or 1.
    /// A budget may be so large that the noise hides nobody.
    fn held(&self) -> bool {
        self.disagreement < 1e-6
            && Estimates::half_width(self.target_sd) > 1.0
            && (self.target - 1.0).abs() > 1e-9
    }
}

// === impl Months ===

impl Months {
    /// The promise: both months are paid for, and both are noisy.
    fn held(&self) -> bool {
        self.charges == 2 && self.noisy && Estimates::half_width(self.fewer_sd) > 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn independent_noises_and_an_exact_cell_are_seen() {
        let good = Tables {
            disagreement: 1e-10,
            target: -3.0,
            target_sd: 5.0,
        };
        assert!(good.held());
        let apart = Tables {
            disagreement: 2.0,
            ..good
        };
        assert!(!apart.held());
        let exact = Tables {
            disagreement: 0.0,
            target: 1.0,
            target_sd: 5.0,
        };
        assert!(!exact.held());
    }

    #[test]
    fn a_month_for_nothing_and_a_difference_of_one_are_seen() {
        let months = |charges, noisy| Months {
            fewer: 1.0,
            fewer_sd: 7.0,
            charges,
            noisy,
        };
        assert!(months(2, true).held());
        assert!(!months(1, true).held());
        assert!(!months(2, false).held());
    }
}
