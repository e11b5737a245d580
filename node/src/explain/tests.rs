use std::collections::BTreeMap;

use jiff::{Timestamp, civil::date};
use vwis_model::{
    agreement::{Agreement, Draft},
    here,
    measurement::MeasurementKey,
    period::{FinancialYear, Period},
    rho::Rho,
};

use super::*;
use crate::ledger::{Charge, Decided, Event, Ledger, SnapshotId};

const HEADLINE: &str = r#"
[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = [] }, { by = ["staff_group"] }]
"#;

const DETAIL: &str = r#"
[[series]]
name = "detail"
measure = "headcount"
cadence = "yearly"
rho = 0.2
tables = [{ by = ["band", "gender"] }]
"#;

fn named(name: &str, version: u32, series: &[&str]) -> Agreement {
    let text = format!(
        "name = \"{name}\"\nversion = {version}\naggregator = \"gm-icb\"\npurpose = \"To plan.\"\n\
         readers = \"Planners.\"\nfirst_period = \"2026-04\"\nlast_period = \"2028-03\"\n{}",
        series.concat()
    );
    let draft = Draft::parse(&text).unwrap();
    draft.compile(here::dictionary()).unwrap().0
}

fn agreement(version: u32, series: &[&str]) -> Agreement {
    named("Workforce", version, series)
}

/// A book with a cap of ρ 0.5 a year in which these agreements are approved.
fn book(approved: &[&Agreement]) -> Ledger {
    let now = Timestamp::UNIX_EPOCH;
    let cap = "0.5".parse().unwrap();
    let opened = Ledger::open("R0A".parse().unwrap(), cap, [1; 32], now);
    let mut ledger = Ledger::replay([opened]).unwrap();
    for agreement in approved {
        let approved = Event::Approved {
            agreement: agreement.hash(),
            aggregator: agreement.aggregator().clone(),
            decided: Decided::new("A Tester", "a test"),
        };
        ledger.append(approved, now).unwrap();
    }
    ledger
}

fn charge(ledger: &mut Ledger, agreement: &Agreement, series: &str, period: &str) {
    let key = MeasurementKey {
        ods_code: ledger.ods_code().clone(),
        agreement: agreement.hash(),
        series: series.to_owned(),
        period: period.parse().unwrap(),
        correction: 0,
    };
    let reserved = Event::Reserved {
        charge: Charge::of(&key, agreement.series_named(series).unwrap().charge()),
        snapshot: SnapshotId::random(),
    };
    ledger.append(reserved, Timestamp::UNIX_EPOCH).unwrap();
}

fn held(periods: &[&str]) -> HeldSnapshots {
    let of_staff = |period: &&str| {
        let coded_by = here::dictionary().version().to_owned();
        (
            "staff".to_owned(),
            coded_by,
            period.parse::<Period>().unwrap(),
        )
    };
    HeldSnapshots::new(periods.iter().map(of_staff))
}

fn times(rho: Rho, number: u64) -> Rho {
    rho.checked_mul(number).unwrap()
}

#[test]
fn the_statement_adds_up_and_says_whether_what_is_approved_fits() {
    // A year of this one is ρ 0.36, and of both 0.72.
    let first = agreement(1, &[HEADLINE, DETAIL]);
    let other = named("Another", 1, &[HEADLINE, DETAIL]);
    let (headline, detail) = (first.series()[0].charge(), first.series()[1].charge());
    let mut ledger = book(&[&first]);
    charge(&mut ledger, &first, "headline", "2026-06");
    let today = date(2026, 11, 25);
    let statement = Statement::of(
        &ledger,
        &held(&["2026-06"]),
        std::slice::from_ref(&first),
        today,
    );
    assert_eq!(statement.lifetime_rho_nano, headline);
    let years: Vec<_> = statement
        .years
        .iter()
        .map(|y| y.financial_year.as_str())
        .collect();
    assert_eq!(years, ["2026/27", "2027/28"]);
    let [this, next] = &statement.years[..] else {
        panic!("{statement:?}");
    };
    assert_eq!(this.spent_rho_nano, headline);
    assert_eq!(this.committed_rho_nano, total([times(headline, 3), detail]));
    assert_eq!(next.committed_rho_nano, total([times(headline, 4), detail]));
    assert!(this.fits && next.fits);
    let whole = total([
        this.spent_rho_nano,
        this.committed_rho_nano,
        this.left_then_rho_nano,
    ]);
    assert_eq!(whole, ledger.cap());
    assert_eq!(statement.two_jobs.rho_nano, times(ledger.cap(), 2));
    let [account] = &statement.agreements[..] else {
        panic!("{statement:?}");
    };
    assert_eq!((account.charges, account.charged_rho_nano), (1, headline));
    assert_eq!(account.this_year_rho_nano, this.committed_rho_nano);
    assert_eq!(account.next_year_rho_nano, next.committed_rho_nano);

    ledger.keep_bounds(Rho::ZERO, &BTreeMap::default());
    let nothing_to_come = Statement::of(&ledger, &HeldSnapshots::default(), &[], today);
    assert!(nothing_to_come.years.iter().all(|year| year.fits));

    let both = book(&[&first, &other]);
    let statement = Statement::of(&both, &HeldSnapshots::default(), &[first, other], today);
    assert!(statement.years.iter().all(|year| !year.fits));
    assert!(
        statement
            .years
            .iter()
            .all(|year| year.left_then_rho_nano == Rho::ZERO)
    );
}

