use std::{fs, path::Path};

use proptest::prelude::*;

use super::*;

/// Everything an import needs but the file.
struct Desk {
    organisation: OdsCode,
    mapping: Mapping,
    rule: PathwayRule,
    tagger: Tagger,
    kind: Kind,
    most_rejected: f64,
    allow_nobody: bool,
}

// === impl Desk ===

impl Desk {
    fn new() -> Self {
        Self {
            organisation: "R0A".parse().unwrap(),
            mapping: Mapping::builtin(),
            rule: PathwayRule::builtin(),
            tagger: Tagger::new(&[7; 32]),
            kind: Kind::Staff,
            most_rejected: 0.5,
            allow_nobody: false,
        }
    }

    fn with_mapping(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mapping.toml");
        fs::write(&path, format!("version = 1\n{text}")).unwrap();
        Self {
            mapping: Mapping::read(&path).unwrap(),
            ..Self::new()
        }
    }

    fn read_with_list(
        &self,
        content: &[u8],
        list: Option<&PathwayList>,
    ) -> Result<Imported, ImportError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("extract.csv");
        fs::write(&path, content).unwrap();
        let options = Options {
            kind: self.kind,
            organisation: &self.organisation,
            period: "2026-09".parse().unwrap(),
            mapping: &self.mapping,
            pathway_rule: &self.rule,
            pathway_list: list,
            encoding: Encoding::Utf8,
            tagger: &self.tagger,
            most_rejected: self.most_rejected,
            allow_nobody: self.allow_nobody,
        };
        read_extract(&path, &options, &Progress::default())
    }

    fn read(&self, content: &str) -> Result<Imported, ImportError> {
        self.read_with_list(content.as_bytes(), None)
    }
}

fn staff() -> &'static DataSet {
    Kind::Staff.data_set()
}

/// The extract's own headings, as ESR has them.
const HEADINGS: [&str; 18] = [
    "ODS Code",
    "Employee Number",
    "Date Of Birth",
    "Gender",
    "Ethnic Origin",
    "Assignment Status",
    "Assignment Category",
    "Primary Assignment",
    "FTE",
    "Staff Group",
    "Job Role",
    "Occupation Code",
    "Grade",
    "Position Title",
    "Location",
    "Start Date",
    "Termination Date",
    "Leaving Reason",
];

/// A row with plain values but the ones named.
fn row(number: &str, others: &[(&str, &str)]) -> String {
    let plain = |heading: &str| match heading {
        "ODS Code" => "R0A",
        "Employee Number" => number,
        "Date Of Birth" => "31/12/1979",
        "Gender" => "Female",
        "Ethnic Origin" => "A White - British",
        "Assignment Status" => "Active Assignment",
        "Assignment Category" => "Permanent",
        "Primary Assignment" => "Y",
        "FTE" => "1.0",
        "Staff Group" => "Nursing and Midwifery Registered",
        "Job Role" => "Staff Nurse",
        "Occupation Code" => "N6A",
        "Grade" => "Review Body Band 5",
        "Position Title" => "Staff Nurse - Ward 7",
        "Location" => "Bolton",
        "Start Date" => "2010-04-01",
        _ => "",
    };
    let fields = HEADINGS.map(|heading| {
        let other = others.iter().find(|(name, _)| *name == heading);
        other.map_or(plain(heading), |(_, value)| *value).to_owned()
    });
    fields.join(",")
}

fn file(rows: &[String]) -> String {
    format!("{}\n{}\n", HEADINGS.join(","), rows.join("\n"))
}

fn read(rows: &[String]) -> Result<Imported, ImportError> {
    Desk::new().read(&file(rows))
}

/// Code of one person's category.
fn code(imported: &Imported, person: usize, attribute: &str) -> &'static str {
    let position = staff().position(attribute).unwrap();
    let category = imported.people.column(position)[person];
    staff().attributes()[position].categories()[usize::from(category)].code()
}

