//! Answers a request in the order that keeps the promise (design §3.6).
//!
//! ```text
//! may this peer ask? ─► sealed already? ── yes ────────┐
//! (approved, not paused)       │ no                    │
//!                              ▼                       ▼
//!     reserve (durable) ─► draw ─► seal (durable) ─► floor ─► may it still? ─► committed row
//!     └─ detached: a caller that hangs up abandons ┘                             ─► answer
//!        nothing
//! ```
//!
//! **Pause and withdrawal work at once.** The state of the agreement is read from the chain three times for
//! every request: first of all, again inside the transaction that charges (where no decision can come in
//! between), and once more after the floor, right before the answer. So a pause while a measurement is drawn
//! lets it be sealed, since it is paid for, and keeps it here. After a withdrawal even a sealed measurement
//! is not answered any more, because the organisation took its approval back; an aggregator that had the
//! bytes still has them. History and charges stay.
//!
//! A crash between reserve and seal leaves a charge without bytes: nothing left the node, so the
//! next request draws again under the same charge, from the snapshot pinned by the reservation.
//! After an error the outcome of a commit is unknown, so the next step always reads the store
//! instead of trusting what it holds in memory.

mod error;

pub use error::MeasureError;

use std::{
    collections::BTreeMap,
    sync::{Arc, MutexGuard, PoisonError},
};

use jiff::tz::TimeZone;
use tokio::time::Instant;
use vwis_host::fault;
use vwis_model::{
    aggregator_name::AggregatorName,
    agreement::{Agreement, Series},
    measurement::{MeasurementId, MeasurementKey, Payload},
    period::Period,
};
use vwis_noise::Drawing;
use vwis_proto::{
    receipt::{Receipt, ReceiptBody},
    v1, wire,
};

use crate::{
    ledger::{Charge, Doubt, EntryHash, Event, Ledger, Refusal, SnapshotId},
    node::Node,
    rollback::RollbackProof,
    store::StoreError,
    turnover::{JOINERS, LEAVERS, MONTHS, STAFF, is_of_a_year},
    witness::Witness,
};

/// A sealed measurement and the receipt for this answer of it.
#[derive(Debug)]
pub struct Answer {
    /// The measurement that is answered.
    pub key: MeasurementKey,
    /// The agreement it is measured under.
    pub agreement: Arc<Agreement>,
    /// The committed noisy integers.
    pub payload: Payload,
    /// The node's signed statement of where its ledger stands.
    pub receipt: Receipt,
    /// The snapshot that was measured.
    pub snapshot: SnapshotId,
}

/// A request that may be answered, from a seal or else by a new draw.
struct Admitted {
    key: MeasurementKey,
    identity: MeasurementId,
    agreement: Arc<Agreement>,
}

// === impl Node ===

impl Node {
    /// Answers one request of `peer`.
    ///
    /// # Privacy
    /// Charges at most once per identity, whatever callers, crashes and retries do; what it
    /// returns was committed before.
    ///
    /// # Errors
    /// [`MeasureError`]; the ledger is as it was, or charged for a draw that a retry will finish.
    pub async fn measure(
        self: &Arc<Self>,
        peer: &AggregatorName,
        request: v1::MeasureRequest,
    ) -> Result<Answer, MeasureError> {
        let key = wire::measurement_key(&request, self.ods_code().clone())?;
        let receipt = request.last_receipt.map(Receipt::try_from).transpose()?;
        // The witness is read before the chain: another process may extend both in between (see
        // `Store::witness`).
        let witness = self.store.witness()?;
        let ledger = self.store.ledger().await?;

        let agreement = self.agreement_for(peer, &key, &ledger).await?;
        let doubt = self.doubt_of(peer, &ledger, witness.as_ref(), receipt.as_ref())?;
        let admitted = Admitted {
            identity: key.identity(),
            key,
            agreement: Arc::new(agreement),
        };
        if is_sealed(&ledger, &admitted.identity) {
            // No bytes may leave that the witness has not heard of. This waits for a commit under way and
            // brings the witness up to date, or fails.
            if witness
                .is_some_and(|witness| witness.confirms(&ledger) && witness.is_behind(&ledger))
            {
                drop(self.store.change_ledger().await?);
            }
            return self.answer(admitted, peer).await;
        }
        if let Some(doubt) = doubt {
            return Err(doubt.into());
        }
        // This holds for first measurements and corrections alike: nobody draws a charge outside of the
        // agreement.
        if !admitted
            .agreement
            .allows(series(&admitted)?, admitted.key.period)
        {
            return Err(MeasureError::PeriodNotAllowed);
        }
        // A measurement that is charged or ordered already is drawn from the snapshot that was named then.
        let charged = ledger.reservation(&admitted.identity);
        let today = self.clock.now().to_zoned(TimeZone::UTC).date();
        if charged.is_none() && admitted.key.period.last_day() > today {
            return Err(MeasureError::PeriodNotOver { today });
        }
        let named = charged.map(|charge| charge.snapshot);
        let ordered = || Some(ledger.order(&admitted.identity)?.snapshot);
        let snapshot = match named.or_else(ordered) {
            Some(named) => named,
            None => self.measurable_snapshot(&admitted).await?,
        };

        self.start_floor(admitted.identity);
        let node = Arc::clone(self);
        let drawing = tokio::spawn(async move {
            node.reserve_draw_seal(&admitted, snapshot).await?;
            Ok::<_, MeasureError>(admitted)
        });
        let admitted = drawing.await.map_err(|_| MeasureError::Interrupted)??;
        self.answer(admitted, peer).await
    }

