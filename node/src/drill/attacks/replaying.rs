//! Sends old requests again, and new ones with an old receipt, an altered one and none.

use vwis_proto::reason::Reason;

use super::{Seen, Texts};
use crate::drill::{DrillError, attacker::Answer, stage::Stage};

pub(super) const TEXTS: Texts = Texts {
    name: "replaying-an-old-request",
    title: "Sending an old request again",
    tried: "A recorded request is sent again after the node has gone on; then a new month is asked for \
            without the aggregator's last receipt, and with one that was altered.",
    because: "The same request gets the same sealed bytes. A new draw needs the last receipt, signed by \
              this node, whose place in the history the ledger knows: so a node that was rolled back \
              notices.",
};

/// What the node answered, with the number of charges after each step.
struct Replayed {
    same_bytes: bool,
    charges: usize,
    /// The answer for a new month, asked without a receipt.
    without_receipt: Result<(), String>,
    with_altered_receipt: Result<(), String>,
}

pub(super) async fn try_it(stage: &Stage<'_>) -> Result<Seen, DrillError> {
    let recorded = stage.request(stage.agreement(), 0, None);
    let first = stage.answer(&recorded).await?;
    let again = stage.answer(&recorded).await?;
    let new = |last| stage.request(stage.agreement(), 1, last);
    let without_receipt = stage.ask(&new(None)).await;
    let altered = Answer {
        receipt: first.altered_receipt(),
        ..first.clone()
    };
    let with_altered_receipt = stage.ask(&new(Some(&altered))).await;
    let (_, charges) = stage.charged().await?;
    let replayed = Replayed {
        same_bytes: again.payload == first.payload,
        charges,
        without_receipt: without_receipt.map(drop),
        with_altered_receipt: with_altered_receipt.map(drop),
    };
    Ok(Seen {
        in_words: replayed.in_words(),
        held: replayed.held(),
    })
}

// === impl Replayed ===

impl Replayed {
    /// The promise: no replay brought anything new or cost anything.
    fn held(&self) -> bool {
        let refused = |came: &Result<(), String>, reason: Reason| {
            came.as_ref().is_err_and(|said| said == reason.as_str())
        };
        self.same_bytes
            && self.charges == 1
            && refused(&self.without_receipt, Reason::ReceiptRequired)
            && refused(&self.with_altered_receipt, Reason::InvalidRequest)
    }

    fn in_words(&self) -> String {
        let said = |came: &Result<(), String>| match came {
            Ok(()) => "ANSWERED".to_owned(),
            Err(reason) => reason.clone(),
        };
        format!(
            "The recorded request: {}. A new month without a receipt: {}; with an altered one: {}. Charges \
             in the ledger: {}.",
            if self.same_bytes {
                "the same bytes"
            } else {
                "OTHER BYTES"
            },
            said(&self.without_receipt),
            said(&self.with_altered_receipt),
            self.charges,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replayed() -> Replayed {
        Replayed {
            same_bytes: true,
            charges: 1,
            without_receipt: Err("RECEIPT_REQUIRED".to_owned()),
            with_altered_receipt: Err("INVALID_REQUEST".to_owned()),
        }
    }

    #[test]
    fn other_bytes_another_charge_and_an_answer_to_a_bad_receipt_are_seen() {
        assert!(replayed().held());
        let broken = [
            Replayed {
                same_bytes: false,
                ..replayed()
            },
            Replayed {
                charges: 2,
                ..replayed()
            },
            Replayed {
                without_receipt: Ok(()),
                ..replayed()
            },
            Replayed {
                with_altered_receipt: Ok(()),
                ..replayed()
            },
        ];
        assert!(broken.iter().all(|broken| !broken.held()));
    }
}
