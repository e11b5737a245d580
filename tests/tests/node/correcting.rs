//! A correction: a person ordered a fresh draw, the budget paid for it, and the old bytes stay beside it.

use vwis_tests::{
    agreement::{HEADLINE, agreement},
    call::{request, with_receipt},
    certificates::{AGGREGATOR, System},
    extract::Extract,
    node::NodeFixture,
};

use super::BINARY;

#[tokio::test]
async fn a_correction_is_a_new_draw_at_full_price_and_the_old_one_stays_served() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.1").await;
    let agreement = agreement(&[HEADLINE]);
    let hash = agreement.hash().to_string();
    let mended = Extract::seeded(2, 400);
    node.import(&Extract::seeded(1, 300), "2026-06").await;
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let order = [
        "agreement",
        "correct",
        &hash,
        "--series",
        "headline",
        "--period",
        "2026-06",
        "--by",
        "A. Caldicott",
        "--reason",
        "a site was missing",
    ];
    let too_early = node.run(&order).await.ended_with(77);
    assert!(
        too_early.stderr.contains(
            "headline of 2026-06 was not measured yet, so there is nothing to correct: the aggregator's next \
             `collect` measures what is imported by then"
        ),
        "{too_early:?}"
    );
    // For a period that is not held, the error first says to import it.
    let not_held = order.map(|word| if word == "2026-06" { "2026-03" } else { word });
    let not_held = node.run(&not_held).await.ended_with(77);
    assert!(
        not_held.stderr.contains(
            "headline of 2026-03 was not measured yet, so there is nothing to correct: import the period, \
             and the aggregator's next"
        ),
        "{not_held:?}"
    );

    let ask = request(&agreement, "headline", "2026-06");
    let first = caller.measure(ask.clone()).await.unwrap();
    let unchanged = node.run(&order).await.ended_with(77);
    assert!(
        unchanged
            .stderr
            .contains("nothing that the series counts has changed"),
        "{unchanged:?}"
    );
    // The same people again are another revision, but no change.
    node.import(&Extract::seeded(1, 300), "2026-06").await;
    let _ = node.run(&order).await.ended_with(77);
    let mut unordered = ask.clone();
    unordered.correction = 1;
    let refused = caller
        .measure(with_receipt(unordered, &first.receipt))
        .await;
    assert!(refused.unwrap_err().message().contains("correction"));

    node.import(&mended, "2026-06").await;
    let ordered = node.run(&order).await.done();
    assert!(
        ordered.contains("Correction 1 of headline for 2026-06 is ordered"),
        "{ordered}"
    );
    // It is paid for when the aggregator asks for it.
    let series = agreement.series_named("headline").unwrap();
    let charge = series.charge().nano();
    assert_eq!(node.budget().await["lifetime_rho_nano"], charge);
    let twice = node.run(&order).await.ended_with(77);
    assert!(twice.stderr.contains("not drawn yet"), "{twice:?}");
    let described = caller.describe().await;
    let named = &described.agreements[0].corrections[0];
    assert_eq!((named.period.as_str(), named.correction), ("2026-06", 1));

    let mut second_ask = ask.clone();
    second_ask.correction = 1;
    let second = caller
        .measure(with_receipt(second_ask.clone(), &first.receipt))
        .await
        .unwrap();
    assert_ne!(second.entries, first.entries);
    // The mended extract was measured: the difference is within eight sd, which noise exceeds once in 1e14.
    let gamma = i64::try_from(series.strategy().gamma()).unwrap();
    let exact = mended.exact(series);
    assert!(
        second
            .entries
            .iter()
            .zip(exact)
            .all(|(noisy, exact)| (noisy - exact).abs() < 8 * gamma)
    );
    // Both stay as they are, and both are in the statement.
    assert_eq!(caller.measure(ask).await.unwrap().entries, first.entries);
    assert_eq!(
        caller.measure(second_ask).await.unwrap().entries,
        second.entries
    );
    let budget = node.budget().await;
    let spent = 2 * charge;
    assert_eq!(budget["lifetime_rho_nano"], spent);

    // A third measurement would pass the cap of 0.1, so nothing is charged.
    node.import(&Extract::seeded(3, 500), "2026-06").await;
    let over = node.run(&order).await.ended_with(77);
    assert!(over.stderr.contains("budget"), "{over:?}");
    assert_eq!(node.budget().await["lifetime_rho_nano"], spent);
    server.stop().await;
}

#[tokio::test]
async fn a_correction_keeps_to_the_term_and_the_cadence_after_a_recovery_too() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    let hash = agreement.hash().to_string();
    let (first, last) = agreement.term();
    // In the term but off the cadence; before the term; and the first that is agreed.
    let [off, before, agreed] = ["2026-05", "2016-12", "2026-06"];
    let series = agreement.series_named("headline").unwrap();
    for (period, is_agreed) in [(off, false), (before, false), (agreed, true)] {
        assert_eq!(agreement.allows(series, period.parse().unwrap()), is_agreed);
        node.import(&Extract::seeded(1, 300), period).await;
    }
    let (server, _) = node.serve_approved(&system, &[&agreement]).await;
    server.stop().await;
    // Any period that ended before a recovery may have been measured, so it can be ordered.
    std::fs::remove_file(node.dir().join("keep/witness.json")).unwrap();
    let by = ["--by", "A. Caldicott", "--reason", "the disk failed"];
    let recover = ["ledger", "recover", "--without", AGGREGATOR, "--yes"];
    node.run(&[&recover[..], &by].concat()).await.done();
    let order = async |period| {
        let order = ["agreement", "correct", &hash, "--series", "headline"];
        let order = [&order[..], &["--period", period], &by].concat();
        node.run(&order).await
    };
    for period in [off, before] {
        let refused = order(period).await.ended_with(77);
        assert!(
            refused.stderr.contains(&format!(
                "measures nothing of that series for {period}: it runs from {first} to {last}, each quarter"
            )),
            "{refused:?}"
        );
    }
    order(agreed).await.done();
}