    /// From now on no answer of this measurement leaves before the floor, whoever asks. Otherwise a second
    /// caller would learn when the draw was done.
    fn start_floor(&self, identity: MeasurementId) {
        let ends = Instant::now() + self.config.answer_floor();
        let mut floors = self.floors();
        let floor = floors.entry(identity).or_insert(ends);
        // A later attempt draws anew, so its answer waits from now on.
        *floor = ends.max(*floor);
    }

    async fn wait_for_floor(&self, identity: &MeasurementId) {
        let ends = self.floors().get(identity).copied();
        if let Some(ends) = ends {
            tokio::time::sleep_until(ends).await;
        }
    }

    fn floors(&self) -> MutexGuard<'_, BTreeMap<MeasurementId, Instant>> {
        // The map holds plain instants, which a panic cannot leave half-done.
        self.answer_floors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether witness, receipt key or what the node was shown say that the ledger has lost history.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn doubt(&self) -> Result<Option<Doubt>, StoreError> {
        // The witness is read before the chain: another process may extend both in between (see
        // `Store::witness`).
        let witness = self.store.witness()?;
        let ledger = self.store.ledger().await?;
        self.doubt_about(&ledger, witness.as_ref())
    }

    pub(crate) fn doubt_about(
        &self,
        ledger: &Ledger,
        witness: Option<&Witness>,
    ) -> Result<Option<Doubt>, StoreError> {
        if !witness.is_some_and(|witness| witness.confirms(ledger)) {
            return Ok(Some(Doubt::Witness));
        }
        if self.store.rollback_proof()?.is_some() {
            return Ok(Some(Doubt::RolledBack));
        }
        let own = self.receipt_key.public() == *ledger.receipt_public_key();
        Ok((!own).then_some(Doubt::ReceiptKey))
    }

    /// Whether anything says that this ledger has lost history, the aggregator's receipt included. A receipt
    /// that proves it is remembered.
    fn doubt_of(
        &self,
        peer: &AggregatorName,
        ledger: &Ledger,
        witness: Option<&Witness>,
        receipt: Option<&Receipt>,
    ) -> Result<Option<Doubt>, StoreError> {
        if let Some(own) = self.doubt_about(ledger, witness)? {
            return Ok(Some(own));
        }
        let Some(receipt) = receipt else {
            let required = ledger.has_sealed_for(peer);
            return Ok(required.then_some(Doubt::ReceiptRequired));
        };
        let body = receipt.body();
        let ours = ledger.knows_receipt_key(receipt.public_key())
            && body.ods_code == *self.ods_code()
            && body.aggregator == *peer
            && ledger.contains(body.sequence, EntryHash::from_bytes(body.head));
        if !ours {
            self.heed(ledger, receipt)?;
        }
        Ok((!ours).then_some(Doubt::ReceiptUnknown))
    }

