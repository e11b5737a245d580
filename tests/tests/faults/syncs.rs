//! Every fsync of every step: the process is killed on the way into it, or it fails.

use tokio::process::Command;
use vwis_tests::{
    certificates::System,
    extract::Extract,
    faults::{Calls, Fault, Injected, Injection},
    federation::Federation,
    process::{self, Ran},
};

use super::{
    BINARY, DRAFT, approved_node, ask, charged_once_each, measured, month, monthly, quick_node,
};

const FAULTS: [Fault; 2] = [Fault::Kill, Fault::Failed];
/// More fsyncs than any step has.
const MOST_SYNCS: usize = 20;

/// Makes sync number `number` of `command` fail; `None`, with a message, where the machine cannot.
fn inject(command: &mut Command, number: usize, fault: Fault) -> Option<Injected> {
    let injection = Injection {
        calls: Calls::Syncs,
        fault,
        from: number,
        times: 1,
    };
    injection.into_command(command)
}

/// Prints how many syncs a step had, and checks that there were enough.
#[track_caller]
#[expect(clippy::print_stderr, reason = "the figure for the table of promises")]
fn told(fault: Fault, reached: usize, least: usize) {
    eprintln!("{fault:?}: {reached} syncs");
    assert!(reached >= least, "{fault:?}: {reached} of {least} syncs");
}

/// Runs `command` with a fault at sync number `number`, and returns whether it made that sync.
async fn reaches(mut command: Command, number: usize, fault: Fault) -> Option<bool> {
    let injected = inject(&mut command, number, fault)?;
    let ran: Ran = process::run(command).await;
    if !injected.befell() {
        ran.done();
    }
    Some(injected.befell())
}

#[tokio::test]
async fn an_import_is_stored_whole_or_not_at_all() {
    let system = System::new();
    for fault in FAULTS {
        let (node, agreement) = approved_node(&system, 0).await;
        let file = node.dir().join("extract.csv");
        std::fs::write(&file, Extract::seeded(1, 40).csv()).unwrap();
        let mut reached = 0;
        for number in 1..MOST_SYNCS {
            let file = file.to_str().unwrap();
            // The people are the same every month.
            let import = ["import", file, "--allow", "period", "--period"];
            let period = month(number);
            let command = node.command(&[&import[..], &[&period]].concat());
            let Some(came) = reaches(command, number, fault).await else {
                return;
            };
            if !came {
                break;
            }
            reached = number;
            node.run(&[&import[..], &[&period]].concat()).await.done();
        }
        told(fault, reached, 1);
        // Every month that was stored was counted too, so it can be measured.
        let server = node.serve().await;
        let caller = server.caller(&system).await;
        let mut last = None;
        for number in 1..=reached {
            let answer = caller.measure(ask(&agreement, number, last.as_ref())).await;
            last = Some(answer.unwrap().receipt);
        }
        server.stop().await;
        charged_once_each(&node, reached).await;
    }
}

#[tokio::test]
async fn a_yes_is_given_or_not_and_can_be_given_again() {
    let system = System::new();
    for fault in FAULTS {
        let node = quick_node(&system).await;
        node.import(&Extract::seeded(1, 40), &month(0)).await;
        let server = node.serve().await;
        let caller = server.caller(&system).await;
        let mut reached = 0;
        for number in 1..MOST_SYNCS {
            let agreement = monthly(u32::try_from(number).unwrap());
            caller.propose(&agreement).await.unwrap();
            let hash = agreement.hash().to_string();
            let approve = ["agreement", "approve", &hash, "--by", "A Tester"];
            let approve = [&approve[..], &["--reason", "a test"]].concat();
            let Some(came) = reaches(node.command(&approve), number, fault).await else {
                return;
            };
            if !came {
                break;
            }
            reached = number;
            node.verified_entries().await;
            // The approval was recorded or not. A second one is then refused, or is the first.
            let again = node.run(&approve).await;
            assert!([Some(0), Some(77)].contains(&again.code), "{again:?}");
            assert!(!caller.describe().await.sealed_only, "{fault:?} {number}");
        }
        told(fault, reached, 3);
        server.stop().await;
        node.verified_entries().await;
    }
}

#[tokio::test]
async fn a_measurement_is_charged_once_and_sealed_once() {
    let system = System::new();
    for fault in FAULTS {
        let (node, agreement) = approved_node(&system, MOST_SYNCS).await;
        let mut last = None;
        let mut reached = 0;
        for number in 1..MOST_SYNCS {
            let request = ask(&agreement, number, last.as_ref());
            let mut serve = node.command(&["serve"]);
            let Some(injected) = inject(&mut serve, number, fault) else {
                return;
            };
            let server = node.serve_by(serve).await;
            let caller = server.caller(&system).await;
            let first = caller.measure(request.clone()).await;
            if fault == Fault::Kill && first.is_err() {
                server.until_it_ends().await;
            } else {
                // The server goes on, and does when asked again what failed once.
                let again = caller.measure(request.clone()).await;
                // The last syncs are those of closing the store.
                let ran = server.asked_to_stop().await;
                let again = again.unwrap_or_else(|again| panic!("{number}: {again:?} {ran:?}"));
                if let Ok(first) = &first {
                    assert_eq!(first.entries, again.entries);
                }
                if !injected.befell() {
                    break;
                }
            }
            reached = number;
            let answer = measured(&node, &system, request).await;
            if let Ok(first) = first {
                assert_eq!(first.entries, answer.entries, "{fault:?} {number}");
            }
            charged_once_each(&node, number).await;
            last = Some(answer.receipt);
        }
        // Reserve and seal each sync the database's log, the witness and its folder.
        told(fault, reached, 6);
    }
}

#[tokio::test]
async fn what_is_collected_is_what_was_sealed() {
    for fault in FAULTS {
        let federation = Federation::new(BINARY).await;
        federation.enrol("R0A").await;
        for number in 0..MOST_SYNCS {
            let extract = Extract::seeded(number as u64, 40);
            federation.import("R0A", &extract, &month(number)).await;
        }
        let serving = federation.serve("R0A").await;
        let hash = federation.propose(DRAFT).await;
        federation.approve("R0A", &hash).await;
        let mut reached = 0;
        for number in 0..MOST_SYNCS {
            let period = month(number);
            let collect = ["collect", "--period", &period, "--json"];
            let command = federation.aggregator_command(&collect);
            let Some(came) = reaches(command, number + 1, fault).await else {
                return;
            };
            if !came {
                break;
            }
            reached = number + 1;
            federation.aggregator(&collect).await.done();
        }
        told(fault, reached, 2);
        serving.stop().await;
        let budget = federation.node("R0A", &["budget", "--json"]).await.json();
        let charges = budget["charges"].as_array().unwrap().len();
        assert!((reached..=reached + 1).contains(&charges), "{budget}");
        federation.stop().await;
    }
}
