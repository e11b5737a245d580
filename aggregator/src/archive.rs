//! Everything released under one agreement that an answer can be made from.

use std::{collections::BTreeSet, sync::Arc};

use vwis_proto::{
    agreement::{Agreement, Measure, Series},
    algebra::LinearCombination,
    ods::OdsCode,
    period::Period,
};

use crate::{
    picture::{SeriesPicture, Whose},
    release::{Coverage, Release},
};

/// The releases of one agreement, each series' latest of each period, with their pictures.
#[derive(Clone, Debug)]
pub struct Archive {
    agreement: Arc<Agreement>,
    /// By period, then in the order of the agreement's series.
    releases: Vec<Arc<Archived>>,
}

/// One release and its picture.
#[derive(Clone, Debug)]
pub struct Archived {
    /// What was released.
    pub release: Release,
    /// Which of the agreement's series it is of.
    pub series: usize,
    /// Its tables.
    pub picture: SeriesPicture,
}

/// How much of the system a release holds, for people: the doubt that no interval shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Who is in it, and who should be.
    pub coverage: Coverage,
    /// The contributors' part of the last known headcount of all expected employers, 0 to 1; none
    /// where a missing employer was never in a release.
    pub of_last_known_headcount: Option<f64>,
}

// === impl Archive ===

impl Archive {
    /// These releases of `agreement`; of one series and period, the one with the highest number
    /// counts.
    #[must_use]
    pub fn new(agreement: Arc<Agreement>, mut releases: Vec<Arc<Archived>>) -> Self {
        let order = |a: &Arc<Archived>| (a.release.period, a.series, a.release.number);
        releases.sort_by_key(order);
        releases.reverse();
        releases.dedup_by_key(|a| (a.release.period, a.series));
        releases.reverse();
        Self {
            agreement,
            releases,
        }
    }

    /// What everything here was released under.
    #[must_use]
    pub fn agreement(&self) -> &Arc<Agreement> {
        &self.agreement
    }

    /// All of them, the earliest first.
    #[must_use]
    pub fn releases(&self) -> &[Arc<Archived>] {
        &self.releases
    }

    /// Which of the agreement's clauses a release is of.
    #[must_use]
    pub fn series_of(&self, archived: &Archived) -> &Series {
        &self.agreement.series()[archived.series]
    }

    /// The latest period of which anything is released.
    #[must_use]
    pub fn latest_period(&self) -> Option<Period> {
        self.releases.last().map(|archived| archived.release.period)
    }

    /// Every organisation that is in any of them.
    #[must_use]
    pub fn organisations(&self) -> BTreeSet<OdsCode> {
        let contributors = self.releases.iter().flat_map(|a| &a.release.contributors);
        contributors.map(|c| c.ods_code.clone()).collect()
    }

    /// How much of the system a release holds, judged by headcounts released up to its period.
    #[must_use]
    pub fn reach(&self, archived: &Archived) -> Reach {
        let coverage = archived.release.coverage();
        let headcount =
            |ods_code: &OdsCode| self.last_known_headcount(ods_code, archived.release.period);
        let sum = |organisations: &mut dyn Iterator<Item = &OdsCode>| {
            organisations.map(headcount).sum::<Option<f64>>()
        };
        let there = sum(&mut coverage.contributors.iter());
        let missing = sum(&mut coverage.missing());
        let of_last_known_headcount = match (there, missing) {
            (Some(there), Some(missing)) if there + missing > 0.0 => {
                Some(there / (there + missing))
            }
            _ => None,
        };
        Reach {
            coverage,
            of_last_known_headcount,
        }
    }

    /// An organisation's estimated staff in the latest release up to a period that holds it.
    fn last_known_headcount(&self, ods_code: &OdsCode, until: Period) -> Option<f64> {
        let counts_staff = |archived: &&Arc<Archived>| {
            let series = self.series_of(archived);
            series.data_set() == "staff" && series.measure() == Measure::Headcount
        };
        let mut latest_first = self.releases.iter().rev().filter(counts_staff);
        latest_first.find_map(|archived| {
            let is_known = archived.release.period <= until
                && archived
                    .picture
                    .organisations()
                    .any(|(code, _)| code == ods_code);
            let own = Whose::Organisations(vec![ods_code.clone()]);
            let sum = is_known.then(|| archived.picture.sum_of(&own).ok())??;
            sum.value(&LinearCombination::total())
                .map(|total| total.max(0.0))
        })
    }
}

// === impl Reach ===

impl Reach {
    /// `8 of 9 employers, about 96% of the last known headcount`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let employers = self.coverage.in_words();
        if self.coverage.is_complete() {
            return employers;
        }
        match self.of_last_known_headcount {
            Some(share) => format!(
                "{employers}, about {:.0}% of the last known headcount",
                share * 100.0
            ),
            None => format!("{employers}; the size of the missing is not known from any release"),
        }
    }
}
