use super::*;
use crate::{
    archive::Archive,
    indicator::testing::{Workforce, close, row},
};

/// An agreement that promises these tables of applicants, and nothing else.
fn archive(workforce: &Workforce, tables: &str) -> Archive {
    workforce.archive_under(&format!(
        r#"
name = "Applicants"
version = 1
aggregator = "gm-icb"
purpose = "To look at recruitment."
readers = "Tests."
first_period = "2020-03"
last_period = "2029-12"

[[series]]
name = "applicants"
data_set = "applicants"
measure = "headcount"
cadence = "yearly"
rho = 0.02
tables = [{tables}]
"#
    ))
}

/// Invented people: 600 White, 300 Asian, 100 Black and 50 who did not say; 20 more of unknown stage.
fn applicants() -> Workforce {
    let of = |group, stage| [("ethnic_group", group), ("furthest_stage", stage)];
    let post = [("role", "healthcare_support_worker"), ("band", "afc_2")];
    let people = |workforce: Workforce, group, stage, number: i64| {
        // A fifth applied to be healthcare support workers.
        let support = [&of(group, stage)[..], &post].concat();
        workforce
            .people(&support, number / 5)
            .people(&of(group, stage), number - number / 5)
    };
    [
        ("white", "applied", 400),
        ("white", "shortlisted", 150),
        ("white", "appointed", 50),
        ("asian", "applied", 240),
        ("asian", "shortlisted", 50),
        ("asian", "appointed", 10),
        ("black", "applied", 80),
        ("black", "shortlisted", 15),
        ("black", "appointed", 5),
        ("unknown", "applied", 30),
        ("unknown", "shortlisted", 15),
        ("unknown", "appointed", 5),
        ("white", "unknown", 20),
    ]
    .into_iter()
    .fold(
        Workforce::new().data_set("applicants"),
        |workforce, (group, stage, number)| people(workforce, group, stage, number),
    )
}

const ALL: &str = r#"{ by = ["ethnic_group", "furthest_stage"] }"#;

fn ask(archive: &Archive, question: &Question) -> Result<Findings, IndicatorError> {
    Workforce::ask(archive, &RECRUITMENT, question)
}

#[test]
fn the_path_from_applying_to_being_appointed_is_told_for_each_group() {
    let findings = ask(&archive(&applicants(), ALL), &Question::default()).unwrap();
    let figure = |measure, stage, group| row(&findings, measure, &[stage, group]).figure;
    // 1,050 applied, of whom 400 are BME; 300 were shortlisted or further; 70 were appointed.
    for (stage, [all, white, bme, unknown]) in [
        ("applied", [1_050.0, 600.0, 400.0, 50.0]),
        ("shortlisted", [300.0, 200.0, 80.0, 20.0]),
        ("appointed", [70.0, 50.0, 15.0, 5.0]),
        ("unknown", [20.0, 20.0, 0.0, 0.0]),
    ] {
        close(figure("people", stage, "total"), all);
        close(figure("people", stage, "white"), white);
        close(figure("people", stage, "bme"), bme);
        close(figure("people", stage, "unknown"), unknown);
    }
    let shortlisted = "shortlisted_from_application_persons";
    let appointed = "appointed_from_shortlisting_persons";
    close(figure(shortlisted, "shortlisted", "total"), 300.0 / 1_050.0);
    close(figure(shortlisted, "shortlisted", "white"), 1.0 / 3.0);
    close(figure(shortlisted, "shortlisted", "bme"), 0.2);
    close(figure(appointed, "appointed", "white"), 0.25);
    close(figure(appointed, "appointed", "bme"), 15.0 / 80.0);
    // The share of BME people falls: 38% of those who applied, 27% of the shortlisted, 21% of the appointed.
    close(figure("share", "applied", "bme"), 400.0 / 1_050.0);
    close(figure("share", "shortlisted", "bme"), 80.0 / 300.0);
    close(figure("share", "appointed", "bme"), 15.0 / 70.0);
    let fallen = row(&findings, "share", &["appointed", "bme"]);
    assert_eq!(fallen.verdict, Some(Verdict::No));
    let applied = fallen.benchmark.as_ref().unwrap().value;
    assert!((applied - 400.0 / 1_050.0).abs() < 1e-9);
    assert_eq!(row(&findings, "share", &["applied", "bme"]).verdict, None);
    // White people are 1.67 times as likely to be shortlisted, and then 1.33 times as likely to be appointed.
    let likelihood = |stage| {
        let found = row(&findings, "relative_likelihood_persons", &[stage, "total"]);
        (found.figure, found.verdict)
    };
    close(likelihood("shortlisted").0, (1.0 / 3.0) / 0.2);
    close(likelihood("appointed").0, 0.25 / (15.0 / 80.0));
    assert_eq!(likelihood("appointed").1, Some(Verdict::No));
    assert_eq!(findings.notes, [""; 0]);
    assert!(
        RECRUITMENT
            .definition
            .definition
            .contains("not indicator 2")
    );
}

