//! How a command of a program begins and ends, and what it says of either.
//!
//! ```text
//! arguments ─► parsed ─► begin (log, panics) ─► to_its_end ─► an exit code, and where it failed, `error: …`
//! ```
//! Results go to stdout and everything else to stderr.

use std::{
    error::Error,
    ffi::OsString,
    fmt::Display,
    io::{self, IsTerminal, Write},
    path::Path,
};

use clap::{Parser, builder::StyledStr};
use tracing_subscriber::EnvFilter;
use vwis_model::text::lines_for_terminal;

use crate::{exit::Exit, panics};

/// The command line `T` of the program `name`, and the name it was called by, which stands in its help.
/// The first of `args` is that name.
///
/// # Errors
/// There is nothing to do any more: the help or the version was asked for and printed, or what is wrong with the
/// arguments.
pub fn parsed<T: Parser>(
    name: &str,
    args: impl IntoIterator<Item = OsString>,
) -> Result<(T, String), Exit> {
    let args: Vec<OsString> = args.into_iter().collect();
    let called = args.first().map_or_else(|| name.to_owned(), called_by);
    let command = renamed(T::command(), name, &called).bin_name(&called);
    let parsed = command
        .try_get_matches_from(args)
        .and_then(|matches| T::from_arg_matches(&matches));
    match parsed {
        Ok(line) => Ok((line, called)),
        Err(error) => {
            // Help and version are answers, and go to stdout; everything else is wrong usage.
            let _ = error.print();
            Err(if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            })
        }
    }
}

/// `vwis-demo aggregator` of `/a/b/vwis-demo aggregator`.
fn called_by(first: &OsString) -> String {
    let name = Path::new(first).file_name().unwrap_or(first);
    name.to_string_lossy().into_owned()
}

/// The command with its examples under the name it was called by.
fn renamed(command: clap::Command, name: &str, called: &str) -> clap::Command {
    let rename = |text: &StyledStr| text.to_string().replace(name, called);
    let long = command.get_after_long_help().map(rename);
    let short = command.get_after_help().map(rename);
    let mut command = command.mut_subcommands(|inner| renamed(inner, name, called));
    if let Some(text) = long {
        command = command.after_long_help(text);
    }
    if let Some(text) = short {
        command = command.after_help(text);
    }
    command
}

/// From now on what passes `filter` is logged to stderr, and no panic says more than its place.
pub fn begin(filter: &str) {
    // A second call in one process, as in tests, changes nothing.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .try_init();
    panics::withhold_messages();
}

/// Does the work of a command to its end.
///
/// # Errors
/// It panicked, or there is no machinery to run it; that was said.
pub fn to_its_end<T>(work: impl Future<Output = T>) -> Result<T, Exit> {
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => panics::caught(|| runtime.block_on(work)).ok_or(Exit::Failed),
        Err(error) => Err(failed(Exit::Failed, &error.to_string())),
    }
}

/// Says something to a person beside the results of a command: on stderr.
pub fn say(text: impl Display) {
    // A closed stderr stops nobody, and leaves nowhere to say so.
    let _ = writeln!(io::stderr(), "{}", lines_for_terminal(&text.to_string()));
}

/// Says why the command failed; returns `exit`.
#[must_use]
pub fn failed(exit: Exit, message: &str) -> Exit {
    say(format_args!("error: {message}"));
    exit
}

/// An error and its causes, without those whose words stand in what is said already.
#[must_use]
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !said.contains(text.trim_end()) {
            said = format!("{}: {text}", said.trim_end());
        }
        cause = error.source();
    }
    said.trim_end().to_owned()
}

/// A command to type next, in the form that works here: the program by the name it was `called`, over the
/// configuration `config`.
#[must_use]
pub fn line(called: &str, config: &Path, rest: &str) -> String {
    // A program that passes through another is called by two words.
    let called: Vec<_> = called.split(' ').map(in_shell).collect();
    let config = in_shell(&config.display().to_string());
    format!("{} --config {config} {rest}", called.join(" "))
}

/// A word as a shell takes it for one.
fn in_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