#[test]
fn an_esr_row_is_read_by_its_own_headings() {
    let imported = read(&[row(
        "1",
        &[("Occupation Code", "N6H"), ("Ethnic Origin", "SC Filipino")],
    )])
    .unwrap();
    for (attribute, expected) in [
        ("staff_group", "nursing_and_midwifery"),
        ("band", "afc_5"),
        ("ethnic_group", "other"),
        ("gender", "female"),
        ("age_band", "45_49"),
        ("disability", "unknown"),
        ("locality", "e08000001"),
        ("pathway", "not_cancer"),
        ("contract", "permanent"),
        ("nationality_group", "unknown"),
        ("role", "community_nurse"),
    ] {
        assert_eq!(code(&imported, 0, attribute), expected, "{attribute}");
    }
    assert_eq!(
        imported.report.attributes_missing,
        ["disability", "nationality_group"]
    );
}

#[test]
fn a_person_has_the_primary_assignments_attributes_and_the_summed_fte() {
    let second = [
        ("Primary Assignment", "N"),
        ("FTE", "0.6"),
        ("Grade", "Band 6"),
    ];
    let first = [("FTE", "0.3")];
    let orders = [
        [row("1", &second), row("1", &first)],
        [row("1", &first), row("1", &second)],
    ];
    for rows in orders {
        let imported = read(&rows).unwrap();
        assert_eq!(imported.people.fte_hundredths(), [90]);
        assert_eq!(code(&imported, 0, "band"), "afc_5");
        assert_eq!((imported.report.kept, imported.report.merged), (1, 1));
    }
    let much = read(&[row("1", &[]), row("1", &[("FTE", "0.5")])]).unwrap();
    assert_eq!(much.people.fte_hundredths(), [100]);
    assert_eq!(much.report.findings["fte_above_1"].rows, 1);
    assert_eq!(much.report.findings["two_primary_assignments"].lines, [3]);
}

#[test]
fn the_headcount_filter_names_the_rule_by_which_a_row_is_left_out() {
    let rows = [
        row(
            "1",
            &[("Assignment Category", "Bank"), ("Grade", "no grade")],
        ),
        row("2", &[("Assignment Status", "Career Break")]),
        row("3", &[("Termination Date", "29/09/2026")]),
        row("4", &[("Start Date", "01/10/2026")]),
        row("5", &[("Termination Date", "31/12/4712")]),
        row("6", &[("Assignment Status", "Acting Up")]),
        row("7", &[("Termination Date", "30/09/2026")]),
        row(
            "8",
            &[
                ("Assignment Category", "Bank"),
                ("Assignment Status", "wandering"),
            ],
        ),
        row(
            "9",
            &[
                ("Termination Date", "31-MAR-27"),
                ("Start Date", "01-JAN-10"),
            ],
        ),
        row("10", &[("Start Date", "01-JAN-27")]),
        ",".repeat(HEADINGS.len() - 1),
    ];
    let report = read(&rows).unwrap().report;
    let excluded: Vec<_> = report
        .excluded
        .iter()
        .map(|(rule, rows)| (rule.as_str(), *rows))
        .collect();
    assert_eq!(
        excluded,
        [
            ("bank", 2),
            ("blank_row", 1),
            ("career_break", 1),
            ("left", 1),
            ("not_started", 2)
        ]
    );
    assert_eq!(report.kept, 4);
}

