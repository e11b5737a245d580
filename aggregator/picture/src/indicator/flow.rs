//! A year's flow of people: up to four quarters added up, and the staff whom it is held against.
//!
//! One quarter of one employer is mostly noise; four together are not. Each quarter is a release of
//! its own with a noise of its own, so variances add.

use vwis_model::{ods::OdsCode, period::Period};

use crate::{
    estimate::Parts,
    facts::{Facts, FactsError, Joint, QUARTER_MONTHS, QUARTERS, Source, Who, latest_quarters},
    picture::Whose,
};

/// The latest up to four quarters of which all that is needed is released, of the organisations
/// that are in all of them.
pub(super) struct Year<'a> {
    facts: Facts<'a>,
    organisations: Vec<OdsCode>,
    quarters: Vec<Period>,
    /// What is to be read before the numbers.
    pub(super) notes: Vec<String>,
    pub(super) source: Source,
}

// === impl Year ===

impl<'a> Year<'a> {
    /// The latest year of `needed`: each of them is counted in every quarter.
    pub(super) fn latest(facts: &Facts<'a>, needed: &[Who]) -> Result<Self, FactsError> {
        let mut shared: Option<Vec<Period>> = None;
        for who in needed {
            let periods = facts.periods(std::slice::from_ref(who))?;
            shared = Some(match shared {
                None => periods,
                Some(shared) if shared.iter().any(|period| periods.contains(period)) => shared
                    .into_iter()
                    .filter(|period| periods.contains(period))
                    .collect(),
                Some(shared) => {
                    let latest = shared.last().copied().unwrap_or(periods[0]);
                    facts.at(latest, std::slice::from_ref(who))?;
                    shared
                }
            });
        }
        let released = shared.unwrap_or_default();
        let quarters = latest_quarters(&released);
        let (common, left_out) = facts.of_those_in_latest(&quarters, needed)?;
        let quarters = quarters[left_out..].to_vec();
        let why = match left_out {
            0 if released.len() == quarters.len() => Few::Released,
            0 => Few::WithoutAGap,
            _ => Few::OfTheSame,
        };
        let mut notes = vec![span(&quarters, why)];
        notes.extend(common.notes());
        let latest = quarters.last().copied();
        let latest = latest.expect("what is in all of no release is nobody, refused above");
        let source = common.facts.at(latest, &needed[..1])?.source();
        Ok(Self {
            facts: common.facts,
            organisations: common.organisations,
            quarters,
            notes,
            source,
        })
    }

    /// Counts of a flow over a year: the quarters added up, and where there are fewer than four,
    /// brought up to a year.
    pub(super) fn sum(&self, wanted: &[Who]) -> Result<Parts, FactsError> {
        Ok(self.added(wanted)?.scaled(self.years().recip()))
    }

    /// Counts of a stock, on the average of the quarters' last days.
    pub(super) fn mean(&self, wanted: &[Who]) -> Result<Parts, FactsError> {
        Ok(self.added(wanted)?.scaled(self.count().recip()))
    }

    /// Counts of a stock on the day before the first quarter, of the same organisations; nothing
    /// where fewer than four quarters are released, or that day is not.
    pub(super) fn at_start(&self, wanted: &[Who]) -> Option<Joint<'a>> {
        if self.quarters.len() < QUARTERS {
            return None;
        }
        let start = self.quarters[0].months_before(QUARTER_MONTHS)?;
        let same = Whose::Organisations(self.organisations.clone());
        self.facts.of(same).at(start, wanted).ok()
    }

    fn added(&self, wanted: &[Who]) -> Result<Parts, FactsError> {
        let mut sum: Option<Parts> = None;
        for &period in &self.quarters {
            let joint = self.facts.at(period, wanted)?;
            sum = Some(match sum {
                None => joint.parts().clone(),
                Some(sum) => sum.plus(joint.parts()),
            });
        }
        Ok(sum.expect("a year has a quarter at least"))
    }

    fn count(&self) -> f64 {
        f64::from(u32::try_from(self.quarters.len()).expect("four at most"))
    }

    /// How many of a year's four quarters there are.
    fn years(&self) -> f64 {
        self.count() / f64::from(u32::try_from(QUARTERS).expect("four"))
    }
}

/// Why a year has fewer than four quarters.
#[derive(Clone, Copy)]
enum Few {
    /// No others are released.
    Released,
    /// Others are, before a gap.
    WithoutAGap,
    /// Others are, of employers that cannot be compared with these.
    OfTheSame,
}

fn span(quarters: &[Period], why: Few) -> String {
    let (Some(first), Some(last)) = (quarters.first(), quarters.last()) else {
        return String::new();
    };
    let (which, are, whose, times) = match quarters.len() {
        QUARTERS => {
            return format!(
                "The year is the four quarters whose last months are {first} to {last}."
            );
        }
        1 => (
            format!("the quarter to {last}"),
            "is",
            "its",
            "4".to_owned(),
        ),
        count => {
            let which = format!("the {count} quarters to {last}");
            (which, "are", "their", format!("4/{count}"))
        }
    };
    let why = match why {
        Few::Released => format!("{are} released"),
        Few::WithoutAGap => format!("{are} released without a gap"),
        Few::OfTheSame => "can be told of the same employers".to_owned(),
    };
    format!(
        "Only {which} {why}: {whose} flow is multiplied by {times} to stand for a year, which is wrong \
         where joining or leaving has seasons."
    )
}
