//! Stable, machine-readable reasons that gRPC errors carry beside their status code.

use std::{fmt, str::FromStr};

/// The `domain` of the `google.rpc.ErrorInfo` that carries a [`Reason`].
pub const ERROR_DOMAIN: &str = "vwis";

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// Why a peer refused. The spelling is part of the contract; a message beside it is for
        /// people and may change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[$doc])* $variant,)* }

        impl Reason {
            /// The spelling on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }

        impl FromStr for Reason {
            type Err = UnknownReason;

            fn from_str(text: &str) -> Result<Self, UnknownReason> {
                match text { $($code => Ok(Self::$variant),)* _ => Err(UnknownReason) }
            }
        }
    };
}

reasons! {
    /// The caller's certificate does not have the role that may call this.
    RoleNotAllowed = "ROLE_NOT_ALLOWED",
    /// A field is missing or malformed.
    InvalidRequest = "INVALID_REQUEST",
    /// The agreement proposed is not valid here.
    InvalidAgreement = "INVALID_AGREEMENT",
    /// Too many proposals wait for a decision.
    TooManyProposals = "TOO_MANY_PROPOSALS",
    /// The node was never handed this agreement.
    AgreementUnknown = "AGREEMENT_UNKNOWN",
    /// The agreement belongs to another aggregator.
    NotYourAgreement = "NOT_YOUR_AGREEMENT",
    /// No person at the organisation has approved the agreement.
    AgreementNotApproved = "AGREEMENT_NOT_APPROVED",
    /// A person at the organisation has paused the agreement, and may resume it.
    AgreementPaused = "AGREEMENT_PAUSED",
    /// A person at the organisation has withdrawn the approval, for good.
    AgreementWithdrawn = "AGREEMENT_WITHDRAWN",
    /// The agreement counts by another version of the data dictionary.
    DictionaryMismatch = "DICTIONARY_MISMATCH",
    /// The agreement has no such series.
    SeriesUnknown = "SERIES_UNKNOWN",
    /// The period is outside the term or off the cadence.
    PeriodNotAllowed = "PERIOD_NOT_ALLOWED",
    /// The period is not over by the node's clock.
    PeriodNotOver = "PERIOD_NOT_OVER",
    /// No correction of that number was ordered at the node.
    CorrectionUnknown = "CORRECTION_UNKNOWN",
    /// The organisation has not imported this period yet.
    SnapshotMissing = "SNAPSHOT_MISSING",
    /// Joiners or leavers are asked for. The period was imported, but not the snapshot a quarter earlier,
    /// from which they are counted.
    QuarterBeforeMissing = "QUARTER_BEFORE_MISSING",
    /// A data set of a year is asked for: joiners, leavers or career movement. The period was imported, but not
    /// every period of the year that it is put together from.
    YearIncomplete = "YEAR_INCOMPLETE",
    /// The year's budget does not cover the charge.
    OverBudget = "OVER_BUDGET",
    /// New measurements need the last receipt that this aggregator holds.
    ReceiptRequired = "RECEIPT_REQUIRED",
    /// The receipt speaks of a history that this node does not have.
    ReceiptUnknown = "RECEIPT_UNKNOWN",
    /// The node's own history is in doubt: sealed measurements only, until a person recovers it.
    SealedOnly = "SEALED_ONLY",
    /// The enrolment token is unknown, used, expired or another organisation's.
    TokenRefused = "TOKEN_REFUSED",
    /// The certificate signing request cannot be read, or breaks a rule.
    CsrRefused = "CSR_REFUSED",
    /// The caller has sent too many requests in a short time.
    TooManyRequests = "TOO_MANY_REQUESTS",
    /// The store cannot be written or read now.
    StoreUnavailable = "STORE_UNAVAILABLE",
    /// Something failed inside; the peer's log says what.
    Internal = "INTERNAL",
}

/// The text is no reason that this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason this version does not know")]
pub struct UnknownReason;

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
