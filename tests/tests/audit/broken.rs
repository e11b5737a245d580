//! Whether the audit notices mechanisms that break the promise, over the same wire.

use std::sync::Arc;

use tokio::{sync::Semaphore, task::JoinSet};
use vwis_model::agreement::Agreement;
use vwis_noise::Mechanism;
use vwis_tests::{certificates::System, inside::Inside, node::NodeFixture};

use super::{
    checks::Check,
    collect::{Plan, node, observe, plan},
    data::{audited, wide},
    mutants::{self, Broken, Mutant},
    sample::{Layout, Sample},
};

/// Nodes, and months at each, for most mutants: 10 measurements of each data set.
const FEW: (usize, usize) = (1, 40);
/// The same for a mutant that spoils a single cell: 66 of each data set.
const MANY: (usize, usize) = (3, 88);
/// The same under the wide agreement: 24 of each data set.
const WIDE: (usize, usize) = (1, 96);
/// Numbers of months after which the checks look whether a mutant is caught.
const LOOKS: [usize; 23] = [
    1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 60, 80, 96, 120, 150, 180, 210, 240, 264,
];
/// Nodes that run at once.
const AT_ONCE: usize = 2;

/// What is shared by the audits of all mutants.
struct Bench {
    system: System,
    agreement: Agreement,
    layout: Arc<Layout>,
    plan: Plan,
    /// A node that has imported everything and measured nothing. Each audit uses a copy of it.
    template: NodeFixture,
    copies: usize,
}

/// The outcome for one mutant.
struct Outcome {
    name: &'static str,
    expected: Check,
    /// The checks that caught it, each with the number of months that it needed.
    caught: Vec<(Check, usize)>,
    /// Draws in a month.
    draws: usize,
}

// === impl Bench ===

impl Bench {
    async fn new(agreement: Agreement, (copies, months): (usize, usize)) -> Self {
        let system = System::new();
        let plan = plan(months, 0);
        let (template, server, _) = node(&system, &agreement, &plan).await;
        server.stop().await;
        Self {
            system,
            layout: Arc::new(Layout::of(&agreement)),
            agreement,
            plan,
            template,
            copies,
        }
    }

    async fn observe(&self, mechanism: Arc<dyn Mechanism>) -> Sample {
        let mut observations = Vec::new();
        for _ in 0..self.copies {
            let node = self.template.cloned();
            let server = Inside::serve(&node, Arc::clone(&mechanism)).await;
            let caller = server.caller(&self.system).await;
            let observed = observe(&caller, &self.agreement, &self.layout, &self.plan);
            observations.extend(observed.await);
            server.stop().await;
        }
        Sample {
            layout: Arc::clone(&self.layout),
            observations,
        }
    }

    /// Audits each of `mutants` by each of `checks`.
    async fn audit(self: &Arc<Self>, mutants: Vec<Mutant>, checks: &[Check]) -> Vec<Outcome> {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let mut running = JoinSet::new();
        for (at, mutant) in mutants.into_iter().enumerate() {
            let (bench, turns, checks) = (Arc::clone(self), Arc::clone(&turns), checks.to_vec());
            running.spawn(async move {
                let _turn = turns.acquire().await.unwrap();
                let sample = bench.observe(Arc::new(mutant.mechanism)).await;
                let caught = checks.into_iter();
                let caught =
                    caught.filter_map(|check| Some((check, caught_after(check, &sample)?)));
                let outcome = Outcome {
                    name: mutant.name,
                    expected: mutant.caught_by,
                    caught: caught.collect(),
                    draws: bench.layout.cells(),
                };
                (at, outcome)
            });
        }
        let mut outcomes = running.join_all().await;
        outcomes.sort_by_key(|(at, _)| *at);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }
}

/// The fewest months after which `check` catches the mechanism, then and at every later look.
fn caught_after(check: Check, sample: &Sample) -> Option<usize> {
    let all = sample.observations.len();
    let looks = LOOKS.into_iter().rev().filter(|months| *months <= all);
    let caught = looks.take_while(|months| !check.look(&sample.first(*months)).held);
    caught.last()
}

/// Prints a row for each mutant: the check that must catch it, months, draws, and which others caught it
/// after how many months. Fails for mutants that their check did not catch.
fn all_caught(outcomes: Vec<Outcome>) {
    let mut missed = Vec::new();
    for outcome in outcomes {
        let caught = outcome.caught.into_iter();
        let (expected, mut others): (Vec<_>, Vec<_>) =
            caught.partition(|(check, _)| *check == outcome.expected);
        others.sort_by_key(|(_, months)| *months);
        let others: Vec<_> = others
            .iter()
            .map(|(check, months)| format!("{} {months}", check.name()))
            .collect();
        let others = others.join(", ");
        let (name, check) = (outcome.name, outcome.expected.name());
        if let [(_, months)] = expected[..] {
            let draws = months * outcome.draws;
            println!("| {name} | {check} | {months} | {draws} | {others} |");
        } else {
            missed.push(format!("{name}: not by {check}, but by: {others}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mechanism_that_breaks_the_promise_is_caught() {
    let bench = Arc::new(Bench::new(audited(), FEW).await);
    // Without a fault, the replacement behaves as the product does.
    let faithful = bench.observe(Arc::new(Broken::honest())).await;
    for check in Check::ALL {
        let verdict = check.look(&faithful);
        assert!(verdict.held, "{}: {}", check.name(), verdict.evidence);
    }
    let mutants = mutants::all(&bench.agreement);
    all_caught(bench.audit(mutants, &Check::ALL).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_is_one_that_spoils_a_single_cell() {
    let bench = Arc::new(Bench::new(audited(), MANY).await);
    let checks = [Check::Scale, Check::ResidualScale, Check::CellScale];
    all_caught(bench.audit(mutants::of_one_cell(), &checks).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_is_one_that_only_hundreds_of_thousands_of_draws_show() {
    let bench = Arc::new(Bench::new(wide(), WIDE).await);
    let checks = [Check::Scale, Check::ZeroCells, Check::Tails, Check::Shape];
    all_caught(bench.audit(mutants::rare(), &checks).await);
}
