//! Why a request is not answered. The words go to the aggregator.

use jiff::civil::Date;
use vwis_model::period::Period;
use vwis_noise::MechanismError;
use vwis_proto::wire::WireError;

use crate::{ledger::Refusal, store::StoreError};

/// Why only sealed measurements are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// The witness is missing, unreadable or ahead of the chain.
    #[error(
        "the node's history is in doubt (its witness does not confirm it): sealed measurements \
         only, until a person at the organisation recovers the ledger"
    )]
    Witness,
    /// An aggregator showed this node's own signature under a history that it does not have.
    #[error(
        "the node was shown its own signature under a history that it does not have: sealed measurements \
         only, until a person at the organisation recovers the ledger"
    )]
    Shown,
    /// The receipt key is not the one in the chain.
    #[error(
        "the node's receipt key is not the one in its ledger: sealed measurements only, until a \
         person at the organisation recovers the ledger"
    )]
    ReceiptKey,
    /// The history was recovered, and this may have been drawn in the part that was lost.
    #[error(
        "the node's history was recovered after that period, and this may have been measured in the \
         part that was lost: only a person at the organisation can order it anew"
    )]
    Lost,
    /// The aggregator's receipt names a head that the chain does not have.
    #[error(
        "your receipt speaks of a history that this node does not have: sealed measurements only, \
         until a person at the organisation recovers the ledger"
    )]
    ReceiptUnknown,
    /// The aggregator sent none although it must have one.
    #[error(
        "a new measurement needs the last receipt you hold of this node: sealed ones only without"
    )]
    ReceiptRequired,
}

/// Why nothing is answered. No variant depends on what the data hold.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The request is malformed.
    #[error(transparent)]
    Request(#[from] WireError),
    /// Never proposed here.
    #[error("no such agreement was proposed to this node")]
    AgreementUnknown,
    /// Counted by another dictionary than this software's.
    #[error("the agreement or the snapshot is of another version of the data dictionary")]
    DictionaryMismatch,
    /// Another aggregator's.
    #[error("the agreement is another aggregator's")]
    NotYourAgreement,
    /// Nobody said yes.
    #[error("nobody at the organisation has approved the agreement yet")]
    NotApproved,
    /// A person said: not now.
    #[error("the organisation has paused the agreement for now: try again later")]
    Paused,
    /// A person said: no more.
    #[error(
        "the organisation has withdrawn its approval: nothing is answered under this agreement"
    )]
    Withdrawn,
    /// No such clause.
    #[error("the agreement has no such series")]
    SeriesUnknown,
    /// Outside the term or off the cadence.
    #[error(
        "the series is not measured for that period: it is outside the term or off the cadence"
    )]
    PeriodNotAllowed,
    /// Imported, or ordered, while the clock was ahead.
    #[error(
        "that period is not over by this node's clock, which says {today}: it is drawn after its last day"
    )]
    PeriodNotOver {
        /// The node's date.
        today: Date,
    },
    /// No such correction.
    #[error("no correction of that number was ordered at the node")]
    CorrectionUnknown,
    /// Not imported yet.
    #[error("the organisation has not imported that period yet")]
    SnapshotMissing,
    /// The staff of the period are held, and nothing to count its joiners and leavers from.
    #[error(
        "the organisation has imported that period, and no extract of {0} that its joiners and leavers can be \
         counted from"
    )]
    QuarterBeforeMissing(Period),
    /// The history is in doubt.
    #[error(transparent)]
    Doubt(#[from] Doubt),
    /// The year is spent.
    #[error(transparent)]
    OverBudget(Refusal),
    /// The store failed.
    #[error("the node's store cannot be used now")]
    Store(#[source] StoreError),
    /// The draw failed. Nothing left the node, and the charge stands for the next attempt.
    #[error("the measurement could not be drawn")]
    Mechanism(#[from] MechanismError),
    /// The task that draws ended without a result.
    #[error("the measurement was interrupted")]
    Interrupted,
}

impl From<StoreError> for MeasureError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal.into(),
            other => Self::Store(other),
        }
    }
}

impl From<Refusal> for MeasureError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OverBudget { .. } => Self::OverBudget(refusal),
            Refusal::Paused => Self::Paused,
            Refusal::Withdrawn => Self::Withdrawn,
            Refusal::NotApproved => Self::NotApproved,
            Refusal::NotOrdered => Self::CorrectionUnknown,
            other => Self::Store(StoreError::Refused(other)),
        }
    }
}
