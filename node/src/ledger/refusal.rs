//! Why a chain is broken, and why the book does not take an event.

use vwis_model::rho::Rho;

/// Where and how a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// No entries at all.
    #[error("the ledger is empty: it must begin with entry 1, `opened`")]
    Empty,
    /// A number is missing or doubled.
    #[error("entry {expected} is missing: entry {found} stands in its place")]
    Gap {
        /// The number that should stand there.
        expected: u64,
        /// The number that does.
        found: u64,
    },
    /// The content or the place of an entry was changed.
    #[error("entry {0} is broken: its hash does not fit its content and the entry before it")]
    Hash(u64),
    /// Not the JSON of an entry of this version.
    #[error("entry {0} cannot be read by this version")]
    Syntax(u64),
    /// An entry that breaks a rule of the book.
    #[error("entry {sequence} breaks a rule: {refusal}")]
    Rule {
        /// Its number.
        sequence: u64,
        /// The rule.
        refusal: Refusal,
    },
}

/// Why the book does not take an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `opened` not first, or not only once.
    #[error("`opened` stands first and once")]
    NotFirst,
    /// Nobody approved the agreement.
    #[error("the agreement is not approved")]
    NotApproved,
    /// Approved before.
    #[error("the agreement is approved already")]
    AlreadyApproved,
    /// Declined before.
    #[error("the agreement is declined already")]
    AlreadyDeclined,
    /// A person at the organisation paused it.
    #[error("the agreement is paused")]
    Paused,
    /// Nothing to resume.
    #[error("the agreement is not paused")]
    NotPaused,
    /// Nothing follows a withdrawal: whoever wants to go on proposes another agreement.
    #[error("the agreement was withdrawn, and that is for good")]
    Withdrawn,
    /// The same measurement is charged once.
    #[error("the measurement is charged already")]
    AlreadyReserved,
    /// A correction that nobody ordered.
    #[error("a correction is ordered by a person at the organisation")]
    NotOrdered,
    /// Nothing sealed that the next correction could correct.
    #[error("there is no sealed measurement that this would be the next correction of")]
    NothingToCorrect,
    /// A seal without a charge.
    #[error("the measurement was never charged")]
    NotReserved,
    /// A second seal.
    #[error("the measurement is sealed already")]
    AlreadySealed,
    /// The year's cap would be passed.
    #[error("the year's budget of rho {cap} has {left} left and this costs {charge}")]
    OverBudget {
        /// The cap of the year.
        cap: Rho,
        /// What is left of it.
        left: Rho,
        /// What was asked for.
        charge: Rho,
    },
    /// Nothing comes back to a book that lost nothing.
    #[error("no history was lost that this could come from")]
    NothingLost,
    /// The same identity was ordered and charged anew since.
    #[error("the measurement was ordered and charged anew since the recovery")]
    OrderedAnew,
    /// More would be charged in the year than was adopted as spent.
    #[error(
        "the recovery adopted less spending than this proves: recover again, with this aggregator's \
         receipt"
    )]
    NotPaidFor,
    /// A cap that is the one there is.
    #[error("the cap is rho {0} a year already")]
    SameCap(Rho),
    /// A charge of nothing, or in the wrong year.
    #[error("the charge is zero or booked in a year that is not the period's")]
    WrongCharge,
}
