//! How files as a whole are read or refused.

use std::path::Path;

use super::*;

/// Two exports in one file, one below the other.
#[test]
fn a_second_header_in_another_order_refuses_the_file_and_the_same_one_again_is_nobodys_row() {
    let first = file(&[row("1", &[]), row("2", &[])]);
    let again = format!("{first}{}", file(&[row("3", &[])]));
    let again = Desk::new().read(&again).unwrap().report;
    assert_eq!((again.kept, again.rejected_rows()), (3, 1));
    for (one, other) in [(2, 15), (13, 14), (1, 8), (3, 9)] {
        let mut headings = HEADINGS;
        headings.swap(one, other);
        let second = format!("{first}{}\n{}\n", headings.join(","), row("3", &[]));
        let said = Desk::new().read(&second).err().unwrap().to_string();
        assert!(
            said.contains("line 4: another header stands there"),
            "{said}"
        );
    }
    // A summary below the table is not taken for another list of people.
    let commas = ",".repeat(HEADINGS.len() - 3);
    let summed = format!("{first}Staff Group,Headcount,FTE{commas}\nNursing,2,1.8{commas}\n");
    let summed = Desk {
        most_rejected: 1.0,
        ..Desk::new()
    }
    .read(&summed)
    .unwrap()
    .report;
    assert_eq!((summed.kept, summed.rejected_rows()), (2, 2));
}

/// The questions that a workbook of four people raises. Its table begins in the third row, and `change` is
/// given the sheet's index.
fn asked_of_workbook(
    change: impl FnOnce(&mut rust_xlsxwriter::Workbook, usize),
) -> Vec<(Allowance, String)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extract.xlsx");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().set_name("Notes").unwrap();
    let sheet = workbook.add_worksheet();
    let text = file(&["1", "2", "3", "4"].map(|number| row(number, &[])));
    for (at, line) in (2..).zip(text.lines()) {
        sheet.write_row(at, 0, line.split(',')).unwrap();
    }
    change(&mut workbook, 1);
    workbook.save(&path).unwrap();
    let imported = Desk::new().read_with_list(&fs::read(&path).unwrap(), None);
    let questions = sense::questions(&imported.unwrap(), None).into_iter();
    questions
        .map(|question| (question.allowance, question.to_string()))
        .collect()
}

#[test]
fn cells_merged_over_several_rows_are_asked_about_below_the_header_in_columns_that_are_read() {
    let format = rust_xlsxwriter::Format::new();
    // Columns after the last heading are not read.
    for (rows, columns, is_asked) in [
        ((0, 1), (14, 14), false),
        ((3, 5), (14, 14), true),
        ((3, 5), (18, 18), false),
        ((3, 5), (14, 18), true),
    ] {
        let asked = asked_of_workbook(|workbook, sheet| {
            let sheet = workbook.worksheet_from_index(sheet).unwrap();
            sheet
                .merge_range(rows.0, columns.0, rows.1, columns.1, "Bolton", &format)
                .unwrap();
        });
        let raised: Vec<_> = asked.iter().map(|(allowance, _)| *allowance).collect();
        let expected = [Allowance::MergedCells];
        assert_eq!(
            raised,
            &expected[..usize::from(is_asked)],
            "{rows:?} {columns:?}"
        );
    }
}

#[test]
fn cells_merged_over_several_columns_are_asked_about_where_a_row_that_counts_loses_a_value() {
    let format = rust_xlsxwriter::Format::new();
    // Below the list stands a note, which is nobody's row. Columns after the last heading are not read.
    for (row, columns, value, is_asked) in [
        (3, (13, 14), "Staff Nurse", true),
        (6, (13, 14), "Staff Nurse", true),
        (3, (11, 13), "N6A", true),
        (3, (14, 15), "Bolton", true),
        (3, (9, 10), "Nursing and Midwifery Registered", true),
        (3, (17, 19), "", false),
        (3, (18, 20), "Bolton", false),
        (8, (0, 17), "End of the list", false),
        (0, (0, 17), "Staff in post", false),
    ] {
        let asked = asked_of_workbook(|workbook, sheet| {
            let sheet = workbook.worksheet_from_index(sheet).unwrap();
            sheet
                .merge_range(row, columns.0, row, columns.1, value, &format)
                .unwrap();
        });
        let said: Vec<_> = asked.iter().map(|(_, said)| said.as_str()).collect();
        if is_asked {
            let line = format!("In line {}, cells are merged over several columns", row + 1);
            assert!(said.len() == 1 && said[0].starts_with(&line), "{said:?}");
            assert_eq!(asked[0].0, Allowance::MergedCells);
        } else {
            assert!(said.is_empty(), "{row} {columns:?}: {said:?}");
        }
    }
}

