//! An agreement as it is explained to the people who decide on it.

use std::collections::BTreeSet;

use serde::Serialize;
use vwis_model::{
    agreement::{Agreement, AgreementHash, Measure, Scope, Series, Table, Visibility},
    period::{FinancialYear, Period},
    rho::{DISPLAY_DELTA, Rho},
};

use super::{
    Amount, Change, DecisionLine, Groups, HeldSnapshots, changes, due, groups,
    outlook::total,
    outstanding,
    statement::{YearLine, decision_lines},
    table::TableInWords,
};
use crate::{
    ledger::{Approval, Ledger},
    turnover::{CAREER_MOVEMENT, STAFF, is_of_a_year},
};

/// Everything that `agreement show` says, without one number of this organisation's staff.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The agreement's name, which is the SHA-256 of its bytes.
    pub agreement: AgreementHash,
    /// Title given by its authors.
    pub name: String,
    /// Version given by its authors.
    pub version: u32,
    /// `proposed`, `approved`, `paused` or `withdrawn`.
    pub state: &'static str,
    /// Decisions that people here made about it, oldest first.
    pub decisions: Vec<DecisionLine>,
    /// The purpose, as its authors wrote it.
    pub purpose: String,
    /// Who sees the results, as its authors wrote it.
    pub readers: String,
    /// Who else may read what is shown of one organisation.
    pub organisations_visible_to: Visibility,
    /// Days after a period's end at which whatever is in is published; `None`: once all is in.
    pub published_after_days: Option<u16>,
    /// Name of the aggregator that asks.
    pub aggregator: String,
    /// First period of the term.
    pub first_period: Period,
    /// Last period of the term.
    pub last_period: Period,
    /// The agreement's series, in its order.
    pub series: Vec<SeriesExplained>,
    /// What all series cost in a full year.
    pub full_year: Amount,
    /// What all measurements of the whole term cost.
    pub whole_term: Amount,
    /// What the aggregator could ask for at once, because the node already holds the period.
    pub back_history: Amount,
    /// How many measurements [`Self::back_history`] covers.
    pub back_history_measurements: usize,
    /// Periods that are held, and whose year's joiners and leavers the agreement asks for and are not,
    /// ascending.
    pub incomplete_years: Vec<Period>,
    /// Periods that are held, and whose year's career movement the agreement asks for and is not, ascending.
    pub movements_missing: Vec<Period>,
    /// The node's cap and what is charged against it, for each financial year of the term.
    pub years: Vec<YearLine>,
    /// Changes against each agreement of the same aggregator that is approved here.
    pub beside: Vec<Beside>,
    /// Versions of the same name that were handed over and never approved here.
    pub never_approved: Vec<Unapproved>,
    /// Agreements handed to this node that this version cannot read, so that they were not compared.
    pub unreadable_agreements: usize,
    /// How many times its ρ a measurement costs at most when somebody tries to tell a person's
    /// attributes, instead of whether the person is there.
    pub change_factor: f64,
    /// The δ of every ε here.
    pub delta: f64,
}

/// One series of the agreement.
#[derive(Clone, Debug, Serialize)]
pub struct SeriesExplained {
    /// Name of the series.
    pub series: String,
    /// Data set counted.
    pub data_set: String,
    /// Data set counted, in words.
    pub data_set_label: String,
    /// What is summed.
    pub measure: Measure,
    /// Who may see this organisation's own measurement.
    pub scope: Scope,
    /// How often, in words.
    pub cadence: &'static str,
    /// Measurements in a full year.
    pub releases_per_year: u64,
    /// Measurements in the whole term.
    pub releases_in_term: u64,
    /// What one measurement costs.
    pub each: Amount,
    /// What a full year of measurements costs.
    pub full_year: Amount,
    /// What the measurements of the whole term cost.
    pub whole_term: Amount,
    /// The groups of categories that are measured beside the categories.
    pub groups: Vec<Groups>,
    /// The tables promised.
    pub tables: Vec<TableExplained>,
}

