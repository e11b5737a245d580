//! Charges, and the seals of what was drawn for them.

use jiff::Timestamp;
use vwis_model::{
    agreement::AgreementHash,
    measurement::PayloadHash,
    period::{FinancialYear, Period},
    rho::Rho,
};

use super::{Charge, Decision, SnapshotId};

/// A charge, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The agreement that allows it.
    pub agreement: AgreementHash,
    /// The clause of the agreement.
    pub series: String,
    /// The period measured.
    pub period: Period,
    /// 0, or the number of the correction.
    pub correction: u32,
    /// The year that paid.
    pub financial_year: FinancialYear,
    /// The charge.
    pub rho: Rho,
    /// The snapshot measured.
    pub snapshot: SnapshotId,
    /// Who ordered it and why, where it is a correction.
    pub ordered: Option<Decision>,
    /// When it was charged.
    pub at: Timestamp,
    /// The bytes that answer it, once drawn.
    pub seal: Option<Seal>,
    /// Charged before a recovery and not sealed then: whether it was drawn is not known, so it never
    /// is again. True as well once its bytes have come back: what they measured is not known.
    pub lost: bool,
}

/// The seal of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// SHA-256 of the noisy bytes.
    pub payload_hash: PayloadHash,
    /// Number of its entry.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
}

// === impl Reservation ===

impl Reservation {
    pub(super) fn of(charge: Charge, snapshot: SnapshotId, at: Timestamp) -> Self {
        Self {
            agreement: charge.agreement,
            series: charge.series,
            period: charge.period,
            correction: charge.correction,
            financial_year: charge.financial_year,
            rho: charge.rho_nano,
            snapshot,
            ordered: None,
            at,
            seal: None,
            lost: false,
        }
    }

    /// What came back from a lost history.
    pub(super) fn reinstated(charge: Charge, decision: Decision, seal: Seal) -> Self {
        Self {
            ordered: (charge.correction > 0).then_some(decision),
            seal: Some(seal),
            lost: true,
            ..Self::of(charge, SnapshotId::UNKNOWN, seal.at)
        }
    }
}
