//! Charges, and the seals of what was drawn for them.

use jiff::Timestamp;
use vwis_proto::{
    agreement::AgreementHash,
    measurement::{MeasurementId, PayloadHash},
    period::{FinancialYear, Period},
    rho::Rho,
};

use super::{Decision, Event, SnapshotId};

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
    /// What a charge says, and of which measurement; `None` for any other event.
    pub(super) fn of(event: Event, at: Timestamp) -> Option<(MeasurementId, Self)> {
        let Event::Reserved {
            identity,
            agreement,
            series,
            period,
            correction,
            financial_year,
            rho_nano: rho,
            snapshot,
        } = event
        else {
            return None;
        };
        let reservation = Self {
            agreement,
            series,
            period,
            correction,
            financial_year,
            rho,
            snapshot,
            ordered: None,
            at,
            seal: None,
            lost: false,
        };
        Some((identity, reservation))
    }

    /// What came back from a lost history; `None` for any other event.
    pub(super) fn reinstated(event: &Event, seal: Seal) -> Option<Self> {
        let Event::Reinstated {
            agreement,
            series,
            period,
            correction,
            financial_year,
            rho_nano,
            by,
            reason,
            ..
        } = event
        else {
            return None;
        };
        let ordered = (*correction > 0).then(|| Decision {
            by: by.clone(),
            reason: reason.clone(),
            at: seal.at,
        });
        Some(Self {
            agreement: *agreement,
            series: series.clone(),
            period: *period,
            correction: *correction,
            financial_year: *financial_year,
            rho: *rho_nano,
            snapshot: SnapshotId::UNKNOWN,
            ordered,
            at: seal.at,
            seal: Some(seal),
            lost: true,
        })
    }
}
