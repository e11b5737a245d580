use std::{fs, sync::OnceLock};

use vwis_model::here;

use super::*;
use crate::{import::Values, people::PersonTag};

static NO_POSTS: OnceLock<BTreeMap<String, u64>> = OnceLock::new();

fn staff() -> &'static DataSet {
    here::dictionary().data_set("staff").unwrap()
}

/// `nurses` nurses and `doctors` doctors, of whom one in four did not say their disability.
fn people(nurses: u8, doctors: u8) -> People {
    let mut people = People::none(staff().attributes().len());
    let code = |attribute: &str, category: &str| {
        let table = here::dictionary().attribute(attribute).unwrap();
        u8::try_from(table.category(category).unwrap()).unwrap()
    };
    for n in 0..nurses + doctors {
        let group = if n < nurses {
            "nursing_and_midwifery"
        } else {
            "medical_and_dental"
        };
        let codes: Vec<u8> = staff()
            .attributes()
            .iter()
            .map(|attribute| match attribute.code() {
                "staff_group" => code("staff_group", group),
                "disability" => code("disability", if n % 4 == 0 { "unknown" } else { "no" }),
                _ => n % 2,
            })
            .collect();
        people.push(PersonTag([n; 16]), &codes, 100);
    }
    people
}

fn subject<'a>(now: &'a People, earlier: &'a People) -> Subject<'a> {
    let mut import = Report {
        rows_read: 110,
        kept: 100,
        ..Report::default()
    };
    import.rejected.insert("unrecognised_value".to_owned(), 10);
    import.rejected_by_column.insert("Grade <b>".to_owned(), 10);
    import
        .columns
        .insert("band".to_owned(), "Grade <b>".to_owned());
    import
        .columns
        .insert("disability".to_owned(), "Disabled".to_owned());
    import.unmapped_sites = Values {
        rows: 3,
        different: 1,
        ..Values::default()
    };
    Subject {
        ods_code: "R0A",
        period: "2026-09".parse().unwrap(),
        revision: 2,
        data_set: staff(),
        people: now,
        import: Some(import),
        earlier: Some(("2026-06".parse().unwrap(), earlier)),
        published: None,
        posts: NO_POSTS.get_or_init(BTreeMap::new),
    }
}

#[test]
fn funded_posts_are_set_beside_who_fills_them() {
    let (now, earlier) = (people(80, 20), people(60, 20));
    let posts = BTreeMap::from([("nursing_and_midwifery".to_owned(), 9_050)]);
    let mut subject = subject(&now, &earlier);
    subject.posts = &posts;
    let rows = QualityReport::of(subject).posts.unwrap();
    let nurses = rows
        .iter()
        .find(|row| row.group == "nursing_and_midwifery")
        .unwrap();
    assert!((nurses.vacant - 10.5).abs() < 1e-9, "{nurses:?}");
    assert_eq!(rows.len(), 1);
}

#[test]
fn completeness_validity_and_change_are_counted() {
    let (now, earlier) = (people(80, 20), people(60, 20));
    let report = QualityReport::of(subject(&now, &earlier));
    let of = |code: &str| {
        report
            .attributes
            .iter()
            .find(|row| row.attribute == code)
            .unwrap()
    };
    let disability = of("disability");
    assert_eq!(disability.unknown, 25);
    assert!((disability.complete_percent - 75.0).abs() < 1e-9);
    assert_eq!(disability.valid_percent, Some(100.0));
    let valid = of("band").valid_percent.unwrap();
    assert!((valid - 100.0 * 100.0 / 110.0).abs() < 1e-9, "{valid}");
    assert_eq!(of("gender").heading, None);

    let groups = &report.change.as_ref().unwrap().groups;
    let nurses = groups
        .iter()
        .find(|row| row.group == "nursing_and_midwifery")
        .unwrap();
    assert_eq!(
        (nurses.now, nurses.other, nurses.difference, nurses.notable),
        (80, 60, 20, true)
    );
    let total = groups.last().unwrap();
    assert_eq!((total.group.as_str(), total.now), ("total", 100));
    let all = report.suspicious.join("\n");
    for expected in [
        "+20 people (+33%)",
        "Disability: 25.0% unknown",
        "3 rows of 1 site without",
    ] {
        assert!(all.contains(expected), "{expected} not in {all}");
    }
}

#[test]
fn a_published_headcount_is_compared_group_by_group() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("published.csv");
    let staff_group = here::dictionary().attribute("staff_group").unwrap();
    fs::write(&path, "staff group,headcount\nNursing and Midwifery Registered,\"1,000\"\nmedical_and_dental,20\n").unwrap();
    let published = Published::read(&path, staff_group).unwrap();
    let (now, earlier) = (people(80, 20), people(60, 20));
    let mut subject = subject(&now, &earlier);
    subject.published = Some(&published);
    let rows = QualityReport::of(subject).published.unwrap();
    let nurses = rows
        .iter()
        .find(|row| row.group == "nursing_and_midwifery")
        .unwrap();
    assert_eq!((nurses.other, nurses.difference), (1000, -920));
    assert_eq!(rows.len(), 3);

    fs::write(&path, "staff group,headcount\nWizards,1\n").unwrap();
    let error = Published::read(&path, staff_group).unwrap_err().to_string();
    // The value may come from a list of people given by mistake.
    assert!(error.contains("line 2: `(not shown"), "{error}");
    assert!(error.contains("is no staff group"), "{error}");
}

#[test]
fn the_page_says_all_of_it_and_escapes_what_files_say() {
    let (now, earlier) = (people(80, 20), people(60, 20));
    let html = page(&QualityReport::of(subject(&now, &earlier)));
    for expected in [
        "counted 100 people",
        "Grade &#60;b&#62;",
        "What changed since 2026-06?",
        "+20 (+33.3%)",
        "unrecognised_value (a value that no table knows)",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
    assert!(!html.contains("<script") && !html.contains("Grade <b>"));
}
