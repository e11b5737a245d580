//! The statement of the privacy budget: what left, to whom, at what cost, and what may follow.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use vwis_model::{
    agreement::{Agreement, AgreementHash},
    measurement::MeasurementId,
    ods::OdsCode,
    period::{FinancialYear, Period},
    rho::{DISPLAY_DELTA, Rho},
};

use super::{Amount, HeldSnapshots, outlook::total, outstanding};
use crate::ledger::{Approval, ApprovalState, Decision, Ledger, Reservation};

/// The whole statement. Every sum of ρ in it is exact.
#[derive(Clone, Debug, Serialize)]
pub struct Statement {
    /// The organisation whose statement it is.
    pub ods_code: OdsCode,
    /// The day it was made, in UTC.
    pub as_of: Date,
    /// Cap of every financial year, over all agreements.
    pub cap_rho_nano_per_year: Rho,
    /// The ε of a year whose cap is used up.
    pub cap_epsilon: f64,
    /// What people decided about the cap since `init`, oldest first.
    pub cap_changes: Vec<CapChange>,
    /// ρ charged since the ledger began.
    pub lifetime_rho_nano: Rho,
    /// The ε that follows from the lifetime ρ.
    pub lifetime_epsilon: f64,
    /// The δ of every ε here.
    pub delta: f64,
    /// A used-up year for a person with jobs at two organisations of the same cap.
    pub two_jobs: Amount,
    /// Every year with a charge, this year, the next, and earlier years for which something may still be
    /// asked.
    pub years: Vec<YearLine>,
    /// Every agreement that was ever approved here.
    pub agreements: Vec<AgreementAccount>,
    /// Every charge, oldest first.
    pub charges: Vec<ReleaseLine>,
}

/// A decision about the cap.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CapChange {
    /// The cap from then on.
    pub cap_rho_nano_per_year: Rho,
    /// Who decided it, why and when.
    #[serde(flatten)]
    pub decision: Decision,
}

/// One financial year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct YearLine {
    /// The year's name, such as `2026/27`; it begins on 1 April.
    pub financial_year: String,
    /// ρ that the year may be charged.
    pub cap_rho_nano: Rho,
    /// ρ that is charged.
    pub spent_rho_nano: Rho,
    /// ρ that is left.
    pub left_rho_nano: Rho,
    /// The ε of the ρ that is charged.
    pub epsilon: f64,
    /// ρ that approved agreements may still ask for. In an explanation: those besides the explained one.
    pub committed_rho_nano: Rho,
    /// ρ that the explained agreement adds; 0 in a statement.
    pub added_rho_nano: Rho,
    /// ρ that is left once all of it is asked for.
    pub left_then_rho_nano: Rho,
    /// Whether all of it fits. The node refuses a charge that does not.
    pub fits: bool,
}

/// One agreement's part of the statement.
#[derive(Clone, Debug, Serialize)]
pub struct AgreementAccount {
    /// The agreement's name, which is the SHA-256 of its bytes.
    pub agreement: AgreementHash,
    /// Its title, where this version can read it.
    pub name: Option<String>,
    /// Its authors' version, where this version can read it.
    pub version: Option<u32>,
    /// Name of the aggregator that asks.
    pub aggregator: String,
    /// The purpose, where this version can read it.
    pub purpose: Option<String>,
    /// Who reads the results, where this version can read it.
    pub readers: Option<String>,
    /// `approved`, `paused` or `withdrawn`.
    pub state: ApprovalState,
    /// Decisions of people here about it, oldest first.
    pub decisions: Vec<DecisionLine>,
    /// How many measurements were charged.
    pub charges: usize,
    /// ρ that these measurements cost.
    pub charged_rho_nano: Rho,
    /// ρ that it may still ask for this year.
    pub this_year_rho_nano: Rho,
    /// ρ that it may ask for next year.
    pub next_year_rho_nano: Rho,
}

/// One charge.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseLine {
    /// Identity of the measurement.
    pub identity: String,
    /// The agreement that allows it.
    pub agreement: AgreementHash,
    /// The aggregator that the measurement goes to.
    pub aggregator: Option<String>,
    /// Name of the series.
    pub series: String,
    /// The period measured.
    pub period: Period,
    /// 0 for the first measurement, or the number of the correction.
    pub correction: u32,
    /// The financial year that is charged.
    pub financial_year: String,
    /// ρ charged.
    pub rho_nano: Rho,
    /// When it was charged.
    pub charged_at: Timestamp,
    /// When it was drawn and sealed; `None` where it was not yet.
    pub sealed_at: Option<Timestamp>,
}

/// One decision of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecisionLine {
    /// `approved`, `declined`, `paused`, `resumed` or `withdrawn`.
    pub what: &'static str,
    /// Who decided.
    pub by: String,
    /// The ground that they gave.
    pub reason: String,
    /// Time of the decision.
    pub at: Timestamp,
}

pub(super) fn decision_lines(approval: &Approval) -> Vec<DecisionLine> {
    approval
        .decisions()
        .map(|(what, decision)| DecisionLine::new(what, decision))
        .collect()
}

// === impl DecisionLine ===

impl DecisionLine {
    pub(super) fn new(what: &'static str, decision: &Decision) -> Self {
        Self {
            what,
            by: decision.by.clone(),
            reason: decision.reason.clone(),
            at: decision.at,
        }
    }
}

// === impl Statement ===

