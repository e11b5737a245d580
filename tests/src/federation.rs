//! An aggregator and the nodes that enrolled with it, all run by their own commands.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    extract::{Extract, OTHER_PEOPLE},
    process::{self, Ran, Running},
};

/// An aggregator that serves enrolment, and a folder for it and its nodes.
pub struct Federation {
    binary: &'static str,
    folder: TempDir,
    serving: Running,
    /// File that says how many seconds the clock of all these programs is ahead.
    clock: PathBuf,
    /// Further environment variables of all these programs.
    environment: BTreeMap<&'static str, PathBuf>,
}

/// A node of a [`Federation`] that is being served.
pub struct FederatedNode {
    process: Running,
    /// Address at which it serves.
    pub address: String,
}

// === impl Federation ===

impl Federation {
    /// Starts an aggregator `gm-icb` without nodes.
    pub async fn new(binary: &'static str) -> Self {
        Self::configured(binary, |_| {}).await
    }

    /// Starts one whose configuration is changed first.
    pub async fn configured(binary: &'static str, configure: impl FnOnce(&mut String)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("aggregator");
        let init = [
            "init",
            "--name",
            "gm-icb",
            "--dir",
            dir.to_str().unwrap(),
            "--listen",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
            "--anonymous",
            "analyst",
        ];
        let _ = process::run(process::command(binary, "aggregator", &init))
            .await
            .done();
        let config = dir.join("aggregator.toml");
        let mut text = fs::read_to_string(&config).unwrap();
        configure(&mut text);
        fs::write(&config, text).unwrap();
        let serve = ["--config", config.to_str().unwrap(), "serve"];
        let mut serve = process::command(binary, "aggregator", &serve);
        let clock = folder.path().join("clock");
        fs::write(&clock, "0").unwrap();
        serve.env("VWIS_CLOCK_AHEAD", &clock);
        let serving = Running::start(serve).await.unwrap();
        Self {
            binary,
            folder,
            serving,
            clock,
            environment: BTreeMap::new(),
        }
    }

    /// Stops the aggregator and starts it again, with or without this variable in its environment and in that
    /// of every later program.
    pub async fn restarted_with(mut self, name: &'static str, value: Option<&Path>) -> Self {
        match value {
            Some(value) => self.environment.insert(name, value.to_owned()),
            None => self.environment.remove(name),
        };
        let serve = self.aggregator_command(&["serve"]);
        self.serving.stop().await.ended_with(0);
        self.serving = Running::start(serve).await.unwrap();
        self
    }

    /// Sets the clock of all programs, running ones included, this many days ahead.
    pub fn set_days_ahead(&self, days: u64) {
        let next = self.clock.with_extension("next");
        fs::write(&next, (days * 86_400).to_string()).unwrap();
        fs::rename(next, &self.clock).unwrap();
    }

    /// Folder of the aggregator.
    #[must_use]
    pub fn aggregator_dir(&self) -> PathBuf {
        self.folder.path().join("aggregator")
    }

    /// Address at which nodes enrol.
    #[must_use]
    pub fn enrolment(&self) -> String {
        self.said_where("enrolment")
    }

