//! Lists of applications: whom they make, by which application, and what refuses them.

use std::collections::BTreeMap;

use proptest::{prelude::*, test_runner::contextualize_config};

use super::*;
use crate::import::sense;

/// The headings of a list of applications, as those who draw such reports call them.
const HEADINGS: &str = "Candidate ID,Date Applied,Application Status,Staff Group,Pay Band,Job Role,Ethnic Origin,\
     Gender,Disability";

/// One application, in the order of [`HEADINGS`].
fn application(candidate: &str, on: &str, status: &str, band: &str) -> String {
    format!(
        "{candidate},{on},{status},Additional Clinical Services,{band},Healthcare Assistant,White - British,Female,No"
    )
}

fn list(rows: &[String]) -> String {
    format!("{HEADINGS}\n{}\n", rows.join("\n"))
}

fn desk() -> Desk {
    Desk {
        kind: Kind::Applicants,
        ..Desk::new()
    }
}

/// The period of the desk is September 2026.
fn read_list(rows: &[String]) -> Imported {
    desk().read(&list(rows)).unwrap()
}

/// The codes of each candidate, by tag.
fn people_of(imported: &Imported) -> BTreeMap<[u8; 16], Vec<u8>> {
    let people = &imported.people;
    let codes = |person| {
        let columns = (0..people.attributes()).map(|position| people.column(position)[person]);
        columns.collect()
    };
    let tags = people.tags().iter().enumerate();
    tags.map(|(person, tag)| (tag.0, codes(person))).collect()
}

/// The category of one candidate's attribute.
fn said_of(imported: &Imported, candidate: &str, attribute: &str) -> String {
    let data_set = Kind::Applicants.data_set();
    let position = data_set.position(attribute).unwrap();
    let tag = desk().tagger.candidate_tag(candidate.as_bytes());
    let category = people_of(imported)[&tag.0][position];
    let categories = data_set.attributes()[position].categories();
    categories[usize::from(category)].code().to_owned()
}

/// How many people are in each category of an attribute.
fn counted(imported: &Imported, attribute: &str) -> BTreeMap<String, usize> {
    let data_set = Kind::Applicants.data_set();
    let position = data_set.position(attribute).unwrap();
    let categories = data_set.attributes()[position].categories();
    let mut counts = BTreeMap::new();
    for code in imported.people.column(position) {
        let code = categories[usize::from(*code)].code().to_owned();
        *counts.entry(code).or_default() += 1;
    }
    counts
}

fn counts<const N: usize>(of: [(&str, usize); N]) -> BTreeMap<String, usize> {
    of.map(|(code, people)| (code.to_owned(), people)).into()
}

fn read_case(name: &str) -> Imported {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/import/tests/cases")
        .join(name);
    let desk = desk();
    let options = Options {
        kind: desk.kind,
        organisation: &desk.organisation,
        period: "2026-03".parse().unwrap(),
        mapping: &desk.mapping,
        pathway_rule: &desk.rule,
        pathway_list: None,
        encoding: Encoding::Utf8,
        sheet: None,
        tagger: &desk.tagger,
        most_rejected: desk.most_rejected,
        allowed: &desk.allowed,
    };
    read_extract(&path, &options, &Progress::default()).unwrap()
}