impl Statement {
    /// The statement on `today`; `known` are all agreements that can be read.
    #[must_use]
    pub fn of(ledger: &Ledger, held: &HeldSnapshots, known: &[Agreement], today: Date) -> Self {
        let this_year = FinancialYear::of(today);
        let readable: BTreeMap<_, _> = known.iter().map(|known| (known.hash(), known)).collect();
        let mut may_follow: BTreeMap<AgreementHash, BTreeMap<FinancialYear, Rho>> = BTreeMap::new();
        for (hash, approval) in ledger.approvals() {
            if let Some(agreement) = readable.get(hash).filter(|_| approval.may_go_on()) {
                let outstanding = outstanding(agreement, ledger, held, this_year);
                may_follow.insert(*hash, outstanding);
            }
        }
        let next_year = FinancialYear(this_year.0 + 1);
        let mut years: BTreeSet<_> = ledger.spent_by_year().keys().copied().collect();
        let asked = may_follow.values().flat_map(BTreeMap::keys).copied();
        years.extend(asked.filter(|year| *year < this_year));
        years.extend([this_year, next_year]);
        let committed = |year: FinancialYear| {
            let in_year = may_follow.values().filter_map(|by_year| by_year.get(&year));
            total(in_year.copied())
        };
        let mut charges: Vec<_> = ledger.reservations().collect();
        charges.sort_by_key(|(_, charge)| charge.at);
        let lifetime = total(ledger.spent_by_year().values().copied());
        let account = |(hash, approval): (&AgreementHash, &Approval)| {
            let may_follow = may_follow.get(hash);
            let of = |year| may_follow.and_then(|years| years.get(&year).copied());
            AgreementAccount {
                this_year_rho_nano: of(this_year).unwrap_or_default(),
                next_year_rho_nano: of(next_year).unwrap_or_default(),
                ..AgreementAccount::of(*hash, approval, readable.get(hash).copied(), ledger)
            }
        };
        let mut agreements: Vec<_> = ledger.approvals().map(account).collect();
        agreements.sort_by_key(|account| account.decisions.first().map(|decision| decision.at));
        Self {
            ods_code: ledger.ods_code().clone(),
            as_of: today,
            cap_rho_nano_per_year: ledger.cap(),
            cap_epsilon: ledger.cap().epsilon(),
            cap_changes: ledger
                .cap_changes()
                .iter()
                .map(|(cap, decision)| CapChange {
                    cap_rho_nano_per_year: *cap,
                    decision: decision.clone(),
                })
                .collect(),
            lifetime_rho_nano: lifetime,
            lifetime_epsilon: lifetime.epsilon(),
            delta: DISPLAY_DELTA,
            two_jobs: total([ledger.cap(); 2]).into(),
            years: years
                .into_iter()
                .map(|year| YearLine::new(ledger, year, committed(year), Rho::ZERO))
                .collect(),
            agreements,
            charges: charges
                .into_iter()
                .map(|(identity, charge)| ReleaseLine::of(ledger, identity, charge))
                .collect(),
        }
    }
}

// === impl YearLine ===

impl YearLine {
    pub(super) fn new(ledger: &Ledger, year: FinancialYear, committed: Rho, added: Rho) -> Self {
        let spent = ledger.spent(year);
        let then = total([spent, committed, added]);
        Self {
            financial_year: year.to_string(),
            cap_rho_nano: ledger.cap(),
            spent_rho_nano: spent,
            left_rho_nano: ledger.cap().saturating_sub(spent),
            epsilon: spent.epsilon(),
            committed_rho_nano: committed,
            added_rho_nano: added,
            left_then_rho_nano: ledger.cap().saturating_sub(then),
            // A cap that was lowered below what is spent leaves nothing, but asking for nothing more still
            // fits.
            fits: then <= ledger.cap() || total([committed, added]) == Rho::ZERO,
        }
    }
}

// === impl AgreementAccount ===

impl AgreementAccount {
    fn of(
        hash: AgreementHash,
        approval: &Approval,
        agreement: Option<&Agreement>,
        ledger: &Ledger,
    ) -> Self {
        let charged: Vec<_> = ledger
            .reservations()
            .filter(|(_, charge)| charge.agreement == hash)
            .map(|(_, charge)| charge.rho)
            .collect();
        Self {
            agreement: hash,
            name: agreement.map(|agreement| agreement.name().to_owned()),
            version: agreement.map(Agreement::version),
            aggregator: approval.aggregator().to_string(),
            purpose: agreement.map(|agreement| agreement.purpose().to_owned()),
            readers: agreement.map(|agreement| agreement.readers().to_owned()),
            state: approval.state(),
            decisions: decision_lines(approval),
            charges: charged.len(),
            charged_rho_nano: total(charged),
            this_year_rho_nano: Rho::ZERO,
            next_year_rho_nano: Rho::ZERO,
        }
    }
}

// === impl ReleaseLine ===

impl ReleaseLine {
    fn of(ledger: &Ledger, identity: &MeasurementId, charge: &Reservation) -> Self {
        let approval = ledger.approval(&charge.agreement);
        Self {
            identity: identity.to_string(),
            agreement: charge.agreement,
            aggregator: approval.map(|approval| approval.aggregator().to_string()),
            series: charge.series.clone(),
            period: charge.period,
            correction: charge.correction,
            financial_year: charge.financial_year.to_string(),
            rho_nano: charge.rho,
            charged_at: charge.at,
            sealed_at: charge.seal.map(|seal| seal.at),
        }
    }
}