#[test]
fn a_bad_row_names_line_column_value_and_what_is_accepted() {
    for (heading, value, reason, expected) in [
        ("FTE", "37.5", "bad_fte", "hours"),
        ("FTE", "-1", "bad_fte", "0 to 1.5"),
        ("FTE", "\"1,0\"", "bad_fte", "a decimal point, as in 1.0"),
        ("FTE", "", "bad_fte", "0 to 1.5"),
        ("FTE", "NaN", "bad_fte", "0 to 1.5"),
        (
            "Date Of Birth",
            "31/02/1980",
            "bad_date",
            "a date that exists",
        ),
        ("Start Date", "2026-13-01", "bad_date", "a date that exists"),
        ("Grade", "Band 12", "unrecognised_value", "afc_8a"),
        (
            "Primary Assignment",
            "perhaps",
            "unrecognised_value",
            "Y or N",
        ),
        (
            "Employee Number",
            " ",
            "missing_employee_number",
            "employee number",
        ),
        ("ODS Code", "RMC", "other_organisation", "R0A"),
        (
            "Leaving Reason",
            "x,y",
            "wrong_number_of_fields",
            "18 fields",
        ),
    ] {
        let rows = [row("1", &[]), row("2", &[(heading, value)]), row("3", &[])];
        let imported = read(&rows).unwrap();
        let report = &imported.report;
        assert_eq!(report.rejected[reason], 1, "{heading} {value}: {report:?}");
        let error = &report.errors[0];
        assert_eq!((error.line, error.reason.as_str()), (3, reason));
        assert!(error.expected.contains(expected), "{error:?}");
        if reason != "wrong_number_of_fields" {
            assert_eq!(error.column, heading);
            assert_eq!(error.value, value.trim_matches('"').trim());
        }
        assert_eq!(imported.people.len(), 2);
    }
}

#[test]
fn local_spellings_and_sites_are_mapped_and_the_rest_is_listed() {
    let desk = Desk::with_mapping(
        "[values.band]\n\"Band Twelve\" = \"afc_9\"\n[sites]\n\"Ward 7, Minerva Road\" = \"Bolton\"\n",
    );
    let rows = [
        row(
            "1",
            &[
                ("Grade", "BAND TWELVE"),
                ("Location", "\"WARD 7 - Minerva Road\""),
            ],
        ),
        row("2", &[("Location", "The Annexe")]),
        row("3", &[("Job Role", "Wizard"), ("Occupation Code", "")]),
    ];
    let imported = desk.read(&file(&rows)).unwrap();
    assert_eq!(code(&imported, 0, "band"), "afc_9");
    assert_eq!(code(&imported, 0, "locality"), "e08000001");
    assert_eq!(code(&imported, 1, "locality"), "unknown");
    assert_eq!(imported.report.unmapped_sites.listed["The Annexe"], 1);
    assert_eq!(code(&imported, 2, "role"), "nurse_other");
    assert_eq!(imported.report.unrecognised["Job Role"].listed["Wizard"], 1);
}

#[test]
fn contradictions_are_findings_and_no_rejections() {
    let rows = [
        row("1", &[("Staff Group", "Medical and Dental")]),
        row("2", &[("Grade", "Consultant")]),
        row("3", &[("Grade", "Band 3")]),
        row(
            "4",
            &[
                ("Date Of Birth", "01/01/1996"),
                ("Start Date", "01/04/2011"),
            ],
        ),
        row("5", &[("Date Of Birth", "01/01/2020")]),
        row("6", &[("FTE", "0")]),
        row("7", &[]),
        row(
            "7",
            &[
                ("Primary Assignment", "N"),
                ("Gender", "Male"),
                ("FTE", "0"),
            ],
        ),
    ];
    let report = read(&rows).unwrap().report;
    assert_eq!(report.rejected_rows(), 0);
    for (finding, line) in [
        ("doctor_on_agenda_for_change", 2),
        ("medical_grade_outside_medical", 3),
        ("registered_nurse_below_band_5", 4),
        ("started_under_16", 5),
        ("implausible_age", 6),
        ("fte_zero", 7),
        ("assignments_disagree", 9),
    ] {
        assert_eq!(report.findings[finding].lines[0], line, "{finding}");
    }
}

