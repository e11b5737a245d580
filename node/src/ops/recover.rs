//! Ending a doubt about the history: a person decides, with everything that others can prove in hand.
//!
//! A restored backup brings back an old chain. The witness, and the last receipt of every aggregator, which
//! the node itself signed, tell what was charged since. The recovery adopts the longest history and the
//! largest spending that any of them proves. What was charged and not sealed is lost: it was paid for, and is
//! never drawn again.

use std::collections::{BTreeMap, BTreeSet};

use vwis_host::files::FileError;
use vwis_model::{
    aggregator_name::AggregatorName, agreement::AgreementHash, ods::OdsCode, period::FinancialYear,
    rho::Rho,
};
use vwis_proto::receipt::Receipt;

use crate::{
    enrolled,
    ledger::{ApprovalState, Decided, EntryHash, Event, KnownHead, Ledger, Person, YearSpent},
    node::Node,
    receipt_key,
    rollback::RollbackProof,
    store::StoreError,
    witness::Witness,
};

/// What a person brings to a recovery.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// The last receipt of each aggregator that holds one.
    pub receipts: Vec<Receipt>,
    /// Aggregators that hold no receipt.
    pub without: Vec<AggregatorName>,
    /// Whether receipts may be of an earlier node of this organisation, signed by a key that this chain never
    /// had. Its spending is adopted, which can only lessen what is left.
    pub earlier_node: bool,
    /// Who decided, and why.
    pub decided: Decided,
}

/// What a recovery adopts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// Number of the last entry in this chain.
    pub held: u64,
    /// Number of the last entry that anybody proves.
    pub proven: u64,
    /// ρ spent per year, as adopted.
    pub spent: BTreeMap<FinancialYear, Rho>,
    /// Number of charges without a seal, which are lost.
    pub lost: usize,
    /// Whether the node now has another receipt key than the chain names.
    pub new_receipt_key: bool,
}

/// Why nothing was recovered.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// There is no doubt: witness and key confirm the chain, and it knows every receipt.
    #[error("there is no doubt about this ledger: nothing to recover")]
    NoDoubt,
    /// A receipt is of another organisation's node.
    #[error(
        "the receipt of {aggregator} is of {found}, and this node is {own}'s: bring the one that is of {own}"
    )]
    OtherOrganisation {
        /// The aggregator that it was given to.
        aggregator: AggregatorName,
        /// The organisation in the receipt.
        found: OdsCode,
        /// This node's organisation.
        own: OdsCode,
    },
    /// A receipt was signed by a key that this node never had.
    #[error(
        "the receipt of {aggregator} was signed by the receipt key {found}…, which this node never had (its own \
         is {own}…): it is another node's. If that was an earlier node of {ods_code}, say --earlier-node to \
         adopt what it spent"
    )]
    OtherKey {
        /// The aggregator that it was given to.
        aggregator: AggregatorName,
        /// The organisation in the receipt.
        ods_code: OdsCode,
        /// First digits of the public half of the key that signed it.
        found: String,
        /// First digits of the public half of this node's key.
        own: String,
    },
    /// The last receipt of this aggregator is missing.
    #[error(
        "the last receipt of {0} is needed (there: `vwis-aggregator node receipt`); if it holds none, \
         say --without {0}"
    )]
    MissingReceipt(AggregatorName),
    /// The witness is missing, and nothing else says which aggregators were ever answered.
    #[error(
        "the witness is missing, and nothing here says which aggregators this node answered: bring the \
         last receipt of each (there: `vwis-aggregator node receipt`), or say --without NAME for each that \
         holds none"
    )]
    NobodyNamed,
    /// The file that says whom this node is enrolled with cannot be read.
    #[error(transparent)]
    Enrolled(#[from] FileError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn year_spent((financial_year, spent_rho_nano): (FinancialYear, Rho)) -> YearSpent {
    YearSpent {
        financial_year,
        spent_rho_nano,
    }
}

/// The largest spending that anybody proves, for each year. A receipt or witness of a history that this chain
/// does not have knows nothing of what was charged here since the last recovery, so that is added.
fn adopted_spending(
    ledger: &Ledger,
    receipts: &[&Receipt],
    witness: Option<&Witness>,
) -> BTreeMap<FinancialYear, Rho> {
    let receipts = receipts.iter().map(|receipt| {
        let body = receipt.body();
        let known = ledger.contains(body.sequence, EntryHash::from_bytes(body.head));
        (known, &body.spent)
    });
    let witnessed = witness.map(|witness| (witness.confirms(ledger), witness.spent_by_year()));
    let mut spent = ledger.spent_by_year().clone();
    for (known, proven) in receipts.chain(witnessed) {
        for (year, rho) in proven {
            let since = if known {
                Rho::ZERO
            } else {
                ledger.spent_since_recovery(*year)
            };
            let own = spent.entry(*year).or_insert(Rho::ZERO);
            *own = (*own).max(rho.checked_add(since).unwrap_or(*rho));
        }
    }
    spent
}

