use std::sync::Arc;

use super::*;
use crate::{
    archive::Archive,
    establishment::Establishment,
    indicator::testing::{Workforce, close},
};

const NURSES: &str = "nursing_and_midwifery";
const BOLTON: &str = "e08000001";

fn nurses(age: &'static str) -> [(&'static str, &'static str); 3] {
    [
        ("staff_group", NURSES),
        ("locality", BOLTON),
        ("age_band", age),
    ]
}

/// 60 nurses at Bolton, 21 of them 55 and over, of whom 9 leave in a year; nobody else.
fn archive(with_leavers: bool) -> Archive {
    let mut workforce = Workforce::new();
    for (period, left) in [
        ("2025-06", 2),
        ("2025-09", 2),
        ("2025-12", 2),
        ("2026-03", 3),
    ] {
        workforce = workforce
            .period(period)
            .data_set("staff")
            .people(&nurses("40_44"), 39)
            .people(&nurses("55_59"), 21);
        if with_leavers {
            workforce = workforce
                .data_set("leavers")
                .people(&nurses("unknown")[..2], left);
        }
    }
    workforce.archive(
        r#"{ by = ["staff_group", "locality", "age_band"] }"#,
        r#"{ by = ["staff_group", "locality"] }"#,
    )
}

fn ask(archive: &Archive) -> Findings {
    let question = Question {
        filters: vec![
            format!("staff_group={NURSES},students").parse().unwrap(),
            format!("locality={BOLTON}").parse().unwrap(),
        ],
        ..Question::default()
    };
    Workforce::ask(archive, &RESILIENCE, &question).unwrap()
}

#[track_caller]
fn row<'f>(findings: &'f Findings, group: &str, part: &str, measure: &str) -> &'f Finding {
    let mut rows = findings.rows.iter();
    let found = rows.find(|row| {
        (
            row.group[0].code.as_str(),
            row.group[2].code.as_str(),
            row.measure,
        ) == (group, part, measure)
    });
    found.unwrap()
}

#[test]
fn every_part_is_a_row_and_the_composite_is_their_mean() {
    let posts =
        "ods_code,staff_group,locality,funded_fte\nR0A,nursing_and_midwifery,Bolton,66.67\n";
    let posts = Establishment::parse(posts, "2026-03".parse().unwrap()).unwrap();
    let archive = archive(true).with_establishment(Arc::new(posts));
    let findings = ask(&archive);
    let score = |part: &str| row(&findings, NURSES, part, "score").figure;
    // 60 people score halfway from 100 to 20. 21 of 60 are 35%, and score (0.35 - 0.21) / 0.21.
    close(row(&findings, NURSES, "small_team", "value").figure, 60.0);
    close(score("small_team"), 0.5);
    close(score("aged_55_and_over"), 0.14 / 0.21);
    // 9 of 60 leave in a year: 15%.
    close(
        row(&findings, NURSES, "leavers_of_group", "value").figure,
        0.15,
    );
    close(score("leavers_of_group"), 0.5);
    close(score("leavers_of_locality"), 0.5);
    // The vacancy rate is 1 - 60 / 66.67 = 10.0%.
    let vacancy = 1.0 - 60.0 / 66.67;
    close(score("vacancy"), (vacancy - 0.05) / 0.10);
    let mean = (0.5 + 0.14 / 0.21 + 0.5 + (vacancy - 0.05) / 0.10) / 4.0;
    close(score("composite"), mean);
}

#[test]
fn parts_that_are_not_known_are_named_and_left_out() {
    let findings = ask(&archive(false));
    close(
        row(&findings, NURSES, "composite", "score").figure,
        f64::midpoint(0.5, 0.14 / 0.21),
    );
    let said = findings.notes.join(" ");
    assert!(said.contains("Leaver rates are not a part"), "{said}");
    assert!(said.contains("Vacancy is not a part"), "{said}");
}

#[test]
fn a_part_that_says_nothing_hides_the_composite_and_not_itself() {
    // There are no students, so there is no rate at which they leave.
    let findings = ask(&archive(true));
    let composite = row(&findings, "students", "composite", "score");
    assert_eq!(composite.figure.value(), None);
    let note = composite.note.as_deref().unwrap();
    assert!(
        note.contains("because too noisy: ") && note.contains("Leaver rate of the staff group"),
        "{note}"
    );
    close(
        row(&findings, "students", "small_team", "value").figure,
        0.0,
    );
}