#[test]
fn a_paused_agreement_stays_in_the_forecast_and_a_withdrawn_one_leaves_it() {
    let agreement = agreement(1, &[HEADLINE]);
    let mut ledger = book(&[&agreement]);
    charge(&mut ledger, &agreement, "headline", "2026-06");
    let known = [agreement.clone()];
    let statement = |ledger: &Ledger| {
        Statement::of(
            ledger,
            &HeldSnapshots::default(),
            &known,
            date(2026, 11, 25),
        )
    };
    let in_force = statement(&ledger);
    let decide = |ledger: &mut Ledger, withdraw: bool| {
        let decided = Decided::new("A Tester", "a test");
        let hash = agreement.hash();
        let event = if withdraw {
            Event::Withdrawn {
                agreement: hash,
                decided,
            }
        } else {
            Event::Paused {
                agreement: hash,
                decided,
            }
        };
        ledger.append(event, Timestamp::UNIX_EPOCH).unwrap();
    };
    decide(&mut ledger, false);
    let paused = statement(&ledger);
    assert_eq!(paused.years, in_force.years);
    assert_eq!(paused.agreements[0].state.word(), "paused");
    decide(&mut ledger, true);
    let withdrawn = statement(&ledger);
    assert!(
        withdrawn
            .years
            .iter()
            .all(|year| year.committed_rho_nano == Rho::ZERO)
    );
    assert_eq!(withdrawn.lifetime_rho_nano, in_force.lifetime_rho_nano);
    assert_eq!(withdrawn.agreements[0].charges, 1);
    let decisions: Vec<_> = withdrawn.agreements[0]
        .decisions
        .iter()
        .map(|d| d.what)
        .collect();
    assert_eq!(decisions, ["approved", "paused", "withdrawn"]);
}

#[test]
fn an_explanation_tells_the_whole_term_and_what_could_be_asked_at_once() {
    let agreement = agreement(1, &[HEADLINE, DETAIL]);
    let (headline, detail) = (
        agreement.series()[0].charge(),
        agreement.series()[1].charge(),
    );
    let ledger = book(&[]);
    // Four periods are held, of which 2026-05 is off the cadence and 2026-03 before the term.
    let held = held(&["2026-03", "2026-05", "2026-06", "2026-09"]);
    let known = [agreement.clone()];
    let page = Explanation::of(&agreement, &ledger, &held, &known, 0, FinancialYear(2026));
    assert_eq!(page.state, "proposed");
    assert_eq!(
        page.whole_term.rho_nano,
        total([times(headline, 8), times(detail, 2)])
    );
    assert_eq!(page.full_year.rho_nano, total([times(headline, 4), detail]));
    assert_eq!(page.back_history_measurements, 2);
    assert_eq!(page.back_history.rho_nano, times(headline, 2));
    assert!(page.beside.is_empty() && page.never_approved.is_empty());
    assert!((1.0..=4.0).contains(&page.change_factor));
    assert_eq!(page.years.len(), 2);
    assert!(
        page.years
            .iter()
            .all(|year| year.added_rho_nano == page.full_year.rho_nano)
    );
    let table = &page.series[0].tables[1];
    assert_eq!(
        (table.table.as_str(), table.label.as_str()),
        ("staff_group", "Staff group")
    );
    let json = serde_json::to_value(&page).unwrap();
    assert_eq!(json["back_history"]["rho_nano"], times(headline, 2).nano());
}

