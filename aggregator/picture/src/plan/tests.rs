use vwis_model::here;

use super::*;
use crate::{
    estimate::Reliability::{Good, TooNoisyToShow, UseWithCare},
    indicator::testing::of_the_standard,
    picture::testing::DRAFT,
};

const STANDARD: &str = include_str!("../../../../deploy/agreements/gm-workforce.toml");
const EQUALITY: &str = include_str!("../../../../deploy/agreements/gm-equality.toml");

fn told(text: &str, nodes: u64) -> (Agreement, Forecast) {
    let draft = Draft::parse(text).unwrap();
    let (agreement, _) = draft.clone().compile(here::dictionary()).unwrap();
    let forecast = forecast(&draft, &agreement, None, nodes);
    (agreement, forecast)
}

#[test]
fn the_system_is_as_exact_as_the_root_of_its_nodes() {
    let (_, forecast) = told(DRAFT, 9);
    for table in forecast.series.iter().flat_map(|series| &series.tables) {
        let ratio = table.system_half_width / table.node_half_width;
        assert!((ratio - 3.0).abs() < 1e-9, "{}: {ratio}", table.table);
    }
}

#[test]
fn the_total_is_forecast_even_where_it_is_not_listed() {
    for series in told(DRAFT, 1).1.series {
        let total = series.tables.iter().find(|t| t.table == "total").unwrap();
        assert_eq!(total.cells, 1);
    }
}

#[test]
fn a_year_costs_the_sum_of_its_releases() {
    let (agreement, forecast) = told(DRAFT, 1);
    let expected: u64 = agreement
        .series()
        .iter()
        .map(|series| series.charge().nano() * series.cadence().per_year())
        .sum();
    assert_eq!(forecast.rho_per_year, Rho::from_nano(expected).to_string());
}

#[test]
fn a_table_left_out_helps_the_others_and_one_more_costs_them() {
    let (_, forecast) = told(DRAFT, 9);
    let headline = &forecast.series[0];
    let without = headline
        .tables
        .iter()
        .filter_map(|table| table.others_without_it);
    let without: Vec<_> = without.collect();
    assert_eq!(without.len(), 3, "the total is not listed");
    assert!(without.iter().all(|&change| change < 0.0), "{without:?}");
    let more = headline.one_more.as_ref().unwrap();
    assert!(0.0 < more.cheapest_cost && more.cheapest_cost <= more.dearest_cost);
}

#[test]
fn adding_what_is_there_already_is_refused_and_an_unknown_series_is_named() {
    let draft = Draft::parse(DRAFT).unwrap();
    let (agreement, _) = draft.clone().compile(here::dictionary()).unwrap();
    let add = |series: &str, by: &[&str]| {
        let by: Vec<_> = by.iter().map(|&code| code.to_owned()).collect();
        cost_of_adding(&draft, &agreement, series, &by)
    };
    assert!(add("headline", &["age_band"]).unwrap() > 0.0);
    let twice = add("headline", &["band"]).unwrap_err().to_string();
    assert!(twice.contains("band"), "{twice}");
    let unknown = add("yearly", &["band"]).unwrap_err().to_string();
    assert!(unknown.contains("headline, fte, detail"), "{unknown}");
}

#[test]
fn the_other_objective_evens_the_tables_out() {
    let (_, forecast) = told(STANDARD, 9);
    let detail = forecast
        .series
        .iter()
        .find(|series| series.series == "detail")
        .unwrap();
    assert_eq!(detail.objective, "sum_of_variances");
    let even = |table: &str| {
        let table = detail.tables.iter().find(|t| t.table == table).unwrap();
        table.other_objective_half_width.unwrap() / table.node_half_width
    };
    // Under `worst_table` a weight acts with its square root and not with its fourth root, so weight 16
    // narrows this table far more.
    assert!(even("pathway+ethnic_group") < even("age_band+gender"));
}

#[test]
fn a_mean_cell_is_judged_for_each_size_of_employer() {
    let (_, forecast) = told(STANDARD, 9);
    let sizes: Vec<_> = forecast.employers.iter().map(|e| e.people).collect();
    assert!(
        sizes[0] > sizes[1] && sizes[1] > sizes[2] && sizes[2] > sizes[3],
        "{sizes:?}"
    );
    let headline = &forecast.series[0];
    let of = |table: &str| {
        let table = headline.tables.iter().find(|t| t.table == table).unwrap();
        table
            .mean_cell
            .iter()
            .map(|worth| worth.reliability)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("total"), [Good, Good, Good, TooNoisyToShow]);
    assert_eq!(of("staff_group")[..2], [Good, Good]);
    assert_ne!(of("locality+role")[2], UseWithCare);
    let coarse = |table: &str| forecast.suggestions.iter().find(|s| s.table == table);
    let suggestion = coarse("staff_group+band+ethnic_group").unwrap();
    assert_ne!(suggestion.coarser_worth.reliability, TooNoisyToShow);
}

