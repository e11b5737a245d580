//! Files that can be read but are wrong: they are refused, with the reason and the way out, unless a person
//! says that they are right.

use super::extracts::{extract, kept, node, number, nurse};

#[tokio::test]
async fn numbers_that_a_spreadsheet_has_shortened_make_nobody_into_one_person() {
    let (_system, node) = node().await;
    let spoiled = extract((0..100).map(|n| {
        let row = nurse(n);
        row.replacen(&format!(",{},", number(n)), ",2.00062E+07,", 1)
    }));
    let refused = node
        .import_bytes(spoiled.as_bytes(), "2026-06", &[])
        .await
        .ended_with(65);
    assert!(
        refused.stderr.contains("100 of 100 rows were rejected"),
        "{refused:?}"
    );
    assert!(
        refused.stdout.contains("a spreadsheet has shortened it"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_looks_like_a_mistake_is_refused_and_taken_when_it_is_meant() {
    let (_system, node) = node().await;
    let once = extract((0..100).map(nurse));
    let twice = once.repeat(2);
    let shared = extract((0..100).map(|n| {
        let gender = ["Female", "Male"][n % 2];
        nurse(n)
            .replacen(&format!(",{},", number(n)), &format!(",{},", 1 + n / 50), 1)
            .replacen("Female", gender, 1)
    }));
    let cut = once[..once.len() - 60].to_owned();
    for (bytes, expected, allowance, people) in [
        (&twice, "every row stands there twice", "repeats", 100),
        (&cut, "cut off: line 101", "cut-off", 99),
        (&shared, "tell people apart?", "contradictions", 2),
    ] {
        let refused = node
            .import_bytes(bytes.as_bytes(), "2026-06", &["--report", "json"])
            .await
            .ended_with(65);
        assert!(refused.stderr.contains(expected), "{refused:?}");
        assert!(
            refused.stderr.contains(&format!("--allow {allowance}")),
            "{refused:?}"
        );
        // The report says what would have become of the rows.
        kept(&serde_json::from_str(&refused.stdout).unwrap());
        let options = ["--report", "json", "--allow", allowance, "--dry-run"];
        let report = node
            .import_bytes(bytes.as_bytes(), "2026-06", &options)
            .await
            .json();
        assert_eq!(kept(&report), people);
    }
}

#[tokio::test]
async fn a_full_list_of_staff_is_no_file_of_leavers() {
    let (_system, node) = node().await;
    let staff = extract((0..100).map(nurse));
    let options = ["--data-set", "leavers"];
    let refused = node
        .import_bytes(staff.as_bytes(), "2026-06", &options)
        .await
        .ended_with(65);
    assert!(
        refused
            .stdout
            .contains("a list of staff is imported without --data-set"),
        "{refused:?}"
    );
    let undated = staff.replacen("Termination Date", "Remarks", 1);
    let refused = node
        .import_bytes(undated.as_bytes(), "2026-06", &options)
        .await
        .ended_with(65);
    assert!(
        refused.stderr.contains("no column `leaving_date`"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn half_a_file_makes_nobody_a_leaver_unless_it_is_meant() {
    let (_system, node) = node().await;
    let june = extract((0..100).map(nurse));
    node.import_bytes(june.as_bytes(), "2026-06", &[])
        .await
        .done();
    let half = extract((0..50).map(nurse));
    for options in [&[][..], &["--dry-run"]] {
        let refused = node
            .import_bytes(half.as_bytes(), "2026-09", options)
            .await
            .ended_with(65);
        let expected = "50 people, and 100 in the snapshot of 2026-06: -50.0%";
        assert!(refused.stderr.contains(expected), "{refused:?}");
        assert!(
            refused.stdout.contains("50 kept as a person"),
            "{refused:?}"
        );
    }
    let listed = node.run(&["quality", "--period", "2026-09"]).await;
    let _ = listed.ended_with(65);
    let meant = node
        .import_bytes(half.as_bytes(), "2026-09", &["--allow", "change"])
        .await
        .done();
    assert!(meant.contains("50 left"), "{meant}");
}

#[tokio::test]
async fn the_extract_of_another_period_is_asked_about() {
    let (_system, node) = node().await;
    let rows: Vec<_> = (0..250).map(nurse).collect();
    let june = extract(rows.clone());
    let old = "Warning: Nobody started in the 3 months up to 2026-06-30";
    let first = node
        .import_bytes(june.as_bytes(), "2026-06", &[])
        .await
        .done();
    assert!(first.contains(old), "{first}");
    assert!(!first.contains("very same rows"), "{first}");

    // Another export may have the same rows in another order.
    let again = extract(rows.into_iter().rev());
    let same = "The very same rows are held as staff of 2026-06: is this the extract of 2026-09?";
    let refused = node
        .import_bytes(again.as_bytes(), "2026-09", &[])
        .await
        .ended_with(65);
    assert!(refused.stderr.contains(same), "{refused:?}");
    let titled = format!("Effective Date: 30-JUN-2026\n{again}").replacen("1980", "1981", 9);
    let refused = node
        .import_bytes(titled.as_bytes(), "2026-09", &[])
        .await
        .ended_with(65);
    let named = "Line 1, above the header, names another day, in 2026-06";
    assert!(refused.stderr.contains(named), "{refused:?}");
    for text in [&titled, &again] {
        node.import_bytes(text.as_bytes(), "2026-09", &["--allow", "period"])
            .await
            .done();
    }

    // Corrected with an extract of its own, June no longer has these rows; and in September somebody is new.
    let mended = june.replacen("01-Apr-2010", "01-May-2026", 1);
    let june = node
        .import_bytes(mended.as_bytes(), "2026-06", &[])
        .await
        .done();
    assert!(!june.contains("Warning"), "{june}");
    let third = node
        .import_bytes(again.as_bytes(), "2026-09", &[])
        .await
        .done();
    assert!(!third.contains("very same rows"), "{third}");
}

#[tokio::test]
async fn a_hundred_rows_with_one_fault_are_one_thing_to_mend() {
    let (_system, node) = node().await;
    let rows = (0..200).map(|n| {
        let band = if n % 2 == 0 {
            "Band Fünf"
        } else {
            "Review Body Band 5"
        };
        nurse(n).replacen("Review Body Band 5", band, 1)
    });
    let text = extract(rows);
    let refused = node
        .import_bytes(text.as_bytes(), "2026-06", &[])
        .await
        .ended_with(65);
    let named = refused.stdout.matches("`Band Fünf`").count();
    assert_eq!(named, 1, "{refused:?}");
    for expected in [
        "100 rejected: unrecognised_value (a value that no table knows)",
        "100 rows, column Grade: a value that no table knows; expected afc_1",
        "line 2, column Grade: `Band Fünf` (100 rows; also in lines 4, 6, 8, 10, …)",
    ] {
        assert!(refused.stdout.contains(expected), "{expected}: {refused:?}");
    }
    let fix = "[values.band] \"Band Fünf\" = ";
    assert!(refused.stderr.contains(fix), "{refused:?}");
    let json = node
        .import_bytes(text.as_bytes(), "2026-06", &["--report", "json"])
        .await
        .ended_with(65);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(report["errors"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn a_workbook_is_read_from_the_sheet_behind_its_cover() {
    let (_system, node) = node().await;
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let cover = workbook.add_worksheet().set_name("Cover").unwrap();
    cover.write(0, 0, "Staff in post").unwrap();
    let sheet = workbook.add_worksheet().set_name("Data").unwrap();
    let text = extract((0..20).map(nurse));
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    for (row, record) in (0..).zip(rows.records()) {
        for (column, field) in (0..).zip(&record.unwrap()) {
            sheet.write(row, column, field).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let said = node
        .import_bytes(&bytes, "2026-06", &["--dry-run"])
        .await
        .done();
    assert!(said.contains("Read from the sheet `Data`"), "{said}");
    assert!(said.contains("20 kept as a person"), "{said}");
    let cover = node
        .import_bytes(&bytes, "2026-06", &["--sheet", "Cover"])
        .await
        .ended_with(65);
    assert!(cover.stderr.contains("header"), "{cover:?}");
}

#[tokio::test]
async fn across_a_lost_key_of_employee_numbers_nobody_leaves_and_nobody_joins() {
    let (_system, node) = node().await;
    let staff = extract((1..100).map(nurse));
    node.import_bytes(staff.as_bytes(), "2026-06", &[])
        .await
        .done();
    std::fs::remove_file(node.dir().join("keep/employee.key")).unwrap();
    let lost = node.import_bytes(staff.as_bytes(), "2026-09", &[]).await;
    assert!(lost.stderr.contains("--new-receipt-key"), "{lost:?}");
    let recover = ["ledger", "recover", "--new-receipt-key", "--yes"];
    let by = ["--by", "A. Caldicott", "--reason", "disk failed"];
    let made = node.run(&[&recover[..], &by].concat()).await.done();
    assert!(made.contains("made anew"), "{made}");

    // People who cannot be found again raise no question.
    let next = node
        .import_bytes(staff.as_bytes(), "2026-09", &[])
        .await
        .done();
    assert!(next.contains("hashed by a key that was lost"), "{next}");
    // The same rows under the same key are given as another period's.
    let again = node
        .import_bytes(staff.as_bytes(), "2026-06", &["--allow", "period"])
        .await
        .done();
    assert!(again.contains("0 people joined and 0 left"), "{again}");
}
