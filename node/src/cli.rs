//! The operator's commands.
//!
//! Each command is a file of its own: its arguments, what it does, what it prints. Data goes to
//! stdout, everything else to stderr; the exit codes are [`Exit`]'s.

mod agreement;
mod budget;
mod decider;
mod drill;
mod enrol;
mod import;
mod init;
mod ledger;
mod own;
mod place;
mod preview;
mod quality;
mod report;
mod serve;
mod words;

use std::{
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, Subcommand};
use comfy_table::{Table, presets};
use vwis_host::{
    clock::{Clock, SystemClock},
    command,
    config::ConfigError,
    exit::Exit,
    sqlite::OpenError,
};
use vwis_model::text::{json_for_terminal, lines_for_terminal};
use vwis_noise::DiscreteGaussian;

use crate::{
    config::Config,
    ledger::Doubt,
    node::{Node, NodeError},
    ops::correct::CorrectError,
    store::StoreError,
};

/// An organisation's node: keeps its staff records at home and answers one kind of question.
///
/// What leaves this machine is a vector of noisy counts, under an agreement that a person here
/// approved, paid for from a yearly privacy budget before it is drawn. Nothing else leaves.
#[derive(Parser, Debug)]
#[command(
    version,
    after_help = "First steps:\n  \
        vwis-node init --ods R0A --dir /var/lib/vwis     keys, configuration, empty store\n  \
        vwis-node --config /var/lib/vwis/node.toml enrol --aggregator URL --token TOKEN\n  \
        vwis-node --config … import staff.csv --period 2026-09\n  \
        vwis-node --config … serve &                     the aggregator can propose now\n  \
        vwis-node --config … agreement list              what it asks for\n\n\
        Exit codes: 0 done, 1 failed, 2 usage, 65 bad input data, 69 peer unreachable,\n\
        75 try again later, 77 refused (budget, approval, identity), 78 bad configuration."
)]
struct Cli {
    /// The node's configuration, as `init` wrote it.
    #[arg(
        long,
        global = true,
        env = "VWIS_NODE_CONFIG",
        default_value = "node.toml"
    )]
    config: PathBuf,
    /// What to log to stderr: error, warn, info, debug (or a tracing filter).
    #[arg(long, global = true, env = "VWIS_LOG", default_value = "warn")]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Init(init::Args),
    Enrol(enrol::Args),
    Place(place::Args),
    Import(import::Args),
    Quality(quality::Args),
    Agreement(agreement::Args),
    Preview(preview::Args),
    Serve(serve::Args),
    Budget(budget::Args),
    Drill(drill::Args),
    Ledger(ledger::Args),
}

/// Why a command did not do what it was asked: the exit code, and a sentence for the person who asked.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    message: String,
}

/// What every command works with.
struct Context {
    config_path: PathBuf,
    /// The name the program was called by, for the commands it suggests.
    called: String,
    clock: Arc<dyn Clock>,
    out: Box<dyn Write + Send>,
}

type Outcome = Result<(), Failure>;

/// Runs one command; `args` begins with the name the program was called by.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let (cli, called) = match command::parsed::<Cli>("vwis-node", args) {
        Ok(parsed) => parsed,
        Err(exit) => return exit.into(),
    };
    command::begin(&cli.log);
    let context = Context {
        config_path: cli.config,
        called,
        clock: Arc::new(SystemClock),
        out: Box::new(io::stdout()),
    };
    let is_new = matches!(cli.command, Command::Init(_));
    let settled = (!is_new).then(|| vwis_host::place::settle_for(&context.config_path));
    if let Err(error) = settled.transpose() {
        return fail(&error.into()).into();
    }
    match command::to_its_end(cli.command.run(context)) {
        Ok(Ok(())) => Exit::Done,
        Ok(Err(failure)) => fail(&failure),
        Err(exit) => exit,
    }
    .into()
}

fn fail(failure: &Failure) -> Exit {
    command::failed(failure.exit, &failure.message)
}

// === impl Command ===

