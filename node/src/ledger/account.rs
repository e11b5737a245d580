//! What can be read from a ledger: balances, approvals and charges.

use std::collections::BTreeMap;

use vwis_model::{
    aggregator_name::AggregatorName,
    agreement::AgreementHash,
    measurement::MeasurementId,
    ods::OdsCode,
    period::{FinancialYear, Period},
    rho::Rho,
};

use super::{Approval, ApprovalState, Decision, EntryHash, KnownHead, Ledger, Reservation};

// === impl Ledger ===

impl Ledger {
    /// The organisation whose ledger it is.
    #[must_use]
    pub fn ods_code(&self) -> &OdsCode {
        &self.ods_code
    }

    /// Cap of every financial year, over all agreements.
    #[must_use]
    pub fn cap(&self) -> Rho {
        self.cap
    }

    /// Changes of the cap since the ledger began, oldest first: the new cap, and who decided it and why.
    #[must_use]
    pub fn cap_changes(&self) -> &[(Rho, Decision)] {
        &self.cap_changes
    }

    /// ρ charged in one year so far.
    #[must_use]
    pub fn spent(&self, year: FinancialYear) -> Rho {
        self.spent.get(&year).copied().unwrap_or(Rho::ZERO)
    }

    /// ρ charged in one year since the last recovery. No history that was lost before it has these charges.
    #[must_use]
    pub fn spent_since_recovery(&self, year: FinancialYear) -> Rho {
        self.recovery.as_ref().map_or(Rho::ZERO, |recovery| {
            let then = recovery.spent.get(&year).copied().unwrap_or(Rho::ZERO);
            self.spent(year).saturating_sub(then)
        })
    }

    /// ρ charged so far, for every year with a charge.
    #[must_use]
    pub fn spent_by_year(&self) -> &BTreeMap<FinancialYear, Rho> {
        &self.spent
    }

    /// Public half of the receipt key in use.
    #[must_use]
    pub fn receipt_public_key(&self) -> &[u8; 32] {
        self.receipt_public_keys
            .last()
            .expect("a book is opened with a key")
    }

    /// Whether `public_key` is or was a receipt key of this history.
    #[must_use]
    pub fn knows_receipt_key(&self, public_key: &[u8; 32]) -> bool {
        self.receipt_public_keys.contains(public_key)
    }

    /// Whether the last recovery came on the period's last day or later. A measurement of the period may then
    /// have been drawn and forgotten, so none of it is drawn for the first time.
    #[must_use]
    pub fn may_have_forgotten(&self, period: Period) -> bool {
        self.recovery.as_ref().is_some_and(|recovery| {
            let day = recovery.at.to_zoned(jiff::tz::TimeZone::UTC).date();
            period.last_day() <= day
        })
    }

    /// Number of the last recovery's entry; 0 where there was none.
    #[must_use]
    pub fn recovered_at(&self) -> u64 {
        let recovery = self.recovery.as_ref();
        recovery.map_or(0, |recovery| recovery.sequence)
    }

    /// The approval of an agreement, and what was decided since; `None` where nobody approved it.
    #[must_use]
    pub fn approval(&self, agreement: &AgreementHash) -> Option<&Approval> {
        self.approvals.get(agreement)
    }

    /// The refusal of a proposed agreement; `None` where nobody refused it or somebody approved it since.
    #[must_use]
    pub fn declined(&self, agreement: &AgreementHash) -> Option<&Decision> {
        self.declined.get(agreement)
    }

    /// The state of an agreement in one word: `proposed`, `declined`, `approved`, `paused` or `withdrawn`.
    #[must_use]
    pub fn state_word(&self, agreement: &AgreementHash) -> &'static str {
        match (self.approval(agreement), self.declined(agreement)) {
            (Some(approval), _) => approval.state().word(),
            (None, Some(_)) => "declined",
            (None, None) => "proposed",
        }
    }

    /// Every agreement that was ever approved here, by its name.
    pub fn approvals(&self) -> impl Iterator<Item = (&AgreementHash, &Approval)> {
        self.approvals.iter()
    }

    /// Every agreement that is paused or withdrawn, with its state.
    #[must_use]
    pub fn stopped(&self) -> BTreeMap<AgreementHash, ApprovalState> {
        let states = self.approvals.iter();
        states
            .map(|(agreement, approval)| (*agreement, approval.state()))
            .filter(|(_, state)| *state != ApprovalState::InForce)
            .chain(
                self.barred
                    .iter()
                    .map(|barred| (*barred, ApprovalState::Withdrawn)),
            )
            .collect()
    }

    /// The charge of a measurement; `None` where it was not charged.
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

    /// Whether anything was sealed for `aggregator` since the ledger began or was last recovered. From then
    /// on its requests need a receipt; a recovery was shown the receipts from before.
    #[must_use]
    pub fn has_sealed_for(&self, aggregator: &AggregatorName) -> bool {
        let since = self.recovered_at();
        self.reservations.values().any(|reservation| {
            reservation.seal.is_some_and(|seal| seal.sequence > since)
                && self
                    .approvals
                    .get(&reservation.agreement)
                    .is_some_and(|approval| approval.aggregator() == aggregator)
        })
    }

    /// Number of the last entry: how many entries there are, unless a recovery skipped numbers.
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

    /// Whether entry number `sequence` has this hash, in this chain or in a lost history that a recovery
    /// adopted.
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
