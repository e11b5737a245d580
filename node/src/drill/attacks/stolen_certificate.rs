//! Calls the node with the certificate of somebody who may not ask.

use vwis_link::{dial::DialError, identity::Identity};
use vwis_proto::reason::Reason;

use super::{Seen, Texts};
use crate::drill::{DrillError, attacker::Attacker, stage::Stage};

pub(super) const TEXTS: Texts = Texts {
    name: "a-stolen-certificate",
    title: "A stolen certificate of somebody else",
    tried: "The node is asked for a sealed measurement, what it holds, and to take a proposal: with the \
            certificate of another organisation's node, of another aggregator of the same system, and of \
            the right name by an authority of the attacker's own.",
    because: "Who asks is who the certificate says, checked against this system's authority. Nodes may \
              ask nothing; an aggregator sees and asks under its own agreements alone.",
};

/// Whose certificate was used, what the node said, and whether it gave anything away.
struct Thief {
    whose: &'static str,
    said: String,
    got_something: bool,
}

pub(super) async fn try_it(stage: &Stage<'_>) -> Result<Seen, DrillError> {
    // One answer is sealed first, so that there is something to steal.
    stage
        .answer(&stage.request(stage.agreement(), 0, None))
        .await?;
    let before = stage.ledger().await?.head();
    let node = Identity::Node("ZZ99".parse().expect("it is a code"));
    let aggregator = |name: &str| Identity::Aggregator(name.parse().expect("it is a name"));
    let own = aggregator(stage.agreement().aggregator().as_str());
    let thieves = [
        ("another organisation's node", stage.credentials(&node)?),
        (
            "another aggregator",
            stage.credentials(&aggregator("other"))?,
        ),
        (
            "an authority of the attacker's",
            stage.foreign_credentials(&own)?,
        ),
    ];
    let mut seen = Vec::new();
    for (whose, credentials) in thieves {
        seen.push(
            match Attacker::connect(&stage.url(), &stage.identity(), &credentials).await {
                Err(refused @ DialError::RefusedUs(_)) => Thief {
                    whose,
                    said: refused.to_string(),
                    got_something: false,
                },
                // A node that was not reached has not held off anybody.
                Err(other) => return Err(other.into()),
                Ok(attacker) => try_calls(stage, whose, &attacker).await,
            },
        );
    }
    let unchanged = stage.ledger().await?.head() == before;
    let words: Vec<_> = seen
        .iter()
        .map(|thief| format!("{}: {}", thief.whose, thief.said))
        .collect();
    Ok(Seen {
        in_words: format!(
            "{}. The ledger is {}.",
            words.join("; "),
            if unchanged { "as it was" } else { "CHANGED" }
        ),
        held: held(&seen, unchanged),
    })
}

/// The promise: nobody got anything, and the ledger is unchanged.
fn held(seen: &[Thief], ledger_unchanged: bool) -> bool {
    ledger_unchanged && seen.iter().all(|thief| !thief.got_something)
}

async fn try_calls(stage: &Stage<'_>, whose: &'static str, attacker: &Attacker) -> Thief {
    let described = attacker.describe().await;
    // Any aggregator of the system may ask about its own agreements; this one has none.
    let saw_agreements = described
        .as_ref()
        .is_ok_and(|described| !described.agreements.is_empty());
    let proposed = attacker.propose(stage.agreement()).await;
    let request = stage.request(stage.agreement(), 0, None);
    let measured = attacker.ask(&request).await.map(drop);
    // A refusal for another reason than the caller's identity would prove nothing.
    let refused = |came: &Result<(), String>| {
        let reasons = [Reason::RoleNotAllowed, Reason::NotYourAgreement];
        came.as_ref()
            .is_err_and(|said| reasons.iter().any(|reason| said == reason.as_str()))
    };
    let got_something = saw_agreements || !refused(&proposed) || !refused(&measured);
    let said = |came: Result<(), String>| came.err().unwrap_or_else(|| "ANSWERED".to_owned());
    let described = match described {
        Ok(_) if saw_agreements => "SAW AGREEMENTS".to_owned(),
        Ok(_) => "no agreement of others".to_owned(),
        Err(reason) => reason,
    };
    Thief {
        whose,
        said: format!(
            "measure {}, propose {}, describe {described}",
            said(measured),
            said(proposed),
        ),
        got_something,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_got_and_a_changed_ledger_are_seen() {
        let thief = |got_something| Thief {
            whose: "somebody",
            said: String::new(),
            got_something,
        };
        assert!(held(&[thief(false), thief(false)], true));
        assert!(!held(&[thief(false), thief(true)], true));
        assert!(!held(&[thief(false)], false));
    }
}