#[test]
fn a_trac_report_makes_one_row_of_each_candidate_by_the_application_that_went_furthest() {
    // Counted by hand: 40 applications; 8 candidates applied more than once or are worth a look, 24 once.
    let imported = read_case("80-trac-applications.csv");
    let report = &imported.report;
    assert_eq!((report.rows_read, report.kept, report.merged), (40, 32, 6));
    assert_eq!(report.excluded, [("another_year".to_owned(), 2)].into());
    assert_eq!(report.rejected_rows(), 0, "{:?}", report.errors);
    assert_eq!(report.filters_missing, [""; 0]);
    assert_eq!(report.attributes_missing, [""; 0]);
    assert!(report.columns_unread.contains(&"Surname".to_owned()));
    let of = |candidate, attribute| said_of(&imported, candidate, attribute);
    // Three applications: shortlisted for the second.
    assert_eq!(of("204117", "furthest_stage"), "shortlisted");
    assert_eq!(of("204117", "band"), "afc_3");
    assert_eq!(of("204117", "role"), "healthcare_support_worker");
    // An offer that was declined was an offer.
    assert_eq!(of("204162", "furthest_stage"), "appointed");
    assert_eq!(of("204162", "band"), "afc_5");
    // What was offered a day after the year's end is next year's.
    assert_eq!(of("204233", "furthest_stage"), "applied");
    // Two of one day that went as far: the one whose codes come first, though it stands behind the other.
    assert_eq!(of("204311", "band"), "afc_5");
    // Two that went as far: the later one.
    assert_eq!(of("204350", "band"), "afc_3");
    // To be turned down goes further than a status that nobody filled in.
    assert_eq!(of("204418", "furthest_stage"), "applied");
    for attribute in ["ethnic_group", "gender", "disability"] {
        assert_eq!(of("204280", attribute), "unknown", "{attribute}");
    }
    let stages = [
        ("applied", 15),
        ("appointed", 6),
        ("shortlisted", 10),
        ("unknown", 1),
    ];
    assert_eq!(counted(&imported, "furthest_stage"), counts(stages));
    let groups = [("asian", 9), ("black", 6), ("unknown", 2), ("white", 15)];
    assert_eq!(counted(&imported, "ethnic_group"), counts(groups));
    // Nobody is less than a whole person.
    assert_eq!(imported.people.fte_hundredths(), [100; 32]);
    assert_eq!(sense::alone(Kind::Applicants, &imported), []);
}

#[test]
fn a_report_of_nhs_jobs_says_the_stage_by_two_columns_of_yes_and_no() {
    let imported = read_case("81-nhs-jobs-applicants.csv");
    let report = &imported.report;
    assert_eq!((report.rows_read, report.kept, report.merged), (40, 31, 6));
    assert_eq!(report.excluded, [("another_year".to_owned(), 1)].into());
    let rejected = [("missing_candidate_id", 1), ("missing_date", 1)];
    let rejected = rejected.map(|(reason, rows)| (reason.to_owned(), rows));
    assert_eq!(report.rejected, rejected.into());
    let stage = |candidate| said_of(&imported, candidate, "furthest_stage");
    assert_eq!(stage("5500178"), "appointed");
    assert_eq!(stage("5500201"), "applied");
    // Whoever was not appointed may have been shortlisted.
    assert_eq!(stage("5500240"), "unknown");
    assert_eq!(stage("5500266"), "unknown");
    assert_eq!(stage("5500299"), "appointed");
    // Six applications that all failed: the last of them.
    assert_eq!(said_of(&imported, "5500123", "band"), "afc_3");
    let stages = [
        ("applied", 17),
        ("appointed", 5),
        ("shortlisted", 7),
        ("unknown", 2),
    ];
    assert_eq!(counted(&imported, "furthest_stage"), counts(stages));
    // The row without a date is named with what would be accepted.
    let missing = |error: &&RowError| error.reason == "missing_date";
    let error = report.errors.iter().find(missing).unwrap();
    assert_eq!(error.column, "Application date");
    assert!(
        error.expected.contains("the day of the application"),
        "{error:?}"
    );
}

#[test]
fn the_year_is_the_twelve_months_up_to_the_periods_last_day() {
    let rows = ["30/09/2025", "01/10/2025", "30/09/2026", "01/10/2026"];
    let rows: Vec<_> = (rows.iter().zip(["101", "103", "107", "109"]))
        .map(|(on, candidate)| application(candidate, on, "Applied", "Band 2"))
        .collect();
    let imported = read_list(&rows);
    assert_eq!(imported.report.excluded["another_year"], 2);
    let desk = desk();
    let tags = ["103", "107"].map(|id| desk.tagger.candidate_tag(id.as_bytes()));
    assert!(imported.people.tags() == tags);
}