#[test]
fn of_a_year_that_is_over_only_what_is_held_may_still_be_asked_for() {
    let agreement = agreement(1, &[HEADLINE]);
    let charge = agreement.series()[0].charge();
    let ledger = book(&[&agreement]);
    let by_year = outstanding(
        &agreement,
        &ledger,
        &held(&["2026-06"]),
        FinancialYear(2027),
    );
    assert_eq!(by_year[&FinancialYear(2026)], charge);
    assert_eq!(by_year[&FinancialYear(2027)], times(charge, 4));
}

#[test]
fn a_cap_that_another_agreement_may_use_up_is_said_before_the_yes() {
    let approved = named("Another", 1, &[HEADLINE, DETAIL]);
    let asked = agreement(1, &[HEADLINE, DETAIL]);
    let ledger = book(&[&approved]);
    let known = [approved, asked.clone()];
    let page = Explanation::of(
        &asked,
        &ledger,
        &HeldSnapshots::default(),
        &known,
        0,
        FinancialYear(2026),
    );
    assert!(page.years.iter().all(|year| !year.fits));
    assert_eq!(
        page.years[0].committed_rho_nano,
        page.years[0].added_rho_nano
    );
}

#[test]
fn what_is_different_is_told_against_what_is_approved_here_and_nothing_else() {
    let versions = [
        agreement(1, &[HEADLINE]),
        agreement(2, &[HEADLINE, DETAIL]),
        named("Another", 2, &[DETAIL]),
    ];
    let cheaper = HEADLINE
        .replace("0.04", "0.03")
        .replace("{ by = [] }", "{ by = [\"locality\"] }")
        .replace("quarterly", "monthly");
    let third = agreement(3, &[&cheaper]);
    // The decoy differs from the third in its number alone and nobody approved it: a proposer who wants a yes
    // to the third could hand it over, so that the changes seem to be none.
    let decoy = agreement(4, &[&cheaper]);
    let known = [&versions[..], &[third.clone(), decoy.clone()]].concat();
    let page = Explanation::of(
        &third,
        &book(&[&versions[1], &versions[2]]),
        &HeldSnapshots::default(),
        &known,
        0,
        FinancialYear(2026),
    );
    let beside: Vec<_> = page.beside.iter().map(|beside| beside.agreement).collect();
    // Approved agreements are compared whatever their name.
    assert_eq!(beside, [versions[1].hash(), versions[2].hash()]);
    let never: Vec<_> = page
        .never_approved
        .iter()
        .map(|other| other.version)
        .collect();
    assert_eq!(never, [1, 4]);
    let said: Vec<_> = page.beside[0]
        .changes
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        said,
        [
            "Series headline is measured every month instead of each quarter (March, June, \
             September, December).",
            &format!(
                "Series headline costs ρ {} each time instead of ρ {}.",
                in_millionths(third.series()[0].charge()),
                in_millionths(versions[1].series()[0].charge())
            ),
            "Table locality is new in series headline.",
            "Table total is gone from series headline.",
            "Series detail is gone.",
        ]
    );
}

#[test]
fn opening_one_organisations_numbers_to_the_others_is_a_change_said_in_words() {
    let clause = "organisations_visible_to = \"members\"\n";
    let open = agreement(2, &[clause, HEADLINE]);
    let changes = changes(&agreement(1, &[HEADLINE]), &open);
    let said: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("for every other organisation of the system"),
        "{said:?}"
    );
}

#[test]
fn a_version_that_differs_in_its_number_alone_has_no_changes_and_its_weights_are_told() {
    assert_eq!(
        changes(&agreement(1, &[HEADLINE]), &agreement(2, &[HEADLINE])),
        []
    );
    let weighted = HEADLINE.replace("{ by = [] }", "{ by = [], weight = 5 }");
    let changes = changes(&agreement(1, &[HEADLINE]), &agreement(2, &[&weighted]));
    let exactness = Change::Exactness {
        series: "headline".to_owned(),
    };
    assert_eq!(changes, [exactness]);
}

#[test]
fn crumbs_of_rounding_are_not_shown_and_nothing_is_shown_as_nothing_that_is_not() {
    for (nano, shown) in [
        (0, "0"),
        (199_999_998, "0.2"),
        (105_000_002, "0.105"),
        (7, "0.000000007"),
    ] {
        assert_eq!(in_millionths(Rho::from_nano(nano)), shown);
    }
}

#[test]
fn a_day_on_which_what_is_in_is_published_is_a_change_said_in_words() {
    let clause = "published_after_days = 45\n";
    let named = agreement(2, &[clause, HEADLINE]);
    let changes = changes(&agreement(1, &[HEADLINE]), &named);
    let said: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("45 days after its end"), "{said:?}");
}
