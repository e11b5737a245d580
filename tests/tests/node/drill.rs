//! The fire drill really attacks, leaves the node alone, and notices a node that is broken.

use std::{fs, os::unix::fs::PermissionsExt as _, sync::Arc};

use serde_json::Value;
use vwis_host::clock::SystemClock;
use vwis_model::rho::Rho;
use vwis_node::{
    config::Config,
    drill::{Attack, Blueprint},
};
use vwis_tests::{
    agreement::{HEADLINE, agreement},
    call::request,
    certificates::System,
    extract::Extract,
    inside::NoNoise,
    node::NodeFixture,
};

use super::BINARY;

#[tokio::test]
async fn a_drill_beside_a_running_server_holds_and_leaves_nothing_but_its_evidence() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[HEADLINE]);
    node.import(&Extract::seeded(1, 100), "2026-06").await;
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let ask = request(&agreement, "headline", "2026-06");
    caller.measure(ask).await.unwrap();
    let (before, files) = (caller.chain().await, names(&node));

    let drill = node.run(&["drill", "--json"]).await.json();
    assert_eq!(drill["held"], true, "{drill:#}");
    let attacks = drill["attacks"].as_array().unwrap();
    assert_eq!(attacks.len(), Attack::ALL.len());
    for attack in attacks {
        assert_eq!(attack["held"], true, "{attack:#}");
        assert!(attack["evidence"]["came_back"].is_string(), "{attack:#}");
    }

    assert_eq!(caller.chain().await, before);
    server.stop().await;
    let mut with_evidence = files;
    with_evidence.push("evidence".to_owned());
    with_evidence.sort();
    let left: Vec<_> = names(&node);
    assert!(
        left.iter().all(|name| with_evidence.contains(name)),
        "{left:?}"
    );
    let evidence: Vec<_> = fs::read_dir(node.dir().join("evidence"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(evidence.len(), 2, "{evidence:?}");
    for file in &evidence {
        let mode = fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file:?} is the node's own");
        let text = fs::read_to_string(file).unwrap();
        if file.extension().unwrap() == "json" {
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), drill);
        } else {
            for attack in Attack::ALL {
                assert!(text.contains(attack.title()), "{text}");
            }
            assert!(text.contains("What this does not show"), "{text}");
        }
    }
}

/// Names in the node's folder, without the stores' logs, which come and go.
fn names(node: &NodeFixture) -> Vec<String> {
    let names = fs::read_dir(node.dir())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.contains(".db-")).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_drill_sees_that_there_is_no_noise() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    node.without_answer_floor();
    let blueprint = Blueprint {
        config: Config::read(&node.dir().join("node.toml")).unwrap(),
        cap: Rho::from_nano(500_000_000),
        clock: Arc::new(SystemClock),
        mechanism: Arc::new(NoNoise),
    };
    for attack in Attack::ALL {
        let held = attack.carry_out(&blueprint).await.unwrap().held;
        let needs_noise = matches!(
            attack,
            Attack::AskingAgain
                | Attack::AfterRestart
                | Attack::AfterImport
                | Attack::DifferencingTables
                | Attack::DifferencingMonths
        );
        assert_eq!(held, !needs_noise, "{attack:?}");
    }
}

#[tokio::test]
async fn a_drill_sees_that_a_budget_hides_nobody() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "1000").await;
    node.without_answer_floor();
    let drill = node.run(&["drill", "--json"]).await.ended_with(1);
    let told: Value = serde_json::from_str(&drill.stdout).unwrap();
    let broken: Vec<_> = told["attacks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|attack| attack["held"] == false)
        .map(|attack| attack["name"].as_str().unwrap())
        .collect();
    let both = ["differencing-two-tables", "differencing-two-months"];
    assert_eq!(broken, both);
    assert!(drill.stderr.contains(both[0]), "{drill:?}");
}
