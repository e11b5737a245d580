use proptest::{prelude::*, test_runner::contextualize_config};

use super::*;

fn suggest(content: &[u8]) -> Result<String, ImportError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extract.csv");
    std::fs::write(&path, content).unwrap();
    suggest_mapping(&path, Encoding::Utf8, None)
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig::with_cases(256)))]

    #[test]
    fn any_text_is_a_key_and_a_value_that_reads_back(text in any::<String>()) {
        let line = format!("{} = {}\n", quoted(&text), quoted(&text));
        let table: toml::Table = toml::from_str(&line).unwrap();
        prop_assert_eq!(table.get(&text).and_then(toml::Value::as_str), Some(text.as_str()));
    }

    #[test]
    fn what_is_proposed_is_a_mapping_whatever_the_file_holds(
        heading in any::<String>(), site in any::<String>(), band in any::<String>(),
    ) {
        let mut file = csv::Writer::from_writer(Vec::new());
        file.write_record(["Employee Number", "FTE", "Grade", "Location", &heading]).unwrap();
        file.write_record(["1", "1", &band, &site, "x"]).unwrap();
        file.write_record(["2", "1", "Band 5", "Wa'''rd\\'", "\u{7f}"]).unwrap();
        // A file with line breaks in quotes or zero bytes is refused before any proposal.
        let Ok(proposed) = suggest(&file.into_inner().unwrap()) else {
            return Ok(());
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mapping.toml");
        std::fs::write(&path, &proposed).unwrap();
        prop_assert!(Mapping::read(&path).is_ok(), "{}", proposed);
        prop_assert!(proposed.contains("\n\"Wa'''rd\\\\'\" = \"\"\n"), "{}", proposed);
    }
}

#[test]
fn short_codes_prove_nothing_and_all_that_is_missing_is_said_at_once() {
    let codes = "A1,B1,C1,D1,E1\n1,2,01,9,3\n2,1,02,1,4\n0,2,03,2,5\n";
    let proposed = suggest(codes.as_bytes()).unwrap();
    assert!(!proposed.contains("% of its values"), "{proposed}");
    for needed in [
        "employee_number",
        "fte",
        "staff_group",
        "band",
        "ethnic_group",
        "gender",
        "birth_date or age",
    ] {
        let line = proposed
            .lines()
            .find(|line| line.starts_with("# NEEDED"))
            .unwrap();
        assert!(line.contains(needed), "{line}");
    }
}

#[test]
fn unknown_values_and_sites_are_listed_ready_to_fill_in_and_no_persons() {
    let file = "Employee Number,FTE,Grade,Base Location,Gender,Contract\n\
        1,1,Band Eleven,The Annexe,Female,QQ123456C\n2,1,Band 5,\"Lomax, Kezia\",Male,Casual Worker\n\
        3,1,#N/A,z@example.org,Q,Permanent\n4,1,band  eleven,The Annexe,F,Permanent\n\
        5,1,Band Eleven,The Annexe,M,Casual Worker\n6,1,Band Eleven,Lomax Kezia,K. Lomax,Casual Worker\n\
        7,1,klomax,Maria van der Berg,F,Permanent\n";
    let proposed = suggest(file.as_bytes()).unwrap();
    for expected in [
        "[values.band]\n\"Band Eleven\" = \"\"\n\n",
        "[values.contract]\n\"Casual Worker\" = \"\"\n\n",
        "[values.gender]\n\"Q\" = \"\"\n",
        "[sites]\n\"The Annexe\" = \"\"\n",
    ] {
        assert!(proposed.contains(expected), "{expected} not in\n{proposed}");
    }
    for persons in ["QQ123456C", "Lomax", "lomax", "Berg", "example.org", "#N/A"] {
        assert!(!proposed.contains(persons), "{persons} in\n{proposed}");
    }
}

#[test]
fn one_odd_date_turns_no_calendar() {
    let of = |dates: [&str; 3]| {
        let rows = dates.map(|date| format!("1,1,{date},x\n")).concat();
        suggest(format!("Employee Number,FTE,Date Of Birth,Grade\n{rows}").as_bytes()).unwrap()
    };
    for (dates, expected) in [
        (["01/02/1980", "12/31/1979", "03/04/1981"], "day_first"),
        (["13/02/1980", "12/31/1979", "12/30/1979"], "day_first"),
        (["01/02/1980", "12/31/1979", "12/30/1979"], "month_first"),
    ] {
        assert!(
            of(dates).contains(&format!("dates = \"{expected}\"")),
            "{dates:?}"
        );
    }
}
