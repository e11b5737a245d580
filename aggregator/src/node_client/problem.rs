//! What went wrong with a node, and what somebody can do about it.

use std::{fmt, time::Duration};

use serde::Serialize;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use vwis_link::dial::DialError;
use vwis_model::{ods::OdsCode, text::for_terminal};
use vwis_proto::reason::{ERROR_DOMAIN, Reason};

use super::AnswerError;
use crate::proof::StatedLess;

/// Why a node did not give what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Problem {
    kind: ProblemKind,
    reason: Option<Reason>,
    message: String,
    fix: String,
    may_pass: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProblemKind {
    /// No connection, or no answer in time.
    Unreachable,
    /// It answered that it cannot now.
    TryLater,
    /// It answered that it will not.
    Refused,
    /// One side does not accept who the other is.
    Identity,
    /// Its answer is not what was asked for.
    BadAnswer,
    /// It has not enrolled, so its receipts cannot be checked.
    NotEnrolled,
    /// The aggregator's own store failed.
    Store,
}

// === impl Problem ===

impl Problem {
    fn new(kind: ProblemKind, message: impl fmt::Display) -> Self {
        Self {
            kind,
            reason: None,
            message: message.to_string(),
            fix: String::new(),
            may_pass: matches!(kind, ProblemKind::Unreachable),
        }
    }

    #[must_use]
    pub(crate) fn not_enrolled(ods_code: &OdsCode) -> Self {
        let problem = Self::new(ProblemKind::NotEnrolled, "it has not enrolled yet");
        problem.at(ods_code, "")
    }

    /// The aggregator's own store failed, so what the node sent is not kept.
    #[must_use]
    pub(crate) fn store(error: &impl fmt::Display) -> Self {
        Self {
            fix: "look at the aggregator's disk, then collect again".to_owned(),
            ..Self::new(ProblemKind::Store, error)
        }
    }

    /// The node's ledger states less than another node of the same organisation proved.
    #[must_use]
    pub(crate) fn stated_less(ods_code: &OdsCode, less: StatedLess) -> Self {
        let StatedLess {
            year,
            stated,
            proven,
        } = less;
        let message = format!(
            "its ledger says that rho {stated} was spent of {year}, and {ods_code} signed rho {proven} with \
             an earlier key: it was set up anew or lost history, and would spend the difference twice"
        );
        Self {
            fix: format!(
                "`node receipt {ods_code} > {ods_code}.json`, then at {ods_code}: `vwis-node ledger recover \
                 --receipt {ods_code}.json` (with --earlier-node if it was set up anew)"
            ),
            ..Self::new(ProblemKind::Refused, message)
        }
    }

    pub(super) fn too_slow(deadline: Duration) -> Self {
        let message = format!("no whole answer within {} s", deadline.as_secs());
        Self::new(ProblemKind::Unreachable, message)
    }

    pub(super) fn bad_answer(message: impl fmt::Display) -> Self {
        Self::new(ProblemKind::BadAnswer, message)
    }

    /// The problem behind a failed call. `fault` is what TLS said of the connection, where it said anything.
    pub(super) fn of_status(status: &Status, fault: Option<DialError>) -> Self {
        let reason = status
            .get_details_error_info()
            .filter(|info| info.domain == ERROR_DOMAIN)
            .and_then(|info| info.reason.parse::<Reason>().ok());
        if let Some(reason) = reason {
            let (kind, may_pass) = match reason {
                Reason::StoreUnavailable | Reason::TooManyRequests => (ProblemKind::TryLater, true),
                // `false`: asking again in a moment does not help, a person there has to act.
                Reason::Internal | Reason::TooManyProposals | Reason::AgreementPaused => {
                    (ProblemKind::TryLater, false)
                }
                Reason::RoleNotAllowed => (ProblemKind::Identity, false),
                _ => (ProblemKind::Refused, false),
            };
            return Self {
                reason: Some(reason),
                may_pass,
                ..Self::new(kind, printable(status.message()))
            };
        }
        if let Some(fault) = fault {
            return fault.into();
        }
        let message = printable(status.message());
        match status.code() {
            // gRPC reports broken connections as Unknown or Cancelled.
            Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Unknown
            | Code::Cancelled
            | Code::Aborted => Self::new(
                ProblemKind::Unreachable,
                format!("the call broke off: {message}"),
            ),
            Code::ResourceExhausted => Self {
                may_pass: true,
                ..Self::new(ProblemKind::TryLater, format!("it is too busy: {message}"))
            },
            Code::Unauthenticated | Code::PermissionDenied => {
                Self::new(ProblemKind::Identity, message)
            }
            code => Self::new(
                ProblemKind::BadAnswer,
                format!("its answer cannot be read ({code:?}): {message}"),
            ),
        }
    }

