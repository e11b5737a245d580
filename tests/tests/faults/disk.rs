//! A disk that is full, full for a while, or read-only.

use tokio::process::Command;
use vwis_tests::{
    certificates::System,
    extract::{Extract, OTHER_PEOPLE},
    faults::{Calls, Fault, Injection},
    needs,
    node::NodeFixture,
    process,
};

use super::{approved_node, ask, charged_once_each, measured, month, monthly, quick_node};

/// No room is left from write number `from` on, for `times` writes.
fn full(from: usize, times: usize) -> Injection {
    Injection {
        calls: Calls::DatabaseWrites,
        fault: Fault::NoSpace,
        from,
        times,
    }
}

/// Options of `unshare` that give a process mounts of its own, which any user may change.
const ALONE: [&str; 3] = ["--user", "--map-root-user", "--mount"];
const FOR_EVER: usize = 1_000_000;

#[tokio::test]
async fn a_disk_that_was_full_for_a_while_costs_no_second_charge_and_no_restart() {
    let system = System::new();
    // A measurement makes some thirty writes.
    let beginnings: Vec<usize> = (1..=32).collect();
    let (node, agreement) = approved_node(&system, beginnings.len()).await;
    let mut last = None;
    let mut refused = 0;
    for (number, from) in beginnings.into_iter().enumerate() {
        let mut serve = node.command(&["serve"]);
        let Some(_injected) = full(from, 7).into_command(&mut serve) else {
            return;
        };
        // Where its first writes fail, `serve` does not start; the next one does.
        let server = match node.try_serve_by(serve).await {
            Ok(server) => server,
            Err(ran) => {
                assert!(ran.stderr.contains("full"), "{ran:?}");
                refused += 1;
                node.serve().await
            }
        };
        let caller = server.caller(&system).await;
        let request = ask(&agreement, number, last.as_ref());
        let mut answer = caller.measure(request.clone()).await;
        // Every refusal uses up some of the failing writes.
        for _ in 0..20 {
            if answer.is_ok() {
                break;
            }
            refused += 1;
            answer = caller.measure(request.clone()).await;
        }
        let answer = answer.unwrap();
        server.asked_to_stop().await;
        let again = measured(&node, &system, request).await;
        assert_eq!(again.entries, answer.entries, "from write {from}");
        charged_once_each(&node, number + 1).await;
        last = Some(again.receipt);
    }
    assert!(refused > 10, "the disk was full {refused} times only");
}

#[tokio::test]
async fn a_command_on_a_full_disk_says_so_and_changes_nothing() {
    let system = System::new();
    let node = quick_node(&system).await;
    node.import(&Extract::seeded(1, 40), &month(0)).await;
    let agreement = monthly(1);
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    caller.propose(&agreement).await.unwrap();
    server.stop().await;
    let file = node.dir().join("extract.csv");
    std::fs::write(&file, Extract::seeded(2, 40).csv()).unwrap();
    let hash = agreement.hash().to_string();
    let approve = [
        "agreement",
        "approve",
        &hash,
        "--by",
        "A Tester",
        "--reason",
        "a test",
    ];
    let period = month(1);
    let file = file.to_str().unwrap();
    let import = ["import", file, "--period", &period, "--allow", OTHER_PEOPLE];
    for command in [&approve[..], &import[..]] {
        let before = node.verified_entries().await;
        let mut failing = node.command(command);
        let Some(injected) = full(1, FOR_EVER).into_command(&mut failing) else {
            return;
        };
        let ran = process::run(failing).await.ended_with(1);
        assert!(injected.befell());
        assert!(ran.stderr.contains("full"), "{ran:?}");
        assert_eq!(node.verified_entries().await, before);
        node.run(command).await.done();
    }
}

#[tokio::test]
async fn a_store_that_is_read_only_is_named_and_nothing_is_served() {
    let system = System::new();
    let (node, _) = approved_node(&system, 1).await;
    let Some(unshare) = needs::program("unshare", "util-linux") else {
        return;
    };
    let mut alone = Command::new(&unshare);
    alone.args(ALONE).arg("true");
    if process::run(alone).await.code != Some(0) {
        return needs::skip("user namespaces (sysctl kernel.unprivileged_userns_clone=1)");
    }
    let before = node.verified_entries().await;
    let hash = monthly(1).hash().to_string();
    let pause = [
        "agreement",
        "pause",
        &hash,
        "--by",
        "Tester",
        "--reason",
        "testing",
    ];
    for command in [&["serve"][..], &pause[..]] {
        let ran = process::run(read_only(&unshare, &node, command)).await;
        let ran = ran.ended_with(1);
        let said = ran.stderr.to_lowercase();
        assert!(
            said.contains("read-only") || said.contains("cannot be written"),
            "{ran:?}"
        );
    }
    assert_eq!(node.verified_entries().await, before);
}

/// A command of the node that sees the node's folder as read-only.
fn read_only(unshare: &std::path::Path, node: &NodeFixture, command: &[&str]) -> Command {
    let folder = node.dir();
    let script = format!(
        "mount --bind {0} {0} && mount -o remount,ro,bind {0} && exec {1}",
        folder.display(),
        node.command_line(command),
    );
    let mut alone = Command::new(unshare);
    alone.args(ALONE).args(["sh", "-c", &script]);
    alone
}
