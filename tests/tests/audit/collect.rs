//! Makes nodes to audit, and asks them for everything, period by period.

use std::sync::Arc;

use vwis_model::{agreement::Agreement, period::Period};
use vwis_tests::{
    call::{Caller, request, with_receipt},
    certificates::System,
    node::{NodeFixture, Server},
};

use super::{
    data::{Arm, RHO_PER_YEAR, periods},
    sample::{Layout, Observation},
};

/// The programs of VWIS in one binary.
const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");

/// The data set on which each period is measured.
pub(crate) type Plan = Vec<(Period, Arm)>;

/// The first `count` months. The data sets take turns, beginning with number `turn`.
pub(crate) fn plan(count: usize, turn: usize) -> Plan {
    let arms = Arm::ALL.into_iter().cycle().skip(turn);
    periods(count).into_iter().zip(arms).collect()
}

/// The exact vector of each arm, with all series one after another, in the order of [`Arm::ALL`].
pub(crate) fn truths(agreement: &Agreement) -> [Arc<Vec<i64>>; 4] {
    Arm::ALL.map(|arm| {
        let counted = arm.counted();
        let series = agreement.series().iter();
        Arc::new(series.flat_map(|series| counted.exact(series)).collect())
    })
}

/// Makes a node under the agreement and imports the extracts of `plan` by its own command.
pub(crate) async fn node(
    system: &System,
    agreement: &Agreement,
    plan: &Plan,
) -> (NodeFixture, Server, Caller) {
    let node = NodeFixture::new(BINARY, system, RHO_PER_YEAR).await;
    node.without_answer_floor();
    let (server, caller) = node.serve_approved(system, &[agreement]).await;
    for (period, arm) in plan {
        let (csv, period) = (arm.csv(), period.to_string());
        // One of the data sets is empty on purpose. Others have one person or hundreds, who resemble each
        // other and are new each time.
        let options = [
            "--allow",
            "nobody,change,changed-people,equal-rows,fte,further-assignments,groups,missing-numbers,period,\
             shares,strangers,two-primaries,unknown",
        ];
        let imported = node.import_bytes(csv.as_bytes(), &period, &options);
        imported.await.done();
    }
    (node, server, caller)
}

/// Measures everything for the periods of `plan` as an aggregator does: with the last receipt, one question
/// at a time.
pub(crate) async fn observe(
    caller: &Caller,
    agreement: &Agreement,
    layout: &Layout,
    plan: &Plan,
) -> Vec<Observation> {
    let truths = truths(agreement);
    let mut receipt = None;
    let mut observations = Vec::with_capacity(plan.len());
    for &(period, arm) in plan {
        let mut answer = Vec::with_capacity(layout.cells());
        for series in agreement.series() {
            let mut ask = request(agreement, series.name(), &period.to_string());
            if let Some(receipt) = &receipt {
                ask = with_receipt(ask, receipt);
            }
            let measured = caller.measure(ask).await.unwrap();
            assert_eq!(measured.header.gamma, series.strategy().gamma());
            answer.extend(measured.entries);
            receipt = Some(measured.receipt);
        }
        let truth = Arm::ALL.into_iter().zip(&truths);
        let (_, truth) = truth.into_iter().find(|(of, _)| *of == arm).unwrap();
        observations.push(layout.observe(arm, Arc::clone(truth), answer));
    }
    observations
}
