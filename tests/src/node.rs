//! A node that is made, enrolled, given extracts and served by its own commands.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use tokio::process::Command;
use vwis_model::{agreement::Agreement, ods::OdsCode};
use vwis_node::store;

use crate::{
    call::Caller,
    certificates::System,
    extract::{Extract, OTHER_PEOPLE},
    needs,
    process::{self, Ran, Running},
};

/// A node's folder, and the program that works on it.
pub struct NodeFixture {
    binary: &'static str,
    ods_code: OdsCode,
    folder: TempDir,
}

/// A running `serve` of a node.
pub struct Server {
    process: Running,
    url: String,
    ods_code: OdsCode,
}

// === impl NodeFixture ===

impl NodeFixture {
    /// Makes a node of R0A by `init`, and has it certified by `system`.
    pub async fn new(binary: &'static str, system: &System, rho_per_year: &str) -> Self {
        Self::of("R0A", binary, system, rho_per_year).await
    }

    /// Makes a node of `ods_code` in the same way.
    pub async fn of(
        ods_code: &str,
        binary: &'static str,
        system: &System,
        rho_per_year: &str,
    ) -> Self {
        let fixture = Self {
            binary,
            ods_code: ods_code.parse().unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        let dir = fixture.dir();
        let init = [
            "init",
            "--ods",
            ods_code,
            "--dir",
            dir.to_str().unwrap(),
            "--listen",
            "127.0.0.1:0",
            "--rho-per-year",
            rho_per_year,
        ];
        let init = process::run(process::command(binary, "node", &init)).await;
        init.done();
        system.enrol(&fixture.ods_code, &dir.join("tls"));
        fixture
    }

    /// A copy of the node's whole folder, with keys and witness. The node must not run.
    #[must_use]
    pub fn cloned(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(&self.dir(), &folder.path().join("node"));
        Self {
            binary: self.binary,
            ods_code: self.ods_code.clone(),
            folder,
        }
    }

    /// The node's folder.
    #[must_use]
    pub fn dir(&self) -> PathBuf {
        self.folder.path().join("node")
    }

    /// The organisation whose node it is.
    #[must_use]
    pub fn ods_code(&self) -> &OdsCode {
        &self.ods_code
    }

    /// A command of this node, not run yet.
    #[must_use]
    pub fn command(&self, args: &[&str]) -> Command {
        let config = self.dir().join("node.toml");
        let mut all = vec!["--config", config.to_str().unwrap()];
        all.extend(args);
        process::command(self.binary, "node", &all)
    }

    /// A command of this node, as a line for a shell.
    #[must_use]
    pub fn command_line(&self, args: &[&str]) -> String {
        let config = self.dir().join("node.toml");
        format!(
            "{} node --config {} {}",
            self.binary,
            config.display(),
            args.join(" ")
        )
    }

    /// What a command of this node prints on a terminal; `None`, with a message, where the machine cannot
    /// make one.
    pub async fn on_terminal(&self, args: &[&str]) -> Option<String> {
        let mut script = Command::new(needs::program("script", "bsdutils")?);
        script.args(["-qec", &self.command_line(args), "/dev/null"]);
        Some(process::run(script).await.done())
    }

    /// How a command of this node ends on a terminal on which `typed` is typed; `None`, with a message, where
    /// the machine cannot make one.
    pub async fn typing(&self, args: &[&str], typed: &str) -> Option<Ran> {
        let script = needs::program("script", "bsdutils")?;
        let mut shell = Command::new("sh");
        let piped = "printf '%s\\n' \"$2\" | \"$0\" -qec \"$1\" /dev/null";
        shell.args(["-c", piped]).arg(script);
        shell.args([&self.command_line(args), typed]);
        Some(process::run(shell).await)
    }

    /// Runs a command of this node to its end.
    pub async fn run(&self, args: &[&str]) -> Ran {
        process::run(self.command(args)).await
    }

    /// Imports a file with these bytes.
    pub async fn import_bytes(&self, bytes: &[u8], period: &str, options: &[&str]) -> Ran {
        let file = tempfile::NamedTempFile::new_in(self.folder.path()).unwrap();
        fs::write(file.path(), bytes).unwrap();
        let path = file.path().to_str().unwrap();
        let mut args = vec!["import", path, "--period", period];
        args.extend(options);
        self.run(&args).await
    }

    /// Imports `extract` as the snapshot of `period`, however different its people are from those of an
    /// earlier one.
    pub async fn import(&self, extract: &Extract, period: &str) {
        let csv = extract.csv();
        let options = ["--allow", OTHER_PEOPLE];
        let ran = self.import_bytes(csv.as_bytes(), period, &options).await;
        ran.done();
    }

    /// Approves a proposed agreement; a refusal fails the test.
    pub async fn approve(&self, agreement: &Agreement) {
        self.try_approve(agreement).await.done();
    }

    /// Tries to approve a proposed agreement.
    pub async fn try_approve(&self, agreement: &Agreement) -> Ran {
        let hash = agreement.hash().to_string();
        let reason = "minutes of a test";
        self.run(&[
            "agreement",
            "approve",
            &hash,
            "--by",
            "A Tester",
            "--reason",
            reason,
        ])
        .await
    }

    /// Runs a decision about an agreement, such as `pause`, `resume` or `withdraw`.
    pub async fn decide(&self, what: &str, agreement: &Agreement) -> Ran {
        let hash = agreement.hash().to_string();
        let by = ["--by", "A Tester", "--reason", "a decision of a test"];
        let mut decide = vec!["agreement", what, &hash];
        if what == "withdraw" {
            decide.push("--yes");
        }
        self.run(&[&decide[..], &by[..]].concat()).await
    }

    /// The output of `budget --json`.
    pub async fn budget(&self) -> serde_json::Value {
        self.run(&["budget", "--json"]).await.json()
    }

    /// Number of entries in the ledger, after `ledger verify` has found it whole.
    pub async fn verified_entries(&self) -> u64 {
        let said = self.run(&["ledger", "verify"]).await.done();
        // The number of entries is the first number in the output.
        let digits = said.chars().skip_while(|c| !c.is_ascii_digit());
        let digits: String = digits.take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_else(|_| panic!("{said}"))
    }

    /// Serves with warnings in the log.
    pub async fn serve(&self) -> Server {
        self.serve_with(&[]).await
    }

    /// Serves with further options before the command.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn serve_with(&self, options: &[&str]) -> Server {
        let mut args = options.to_vec();
        args.push("serve");
        self.serve_by(self.command(&args)).await
    }

