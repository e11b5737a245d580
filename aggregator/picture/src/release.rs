//! Releases: the immutable sum of one series' measurements for a period, and its coverage.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vwis_model::{
    agreement::AgreementHash, measurement::MeasurementId, ods::OdsCode, period::Period,
};

/// Which of the expected organisations are in a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The organisations whose measurement is in the release, sorted.
    pub contributors: Vec<OdsCode>,
    /// The organisations that should be in it, sorted: those whose node was added to the aggregator, and
    /// whoever contributed.
    pub expected: Vec<OdsCode>,
    /// The expected organisations whose measurement is held but not added, sorted. Adding it would tell their
    /// figures, because what is published could be subtracted.
    pub not_added: Vec<OdsCode>,
}

/// One measurement of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contributor {
    /// The organisation that made the measurement.
    pub ods_code: OdsCode,
    /// The identity of the measurement.
    pub identity: MeasurementId,
    /// The random name of the snapshot that was measured, where it is known: measurements with one name
    /// counted the same people.
    pub snapshot: Option<Uuid>,
}

/// A release as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// 1, 2, … in the order in which releases were made, over all agreements.
    pub sequence: i64,
    /// UUID v7.
    pub id: Uuid,
    /// The agreement that the release is under.
    pub agreement: AgreementHash,
    /// The name of the series in the agreement.
    pub series: String,
    /// The period that it counts.
    pub period: Period,
    /// 1, 2, … for the releases of one agreement, series and period.
    pub number: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// The measurements that it sums.
    pub contributors: Vec<Contributor>,
    /// The organisations that should be in it, sorted.
    pub expected: Vec<OdsCode>,
}

// === impl Release ===

impl Release {
    /// Which expected organisations are in the release.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let contributors: BTreeSet<_> = self.contributors.iter().map(|c| &c.ods_code).collect();
        Coverage {
            contributors: contributors.into_iter().cloned().collect(),
            expected: self.expected.clone(),
            not_added: Vec::new(),
        }
    }

    /// The coverage of the release, where `held` are releases whose measurements the store holds. Who is in
    /// one of those is not missing, but expected and not added.
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

    /// The same release, with the contributors among these employers only.
    #[must_use]
    pub fn over(&self, employers: &BTreeSet<OdsCode>) -> Self {
        let mut release = self.clone();
        let own = &mut release.contributors;
        own.retain(|one| employers.contains(&one.ods_code));
        release
    }

    /// The organisations that contribute to the release or are expected in it.
    #[must_use]
    pub fn members(&self) -> BTreeSet<OdsCode> {
        let there = self.contributors.iter().map(|one| &one.ods_code);
        there.chain(&self.expected).cloned().collect()
    }

    /// A hash that tells the release, over these contributors, from every other.
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

    /// Whether the release sums exactly these measurements.
    #[must_use]
    pub fn sums(&self, measurements: &[MeasurementId]) -> bool {
        let own: BTreeSet<_> = self.contributors.iter().map(|c| c.identity).collect();
        own == measurements.iter().copied().collect()
    }
}

// === impl Coverage ===

impl Coverage {
    /// The coverage of a release, judged by the nodes that are expected now.
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

    /// Expected organisations of which the store holds no measurement.
    pub fn missing(&self) -> impl Iterator<Item = &OdsCode> {
        let others = self.others();
        others.filter(|ods_code| !self.not_added.contains(ods_code))
    }

    /// Expected organisations that are not in the release: missing, or not added.
    pub fn others(&self) -> impl Iterator<Item = &OdsCode> {
        let is_there = |ods_code: &&OdsCode| !self.contributors.contains(ods_code);
        self.expected.iter().filter(is_there)
    }

    /// Whether every expected organisation is in the release.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.others().next().is_none()
    }

    /// The codes of those not added, such as `RT2, RW6`; `None` if there are none.
    #[must_use]
    pub fn not_added_in_words(&self) -> Option<String> {
        let codes: Vec<_> = self.not_added.iter().map(OdsCode::as_str).collect();
        (!codes.is_empty()).then(|| codes.join(", "))
    }

    /// How many are in it, in words: `8 of 9 employers`.
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
