//! Joiners and leavers of a year, which a node puts together from those of its quarters.

use tonic::Code;
use vwis_proto::reason::Reason;
use vwis_tests::{
    agreement::{YEAR_LEAVERS, agreement},
    call::{reason, request, with_receipt},
};

use super::extracts::{extract, node, nurse};

/// Those in post at the ends of the five quarters around a year, of the nurses 0 to 199, and who else.
fn ends() -> [(&'static str, String); 5] {
    let away: [&[usize]; 5] = [
        &[],
        // 0 and 1 leave, and 3.
        &[0, 1, 3],
        // 0 and 1 come back.
        &[3],
        // 0 leaves again, and 4.
        &[0, 3, 4],
        &[0, 3, 4],
    ];
    let new = |n: usize| nurse(n).replace("01-Apr-2010", "01-Feb-2026");
    let periods = ["2025-03", "2025-06", "2025-09", "2025-12", "2026-03"];
    let mut at = periods.into_iter().zip(away).map(|(period, away)| {
        let rows = (0..200).filter(|n| !away.contains(n)).map(nurse);
        // The very same rows would be asked about as another period's.
        let rows = rows.map(|row| row.replace("Ward 7", &format!("Ward {period}")));
        let came = (500..507).map(new).filter(|_| period == "2026-03");
        (period, extract(rows.chain(came)))
    });
    std::array::from_fn(|_| at.next().unwrap())
}

const ALLOW: [&str; 2] = ["--allow", "gone,old-joiners"];

#[tokio::test]
async fn a_year_is_kept_once_all_its_quarters_are_and_what_is_missing_is_said_until_then() {
    let (system, node) = node().await;
    let agreement = agreement(&[YEAR_LEAVERS]);
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let [start, june, september, december, march] = ends();
    let import = async |(period, text): &(&str, String)| {
        node.import_bytes(text.as_bytes(), period, &ALLOW).await
    };
    // A March is told of its own year, too.
    let said = import(&start).await.done();
    assert!(said.contains("of the year to 2025-03"), "{said}");
    for end in [&june, &december] {
        let said = import(end).await.done();
        assert!(!said.contains("of the year to"), "{said}");
    }
    let said = import(&march).await.done();
    let missing = "No joiners and leavers of the year to 2026-03, and none are counted from a part of it: \
                   the quarters to 2025-09 and 2025-12 have none that can be used.";
    assert!(said.contains(missing), "{said}");

    let hash = agreement.hash().to_string();
    let shown = node.run(&["agreement", "show", &hash]).await.done();
    let nothing = "Of the joiners and leavers of the year to 2026-03 nothing leaves, unless";
    assert!(
        shown
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .contains(nothing),
        "{shown}"
    );
    let preview = ["preview", &hash, "--period", "2026-03"];
    if let Some(preview) = node.typing(&preview, "").await {
        let preview = preview.ended_with(65);
        let missing = "the quarters to 2025-09 and 2025-12 have none";
        assert!(preview.stdout.contains(missing), "{preview:?}");
    }
    let ask = request(&agreement, "year_leavers", "2026-03");
    let refused = caller.measure(ask.clone()).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused)),
        (Code::FailedPrecondition, Reason::YearIncomplete)
    );
    // Of the March before, only the staff are held; of the one before that, nothing.
    for (period, why) in [
        ("2025-03", Reason::YearIncomplete),
        ("2024-03", Reason::SnapshotMissing),
    ] {
        let other = request(&agreement, "year_leavers", period);
        let refused = caller.measure(other).await.unwrap_err();
        assert_eq!(reason(&refused), why, "{period}");
    }

    // September completes the year: 0, 3 and 4 left, 1 is back, and seven came.
    let said = import(&september).await.done();
    let year = "In the year to 2026-03, 7 people joined and 3 left, each counted once: kept as the year's.";
    assert!(said.contains(year), "{said}");
    let measured = caller.measure(ask.clone()).await.unwrap();
    let again = with_receipt(ask, &measured.receipt);
    let again = caller.measure(again).await.unwrap();
    assert_eq!(measured.entries, again.entries);
    server.stop().await;
}

#[tokio::test]
async fn an_earlier_quarter_that_is_mended_counts_its_years_anew_and_others_not() {
    let (_system, node) = node().await;
    let import = async |period: &str, text: &str| {
        let options = ["--allow", "gone,old-joiners", "--report", "json"];
        let ran = node.import_bytes(text.as_bytes(), period, &options).await;
        ran.json()["stored"]["years"].clone()
    };
    let ends = ends();
    let mut last = serde_json::Value::Null;
    for (period, text) in &ends {
        last = import(period, text).await;
    }
    let year = |joined: Option<u64>, left: Option<u64>| serde_json::json!([{"period": "2026-03", "joined": joined, "left": left, "measured_before": false}]);
    assert_eq!(last, year(Some(7), Some(3)));
    // The same again changes nothing.
    let (june, text) = &ends[1];
    assert_eq!(import(june, text).await, serde_json::json!([]));
    // In June 3 was there after all, so that they left a quarter later, as what they were then.
    let band = nurse(3).replace("Review Body Band 5", "Review Body Band 6");
    let mended = format!("{text}{}\n", band.replace("Ward 7", "Ward 2025-06"));
    assert_eq!(import(june, &mended).await, year(None, Some(3)));
    // A file of leavers takes the place of what follows from the staff, and comes into the year too.
    let gone = |n: usize| nurse(n).replace(",,", ",01/11/2025,Retirement Age");
    let file = extract([0, 4, 90].map(gone));
    let options = [
        "--data-set",
        "leavers",
        "--allow",
        "movers",
        "--report",
        "json",
    ];
    let ran = node
        .import_bytes(file.as_bytes(), "2025-12", &options)
        .await;
    assert_eq!(ran.json()["stored"]["years"], year(None, Some(4)));
}