/// Last quarter's column is hidden, and would be read as this quarter's.
#[test]
fn a_hidden_column_that_is_read_is_asked_about_by_name() {
    for (of_sheet, column, expected) in [
        (
            1,
            12,
            Some("In the sheet column `Grade` is hidden, and read like any other"),
        ),
        (1, 18, None),
        (0, 12, None),
    ] {
        let asked = asked_of_workbook(|workbook, _| {
            let sheet = workbook.worksheet_from_index(of_sheet).unwrap();
            sheet.set_column_hidden(column).unwrap();
        });
        let said: Vec<_> = asked.iter().map(|(_, said)| said.as_str()).collect();
        match expected {
            None => assert_eq!(asked, [], "{of_sheet} {column}"),
            Some(expected) => {
                assert!(said.len() == 1 && said[0].contains(expected), "{said:?}");
                assert!(said[0].ends_with("--allow hidden"), "{said:?}");
            }
        }
    }
    let asked = asked_of_workbook(|workbook, sheet| {
        let sheet = workbook.worksheet_from_index(sheet).unwrap();
        sheet.set_column_range_hidden(8, 9).unwrap();
    });
    assert!(
        asked[0].1.contains("columns `FTE`, `Staff Group`"),
        "{asked:?}"
    );
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
        (without("Grade"), "It has `ODS Code`, `Employee Number`,"),
        (without("Grade"), "`Something`, `Position Title`"),
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
    assert!(error.to_string().contains("--allow nobody"), "{error}");
    desk.allowed = vec![Allowance::Nobody];
    assert!(desk.read(&file(&rows)).unwrap().people.is_empty());
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
fn the_error_proposes_the_fix_of_the_commonest_cause() {
    for (heading, value, expected) in [
        ("Grade", "Band 12", "[values.band] \"Band 12\" = "),
        ("FTE", "37.5", "[columns] fte"),
        ("Employee Number", "2.0E+07", "keep the column as Text"),
        ("Date Of Birth", "1980-13-40", "[format] dates"),
        ("Leaving Reason", "x,y", "[format] delimiter"),
        (
            "Primary Assignment",
            "maybe",
            "Mend these values in the extract",
        ),
    ] {
        let mut desk = Desk::new();
        desk.most_rejected = 0.1;
        let bad = |n: &str| row(n, &[(heading, value)]);
        let rows = [bad("1"), bad("2"), row("3", &[("FTE", "x")]), row("4", &[])];
        let error = desk.read(&file(&rows)).err().unwrap().to_string();
        assert!(error.contains("3 of 4 rows were rejected"), "{error}");
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn rejected_rows_are_told_by_column_and_value_with_their_lines() {
    let bad: Vec<_> = (0..300)
        .map(|n| {
            let value = if n % 3 == 0 { "Band 13" } else { "Band 12" };
            row(&(n + 400).to_string(), &[("Grade", value)])
        })
        .chain([row("301", &[("FTE", "x")]), row("302", &[])])
        .collect();
    let mut desk = Desk::new();
    desk.most_rejected = 1.0;
    let report = desk.read(&file(&bad)).unwrap().report;
    assert_eq!(report.errors.len(), 100);
    let [grades, fte] = &report.rejected_columns[..] else {
        panic!("{:?}", report.rejected_columns);
    };
    assert_eq!((grades.column.as_str(), grades.rows), ("Grade", 300));
    assert_eq!((fte.column.as_str(), fte.rows), ("FTE", 1));
    let values = grades.by_rows();
    assert_eq!((values[0].0, values[0].1.rows), ("Band 12", 200));
    assert_eq!((values[1].0, values[1].1.rows), ("Band 13", 100));
    assert_eq!(values[1].1.lines, [2, 5, 8, 11, 14]);
}

#[test]
fn a_million_bad_rows_list_a_hundred_errors() {
    let mut desk = Desk::new();
    desk.most_rejected = 1.0;
    desk.allowed = vec![Allowance::Nobody, Allowance::Repeats];
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
    let others = [
        ("Location", "zx-unmistakable 1"),
        ("Job Role", "zx-unmistakable 2"),
        ("Occupation Code", ""),
    ];
    let rows: Vec<_> = (1..4)
        .map(|n: u32| row(&n.to_string(), &others))
        .chain((4..7).map(|n: u32| row(&n.to_string(), &[("Grade", "zx-unmistakable 3")])))
        .collect();
    let report = read(&rows).unwrap().report;
    let told = serde_json::to_string(&report).unwrap();
    for n in 1..4 {
        assert!(told.contains(&format!("zx-unmistakable {n}")), "{told}");
    }
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
        row("3", &[("Location", "The Annexe")]),
        row("4", &[("Location", "The Annexe")]),
    ])
    .replacen("Gender", "G", 1)
    .replacen("Grade", "Current Pay Band", 1)
    .replacen("Position Title", "Blah", 1);
    fs::write(&path, &content).unwrap();
    let text = suggest_mapping(&path, Encoding::Utf8, None).unwrap();
    for expected in [
        "gender = [\"G\"]  # ? 100% of its values",
        "band = [\"Current Pay Band\"]  # ? the heading is like",
        "# Read without being named here: `Employee Number`, `FTE`, `ODS Code`",
        "one of Bolton, Bury,",
        "# position_title = []",
        "Not read, and never stored: `Blah`",
        "\n\"The Annexe\" = \"\"",
    ] {
        assert!(text.contains(expected), "{expected} not in\n{text}");
    }
    assert!(!text.contains("\nemployee_number"), "{text}");
    let mapping_path = folder.path().join("mapping.toml");
    fs::write(&mapping_path, &text).unwrap();
    let desk = Desk {
        mapping: Mapping::read(&mapping_path).unwrap(),
        ..Desk::new()
    };
    assert_eq!(desk.read(&content).unwrap().people.len(), 4);
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
        sheet: None,
        tagger: &desk.tagger,
        most_rejected: 0.1,
        allowed: &[],
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

#[test]
fn a_file_pasted_twice_is_refused_unless_it_is_meant() {
    let rows: Vec<_> = (1..=40).map(|n| row(&n.to_string(), &[])).collect();
    let once = file(&rows);
    let mut desk = Desk::new();
    // The second copy comes with its header, and without.
    for twice in [
        [once.as_str(); 2].concat(),
        file(&[&rows[..], &rows[..]].concat()),
    ] {
        let error = desk.read(&twice).err().unwrap().to_string();
        assert!(error.contains("--allow repeats"), "{error}");
    }
    let almost = file(&[&rows[..], &rows[1..]].concat());
    assert_eq!(desk.read(&almost).unwrap().people.len(), 40);
    desk.allowed = vec![Allowance::Repeats];
    let twice = file(&[&rows[..], &rows[..]].concat());
    assert_eq!(desk.read(&twice).unwrap().report.merged, 40);
}

#[test]
fn a_number_that_several_people_share_is_refused_unless_it_is_meant() {
    // The column holds the department's number, so 40 people, men and women, become two.
    let rows: Vec<_> = (0..40)
        .map(|n| {
            let gender = if n % 4 < 2 { "Female" } else { "Male" };
            let title = format!("Post {n}");
            row(
                &(1 + n % 2).to_string(),
                &[("Gender", gender), ("Position Title", &title)],
            )
        })
        .collect();
    let mut desk = Desk::new();
    let error = desk.read(&file(&rows)).err().unwrap().to_string();
    assert!(error.contains("20 of 38 further rows"), "{error}");
    assert!(error.contains("--allow contradictions"), "{error}");
    desk.allowed = vec![Allowance::Contradictions];
    assert_eq!(desk.read(&file(&rows)).unwrap().people.len(), 2);

    // An unknown gender contradicts none.
    let unstated = file(&rows).replace(",Male,", ",,");
    assert_eq!(Desk::new().read(&unstated).unwrap().people.len(), 2);
}

#[test]
fn a_file_that_ends_within_a_row_is_refused_unless_it_is_meant() {
    let whole = file(&[row("1", &[]), row("2", &[]), row("3", &[])]);
    let cut = &whole[..whole.len() - 60];
    let mut desk = Desk::new();
    let error = desk.read(cut).err().unwrap().to_string();
    for expected in [
        "seems to be cut off: line 4",
        "of 18 fields",
        "--allow cut-off",
    ] {
        assert!(error.contains(expected), "{error}");
    }
    desk.allowed = vec![Allowance::CutOff];
    assert_eq!(desk.read(cut).unwrap().report.rejected_rows(), 1);
    // A missing or additional line end after a whole row proves nothing, and neither does a short row that
    // was ended.
    let desk = Desk::new();
    assert_eq!(desk.read(whole.trim_end()).unwrap().people.len(), 3);
    let note = format!("{whole}3 rows\n");
    assert_eq!(desk.read(&note).unwrap().report.rejected_rows(), 1);
}

#[test]
fn a_proposed_mapping_says_which_of_two_known_headings_counts_and_the_encoding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extract.csv");
    let content = file(&[row("1", &[]), row("2", &[])]).replacen("Location", "Sex", 1);
    fs::write(&path, &content).unwrap();
    assert!(Desk::new().read(&content).is_err());
    let text = suggest_mapping(&path, Encoding::Windows1252, None).unwrap();
    for expected in [
        "gender = [\"Gender\"]  # ? and not \"Sex\"",
        "encoding = \"windows-1252\"",
    ] {
        assert!(text.contains(expected), "{expected} not in\n{text}");
    }
    let mapping_path = folder.path().join("mapping.toml");
    fs::write(&mapping_path, &text).unwrap();
    let mapping = Mapping::read(&mapping_path).unwrap();
    assert_eq!(mapping.encoding(), Some(Encoding::Windows1252));
    let desk = Desk {
        mapping,
        ..Desk::new()
    };
    assert_eq!(desk.read(&content).unwrap().people.len(), 2);
}