    /// Address of the API: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn http(&self) -> String {
        self.said_where("http")
    }

    fn said_where(&self, what: &str) -> String {
        let ready: serde_json::Value = serde_json::from_str(self.serving.ready_line()).unwrap();
        ready[what].as_str().unwrap().to_owned()
    }

    /// Writes a file into the federation's folder and returns its path.
    #[must_use]
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs a command of the aggregator to its end.
    pub async fn aggregator(&self, args: &[&str]) -> Ran {
        self.run(
            "aggregator",
            &self.aggregator_dir().join("aggregator.toml"),
            args,
        )
        .await
    }

    /// Runs a command of a node to its end.
    pub async fn node(&self, ods_code: &str, args: &[&str]) -> Ran {
        self.run("node", &self.node_dir(ods_code).join("node.toml"), args)
            .await
    }

    /// A command of a node, not run yet.
    #[must_use]
    pub fn node_command(&self, ods_code: &str, args: &[&str]) -> Command {
        self.command("node", &self.node_dir(ods_code).join("node.toml"), args)
    }

    /// A command of the aggregator, not run yet.
    #[must_use]
    pub fn aggregator_command(&self, args: &[&str]) -> Command {
        self.command(
            "aggregator",
            &self.aggregator_dir().join("aggregator.toml"),
            args,
        )
    }

    /// Folder of a node.
    #[must_use]
    pub fn node_dir(&self, ods_code: &str) -> PathBuf {
        self.folder.path().join(ods_code)
    }

    async fn run(&self, role: &str, config: &Path, args: &[&str]) -> Ran {
        process::run(self.command(role, config, args)).await
    }

    fn command(&self, role: &str, config: &Path, args: &[&str]) -> Command {
        let mut all = vec!["--config", config.to_str().unwrap()];
        all.extend(args);
        let mut command = process::command(self.binary, role, &all);
        command.env("VWIS_CLOCK_AHEAD", &self.clock);
        command.envs(&self.environment);
        command
    }

    /// Makes a node and enrols it with a token of its own.
    pub async fn enrol(&self, ods_code: &str) {
        let dir = self.node_dir(ods_code);
        let init = [
            "init",
            "--ods",
            ods_code,
            "--dir",
            dir.to_str().unwrap(),
            "--listen",
            "127.0.0.1:0",
        ];
        let _ = process::run(process::command(self.binary, "node", &init))
            .await
            .done();
        let token = self.aggregator(&["node", "token", ods_code]).await.done();
        let enrolment = self.enrolment();
        let enrol = ["enrol", "--aggregator", &enrolment, "--token", token.trim()];
        self.node(ods_code, &enrol).await.done();
    }

    /// Imports an extract at a node, however different its people are from those of an earlier one.
    pub async fn import(&self, ods_code: &str, extract: &Extract, period: &str) {
        let file = self.file(&format!("{ods_code}.csv"), &extract.csv());
        let _ = self
            .node(
                ods_code,
                &["import", &file, "--period", period, "--allow", OTHER_PEOPLE],
            )
            .await
            .done();
    }

    /// Serves a node and adds its address at the aggregator.
    pub async fn serve(&self, ods_code: &str) -> FederatedNode {
        self.serve_by(ods_code, self.node_command(ods_code, &["serve"]))
            .await
    }

    /// Serves a node by `command` and adds its address at the aggregator.
    pub async fn serve_by(&self, ods_code: &str, command: Command) -> FederatedNode {
        let process = Running::start(command).await.unwrap();
        let address = process
            .ready_line()
            .split_once("serves on ")
            .unwrap()
            .1
            .to_owned();
        let add = ["node", "add", ods_code, "--address", &address];
        self.aggregator(&add).await.done();
        FederatedNode { process, address }
    }

    /// Proposes a draft to every node that was added, and returns the agreement's name.
    pub async fn propose(&self, draft: &str) -> String {
        let file = self.file("agreement.toml", draft);
        let _ = self
            .aggregator(&["agreement", "propose", &file])
            .await
            .done();
        let plan = self
            .aggregator(&["agreement", "plan", &file, "--json"])
            .await
            .json();
        plan["agreement"].as_str().unwrap().to_owned()
    }

    /// Approves an agreement at a node.
    pub async fn approve(&self, ods_code: &str, hash: &str) {
        let approve = [
            "agreement",
            "approve",
            hash,
            "--by",
            "A Tester",
            "--reason",
            "a test",
        ];
        self.node(ods_code, &approve).await.done();
    }

    /// The most memory that the aggregator's process ever had, in bytes (Linux).
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        self.serving.peak_memory()
    }

    /// Processor time of the aggregator's process so far.
    #[must_use]
    pub fn cpu(&self) -> std::time::Duration {
        self.serving.cpu()
    }

    /// Stops the aggregator and returns what it printed.
    pub async fn stop(self) -> Ran {
        self.serving.stop().await.ended_with(0)
    }
}

// === impl FederatedNode ===

impl FederatedNode {
    /// Waits until the node's process is killed from inside.
    pub async fn until_it_ends(self) {
        self.process.until_it_ends().await;
    }

    /// Stops the node in good order.
    pub async fn stop(self) {
        self.process.stop().await.ended_with(0);
    }
}

/// Sealed payloads by identity, from a node's store or an aggregator's.
pub async fn sealed_bytes(database: &Path) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let options = SqliteConnectOptions::new().filename(database);
    let mut store = SqliteConnection::connect_with(&options).await.unwrap();
    let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as("SELECT identity, payload FROM measurement")
        .fetch_all(&mut store)
        .await
        .unwrap();
    store.close().await.unwrap();
    rows.into_iter().collect()
}
