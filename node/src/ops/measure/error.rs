//! Why a request is not answered. The aggregator sees these sentences.

use jiff::civil::Date;
use vwis_model::period::Period;
use vwis_noise::MechanismError;
use vwis_proto::wire::WireError;

use crate::{
    ledger::{Doubt, Refusal},
    store::StoreError,
};

/// Why nothing is answered. No variant depends on what the data hold.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The request is malformed.
    #[error(transparent)]
    Request(#[from] WireError),
    /// The agreement was never proposed here.
    #[error("no such agreement was proposed to this node")]
    AgreementUnknown,
    /// This version reads no such agreement, or the snapshot does not tell its categories.
    #[error("the agreement or the snapshot is of another version of the data dictionary")]
    DictionaryMismatch,
    /// The agreement names another aggregator.
    #[error("the agreement is another aggregator's")]
    NotYourAgreement,
    /// Nobody here approved the agreement.
    #[error("nobody at the organisation has approved the agreement yet")]
    NotApproved,
    /// A person here paused the agreement.
    #[error("the organisation has paused the agreement for now: try again later")]
    Paused,
    /// A person here withdrew the agreement.
    #[error(
        "the organisation has withdrawn its approval: nothing is answered under this agreement"
    )]
    Withdrawn,
    /// The agreement has no such series.
    #[error("the agreement has no such series")]
    SeriesUnknown,
    /// The period is outside the term or off the cadence.
    #[error(
        "the series is not measured for that period: it is outside the term or off the cadence"
    )]
    PeriodNotAllowed,
    /// The period was imported, or the correction ordered, while the clock was ahead.
    #[error(
        "that period is not over by this node's clock, which says {today}: it is drawn after its last day"
    )]
    PeriodNotOver {
        /// Today's date by the node's clock, in UTC.
        today: Date,
    },
    /// Nobody ordered such a correction.
    #[error("no correction of that number was ordered at the node")]
    CorrectionUnknown,
    /// The period was not imported yet, or not counted for the agreement.
    #[error("the organisation has not imported that period yet")]
    SnapshotMissing,
    /// The period's staff are held, but no extract of this earlier period to count joiners and leavers from.
    #[error(
        "the organisation has imported that period, and no extract of {0} that its joiners and leavers can be \
         counted from"
    )]
    QuarterBeforeMissing(Period),
    /// The period's staff are held, but not all that a data set of its year is put together from.
    #[error(
        "the organisation has imported that period, and not yet all the periods of its year that the data set \
         is put together from"
    )]
    YearIncomplete,
    /// The history is in doubt.
    #[error(transparent)]
    Doubt(#[from] Doubt),
    /// The year's cap would be passed.
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