/// One promised table.
#[derive(Clone, Debug, Serialize)]
pub struct TableExplained {
    /// Its attributes' codes, joined by `+`.
    pub table: String,
    /// Its attributes in words.
    pub label: String,
    /// How many numbers it has.
    pub cells: u64,
    /// Half the width of the 95% interval of each number, in people or FTE.
    pub half_width: f64,
}

/// An agreement that is approved here, and how the explained one differs from it.
#[derive(Clone, Debug, Serialize)]
pub struct Beside {
    /// The agreement's name, which is the SHA-256 of its bytes.
    pub agreement: AgreementHash,
    /// Title given by its authors.
    pub name: String,
    /// Version given by its authors.
    pub version: u32,
    /// `approved` or `paused`.
    pub state: &'static str,
    /// How the explained agreement differs from it.
    pub changes: Vec<Change>,
}

/// A version that nobody here approved.
#[derive(Clone, Debug, Serialize)]
pub struct Unapproved {
    /// The agreement's name, which is the SHA-256 of its bytes.
    pub agreement: AgreementHash,
    /// Version given by its authors.
    pub version: u32,
}

// === impl Explanation ===

impl Explanation {
    /// Explains `agreement` to the people of the node whose ledger this is.
    ///
    /// `known` are all agreements that were handed to the node and that can be read;
    /// `unreadable` is how many cannot.
    #[must_use]
    pub fn of(
        agreement: &Agreement,
        ledger: &Ledger,
        held: &HeldSnapshots,
        known: &[Agreement],
        unreadable: usize,
        this_year: FinancialYear,
    ) -> Self {
        let approval = ledger.approval(&agreement.hash());
        let series: Vec<_> = agreement
            .series()
            .iter()
            .map(|series| SeriesExplained::of(agreement, series))
            .collect();
        let sum = |amount: fn(&SeriesExplained) -> Amount| -> Amount {
            total(series.iter().map(|series| amount(series).rho_nano)).into()
        };
        let at_once: Vec<_> = due(agreement, ledger)
            .into_iter()
            .filter(|due| held.contains(due.series, due.period))
            .collect();
        let (first_period, last_period) = agreement.term();
        let factors = agreement.series().iter().map(change_factor);
        Self {
            agreement: agreement.hash(),
            name: agreement.name().to_owned(),
            version: agreement.version(),
            state: ledger.state_word(&agreement.hash()),
            decisions: match (approval, ledger.declined(&agreement.hash())) {
                (Some(approval), _) => decision_lines(approval),
                (None, Some(no)) => vec![DecisionLine::new("declined", no)],
                (None, None) => Vec::new(),
            },
            purpose: agreement.purpose().to_owned(),
            readers: agreement.readers().to_owned(),
            organisations_visible_to: agreement.organisations_visible_to(),
            published_after_days: agreement.published_after_days(),
            aggregator: agreement.aggregator().to_string(),
            first_period,
            last_period,
            full_year: sum(|series| series.full_year),
            whole_term: sum(|series| series.whole_term),
            back_history: total(at_once.iter().map(|due| due.series.charge())).into(),
            back_history_measurements: at_once.len(),
            incomplete_years: incomplete_years(agreement, ledger, held, |data_set| {
                is_of_a_year(data_set) && data_set != CAREER_MOVEMENT
            }),
            movements_missing: incomplete_years(agreement, ledger, held, |data_set| {
                data_set == CAREER_MOVEMENT
            }),
            years: years(agreement, ledger, held, known, this_year),
            beside: beside(agreement, ledger, known),
            never_approved: never_approved(agreement, ledger, known),
            unreadable_agreements: unreadable,
            change_factor: factors.fold(1.0, f64::max),
            delta: DISPLAY_DELTA,
            series,
        }
    }
}

/// Periods that are held, and for which some of these data sets are due and not held, ascending.
fn incomplete_years(
    agreement: &Agreement,
    ledger: &Ledger,
    held: &HeldSnapshots,
    is_meant: impl Fn(&str) -> bool,
) -> Vec<Period> {
    let due = due(agreement, ledger).into_iter();
    let incomplete = due.filter(|due| {
        is_meant(due.series.data_set().code())
            && held.holds(STAFF, due.period)
            && !held.contains(due.series, due.period)
    });
    let periods: BTreeSet<Period> = incomplete.map(|due| due.period).collect();
    periods.into_iter().collect()
}