    /// Fills in the fix, which may name the node.
    pub(super) fn at(mut self, ods_code: &OdsCode, address: &str) -> Self {
        if self.fix.is_empty() {
            self.fix = match self.reason {
                Some(reason) => fix_of_reason(reason, ods_code),
                None => fix_of_kind(self.kind, ods_code, address),
            };
        }
        self
    }

    #[must_use]
    pub(crate) fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The node's own reason code, where it gave one.
    #[must_use]
    pub(crate) fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// What somebody can do about it, in words.
    #[must_use]
    pub(crate) fn fix(&self) -> &str {
        &self.fix
    }

    /// Whether asking again in a moment may help.
    #[must_use]
    pub(crate) fn may_pass(&self) -> bool {
        self.may_pass
    }
}

impl From<DialError> for Problem {
    fn from(error: DialError) -> Self {
        let kind = match error {
            DialError::OtherAuthority
            | DialError::PeerExpired(..)
            | DialError::PeerNotBegun(..)
            | DialError::OtherPeer { .. }
            | DialError::RefusedUs(_)
            | DialError::OutOfTime(_)
            | DialError::Tls(_)
            | DialError::Credentials(_) => ProblemKind::Identity,
            _ => ProblemKind::Unreachable,
        };
        let clock =
            "set the clock, here or there as it says: to enrol the node again would not help";
        let fix = match error {
            DialError::PeerNotBegun(..) | DialError::OutOfTime(_) => clock.to_owned(),
            _ => String::new(),
        };
        Self {
            fix,
            may_pass: kind == ProblemKind::Unreachable
                && !matches!(error, DialError::Address(_) | DialError::NotTls(_)),
            ..Self::new(kind, error)
        }
    }
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        Self {
            may_pass: error.is_cut_short(),
            ..Self::new(ProblemKind::BadAnswer, error)
        }
    }
}

/// A peer's text made fit for a terminal: at most 300 characters, none of them invisible.
fn printable(text: &str) -> String {
    let short: String = text.chars().take(300).collect();
    for_terminal(&short).into_owned()
}

fn fix_of_reason(reason: Reason, ods_code: &OdsCode) -> String {
    let at_node = match reason {
        Reason::AgreementNotApproved => "a person must approve it: `vwis-node agreement approve`",
        Reason::AgreementPaused => {
            return format!(
                "{ods_code} paused the agreement: try again later, or ask the people there \
                 (`vwis-node agreement resume` goes on)"
            );
        }
        Reason::AgreementWithdrawn => {
            return format!(
                "{ods_code} withdrew from the agreement, and that is for good: what you have of it \
                 you keep; to go on, propose another agreement"
            );
        }
        Reason::QuarterBeforeMissing => {
            "import the quarter before, if there is an extract of it; until there is one, this has no \
             joiners and leavers, unless they come from a file (`--data-set joiners`)"
        }
        Reason::YearIncomplete => {
            "import the extract of the day before the year, and for its joiners and leavers those of its four \
             quarters, as far as there are any; of a part of a year nothing is counted"
        }
        Reason::SnapshotMissing => "import the period: `vwis-node import FILE --period …`",
        Reason::OverBudget => "`vwis-node budget` shows what is left of the year",
        Reason::CorrectionUnknown => "`vwis-node agreement correct` orders a correction",
        Reason::ReceiptRequired | Reason::ReceiptUnknown | Reason::SealedOnly => {
            "its store seems to be an older copy: `vwis-node ledger recover`"
        }
        Reason::DictionaryMismatch => {
            "give it this aggregator's place pack (`place show --write DIR` here, `vwis-node place set DIR` \
             there), or bring both sides to the same version of the software"
        }
        Reason::TooManyProposals => "decide on the proposals that wait there",
        Reason::StoreUnavailable | Reason::Internal => {
            "look at its log and its disk, then try again"
        }
        Reason::TooManyRequests => {
            return "see what else of yours asks this node, then try again later".to_owned();
        }
        Reason::AgreementUnknown => {
            return "hand it over first: `agreement propose FILE`".to_owned();
        }
        Reason::NotYourAgreement | Reason::RoleNotAllowed => {
            return "use the certificate of the agreement's own aggregator".to_owned();
        }
        Reason::SeriesUnknown | Reason::PeriodNotAllowed => {
            return "ask for a series and period that the agreement names".to_owned();
        }
        Reason::PeriodNotOver => {
            return "collect it after its last day; if it is over, the node's clock is wrong"
                .to_owned();
        }
        Reason::InvalidRequest
        | Reason::InvalidAgreement
        | Reason::TokenRefused
        | Reason::CsrRefused => {
            return "bring both sides to the same version of the software".to_owned();
        }
    };
    format!("at {ods_code}: {at_node}")
}

