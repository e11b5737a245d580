//! Corrections: a person orders one, and it is charged when its aggregator asks.
//!
//! Between the two nothing is spent. An earlier history that this ledger has lost may have given the same
//! number; only the receipt that comes with the request can tell.

use std::collections::BTreeMap;

use vwis_model::{
    agreement::AgreementHash,
    measurement::MeasurementId,
    period::{FinancialYear, Period},
    rho::Rho,
};

use super::{Charge, Decision, Ledger, Refusal, Reservation, SnapshotId};

/// A correction that was ordered and that nobody has asked for yet, so it is not charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The agreement that allows it.
    pub agreement: AgreementHash,
    /// Name of the agreement's series.
    pub series: String,
    /// The period to be measured.
    pub period: Period,
    /// Number of the correction.
    pub correction: u32,
    /// ρ that it will be charged.
    pub rho: Rho,
    /// The snapshot to be measured.
    pub snapshot: SnapshotId,
    /// Who ordered it and why.
    pub ordered: Decision,
}

// === impl Order ===

impl Order {
    pub(super) fn of(charge: Charge, snapshot: SnapshotId, ordered: Decision) -> Self {
        Self {
            agreement: charge.agreement,
            series: charge.series,
            period: charge.period,
            correction: charge.correction,
            rho: charge.rho_nano,
            snapshot,
            ordered,
        }
    }

    /// Whether `charge` is exactly what was ordered.
    fn is(&self, charge: &Reservation) -> bool {
        (self.agreement, self.period, self.correction)
            == (charge.agreement, charge.period, charge.correction)
            && (self.rho, self.snapshot) == (charge.rho, charge.snapshot)
            && self.series == charge.series
    }
}

// === impl Ledger ===

impl Ledger {
    /// The ordered correction with this identity; `None` where there is none or it was charged since.
    #[must_use]
    pub fn order(&self, identity: &MeasurementId) -> Option<&Order> {
        self.orders.get(identity)
    }

    /// All corrections that are ordered and not charged yet.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.orders.values()
    }

    /// The number of the next correction; `None` where none can be ordered now. What it corrects must be
    /// sealed, or be lost with a history.
    ///
    /// Numbers skip at a recovery, as those of entries do, so that no number names two measurements. Each
    /// correction of a lost history took an entry of its own there, so its number is smaller than that of the
    /// recovery's entry, which is numbered after them all.
    #[must_use]
    pub fn next_correction(
        &self,
        agreement: &AgreementHash,
        series: &str,
        period: Period,
    ) -> Option<u32> {
        if self.ordered(agreement, series, period).is_some() {
            return None;
        }
        let next = match self.latest(agreement, series, period) {
            Some(latest) if latest.seal.is_some() || latest.lost => {
                latest.correction.checked_add(1)?
            }
            Some(_) => return None,
            None => self.may_have_forgotten(period).then_some(1)?,
        };
        let leapt = u32::try_from(self.recovered_at()).ok()?;
        Some(next.max(leapt))
    }

    /// The correction of a series and period that is ordered and not charged yet.
    #[must_use]
    pub fn ordered(
        &self,
        agreement: &AgreementHash,
        series: &str,
        period: Period,
    ) -> Option<&Order> {
        self.orders().find(|order| {
            order.agreement == *agreement && order.series == series && order.period == period
        })
    }

    /// The highest correction number of each series and period of `agreement`, ordered or charged.
    #[must_use]
    pub fn corrections(&self, agreement: &AgreementHash) -> BTreeMap<(&str, Period), u32> {
        let charged = self
            .reservations
            .values()
            .map(|of| (of.agreement, &of.series, of.period, of.correction));
        let ordered = self
            .orders()
            .map(|of| (of.agreement, &of.series, of.period, of.correction));
        let mut highest = BTreeMap::new();
        for (of, series, period, number) in charged.chain(ordered) {
            if of == *agreement && number > 0 {
                let held = highest.entry((series.as_str(), period)).or_insert(number);
                *held = number.max(*held);
            }
        }
        highest
    }

    /// Takes an order. It is refused where the year could not pay for it together with the other orders.
    pub(super) fn take_order(
        &mut self,
        identity: MeasurementId,
        order: Order,
    ) -> Result<(), Refusal> {
        self.approved(&order.agreement)?.in_force()?;
        let next = self.next_correction(&order.agreement, &order.series, order.period);
        if next != Some(order.correction) {
            return Err(Refusal::NothingToCorrect);
        }
        if order.rho == Rho::ZERO {
            return Err(Refusal::WrongCharge);
        }
        let year = order.period.financial_year();
        self.charged(year, self.ordered_in(year), order.rho)?;
        self.orders.insert(identity, order);
        Ok(())
    }

    /// The decision that ordered this correction; `None` for a first measurement, which needs no order.
    pub(super) fn order_for(
        &self,
        identity: &MeasurementId,
        charge: &Reservation,
    ) -> Result<Option<Decision>, Refusal> {
        if charge.correction == 0 {
            return Ok(None);
        }
        let order = self.order(identity).ok_or(Refusal::NotOrdered)?;
        if !order.is(charge) {
            return Err(Refusal::WrongCharge);
        }
        Ok(Some(order.ordered.clone()))
    }

    /// ρ that the orders of one year will be charged.
    fn ordered_in(&self, year: FinancialYear) -> Rho {
        let of_year = self
            .orders()
            .filter(|order| order.period.financial_year() == year);
        of_year.fold(Rho::ZERO, |sum, order| {
            sum.checked_add(order.rho)
                .unwrap_or(Rho::from_nano(u64::MAX))
        })
    }
}
