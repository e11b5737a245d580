//! What an agreement may still cost.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vwis_model::{
    agreement::{Agreement, Series},
    measurement::MeasurementKey,
    period::{FinancialYear, Period},
    rho::Rho,
};

use crate::{counts::is_coded_for, ledger::Ledger};

/// The snapshots of people that this node holds: data set, edition of the dictionary that coded them, and
/// period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldSnapshots(BTreeSet<(String, String, Period)>);

/// A first measurement that an agreement allows and that was not charged yet.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    /// The series to be measured.
    pub series: &'a Series,
    /// The period to be measured.
    pub period: Period,
}

/// A privacy loss with the ε that it implies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Amount {
    /// Privacy loss, in billionths of ρ.
    pub rho_nano: Rho,
    /// The ε that the loss implies at the δ that is shown everywhere.
    pub epsilon: f64,
}

/// The first measurements that `agreement` allows and that were not charged yet, by series and
/// period, over the whole term.
#[must_use]
pub fn due<'a>(agreement: &'a Agreement, ledger: &Ledger) -> Vec<Due<'a>> {
    let mut due = Vec::new();
    for series in agreement.series() {
        for period in agreement.periods_of(series) {
            let key = MeasurementKey {
                ods_code: ledger.ods_code().clone(),
                agreement: agreement.hash(),
                series: series.name().to_owned(),
                period,
                correction: 0,
            };
            if ledger.reservation(&key.identity()).is_none() {
                due.push(Due { series, period });
            }
        }
    }
    due
}

/// What `agreement` may still charge, by year: first measurements, and corrections that are ordered.
///
/// From this year on, it counts everything due. Of earlier years, it counts corrections that are ordered and
/// measurements whose snapshot is held; nobody plans to import older periods.
#[must_use]
pub fn outstanding(
    agreement: &Agreement,
    ledger: &Ledger,
    held: &HeldSnapshots,
    this_year: FinancialYear,
) -> BTreeMap<FinancialYear, Rho> {
    let mut by_year = BTreeMap::new();
    let mut add = |year, charge| {
        let sum: &mut Rho = by_year.entry(year).or_default();
        *sum = total([*sum, charge]);
    };
    for due in due(agreement, ledger) {
        let year = due.period.financial_year();
        if year >= this_year || held.contains(due.series, due.period) {
            add(year, due.series.charge());
        }
    }
    for order in ledger.orders() {
        if order.agreement == agreement.hash() {
            add(order.period.financial_year(), order.rho);
        }
    }
    by_year
}

/// The sum of `charges`, or the largest ρ that can be written where the sum is larger.
#[must_use]
pub fn total(charges: impl IntoIterator<Item = Rho>) -> Rho {
    let add = |sum: Rho, charge: Rho| sum.checked_add(charge);
    charges
        .into_iter()
        .try_fold(Rho::ZERO, add)
        .unwrap_or(Rho::from_nano(u64::MAX))
}

/// ρ as people read it: to a millionth, because the planner's integers leave crumbs (0.199999998) that tell
/// nobody anything. A ρ that would round to 0 is shown exactly; the ledger and JSON are always exact.
#[must_use]
pub fn in_millionths(rho: Rho) -> String {
    let rounded = rho.nano().saturating_add(500) / 1000 * 1000;
    if rounded == 0 {
        rho
    } else {
        Rho::from_nano(rounded)
    }
    .to_string()
}

// === impl HeldSnapshots ===

impl HeldSnapshots {
    /// Takes snapshots as data set, edition of the dictionary that coded them, and period.
    #[must_use]
    pub fn new(held: impl IntoIterator<Item = (String, String, Period)>) -> Self {
        Self(held.into_iter().collect())
    }

    /// Whether a snapshot of the data set is held for `period`, however it was coded.
    #[must_use]
    pub fn holds(&self, data_set: &str, period: Period) -> bool {
        let mut held = self.0.iter();
        held.any(|(code, _, of)| *of == period && code == data_set)
    }

    /// Whether `series` could be measured for `period` from what is held.
    #[must_use]
    pub fn contains(&self, series: &Series, period: Period) -> bool {
        let mut held = self.0.iter();
        held.any(|(data_set, dictionary, of)| {
            *of == period
                && data_set == series.data_set().code()
                && is_coded_for(dictionary, series)
        })
    }
}

// === impl Amount ===

impl From<Rho> for Amount {
    fn from(rho: Rho) -> Self {
        Self {
            rho_nano: rho,
            epsilon: rho.epsilon(),
        }
    }
}