#[test]
fn the_groups_of_the_tree_are_enough_and_what_they_mix_is_said() {
    let table = r#"{ by = ["ethnic_group:1", "furthest_stage"] }"#;
    let with_role = r#"{ by = ["ethnic_group:1", "role", "furthest_stage"] }"#;
    let agreed = |tables: &str| {
        let tables = tables.to_owned() + "]\ntrees = [\"ethnic_group\"";
        archive(&applicants(), &tables)
    };
    let findings = ask(&agreed(table), &Question::default()).unwrap();
    let figure = |measure, stage, group| row(&findings, measure, &[stage, group]).figure;
    close(figure("people", "shortlisted", "bme"), 80.0);
    close(figure("people", "shortlisted", "white_or_unknown"), 220.0);
    let ratio = figure("relative_likelihood_persons", "appointed", "total");
    close(ratio, (55.0 / 220.0) / (15.0 / 80.0));
    assert!(
        findings.notes[0].contains("did not say"),
        "{:?}",
        findings.notes
    );
    // What the widening-access programme asks.
    let question = Question {
        by: Some(vec!["role".to_owned()]),
        filters: vec!["role=healthcare_support_worker".parse().unwrap()],
        ..Question::default()
    };
    let findings = ask(&agreed(with_role), &question).unwrap();
    let support = |measure, stage, group| {
        let at = ["healthcare_support_worker", stage, group];
        row(&findings, measure, &at).figure
    };
    close(support("people", "applied", "bme"), 80.0);
    close(support("people", "appointed", "bme"), 3.0);
    close(
        support("appointed_from_shortlisting_persons", "appointed", "bme"),
        3.0 / 16.0,
    );
    assert!(
        findings
            .rows
            .iter()
            .all(|row| row.group[0].code == "healthcare_support_worker")
    );
    // Nothing but these tables is asked for.
    assert!(ask(&agreed(table), &question).is_err());
}

#[test]
fn where_nobody_is_shortlisted_there_is_no_ratio_and_nobody_can_tell() {
    let of = |group, stage| [("ethnic_group", group), ("furthest_stage", stage)];
    let workforce = Workforce::new()
        .data_set("applicants")
        .people(&of("white", "applied"), 40)
        .people(&of("white", "appointed"), 10)
        .people(&of("asian", "applied"), 30);
    let findings = ask(&archive(&workforce, ALL), &Question::default()).unwrap();
    let ratio = row(
        &findings,
        "relative_likelihood_persons",
        &["appointed", "total"],
    );
    assert_eq!(ratio.figure.value(), None);
    assert_eq!(ratio.verdict, Some(Verdict::CannotTell));
    let at = ["appointed", "bme"];
    let share = row(&findings, "appointed_from_shortlisting_persons", &at);
    assert_eq!(share.figure.value(), None);
    close(
        row(&findings, "people", &["shortlisted", "bme"]).figure,
        0.0,
    );
}

#[test]
fn disabled_people_and_women_are_asked_about_by_the_option() {
    let of = |disability, gender, stage| {
        [
            ("disability", disability),
            ("gender", gender),
            ("furthest_stage", stage),
        ]
    };
    let workforce = Workforce::new()
        .data_set("applicants")
        .people(&of("no", "female", "shortlisted"), 60)
        .people(&of("no", "male", "appointed"), 20)
        .people(&of("yes", "female", "shortlisted"), 12)
        .people(&of("yes", "female", "appointed"), 8)
        .people(&of("unknown", "male", "shortlisted"), 5);
    let tables =
        r#"{ by = ["disability", "furthest_stage"] }, { by = ["gender", "furthest_stage"] }"#;
    let archive = archive(&workforce, tables);
    let ratio = |of: &str| {
        let question = Question {
            options: [("of".to_owned(), of.to_owned())].into(),
            ..Question::default()
        };
        let findings = ask(&archive, &question).unwrap();
        row(
            &findings,
            "relative_likelihood_persons",
            &["appointed", "total"],
        )
        .figure
    };
    // Appointed of the shortlisted: 20 of 80 not disabled, 8 of 20 disabled; 20 of 25 men, 8 of 80 women.
    close(ratio("disability"), 0.25 / 0.4);
    close(ratio("gender"), 0.8 / 0.1);
}

#[test]
fn it_is_refused_where_no_table_tells_the_stages_apart() {
    let archive = archive(&applicants(), r#"{ by = ["ethnic_group"] }"#);
    let said = ask(&archive, &Question::default()).unwrap_err().to_string();
    assert!(said.contains("promises no table of applicants"), "{said}");
    assert!(said.contains("furthest_stage"), "{said}");
}
