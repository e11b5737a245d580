//! The same questions under other agreements: refused without approval, and within the cap however many.

use vwis_model::rho::Rho;
use vwis_proto::reason::Reason;

use super::{Seen, Texts};
use crate::drill::{
    DrillError,
    stage::{DRAWS_A_YEAR, Stage},
};

pub(super) const TEXTS: Texts = Texts {
    name: "asking-under-a-second-agreement",
    title: "Asking under a second agreement",
    tried: "The aggregator proposes the same tables as another agreement, for an answer with fresh noise: \
            first without anybody's yes, then again and again with the yes of a person here who approves \
            everything.",
    because: "Without a yes there is no answer. With one, the answer is paid for in full from a budget \
              that all agreements share, and all answers together tell no more than that budget allows. \
              When it is gone, the node refuses.",
};

/// Agreements that are tried: more than the budget pays for.
const MOST_VERSIONS: u32 = 4 * DRAWS_A_YEAR;

/// What came of asking under more and more agreements.
struct Agreements {
    /// What the node said before anybody had approved the second agreement.
    before_yes: Result<(), String>,
    drawn: usize,
    /// The reason with which the node refused in the end, if it did.
    end: Option<String>,
    charges: usize,
    spent: Rho,
    each: Rho,
    cap: Rho,
}

pub(super) async fn try_it(stage: &Stage<'_>) -> Result<Seen, DrillError> {
    let mut last = stage
        .answer(&stage.request(stage.agreement(), 0, None))
        .await?;
    let second = stage.another_agreement(2)?;
    stage.propose(&second).await?;
    let before_yes = stage.ask(&stage.request(&second, 0, Some(&last))).await;
    let (mut drawn, mut end) = (1, None);
    for version in 2..MOST_VERSIONS {
        let agreement = stage.another_agreement(version)?;
        stage.propose(&agreement).await?;
        stage.approve(&agreement).await?;
        match stage.ask(&stage.request(&agreement, 0, Some(&last))).await {
            Ok(answer) => last = answer,
            Err(reason) => {
                end = Some(reason);
                break;
            }
        }
        drawn += 1;
    }
    let (spent, charges) = stage.charged().await?;
    let agreements = Agreements {
        before_yes: before_yes.map(drop),
        drawn,
        end,
        charges,
        spent,
        each: stage.series().charge(),
        cap: stage.cap(),
    };
    Ok(Seen {
        in_words: agreements.in_words(),
        held: agreements.held(),
    })
}

// === impl Agreements ===

impl Agreements {
    /// The promise: nothing without approval, every answer paid for in full, and never more than the cap.
    fn held(&self) -> bool {
        let paid = self.each.checked_mul(self.drawn as u64);
        self.before_yes == Err(Reason::AgreementNotApproved.as_str().to_owned())
            && self.charges == self.drawn
            && paid == Some(self.spent)
            && self.spent <= self.cap
            && self.end.as_deref() == Some(Reason::OverBudget.as_str())
    }

    fn in_words(&self) -> String {
        format!(
            "Without a yes: {}. With a yes to everything: {} answers, {} charges of ρ {}, ρ {} of {} \
             spent; then: {}.",
            self.before_yes
                .as_ref()
                .err()
                .map_or("ANSWERED", String::as_str),
            self.drawn,
            self.charges,
            self.each,
            self.spent,
            self.cap,
            self.end.as_deref().unwrap_or("NO END"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreements() -> Agreements {
        Agreements {
            before_yes: Err("AGREEMENT_NOT_APPROVED".to_owned()),
            drawn: 8,
            end: Some("OVER_BUDGET".to_owned()),
            charges: 8,
            spent: Rho::from_nano(480),
            each: Rho::from_nano(60),
            cap: Rho::from_nano(500),
        }
    }

    #[test]
    fn an_answer_without_a_yes_without_a_charge_or_beyond_the_cap_is_seen() {
        assert!(agreements().held());
        let broken = [
            Agreements {
                before_yes: Ok(()),
                ..agreements()
            },
            Agreements {
                charges: 7,
                ..agreements()
            },
            Agreements {
                spent: Rho::from_nano(420),
                ..agreements()
            },
            Agreements {
                cap: Rho::from_nano(400),
                ..agreements()
            },
            Agreements {
                end: None,
                ..agreements()
            },
        ];
        assert!(broken.iter().all(|broken| !broken.held()));
    }
}
