//! The state that a chain adds up to, and the rules for extending it.

use std::collections::{BTreeMap, BTreeSet};

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
    Approval, Decision, Entry, EntryHash, Event, KnownHead, LedgerError, Refusal, SnapshotId,
    Standing, YearSpent,
};

/// A verified chain and what it adds up to.
#[derive(Clone, Debug)]
pub struct Ledger {
    ods_code: OdsCode,
    cap: Rho,
    /// All there ever were, the one in use last.
    receipt_public_keys: Vec<[u8; 32]>,
    spent: BTreeMap<FinancialYear, Rho>,
    approvals: BTreeMap<AgreementHash, Approval>,
    reservations: BTreeMap<MeasurementId, Reservation>,
    /// By number; a recovery leaps over the numbers of a lost history.
    hashes: BTreeMap<u64, EntryHash>,
    recovery: Option<Recovery>,
}

/// The last recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Recovery {
    /// Number of its entry.
    sequence: u64,
    /// Places in lost histories that count as in the chain, of this recovery and those before it.
    heads: BTreeSet<KnownHead>,
    at: Timestamp,
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
    /// Charged before a recovery and not sealed then: whether it was drawn is not known, so it never
    /// is again.
    pub lost: bool,
}

/// The seal of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// SHA-256 of the noisy bytes.
    pub payload_hash: PayloadHash,
    /// Number of its entry.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
}

// === impl Reservation ===

