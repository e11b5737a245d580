//! Files of joiners and leavers compared with what is held.

use vwis_tests::node::NodeFixture;

use super::extracts::{extract, node, nurse};

/// The error with which the import of such a file is refused.
async fn refused(node: &NodeFixture, data_set: &str, text: &str) -> String {
    let options = ["--data-set", data_set];
    let ran = node
        .import_bytes(text.as_bytes(), "2026-09", &options)
        .await;
    ran.ended_with(65).stderr
}

#[tokio::test]
async fn a_file_of_movers_is_held_against_itself_the_staff_and_the_other_file() {
    let (_system, node) = node().await;
    let joiner = |n| nurse(n).replace("01-Apr-2010", "01-Aug-2026");
    let leaver = |n| nurse(n).replace(",,", ",31/08/2026,Retirement Age");
    let june = extract((0..100).map(nurse));
    let september = extract((10..100).map(nurse).chain((100..104).map(joiner)));
    for (period, text) in [("2026-06", june), ("2026-09", september)] {
        node.import_bytes(text.as_bytes(), period, &[]).await.done();
    }

    // Leavers that follow from the staff are in no file, so nothing is said about a file of leavers.
    let stayed = refused(&node, "joiners", &extract((0..5).map(joiner))).await;
    assert!(
        stayed.contains("5 of 5 joiners of the quarter are employed before it"),
        "{stayed}"
    );
    assert!(stayed.contains("4 of 4 who joined"), "{stayed}");
    assert!(!stayed.contains("in the file of"), "{stayed}");

    let missing = refused(&node, "leavers", &extract((0..3).map(leaver))).await;
    assert!(
        missing.contains("7 of 10 who left in the quarter"),
        "{missing}"
    );
    assert!(missing.contains("--allow movers"), "{missing}");
    let without_fte = |n| leaver(n).replace(",1.0,", ",0,");
    let itself = refused(&node, "leavers", &extract((0..10).map(without_fte))).await;
    assert!(itself.contains("--allow fte"), "{itself}");

    // A few people came and left within the quarter.
    let leavers = extract((0..10).chain(200..203).map(leaver));
    let options = ["--data-set", "leavers"];
    node.import_bytes(leavers.as_bytes(), "2026-09", &options)
        .await
        .done();
    let both = refused(
        &node,
        "joiners",
        &extract((100..104).chain(200..203).map(joiner)),
    )
    .await;
    let said = "3 of 7 joiners of the quarter are in the file of leavers of the same quarter too";
    assert!(both.contains(said), "{both}");
}
