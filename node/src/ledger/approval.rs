//! What people at the organisation decided about an agreement, from its approval to its end.
//!
//! ```text
//! approved ─► paused ─► resumed ─► paused ─► … ─► withdrawn
//!    └──────────┴──────────┴──────────────────────────▲      nothing follows
//! ```

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vwis_model::aggregator_name::AggregatorName;

use super::{Decided, Refusal};

/// A person's approval of an agreement, and what was decided about it since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    aggregator: AggregatorName,
    yes: Decision,
    later: Vec<(Turn, Decision)>,
    /// The state in which the witness saw it, in a history that this ledger may have lost.
    witnessed: ApprovalState,
}

/// One decision of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Names of the people who decided.
    pub by: String,
    /// The ground that they gave.
    pub reason: String,
    /// Time of the decision.
    pub at: Timestamp,
}

/// The kinds of decisions after an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Nothing is answered for now.
    Paused,
    /// Answers go on.
    Resumed,
    /// Nothing is answered any more.
    Withdrawn,
}

/// The state of an approved agreement, from the least strict to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// Its aggregator may ask.
    #[serde(rename = "approved")]
    InForce,
    /// Its aggregator is told to try again later.
    Paused,
    /// Nothing is answered under it, ever again.
    Withdrawn,
}

// === impl Decision ===

impl Decision {
    pub(super) fn new(decided: &Decided, at: Timestamp) -> Self {
        Self {
            by: decided.names(),
            reason: decided.reason.clone(),
            at,
        }
    }
}

// === impl Approval ===

impl Approval {
    pub(super) fn new(aggregator: AggregatorName, yes: Decision) -> Self {
        Self {
            aggregator,
            yes,
            later: Vec::new(),
            witnessed: ApprovalState::InForce,
        }
    }

    /// The aggregator that may ask.
    #[must_use]
    pub fn aggregator(&self) -> &AggregatorName {
        &self.aggregator
    }

    /// The approval: who, why and when.
    #[must_use]
    pub fn yes(&self) -> &Decision {
        &self.yes
    }

    /// Decisions since the approval, oldest first.
    #[must_use]
    pub fn later(&self) -> &[(Turn, Decision)] {
        &self.later
    }

    /// Every decision about it, oldest first, with the word for it: `approved` is the first.
    pub fn decisions(&self) -> impl Iterator<Item = (&'static str, &Decision)> {
        let later = self.later.iter();
        std::iter::once(("approved", &self.yes))
            .chain(later.map(|(turn, decision)| (turn.word(), decision)))
    }

    /// Whether anything may still be asked under it, now or once it is resumed.
    #[must_use]
    pub fn may_go_on(&self) -> bool {
        self.state() != ApprovalState::Withdrawn
    }

    /// The state after the last decision, including one that only the witness saw.
    #[must_use]
    pub fn state(&self) -> ApprovalState {
        let held = match self.later.last() {
            None | Some((Turn::Resumed, _)) => ApprovalState::InForce,
            Some((Turn::Paused, _)) => ApprovalState::Paused,
            Some((Turn::Withdrawn, _)) => ApprovalState::Withdrawn,
        };
        held.max(self.witnessed)
    }

    /// From now on the agreement's state is at least as strict as the witness saw it.
    pub(super) fn keep_stopped(&mut self, witnessed: ApprovalState) {
        self.witnessed = self.witnessed.max(witnessed);
    }

    /// Whether anything may be charged or answered under it now.
    ///
    /// # Errors
    /// [`Refusal::Paused`] or [`Refusal::Withdrawn`].
    pub fn in_force(&self) -> Result<(), Refusal> {
        match self.state() {
            ApprovalState::InForce => Ok(()),
            ApprovalState::Paused => Err(Refusal::Paused),
            ApprovalState::Withdrawn => Err(Refusal::Withdrawn),
        }
    }

    pub(super) fn pause(&mut self, decision: Decision) -> Result<(), Refusal> {
        self.in_force()?;
        self.later.push((Turn::Paused, decision));
        Ok(())
    }

    pub(super) fn resume(&mut self, decision: Decision) -> Result<(), Refusal> {
        match self.state() {
            ApprovalState::Paused => self.later.push((Turn::Resumed, decision)),
            ApprovalState::InForce => return Err(Refusal::NotPaused),
            ApprovalState::Withdrawn => return Err(Refusal::Withdrawn),
        }
        Ok(())
    }

    pub(super) fn withdraw(&mut self, decision: Decision) -> Result<(), Refusal> {
        if self.state() == ApprovalState::Withdrawn {
            return Err(Refusal::Withdrawn);
        }
        self.later.push((Turn::Withdrawn, decision));
        Ok(())
    }
}

// === impl Turn ===

impl Turn {
    /// The word for the decision.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

// === impl ApprovalState ===

impl ApprovalState {
    /// The word for the state: `approved`, `paused` or `withdrawn`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::InForce => "approved",
            Self::Paused => "paused",
            Self::Withdrawn => "withdrawn",
        }
    }
}
