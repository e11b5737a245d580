//! Runs the programs of the demo as processes of their own.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};
use vwis_host::exit::Exit;

/// Runs this very program in another role.
pub(crate) struct Roles {
    program: PathBuf,
    dir: PathBuf,
}

/// A role that stays up. Its process ends when this is dropped.
pub(crate) struct Running {
    /// The line that it printed when it was ready.
    pub(crate) ready: String,
    _child: Child,
    _stdout: Lines<BufReader<ChildStdout>>,
}

// === impl Roles ===

impl Roles {
    pub(crate) fn new(dir: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            program: std::env::current_exe().context("cannot find this program's own file")?,
            dir: dir.to_owned(),
        })
    }

    /// The folder of a trust's node.
    pub(crate) fn node_dir(&self, ods_code: &str) -> PathBuf {
        self.dir.join("nodes").join(ods_code)
    }

    /// The configuration file of a trust's node.
    pub(crate) fn node_config(&self, ods_code: &str) -> PathBuf {
        self.node_dir(ods_code).join("node.toml")
    }

    /// The folder of the aggregator.
    pub(crate) fn aggregator_dir(&self) -> PathBuf {
        self.dir.join("aggregator")
    }

    /// The configuration file of the aggregator.
    pub(crate) fn aggregator_config(&self) -> PathBuf {
        self.aggregator_dir().join("aggregator.toml")
    }

    /// Runs a command of a trust's node to its end. Returns what it printed.
    pub(crate) async fn node(&self, ods_code: &str, args: &[&str]) -> anyhow::Result<String> {
        let config = self.node_config(ods_code);
        finish(self.command("node", &config, args)).await
    }

    /// Runs a command of the aggregator to its end. Returns what it printed.
    pub(crate) async fn aggregator(&self, args: &[&str]) -> anyhow::Result<String> {
        finish(self.command("aggregator", &self.aggregator_config(), args)).await
    }

    /// Runs a command of the aggregator that may succeed in part (exit code 75). Returns what it printed.
    pub(crate) async fn aggregator_partly(&self, args: &[&str]) -> anyhow::Result<String> {
        let mut command = self.command("aggregator", &self.aggregator_config(), args);
        let partial = Exit::TryLater as i32;
        let output = command.output().await?;
        if output.status.code() == Some(partial) {
            return Ok(String::from_utf8(output.stdout)?);
        }
        finish_with(&shown(&command), &output)
    }

    /// Starts to serve a trust's node.
    pub(crate) async fn serve_node(&self, ods_code: &str) -> anyhow::Result<Running> {
        start(self.command("node", &self.node_config(ods_code), &["serve"])).await
    }

    /// Starts to serve the aggregator.
    pub(crate) async fn serve_aggregator(&self) -> anyhow::Result<Running> {
        start(self.command("aggregator", &self.aggregator_config(), &["serve"])).await
    }

    /// A command as a person would type it.
    pub(crate) fn typed(&self, role: &str, config: &Path, rest: &str) -> String {
        format!(
            "{} {role} --config {} {rest}",
            self.program.display(),
            config.display()
        )
    }

    fn command(&self, role: &str, config: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg(role)
            .arg("--config")
            .arg(config)
            .args(args)
            .stdin(Stdio::null());
        command
    }
}

async fn finish(mut command: Command) -> anyhow::Result<String> {
    let shown = shown(&command);
    let output = command
        .output()
        .await
        .with_context(|| format!("cannot run {shown}"))?;
    finish_with(&shown, &output)
}

fn finish_with(shown: &str, output: &std::process::Output) -> anyhow::Result<String> {
    if output.status.success() {
        Ok(String::from_utf8(output.stdout.clone())?)
    } else {
        let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
        bail!(
            "{shown}\nended with {}: {}",
            output.status,
            said.concat().trim()
        );
    }
}

fn shown(command: &Command) -> String {
    format!("{:?}", command.as_std())
}

async fn start(mut command: Command) -> anyhow::Result<Running> {
    let shown = shown(&command);
    let mut child = command
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot run {shown}"))?;
    let stdout = child
        .stdout
        .take()
        .context("the child's stdout was asked for")?;
    let mut lines = BufReader::new(stdout).lines();
    let Some(ready) = lines.next_line().await? else {
        bail!(
            "{shown}\nended before it was ready: {}",
            child.wait().await?
        );
    };
    Ok(Running {
        ready,
        _child: child,
        _stdout: lines,
    })
}
