//! The state that a chain's entries add up to, and the rules for extending it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use vwis_model::{
    aggregator_name::AggregatorName,
    agreement::AgreementHash,
    measurement::{MeasurementId, PayloadHash},
    ods::OdsCode,
    period::FinancialYear,
    rho::Rho,
};

use super::{
    Approval, ApprovalState, Decision, Entry, EntryHash, Event, KnownHead, LedgerError, Order,
    Refusal, Reservation, Seal, YearSpent,
};

/// A verified chain and what it adds up to.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(super) ods_code: OdsCode,
    pub(super) cap: Rho,
    /// Changes of the cap since the ledger began, oldest first.
    pub(super) cap_changes: Vec<(Rho, Decision)>,
    /// All receipt keys so far, the one in use last.
    pub(super) receipt_public_keys: Vec<[u8; 32]>,
    pub(super) spent: BTreeMap<FinancialYear, Rho>,
    pub(super) approvals: BTreeMap<AgreementHash, Approval>,
    /// Agreements that were refused, and not approved since.
    pub(super) declined: BTreeMap<AgreementHash, Decision>,
    pub(super) reservations: BTreeMap<MeasurementId, Reservation>,
    /// Corrections that nobody has asked for yet.
    pub(super) orders: BTreeMap<MeasurementId, Order>,
    /// Hashes of the entries by number. A recovery skips the numbers of a lost history.
    pub(super) hashes: BTreeMap<u64, EntryHash>,
    pub(super) recovery: Option<Recovery>,
    /// Agreements that were withdrawn in a lost history and whose approval was lost too.
    pub(super) barred: BTreeSet<AgreementHash>,
}

/// The last recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recovery {
    /// Number of the recovery's entry.
    pub(super) sequence: u64,
    /// Entries of lost histories that count as in the chain, of this recovery and those before it.
    pub(super) heads: BTreeSet<KnownHead>,
    pub(super) at: Timestamp,
    /// ρ spent per year, as the recovery adopted it.
    pub(super) spent: BTreeMap<FinancialYear, Rho>,
}

// === impl Ledger ===

impl Ledger {
    /// The first entry of a new ledger.
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
            cap_changes: Vec::new(),
            receipt_public_keys: vec![receipt_public_key],
            spent: BTreeMap::new(),
            approvals: BTreeMap::new(),
            declined: BTreeMap::new(),
            reservations: BTreeMap::new(),
            orders: BTreeMap::new(),
            hashes: BTreeMap::from([(1, first.hash)]),
            recovery: None,
            barred: BTreeSet::new(),
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

    /// Makes agreements at least as strict, and the cap no higher, than in a history that this ledger has
    /// lost: a person's refusal outlives a restored backup. Use it on a ledger that is only read, never on
    /// one that is appended to.
    pub fn keep_bounds(&mut self, cap: Rho, stopped: &BTreeMap<AgreementHash, ApprovalState>) {
        self.cap = self.cap.min(cap);
        for (agreement, state) in stopped {
            if let Some(approval) = self.approvals.get_mut(agreement) {
                approval.keep_stopped(*state);
            }
        }
    }

    /// Extends the ledger by one event and returns the entry to store. A refused event changes nothing.
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

    /// The number of the next entry: one more than the last one, or than the longest history that a recovery
    /// was shown.
    pub(super) fn next_number(&self, recovered: Option<&[KnownHead]>) -> u64 {
        let known = recovered
            .unwrap_or_default()
            .iter()
            .map(|head| head.sequence);
        known.fold(self.sequence(), u64::max).saturating_add(1)
    }

    /// Applies one event. Every rule is checked before anything changes.
    fn apply(&mut self, event: Event, at: Timestamp) -> Result<(), Refusal> {
        match event {
            Event::Opened { .. } => Err(Refusal::NotFirst),
            Event::Approved {
                agreement,
                aggregator,
                decided,
            } => self.approve(agreement, aggregator, Decision::new(&decided, at)),
            Event::Declined { agreement, decided } => {
                self.decline(agreement, Decision::new(&decided, at))
            }
            Event::Paused { agreement, decided } => self
                .approved(&agreement)?
                .pause(Decision::new(&decided, at)),
            Event::Resumed { agreement, decided } => self
                .approved(&agreement)?
                .resume(Decision::new(&decided, at)),
            Event::Withdrawn { agreement, decided } => self
                .approved(&agreement)?
                .withdraw(Decision::new(&decided, at)),
            Event::CapChanged {
                cap_rho_nano_per_year,
                decided,
            } => self.change_cap(cap_rho_nano_per_year, Decision::new(&decided, at)),
            Event::Reserved { charge, snapshot } => {
                let identity = charge.identity;
                self.reserve(identity, Reservation::of(charge, snapshot, at))
            }
            Event::Ordered {
                charge,
                snapshot,
                decided,
            } => {
                let ordered = Decision::new(&decided, at);
                let identity = charge.identity;
                self.take_order(identity, Order::of(charge, snapshot, ordered))
            }
            Event::Recovered {
                heads,
                spent,
                receipt_public_key,
                barred,
                ..
            } => {
                self.recover(heads, &spent, receipt_public_key, at);
                self.barred.extend(barred);
                Ok(())
            }
            Event::Sealed {
                identity,
                payload_hash,
            } => self.seal(&identity, self.seal_of(payload_hash, at)),
            Event::Reinstated {
                charge,
                payload_hash,
                decided,
            } => {
                let seal = self.seal_of(payload_hash, at);
                let decision = Decision::new(&decided, at);
                let identity = charge.identity;
                self.reinstate(identity, Reservation::reinstated(charge, decision, seal))
            }
        }
    }

