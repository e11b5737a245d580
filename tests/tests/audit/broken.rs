//! Whether the audit would notice: mechanisms that break the promise, over the same wire.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};
use vwis_node::mechanism::Mechanism;
use vwis_proto::agreement::Agreement;
use vwis_tests::{certificates::System, inside::Inside, node::NodeFixture};

use super::{
    checks::Check,
    collect::{Plan, node, observe, plan},
    data::audited,
    mutants::{self, Broken},
    sample::Sample,
    synthetic,
};

/// Months measured at each node: 10 of each data set.
const MONTHS: usize = 40;
/// After how many it is looked whether a mutant is caught yet.
const LOOKS: [usize; 14] = [1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40];
/// Nodes at work at once.
const AT_ONCE: usize = 2;

/// What serves and asks all of them alike.
struct Bench {
    system: System,
    agreement: Agreement,
    plan: Plan,
    /// A node that imported everything and measured nothing; each mechanism has a copy.
    template: NodeFixture,
}

// === impl Bench ===

impl Bench {
    async fn new() -> Self {
        let system = System::new();
        let agreement = audited();
        let plan = plan(MONTHS, 0);
        let (template, server, _) = node(&system, &agreement, &plan).await;
        server.stop().await;
        Self {
            system,
            agreement,
            plan,
            template,
        }
    }

    async fn observe(&self, mechanism: Arc<dyn Mechanism>) -> Sample {
        let node = self.template.cloned();
        let server = Inside::serve(&node, mechanism).await;
        let caller = server.caller(&self.system).await;
        let layout = synthetic::layout();
        let observations = observe(&caller, &self.agreement, layout, &self.plan).await;
        server.stop().await;
        Sample {
            layout: layout.clone(),
            observations,
        }
    }
}

/// The fewest months after which `check` catches the mechanism, and at every later look too.
fn caught_after(check: Check, sample: &Sample) -> Option<usize> {
    let looks = LOOKS.into_iter().rev();
    let caught = looks.take_while(|months| !check.look(&sample.first(*months)).held);
    caught.last()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mechanism_that_breaks_the_promise_is_caught() {
    let bench = Arc::new(Bench::new().await);
    let unbroken = bench.observe(Arc::new(Broken::honest())).await;
    for check in Check::ALL {
        let verdict = check.look(&unbroken);
        assert!(verdict.held, "{}: {}", check.name(), verdict.evidence);
    }

    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for (at, mutant) in mutants::all(&bench.agreement).into_iter().enumerate() {
        let (bench, turns) = (Arc::clone(&bench), Arc::clone(&turns));
        running.spawn(async move {
            let _turn = turns.acquire().await.unwrap();
            let sample = bench.observe(Arc::new(mutant.mechanism)).await;
            let caught: Vec<_> = Check::ALL
                .into_iter()
                .filter_map(|check| Some((check, caught_after(check, &sample)?)))
                .collect();
            (at, mutant.name, mutant.caught_by, caught)
        });
    }
    let mut results = running.join_all().await;
    results.sort_by_key(|(at, ..)| *at);

    let draws = synthetic::layout().cells();
    let mut missed = Vec::new();
    for (_, name, caught_by, mut caught) in results {
        let by = caught.iter().position(|(check, _)| *check == caught_by);
        let Some(by) = by else {
            missed.push((name, caught_by.name(), caught));
            continue;
        };
        let (_, months) = caught.remove(by);
        caught.sort_by_key(|(_, months)| *months);
        let others: Vec<_> = caught
            .iter()
            .map(|(check, months)| format!("{} {months}", check.name()))
            .collect();
        println!(
            "| {name} | {} | {months} | {} | {} |",
            caught_by.name(),
            months * draws,
            others.join(", ")
        );
    }
    assert!(
        missed.is_empty(),
        "not caught by the check that should: {missed:#?}"
    );
}
