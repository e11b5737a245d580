//! The product, as a real process.

use vwis_tests::certificates::System;

use super::{
    checks::Check,
    collect::{node, observe, plan},
    data::audited,
    sample::Sample,
    synthetic,
};

/// Months measured at one node: 24 of each data set.
const MONTHS: usize = 96;
/// Nodes made for this alone, so that nothing that a node keeps makes up for anything.
const FRESH_NODES: usize = 4;
/// Months measured at each of them.
const FRESH_MONTHS: usize = 2;

#[tokio::test]
async fn the_noise_on_the_wire_is_what_the_agreement_says() {
    let system = System::new();
    let agreement = audited();
    let layout = synthetic::layout();
    let mut observations = Vec::new();
    // Each fresh node begins with another data set.
    let fresh = (0..FRESH_NODES).map(|turn| plan(FRESH_MONTHS, turn));
    for plan in std::iter::once(plan(MONTHS, 0)).chain(fresh) {
        let (_folder, server, caller) = node(&system, &agreement, &plan).await;
        observations.extend(observe(&caller, &agreement, layout, &plan).await);
        server.stop().await;
    }
    let sample = Sample {
        layout: layout.clone(),
        observations,
    };
    println!(
        "{} measurements of {} integers, {} draws",
        sample.observations.len() * layout.series.len(),
        layout.cells() / layout.series.len(),
        sample.draws()
    );
    let mut failed = Vec::new();
    for check in Check::ALL {
        let verdict = check.look(&sample);
        println!("{:30} {}", check.name(), verdict.evidence);
        if !verdict.held {
            failed.push((check.name(), verdict.evidence));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