#[test]
fn the_pathway_rule_says_what_each_line_caught_and_the_managers_list_wins() {
    let rows = [
        row("1", &[("Position Title", "Breast Care Nurse")]),
        row("2", &[("Position Title", "Lung Cancer CNS")]),
        row("3", &[]),
    ];
    let desk = Desk::new();
    let imported = desk.read(&file(&rows)).unwrap();
    assert_eq!(code(&imported, 0, "pathway"), "breast");
    let caught = |report: &Report, name: &str| {
        report
            .pathway
            .lines
            .iter()
            .find(|line| line.name == name)
            .unwrap()
            .people
    };
    assert_eq!(
        (
            caught(&imported.report, "breast"),
            imported.report.pathway.not_caught
        ),
        (1, 1)
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    fs::write(
        &path,
        "Employee Number,Pathway\n1,Lung\n3,sarcoma\n99,skin\n",
    )
    .unwrap();
    let list = PathwayList::read(&path, Encoding::Utf8, &desk.mapping, &desk.tagger).unwrap();
    let imported = desk
        .read_with_list(file(&rows).as_bytes(), Some(&list))
        .unwrap();
    let pathways = [0, 1, 2].map(|person| code(&imported, person, "pathway"));
    assert_eq!(pathways, ["lung", "lung", "sarcoma"]);
    assert_eq!(
        imported.report.pathway.list,
        Some(PathwayListReport {
            listed: 3,
            placed: 2,
            not_found: 1
        })
    );
    assert_eq!(caught(&imported.report, "breast"), 0);

    fs::write(&path, "Employee Number,Pathway\n1,Lnug\n").unwrap();
    let error = PathwayList::read(&path, Encoding::Utf8, &desk.mapping, &desk.tagger);
    assert!(
        error
            .err()
            .unwrap()
            .to_string()
            .contains("line 2: `Lnug` is no pathway")
    );
}

#[test]
fn leavers_still_listed_tell_why_they_left_if_it_was_this_quarter() {
    let left = |on| {
        [
            ("Termination Date", on),
            ("Leaving Reason", "Retirement Age"),
        ]
    };
    let rows = [
        row("1", &left("15/08/2026")),
        row("2", &left("29/06/2026")),
        row("3", &[]),
    ];
    let desk = Desk::new();
    let imported = desk.read(&file(&rows)).unwrap();
    assert_eq!(imported.leavers.len(), 1);
    let details = imported.leavers[&desk.tagger.tag(b"1")];
    let reasons = Dictionary::builtin().attribute("leaving_reason").unwrap();
    assert_eq!(
        reasons.categories()[usize::from(details.reason)].code(),
        "retirement"
    );
}

#[test]
fn a_file_of_leavers_is_read_for_its_quarter() {
    let desk = Desk {
        kind: Kind::Leavers,
        ..Desk::new()
    };
    let left = |on| {
        [
            ("Termination Date", on),
            ("Leaving Reason", "Retirement Age"),
            ("Assignment Status", "Ended"),
        ]
    };
    let rows = [
        row("1", &left("15/08/2026")),
        row("2", &left("29/06/2026")),
        row("3", &left("01/10/2026")),
    ];
    let imported = desk.read(&file(&rows)).unwrap();
    assert_eq!(imported.report.excluded["another_quarter"], 2);
    let reason = Kind::Leavers.data_set().position("leaving_reason").unwrap();
    assert_eq!(imported.people.column(reason), [0]);
}

#[test]
fn the_header_is_found_below_titles_and_named_where_it_cannot_be_mapped() {
    let below = format!(
        "Staff in post,,\nRun on 2 October 2026\n\n{}",
        file(&[row("1", &[])])
    );
    let imported = Desk::new().read(&below).unwrap();
    assert_eq!(
        (imported.report.rows_above_header, imported.report.kept),
        (2, 1)
    );
    assert_eq!(imported.report.columns["band"], "Grade");

    let header = HEADINGS.join(",");
    let without = |heading: &str| file(&[row("1", &[])]).replacen(heading, "Something", 1);
    for (content, expected) in [
        (
            without("Grade"),
            "no column `band`; it may be called `Band`",
        ),
        (without("FTE"), "no column `fte`"),
        (without("Date Of Birth"), "no column `birth_date`"),
        (
            file(&[]).replacen("Location", "Sex", 1),
            "`Gender` (4), `Sex` (15) are all mapped to `gender`",
        ),
        (
            file(&[]).replacen("Location", "Gender", 1),
            "are all mapped to `gender`",
        ),
        ("a,b\n1,2\n".to_owned(), "import --suggest-mapping"),
        (String::new(), "holds no rows"),
        (format!("{header}\n"), "holds no rows"),
    ] {
        let error = Desk::new().read(&content).err().unwrap().to_string();
        assert!(error.contains(expected), "{content}: {error}");
    }
}

#[test]
fn an_extract_of_another_organisation_is_refused_by_its_name() {
    let rows = [
        row("1", &[("ODS Code", "RMC")]),
        row("2", &[("ODS Code", "RMC")]),
    ];
    let error = read(&rows).err().unwrap().to_string();
    assert!(
        error.contains("is an extract of RMC; this is the node of R0A"),
        "{error}"
    );
}

#[test]
fn an_extract_in_which_nobody_counts_is_refused_unless_it_is_meant() {
    let rows = [
        row("1", &[("Assignment Category", "Bank")]),
        row("2", &[("Assignment Status", "Ended")]),
    ];
    let mut desk = Desk::new();
    let error = desk.read(&file(&rows)).err().unwrap();
    assert!(error.to_string().contains("--allow-nobody"), "{error}");
    desk.allow_nobody = true;
    assert!(desk.read(&file(&rows)).unwrap().people.is_empty());
}

#[test]
fn who_is_away_or_in_a_bad_row_is_absent_and_no_leaver() {
    let rows = [
        row("1", &[]),
        row("2", &[("Assignment Status", "Maternity")]),
        row("3", &[("Grade", "zzz")]),
        row("4", &[("Assignment Category", "Bank")]),
        row("5", &[("Assignment Status", "Ended")]),
        row("6", &[("Termination Date", "01/09/2026")]),
        // On a career break in one post, at work in another.
        row("1", &[("Assignment Status", "Career Break")]),
        row("", &[]),
    ];
    let desk = Desk::new();
    let imported = desk.read(&file(&rows)).unwrap();
    let away: HashSet<_> = ["2", "3"].map(|n| desk.tagger.tag(n.as_bytes())).into();
    assert!(imported.absent == away);
    assert_eq!(imported.leavers.len(), 1);
}

#[test]
fn a_last_day_before_the_first_decides_nothing() {
    let oracle = [
        ("Termination Date", "31-DEC-12"),
        ("Start Date", "01-APR-2015"),
    ];
    let imported = read(&[row("1", &oracle)]).unwrap();
    assert_eq!(imported.report.kept, 1);
    assert_eq!(imported.report.findings["left_before_start"].rows, 1);
}

#[test]
fn text_is_no_employee_number() {
    let rows = [
        row("TBC", &[]),
        row("#N/A", &[]),
        row("1", &[]),
        row("E0007", &[]),
    ];
    let report = read(&rows).unwrap().report;
    assert_eq!(
        (report.kept, report.rejected["missing_employee_number"]),
        (2, 2)
    );
}

#[test]
fn a_local_spelling_can_mean_someone_who_is_left_out() {
    let desk = Desk::with_mapping("[values.contract]\n\"NHSP Worker\" = \"bank\"\n");
    let rows = [
        row("1", &[]),
        row("2", &[("Assignment Category", "NHSP worker")]),
    ];
    assert_eq!(desk.read(&file(&rows)).unwrap().report.excluded["bank"], 1);
}

#[test]
fn a_heading_that_the_trust_names_means_nothing_else() {
    let desk = Desk::with_mapping("[columns]\nband = [\"Assignment Category\"]\n");
    let rows = [row("1", &[("Assignment Category", "Band 6")])];
    let imported = desk.read(&file(&rows)).unwrap();
    assert_eq!(code(&imported, 0, "band"), "afc_6");
    assert_eq!(code(&imported, 0, "contract"), "unknown");
}

#[test]
fn of_columns_that_the_standard_has_twice_the_first_one_counts() {
    let text = file(&[row("1", &[("Leaving Reason", "Band 7")])]).replacen(
        "Leaving Reason",
        "AfC Band",
        1,
    );
    let imported = Desk::new().read(&text).unwrap();
    assert_eq!(code(&imported, 0, "band"), "afc_7");
    assert!(imported.report.columns_unread.contains(&"Grade".to_owned()));
    let twice = file(&[row("1", &[])]).replacen("Leaving Reason", "Grade", 1);
    assert!(Desk::new().read(&twice).is_err());
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    for end in ["\n", "\r\n"] {
        let text = file(&[row("1", &[]), row("2", &[("FTE", "x")])]);
        let text = format!("Staff in post\n\n{text}").replace('\n', end);
        let report = Desk::new().read(&text).unwrap().report;
        assert_eq!(report.errors[0].line, 5, "{end:?}");
    }
}

#[test]
fn too_many_rejects_import_nothing_and_still_report() {
    let mut desk = Desk::new();
    desk.most_rejected = 0.4;
    let rows = [row("1", &[]), row("2", &[("FTE", "x")])];
    let Err(ImportError::TooManyRejected { report, .. }) = desk.read(&file(&rows)) else {
        panic!("half of the rows are bad");
    };
    assert_eq!(report.rejected["bad_fte"], 1);
    desk.most_rejected = 0.5;
    assert!(desk.read(&file(&rows)).is_ok());
}

#[test]
fn a_million_bad_rows_list_a_hundred_errors() {
    let mut desk = Desk::new();
    desk.most_rejected = 1.0;
    desk.allow_nobody = true;
    let bad = row("1", &[("FTE", "x")]);
    let rows = vec![bad; 20_000];
    let report = desk.read(&file(&rows)).unwrap().report;
    assert_eq!(
        (report.rejected["bad_fte"], report.errors.len()),
        (20_000, 100)
    );
}

#[test]
fn what_is_kept_with_the_snapshot_repeats_no_value_of_a_row() {
    let rows = [
        row(
            "1",
            &[
                ("Location", "zx-unmistakable 1"),
                ("Job Role", "zx-unmistakable 2"),
                ("Occupation Code", ""),
            ],
        ),
        row("2", &[("Grade", "zx-unmistakable 3")]),
    ];
    let report = read(&rows).unwrap().report;
    assert!(
        serde_json::to_string(&report)
            .unwrap()
            .contains("zx-unmistakable")
    );
    let kept = serde_json::to_string(&report.without_values()).unwrap();
    assert!(!kept.contains("zx-unmistakable"));
    assert_eq!(report.without_values().unmapped_sites.different, 1);
}

#[test]
fn a_mapping_is_proposed_from_headings_like_ours_and_from_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extract.csv");
    let content = file(&[
        row("1", &[("Location", "The Annexe")]),
        row("2", &[("Gender", "Male"), ("Location", "Bolton")]),
    ])
    .replacen("Gender", "G", 1)
    .replacen("Grade", "Current Pay Band", 1)
    .replacen("Position Title", "Blah", 1);
    fs::write(&path, &content).unwrap();
    let text = suggest_mapping(&path, Encoding::Utf8).unwrap();
    for expected in [
        "gender = [\"G\"]  # ? 100% of its values",
        "band = [\"Current Pay Band\"]  # ? the heading is like",
        "employee_number = [\"Employee Number\"]\n",
        "# position_title = []",
        "Not read, and never stored: `Blah`",
        "# \"The Annexe\" = \"\"",
    ] {
        assert!(text.contains(expected), "{expected} not in\n{text}");
    }
    let mapping_path = folder.path().join("mapping.toml");
    fs::write(&mapping_path, &text).unwrap();
    let desk = Desk {
        mapping: Mapping::read(&mapping_path).unwrap(),
        ..Desk::new()
    };
    assert_eq!(desk.read(&content).unwrap().people.len(), 2);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let desk = Desk::new();
    let options = Options {
        kind: Kind::Staff,
        organisation: &desk.organisation,
        period: "2026-09".parse().unwrap(),
        mapping: &desk.mapping,
        pathway_rule: &desk.rule,
        pathway_list: None,
        encoding: Encoding::Utf8,
        tagger: &desk.tagger,
        most_rejected: 0.1,
        allow_nobody: false,
    };
    let missing = read_extract(
        Path::new("/no/such/file.csv"),
        &options,
        &Progress::default(),
    );
    assert!(
        missing
            .err()
            .unwrap()
            .to_string()
            .contains("/no/such/file.csv")
    );
}

