//! Extracts that are imported again, and which held ones they are compared with.

use super::extracts::{extract, node, nurse};

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