fn fix_of_kind(kind: ProblemKind, ods_code: &OdsCode, address: &str) -> String {
    match kind {
        ProblemKind::Unreachable => format!(
            "see that `vwis-node serve` runs at {ods_code} and that {address} is its address \
             (`node add {ods_code} --address …` changes it), then try again"
        ),
        ProblemKind::TryLater => "try again later".to_owned(),
        ProblemKind::Refused => format!("ask {ods_code}"),
        ProblemKind::Identity => format!(
            "check the address ({address}); where that is right, enrol again: `node token {ods_code}`"
        ),
        ProblemKind::BadAnswer => format!(
            "nothing of it was kept; check at {ods_code} which software answers at {address}"
        ),
        ProblemKind::NotEnrolled => {
            format!("`node token {ods_code}`, then at {ods_code}: `vwis-node enrol`")
        }
        ProblemKind::Store => "look at the aggregator's disk, then collect again".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tonic_types::ErrorDetails;

    use super::*;

    fn refused(code: Code, reason: Reason) -> Problem {
        let details = ErrorDetails::with_error_info(reason.as_str(), ERROR_DOMAIN, HashMap::new());
        let status = Status::with_error_details(code, "because", details);
        Problem::of_status(&status, None).at(&"R0A".parse().unwrap(), "https://127.0.0.1:1")
    }

    #[test]
    fn a_refusal_is_not_repeated_and_names_the_fix() {
        let problem = refused(Code::FailedPrecondition, Reason::AgreementNotApproved);
        assert_eq!(problem.kind(), ProblemKind::Refused);
        assert!(!problem.may_pass());
        assert!(problem.fix().contains("at R0A: a person must approve"));
        let full = refused(Code::Unavailable, Reason::StoreUnavailable);
        assert!(full.may_pass());
    }

    #[test]
    fn paused_is_for_later_and_withdrawn_is_a_no() {
        let paused = refused(Code::FailedPrecondition, Reason::AgreementPaused);
        assert_eq!(paused.kind(), ProblemKind::TryLater);
        assert!(!paused.may_pass(), "not again in a moment");
        assert!(paused.fix().contains("R0A paused the agreement"));
        let withdrawn = refused(Code::PermissionDenied, Reason::AgreementWithdrawn);
        assert_eq!(withdrawn.kind(), ProblemKind::Refused);
        assert!(!withdrawn.may_pass());
        assert!(withdrawn.fix().contains("propose another agreement"));
    }

    #[test]
    fn only_what_may_pass_is_repeated() {
        let of = |code| Problem::of_status(&Status::new(code, "x\x1b[2J"), None);
        for code in [
            Code::Unavailable,
            Code::DeadlineExceeded,
            Code::ResourceExhausted,
        ] {
            assert!(of(code).may_pass(), "{code:?}");
        }
        for code in [
            Code::InvalidArgument,
            Code::Internal,
            Code::PermissionDenied,
            Code::OutOfRange,
        ] {
            assert!(!of(code).may_pass(), "{code:?}");
        }
        assert!(!of(Code::Unavailable).to_string().contains('\x1b'));
    }
}