/// One of the fates that a row can have, as a row.
fn any_row() -> impl Strategy<Value = String> {
    let values = prop_oneof![
        3 => Just(("Gender", "Female")),
        1 => Just(("Assignment Category", "Bank")),
        1 => Just(("Assignment Status", "Maternity")),
        1 => Just(("Termination Date", "01/01/2020")),
        1 => Just(("FTE", "37.5")),
        1 => Just(("Grade", "zzz")),
        1 => Just(("ODS Code", "RMC")),
        1 => Just(("Employee Number", "")),
        1 => Just(("Leaving Reason", "a,b,c")),
        1 => Just(("Primary Assignment", "N")),
        1 => "[a-z0-9/ -]{0,12}".prop_map(|text| ("Date Of Birth", Box::leak(text.into_boxed_str()) as &str)),
    ];
    (0..12_u32, values).prop_map(|(number, other)| row(&number.to_string(), &[other]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_row_has_one_fate_and_the_report_adds_up(
        rows in prop::collection::vec(any_row(), 1..60),
        most_rejected in prop_oneof![Just(0.1), Just(1.0)],
    ) {
        let desk = Desk { most_rejected, ..Desk::new() };
        let (report, people) = match desk.read(&file(&rows)) {
            Ok(imported) => {
                let people = imported.people.len() as u64;
                prop_assert_eq!(imported.joining_source.len() as u64, people);
                (imported.report, Some(people))
            }
            Err(ImportError::TooManyRejected { report, .. } | ImportError::Nobody { report, .. }) => {
                (*report, None)
            }
            Err(ImportError::OtherOrganisation { .. }) => return Ok(()),
            Err(other) => panic!("{other}"),
        };
        let sum = report.kept + report.merged + report.excluded_rows() + report.rejected_rows();
        prop_assert_eq!(report.rows_read, sum);
        prop_assert_eq!(report.rows_read, rows.len() as u64);
        prop_assert_eq!(report.errors.len() as u64, report.rejected_rows().min(100));
        prop_assert!(people.is_none_or(|people| people == report.kept));
        let json = serde_json::to_value(&report).unwrap();
        prop_assert_eq!(json["rows_read"].as_u64(), Some(report.rows_read));
    }

    #[test]
    fn the_order_of_rows_changes_no_person(
        rows in prop::collection::vec(any_row(), 1..30).prop_shuffle(),
    ) {
        let desk = Desk { most_rejected: 1.0, allow_nobody: true, ..Desk::new() };
        let counts = |rows: &[String]| desk.read(&file(rows)).ok().map(|imported| {
            let report = imported.report;
            (report.kept, report.merged, report.excluded, report.rejected)
        });
        let mut backwards = rows.clone();
        backwards.reverse();
        prop_assert_eq!(counts(&rows), counts(&backwards));
    }

    #[test]
    fn no_bytes_make_an_import_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let desk = Desk::new();
        let _ = desk.read_with_list(&bytes, None);
        let with_header = [file(&[row("1", &[])]).as_bytes(), &bytes].concat();
        let _ = desk.read_with_list(&with_header, None);
        let desk = Desk { allow_nobody: true, ..Desk::new() };
        let _ = desk.read_with_list(&with_header, None);
    }
}
