//! How single rows and people are read.

use super::*;

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
        ("Primary Assignment", "7", "unrecognised_value", "Y or N"),
        (
            "Employee Number",
            " ",
            "missing_employee_number",
            "employee number",
        ),
        (
            "Employee Number",
            "2.00062E+07",
            "shortened_employee_number",
            "format the column as Text",
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
    let sites = &imported.report.unmapped_sites.listed;
    assert_eq!(sites["(not shown: it may be a person's; line 3)"], 1);
    assert_eq!(code(&imported, 2, "role"), "nurse_other");
    let listed = &imported.report.unrecognised["Job Role"].listed;
    assert_eq!(listed["(not shown: it may be a person's; line 4)"], 1);
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

    for (row, expected) in [
        (
            "1,Lnug",
            "line 2: `(not shown: it may be a person's)` is no pathway",
        ),
        ("2.00062E+07,lung", "a spreadsheet has shortened it"),
        (
            "1,lung\n1.0,breast",
            "line 3: `breast` is no single pathway",
        ),
    ] {
        fs::write(&path, format!("Employee Number,Pathway\n{row}\n")).unwrap();
        let list = PathwayList::read(&path, Encoding::Utf8, &desk.mapping, &desk.tagger);
        let error = list.err().unwrap().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_pathway_list_with_two_columns_for_one_thing_or_a_second_sheet_is_refused() {
    let desk = Desk::new();
    let folder = tempfile::tempdir().unwrap();
    let read = |path: &Path| {
        let list = PathwayList::read(path, Encoding::Utf8, &desk.mapping, &desk.tagger);
        list.err().map(|error| error.to_string())
    };
    let path = folder.path().join("list.csv");
    for (header, expected) in [
        (
            "Employee Number,Pathway,Pathway",
            Some("`pathway` (2), `pathway` (3) mean the same"),
        ),
        (
            "Employee Number,Pathway,Cancer Pathway",
            Some("mean the same"),
        ),
        ("Employee Number,Pathway,Emp No", Some("mean the same")),
        ("Employee Number,Pathway,Remarks", None),
        ("List of September\n\nEmployee Number,Pathway,Remarks", None),
    ] {
        fs::write(&path, format!("{header}\n1,lung,breast\n")).unwrap();
        match (read(&path), expected) {
            (None, None) => {}
            (said, expected) => assert!(said.unwrap().contains(expected.unwrap()), "{header}"),
        }
    }
    let path = folder.path().join("list.xlsx");
    for sheets in [1, 2] {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        for _ in 0..sheets {
            let sheet = workbook.add_worksheet();
            for (row, [number, pathway]) in
                (0..).zip([["Employee Number", "Pathway"], ["1", "lung"]])
            {
                sheet.write(row, 0, number).unwrap();
                sheet.write(row, 1, pathway).unwrap();
            }
        }
        workbook.save(&path).unwrap();
        let said = read(&path);
        assert_eq!(said.is_some(), sheets > 1, "{said:?}");
        assert!(said.is_none_or(|said| said.contains("another visible sheet")));
    }
}

#[test]
fn a_pathway_list_of_other_people_is_asked_about() {
    let desk = Desk::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    // Far above 1, so that they are no running count.
    let numbers = 101..=110;
    let rows: Vec<_> = numbers.map(|n: u32| row(&n.to_string(), &[])).collect();
    for (first, is_asked) in [(101, false), (106, false), (107, true), (200, true)] {
        let listed = (first..first + 10).map(|n| format!("{n},lung\n"));
        let listed: Vec<_> = listed.collect();
        fs::write(
            &path,
            format!("Employee Number,Pathway\n{}", listed.concat()),
        )
        .unwrap();
        let list = PathwayList::read(&path, Encoding::Utf8, &desk.mapping, &desk.tagger).unwrap();
        let text = file(&rows);
        let imported = desk.read_with_list(text.as_bytes(), Some(&list)).unwrap();
        let raised = sense::questions(&imported, None);
        let raised: Vec<_> = raised.iter().map(|question| question.allowance).collect();
        let expected = [Allowance::PathwayList];
        assert_eq!(raised, &expected[..usize::from(is_asked)], "from {first}");
    }
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