/// Decisions that the witness saw and the chain has lost, to be recorded again: pauses, withdrawals and a
/// lower cap.
fn forgotten_bounds(ledger: &Ledger, witness: Option<&Witness>, by: &[Person]) -> Vec<Event> {
    let Some(witness) = witness else {
        return Vec::new();
    };
    let decided = || Decided {
        by: by.to_vec(),
        reason: "so it stood before the history was lost; the witness says so".to_owned(),
    };
    let lower = (witness.cap() < ledger.cap()).then(|| Event::CapChanged {
        cap_rho_nano_per_year: witness.cap(),
        decided: decided(),
    });
    let stops = witness.stopped().iter().filter(|(agreement, witnessed)| {
        let held = ledger.approval(agreement);
        held.is_some_and(|approval| approval.state() < **witnessed)
    });
    let stops = stops.map(|(&agreement, witnessed)| match witnessed {
        ApprovalState::Withdrawn => Event::Withdrawn {
            agreement,
            decided: decided(),
        },
        ApprovalState::Paused | ApprovalState::InForce => Event::Paused {
            agreement,
            decided: decided(),
        },
    });
    lower.into_iter().chain(stops).collect()
}

/// Agreements that the witness saw withdrawn and whose approval the chain has lost too.
fn withdrawn_unknown(ledger: &Ledger, witness: Option<&Witness>) -> Vec<AgreementHash> {
    let witnessed = witness.into_iter().flat_map(Witness::stopped);
    witnessed
        .filter(|(agreement, state)| {
            **state == ApprovalState::Withdrawn && ledger.approval(agreement).is_none()
        })
        .map(|(agreement, _)| *agreement)
        .collect()
}

// === impl Node ===

impl Node {
    /// Recovers the ledger, or with `decided` false says what that would adopt.
    ///
    /// # Privacy
    /// Spending only grows, numbers only grow, and nothing that may have been drawn is drawn for free.
    ///
    /// # Errors
    /// [`RecoverError`]; then nothing changed.
    pub async fn recover(
        &self,
        recovery: Recovery,
        decided: bool,
    ) -> Result<Adopted, RecoverError> {
        let (witness, proof) = (self.store.witness()?, self.store.rollback_proof()?);
        let mut change = self.store.change_ledger().await?;
        let ledger = change.ledger();
        self.check_receipts(&recovery, ledger, witness.as_ref())?;
        let own_key = self.receipt_key.public();
        let proving = proof.as_ref().and_then(RollbackProof::receipt);
        let receipts: Vec<&Receipt> = recovery.receipts.iter().chain(proving).collect();
        let heads: Vec<KnownHead> = receipts
            .iter()
            .map(|receipt| KnownHead {
                sequence: receipt.body().sequence,
                head: EntryHash::from_bytes(receipt.body().head),
            })
            .chain(witness.as_ref().and_then(Witness::head))
            .filter(|known| !ledger.contains(known.sequence, known.head))
            .collect();
        let new_receipt_key = own_key != *ledger.receipt_public_key();
        let in_doubt = change.vouched_for().is_err() || new_receipt_key || !heads.is_empty();
        if !in_doubt {
            return Err(RecoverError::NoDoubt);
        }
        let spent = adopted_spending(ledger, &receipts, witness.as_ref());
        let known = heads.iter().map(|head| head.sequence);
        let adopted = Adopted {
            held: ledger.sequence(),
            proven: known.fold(ledger.sequence(), u64::max),
            spent: spent.clone(),
            lost: ledger
                .reservations()
                .filter(|(_, charge)| charge.seal.is_none() && !charge.lost)
                .count(),
            new_receipt_key,
        };
        if decided {
            let bounds = forgotten_bounds(change.ledger(), witness.as_ref(), &recovery.decided.by);
            let event = Event::Recovered {
                heads,
                spent: spent.into_iter().map(year_spent).collect(),
                receipt_public_key: own_key,
                barred: withdrawn_unknown(change.ledger(), witness.as_ref()),
                decided: recovery.decided,
            };
            change.append(event, self.clock.now()).await?;
            for bound in bounds {
                change.append(bound, self.clock.now()).await?;
            }
            change.commit_recovery().await?;
        }
        Ok(adopted)
    }

    fn check_receipts(
        &self,
        recovery: &Recovery,
        ledger: &Ledger,
        witness: Option<&Witness>,
    ) -> Result<(), RecoverError> {
        for receipt in &recovery.receipts {
            let body = receipt.body();
            if body.ods_code != *self.ods_code() {
                return Err(RecoverError::OtherOrganisation {
                    aggregator: body.aggregator.clone(),
                    found: body.ods_code.clone(),
                    own: self.ods_code().clone(),
                });
            }
            let own = self.receipt_key.public();
            let known_key = ledger.knows_receipt_key(receipt.public_key())
                || *receipt.public_key() == own
                || recovery.earlier_node;
            if !known_key {
                return Err(RecoverError::OtherKey {
                    aggregator: body.aggregator.clone(),
                    ods_code: body.ods_code.clone(),
                    found: receipt_key::first_digits(receipt.public_key()),
                    own: receipt_key::first_digits(&own),
                });
            }
        }
        // The approval itself may be in the lost part. So the aggregator that the node is enrolled with must
        // show its receipt, whatever the chain says.
        let approved = ledger
            .approvals()
            .map(|(_, approval)| approval.aggregator().clone());
        let enrolled = enrolled::read(&self.config)?.map(|enrolled| enrolled.aggregator);
        let asked: BTreeSet<AggregatorName> = approved.chain(enrolled).collect();
        let named = !recovery.receipts.is_empty() || !recovery.without.is_empty();
        if asked.is_empty() && witness.is_none() && !named {
            return Err(RecoverError::NobodyNamed);
        }
        for aggregator in asked {
            let shown = recovery
                .receipts
                .iter()
                .any(|receipt| receipt.body().aggregator == aggregator);
            if !shown && !recovery.without.contains(&aggregator) {
                return Err(RecoverError::MissingReceipt(aggregator));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
