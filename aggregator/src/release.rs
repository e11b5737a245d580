//! Releases: the immutable sum of one series' measurements for a period, and its coverage.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vwis_model::{
    agreement::AgreementHash, measurement::MeasurementId, ods::OdsCode, period::Period,
};

/// Which expected nodes are in a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Organisations whose measurement is in it, sorted.
    pub contributors: Vec<OdsCode>,
    /// Organisations that should be, sorted: the nodes added, and whoever contributed.
    pub expected: Vec<OdsCode>,
}

/// One measurement of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contributor {
    /// Whose.
    pub ods_code: OdsCode,
    /// Which.
    pub identity: MeasurementId,
}

/// A release as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// 1, 2, … in the order in which releases were made, under whichever agreement.
    pub sequence: i64,
    /// UUID v7.
    pub id: Uuid,
    /// Under which agreement.
    pub agreement: AgreementHash,
    /// Which series of it.
    pub series: String,
    /// For which period.
    pub period: Period,
    /// 1, 2, … per agreement, series and period.
    pub number: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// What it sums.
    pub contributors: Vec<Contributor>,
    /// Organisations that it should hold, sorted.
    pub expected: Vec<OdsCode>,
}

// === impl Release ===

impl Release {
    /// Which expected nodes are in it.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let contributors: BTreeSet<_> = self.contributors.iter().map(|c| &c.ods_code).collect();
        Coverage {
            contributors: contributors.into_iter().cloned().collect(),
            expected: self.expected.clone(),
        }
    }

    /// The organisations that contribute to it or are expected in it.
    #[must_use]
    pub fn members(&self) -> BTreeSet<OdsCode> {
        let there = self.contributors.iter().map(|one| &one.ods_code);
        there.chain(&self.expected).cloned().collect()
    }

    /// What tells it from every other, over some of its employers too.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.agreement.as_bytes());
        hash.update(self.id.as_bytes());
        for contributor in &self.contributors {
            hash.update(contributor.ods_code.as_str());
            hash.update([0]);
        }
        hash.finalize().into()
    }

    /// Whether it sums exactly these measurements.
    #[must_use]
    pub fn sums(&self, measurements: &[MeasurementId]) -> bool {
        let own: BTreeSet<_> = self.contributors.iter().map(|c| c.identity).collect();
        own == measurements.iter().copied().collect()
    }
}

// === impl Coverage ===

impl Coverage {
    /// Who is in a release, of its contributors and the nodes expected now.
    #[must_use]
    pub fn now<'a>(
        release: Option<&Release>,
        nodes: impl IntoIterator<Item = &'a OdsCode>,
    ) -> Self {
        let contributors = release.map(|release| release.coverage().contributors);
        let contributors = contributors.unwrap_or_default();
        let mut expected: BTreeSet<_> = nodes.into_iter().cloned().collect();
        expected.extend(contributors.iter().cloned());
        Self {
            expected: expected.into_iter().collect(),
            contributors,
        }
    }

    /// Expected organisations that are not in the release.
    pub fn missing(&self) -> impl Iterator<Item = &OdsCode> {
        let there = |ods_code: &&OdsCode| !self.contributors.contains(ods_code);
        self.expected.iter().filter(there)
    }

    /// Whether nobody is missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing().next().is_none()
    }

    /// `8 of 9 employers`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let expected = self.expected.len();
        let noun = if expected == 1 {
            "employer"
        } else {
            "employers"
        };
        format!("{} of {expected} {noun}", self.contributors.len())
    }
}
