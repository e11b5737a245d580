//! Audits the product as a real process.

use std::sync::Arc;

use vwis_model::agreement::Agreement;
use vwis_tests::certificates::System;

use super::{
    checks::Check,
    collect::{Plan, node, observe, plan},
    data::{audited, wide},
    sample::{Layout, Sample},
};

/// Nodes that are measured for long, and months for each: 25 of each data set.
const LONG: (usize, usize) = (2, 100);
/// Nodes that are measured from their beginning only, and months for each. Nothing that a node keeps can
/// correct what it did at first.
const FRESH: (usize, usize) = (4, 16);
/// Months measured at one node under the wide agreement: 24 of each data set.
const WIDE_MONTHS: usize = 96;

/// Measures a node for each plan, one after another.
async fn observe_nodes(agreement: &Agreement, plans: impl IntoIterator<Item = Plan>) -> Sample {
    let system = System::new();
    let layout = Layout::of(agreement);
    let mut observations = Vec::new();
    for plan in plans {
        let (_folder, server, caller) = node(&system, agreement, &plan).await;
        observations.extend(observe(&caller, agreement, &layout, &plan).await);
        server.stop().await;
    }
    Sample {
        layout: Arc::new(layout),
        observations,
    }
}

fn all_hold(sample: &Sample, checks: impl IntoIterator<Item = Check>) {
    println!(
        "{} months, {} series, {} draws",
        sample.observations.len(),
        sample.layout.series.len(),
        sample.draws()
    );
    let mut failed = Vec::new();
    for check in checks {
        let verdict = check.look(sample);
        println!("{:30} {}", check.name(), verdict.evidence);
        if !verdict.held {
            failed.push((check.name(), verdict.evidence));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[tokio::test]
async fn the_noise_on_the_wire_is_what_the_agreement_says() {
    // Each node begins with another data set.
    let nodes = |(count, months)| (0..count).map(move |turn| plan(months, turn));
    let sample = observe_nodes(&audited(), nodes(LONG).chain(nodes(FRESH))).await;
    all_hold(&sample, Check::ALL);
}

#[tokio::test]
async fn so_is_what_only_hundreds_of_thousands_of_draws_show() {
    let sample = observe_nodes(&wide(), [plan(WIDE_MONTHS, 0)]).await;
    // Tens of millions of pairs of cells would take minutes, with less power for each.
    let checks = Check::ALL.into_iter();
    all_hold(&sample, checks.filter(|check| *check != Check::Cells));
}
