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
    witnessed: Standing,
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
pub enum Standing {
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
            witnessed: Standing::InForce,
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
        self.standing() != Standing::Withdrawn
    }

    /// The state after the last decision, including one that only the witness saw.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let held = match self.later.last() {
            None | Some((Turn::Resumed, _)) => Standing::InForce,
            Some((Turn::Paused, _)) => Standing::Paused,
            Some((Turn::Withdrawn, _)) => Standing::Withdrawn,
        };
        held.max(self.witnessed)
    }

    /// From now on the agreement's state is at least as strict as the witness saw it.
    pub(super) fn keep_stopped(&mut self, witnessed: Standing) {
        self.witnessed = self.witnessed.max(witnessed);
    }

    /// Whether anything may be charged or answered under it now.
    ///
    /// # Errors
    /// [`Refusal::Paused`] or [`Refusal::Withdrawn`].
    pub fn in_force(&self) -> Result<(), Refusal> {
        match self.standing() {
            Standing::InForce => Ok(()),
            Standing::Paused => Err(Refusal::Paused),
            Standing::Withdrawn => Err(Refusal::Withdrawn),
        }
    }

    pub(super) fn pause(&mut self, decision: Decision) -> Result<(), Refusal> {
        self.in_force()?;
        self.later.push((Turn::Paused, decision));
        Ok(())
    }

    pub(super) fn resume(&mut self, decision: Decision) -> Result<(), Refusal> {
        match self.standing() {
            Standing::Paused => self.later.push((Turn::Resumed, decision)),
            Standing::InForce => return Err(Refusal::NotPaused),
            Standing::Withdrawn => return Err(Refusal::Withdrawn),
        }
        Ok(())
    }

    pub(super) fn withdraw(&mut self, decision: Decision) -> Result<(), Refusal> {
        if self.standing() == Standing::Withdrawn {
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

// === impl Standing ===

impl Standing {
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
