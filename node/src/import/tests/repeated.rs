//! Which values of a file reports, errors and proposed mappings repeat, and which they never do.

use super::*;

/// Personal details that stand where a code belongs in a row whose fields have shifted.
const PERSONS: [&str; 16] = [
    "Kezia Lomax",
    "LOMAX KEZIA",
    "Lomax Kezia Mrs",
    "K. Lomax",
    "Lomax",
    "Hargreaves",
    "O\u{2019}Brien",
    "Maria van der Berg",
    "kezia.lomax",
    "kezia.lomax(at)nhs.net",
    "NHS\\klomax",
    "12A3456E",
    "M13 9PL",
    "12 Bolton Road",
    "Zoë Côté",
    "LOMAX K",
];
const COLUMNS: [&str; 6] = [
    "Staff Group",
    "Grade",
    "Gender",
    "Location",
    "Job Role",
    "Primary Assignment",
];

fn with_names(rows: &[String]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| format!("{row},Lomax,Kezia"))
        .collect();
    file(&rows).replacen("Leaving Reason", "Leaving Reason,Last Name,First Name", 1)
}

fn everything_said(desk: &Desk, text: &str) -> String {
    let (report, error) = match desk.read(text) {
        Ok(imported) => (imported.report, String::new()),
        Err(error) => (
            error.report().cloned().unwrap_or_default(),
            format!("{error} {error:?}"),
        ),
    };
    let json = serde_json::to_string(&report).unwrap();
    format!("{json} {error} {:?}", report.rejected_columns)
}

#[test]
fn what_one_person_has_is_repeated_nowhere() {
    for most_rejected in [0.0, 1.0] {
        let desk = Desk {
            most_rejected,
            ..Desk::new()
        };
        for persons in PERSONS {
            for column in COLUMNS {
                let rows = [
                    row("1", &[("Occupation Code", "")]),
                    row("2", &[("Occupation Code", ""), (column, persons)]),
                ];
                let said = everything_said(&desk, &file(&rows));
                assert!(!said.contains(persons), "{column}: {said}");
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("extract.csv");
                fs::write(&path, file(&rows)).unwrap();
                let proposed = suggest_mapping(&path, Encoding::Utf8, None).unwrap();
                assert!(!proposed.contains(persons), "{column}: {proposed}");
            }
        }
    }
}

#[test]
fn what_three_people_have_is_repeated_unless_a_column_that_is_not_read_holds_it() {
    let desk = Desk {
        most_rejected: 1.0,
        ..Desk::new()
    };
    let of = |value: &str, people: [&str; 3]| {
        let rows = people.map(|number| row(number, &[("Grade", value)]));
        everything_said(&desk, &with_names(&rows))
    };
    assert!(of("Band Eleventy", ["1", "2", "3"]).contains("Band Eleventy"));
    // Three rows of one person are still one person's value.
    assert!(!of("Band Eleventy", ["1", "1", "1"]).contains("Eleventy"));
    for surname in ["Lomax", "LOMAX", "Kezia Lomax"] {
        assert!(!of(surname, ["1", "2", "3"]).contains(surname), "{surname}");
    }
}

#[test]
fn sites_are_listed_to_be_filled_in_though_a_column_of_places_holds_them_too() {
    let site = "Fernhill Annexe";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extract.csv");
    for (heading, is_listed) in [
        ("Department", true),
        ("Org L6", true),
        ("Ward Name", true),
        ("Service", true),
        ("Last Name", false),
        ("Location Manager", false),
        ("Home Site", false),
        ("Remarks", false),
    ] {
        let rows = ["1", "2", "3"].map(|number| {
            let row = row(number, &[("Location", site)]);
            format!("{row},{site}")
        });
        let text = file(&rows).replacen("Leaving Reason", &format!("Leaving Reason,{heading}"), 1);
        let report = Desk::new().read(&text).unwrap().report;
        assert_eq!(report.columns_unread, [heading]);
        assert_eq!(
            report.unmapped_sites.listed.contains_key(site),
            is_listed,
            "{heading}"
        );
        fs::write(&path, &text).unwrap();
        let proposed = suggest_mapping(&path, Encoding::Utf8, None).unwrap();
        assert_eq!(
            proposed.contains(&format!("\"{site}\" = ")),
            is_listed,
            "{heading}: {proposed}"
        );
    }
}

#[test]
fn words_of_the_dictionary_are_repeated_though_one_person_has_them() {
    let desk = Desk {
        most_rejected: 1.0,
        ..Desk::new()
    };
    for value in ["Band 27", "Review Body 27", "Nursing Assistant Band", "Q"] {
        let said = everything_said(&desk, &file(&[row("1", &[("Grade", value)])]));
        assert!(said.contains(value), "{value}: {said}");
    }
}

#[test]
fn files_that_people_make_repeat_no_name_either() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    let mapping = Mapping::builtin();
    for persons in PERSONS {
        fs::write(&path, format!("Staff Group,Posts\n\"{persons}\",1\n")).unwrap();
        let posts = read_establishment(
            &path,
            Encoding::Utf8,
            None,
            &mapping,
            &Desk::new().organisation,
        );
        let said = posts.unwrap_err().to_string();
        assert!(!said.contains(persons), "{said}");
        assert!(said.contains("line 2"), "{said}");
        fs::write(&path, format!("Employee Number,Pathway\n1,\"{persons}\"\n")).unwrap();
        let list = PathwayList::read(&path, Encoding::Utf8, &mapping, &Desk::new().tagger);
        let said = list.err().unwrap().to_string();
        assert!(!said.contains(persons), "{said}");
    }
}

#[test]
fn a_file_without_a_header_is_told_so_and_nothing_of_it_is_quoted_or_proposed() {
    let first = "Lomax,Wanda,20000001,1.0,Nursing and Midwifery Registered,Band 5,Female,05-MAY-1971,Bolton";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extract.csv");
    for first in [
        first.to_owned(),
        format!("{first},Primary"),
        "Lomax,Wanda,QQ123456C,x,y".to_owned(),
        "Lomax,Wanda,wanda@example.org,x,y".to_owned(),
        "Lomax,Female,Band 5,Nursing and Midwifery Registered,Bolton".to_owned(),
    ] {
        let text = format!("{first}\n{first}\n");
        fs::write(&path, &text).unwrap();
        let proposed = suggest_mapping(&path, Encoding::Utf8, None);
        for said in [
            Desk::new().read(&text).err().unwrap().to_string(),
            proposed.unwrap_err().to_string(),
        ] {
            assert!(said.contains("this file has no header"), "{said}");
            assert!(!said.contains("Lomax") && !said.contains("Wanda"), "{said}");
        }
    }
    // Unknown headings are still headings.
    for header in [
        "Pers No,Forename,Hours,Site",
        "Personnel 2026,Band At 30/09/2026,Sex,Ward",
    ] {
        fs::write(&path, format!("{header}\n1,Wanda,1,x\n")).unwrap();
        assert!(
            suggest_mapping(&path, Encoding::Utf8, None).is_ok(),
            "{header}"
        );
    }
}
