//! What an entry says.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vwis_model::{
    aggregator_name::AggregatorName,
    agreement::AgreementHash,
    hex,
    measurement::{MeasurementId, MeasurementKey, PayloadHash},
    ods::OdsCode,
    period::{FinancialYear, Period},
    rho::Rho,
};

use super::EntryHash;

/// A place in some history of this node that somebody holds proof of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownHead {
    /// Number of the entry.
    pub sequence: u64,
    /// Its hash.
    pub head: EntryHash,
}

/// What one year was charged by then. A list of these, because a map of years does not survive JSON
/// inside a tagged event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearSpent {
    /// The year.
    pub financial_year: FinancialYear,
    /// Charged.
    pub spent_rho_nano: Rho,
}

/// A random name for a snapshot. Random, because a hash would tell whether the data changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SnapshotId(pub Uuid);

/// What a measurement is charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// Its identity.
    pub identity: MeasurementId,
    /// The agreement that allows it.
    pub agreement: AgreementHash,
    /// The clause of the agreement.
    pub series: String,
    /// The period measured.
    pub period: Period,
    /// 0, or the number of the correction.
    pub correction: u32,
    /// The year that pays.
    pub financial_year: FinancialYear,
    /// How much.
    pub rho_nano: Rho,
}

/// Who decided something, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// All who did.
    pub by: Vec<Person>,
    /// On what ground.
    pub reason: String,
}

/// One who decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Name and office, as they gave it.
    pub name: String,
    /// By which account they had signed in, where they had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

/// One thing that happened. The JSON of this is what is hashed: variants and fields are only ever
/// added, never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The book begins.
    Opened {
        /// Whose book it is.
        ods_code: OdsCode,
        /// Cap for every financial year, over everything the node ever releases.
        cap_rho_nano_per_year: Rho,
        /// Public half of the receipt key (Ed25519).
        #[serde(with = "hex::bytes32")]
        receipt_public_key: [u8; 32],
    },
    /// A person at the organisation allowed an agreement.
    Approved {
        /// Which one.
        agreement: AgreementHash,
        /// The aggregator that may ask under it.
        aggregator: AggregatorName,
        /// Who and why.
        decided: Decided,
    },
    /// A person at the organisation refused an agreement that was proposed.
    Declined {
        /// Which one.
        agreement: AgreementHash,
        /// Who and why.
        decided: Decided,
    },
    /// A person at the organisation stopped the answers under an agreement for now.
    Paused {
        /// Which one.
        agreement: AgreementHash,
        /// Who and why.
        decided: Decided,
    },
    /// A person at the organisation lets a paused agreement go on.
    Resumed {
        /// Which one.
        agreement: AgreementHash,
        /// Who and why.
        decided: Decided,
    },
    /// A person at the organisation ended an agreement, for good.
    Withdrawn {
        /// Which one.
        agreement: AgreementHash,
        /// Who and why.
        decided: Decided,
    },
    /// A person at the organisation changed the cap of every financial year. What is spent stays spent.
    CapChanged {
        /// The cap from now on.
        cap_rho_nano_per_year: Rho,
        /// Who and why.
        decided: Decided,
    },
    /// A measurement was charged. From here on the charge stands, whatever happens.
    Reserved {
        /// For which, and how much.
        charge: Charge,
        /// The snapshot that is measured: pinned, so that a redraw after a crash reads the same.
        snapshot: SnapshotId,
    },
    /// A person ordered a fresh measurement of a period that was measured before. It is charged by
    /// `reserved`, when its aggregator asks for it.
    Ordered {
        /// What it will be charged; its correction is higher than that of the measurement corrected.
        charge: Charge,
        /// The snapshot to be measured.
        snapshot: SnapshotId,
        /// Who and why.
        decided: Decided,
    },
    /// A person ended a doubt about the history: a restored backup, or keys and witness lost. What
    /// others hold proof of counts as in the chain; charges without a seal are lost, and stand.
    Recovered {
        /// Places in the lost history.
        heads: Vec<KnownHead>,
        /// The most that anybody has proof of, per year.
        spent: Vec<YearSpent>,
        /// Public half of the receipt key from now on.
        #[serde(with = "hex::bytes32")]
        receipt_public_key: [u8; 32],
        /// Agreements that were approved and withdrawn in the lost history: never approved again.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        barred: Vec<AgreementHash>,
        /// Who and why.
        decided: Decided,
    },
    /// Bytes that were sealed in a history that was lost came back, under this node's own signature.
    /// The recovery has counted what they cost.
    Reinstated {
        /// What it cost.
        charge: Charge,
        /// SHA-256 of the noisy bytes.
        payload_hash: PayloadHash,
        /// Who and why.
        decided: Decided,
    },
    /// A measurement was drawn and its bytes committed in the same transaction.
    Sealed {
        /// Its identity.
        identity: MeasurementId,
        /// SHA-256 of the noisy bytes.
        payload_hash: PayloadHash,
    },
}

// === impl Charge ===

impl Charge {
    /// That of a measurement, in the year of its period.
    #[must_use]
    pub fn of(key: &MeasurementKey, rho: Rho) -> Self {
        Self {
            identity: key.identity(),
            agreement: key.agreement,
            series: key.series.clone(),
            period: key.period,
            correction: key.correction,
            financial_year: key.period.financial_year(),
            rho_nano: rho,
        }
    }
}

// === impl Decided ===

impl Decided {
    /// By one person, who gave a name.
    #[must_use]
    pub fn new(name: impl Into<String>, reason: impl Into<String>) -> Self {
        let (name, login) = (name.into(), None);
        Self {
            by: vec![Person { name, login }],
            reason: reason.into(),
        }
    }

    /// Their names, for people.
    #[must_use]
    pub fn names(&self) -> String {
        let names: Vec<_> = self.by.iter().map(|one| one.name.as_str()).collect();
        names.join(", ")
    }
}

// === impl SnapshotId ===

impl SnapshotId {
    /// Of a measurement that came back from a lost history: what was measured is not known.
    pub const UNKNOWN: Self = Self(Uuid::nil());

    /// A new random name.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

// === impl Event ===

impl Event {
    /// One word, for lists.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Approved { .. } => "approved",
            Self::Declined { .. } => "declined",
            Self::Paused { .. } => "paused",
            Self::Resumed { .. } => "resumed",
            Self::Withdrawn { .. } => "withdrawn",
            Self::CapChanged { .. } => "cap_changed",
            Self::Reserved { .. } => "reserved",
            Self::Ordered { .. } => "ordered",
            Self::Recovered { .. } => "recovered",
            Self::Reinstated { .. } => "reinstated",
            Self::Sealed { .. } => "sealed",
        }
    }
}
