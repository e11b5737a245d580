//! Charges, and the seals of the measurements that were drawn for them.

use jiff::Timestamp;
use vwis_model::{
    agreement::AgreementHash,
    measurement::PayloadHash,
    period::{FinancialYear, Period},
    rho::Rho,
};

use super::{Charge, Decision, SnapshotId};

/// A charge, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The agreement that allows it.
    pub agreement: AgreementHash,
    /// Name of the agreement's series.
    pub series: String,
    /// The period measured.
    pub period: Period,
    /// 0 for the first measurement, or the number of the correction.
    pub correction: u32,
    /// The financial year that was charged.
    pub financial_year: FinancialYear,
    /// ρ charged.
    pub rho: Rho,
    /// The snapshot measured.
    pub snapshot: SnapshotId,
    /// Who ordered it and why, where it is a correction.
    pub ordered: Option<Decision>,
    /// When it was charged.
    pub at: Timestamp,
    /// The seal of the bytes that answer it, once they were drawn.
    pub seal: Option<Seal>,
    /// Whether it was charged before a recovery and not sealed by then. It may have been drawn, so it is
    /// never drawn again. Stays true once its bytes have come back, because what they measured is not known.
    pub lost: bool,
}

/// The seal of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// SHA-256 of the noisy bytes.
    pub payload_hash: PayloadHash,
    /// Number of the entry that seals it.
    pub sequence: u64,
    /// Time of the seal.
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

    /// The charge of a measurement that came back from a lost history.
    pub(super) fn reinstated(charge: Charge, decision: Decision, seal: Seal) -> Self {
        Self {
            ordered: (charge.correction > 0).then_some(decision),
            seal: Some(seal),
            lost: true,
            ..Self::of(charge, SnapshotId::UNKNOWN, seal.at)
        }
    }
}