    fn approve(
        &mut self,
        agreement: AgreementHash,
        aggregator: AggregatorName,
        yes: Decision,
    ) -> Result<(), Refusal> {
        match self.approvals.get(&agreement).map(Approval::state) {
            None if self.barred.contains(&agreement) => return Err(Refusal::Withdrawn),
            None => {}
            Some(ApprovalState::Withdrawn) => return Err(Refusal::Withdrawn),
            Some(_) => return Err(Refusal::AlreadyApproved),
        }
        let approval = Approval::new(aggregator, yes);
        self.approvals.insert(agreement, approval);
        // A person may change their mind, so the refusal goes.
        self.declined.remove(&agreement);
        Ok(())
    }

    fn decline(&mut self, agreement: AgreementHash, no: Decision) -> Result<(), Refusal> {
        if self.approvals.contains_key(&agreement) {
            return Err(Refusal::AlreadyApproved);
        }
        if self.declined.contains_key(&agreement) {
            return Err(Refusal::AlreadyDeclined);
        }
        self.declined.insert(agreement, no);
        Ok(())
    }

    /// Changes the cap. It may be lower than what is spent; then nothing more is charged.
    fn change_cap(&mut self, cap: Rho, decision: Decision) -> Result<(), Refusal> {
        if cap == self.cap {
            return Err(Refusal::SameCap(cap));
        }
        self.cap = cap;
        self.cap_changes.push((cap, decision));
        Ok(())
    }

    /// The seal that the next entry records.
    fn seal_of(&self, payload_hash: PayloadHash, at: Timestamp) -> Seal {
        Seal {
            payload_hash,
            sequence: self.next_number(None),
            at,
        }
    }

    /// Puts back a measurement that was sealed in a lost history and paid for there. A recovery has counted
    /// it, so the year's charges must fit into what was adopted as spent.
    fn reinstate(
        &mut self,
        identity: MeasurementId,
        reservation: Reservation,
    ) -> Result<(), Refusal> {
        if self.recovery.is_none() {
            return Err(Refusal::NothingLost);
        }
        self.approved(&reservation.agreement)?;
        match self.reservations.get(&identity) {
            Some(held) if held.seal.is_some() => return Err(Refusal::AlreadySealed),
            Some(held) if !held.lost => return Err(Refusal::OrderedAnew),
            _ => {}
        }
        let year = reservation.financial_year;
        let others = self
            .reservations
            .iter()
            .filter(|(other, charge)| **other != identity && charge.financial_year == year);
        let charged = others
            .map(|(_, charge)| charge.rho)
            .try_fold(reservation.rho, Rho::checked_add);
        if charged.is_none_or(|charged| charged > self.spent(year)) {
            return Err(Refusal::NotPaidFor);
        }
        self.reservations.insert(identity, reservation);
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
        mut reservation: Reservation,
    ) -> Result<(), Refusal> {
        let (year, rho) = (reservation.financial_year, reservation.rho);
        self.approved(&reservation.agreement)?.in_force()?;
        if self.reservations.contains_key(&identity) {
            return Err(Refusal::AlreadyReserved);
        }
        reservation.ordered = self.order_for(&identity, &reservation)?;
        if rho == Rho::ZERO || year != reservation.period.financial_year() {
            return Err(Refusal::WrongCharge);
        }
        let spent = self.charged(year, Rho::ZERO, rho)?;
        self.spent.insert(year, spent);
        self.orders.remove(&identity);
        self.reservations.insert(identity, reservation);
        Ok(())
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
        // Ordered numbers may have been given in the lost history, so no order survives.
        self.orders.clear();
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
            spent: self.spent.clone(),
        });
    }

    pub(super) fn approved(&mut self, agreement: &AgreementHash) -> Result<&mut Approval, Refusal> {
        self.approvals
            .get_mut(agreement)
            .ok_or(Refusal::NotApproved)
    }

    /// The year's spending after `charge`, if the cap allows it together with `beside`.
    pub(super) fn charged(
        &self,
        year: FinancialYear,
        beside: Rho,
        charge: Rho,
    ) -> Result<Rho, Refusal> {
        let spent = self.spent(year);
        let sum = spent.checked_add(charge);
        match sum.and_then(|sum| sum.checked_add(beside)) {
            Some(all) if all <= self.cap => Ok(all.saturating_sub(beside)),
            _ => Err(Refusal::OverBudget {
                cap: self.cap,
                left: self.cap.saturating_sub(spent).saturating_sub(beside),
                charge,
            }),
        }
    }
}
