//! Extracts that are imported again, and which held ones they are compared with.

use super::extracts::{extract, node, number, nurse};

fn new(n: usize) -> String {
    nurse(n).replace("01-Apr-2010", "01-Aug-2026")
}

#[tokio::test]
async fn rows_missing_at_the_earlier_end_of_a_quarter_make_no_joiners_unasked() {
    let june = extract((0..1000).map(nurse));
    let cut = extract((33..1000).map(nurse));
    let september = extract((0..1000).map(nurse).chain((1000..1030).map(new)));

    let (_system, held) = node().await;
    for (period, text) in [("2026-06", &june), ("2026-09", &september)] {
        held.import_bytes(text.as_bytes(), period, &[]).await.done();
    }
    let again = async |allowed: &str| {
        let allow: &[&str] = if allowed.is_empty() {
            &[]
        } else {
            &["--allow", allowed]
        };
        held.import_bytes(cut.as_bytes(), "2026-06", allow).await
    };
    let refused = again("").await.ended_with(65);
    let gone = "33 people of the revision of 2026-06 that this replaces are not in it";
    assert!(refused.stderr.contains(gone), "{refused:?}");
    for (allowed, asked) in [
        ("old-joiners", "--allow gone"),
        ("gone", "--allow old-joiners"),
    ] {
        let refused = again(allowed).await.ended_with(65);
        assert!(refused.stderr.contains(asked), "{refused:?}");
    }
    let told = again("gone,old-joiners").await.done();
    assert!(told.contains("63 people joined"), "{told}");

    // The later end is imported first. It replaces nothing, and the same joiners follow.
    let (_system, other) = node().await;
    other
        .import_bytes(september.as_bytes(), "2026-09", &[])
        .await
        .done();
    let refused = other
        .import_bytes(cut.as_bytes(), "2026-06", &[])
        .await
        .ended_with(65);
    assert!(
        refused.stderr.contains("63 people of 2026-09"),
        "{refused:?}"
    );
    assert!(
        refused.stderr.contains("--allow old-joiners"),
        "{refused:?}"
    );
    other
        .import_bytes(june.as_bytes(), "2026-06", &[])
        .await
        .done();
}

#[tokio::test]
async fn after_a_lost_key_the_last_snapshot_is_compared_with_in_all_that_needs_no_key() {
    let (_system, node) = node().await;
    let june = extract((0..300).map(nurse));
    node.import_bytes(june.as_bytes(), "2026-06", &[])
        .await
        .done();
    std::fs::remove_file(node.dir().join("keep/employee.key")).unwrap();
    let recover = ["ledger", "recover", "--new-receipt-key", "--yes"];
    let by = ["--by", "A. Caldicott", "--reason", "disk failed"];
    node.run(&[&recover[..], &by].concat()).await.done();

    let half = |n| nurse(n).replace(",1.0,", ",0.5,");
    for (text, asked) in [
        (extract((0..25).map(nurse)), "--allow change"),
        (extract((0..300).map(half)), "--allow fte"),
        (
            june.replace("Termination Date", "Remarks"),
            "--allow columns",
        ),
    ] {
        let refused = node.import_bytes(text.as_bytes(), "2026-09", &[]).await;
        assert!(refused.ended_with(65).stderr.contains(asked), "{asked}");
    }
}

#[tokio::test]
async fn that_running_numbers_are_peoples_own_is_said_once_for_as_long_as_they_run() {
    let (_system, node) = node().await;
    let numbered = |n: usize| {
        let own = format!(",{},", number(n));
        nurse(n).replacen(&own, &format!(",{},", n + 1), 1)
    };
    let import = async |period: &str, numbers: &[usize], options: &[&str]| {
        let text = extract(numbers.iter().copied().map(numbered));
        // The very same rows would be asked about as another period's.
        let text = text.replace("Ward 7", &format!("Ward {period}"));
        node.import_bytes(text.as_bytes(), period, options).await
    };
    let allowed = ["--allow", "running-numbers"];
    let asked = "The employee numbers run from 1 to 8, as numbers of rows do";
    // Sorted by another column.
    let all = [4, 0, 6, 2, 1, 7, 3, 5];
    let refused = import("2025-12", &all, &[]).await.ended_with(65);
    assert!(refused.stderr.contains(asked), "{refused:?}");
    import("2025-12", &all, &allowed).await.done();
    // Said once, it holds for the next extract, and again for the one after.
    for period in ["2026-03", "2026-06"] {
        import(period, &all, &[]).await.done();
    }
    import("2026-06", &[0, 1, 2, 4, 5, 6, 7], &[]).await.done();
    let refused = import("2026-09", &all, &[]).await.ended_with(65);
    assert!(refused.stderr.contains(asked), "{refused:?}");
}