    /// Remembers a receipt that proves that this ledger has lost history.
    pub(crate) fn heed(&self, ledger: &Ledger, receipt: &Receipt) -> Result<(), StoreError> {
        let Some(proof) = RollbackProof::in_receipt(receipt, ledger, self.ods_code()) else {
            return Ok(());
        };
        tracing::warn!(
            aggregator = %receipt.body().aggregator,
            theirs = receipt.body().sequence,
            ours = ledger.sequence(),
            "shown this node's own signature under a history that it does not have: its store was rolled \
             back. Nothing new is drawn until `ledger recover`"
        );
        self.store.keep_rollback_proof(&proof)
    }

    /// The agreement of the request, if this peer may ask under it.
    async fn agreement_for(
        &self,
        peer: &AggregatorName,
        key: &MeasurementKey,
        ledger: &Ledger,
    ) -> Result<Agreement, MeasureError> {
        let Some(approval) = ledger.approval(&key.agreement) else {
            let known = self.store.agreement_bytes(&key.agreement).await?.is_some();
            return Err(if known {
                MeasureError::NotApproved
            } else {
                MeasureError::AgreementUnknown
            });
        };
        if approval.aggregator() != peer {
            return Err(MeasureError::NotYourAgreement);
        }
        approval.in_force()?;
        let agreement = self.store.agreement(&key.agreement).await?;
        agreement.ok_or(MeasureError::DictionaryMismatch)
    }

    /// The snapshot that a first draw would measure. An ordered correction has its own.
    async fn measurable_snapshot(&self, admitted: &Admitted) -> Result<SnapshotId, MeasureError> {
        let Admitted { key, agreement, .. } = admitted;
        let series = series(admitted)?;
        if key.correction != 0 {
            return Err(MeasureError::CorrectionUnknown);
        }
        let held = self
            .store
            .latest_snapshot(series.data_set().code(), key.period)
            .await?;
        let Some(snapshot) = held else {
            return Err(self
                .why_missing(series.data_set().code(), key.period)
                .await?);
        };
        if !snapshot.answers(series) {
            return Err(MeasureError::DictionaryMismatch);
        }
        // Counting here would take a time that tells how many people there are, so it is never done here.
        let hash = agreement.hash();
        if !self.store.holds_counts(snapshot.id, hash, series).await? {
            return Err(MeasureError::SnapshotMissing);
        }
        Ok(snapshot.id)
    }

    /// Why nothing of `data_set` is held for `period`.
    async fn why_missing(
        &self,
        data_set: &str,
        period: Period,
    ) -> Result<MeasureError, StoreError> {
        // Joiners and leavers come from a file, or with the staff where the quarter before is held too; a
        // year's with those of its quarters, and career movement with the staff of its beginning.
        let follows = [JOINERS, LEAVERS].contains(&data_set);
        let staff = self.store.latest_snapshot(STAFF, period).await?;
        if is_of_a_year(data_set) && staff.is_some() {
            return Ok(MeasureError::YearIncomplete);
        }
        let before = staff.filter(|_| follows).and(period.months_before(MONTHS));
        Ok(before.map_or(
            MeasureError::SnapshotMissing,
            MeasureError::QuarterBeforeMissing,
        ))
    }

    /// Reserves, draws and seals. Runs to its end whatever becomes of the caller.
    async fn reserve_draw_seal(
        &self,
        admitted: &Admitted,
        latest: SnapshotId,
    ) -> Result<(), MeasureError> {
        let _turn = self.drawing.lock().await;
        fault::point("measure.asked");
        let Some(snapshot) = self.reserve(admitted, latest).await? else {
            return Ok(());
        };
        fault::point("measure.reserved");
        let agreement = Arc::clone(&admitted.agreement);
        let counts = self
            .store
            .counts(snapshot, agreement.hash(), series(admitted)?)
            .await?;
        let (mechanism, hedge) = (Arc::clone(&self.mechanism), Arc::clone(&self.hedge));
        let identity = admitted.identity;
        let name = admitted.key.series.clone();
        // OpenDP's measurement is neither Send nor Sync, so all of it happens on one thread.
        let payload = tokio::task::spawn_blocking(move || {
            let series = agreement
                .series_named(&name)
                .ok_or(MeasureError::SeriesUnknown)?;
            let drawing = Drawing {
                identity: &identity,
                snapshot: snapshot.0.into_bytes(),
                hedge: &hedge,
            };
            Ok::<_, MeasureError>(counts.draw(&*mechanism, &drawing, series.strategy())?)
        })
        .await
        .map_err(|_| MeasureError::Interrupted)??;
        fault::point("measure.drawn");
        self.seal(&admitted.identity, &payload).await?;
        fault::point("measure.sealed");
        Ok(())
    }

