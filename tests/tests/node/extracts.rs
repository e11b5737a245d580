//! Extracts as organisations have them: ESR's own headings, Excel's encodings, workbooks, broken files; and
//! what an import says about them.

use std::fs;

use serde_json::Value;
use vwis_tests::{certificates::System, node::NodeFixture};

use super::BINARY;

const HEADINGS: &str = "ODS Code,Employee Number,Full Name,Date Of Birth,Gender,Ethnic Origin,\
    Assignment Category,Primary Assignment,FTE,Staff Group,Job Role,Occupation Code,Grade,\
    Position Title,Location,Start Date,Termination Date,Leaving Reason";

/// The `n`th nurse's number, far above 1, so that the numbers are no running count.
pub(super) fn number(n: usize) -> usize {
    1_001 + n
}

/// The `n`th nurse's row.
pub(super) fn nurse(n: usize) -> String {
    format!(
        "R0A,{},\"Côté, Zoë\",{:02}/03/1980,Female,CA White English,Permanent,Y,1.0,\
         Nursing and Midwifery Registered,Staff Nurse,N6A,Review Body Band 5,Ward 7,Bolton,\
         01-Apr-2010,,",
        number(n),
        1 + n % 28
    )
}

pub(super) fn extract(rows: impl IntoIterator<Item = String>) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    format!("{HEADINGS}\n{}\n", rows.join("\n"))
}

pub(super) async fn node() -> (System, NodeFixture) {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    (system, node)
}

/// Checks that `rows_read = kept + merged + Σ excluded + Σ rejected`, and returns the people kept.
pub(super) fn kept(report: &Value) -> u64 {
    let sum = |field: &str| -> u64 {
        let counts = report[field].as_object().unwrap();
        counts.values().map(|count| count.as_u64().unwrap()).sum()
    };
    let kept = report["kept"].as_u64().unwrap();
    let all = kept + report["merged"].as_u64().unwrap() + sum("excluded") + sum("rejected");
    assert_eq!(report["rows_read"].as_u64(), Some(all), "{report}");
    kept
}

#[tokio::test]
async fn an_export_of_excel_is_read_in_whatever_it_was_saved_as() {
    let (_system, node) = node().await;
    let text = extract((0..200).map(nurse));
    let windows: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = format!("\u{feff}{text}").replace('\n', "\r\n");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "Staff in post").unwrap();
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    for (row, record) in (2..).zip(rows.records()) {
        for (column, field) in (0..).zip(&record.unwrap()) {
            sheet.write(row, column, field).unwrap();
        }
    }
    let workbook = workbook.save_to_buffer().unwrap();

    let refused = node
        .import_bytes(&windows, "2026-06", &[])
        .await
        .ended_with(65);
    assert!(refused.stderr.contains("line 2"), "{refused:?}");
    assert!(
        refused.stderr.contains("--encoding windows-1252"),
        "{refused:?}"
    );
    let mapping = node.dir().join("windows.toml");
    let in_windows = "version = 1\n[format]\nencoding = \"windows-1252\"\n";
    fs::write(&mapping, in_windows).unwrap();
    let mut reports = Vec::new();
    for (bytes, options) in [
        (text.as_bytes(), &[][..]),
        (marked.as_bytes(), &[]),
        (&windows, &["--encoding", "windows-1252"]),
        (&utf16, &["--encoding", "utf-16"]),
        (&windows, &["--mapping", mapping.to_str().unwrap()]),
        (&workbook, &[]),
    ] {
        let options = [options, &["--dry-run", "--report", "json"]].concat();
        let mut report = node.import_bytes(bytes, "2026-06", &options).await.json();
        assert_eq!(kept(&report), 200);
        report["rows_above_header"] = 0.into();
        report["sheet"] = Value::Null;
        report["file"] = Value::Null;
        reports.push(report);
    }
    assert!(reports.iter().all(|report| *report == reports[0]));
}

