//! Establishment: the posts that employers have funded, which staff in post are held against.
//!
//! Funded posts are money, not people: the figures are exact and cost no privacy. They come as a file from
//! each employer's finance department.

mod parse;

pub use parse::EstablishmentError;

use std::collections::BTreeMap;

use vwis_model::{ods::OdsCode, period::Period};

/// The funded posts of all employers that gave them, by employer and period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Establishment {
    by_employer: BTreeMap<OdsCode, BTreeMap<Period, Vec<Posts>>>,
}

/// The posts that an employer has funded for a staff group, in one locality or in all of them together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posts {
    /// Code of a category of `staff_group`.
    pub staff_group: String,
    /// Code of a category of `locality`; `None` where the file does not tell localities apart.
    pub locality: Option<String>,
    /// Whole-time equivalents, in hundredths: 1250 is 12.5.
    pub funded_fte_hundredths: u32,
}

// === impl Establishment ===

impl Establishment {
    /// Whether no employer gave any posts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_employer.is_empty()
    }

    /// Sets an employer's posts of a period, in place of those that were there.
    pub fn replace(&mut self, ods_code: OdsCode, period: Period, posts: Vec<Posts>) {
        let periods = self.by_employer.entry(ods_code).or_default();
        periods.insert(period, posts);
    }

    /// Every employer and period with known posts, in ascending order.
    pub fn files(&self) -> impl Iterator<Item = (&OdsCode, Period, &[Posts])> {
        self.by_employer.iter().flat_map(|(ods_code, periods)| {
            periods
                .iter()
                .map(move |(&period, posts)| (ods_code, period, posts.as_slice()))
        })
    }

    /// The period and posts of an employer's latest file that is not later than `until`.
    #[must_use]
    pub fn latest(&self, ods_code: &OdsCode, until: Period) -> Option<(Period, &[Posts])> {
        let periods = self.by_employer.get(ods_code)?;
        let (&period, posts) = periods.range(..=until).next_back()?;
        Some((period, posts))
    }
}
