//! An old backup put back, so that the same measurement could be drawn again for nothing.

use vwis_proto::reason::Reason;

use super::{Seen, Texts};
use crate::drill::{
    DrillError,
    attacker::{Answer, Came},
    stage::Stage,
};

pub(super) const TEXTS: Texts = Texts {
    name: "restoring-an-old-backup",
    title: "Putting an old backup back",
    tried: "The store is copied, a month is measured, and the copy put back, in which that charge never \
            was; the month is asked for again, for a second noise at the price of none. Once with the \
            witness as it stood, once with the witness rolled back too.",
    because: "The witness lies outside the backup and knows a longer history; where it was rolled back \
              too, the receipt that the aggregator holds is of a history this ledger does not have. \
              Either way the node answers what is sealed and draws nothing, until a person recovers it.",
};

/// What the node answered after the backup was put back.
struct Restored {
    /// For the month measured after the backup, with the witness kept and then rolled back too.
    witness_kept: Result<(), String>,
    witness_rolled_back: Result<(), String>,
    /// Whether the answer that was sealed before the backup is still the same bytes.
    sealed_is_the_same: bool,
}

pub(super) async fn try_it(stage: &mut Stage<'_>) -> Result<Seen, DrillError> {
    let sealed = stage.request(stage.agreement(), 0, None);
    let before = stage.answer(&sealed).await?;
    stage.turn_off().await?;
    stage.back_up()?;
    stage.turn_on().await?;
    let after = stage.request(stage.agreement(), 1, Some(&before));
    let after = stage.answer(&after).await?;

    let (witness_kept, first) = restored(stage, false, &after).await?;
    let (witness_rolled_back, second) = restored(stage, true, &after).await?;
    let same = |again: &Came| again.as_ref().is_ok_and(|a| a.payload == before.payload);
    let restored = Restored {
        witness_kept: witness_kept.map(drop),
        witness_rolled_back: witness_rolled_back.map(drop),
        sealed_is_the_same: same(&first) && same(&second),
    };
    Ok(Seen {
        in_words: restored.in_words(),
        held: restored.held(),
    })
}

/// Puts the backup back, then asks for the month measured since and for the one sealed before.
async fn restored(
    stage: &mut Stage<'_>,
    witness_too: bool,
    held: &Answer,
) -> Result<(Came, Came), DrillError> {
    stage.turn_off().await?;
    stage.restore(witness_too)?;
    stage.turn_on().await?;
    let again = stage.request(stage.agreement(), 1, Some(held));
    let sealed = stage.request(stage.agreement(), 0, Some(held));
    Ok((stage.ask(&again).await, stage.ask(&sealed).await))
}

// === impl Restored ===

impl Restored {
    /// The promise: nothing was drawn twice, and nothing that was sealed was lost.
    fn held(&self) -> bool {
        let refused = |came: &Result<(), String>, reason: Reason| {
            came.as_ref().is_err_and(|said| said == reason.as_str())
        };
        refused(&self.witness_kept, Reason::SealedOnly)
            && refused(&self.witness_rolled_back, Reason::ReceiptUnknown)
            && self.sealed_is_the_same
    }

    fn in_words(&self) -> String {
        let said = |came: &Result<(), String>| match came {
            Ok(()) => "ANSWERED".to_owned(),
            Err(reason) => reason.clone(),
        };
        format!(
            "The month measured since: {} with the witness as it stood, {} with the witness rolled back. \
             What was sealed before: {}.",
            said(&self.witness_kept),
            said(&self.witness_rolled_back),
            if self.sealed_is_the_same {
                "the same bytes"
            } else {
                "NOT THE SAME BYTES"
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restored() -> Restored {
        Restored {
            witness_kept: Err("SEALED_ONLY".to_owned()),
            witness_rolled_back: Err("RECEIPT_UNKNOWN".to_owned()),
            sealed_is_the_same: true,
        }
    }

    #[test]
    fn a_second_draw_and_a_lost_seal_are_seen() {
        assert!(restored().held());
        let broken = [
            Restored {
                witness_kept: Ok(()),
                ..restored()
            },
            Restored {
                witness_rolled_back: Ok(()),
                ..restored()
            },
            Restored {
                sealed_is_the_same: false,
                ..restored()
            },
        ];
        assert!(broken.iter().all(|broken| !broken.held()));
    }
}