#[tokio::test]
async fn what_cannot_be_imported_says_why_and_stores_nothing() {
    let (_system, node) = node().await;
    let good = extract((0..100).map(nurse));
    let mut merged = rust_xlsxwriter::Workbook::new();
    let sheet = merged.add_worksheet();
    for (column, heading) in (0..).zip(HEADINGS.split(',')) {
        sheet.write(0, column, heading).unwrap();
        sheet.write(1, column, "x").unwrap();
    }
    sheet
        .merge_range(0, 12, 0, 13, "Grade", &rust_xlsxwriter::Format::new())
        .unwrap();
    let merged = merged.save_to_buffer().unwrap();
    let others = good.replace("R0A,", "RMC,");
    let cases: [(&str, Vec<u8>, &str); 8] = [
        (
            "another organisation's",
            others.into_bytes(),
            "is an extract of RMC; this is the node of R0A",
        ),
        (
            "merged heading",
            merged,
            "the header has `Grade (merged over several columns)`",
        ),
        (
            "no grade",
            good.replacen("Grade", "Colour", 1).into_bytes(),
            "it may be called `Band`",
        ),
        (
            "two genders",
            good.replacen("Full Name", "Sex", 1).into_bytes(),
            "all mapped to `gender`",
        ),
        (
            "open quote",
            good.replacen("\"Côté, Zoë\"", "\"Côté, Zoë", 1)
                .into_bytes(),
            "quote",
        ),
        (
            "old workbook",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
            "save it as .xlsx",
        ),
        (
            "no workbook",
            b"PK\x03\x04 and no more".to_vec(),
            "cannot be read",
        ),
        ("empty", Vec::new(), "holds no rows"),
    ];
    for (name, bytes, expected) in cases {
        let ran = node
            .import_bytes(&bytes, "2026-06", &[])
            .await
            .ended_with(65);
        assert!(ran.stderr.contains(expected), "{name}: {ran:?}");
        assert!(ran.stderr.len() < 2_000, "{name}: {ran:?}");
    }
    let quality = node.run(&["quality"]).await.ended_with(65);
    assert!(
        quality.stderr.contains("nothing has been imported yet"),
        "{quality:?}"
    );
}

#[tokio::test]
async fn a_line_of_a_hundred_megabytes_is_refused_at_its_beginning() {
    let (_system, node) = node().await;
    let mut bytes = extract((0..3).map(nurse)).into_bytes();
    bytes.extend(std::iter::repeat_n(b'x', 100 << 20));
    let ran = node
        .import_bytes(&bytes, "2026-06", &[])
        .await
        .ended_with(65);
    assert!(
        ran.stderr.contains("the row after line 4 is longer than"),
        "{ran:?}"
    );
}

#[tokio::test]
async fn joiners_and_leavers_follow_from_two_extracts_or_come_from_a_file() {
    let (_system, node) = node().await;
    let june = extract((0..100).map(nurse));
    let first = node
        .import_bytes(june.as_bytes(), "2026-06", &[])
        .await
        .done();
    assert!(
        first.contains("that needs the extract of 2026-03"),
        "{first}"
    );
    // Ten left, one of whom is listed with a reason, and thirty came.
    let listed = nurse(0).replace(",,", ",31/08/2026,Retirement Age");
    let september = extract((10..130).map(nurse).chain([listed]));
    let change = ["--allow", "change,old-joiners"];
    let second = node
        .import_bytes(september.as_bytes(), "2026-09", &change)
        .await
        .done();
    assert!(
        second.contains("Since 2026-06, 30 people joined and 10 left"),
        "{second}"
    );
    assert!(second.contains("1 excluded by rule: left"), "{second}");

    let leavers = extract([nurse(1).replace(",,", ",01/09/2026,Retirement Age")]);
    let from_file = ["--data-set", "leavers", "--allow", "movers"];
    let third = node
        .import_bytes(leavers.as_bytes(), "2026-09", &from_file)
        .await
        .done();
    assert!(
        third.contains("Stored as revision 2 of 2026-09, leavers"),
        "{third}"
    );
    let again = node
        .import_bytes(september.as_bytes(), "2026-09", &change)
        .await
        .done();
    assert!(
        again.contains("30 people joined: kept as joiners. Leavers come from a file"),
        "{again}"
    );
}

#[tokio::test]
async fn a_mended_extract_counts_the_next_quarters_joiners_and_leavers_anew() {
    let (_system, node) = node().await;
    let june = extract((0..100).map(nurse));
    let listed = nurse(0).replace(",,", ",31/08/2026,Retirement Age");
    let september = extract((10..105).map(nurse).chain([listed]));
    for (period, text) in [("2026-06", &june), ("2026-09", &september)] {
        node.import_bytes(text.as_bytes(), period, &[]).await.done();
    }
    // The same extract again changes nothing in September.
    let again = node
        .import_bytes(june.as_bytes(), "2026-06", &["--report", "json"])
        .await
        .json();
    assert_eq!(again["stored"]["later"], Value::Null, "{again}");

    // Two nurses were missing in June. One of them is there in September, so she is no joiner any more.
    let mended = extract((0..101).map(nurse).chain([nurse(500)]));
    let said = node
        .import_bytes(mended.as_bytes(), "2026-06", &[])
        .await
        .done();
    assert!(
        said.contains("From here to 2026-09, 4 people joined and 11 left: kept anew"),
        "{said}"
    );
    assert!(!said.contains("again"), "{said}");
    // September, imported again, finds the same.
    let september = node
        .import_bytes(september.as_bytes(), "2026-09", &[])
        .await
        .done();
    assert!(
        september.contains("Since 2026-06, 4 people joined and 11 left"),
        "{september}"
    );

    // Joiners and leavers from a file stay.
    let leavers = extract([nurse(1).replace(",,", ",01/09/2026,Retirement Age")]);
    let options = ["--data-set", "leavers", "--allow", "movers"];
    node.import_bytes(leavers.as_bytes(), "2026-09", &options)
        .await
        .done();
    let said = node
        .import_bytes(june.as_bytes(), "2026-06", &[])
        .await
        .done();
    assert!(
        said.contains("From here to 2026-09, 5 people joined: kept anew"),
        "{said}"
    );
}

