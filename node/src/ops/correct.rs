//! A fresh measurement of a period that was measured before, ordered by a person.
//!
//! An extract was wrong, its measurement is sealed for ever, and the mended extract changes nothing
//! that was sealed. A correction is a new measurement with a charge of its own. It is charged only when its
//! aggregator asks for it: an aggregator that holds a longer history of this node shows its receipt then, so
//! nothing is paid for a number that was given already. The earlier measurement stays served.

use vwis_model::{
    agreement::{Agreement, AgreementHash, Series},
    measurement::MeasurementKey,
    period::Period,
    rho::Rho,
};

use crate::{
    ledger::{Approval, Charge, Decided, Doubt, Event, Ledger, Refusal},
    node::Node,
    store::StoreError,
};

/// A correction that was just ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// Number of the correction, from 1.
    pub correction: u32,
    /// ρ that it will be charged.
    pub rho: Rho,
}

/// Why no correction was ordered; the ledger is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CorrectError {
    /// The period is outside the term or off the cadence.
    #[error(
        "the agreement measures nothing of that series for {period}: it runs from {first} to {last}, \
         {cadence}"
    )]
    NotAgreed {
        /// The period that was to be corrected.
        period: Period,
        /// First period of the term.
        first: Period,
        /// Last period of the term.
        last: Period,
        /// How often the series is measured.
        cadence: &'static str,
    },
    /// The period was never measured.
    #[error(
        "{series} of {period} was not measured yet, so there is nothing to correct: {}",
        how_it_is_measured(*.is_held)
    )]
    NotMeasured {
        /// Name of the series.
        series: String,
        /// The period that was to be corrected.
        period: Period,
        /// Whether a snapshot of the period is held, so that it can be measured.
        is_held: bool,
    },
    /// The last correction, of this number, waits for the aggregator to collect it.
    #[error(
        "correction {0} of that series and period is ordered and not drawn yet: it is when the \
         aggregator next collects"
    )]
    NotDrawn(u32),
    /// The people held are those that were measured.
    #[error(
        "nothing that the series counts has changed since that measurement: import the mended extract \
         of the period first"
    )]
    NothingChanged,
    /// The snapshot is coded by another edition of the dictionary than the series counts by.
    #[error(
        "the period is held as coded by another version of the data dictionary: import it again"
    )]
    OtherDictionary,
    /// The history is in doubt.
    #[error(transparent)]
    Doubt(#[from] Doubt),
    /// The store failed, or the ledger refused the entry.
    #[error(transparent)]
    Store(#[from] StoreError),
}

// === impl Node ===

impl Node {
    /// Orders the next correction of `series` of `agreement` for `period`, in one durable entry.
    ///
    /// # Privacy
    /// Charged in full, like a first measurement, and only when the aggregator asks. The order tells the
    /// aggregator that the organisation says its data changed; whether they did is checked here only.
    ///
    /// # Errors
    /// [`CorrectError`]; then nothing was ordered.
    pub async fn correct(
        &self,
        agreement: &Agreement,
        series: &Series,
        period: Period,
        decided: Decided,
    ) -> Result<Ordered, CorrectError> {
        if !agreement.allows(series, period) {
            let (first, last) = agreement.term();
            return Err(CorrectError::NotAgreed {
                period,
                first,
                last,
                cadence: series.cadence().in_words(),
            });
        }
        let hash = agreement.hash();
        let held = self
            .store
            .latest_snapshot(series.data_set().code(), period)
            .await?;
        let ledger = self.store.ledger().await?;
        let approval = ledger.approval(&hash).ok_or(Refusal::NotApproved);
        let in_force = approval.and_then(Approval::in_force);
        in_force.map_err(StoreError::Refused)?;
        // This check comes before the snapshot's: a period that was never measured misses no snapshot.
        next_correction(&ledger, hash, series, period, held.is_some())?;
        let held = held.ok_or(CorrectError::NothingChanged)?;
        if !held.answers(series) {
            return Err(CorrectError::OtherDictionary);
        }
        // Counted before it is ordered, because the aggregator may ask right after.
        let now = self.store.keep_counts(held.id, hash, series).await?;
        let mut change = self.store.change_ledger().await?;
        change.vouched_for()?;
        let ledger = change.ledger();
        let corrected = ledger.latest(&hash, series.name(), period);
        let correction = next_correction(ledger, hash, series, period, true)?;
        // A lost charge was never drawn, so there is no measurement to compare with.
        if let Some(corrected) = corrected.filter(|charge| !charge.lost) {
            let measured = self.store.counts(corrected.snapshot, hash, series).await?;
            if measured.same_as(&now) {
                return Err(CorrectError::NothingChanged);
            }
        }
        let key = MeasurementKey {
            ods_code: self.ods_code().clone(),
            agreement: hash,
            series: series.name().to_owned(),
            period,
            correction,
        };
        let event = Event::Ordered {
            charge: Charge::of(&key, series.charge()),
            snapshot: held.id,
            decided,
        };
        change.append(event, self.clock.now()).await?;
        change.commit().await?;
        Ok(Ordered {
            correction,
            rho: series.charge(),
        })
    }
}

/// The number of the correction that may be ordered next.
fn next_correction(
    ledger: &Ledger,
    agreement: AgreementHash,
    series: &Series,
    period: Period,
    is_held: bool,
) -> Result<u32, CorrectError> {
    let name = series.name();
    let ordered = ledger.ordered(&agreement, name, period);
    let charged = ledger.latest(&agreement, name, period);
    let waiting = ordered
        .map(|order| order.correction)
        .or(charged.map(|charge| charge.correction));
    let next = ledger.next_correction(&agreement, name, period);
    next.ok_or_else(|| match waiting {
        Some(number) if number > 0 => CorrectError::NotDrawn(number),
        _ => CorrectError::NotMeasured {
            series: name.to_owned(),
            period,
            is_held,
        },
    })
}

fn how_it_is_measured(is_held: bool) -> &'static str {
    if is_held {
        "the aggregator's next `collect` measures what is imported by then"
    } else {
        "import the period, and the aggregator's next `collect` measures it"
    }
}