#[test]
fn a_candidate_is_linked_with_no_employee_of_the_same_number() {
    let imported = read_list(&[application("12345", "01/02/2026", "Applied", "Band 2")]);
    let tagger = desk().tagger;
    assert!(imported.people.tags() == [tagger.candidate_tag(b"12345")]);
    assert!(imported.people.tags() != [tagger.tag(b"12345")]);
    let staff = read(&[row("12345", &[])]).unwrap();
    assert!(staff.people.tags() == [tagger.tag(b"12345")]);
}

#[test]
fn one_candidate_with_forty_applications_is_one_row() {
    let rows: Vec<_> = (0..40)
        .map(|n| {
            let on = format!("2026-{:02}-{:02}", 1 + n % 9, 1 + n % 28);
            let status = if n == 17 { "Interview" } else { "Withdrawn" };
            application("C-1000", &on, status, ["Band 2", "Band 3"][n % 2])
        })
        .collect();
    let imported = read_list(&rows);
    assert_eq!((imported.report.kept, imported.report.merged), (1, 39));
    assert_eq!(imported.people.len(), 1);
    assert_eq!(
        said_of(&imported, "C-1000", "furthest_stage"),
        "shortlisted"
    );
    assert_eq!(said_of(&imported, "C-1000", "band"), "afc_3");
    assert_eq!(imported.people.fte_hundredths(), [100]);
    assert_eq!(
        imported.report.findings.len(),
        0,
        "{:?}",
        imported.report.findings
    );
}

