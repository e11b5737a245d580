//! Counts of one release that were asked for together.

use serde::Serialize;
use uuid::Uuid;
use vwis_model::{
    agreement::{Measure, Series},
    ods::OdsCode,
    period::Period,
};

use crate::{
    archive::Archived,
    estimate::{Estimate, Figure, Parts},
    picture::Whose,
};

/// The counts of several groups of people, from one release.
///
/// One count may be a whole that holds another. [`JointEstimate::share`] and [`JointEstimate::split`] then use the count and
/// the rest of the whole, because the rest cannot be negative either.
#[derive(Clone, Debug)]
pub struct JointEstimate<'a> {
    parts: Parts,
    measure: Measure,
    archived: &'a Archived,
    series: &'a str,
    organisations: Vec<OdsCode>,
    pooled_with: Vec<Uuid>,
}

/// The release and series that a number comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Source {
    /// The name of the series in the agreement.
    pub series: String,
    /// The period of the release, `YYYY-MM`.
    pub period: String,
    /// The id of the release.
    pub release: Uuid,
    /// The ids of the other releases of the day that the number is pooled with.
    pub pooled_with: Vec<Uuid>,
}

// === impl Source ===

impl Source {
    /// The ids of all releases that the number rests on.
    pub fn releases(&self) -> impl Iterator<Item = Uuid> {
        [self.release]
            .into_iter()
            .chain(self.pooled_with.iter().copied())
    }
}

// === impl JointEstimate ===

impl<'a> JointEstimate<'a> {
    pub(super) fn new(
        parts: Parts,
        archived: &'a Archived,
        series: &'a Series,
        whose: &Whose,
    ) -> Self {
        let organisations = match whose {
            Whose::Organisations(codes) => codes.clone(),
            Whose::System => {
                let there = archived.picture.organisations();
                there.map(|(code, _)| code.clone()).collect()
            }
        };
        Self {
            parts,
            measure: series.measure(),
            archived,
            series: series.name(),
            organisations,
            pooled_with: archived.pooled.of(whose).map(|one| one.id).collect(),
        }
    }

    /// The counts with their covariance, in the order asked for.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Count `i` as an estimate.
    #[must_use]
    pub fn estimate(&self, i: usize) -> Estimate {
        self.parts.estimate(self.measure, i)
    }

    /// The sum of all counts.
    #[must_use]
    pub fn sum(&self) -> Estimate {
        let ones = vec![1.0; self.parts.len()];
        self.parts.combined(&[&ones]).estimate(self.measure, 0)
    }

    /// The share that count `inside` has of count `whole`, which holds it.
    #[must_use]
    pub fn share(&self, inside: usize, whole: usize) -> Figure {
        self.parts.part_of(inside, whole)
    }

    /// For each pair (part, whole): the part, then the rest of the whole.
    #[must_use]
    pub fn split(&self, pairs: &[(usize, usize)]) -> Parts {
        self.parts.split(pairs)
    }

    /// The release that the counts come from.
    #[must_use]
    pub fn archived(&self) -> &'a Archived {
        self.archived
    }

    /// The period of the release.
    #[must_use]
    pub fn period(&self) -> Period {
        self.archived.release.period
    }

    /// The organisations whose staff were counted.
    #[must_use]
    pub fn organisations(&self) -> &[OdsCode] {
        &self.organisations
    }

    /// The release and series of these counts, to be named beside a number.
    #[must_use]
    pub fn source(&self) -> Source {
        Source {
            series: self.series.to_owned(),
            period: self.archived.release.period.to_string(),
            release: self.archived.release.id,
            pooled_with: self.pooled_with.clone(),
        }
    }
}
