//! Kills at every step: import, approve, measure and collect, at node and aggregator, by SIGKILL from inside
//! at a named place. Whatever was cut off, these hold: one charge for a measurement, the same bytes for ever,
//! nothing at the aggregator that is not sealed at the node, and a whole chain; and the next attempt ends
//! well.
//!
//! `VWIS_KILLS=5000 cargo test -p vwis-tests --test killing -- --nocapture` is the long run. Without the
//! variable it is the short one of CI.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "what fails here fails the test, at this line; the long run tells how far it is"
)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vwis_tests::{
    extract::{Extract, OTHER_PEOPLE},
    federation::{Federation, sealed_bytes},
    process::{self, Ran},
};

const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");
const ODS: &str = "R0A";
/// Number of kills in the short run.
const FEW_KILLS: usize = 108;
/// Months of one federation's agreement, each measured once.
const MONTHS: usize = 36;

const IMPORT: [&str; 2] = ["import.inserted", "import.committed"];
const APPROVE: [&str; 4] = [
    "approve.counted",
    "ledger.appended",
    "ledger.committed",
    "ledger.witnessed",
];
/// Places in the node while it is asked. `:2` is the second time a place is reached, which is for the seal.
const MEASURE: [&str; 11] = [
    "measure.asked",
    "ledger.appended",
    "ledger.committed",
    "ledger.witnessed",
    "measure.reserved",
    "measure.drawn",
    "ledger.appended:2",
    "ledger.committed:2",
    "ledger.witnessed:2",
    "measure.sealed",
    "measure.answering",
];
/// Number of places before anything is sealed: there the aggregator must have received nothing.
const BEFORE_THE_SEAL: usize = 7;
const COLLECT: [&str; 5] = [
    "collect.received",
    "collect.inserted",
    "collect.kept",
    "release.inserted",
    "release.made",
];

const DRAFT: &str = r#"
name = "Many months"
version = 1
aggregator = "gm-icb"
purpose = "To be interrupted."
readers = "Testers."
first_period = "2023-09"
last_period = "2026-08"

[[series]]
name = "headline"
measure = "headcount"
cadence = "monthly"
rho = 0.01
tables = [{ by = [] }, { by = ["staff_group"] }, { by = ["gender", "age_band"] }]
"#;

/// `SplitMix64`, which picks the next place.
struct Seeded(u64);

impl Seeded {
    fn pick<'a>(&mut self, places: &[&'a str]) -> (usize, &'a str) {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        let at = usize::try_from(z % places.len() as u64).unwrap();
        (at, places[at])
    }
}

/// A federation of one node, and counts of what was killed in it.
struct Killing {
    federation: Federation,
    random: Seeded,
    kills: BTreeMap<&'static str, usize>,
}

