//! What an error tells people to write works when they copy it.

use super::*;

fn suggested(text: &str, mapping: &Mapping) -> Result<String, ImportError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extract.csv");
    fs::write(&path, text).unwrap();
    suggest_mapping_beside(&path, Encoding::Utf8, None, mapping, Kind::Staff)
}

fn strict() -> Desk {
    Desk {
        most_rejected: 0.01,
        ..Desk::new()
    }
}

fn mapping(text: &str) -> Mapping {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mapping.toml");
    fs::write(&path, text).unwrap();
    Mapping::read(&path).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn a_proposed_mapping_reads_the_file_whatever_stands_twice_in_its_header() {
    let ethnic = "C White - Any other White background";
    for (heading, other, value) in [
        ("Position Title", "Ethnic Origin", ethnic),
        ("Position Title", "Gender", ethnic),
        ("Position Title", "FTE", ethnic),
        ("Job Role", "Grade", "Band 5"),
    ] {
        let rows: Vec<_> = (1..9)
            .map(|n: u32| row(&n.to_string(), &[(heading, value)]))
            .collect();
        let text = file(&rows).replacen(heading, other, 1);
        let proposed = suggested(&text, &Mapping::builtin()).unwrap();
        let desk = Desk {
            mapping: mapping(&proposed),
            ..Desk::new()
        };
        // The mapping names one of the two columns by its position, and nothing names the other.
        let lines = proposed
            .lines()
            .filter(|line| !line.starts_with('#') && line.contains(&format!("\"{other}")));
        assert!(lines.count() <= 1, "{proposed}");
        assert!(desk.read(&text).is_ok(), "{other}: {proposed}");
    }
}

#[test]
fn what_databases_write_for_no_date_is_none() {
    for none in ["NULL", "null", "-", "0", "00/01/1900", "0000-00-00", "N/A"] {
        let imported = read(&[row("1", &[("Termination Date", none)])]).unwrap();
        assert_eq!(imported.report.kept, 1, "{none}");
        let born = read(&[row("1", &[("Date Of Birth", none)])]).unwrap();
        assert_eq!(code(&born, 0, "age_band"), "unknown", "{none}");
    }
    assert!(read(&[row("1", &[("Termination Date", "soon")])]).is_err());
}

#[test]
fn a_value_with_what_cannot_be_seen_is_mapped_as_the_report_writes_it() {
    let rows: Vec<_> = (1..5)
        .map(|n: u32| row(&n.to_string(), &[("Gender", "Wo\u{a0}man x")]))
        .collect();
    let said = strict().read(&file(&rows)).err().unwrap().to_string();
    let (_, advice) = said.split_once("[values.gender] ").unwrap();
    let (value, _) = advice.split_once(" = ").unwrap();
    assert!(value.contains("<U+00A0>"), "{said}");
    let desk = Desk::with_mapping(&format!("[values.gender]\n{value} = \"female\"\n"));
    assert_eq!(desk.read(&file(&rows)).unwrap().report.kept, 4);
}

#[test]
fn a_formula_without_a_value_is_to_be_calculated_and_not_mapped() {
    for error in ["#REF!", spreadsheet::NO_VALUE] {
        let rows: Vec<_> = (1..5)
            .map(|n: u32| row(&n.to_string(), &[("Grade", error)]))
            .collect();
        let said = strict().read(&file(&rows)).err().unwrap().to_string();
        assert!(said.contains("Open the file in the spreadsheet"), "{said}");
        assert!(!said.contains("[values."), "{said}");
    }
}

#[test]
fn a_number_that_is_a_formula_without_a_value_is_to_be_calculated_too() {
    let rows = [1, 2, 3].map(|_| row(spreadsheet::NO_VALUE, &[]));
    let said = strict().read(&file(&rows)).err().unwrap().to_string();
    assert!(said.contains("Open the file in the spreadsheet"), "{said}");
}

#[test]
fn line_breaks_that_the_mapping_allows_are_read_for_a_proposal_too() {
    let text = file(&[row("1", &[])]).replacen("Job Role", "\"Job\nRole\"", 1);
    assert!(suggested(&text, &Mapping::builtin()).is_err());
    let broken = mapping("version = 1\n[format]\nline_breaks = true\n");
    let proposed = suggested(&text, &broken).unwrap();
    let desk = Desk {
        mapping: mapping(&proposed),
        ..Desk::new()
    };
    assert_eq!(desk.read(&text).unwrap().report.kept, 1, "{proposed}");
}