#[test]
fn without_a_candidate_id_nothing_is_imported_and_the_error_says_what_it_would_cost() {
    let text = list(&[application("101", "01/02/2026", "Applied", "Band 2")]);
    for heading in ["Application ID", "Vacancy Reference"] {
        let refused = desk().read(&text.replacen("Candidate ID", heading, 1));
        let said = refused.err().unwrap().to_string();
        for part in [
            "no column `candidate_id`, so nothing is imported",
            "m applications would be m people and cost m² times the ρ",
            "Ask for the report with the column that numbers the candidates",
            "`Trac Candidate ID`",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
    // A list in which many lack it is refused as a whole.
    let rows = [
        application("101", "01/02/2026", "Applied", "Band 2"),
        application("", "01/02/2026", "Applied", "Band 2"),
    ];
    let strict = Desk {
        most_rejected: 0.01,
        ..desk()
    };
    let said = strict.read(&list(&rows)).err().unwrap().to_string();
    assert!(said.contains("no candidate id"), "{said}");
    assert!(said.contains("[columns] candidate_id"), "{said}");
}

#[test]
fn a_stage_is_needed_and_one_column_of_yes_and_no_is_none() {
    let text = list(&[application("101", "01/02/2026", "Yes", "Band 2")]);
    for (heading, is_read) in [
        ("Shortlisted", false),
        ("Appointed", false),
        ("Marks", false),
    ] {
        let read = desk().read(&text.replacen("Application Status", heading, 1));
        assert_eq!(read.is_ok(), is_read, "{heading}");
        let said = read.err().unwrap().to_string();
        assert!(said.contains("no column `stage`"), "{said}");
    }
    // What says more counts: the status of somebody who withdrew tells nothing of the shortlist.
    let both = "Candidate ID,Date Applied,Status,Shortlisted?,Offered,Ethnic Origin,Gender\n\
        101,01/02/2026,Withdrawn,Yes,No,White - British,Male\n\
        103,01/02/2026,Offer made,,,White - British,Male\n\
        107,01/02/2026,Withdrawn,N,N,White - British,Male\n\
        109,01/02/2026,Withdrawn,perhaps,N,White - British,Male\n";
    let imported = desk().read(both).unwrap();
    let stage = |candidate| said_of(&imported, candidate, "furthest_stage");
    let stages = ["101", "103", "107"].map(stage);
    assert_eq!(stages, ["shortlisted", "appointed", "applied"]);
    assert_eq!(imported.report.rejected["unrecognised_value"], 1);
    // What the report does not have is unknown of everybody, and that is said.
    let missing = ["staff_group", "band", "role", "disability"];
    assert_eq!(imported.report.attributes_missing, missing);
    assert_eq!(sense::alone(Kind::Applicants, &imported), []);
}

#[test]
fn a_status_that_no_table_knows_is_rejected_and_a_mapping_can_say_what_it_means() {
    let rows = [
        application("101", "01/02/2026", "Applied", "Band 2"),
        application("103", "01/02/2026", "Panel stage 2", "Band 2"),
    ];
    let report = desk().read(&list(&rows)).unwrap().report;
    assert_eq!(report.rejected["unrecognised_value"], 1);
    let mapped = Desk {
        kind: Kind::Applicants,
        ..Desk::with_mapping("[values.stage]\n\"Panel stage 2\" = \"shortlisted\"\n")
    };
    let imported = mapped.read(&list(&rows)).unwrap();
    assert_eq!(said_of(&imported, "103", "furthest_stage"), "shortlisted");
}

#[test]
fn a_list_of_applications_and_one_of_staff_are_told_apart_by_name() {
    let applications = list(&[application("101", "01/02/2026", "Applied", "Band 2")]);
    for kind in [Kind::Staff, Kind::Joiners, Kind::Leavers] {
        let desk = Desk {
            kind,
            ..Desk::new()
        };
        let said = desk.read(&applications).err().unwrap().to_string();
        assert!(
            said.contains("this looks like a list of applications"),
            "{said}"
        );
        assert!(said.contains("--data-set applicants"), "{said}");
        // Without the candidate's id, the date and the status tell.
        let without = applications.replacen("Candidate ID", "Vacancy", 1);
        let said = desk.read(&without).err().unwrap().to_string();
        assert!(said.contains("--data-set applicants"), "{said}");
    }
    let staff = file(&[row("1", &[])]);
    let said = desk().read(&staff).err().unwrap().to_string();
    assert!(said.contains("this looks like a list of staff"), "{said}");
    assert!(said.contains("without --data-set"), "{said}");
}

#[test]
fn headings_of_applications_mean_nothing_in_a_list_of_staff() {
    let text = file(&[row("1", &[])]).replacen("Termination Date", "Status", 1);
    let report = Desk::new().read(&text).unwrap().report;
    assert!(report.columns_unread.contains(&"Status".to_owned()));
    for field in [
        "stage",
        "applied_on",
        "candidate_id",
        "shortlisted",
        "appointed",
    ] {
        assert!(!report.columns.contains_key(field), "{field}");
    }
}

#[test]
fn a_mapping_is_proposed_for_a_list_of_applications_and_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    let text = list(&[
        application("101", "01/02/2026", "Applied", "Band 2"),
        application("103", "01/02/2026", "Interview", "Band 3"),
    ]);
    let text = text.replacen("Candidate ID", "Candidate Identifiers", 1);
    fs::write(
        &path,
        text.replacen("Date Applied", "Date When Submitted", 1),
    )
    .unwrap();
    let suggest = |kind| {
        let builtin = Mapping::builtin();
        suggest_mapping_beside(&path, Encoding::Utf8, None, &builtin, kind).unwrap()
    };
    let proposed = suggest(Kind::Applicants);
    assert!(!proposed.contains("NOT FOUND"), "{proposed}");
    assert!(!proposed.contains("[sites]"), "{proposed}");
    let mapping = folder.path().join("mapping.toml");
    fs::write(&mapping, &proposed).unwrap();
    let desk = Desk {
        mapping: Mapping::read(&mapping).unwrap(),
        ..desk()
    };
    let content = fs::read_to_string(&path).unwrap();
    assert_eq!(desk.read(&content).unwrap().report.kept, 2, "{proposed}");
    // Taken for a list of staff, it is said what to do.
    fs::write(
        &path,
        text.replacen("Candidate Identifiers", "Candidate ID", 1),
    )
    .unwrap();
    let proposed = suggest(Kind::Staff);
    assert!(proposed.contains("--data-set applicants"), "{proposed}");
}

/// More than a hundred candidates, each with one application that ended so.
fn many(status: impl Fn(u32) -> &'static str) -> Vec<String> {
    let candidates = (0..120).map(|n| (n, (200_000 + n * n).to_string()));
    candidates
        .map(|(n, candidate)| application(&candidate, "01/02/2026", status(n), "Band 2"))
        .collect()
}

#[test]
fn stages_that_cannot_be_and_ids_of_applications_are_asked_about() {
    let mixed = |n: u32| ["Applied", "Interview", "Hired"][n as usize % 3];
    let twice = |rows: Vec<String>| -> Vec<String> {
        let again = application("200000", "03/02/2026", "Withdrawn", "Band 2");
        rows.into_iter().chain([again]).collect()
    };
    for (rows, expected) in [
        (twice(many(mixed)), &[][..]),
        (many(mixed), &[Allowance::ApplicationIds]),
        (twice(many(|_| "Applied")), &[Allowance::Stages]),
        (
            twice(many(|n| ["Applied", "Interview"][n as usize % 2])),
            &[Allowance::Stages],
        ),
        (
            vec![
                application("100023-1", "01/02/2026", "Hired", "Band 2"),
                application("100023-2", "01/03/2026", "Hired", "Band 2"),
            ],
            &[Allowance::ApplicationIds],
        ),
        // Forty candidates in a row number nobody's staff, and a quarter in another year is no oddity.
        (
            (1..40)
                .map(|n| application(&n.to_string(), "01/02/2026", "Applied", "Band 2"))
                .collect(),
            &[],
        ),
    ] {
        let questions = sense::alone(Kind::Applicants, &read_list(&rows));
        let asked: Vec<_> = questions
            .iter()
            .map(|question| question.allowance)
            .collect();
        assert_eq!(asked, expected, "{questions:?}");
    }
}

#[test]
fn an_id_that_many_people_share_is_refused() {
    let rows: Vec<_> = (0..40)
        .map(|n| {
            let row = application("V-100", "01/02/2026", "Applied", "Band 2");
            row.replacen("Female", ["Female", "Male"][n % 2], 1)
        })
        .collect();
    let said = desk().read(&list(&rows)).err().unwrap().to_string();
    assert!(said.contains("candidate ids tell people apart"), "{said}");
}

/// One application of some candidate, with whatever may decide which is kept.
fn any_application() -> impl Strategy<Value = String> {
    let statuses = [
        "",
        "Applied",
        "Withdrawn",
        "Interview",
        "Reserve",
        "Hired",
        "Offer declined",
    ];
    let groups = ["White - British", "Asian or Asian British - Indian", ""];
    (
        0..6_u32,
        0..4_u32,
        0..statuses.len(),
        2..5_u32,
        0..groups.len(),
    )
        .prop_map(move |(candidate, day, status, band, group)| {
            let candidate = (1_000 + candidate * candidate).to_string();
            let (on, band) = (format!("2026-02-0{}", day + 1), format!("Band {band}"));
            let row = application(&candidate, &on, statuses[status], &band);
            row.replacen("White - British", groups[group], 1)
        })
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig::with_cases(128)))]

    #[test]
    fn the_order_of_applications_changes_nobody(
        (rows, shuffled) in prop::collection::vec(any_application(), 1..40)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        let desk = Desk { allowed: vec![Allowance::Contradictions], ..desk() };
        let read = |rows: &[String]| people_of(&desk.read(&list(rows)).unwrap());
        prop_assert_eq!(read(&rows), read(&shuffled));
    }

    #[test]
    fn one_candidate_more_adds_one_row_and_changes_no_other(
        rows in prop::collection::vec(any_application(), 1..30),
        own in prop::collection::vec(any_application(), 1..12),
        at in 0..30_usize,
    ) {
        let desk = Desk { allowed: vec![Allowance::Contradictions], ..desk() };
        let read = |rows: &[String]| people_of(&desk.read(&list(rows)).unwrap());
        let mut more = rows.clone();
        let own = own.iter().map(|row| {
            let (_, rest) = row.split_once(',').unwrap();
            format!("77777,{rest}")
        });
        let at = at.min(rows.len());
        more.splice(at..at, own);
        let (without, mut with) = (read(&rows), read(&more));
        let tag = desk.tagger.candidate_tag(b"77777");
        prop_assert!(with.remove(&tag.0).is_some());
        prop_assert_eq!(with, without);
    }
}
