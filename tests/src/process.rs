//! Runs real processes: to their end, or started, watched, stopped and killed.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    process::{Child, Command},
    task::JoinHandle,
    time::timeout,
};

/// Longest that a single step of a process may take before the test fails.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// How a process ended and what it printed.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Exit code; `None` where a signal ended the process.
    pub code: Option<i32>,
    /// Everything printed to stdout.
    pub stdout: String,
    /// Everything printed to stderr.
    pub stderr: String,
}

/// A running process that has said it is ready.
pub struct Running {
    child: Child,
    ready: String,
    stdout: JoinHandle<Vec<u8>>,
    stderr: JoinHandle<Vec<u8>>,
}

/// A command of `role`'s program, without variables of VWIS from the environment.
#[must_use]
pub fn command(binary: &str, role: &str, args: &[&str]) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("VWIS_NODE_") || name_text.starts_with("VWIS_AGGREGATOR_") {
            command.env_remove(name);
        }
    }
    command.arg(role).args(args);
    command
}

/// Runs `command` to its end, without input.
pub async fn run(mut command: Command) -> Ran {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(DEADLINE, command.output())
        .await
        .expect("the command ends in time")
        .unwrap();
    Ran {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// Runs `command` to its end and also returns the most memory that it was seen to have, in bytes.
pub async fn run_watched(mut command: Command) -> (Ran, u64) {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let id = child.id().expect("it was not waited for yet");
    let stdout = collect(child.stdout.take().expect("stdout is piped"));
    let stderr = collect(child.stderr.take().expect("stderr is piped"));
    let mut peak = 0;
    let watched = async {
        loop {
            peak = peak.max(memory_of(id).unwrap_or(0));
            if let Ok(ended) = timeout(Duration::from_millis(10), child.wait()).await {
                return ended.unwrap();
            }
        }
    };
    let status = timeout(DEADLINE, watched)
        .await
        .expect("the command ends in time");
    let ran = Ran {
        code: status.code(),
        stdout: text(&stdout.await.unwrap()),
        stderr: text(&stderr.await.unwrap()),
    };
    (ran, peak)
}

/// The most memory that a process ever had, in bytes: Linux's `VmHWM`.
fn memory_of(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

// === impl Ran ===

impl Ran {
    /// The output, after checking that the process ended with 0.
    ///
    /// # Panics
    /// Where it ended with another code.
    #[expect(
        clippy::must_use_candidate,
        reason = "often nothing more is asked of it than to be so"
    )]
    #[track_caller]
    pub fn done(self) -> String {
        self.ended_with(0).stdout
    }

    /// Itself, after checking that the process ended with `code`.
    ///
    /// # Panics
    /// Where it ended with another code.
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "often nothing more is asked of it than to be so"
    )]
    #[track_caller]
    pub fn ended_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// The output as JSON.
    ///
    /// # Panics
    /// Where the output is no JSON, or the command failed.
    #[must_use]
    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        let text = self.done();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

// === impl Running ===

impl Running {
    /// Starts `command` and waits for its first line on stdout.
    ///
    /// # Errors
    /// How the process ended, where it printed no line.
    pub async fn start(mut command: Command) -> Result<Self, Ran> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let stderr = collect(child.stderr.take().expect("stderr is piped"));
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut ready = String::new();
        timeout(DEADLINE, lines.read_line(&mut ready))
            .await
            .expect("the process says in time that it is ready")
            .unwrap();
        let running = Self {
            child,
            ready: ready.trim_end().to_owned(),
            stdout: collect(lines),
            stderr,
        };
        if running.ready.is_empty() {
            return Err(running.ended().await);
        }
        Ok(running)
    }

    /// Its first line.
    #[must_use]
    pub fn ready_line(&self) -> &str {
        &self.ready
    }

    /// The most memory that the process ever had, in bytes: Linux's `VmHWM`.
    ///
    /// # Panics
    /// Where the system does not say.
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        let id = self.child.id().expect("it was not waited for yet");
        memory_of(id).expect("a figure in kB")
    }

    /// Processor time of the process so far.
    ///
    /// # Panics
    /// Where the system does not say.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        cpu_of(self.child.id().expect("it was not waited for yet"))
    }

    /// Asks the process to stop (SIGTERM), and waits until it has.
    pub async fn stop(self) -> Ran {
        let id = self.child.id().expect("it was not waited for yet");
        let mut signal = Command::new("sh");
        signal.args(["-c", &format!("kill -TERM {id}")]);
        run(signal).await.ended_with(0);
        self.ended().await
    }

    /// Waits until the process ends by itself, such as by a kill from inside.
    pub async fn until_it_ends(self) -> Ran {
        self.ended().await
    }

    /// Kills the process without warning (SIGKILL).
    pub async fn kill(mut self) -> Ran {
        self.child.start_kill().unwrap();
        self.ended().await
    }

    async fn ended(mut self) -> Ran {
        let status = timeout(DEADLINE, self.child.wait())
            .await
            .expect("the process ends in time")
            .unwrap();
        let stdout = text(&self.stdout.await.unwrap());
        Ran {
            code: status.code(),
            stdout: format!("{}\n{stdout}", self.ready),
            stderr: text(&self.stderr.await.unwrap()),
        }
    }
}

/// Reads in the background, so that the process never waits because a pipe is full.
fn collect(mut pipe: impl AsyncRead + Unpin + Send + 'static) -> JoinHandle<Vec<u8>> {
    tokio::spawn(async move {
        let mut bytes = Vec::new();
        // Whatever ends the reading, the bytes read until then are all there is.
        let _ = pipe.read_to_end(&mut bytes).await;
        bytes
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Processor time of a process so far (Linux: 100 ticks a second).
///
/// # Panics
/// Where the system does not say.
#[must_use]
pub fn cpu_of(id: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    // The process's name stands in brackets and may hold any character.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks: u64 = fields[11..13]
        .iter()
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .sum();
    Duration::from_millis(ticks * 10)
}
