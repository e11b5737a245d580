use std::sync::Arc;

use super::*;
use crate::{
    archive::Archive,
    indicator::testing::{Workforce, close},
};

const NURSES: &str = "nursing_and_midwifery";

fn people(age: &'static str, locality: &'static str) -> [(&'static str, &'static str); 3] {
    [
        ("staff_group", NURSES),
        ("age_band", age),
        ("locality", locality),
    ]
}

/// Nurses and midwives of England, October 2024 (NHS HCHS Workforce Statistics, Turnover, October 2025):
/// 67,349 of 55 to 64, here all taken as 55 to 59; 7,811 of 65 and over; 432,723 of all ages.
fn england() -> Archive {
    Workforce::new()
        .people(&people("55_59", "e08000001"), 67_349)
        .people(&people("65_and_over", "e08000001"), 7_811)
        .people(&people("30_34", "e08000002"), 357_563)
        .archive(
            r#"{ by = ["staff_group", "locality", "age_band"] }"#,
            "{ by = [] }",
        )
}

#[track_caller]
fn row<'f>(findings: &'f Findings, group: &[&str], measure: &str) -> &'f Finding {
    let mut rows = findings.rows.iter();
    let found = rows.find(|row| {
        let codes: Vec<_> = row.group.iter().map(|c| c.code.as_str()).collect();
        codes == group && row.measure == measure
    });
    found.unwrap()
}

fn by(breakdown: &str) -> Question {
    Question {
        by: Some(breakdown.split(',').map(str::to_owned).collect()),
        ..Question::default()
    }
}

#[test]
fn one_year_at_englands_rates_is_englands_published_leavers() {
    let findings = Workforce::ask(&england(), &RETIREMENT_OUTLOOK, &Question::default()).unwrap();
    for group in [NURSES, "total"] {
        // Published: 5,428 and 2,172 left within a year.
        close(
            row(&findings, &[group, "years_1"], "expected_leavers").figure,
            7_600.0,
        );
        let share = row(&findings, &[group, "years_1"], "share_leaving").figure;
        close(share, 7_600.0 / 432_723.0);
        close(
            row(&findings, &[group, "now"], "aged_55_and_over").figure,
            75_160.0,
        );
    }
    // 67,349 x (1 - (61,921/67,349)^3) + 7,811 x (1 - (5,639/7,811)^3), and to the fifth.
    let of = |horizon| {
        let figure = row(&findings, &[NURSES, horizon], "expected_leavers").figure;
        figure.value().unwrap().round()
    };
    assert!(
        (of("years_3") - 19_879.0).abs() < f64::EPSILON,
        "{}",
        of("years_3")
    );
    assert!(
        (of("years_5") - 29_383.0).abs() < f64::EPSILON,
        "{}",
        of("years_5")
    );
}

#[test]
fn localities_add_up_to_the_whole_and_rates_of_ones_own_replace_the_published() {
    let ask =
        |question: &Question| Workforce::ask(&england(), &RETIREMENT_OUTLOOK, question).unwrap();
    let published = ask(&by("locality"));
    let bolton = row(&published, &["e08000001", "years_1"], "expected_leavers");
    close(bolton.figure, 7_600.0);
    close(
        row(&published, &["e08000002", "years_5"], "expected_leavers").figure,
        0.0,
    );
    let own = "staff_group,age_band,headcount,leavers\nnursing_and_midwifery,55_64,100,50\n";
    let question = Question {
        hazards: Some(Arc::new(Hazards::parse(own).unwrap())),
        ..by("staff_group,locality")
    };
    let findings = ask(&question);
    // Half of the 67,349 leave at the user's rate, and 2,172 at the published rate.
    let both = row(
        &findings,
        &[NURSES, "e08000001", "years_1"],
        "expected_leavers",
    );
    close(both.figure, 33_674.5 + 2_172.0);
    assert!(
        findings
            .notes
            .iter()
            .any(|note| note.contains("from the user's file")),
        "{:?}",
        findings.notes
    );
}

#[test]
fn the_outer_interval_holds_the_inner_and_says_what_rates_and_chance_add() {
    let findings = Workforce::ask(&england(), &RETIREMENT_OUTLOOK, &Question::default()).unwrap();
    let outer = row(
        &findings,
        &[NURSES, "years_1"],
        "expected_leavers_with_rates",
    )
    .figure;
    let (low, high) = outer.interval();
    // There is no noise. Chance gives 67,349 x pq + 7,811 x pq = 4,990.5 + 1,568.0; the rates give nearly as
    // much again, because as many people were watched as are forecast. 1.96 x sqrt(13,119) = 224.5.
    assert!(
        (outer.half_width() - 224.5).abs() < 0.5,
        "{}",
        outer.half_width()
    );
    assert!(low < 7_600.0 && 7_600.0 < high);
    let share = row(&findings, &[NURSES, "years_1"], "share_leaving_with_rates").figure;
    assert!((share.half_width() - 224.5 / 432_723.0).abs() < 1e-5);
}

#[test]
fn a_role_leaves_at_the_rate_of_its_professions_staff_group() {
    let roles = Question::default().attribute("role");
    let of = |code: &str| staff_group_of_role(roles, roles.category(code).unwrap());
    assert_eq!(of("community_nurse"), NURSES);
    assert_eq!(of("midwife"), NURSES);
    assert_eq!(
        of("healthcare_support_worker"),
        "additional_clinical_services"
    );
    assert_eq!(
        of("therapeutic_radiographer"),
        "allied_health_professionals"
    );
    assert_eq!(of("manager"), "administrative_and_clerical");
    assert_eq!(of("unknown"), UNKNOWN);
    let archive = Workforce::new()
        .people(&[("role", "midwife"), ("age_band", "60_64")], 67_349)
        .archive(r#"{ by = ["role", "age_band"] }"#, "{ by = [] }");
    let findings = Workforce::ask(&archive, &RETIREMENT_OUTLOOK, &by("role")).unwrap();
    close(
        row(&findings, &["midwife", "years_1"], "expected_leavers").figure,
        5_428.0,
    );
}
