//! The state that a chain adds up to, and the rules for extending it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vwis_proto::{
    aggregator_name::AggregatorName,
    agreement::AgreementHash,
    measurement::{MeasurementId, PayloadHash},
    ods::OdsCode,
    period::{FinancialYear, Period},
    rho::Rho,
};

use super::{
    Approval, Decision, Entry, EntryHash, Event, LedgerError, Refusal, SnapshotId, Standing,
};

/// A verified chain and what it adds up to.
#[derive(Clone, Debug)]
pub struct Ledger {
    ods_code: OdsCode,
    cap: Rho,
    receipt_public_key: [u8; 32],
    spent: BTreeMap<FinancialYear, Rho>,
    approvals: BTreeMap<AgreementHash, Approval>,
    reservations: BTreeMap<MeasurementId, Reservation>,
    /// Hash of entry `n + 1` at index `n`.
    hashes: Vec<EntryHash>,
}

/// A charge, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The agreement that allows it.
    pub agreement: AgreementHash,
    /// The clause of the agreement.
    pub series: String,
    /// The period measured.
    pub period: Period,
    /// 0, or the number of the correction.
    pub correction: u32,
    /// The year that paid.
    pub financial_year: FinancialYear,
    /// The charge.
    pub rho: Rho,
    /// The snapshot measured.
    pub snapshot: SnapshotId,
    /// Who ordered it and why, where it is a correction.
    pub ordered: Option<Decision>,
    /// When it was charged.
    pub at: Timestamp,
    /// The bytes that answer it, once drawn.
    pub seal: Option<Seal>,
}

/// The seal of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// SHA-256 of the noisy bytes.
    pub payload_hash: PayloadHash,
    /// When.
    pub at: Timestamp,
}

// === impl Ledger ===

impl Ledger {
    /// The first entry of a new book.
    #[must_use]
    pub fn open(
        ods_code: OdsCode,
        cap_per_year: Rho,
        receipt_public_key: [u8; 32],
        now: Timestamp,
    ) -> Entry {
        let event = Event::Opened {
            ods_code,
            cap_rho_nano_per_year: cap_per_year,
            receipt_public_key,
        };
        Entry::link(1, EntryHash::GENESIS, event, now)
    }

    /// Verifies a whole chain, in order, and adds it up.
    ///
    /// # Errors
    /// [`LedgerError`] names the first broken entry.
    pub fn replay(entries: impl IntoIterator<Item = Entry>) -> Result<Self, LedgerError> {
        let mut entries = entries.into_iter();
        let first = entries.next().ok_or(LedgerError::Empty)?;
        let body = first.verify(1, EntryHash::GENESIS)?;
        let Event::Opened {
            ods_code,
            cap_rho_nano_per_year: cap,
            receipt_public_key,
        } = body.what
        else {
            return Err(LedgerError::Rule {
                sequence: 1,
                refusal: Refusal::NotFirst,
            });
        };
        let mut ledger = Self {
            ods_code,
            cap,
            receipt_public_key,
            spent: BTreeMap::new(),
            approvals: BTreeMap::new(),
            reservations: BTreeMap::new(),
            hashes: vec![first.hash],
        };
        for entry in entries {
            let sequence = ledger.sequence() + 1;
            let body = entry.verify(sequence, ledger.head())?;
            ledger
                .apply(body.what, body.recorded_at)
                .map_err(|refusal| LedgerError::Rule { sequence, refusal })?;
            ledger.hashes.push(entry.hash);
        }
        Ok(ledger)
    }

    /// Extends the book by one event and returns the entry to store. Nothing changes on refusal.
    ///
    /// # Errors
    /// [`Refusal`], with the rule that the event would break.
    pub fn append(&mut self, event: Event, now: Timestamp) -> Result<Entry, Refusal> {
        self.apply(event.clone(), now)?;
        let entry = Entry::link(self.sequence() + 1, self.head(), event, now);
        self.hashes.push(entry.hash);
        Ok(entry)
    }