fn years(
    agreement: &Agreement,
    ledger: &Ledger,
    held: &HeldSnapshots,
    known: &[Agreement],
    this_year: FinancialYear,
) -> Vec<YearLine> {
    let this = outstanding(agreement, ledger, held, this_year);
    let others: Vec<_> = known
        .iter()
        .filter(|other| other.hash() != agreement.hash())
        .filter(|other| {
            ledger
                .approval(&other.hash())
                .is_some_and(Approval::may_go_on)
        })
        .map(|other| outstanding(other, ledger, held, this_year))
        .collect();
    let of = |year: FinancialYear| {
        let of_others = others.iter().filter_map(|by_year| by_year.get(&year));
        let this = this.get(&year).copied().unwrap_or(Rho::ZERO);
        YearLine::new(ledger, year, total(of_others.copied()), this)
    };
    this.keys().copied().map(of).collect()
}

/// Every agreement of the same aggregator that is approved here and may go on, whatever its name. The
/// proposer chooses the name and which agreements it hands over, so neither decides what is compared.
fn beside(agreement: &Agreement, ledger: &Ledger, known: &[Agreement]) -> Vec<Beside> {
    let approved = known.iter().filter(|other| {
        other.hash() != agreement.hash()
            && other.aggregator() == agreement.aggregator()
            && ledger
                .approval(&other.hash())
                .is_some_and(Approval::may_go_on)
    });
    let beside = |other: &Agreement| Beside {
        agreement: other.hash(),
        name: other.name().to_owned(),
        version: other.version(),
        state: ledger.state_word(&other.hash()),
        changes: changes(other, agreement),
    };
    approved.map(beside).collect()
}

/// Other versions of the same name that nobody here ever approved: an agreement may claim to follow on from
/// them.
fn never_approved(agreement: &Agreement, ledger: &Ledger, known: &[Agreement]) -> Vec<Unapproved> {
    let unapproved = known.iter().filter(|other| {
        other.hash() != agreement.hash()
            && other.aggregator() == agreement.aggregator()
            && other.name() == agreement.name()
            && ledger.approval(&other.hash()).is_none()
    });
    let mut all: Vec<_> = unapproved
        .map(|other| Unapproved {
            agreement: other.hash(),
            version: other.version(),
        })
        .collect();
    all.sort_by_key(|other| other.version);
    all
}

fn change_factor(series: &Series) -> f64 {
    let strategy = series.strategy();
    (strategy.rho_of_change() / strategy.rho()).to_f64().value()
}

// === impl SeriesExplained ===

impl SeriesExplained {
    fn of(agreement: &Agreement, series: &Series) -> Self {
        let releases_in_term = agreement.periods_of(series).count() as u64;
        let times = |number: u64| {
            let charge = series.charge().checked_mul(number);
            Amount::from(charge.unwrap_or(Rho::from_nano(u64::MAX)))
        };
        Self {
            series: series.name().to_owned(),
            data_set: series.data_set().code().to_owned(),
            data_set_label: series.data_set().label().to_owned(),
            measure: series.measure(),
            scope: series.scope(),
            cadence: series.cadence().in_words(),
            releases_per_year: series.cadence().per_year(),
            releases_in_term,
            each: times(1),
            full_year: times(series.cadence().per_year()),
            whole_term: times(releases_in_term),
            groups: groups(series),
            tables: series
                .tables()
                .iter()
                .map(|table| TableExplained::of(series, table))
                .collect(),
        }
    }
}

// === impl TableExplained ===

impl TableExplained {
    fn of(series: &Series, table: &Table) -> Self {
        let words = TableInWords::new(series, table);
        Self {
            table: table.name(),
            label: words.label(),
            cells: series.strategy().domain().cells(table.levels),
            half_width: words.half_width(),
        }
    }
}