impl Killing {
    async fn new(seed: u64) -> Self {
        let federation = Federation::new(BINARY).await;
        let token = federation.aggregator(&["node", "token", ODS]).await.done();
        let dir = federation.node_dir(ODS);
        let init = [
            "node",
            "init",
            "--ods",
            ODS,
            "--dir",
            dir.to_str().unwrap(),
            "--listen",
            "127.0.0.1:0",
            "--rho-per-year",
            "1000",
        ];
        process::run(process::command(BINARY, init[0], &init[1..]))
            .await
            .done();
        let enrolment = federation.enrolment();
        let enrol = ["enrol", "--aggregator", &enrolment, "--token", token.trim()];
        federation.node(ODS, &enrol).await.done();
        // Without an answer floor, kills fall closer together.
        let config = dir.join("node.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(
            &config,
            text.replace("answer_floor_ms = 200", "answer_floor_ms = 0"),
        )
        .unwrap();
        // A killed node does not come back while it is asked, so there is no point in waiting.
        let config = federation.aggregator_dir().join("aggregator.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        let once = text.replace("attempts = 4", "attempts = 1");
        assert_ne!(text, once, "attempts are no longer written as they were");
        std::fs::write(&config, once).unwrap();
        Self {
            federation,
            random: Seeded(seed),
            kills: BTreeMap::new(),
        }
    }

    fn count(&mut self, place: &'static str) {
        *self.kills.entry(place).or_default() += 1;
    }

    /// Runs a command of the node that is killed at `place`, and records whether it came there.
    async fn node_killed_at(&mut self, place: &'static str, args: &[&str]) {
        let mut command = self.federation.node_command(ODS, args);
        command.env("VWIS_KILL_AT", place);
        killed(&process::run(command).await, place);
        self.count(place);
    }

    async fn approve(&mut self, hash: &str) {
        let approve = [
            "agreement",
            "approve",
            hash,
            "--by",
            "A Tester",
            "--reason",
            "to be interrupted",
        ];
        for place in APPROVE {
            self.node_killed_at(place, &approve).await;
            self.federation
                .node(ODS, &["ledger", "verify"])
                .await
                .done();
            let listed = self
                .federation
                .node(ODS, &["agreement", "list", "--json"])
                .await
                .json();
            // Before the commit there is no approval and after it there is one, never half of one.
            let committed = matches!(place, "ledger.committed" | "ledger.witnessed");
            let state = listed[0]["state"].as_str().unwrap();
            if committed {
                assert_eq!(state, "approved", "{place}");
                return;
            }
            assert_eq!(state, "proposed", "{place}");
        }
    }

    /// Imports twice, first with a kill: that import stores all of it or nothing.
    async fn import(&mut self, month: usize, period: &str) {
        let extract = Extract::seeded(month as u64, 60);
        let file = self.federation.file("extract.csv", &extract.csv());
        let import = ["import", &file, "--period", period, "--allow", OTHER_PEOPLE];
        let (_, place) = self.random.pick(&IMPORT);
        self.node_killed_at(place, &import).await;
        let json = [&import[..], &["--report", "json"]].concat();
        let again = self.federation.node(ODS, &json).await.json();
        let expected = if place == "import.committed" { 2 } else { 1 };
        assert_eq!(again["stored"]["revision"], expected, "{place}");
    }

    /// Kills the node while it is asked.
    async fn measure(&mut self, period: &str) {
        let (at, place) = self.random.pick(&MEASURE);
        let mut serve = self.federation.node_command(ODS, &["serve"]);
        serve.env("VWIS_KILL_AT", place);
        let serving = self.federation.serve_by(ODS, serve).await;
        let collect = ["collect", "--period", period, "--json"];
        let (asked, ()) = tokio::join!(
            self.federation.aggregator(&collect),
            serving.until_it_ends()
        );
        let answer: Value = serde_json::from_str(&asked.stdout).unwrap();
        assert_eq!(answer["stored"], 0, "{place}: {answer}");
        self.count(place);
        let budget = self.charges().await;
        let sealed = budget.iter().filter(|charge| charge["period"] == period);
        let sealed = sealed
            .filter(|charge| charge["sealed_at"].is_string())
            .count();
        assert_eq!(sealed, usize::from(at > BEFORE_THE_SEAL - 1), "{place}");
    }

    /// Kills the aggregator while it collects, and collects again.
    async fn collect(&mut self, period: &str) {
        let serving = self.federation.serve(ODS).await;
        let collect = ["collect", "--period", period, "--json"];
        let (_, place) = self.random.pick(&COLLECT);
        let mut command = self.federation.aggregator_command(&collect);
        command.env("VWIS_KILL_AT", place);
        killed(&process::run(command).await, place);
        self.count(place);
        let before = self.sealed_bytes().await;
        self.federation.aggregator(&collect).await.done();
        assert_eq!(
            self.sealed_bytes().await,
            before,
            "{place}: sealed bytes changed"
        );
        serving.stop().await;
    }

    async fn charges(&self) -> Vec<Value> {
        let budget = self
            .federation
            .node(ODS, &["budget", "--json"])
            .await
            .json();
        budget["charges"].as_array().unwrap().clone()
    }

    async fn sealed_bytes(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        sealed_bytes(&self.federation.node_dir(ODS).join("node.db")).await
    }

    /// Checks what must hold once everything was tried again.
    async fn check(&self, months: usize) {
        self.federation
            .node(ODS, &["ledger", "verify"])
            .await
            .done();
        let charges = self.charges().await;
        let identities: BTreeSet<_> = charges
            .iter()
            .map(|charge| charge["identity"].to_string())
            .collect();
        assert_eq!(charges.len(), months, "one charge for each month");
        assert_eq!(identities.len(), months, "and no identity twice");
        assert!(charges.iter().all(|charge| charge["sealed_at"].is_string()));
        let sealed = self.sealed_bytes().await;
        assert_eq!(sealed.len(), months);
        assert_eq!(
            sealed_bytes(&self.federation.aggregator_dir().join("aggregator.db")).await,
            sealed,
            "what arrived is what was sealed"
        );
    }
}

/// Checks that the process was ended by a signal, so it came to the place.
fn killed(ran: &Ran, place: &str) {
    assert_eq!(ran.code, None, "{place} was not reached: {ran:?}");
}

#[tokio::test]
async fn whatever_is_killed_is_charged_once_sealed_once_and_collected_in_the_end() {
    let wanted = std::env::var("VWIS_KILLS").map_or(FEW_KILLS, |kills| kills.parse().unwrap());
    let mut kills: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 1.. {
        let mut killing = Killing::new(seed).await;
        let serving = killing.federation.serve(ODS).await;
        let hash = killing.federation.propose(DRAFT).await;
        serving.stop().await;
        killing.approve(&hash).await;
        let mut months = 0;
        for (month, period) in (0..MONTHS).map(|month| (month, period(month))) {
            killing.import(month, &period).await;
            killing.measure(&period).await;
            killing.collect(&period).await;
            months += 1;
            if kills.values().chain(killing.kills.values()).sum::<usize>() >= wanted {
                break;
            }
        }
        killing.check(months).await;
        for (place, times) in &killing.kills {
            *kills.entry(place).or_default() += times;
        }
        killing.federation.stop().await;
        let survived: usize = kills.values().sum();
        eprintln!("{survived} kills survived");
        if survived >= wanted {
            break;
        }
    }
    eprintln!("{kills:#?}");
}

/// Month number `month` of the agreement's term, from 2023-09.
fn period(month: usize) -> String {
    let month = 8 + month;
    format!("{}-{:02}", 2023 + month / 12, month % 12 + 1)
}
