use std::sync::Arc;

use super::*;
use crate::{
    archive::Archive,
    establishment::Establishment,
    indicator::testing::{Workforce, close},
};

fn people(group: &'static str, locality: &'static str) -> [(&'static str, &'static str); 2] {
    [("staff_group", group), ("locality", locality)]
}

const NURSES: &str = "nursing_and_midwifery";
const BOLTON: &str = "e08000001";
const BURY: &str = "e08000002";

/// Everybody works 0.9 of a full post: nurses are 90 FTE at Bolton and 45 at Bury for R0A, and 9 for RMC.
fn archive(posts: &str) -> Archive {
    let archive = Workforce::new()
        .each_working(90)
        .people(&people(NURSES, BOLTON), 100)
        .people(&people(NURSES, BURY), 50)
        .people(&people("students", BURY), 30)
        .employer("RMC")
        .people(&people(NURSES, BOLTON), 10)
        .employer("RXV")
        .people(&people("students", BURY), 0)
        .archive(
            r#"{ by = ["staff_group"] }"#,
            r#"{ by = ["staff_group", "locality"] }"#,
        );
    if posts.is_empty() {
        return archive;
    }
    let posts = format!("ods_code,staff_group,locality,funded_fte\n{posts}");
    let posts = Establishment::parse(&posts, "2025-12".parse().unwrap()).unwrap();
    archive.with_establishment(Arc::new(posts))
}

/// Posts of RXV, which has no staff. With them two employers say what is funded.
const NOBODYS: &str = "RXV,students,Bury,0\n";

fn ask(archive: &Archive, by: &str) -> Result<Findings, IndicatorError> {
    let question = Question {
        by: Some(by.split(',').map(str::to_owned).collect()),
        ..Question::default()
    };
    Workforce::ask(archive, &VACANCY_RATE, &question)
}

#[track_caller]
fn figure(findings: &Findings, group: &[&str], measure: &str) -> Figure {
    let mut rows = findings.rows.iter();
    let found = rows.find(|row| {
        let codes: Vec<_> = row.group.iter().map(|c| c.code.as_str()).collect();
        codes == group && row.measure == measure
    });
    found.unwrap().figure
}

#[test]
fn what_is_not_filled_is_vacant_of_those_employers_that_say_what_is_funded() {
    let posts = "R0A,nursing_and_midwifery,Bolton,100\nR0A,nursing_and_midwifery,Bury,50\n";
    let archive = archive(&format!("{posts}{NOBODYS}"));
    let findings = ask(&archive, "staff_group").unwrap();
    // 90 + 45 of 150. RMC gave no posts and nobody funds students, so both are left out.
    close(figure(&findings, &[NURSES], "vacancy_rate"), 0.1);
    close(figure(&findings, &[NURSES], "vacant_fte"), 15.0);
    close(figure(&findings, &["total"], "fte_in_post"), 135.0);
    close(figure(&findings, &["total"], "funded_fte"), 150.0);
    assert!(
        findings
            .rows
            .iter()
            .all(|row| row.group[0].code != "students")
    );
    assert!(
        findings.notes[0].contains("R0A (2025-12)"),
        "{:?}",
        findings.notes
    );
    assert!(
        findings.notes[1].contains("left out: RMC"),
        "{:?}",
        findings.notes
    );
}

#[test]
fn more_in_post_than_funded_is_below_zero() {
    let archive =
        archive("RMC,nursing_and_midwifery,Bolton,8\nR0A,nursing_and_midwifery,Bolton,82\n");
    let findings = ask(&archive, "staff_group,locality").unwrap();
    close(
        figure(&findings, &[NURSES, BOLTON], "vacancy_rate"),
        1.0 - 99.0 / 90.0,
    );
    assert!(findings.rows.iter().all(|row| row.group[1].code != BURY));
}

#[test]
fn posts_without_a_locality_count_in_all_and_not_by_locality() {
    let posts = "RMC,nursing_and_midwifery,,10\nR0A,nursing_and_midwifery,Bury,45\n";
    let archive = archive(&format!("{posts}{NOBODYS}"));
    let findings = ask(&archive, "locality").unwrap();
    close(figure(&findings, &[BURY], "vacancy_rate"), 0.0);
    assert!(findings.rows.iter().all(|row| row.group[0].code != BOLTON));
    assert!(
        findings.notes[1].contains("by locality, so left out: RMC"),
        "{:?}",
        findings.notes
    );
}

#[test]
fn without_funded_posts_it_shows_who_is_in_post_and_says_how_to_give_them() {
    for posts in [
        "",
        // Posts of an employer that is in no release.
        "RW6,nursing_and_midwifery,,10\n",
    ] {
        let findings = ask(&archive(posts), "staff_group").unwrap();
        let note = &findings.notes[0];
        assert!(
            note.contains("`establishment import FILE --period YYYY-MM`"),
            "{note}"
        );
        close(figure(&findings, &[NURSES], "fte_in_post"), 144.0);
        assert!(findings.rows.iter().all(|row| row.measure == "fte_in_post"));
    }
}
