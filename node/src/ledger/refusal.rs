//! Why a chain is broken, and why the ledger refuses an event.

use vwis_model::rho::Rho;

/// How a chain is broken, and at which entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The chain has no entries.
    #[error("the ledger is empty: it must begin with entry 1, `opened`")]
    Empty,
    /// An entry's number is not the one that should follow.
    #[error("entry {expected} is missing: entry {found} stands in its place")]
    Gap {
        /// The number that should follow.
        expected: u64,
        /// The number that is there.
        found: u64,
    },
    /// The content or the place of this entry was changed.
    #[error("entry {0} is broken: its hash does not fit its content and the entry before it")]
    Hash(u64),
    /// This entry is not the JSON of an entry that this version knows.
    #[error("entry {0} cannot be read by this version")]
    Syntax(u64),
    /// An entry breaks a rule of the ledger.
    #[error("entry {sequence} breaks a rule: {refusal}")]
    Rule {
        /// Number of the entry.
        sequence: u64,
        /// The rule that it breaks.
        refusal: Refusal,
    },
}

/// Why the ledger refuses an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `opened` is not the first event, or is there twice.
    #[error("`opened` stands first and once")]
    NotFirst,
    /// Nobody approved the agreement.
    #[error("the agreement is not approved")]
    NotApproved,
    /// The agreement was approved before.
    #[error("the agreement is approved already")]
    AlreadyApproved,
    /// The agreement was declined before.
    #[error("the agreement is declined already")]
    AlreadyDeclined,
    /// A person at the organisation paused the agreement.
    #[error("the agreement is paused")]
    Paused,
    /// The agreement is not paused, so it cannot be resumed.
    #[error("the agreement is not paused")]
    NotPaused,
    /// The agreement was withdrawn, for good. To go on, its aggregator proposes another one.
    #[error("the agreement was withdrawn, and that is for good")]
    Withdrawn,
    /// The measurement was charged before.
    #[error("the measurement is charged already")]
    AlreadyReserved,
    /// Nobody ordered the correction.
    #[error("a correction is ordered by a person at the organisation")]
    NotOrdered,
    /// There is no sealed measurement that could be corrected.
    #[error("there is no sealed measurement that this would be the next correction of")]
    NothingToCorrect,
    /// The measurement was not charged, so it cannot be sealed.
    #[error("the measurement was never charged")]
    NotReserved,
    /// The measurement was sealed before.
    #[error("the measurement is sealed already")]
    AlreadySealed,
    /// The charge would pass the year's cap.
    #[error("the year's budget of rho {cap} has {left} left and this costs {charge}")]
    OverBudget {
        /// The cap of the year.
        cap: Rho,
        /// ρ that is left of it.
        left: Rho,
        /// ρ that was asked for.
        charge: Rho,
    },
    /// The ledger was never recovered, so nothing can come back.
    #[error("no history was lost that this could come from")]
    NothingLost,
    /// The measurement was ordered and charged anew since the recovery.
    #[error("the measurement was ordered and charged anew since the recovery")]
    OrderedAnew,
    /// With this measurement, the year's charges would pass what the recovery adopted as spent.
    #[error(
        "the recovery adopted less spending than this proves: recover again, with this aggregator's \
         receipt"
    )]
    NotPaidFor,
    /// The cap is this one already.
    #[error("the cap is rho {0} a year already")]
    SameCap(Rho),
    /// The charge is zero, in the wrong year, or not what was ordered.
    #[error("the charge is zero or booked in a year that is not the period's")]
    WrongCharge,
}