impl Command {
    async fn run(self, context: Context) -> Outcome {
        match self {
            Self::Init(args) => init::run(args, context).await,
            Self::Enrol(args) => enrol::run(args, context).await,
            Self::Place(args) => place::run(args, context).await,
            Self::Import(args) => import::run(args, context).await,
            Self::Quality(args) => quality::run(args, context).await,
            Self::Agreement(args) => agreement::run(args, context).await,
            Self::Preview(args) => preview::run(args, context).await,
            Self::Serve(args) => serve::run(args, context).await,
            Self::Budget(args) => budget::run(args, context).await,
            Self::Drill(args) => drill::run(args, context).await,
            Self::Ledger(args) => ledger::run(args, context).await,
        }
    }
}

// === impl Context ===

impl Context {
    async fn open(&self) -> Result<Node, Failure> {
        let config = Config::read(&self.config_path)?;
        let mechanism = Arc::new(DiscreteGaussian);
        let node = Node::open(config, Arc::clone(&self.clock), mechanism).await?;
        if let Some(doubt) = node.doubt().await? {
            self.warn_of_doubt(doubt);
        }
        Ok(node)
    }

    /// Warns on stderr that the history is in doubt: the command may show less than there is.
    fn warn_of_doubt(&self, doubt: Doubt) {
        let because = match doubt {
            Doubt::RolledBack => {
                "an aggregator showed this node's own signature under entries that it does not have, so the \
                 machine was rolled back."
            }
            _ => "a backup was put back, or `keep/` is missing or another's.",
        };
        command::say(format_args!(
            "THIS HISTORY IS IN DOUBT: {because}\n\
             More may have been decided, spent and sent than this node knows; nothing new is drawn.\n\
             What is wrong: {}\nTo end it:     {}\n",
            self.command("ledger verify"),
            self.command("ledger recover --help"),
        ));
    }

    /// Today, in UTC.
    fn today(&self) -> jiff::civil::Date {
        self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// Results, to stdout; what is said beside them is [`command::say`]'s.
    fn print(&mut self, text: impl std::fmt::Display) -> Outcome {
        let text = text.to_string();
        self.write(&lines_for_terminal(&text))
    }

    fn write(&mut self, text: &str) -> Outcome {
        match writeln!(self.out, "{text}") {
            // Whoever closed the pipe has read enough; the command still runs to its end.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::new(Exit::Failed, &error))
            }
            _ => Ok(()),
        }
    }

    fn print_json(&mut self, value: &impl serde::Serialize) -> Outcome {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::new(Exit::Failed, &error))?;
        self.write(&json_for_terminal(&text))
    }

    /// A command to type next, in the form that works here.
    fn command(&self, rest: &str) -> String {
        command::line(&self.called, &self.config_path, rest)
    }
}

// === impl Failure ===

impl Failure {
    fn new(exit: Exit, message: &(impl ToString + ?Sized)) -> Self {
        Self {
            exit,
            message: message.to_string(),
        }
    }

    /// The error's sentence, followed by all its causes.
    fn with_causes(exit: Exit, error: &(dyn std::error::Error + 'static)) -> Self {
        Self::new(exit, &command::with_causes(error))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::BadConfiguration, &error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match error {
            StoreError::Missing(_) | StoreError::Open(OpenError::NewerSchema(_)) => {
                Exit::BadConfiguration
            }
            StoreError::Refused(_) => Exit::Refused,
            _ => Exit::Failed,
        };
        Self::with_causes(exit, &error)
    }
}

impl From<CorrectError> for Failure {
    fn from(error: CorrectError) -> Self {
        match error {
            CorrectError::Store(error) => error.into(),
            CorrectError::OtherDictionary => Self::new(Exit::BadData, &error),
            CorrectError::NotMeasured { .. }
            | CorrectError::NotAgreed { .. }
            | CorrectError::NotDrawn(_)
            | CorrectError::NothingChanged
            | CorrectError::Doubt(_) => Self::new(Exit::Refused, &error),
        }
    }
}

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::Store(error) => error.into(),
            NodeError::OtherOrganisation { .. }
            | NodeError::NotEnrolled
            | NodeError::Place(_)
            | NodeError::Exists(_)
            | NodeError::EmployeeKey(_)
            | NodeError::Kept(_) => Self::new(Exit::BadConfiguration, &error),
            NodeError::AlreadyServed(_) => Self::new(Exit::Refused, &error),
            other => Self::with_causes(Exit::Failed, &other),
        }
    }
}

/// A table without lines, readable for people and for `awk`.
fn plain_table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header);
    table
}