    /// Every rule is checked before anything changes.
    fn apply(&mut self, event: Event, at: Timestamp) -> Result<(), Refusal> {
        match event {
            Event::Opened { .. } => Err(Refusal::NotFirst),
            Event::Approved {
                agreement,
                aggregator,
                by,
                reason,
            } => self.approve(agreement, aggregator, Decision { by, reason, at }),
            Event::Paused {
                agreement,
                by,
                reason,
            } => self
                .approved(&agreement)?
                .pause(Decision { by, reason, at }),
            Event::Resumed {
                agreement,
                by,
                reason,
            } => self
                .approved(&agreement)?
                .resume(Decision { by, reason, at }),
            Event::Withdrawn {
                agreement,
                by,
                reason,
            } => self
                .approved(&agreement)?
                .withdraw(Decision { by, reason, at }),
            Event::Reserved {
                identity,
                agreement,
                series,
                period,
                correction,
                financial_year,
                rho_nano: rho,
                snapshot,
            } => {
                if correction != 0 {
                    return Err(Refusal::NotOrdered);
                }
                let reservation = Reservation {
                    agreement,
                    series,
                    period,
                    correction,
                    financial_year,
                    rho,
                    snapshot,
                    ordered: None,
                    at,
                    seal: None,
                };
                self.reserve(identity, reservation)
            }
            Event::Corrected {
                identity,
                agreement,
                series,
                period,
                correction,
                financial_year,
                rho_nano: rho,
                snapshot,
                by,
                reason,
            } => {
                let corrected = self.latest(&agreement, &series, period);
                let corrected = corrected.ok_or(Refusal::NothingToCorrect)?;
                if corrected.seal.is_none() || correction != corrected.correction + 1 {
                    return Err(Refusal::NothingToCorrect);
                }
                let reservation = Reservation {
                    agreement,
                    series,
                    period,
                    correction,
                    financial_year,
                    rho,
                    snapshot,
                    ordered: Some(Decision { by, reason, at }),
                    at,
                    seal: None,
                };
                self.reserve(identity, reservation)
            }
            Event::Sealed {
                identity,
                payload_hash,
            } => self.seal(&identity, Seal { payload_hash, at }),
        }
    }

    fn approve(
        &mut self,
        agreement: AgreementHash,
        aggregator: AggregatorName,
        yes: Decision,
    ) -> Result<(), Refusal> {
        match self.approvals.get(&agreement).map(Approval::standing) {
            None => {}
            Some(Standing::Withdrawn) => return Err(Refusal::Withdrawn),
            Some(_) => return Err(Refusal::AlreadyApproved),
        }
        let approval = Approval::new(aggregator, yes);
        self.approvals.insert(agreement, approval);
        Ok(())
    }

    fn seal(&mut self, identity: &MeasurementId, seal: Seal) -> Result<(), Refusal> {
        let reservation = self
            .reservations
            .get_mut(identity)
            .ok_or(Refusal::NotReserved)?;
        if reservation.seal.is_some() {
            return Err(Refusal::AlreadySealed);
        }
        reservation.seal = Some(seal);
        Ok(())
    }

    fn reserve(
        &mut self,
        identity: MeasurementId,
        reservation: Reservation,
    ) -> Result<(), Refusal> {
        let (year, rho) = (reservation.financial_year, reservation.rho);
        self.approved(&reservation.agreement)?.in_force()?;
        if self.reservations.contains_key(&identity) {
            return Err(Refusal::AlreadyReserved);
        }
        if rho == Rho::ZERO || year != reservation.period.financial_year() {
            return Err(Refusal::WrongCharge);
        }
        let spent = self.charged(year, rho)?;
        self.spent.insert(year, spent);
        self.reservations.insert(identity, reservation);
        Ok(())
    }

    fn approved(&mut self, agreement: &AgreementHash) -> Result<&mut Approval, Refusal> {
        self.approvals
            .get_mut(agreement)
            .ok_or(Refusal::NotApproved)
    }

