//! Who is in each release.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use vwis_model::period::Period;

use crate::archive::{Archive, Archived};

/// Coverage by series and period, the latest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct CoverageList {
    /// The agreement's hash.
    pub agreement: String,
    /// One entry for each series' latest release of each period.
    pub coverage: Vec<ReleaseCoverage>,
}

/// Who is in one release.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReleaseCoverage {
    /// Id of the release.
    pub release: Uuid,
    /// Series of the agreement.
    pub series: String,
    /// `YYYY-MM`.
    pub period: String,
    /// ODS codes of those in it.
    pub contributors: Vec<String>,
    /// ODS codes of those that should be and that nothing is held of.
    pub missing: Vec<String>,
    /// ODS codes of those whose measurement is held and not added for readers below analyst: what is published
    /// could be subtracted, and leave their figures.
    pub not_added: Vec<String>,
    /// The contributors' part of the last known headcount of all expected employers, 0 to 1; null where
    /// a missing employer was never in a release.
    #[schema(required = true)]
    pub of_last_known_headcount: Option<f64>,
    /// The coverage in a sentence.
    pub in_words: String,
}

/// The coverage of each series' latest release of each period, or only of `period`.
pub(super) fn list(archive: &Archive, period: Option<Period>) -> CoverageList {
    let is_wanted =
        |archived: &&Arc<Archived>| period.is_none_or(|own| archived.release.period == own);
    let releases = archive.releases().iter().rev().filter(is_wanted);
    CoverageList {
        agreement: archive.agreement().hash().to_string(),
        coverage: releases
            .map(|archived| ReleaseCoverage::of(archive, archived))
            .collect(),
    }
}

// === impl ReleaseCoverage ===

impl ReleaseCoverage {
    fn of(archive: &Archive, archived: &Archived) -> Self {
        let reach = archive.reach(archived);
        Self {
            release: archived.release.id,
            series: archived.release.series.clone(),
            period: archived.release.period.to_string(),
            missing: reach.coverage.missing().map(ToString::to_string).collect(),
            not_added: reach
                .coverage
                .not_added
                .iter()
                .map(ToString::to_string)
                .collect(),
            in_words: reach.in_words(),
            of_last_known_headcount: reach.of_last_known_headcount,
            contributors: reach
                .coverage
                .contributors
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }
}
