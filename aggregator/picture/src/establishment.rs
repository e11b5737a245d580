//! Establishment: the posts that employers have funded, which staff in post are held against.
//!
//! Funded posts are money, not people: they are exact, cost no privacy, and come as a file that each
//! employer's finance department has.

mod parse;

pub use parse::EstablishmentError;

use std::collections::BTreeMap;

use vwis_model::{ods::OdsCode, period::Period};

/// The funded posts of all employers that gave them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Establishment {
    by_employer: BTreeMap<OdsCode, BTreeMap<Period, Vec<Posts>>>,
}

/// The posts that an employer has funded for a staff group, in one locality or in all together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posts {
    /// Code of the dictionary's category.
    pub staff_group: String,
    /// Code of the dictionary's category; none where localities are not told apart.
    pub locality: Option<String>,
    /// Whole-time equivalents, in hundredths.
    pub funded_fte_hundredths: u32,
}

// === impl Establishment ===

impl Establishment {
    /// Whether nobody gave any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_employer.is_empty()
    }

    /// Puts an employer's posts of a period in place of those known.
    pub fn replace(&mut self, ods_code: OdsCode, period: Period, posts: Vec<Posts>) {
        let periods = self.by_employer.entry(ods_code).or_default();
        periods.insert(period, posts);
    }

    /// Every employer and period of which posts are known, ascending.
    pub fn files(&self) -> impl Iterator<Item = (&OdsCode, Period, &[Posts])> {
        self.by_employer.iter().flat_map(|(ods_code, periods)| {
            periods
                .iter()
                .map(move |(&period, posts)| (ods_code, period, posts.as_slice()))
        })
    }

    /// An employer's latest posts that are not of after `until`, and of which period they are.
    #[must_use]
    pub fn latest(&self, ods_code: &OdsCode, until: Period) -> Option<(Period, &[Posts])> {
        let periods = self.by_employer.get(ods_code)?;
        let (&period, posts) = periods.range(..=until).next_back()?;
        Some((period, posts))
    }
}