    /// The year's spending after `charge`, if the cap allows it.
    fn charged(&self, year: FinancialYear, charge: Rho) -> Result<Rho, Refusal> {
        let spent = self.spent(year);
        match spent.checked_add(charge) {
            Some(sum) if sum <= self.cap => Ok(sum),
            _ => Err(Refusal::OverBudget {
                cap: self.cap,
                left: self.cap.saturating_sub(spent),
                charge,
            }),
        }
    }

    /// Whose book it is.
    #[must_use]
    pub fn ods_code(&self) -> &OdsCode {
        &self.ods_code
    }

    /// Cap of every financial year.
    #[must_use]
    pub fn cap(&self) -> Rho {
        self.cap
    }

    /// Charged in one year so far.
    #[must_use]
    pub fn spent(&self, year: FinancialYear) -> Rho {
        self.spent.get(&year).copied().unwrap_or(Rho::ZERO)
    }

    /// Charged so far, in every year with a charge.
    #[must_use]
    pub fn spent_by_year(&self) -> &BTreeMap<FinancialYear, Rho> {
        &self.spent
    }

    /// Public half of the receipt key.
    #[must_use]
    pub fn receipt_public_key(&self) -> &[u8; 32] {
        &self.receipt_public_key
    }

    /// The yes to an agreement, if there is one.
    #[must_use]
    pub fn approval(&self, agreement: &AgreementHash) -> Option<&Approval> {
        self.approvals.get(agreement)
    }

    /// Every agreement that was ever approved here, by its name.
    pub fn approvals(&self) -> impl Iterator<Item = (&AgreementHash, &Approval)> {
        self.approvals.iter()
    }

    /// The charge of a measurement, if there is one.
    #[must_use]
    pub fn reservation(&self, identity: &MeasurementId) -> Option<&Reservation> {
        self.reservations.get(identity)
    }

    /// All charges, by identity.
    pub fn reservations(&self) -> impl Iterator<Item = (&MeasurementId, &Reservation)> {
        self.reservations.iter()
    }

    /// The charge of a series and period with the highest correction number.
    #[must_use]
    pub fn latest(
        &self,
        agreement: &AgreementHash,
        series: &str,
        period: Period,
    ) -> Option<&Reservation> {
        self.reservations
            .values()
            .filter(|charge| {
                charge.agreement == *agreement && charge.series == series && charge.period == period
            })
            .max_by_key(|charge| charge.correction)
    }

    /// The charges of `agreement` that are corrections and that no later one corrects.
    pub fn corrections(&self, agreement: &AgreementHash) -> impl Iterator<Item = &Reservation> {
        self.reservations.values().filter(move |charge| {
            charge.agreement == *agreement
                && charge.correction > 0
                && self
                    .latest(&charge.agreement, &charge.series, charge.period)
                    .is_some_and(|latest| latest.correction == charge.correction)
        })
    }

    /// Whether anything was ever sealed for `aggregator`: from then on its requests need a receipt.
    #[must_use]
    pub fn has_sealed_for(&self, aggregator: &AggregatorName) -> bool {
        self.reservations.values().any(|reservation| {
            reservation.seal.is_some()
                && self
                    .approvals
                    .get(&reservation.agreement)
                    .is_some_and(|approval| approval.aggregator() == aggregator)
        })
    }

    /// Number of entries.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.hashes.len() as u64
    }

    /// Hash of the last entry.
    #[must_use]
    pub fn head(&self) -> EntryHash {
        *self.hashes.last().expect("a book holds its first entry")
    }

    /// Whether entry number `sequence` has this hash.
    #[must_use]
    pub fn contains(&self, sequence: u64, hash: EntryHash) -> bool {
        let index = sequence
            .checked_sub(1)
            .and_then(|n| usize::try_from(n).ok());
        index.and_then(|index| self.hashes.get(index)) == Some(&hash)
    }
}