    /// Charges the measurement, or finds the charge of an attempt that did not finish. Returns the snapshot
    /// to measure; `None` where the measurement is sealed by now.
    async fn reserve(
        &self,
        admitted: &Admitted,
        latest: SnapshotId,
    ) -> Result<Option<SnapshotId>, MeasureError> {
        let mut change = self.store.change_ledger().await?;
        // No decision can come in between here. A stopped agreement allows neither a new charge nor a draw
        // for an unfinished one.
        in_force(change.ledger(), admitted)?;
        let charged = change.ledger().reservation(&admitted.identity);
        if charged.is_some_and(|reservation| reservation.seal.is_some()) {
            return Ok(None);
        }
        // Checked again where nothing can come in between, and before an unfinished charge is used: a backup
        // taken between reserve and seal looks just like a crash there.
        change.vouched_for()?;
        match charged {
            Some(unfinished) if unfinished.lost => return Err(Doubt::Lost.into()),
            Some(unfinished) => return Ok(Some(unfinished.snapshot)),
            // A recovery leaves no orders, so a person ordered it after the recovery.
            None if change.ledger().order(&admitted.identity).is_some() => {}
            None if change.ledger().may_have_forgotten(admitted.key.period) => {
                return Err(Doubt::Lost.into());
            }
            None => {}
        }
        let series = series(admitted)?;
        let event = Event::Reserved {
            charge: Charge::of(&admitted.key, series.charge()),
            snapshot: latest,
        };
        change.append(event, self.clock.now()).await?;
        change.commit().await?;
        tracing::info!(identity = %admitted.identity, rho = %series.charge(), "reserved");
        Ok(Some(latest))
    }

    /// Commits the bytes and their hash, unless the measurement is sealed already.
    async fn seal(&self, identity: &MeasurementId, payload: &Payload) -> Result<(), MeasureError> {
        let mut change = self.store.change_ledger().await?;
        if is_sealed(change.ledger(), identity) {
            return Ok(());
        }
        change.insert_payload(identity, payload).await?;
        let event = Event::Sealed {
            identity: *identity,
            payload_hash: payload.hash(),
        };
        change.append(event, self.clock.now()).await?;
        change.commit().await?;
        tracing::info!(%identity, "sealed");
        Ok(())
    }

    /// Waits for the floor, checks that the answer may still leave, reads the committed row and signs a
    /// receipt for it.
    async fn answer(
        &self,
        admitted: Admitted,
        peer: &AggregatorName,
    ) -> Result<Answer, MeasureError> {
        self.wait_for_floor(&admitted.identity).await;
        let ledger = self.store.ledger().await?;
        in_force(&ledger, &admitted)?;
        let reservation = ledger.reservation(&admitted.identity);
        let sealed = reservation.and_then(|one| Some((one.snapshot, one.seal?)));
        let (snapshot, seal) = sealed.ok_or(MeasureError::Interrupted)?;
        let payload = self
            .store
            .sealed_payload(&admitted.identity, seal.payload_hash)
            .await?;
        fault::point("measure.answering");
        let receipt = self.receipt_key.sign(ReceiptBody {
            ods_code: self.ods_code().clone(),
            aggregator: peer.clone(),
            sequence: ledger.sequence(),
            head: *ledger.head().as_bytes(),
            spent: ledger.spent_by_year().clone(),
            identity: admitted.identity,
            payload_hash: seal.payload_hash,
        });
        Ok(Answer {
            key: admitted.key,
            agreement: admitted.agreement,
            payload,
            receipt,
            snapshot,
        })
    }
}

fn series(admitted: &Admitted) -> Result<&Series, MeasureError> {
    admitted
        .agreement
        .series_named(&admitted.key.series)
        .ok_or(MeasureError::SeriesUnknown)
}

fn in_force(ledger: &Ledger, admitted: &Admitted) -> Result<(), Refusal> {
    ledger
        .approval(&admitted.key.agreement)
        .ok_or(Refusal::NotApproved)?
        .in_force()
}

fn is_sealed(ledger: &Ledger, identity: &MeasurementId) -> bool {
    ledger
        .reservation(identity)
        .is_some_and(|reservation| reservation.seal.is_some())
}

#[cfg(test)]
mod tests;
