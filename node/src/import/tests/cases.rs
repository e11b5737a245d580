//! Files as organisations have them, and how each is read. Everybody in them is invented.

use std::path::{Path, PathBuf};

use super::*;
use crate::import::sense::{self, Last, Stands};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/import/tests/cases")
        .join(name)
}

impl Desk {
    fn read_case(&self, name: &str, period: &str) -> Result<Imported, ImportError> {
        self.read_sheet(name, period, None)
    }

    fn read_sheet(
        &self,
        name: &str,
        period: &str,
        sheet: Option<&str>,
    ) -> Result<Imported, ImportError> {
        let options = Options {
            kind: self.kind,
            organisation: &self.organisation,
            period: period.parse().unwrap(),
            mapping: &self.mapping,
            pathway_rule: &self.rule,
            pathway_list: None,
            encoding: Encoding::Utf8,
            sheet,
            tagger: &self.tagger,
            most_rejected: self.most_rejected,
            allowed: &self.allowed,
        };
        read_extract(&path(name), &options, &Progress::default())
    }
}

fn read_case(name: &str) -> Imported {
    let read = Desk::new().read_case(name, "2026-09");
    read.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The questions that the file raises, compared with the file `before` of the quarter before where one is
/// named.
fn raised(before: Option<&str>, name: &str) -> Vec<Allowance> {
    let before = before.map(|before| Desk::new().read_case(before, "2026-06").unwrap());
    let last = before.as_ref().map(|before| Last {
        period: "2026-06".parse().unwrap(),
        people: &before.people,
        moving: &before.moving,
        stands: Stands::QuarterBefore,
        is_coded_alike: true,
        is_hashed_alike: true,
    });
    let checked = sense::check(&read_case(name), last.as_ref(), &[]);
    let questions = checked.err().map(|questions| questions.0);
    let questions = questions.unwrap_or_default();
    questions
        .iter()
        .map(|question| question.allowance)
        .collect()
}

#[test]
fn a_clean_extract_raises_nothing_and_so_does_the_next_one() {
    for (before, name) in [
        (None, "01_staff_in_post_clean.csv"),
        (
            Some("01_staff_in_post_clean.csv"),
            "01_staff_in_post_clean.csv",
        ),
        (
            Some("16a_leading_zeros_2026-06.csv"),
            "16b_leading_zeros_lost_2026-09.csv",
        ),
        (None, "11-title-semicolons.csv"),
    ] {
        assert_eq!(raised(before, name), [], "{name}");
    }
}

/// Numbers that a practice made up are valid as long as they stay, and nobody else can tell whether they do.
#[test]
fn a_prepared_file_whose_numbers_count_its_rows_raises_that_alone() {
    let raised = raised(None, "33c_practice_prepared_2026-06.csv");
    assert_eq!(raised, [Allowance::RunningNumbers]);
}

#[test]
fn the_same_people_in_another_spelling_are_the_same_people() {
    let before = read_case("10-2026-06.csv");
    for name in [
        "10-2026-09-apostrophe.csv",
        "10-2026-09-float.csv",
        "10-2026-09-formula.csv",
    ] {
        assert!(read_case(name).people.is_same_as(&before.people), "{name}");
    }
}

#[test]
fn what_reads_well_and_makes_no_sense_is_asked_about() {
    for (before, name, expected) in [
        (
            Some("00-1-small-2026-06.csv"),
            "00-1-small-2026-09.csv",
            Allowance::Change,
        ),
        (
            Some("33c_practice_prepared_2026-06.csv"),
            "33e_practice_prepared_2026-09_cut_to_two.csv",
            Allowance::Change,
        ),
        (
            Some("03-2026-06.csv"),
            "03-2026-09-no-doctors.csv",
            Allowance::Groups,
        ),
        (None, "00-5-no-date-1900.csv", Allowance::LeftOut),
        (
            None,
            "11b_sql_no_start_date_1900_means_none.csv",
            Allowance::LeftOut,
        ),
        (None, "12_leavers_quarter.csv", Allowance::LeftOut),
        (None, "06-other-systems-codes.csv", Allowance::Codes),
        (None, "32-blank-columns.csv", Allowance::Unknown),
        (
            None,
            "61-pasted-almost-twice.csv",
            Allowance::FurtherAssignments,
        ),
    ] {
        let raised = raised(before, name);
        assert!(raised.contains(&expected), "{name}: {raised:?}");
    }
    let leavers = sense::check(&read_case("12_leavers_quarter.csv"), None, &[]);
    let said = leavers.unwrap_err().to_string();
    assert!(said.contains("--data-set leavers"), "{said}");
}

#[test]
fn a_second_visible_sheet_with_a_header_is_asked_about_unless_one_is_named() {
    for (name, sheet, is_asked) in [
        ("09-two-visible-sheets.xlsx", None, true),
        ("09-two-visible-sheets.xlsx", Some("Data"), false),
        ("09-hidden-sheet-first.xlsx", None, false),
    ] {
        let imported = Desk::new().read_sheet(name, "2026-09", sheet).unwrap();
        let questions = sense::questions(&imported, None);
        let mut raised = questions.iter().map(|question| question.allowance);
        assert_eq!(
            raised.any(|asked| asked == Allowance::Sheets),
            is_asked,
            "{name} {sheet:?}"
        );
    }
}

#[test]
fn half_of_another_systems_list_is_never_taken() {
    let desk = Desk {
        mapping: Mapping::read(&path("71_mapping_of_what_was_rejected.toml")).unwrap(),
        ..Desk::new()
    };
    let refused = desk.read_case("71_codes_of_another_system.csv", "2026-09");
    let said = refused.err().unwrap().to_string();
    assert!(said.contains("the list of another system"), "{said}");
    assert!(said.contains("--allow codes"), "{said}");
}

#[test]
fn what_a_file_is_is_said_and_what_can_be_read_is_read() {
    for (name, expected) in [
        ("08_password_protected.xlsx", "protected with a password"),
        ("05_obiee_excel_export.xls", "this is a web page"),
        ("02-contradictory.toml", "is a header"),
    ] {
        let said = Desk::new()
            .read_case(name, "2026-09")
            .err()
            .unwrap()
            .to_string();
        assert!(said.contains(expected), "{name}: {said}");
    }
    let hidden = read_case("09-hidden-sheet-first.xlsx");
    assert!(!hidden.report.signs.sheet_is_hidden);
    assert_eq!(
        hidden.report.other_sheets.len(),
        1,
        "{:?}",
        hidden.report.other_sheets
    );
    // Lone carriage returns end rows.
    let rows = read_case("65-lone-cr.csv").report;
    assert_eq!((rows.kept, rows.rejected_rows()), (120, 0));
    // A start in 1974 is not read as 2074.
    let long = read_case("07-two-digit-start-years.csv").report;
    assert_eq!(long.kept, long.rows_read);
    let mapping = Mapping::read(&path("02-contradictory.toml"));
    assert!(
        mapping
            .err()
            .unwrap()
            .to_string()
            .contains("read as the same")
    );
    let no_status = read_case("09d-no-status-column.csv").report;
    assert_eq!(
        no_status.filters_missing,
        ["assignment_status", "contract", "primary", "leaving_date"]
    );
}

#[test]
fn the_share_of_rejected_rows_is_exact_and_an_age_is_an_age() {
    let read = |most_rejected| {
        let desk = Desk {
            most_rejected,
            ..Desk::new()
        };
        desk.read_case("04-29-of-100.csv", "2026-09")
    };
    assert_eq!(read(0.29).unwrap().people.len(), 71);
    assert!(read(0.289_999).is_err());
    let young = read_case("04-age-13.csv");
    assert_eq!(code(&young, 0, "age_band"), "unknown");
    for (age, expected) in [
        ("111", "unknown"),
        ("14.0", "under_25"),
        ("47.0", "45_49"),
        ("47", "45_49"),
    ] {
        let text = file(&[row("1", &[("Date Of Birth", age)])]).replacen("Date Of Birth", "Age", 1);
        let imported = Desk::new().read(&text).unwrap();
        assert_eq!(code(&imported, 0, "age_band"), expected, "{age}");
    }
}

#[test]
fn no_report_repeats_a_national_insurance_number_or_moves_a_cursor() {
    let desk = Desk {
        most_rejected: 1.0,
        ..Desk::new()
    };
    let report = desk
        .read_case("60_shifted_rows_with_ni_number.csv", "2026-09")
        .unwrap()
        .report;
    let strict = Desk {
        most_rejected: 0.0,
        ..Desk::new()
    };
    let refused = strict
        .read_case("60_shifted_rows_with_ni_number.csv", "2026-09")
        .err()
        .unwrap();
    for said in [
        serde_json::to_string(&report).unwrap(),
        format!("{:?}", report.rejected_columns),
        refused.to_string(),
        format!("{refused:?}"),
    ] {
        assert!(!said.contains("QQ123456C"), "{said}");
    }
    let report = desk.read_case("02-escape-in-value.csv", "2026-09");
    let report = report
        .err()
        .map_or_else(String::new, |error| format!("{error:?}"));
    assert!(!report.contains('\u{1b}'));
}

#[test]
fn of_two_columns_of_one_name_a_mapping_can_name_either() {
    let name = "70_two_gender_columns.csv";
    let said = Desk::new()
        .read_case(name, "2026-09")
        .err()
        .unwrap()
        .to_string();
    let (_, proposed) = said.split_once("[columns] gender = ").unwrap();
    assert!(proposed.contains("(column "), "{said}");
    let desk = Desk::with_mapping(&format!("[columns]\ngender = {proposed}\n"));
    assert!(desk.read_case(name, "2026-09").is_ok(), "{proposed}");
    let suggested = suggest_mapping(&path(name), Encoding::Utf8, None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mapping.toml");
    fs::write(&file, &suggested).unwrap();
    let desk = Desk {
        mapping: Mapping::read(&file).unwrap(),
        ..Desk::new()
    };
    assert!(desk.read_case(name, "2026-09").is_ok(), "{suggested}");
}

#[test]
fn no_mapping_is_proposed_on_the_strength_of_short_codes() {
    for name in [
        "20_workers_bulk_upload.csv",
        "04_gender_pay_gap_report.xlsx",
        "43_wres_indicator1.csv",
    ] {
        let proposed = suggest_mapping(&path(name), Encoding::Utf8, None).unwrap();
        for harmful in [
            "CARECERT",
            "APPRENTICE",
            "ZEROHRCONT",
            "EMPLSTATUS",
            "Quartile",
            "Null\"]",
        ] {
            let line = proposed
                .lines()
                .find(|line| !line.starts_with('#') && line.contains(harmful));
            assert_eq!(line, None, "{name}");
        }
        assert!(proposed.contains("# NEEDED AND NOT FOUND:"), "{proposed}");
    }
}
