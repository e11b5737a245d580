//! The events that entries record.

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

/// An entry in some history of this node, of which somebody holds proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownHead {
    /// Number of the entry.
    pub sequence: u64,
    /// Hash of the entry.
    pub head: EntryHash,
}

/// ρ that one year was charged by then. These stand in a list, because a map by year does not survive JSON
/// inside a tagged event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearSpent {
    /// The financial year.
    pub financial_year: FinancialYear,
    /// ρ charged.
    pub spent_rho_nano: Rho,
}

/// A random name for a snapshot. Random, because a hash would tell whether the data changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SnapshotId(pub Uuid);

/// The charge for one measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// Identity of the measurement.
    pub identity: MeasurementId,
    /// The agreement that allows it.
    pub agreement: AgreementHash,
    /// Name of the agreement's series.
    pub series: String,
    /// The period measured.
    pub period: Period,
    /// 0 for the first measurement, or the number of the correction.
    pub correction: u32,
    /// The financial year that is charged.
    pub financial_year: FinancialYear,
    /// ρ charged.
    pub rho_nano: Rho,
}

/// Who decided something, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Everybody who decided.
    pub by: Vec<Person>,
    /// The ground that they gave.
    pub reason: String,
}

/// A person who decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Name and office, as they gave it.
    pub name: String,
    /// The account by which they had signed in, where they had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

/// One thing that happened. Its JSON is what is hashed, so variants and fields are only ever added, never
/// renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The ledger begins.
    Opened {
        /// The organisation whose ledger it is.
        ods_code: OdsCode,
        /// Cap for every financial year, over everything the node ever releases.
        cap_rho_nano_per_year: Rho,
        /// Public half of the receipt key (Ed25519).
        #[serde(with = "hex::bytes32")]
        receipt_public_key: [u8; 32],
    },
    /// A person at the organisation allowed an agreement.
    Approved {
        /// Name of the agreement.
        agreement: AgreementHash,
        /// The aggregator that may ask under it.
        aggregator: AggregatorName,
        /// Who decided, and why.
        decided: Decided,
    },
    /// A person at the organisation refused an agreement that was proposed.
    Declined {
        /// Name of the agreement.
        agreement: AgreementHash,
        /// Who decided, and why.
        decided: Decided,
    },
    /// A person at the organisation stopped the answers under an agreement for now.
    Paused {
        /// Name of the agreement.
        agreement: AgreementHash,
        /// Who decided, and why.
        decided: Decided,
    },
    /// A person at the organisation lets a paused agreement go on.
    Resumed {
        /// Name of the agreement.
        agreement: AgreementHash,
        /// Who decided, and why.
        decided: Decided,
    },
    /// A person at the organisation ended an agreement, for good.
    Withdrawn {
        /// Name of the agreement.
        agreement: AgreementHash,
        /// Who decided, and why.
        decided: Decided,
    },
    /// A person at the organisation changed the cap of every financial year. What is spent stays spent.
    CapChanged {
        /// The cap from now on.
        cap_rho_nano_per_year: Rho,
        /// Who decided, and why.
        decided: Decided,
    },
    /// A measurement was charged. From here on the charge stands, whatever happens.
    Reserved {
        /// Which measurement, and how much.
        charge: Charge,
        /// The snapshot that is measured. It is named here so that a redraw after a crash reads the same
        /// people.
        snapshot: SnapshotId,
    },
    /// A person ordered a fresh measurement of a period that was measured before. It is charged by
    /// `reserved`, when its aggregator asks for it.
    Ordered {
        /// What it will be charged; its correction is higher than that of the measurement corrected.
        charge: Charge,
        /// The snapshot to be measured.
        snapshot: SnapshotId,
        /// Who decided, and why.
        decided: Decided,
    },
    /// A person ended a doubt about the history, after a restored backup or when keys and witness were lost.
    /// Whatever others hold proof of counts as in the chain. Charges without a seal are lost, and still
    /// count.
    Recovered {
        /// Entries of the lost history that somebody holds proof of.
        heads: Vec<KnownHead>,
        /// The largest spending that anybody has proof of, for each year.
        spent: Vec<YearSpent>,
        /// Public half of the receipt key from now on.
        #[serde(with = "hex::bytes32")]
        receipt_public_key: [u8; 32],
        /// Agreements that were approved and withdrawn in the lost history: never approved again.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        barred: Vec<AgreementHash>,
        /// Who decided, and why.
        decided: Decided,
    },
    /// Bytes that were sealed in a lost history came back, under this node's own signature. The recovery has
    /// counted what they cost.
    Reinstated {
        /// What the measurement cost when it was drawn.
        charge: Charge,
        /// SHA-256 of the noisy bytes.
        payload_hash: PayloadHash,
        /// Who decided, and why.
        decided: Decided,
    },
    /// A measurement was drawn and its bytes committed in the same transaction.
    Sealed {
        /// Identity of the measurement.
        identity: MeasurementId,
        /// SHA-256 of the noisy bytes.
        payload_hash: PayloadHash,
    },
}

// === impl Charge ===

impl Charge {
    /// The charge for the measurement `key`, in the financial year of its period.
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
    /// A decision by one person, by name.
    #[must_use]
    pub fn new(name: impl Into<String>, reason: impl Into<String>) -> Self {
        let (name, login) = (name.into(), None);
        Self {
            by: vec![Person { name, login }],
            reason: reason.into(),
        }
    }

    /// The names of everybody who decided, for people.
    #[must_use]
    pub fn names(&self) -> String {
        let names: Vec<_> = self.by.iter().map(|one| one.name.as_str()).collect();
        names.join(", ")
    }
}

// === impl SnapshotId ===

impl SnapshotId {
    /// Stands for the snapshot of a measurement that came back from a lost history: what was measured is not
    /// known.
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
    /// One word for the event, for lists.
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