#[tokio::test]
async fn a_mapping_is_proposed_filled_in_and_used_without_being_named() {
    let (_system, node) = node().await;
    let text = extract((0..100).map(|n| nurse(n).replace("Bolton", "Minerva Road")));
    let text = text.replacen("Grade", "Present Pay Band", 1);
    let file = node.dir().join("extract.csv");
    fs::write(&file, &text).unwrap();
    let proposed = node
        .run(&["import", "--suggest-mapping", file.to_str().unwrap()])
        .await
        .done();
    // The proposed mapping works as it is. The site is what is left to say, and is named last.
    fs::write(node.dir().join("mapping.toml"), &proposed).unwrap();
    let text_of_first = node
        .import_bytes(text.as_bytes(), "2026-06", &["--dry-run"])
        .await
        .done();
    let last = text_of_first.trim_end().lines().next_back().unwrap();
    assert_eq!(last.trim(), "100 Minerva Road", "{text_of_first}");
    let filled = proposed.replace("\"Minerva Road\" = \"\"", "\"Minerva Road\" = \"Bolton\"");
    assert_ne!(proposed, filled, "{proposed}");
    fs::write(node.dir().join("mapping.toml"), filled).unwrap();
    let options = ["--report", "json"];
    let report = node
        .import_bytes(text.as_bytes(), "2026-06", &options)
        .await
        .json();
    assert_eq!(
        (kept(&report), &report["columns"]["band"]),
        (100, &"Present Pay Band".into())
    );
    assert_eq!(report["unmapped_sites"]["rows"], 0);

    fs::write(
        node.dir().join("mapping.toml"),
        "version = 1\n[sites]\n\"Ward\" = \"Leeds\"\n",
    )
    .unwrap();
    let refused = node
        .import_bytes(text.as_bytes(), "2026-06", &[])
        .await
        .ended_with(78);
    assert!(
        refused
            .stderr
            .contains("line 3, [sites]: \"Ward\" = \"Leeds\""),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_quality_report_is_for_the_organisation_and_its_page_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let (_system, node) = node().await;
    for (period, people) in [("2026-06", 100), ("2026-09", 150)] {
        let text = extract((0..people).map(nurse));
        let options = ["--allow", "change,old-joiners"];
        let ran = node.import_bytes(text.as_bytes(), period, &options).await;
        ran.done();
    }
    let posts = "Staff Group,Funded FTE\nNursing,180\n";
    let options = ["--data-set", "establishment"];
    let kept = node
        .import_bytes(posts.as_bytes(), "2026-09", &options)
        .await
        .done();
    assert!(kept.contains("180.00 funded posts"), "{kept}");

    let headcount = node.dir().join("published.csv");
    fs::write(&headcount, "staff group,headcount\nNursing,148\n").unwrap();
    let page = node.dir().join("quality.html");
    let (page_path, headcount) = (page.to_str().unwrap(), headcount.to_str().unwrap());
    let text = node
        .run(&["quality", "--headcount", headcount, "--html", page_path])
        .await
        .done();
    for expected in [
        "150 people",
        "Disability: 100.0% unknown",
        "+50 (+50.0%)",
        "+2 (+1.4%)",
        "30.00",
    ] {
        assert!(text.contains(expected), "{expected} not in\n{text}");
    }
    assert_eq!(
        fs::metadata(&page).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(
        fs::read_to_string(&page)
            .unwrap()
            .contains("What changed since 2026-06?")
    );
    let json = node
        .run(&["quality", "--period", "2026-06", "--json"])
        .await
        .json();
    assert_eq!(
        (&json["people"], &json["change"]),
        (&100.into(), &Value::Null)
    );
}
