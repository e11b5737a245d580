//! Puts sealed bytes back after a recovery: the aggregator brings them, under this node's own signature.
//!
//! A restored backup has lost what was sealed since. The aggregator keeps each measurement with the receipt
//! that this node signed beside it. The signature covers identity and payload hash, so the bytes can be taken
//! back as they were. That costs nothing, because the recovery has adopted what they cost (design §3.6).

use vwis_model::{measurement::Payload, ods::OdsCode, period::Period};
use vwis_proto::wire::Header;

use crate::{
    ledger::{Charge, Decided, Doubt, Event, Refusal},
    node::Node,
    receipt_key,
    store::StoreError,
};

/// A measurement as the aggregator keeps it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The header of the node's answer, with the receipt.
    pub header: Header,
    /// The noisy bytes.
    pub payload: Payload,
}

/// How many measurements came back, and how many did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reinstated {
    /// Measurements that were put back.
    pub put_back: usize,
    /// Measurements that were sealed here already.
    pub already_sealed: usize,
    /// Measurements that were ordered and charged anew since the recovery, and will be drawn when asked for.
    pub ordered_anew: usize,
    /// Measurements whose number belongs to another one that is sealed here; the bytes that are here stay.
    pub conflicting: usize,
    /// Measurements under an agreement that this ledger does not know as approved, or that this version
    /// cannot read.
    pub unknown_agreement: usize,
}

/// Why nothing was put back.
#[derive(Debug, thiserror::Error)]
pub enum ReinstateError {
    /// A measurement is not one that this node signed.
    #[error("{series} of {period} is not what this node signed: {problem}")]
    NotOurs {
        /// Name of the series.
        series: String,
        /// The period measured.
        period: Period,
        /// The part that does not fit.
        problem: String,
    },
    /// The history is still in doubt.
    #[error("recover the ledger first: {0}")]
    Doubt(#[from] Doubt),
    /// The store failed, or the ledger refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

// === impl Kept ===

impl Kept {
    /// Checks that every part is of one measurement of `ods_code`; the error names the part that is not.
    fn hangs_together(&self, ods_code: &OdsCode) -> Result<(), &'static str> {
        let (header, signed) = (&self.header, self.header.receipt.body());
        if header.key.ods_code != *ods_code || signed.ods_code != *ods_code {
            return Err("it is another organisation's");
        }
        if header.key.identity() != header.identity || signed.identity != header.identity {
            return Err("the receipt is of another measurement");
        }
        if self.payload.hash() != signed.payload_hash {
            return Err("the bytes are not those whose hash is signed");
        }
        Ok(())
    }
}

// === impl Node ===

impl Node {
    /// Puts sealed measurements back: all that can be, or on an error none.
    ///
    /// # Privacy
    /// Charges nothing and draws nothing: what is put back left this node before, and the recovery
    /// counted it.
    ///
    /// # Errors
    /// [`ReinstateError`]; then nothing changed.
    pub async fn reinstate(
        &self,
        measurements: Vec<Kept>,
        decided: &Decided,
    ) -> Result<Reinstated, ReinstateError> {
        let mut change = self.store.change_ledger().await?;
        change.vouched_for()?;
        let mut outcome = Reinstated::default();
        for kept in measurements {
            let key = &kept.header.key;
            let sealed = change
                .ledger()
                .reservation(&kept.header.identity)
                .and_then(|charge| charge.seal);
            let same = sealed.is_none_or(|seal| seal.payload_hash == kept.payload.hash());
            let signer = kept.header.receipt.public_key();
            let known_key = change.ledger().knows_receipt_key(signer);
            let fits = kept.hangs_together(self.ods_code());
            let fits = fits.map_err(str::to_owned).and_then(|()| {
                let key = receipt_key::first_digits(signer);
                let other =
                    || format!("the receipt key {key}… signed it, which this ledger never had");
                known_key.then_some(()).ok_or_else(other)
            });
            if let Err(problem) = fits {
                return Err(ReinstateError::NotOurs {
                    series: key.series.clone(),
                    period: key.period,
                    problem,
                });
            }
            if !same {
                outcome.conflicting += 1;
                continue;
            }
            let approved = change.ledger().approval(&key.agreement).is_some();
            let agreement = self.store.agreement(&key.agreement).await?;
            let series = agreement
                .as_ref()
                .filter(|_| approved)
                .and_then(|agreement| agreement.series_named(&key.series));
            let Some(series) = series else {
                outcome.unknown_agreement += 1;
                continue;
            };
            let event = Event::Reinstated {
                charge: Charge::of(key, series.charge()),
                payload_hash: kept.payload.hash(),
                decided: decided.clone(),
            };
            match change.append(event, self.clock.now()).await {
                Ok(()) => {
                    let identity = &kept.header.identity;
                    change.insert_payload(identity, &kept.payload).await?;
                    outcome.put_back += 1;
                }
                Err(StoreError::Refused(Refusal::AlreadySealed)) => outcome.already_sealed += 1,
                Err(StoreError::Refused(Refusal::OrderedAnew)) => outcome.ordered_anew += 1,
                Err(error) => return Err(error.into()),
            }
        }
        change.commit().await?;
        Ok(outcome)
    }
}