    /// Serves by `command`, which must print the same first line as `serve`.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn serve_by(&self, command: Command) -> Server {
        self.try_serve_by(command).await.unwrap()
    }

    /// Tries to serve by `command`.
    ///
    /// # Errors
    /// How the command ended, where it did not start to serve.
    pub async fn try_serve_by(&self, command: Command) -> Result<Server, Ran> {
        let process = Running::start(command).await?;
        let marker = format!("{} serves on ", self.ods_code);
        let line = process.ready_line();
        let url = line
            .strip_prefix(&marker)
            .unwrap_or_else(|| panic!("{line}"))
            .to_owned();
        Ok(Server {
            process,
            url,
            ods_code: self.ods_code.clone(),
        })
    }

    /// Serves, proposes `agreements` as the aggregator, and approves them.
    pub async fn serve_approved(
        &self,
        system: &System,
        agreements: &[&Agreement],
    ) -> (Server, Caller) {
        let server = self.serve().await;
        let caller = server.caller(system).await;
        for agreement in agreements {
            caller.propose(agreement).await.unwrap();
            self.approve(agreement).await;
        }
        (server, caller)
    }

    /// Removes the answer floor from the next `serve` on, for tests of many measurements.
    pub fn without_answer_floor(&self) {
        self.set_answer_floor_ms(0);
    }

    /// Sets the answer floor from the next `serve` on, for tests of what happens before an answer leaves.
    pub fn set_answer_floor_ms(&self, floor_ms: u32) {
        let path = self.dir().join("node.toml");
        let text = fs::read_to_string(&path).unwrap();
        let changed = text.replace(
            "answer_floor_ms = 200",
            &format!("answer_floor_ms = {floor_ms}"),
        );
        assert_ne!(text, changed, "the floor is no longer written as it was");
        fs::write(&path, changed).unwrap();
    }

    /// Copies the store with its log to `target`. The node must not run.
    pub fn copy_store(&self, target: &Path) {
        store::copy_files(&self.dir(), target).unwrap();
    }

    /// Puts a copied store back. The node must not run.
    pub fn restore_store(&self, source: &Path) {
        store::copy_files(source, &self.dir()).unwrap();
    }
}

fn copy_folder(source: &Path, target: &Path) {
    fs::create_dir(target).unwrap();
    fs::set_permissions(target, fs::metadata(source).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(source).unwrap() {
        let (from, to) = {
            let entry = entry.unwrap();
            (entry.path(), target.join(entry.file_name()))
        };
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

// === impl Server ===

impl Server {
    /// The address at which it serves.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Connects to the node as the aggregator.
    pub async fn caller(&self, system: &System) -> Caller {
        system.caller_of(&self.ods_code, &self.url).await
    }

    /// Stops it in good order.
    pub async fn stop(self) -> Ran {
        self.asked_to_stop().await.ended_with(0)
    }

    /// Asks the node to stop, and returns how it ended.
    pub async fn asked_to_stop(self) -> Ran {
        self.process.stop().await
    }

    /// Waits until the node's process is killed from inside.
    pub async fn until_it_ends(self) {
        self.process.until_it_ends().await;
    }

    /// Kills the node, and returns what it had printed.
    pub async fn kill(self) -> Ran {
        self.process.kill().await
    }

    /// The most memory that the process ever had, in bytes (Linux).
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        self.process.peak_memory()
    }
}