#[test]
fn every_indicator_is_answerable_under_the_standard_agreement() {
    let (_, forecast) = told(STANDARD, 9);
    for indicator in of_the_standard() {
        let name = indicator.definition.name;
        let mut own = (forecast.questions.iter()).filter(|one| one.indicators.contains(&name));
        assert!(own.any(|one| one.answer.is_some()), "{name}");
    }
    for question in &forecast.questions {
        let Some(answer) = &question.answer else {
            assert!(
                REFUSED.contains(&question.question.as_str()),
                "{}",
                question.question
            );
            continue;
        };
        assert_eq!(answer.worth.len(), forecast.employers.len());
        let ratio = answer.worth[0].half_width / answer.node_half_width;
        assert!((ratio - 3.0).abs() < 1e-9, "{}: {ratio}", question.question);
    }
    // Without age bands no age profile is known.
    let (_, small) = told(DRAFT, 9);
    let ages = (small.questions.iter()).find(|one| one.question == "people of 55 and over");
    assert!(ages.unwrap().answer.is_none());
}

#[test]
fn two_series_that_draw_other_groups_of_one_attribute_are_named() {
    assert_eq!(told(STANDARD, 9).1.other_groups, []);
    let without = STANDARD.replace(
        r#"trees = ["staff_group", "band", "age_band"]"#,
        r#"trees = ["staff_group", "age_band"]"#,
    );
    let expected = OtherGroups {
        attribute: "band".to_owned(),
        series: ["headline".to_owned(), "detail".to_owned()],
    };
    assert_eq!(told(&without, 9).1.other_groups, [expected]);
}

/// What the standard agreement does not promise, with its price: see the document beside it.
const REFUSED: [&str; 2] = [
    "disabled people of one tumour site",
    "disabled people of one shared service",
];

#[test]
fn a_question_has_its_figure_under_another_draft_beside_it() {
    let draft = Draft::parse(STANDARD).unwrap();
    let (agreement, _) = draft.clone().compile(here::dictionary()).unwrap();
    let (small, _) = told(DRAFT, 9);
    let beside_itself = forecast(&draft, &agreement, Some(&agreement), 9);
    let beside_small = forecast(&draft, &agreement, Some(&small), 9);
    for (own, small) in beside_itself.questions.iter().zip(&beside_small.questions) {
        let answer = own.answer.as_ref().map(|answer| answer.node_half_width);
        assert_eq!(own.beside, answer, "{}", own.question);
        if small.question == "people of 55 and over" {
            assert_eq!(small.beside, None, "the small draft has no ages");
        }
    }
    assert!(
        beside_small
            .questions
            .iter()
            .any(|one| one.beside.is_some())
    );
}

#[test]
fn the_documents_beside_the_shipped_agreements_say_what_the_plan_says() {
    let document = include_str!("../../../../deploy/agreements/gm-workforce.md");
    assert!(rows_as_planned(document, STANDARD) > 90);
    let document = include_str!("../../../../deploy/agreements/gm-equality.md");
    assert!(rows_as_planned(document, EQUALITY) > 15);
}

/// Checks every row of a document's table of questions: label, source, ± at one employer, ± of nine, and the typical
/// counts of the system and of a small trust. Returns how many there are.
fn rows_as_planned(document: &str, agreement: &str) -> usize {
    let (_, forecast) = told(agreement, 9);
    let one = |value: f64| {
        if value < 9.95 {
            format!("{value:.1}")
        } else {
            format!("{value:.0}")
        }
    };
    let worth = |worth: &Worth| {
        let words = match worth.reliability {
            Good => "good",
            UseWithCare => "with care",
            _ => "too noisy",
        };
        format!("{}: {words}", one(worth.typical))
    };
    let mut found = 0;
    for question in &forecast.questions {
        let begins = format!("| {} | ", question.question);
        let Some(row) = document.lines().find(|line| line.starts_with(&begins)) else {
            assert!(
                question.question.ends_with(": change"),
                "{}",
                question.question
            );
            continue;
        };
        let row = row.replace(',', "");
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let expected = match &question.answer {
            None => ["*not promised*", "–", "", "", ""].map(str::to_owned),
            Some(answer) => [
                format!("{} {}", answer.all_series(), answer.table),
                one(answer.node_half_width),
                one(answer.worth[0].half_width),
                worth(&answer.worth[0]),
                worth(&answer.worth[2]),
            ],
        };
        // Some tables say what it was before.
        let now = cells[3].rsplit(" → ").next().unwrap();
        assert_eq!(
            [cells[2], now, cells[4], cells[5], cells[6]],
            expected.each_ref().map(String::as_str)
        );
        found += 1;
    }
    for series in &forecast.series {
        let row = document
            .lines()
            .find(|line| line.starts_with(&format!("| {} |", series.series)));
        let entries = row.unwrap().replace(',', "");
        assert!(
            entries.contains(&format!("| {} | {} |", series.tables.len(), series.entries)),
            "{entries}"
        );
    }
    found
}
