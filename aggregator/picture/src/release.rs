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
    /// Of these, those whose measurement is held and not added, sorted: what is published could be subtracted,
    /// and leave their figures.
    pub not_added: Vec<OdsCode>,
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
            not_added: Vec::new(),
        }
    }

    /// The same beside all releases of which measurements are held: whose are is not missing.
    #[must_use]
    pub fn coverage_beside<'a>(&self, held: impl IntoIterator<Item = &'a Self>) -> Coverage {
        let of_this = |other: &&Self| {
            (other.agreement, &other.series, other.period)
                == (self.agreement, &self.series, self.period)
        };
        let held = held.into_iter().filter(of_this);
        let held = held.flat_map(|other| &other.contributors);
        let held: BTreeSet<_> = held.map(|one| one.ods_code.clone()).collect();
        let Coverage {
            contributors,
            expected,
            ..
        } = self.coverage();
        let not_added = held.iter().filter(|code| !contributors.contains(code));
        let not_added = not_added.cloned().collect();
        let expected: BTreeSet<_> = expected.into_iter().chain(held).collect();
        Coverage {
            contributors,
            expected: expected.into_iter().collect(),
            not_added,
        }
    }

    /// The same over some of its employers alone.
    #[must_use]
    pub fn over(&self, employers: &BTreeSet<OdsCode>) -> Self {
        let mut release = self.clone();
        let own = &mut release.contributors;
        own.retain(|one| employers.contains(&one.ods_code));
        release
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
            not_added: Vec::new(),
            contributors,
        }
    }

    /// Expected organisations of which no measurement is held.
    pub fn missing(&self) -> impl Iterator<Item = &OdsCode> {
        let others = self.others();
        others.filter(|ods_code| !self.not_added.contains(ods_code))
    }

    /// Expected organisations that are not in the release, missing or not added.
    pub fn others(&self) -> impl Iterator<Item = &OdsCode> {
        let is_there = |ods_code: &&OdsCode| !self.contributors.contains(ods_code);
        self.expected.iter().filter(is_there)
    }

    /// Whether everybody expected is in it.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.others().next().is_none()
    }

    /// `RT2, RW6`: those not added, if any are.
    #[must_use]
    pub fn not_added_in_words(&self) -> Option<String> {
        let codes: Vec<_> = self.not_added.iter().map(OdsCode::as_str).collect();
        (!codes.is_empty()).then(|| codes.join(", "))
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