impl Reservation {
    /// What a charge says, and of which measurement; `None` for any other event.
    fn of(event: Event, at: Timestamp) -> Option<(MeasurementId, Self)> {
        let ordered = match &event {
            Event::Corrected { by, reason, .. } => Some(Decision {
                by: by.clone(),
                reason: reason.clone(),
                at,
            }),
            _ => None,
        };
        let (Event::Reserved {
            identity,
            agreement,
            series,
            period,
            correction,
            financial_year,
            rho_nano: rho,
            snapshot,
        }
        | Event::Corrected {
            identity,
            agreement,
            series,
            period,
            correction,
            financial_year,
            rho_nano: rho,
            snapshot,
            ..
        }) = event
        else {
            return None;
        };
        let reservation = Self {
            agreement,
            series,
            period,
            correction,
            financial_year,
            rho,
            snapshot,
            ordered,
            at,
            seal: None,
            lost: false,
        };
        Some((identity, reservation))
    }
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
            receipt_public_keys: vec![receipt_public_key],
            spent: BTreeMap::new(),
            approvals: BTreeMap::new(),
            reservations: BTreeMap::new(),
            hashes: BTreeMap::from([(1, first.hash)]),
            recovery: None,
        };
        for entry in entries {
            let sequence = ledger.next_number(entry.recovered_heads().as_deref());
            let body = entry.verify(sequence, ledger.head())?;
            ledger
                .apply(body.what, body.recorded_at)
                .map_err(|refusal| LedgerError::Rule { sequence, refusal })?;
            ledger.hashes.insert(sequence, entry.hash);
        }
        Ok(ledger)
    }

    /// Extends the book by one event and returns the entry to store. Nothing changes on refusal.
    ///
    /// # Errors
    /// [`Refusal`], with the rule that the event would break.
    pub fn append(&mut self, event: Event, now: Timestamp) -> Result<Entry, Refusal> {
        let heads = match &event {
            Event::Recovered { heads, .. } => Some(heads.clone()),
            _ => None,
        };
        let number = self.next_number(heads.as_deref());
        self.apply(event.clone(), now)?;
        let entry = Entry::link(number, self.head(), event, now);
        self.hashes.insert(number, entry.hash);
        Ok(entry)
    }

    /// The number of the next entry: one more than the last, or than the longest history that a
    /// recovery was shown.
    fn next_number(&self, recovered: Option<&[KnownHead]>) -> u64 {
        let known = recovered
            .unwrap_or_default()
            .iter()
            .map(|head| head.sequence);
        known.fold(self.sequence(), u64::max).saturating_add(1)
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
            charge @ (Event::Reserved { .. } | Event::Corrected { .. }) => {
                let (identity, reservation) =
                    Reservation::of(charge, at).expect("both of these are charges");
                self.reserve(identity, reservation)
            }
            Event::Recovered {
                heads,
                spent,
                receipt_public_key,
                ..
            } => {
                self.recover(heads, &spent, receipt_public_key, at);
                Ok(())
            }
            Event::Sealed {
                identity,
                payload_hash,
            } => {
                let sequence = self.next_number(None);
                let seal = Seal {
                    payload_hash,
                    sequence,
                    at,
                };
                self.seal(&identity, seal)
            }
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
        self.check_number(&reservation)?;
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

    /// Number 0 needs nobody; the next one needs a person, and something to correct.
    fn check_number(&self, charge: &Reservation) -> Result<(), Refusal> {
        if charge.ordered.is_none() {
            return match charge.correction {
                0 => Ok(()),
                _ => Err(Refusal::NotOrdered),
            };
        }
        let next = self.next_correction(&charge.agreement, &charge.series, charge.period);
        if next == Some(charge.correction) {
            Ok(())
        } else {
            Err(Refusal::NothingToCorrect)
        }
    }

    fn recover(
        &mut self,
        heads: Vec<KnownHead>,
        spent: &[YearSpent],
        receipt_public_key: [u8; 32],
        at: Timestamp,
    ) {
        let sequence = self.next_number(Some(&heads));
        for year in spent {
            let own = self.spent.entry(year.financial_year).or_insert(Rho::ZERO);
            *own = (*own).max(year.spent_rho_nano);
        }
        for charge in self.reservations.values_mut() {
            charge.lost |= charge.seal.is_none();
        }
        self.receipt_public_keys.push(receipt_public_key);
        let mut known = self
            .recovery
            .take()
            .map_or(BTreeSet::new(), |last| last.heads);
        known.extend(heads);
        self.recovery = Some(Recovery {
            sequence,
            heads: known,
            at,
        });
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
        self.receipt_public_keys
            .last()
            .expect("a book is opened with a key")
    }

    /// Whether receipts of this history were ever signed by that key.
    #[must_use]
    pub fn knows_receipt_key(&self, public_key: &[u8; 32]) -> bool {
        self.receipt_public_keys.contains(public_key)
    }

    /// Whether the period ended before the history was recovered: whatever was drawn of it then may
    /// have been forgotten, so nothing of it is drawn for the first time.
    #[must_use]
    pub fn may_have_forgotten(&self, period: Period) -> bool {
        self.recovery.as_ref().is_some_and(|recovery| {
            let day = recovery.at.to_zoned(jiff::tz::TimeZone::UTC).date();
            period.last_day() < day
        })
    }

    /// The number of the next correction, where one can be ordered: what it corrects is sealed, or
    /// lost with a history.
    #[must_use]
    pub fn next_correction(
        &self,
        agreement: &AgreementHash,
        series: &str,
        period: Period,
    ) -> Option<u32> {
        match self.latest(agreement, series, period) {
            Some(latest) if latest.seal.is_some() || latest.lost => {
                latest.correction.checked_add(1)
            }
            Some(_) => None,
            None => self.may_have_forgotten(period).then_some(1),
        }
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

    /// Whether anything was sealed for `aggregator` since the book began or was last recovered: from
    /// then on its requests need a receipt. A recovery was shown what it held before.
    #[must_use]
    pub fn has_sealed_for(&self, aggregator: &AggregatorName) -> bool {
        let since = self
            .recovery
            .as_ref()
            .map_or(0, |recovery| recovery.sequence);
        self.reservations.values().any(|reservation| {
            reservation.seal.is_some_and(|seal| seal.sequence > since)
                && self
                    .approvals
                    .get(&reservation.agreement)
                    .is_some_and(|approval| approval.aggregator() == aggregator)
        })
    }

    /// Number of the last entry: how many there are, unless a recovery leapt.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        *self.last().0
    }

    fn last(&self) -> (&u64, &EntryHash) {
        self.hashes
            .last_key_value()
            .expect("a book holds its first entry")
    }

    /// Hash of the last entry.
    #[must_use]
    pub fn head(&self) -> EntryHash {
        *self.last().1
    }

    /// Whether entry number `sequence` has this hash, here or in a history that was recovered.
    #[must_use]
    pub fn contains(&self, sequence: u64, hash: EntryHash) -> bool {
        let head = KnownHead {
            sequence,
            head: hash,
        };
        self.hashes.get(&sequence) == Some(&hash)
            || self
                .recovery
                .as_ref()
                .is_some_and(|recovery| recovery.heads.contains(&head))
    }
}
