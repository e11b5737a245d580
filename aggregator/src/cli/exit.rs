//! How the program ends.

use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
};

use vwis_proto::agreement::{AgreementError, DraftError};

use crate::{
    config::ConfigError,
    keys::KeysError,
    picture::{NotInRelease, QueryError},
    store::StoreError,
};

/// What the exit code says (design §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// Bad input data.
    BadData = 65,
    /// A peer cannot be reached.
    Unreachable = 69,
    /// Try again later.
    TryLater = 75,
    /// Refused: budget, approval, identity.
    Refused = 77,
    /// Bad configuration.
    BadConfig = 78,
}

/// Why a command did not do what it was told.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    error: anyhow::Error,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

// === impl Failure ===

impl Failure {
    /// With an exit code and a text of one's own.
    pub fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self {
            exit,
            error: anyhow::Error::msg(message.to_string()),
        }
    }

    /// The same, with a line before it that says what was being done.
    #[must_use]
    pub fn context(self, message: impl fmt::Display + Send + Sync + 'static) -> Self {
        Self {
            exit: self.exit,
            error: self.error.context(message),
        }
    }

    /// Says it on stderr, with its causes.
    pub(super) fn report(&self, program: &str) -> ExitCode {
        // Who closed the pipe has read enough.
        let broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
            let io = cause.downcast_ref::<io::Error>();
            io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
        };
        if self.error.chain().any(broken_pipe) {
            return Exit::Done.into();
        }
        let _ = writeln!(io::stderr(), "{program}: {:#}", self.error);
        self.exit.into()
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        Self {
            exit: exit_of(&error),
            error,
        }
    }
}

fn exit_of(error: &anyhow::Error) -> Exit {
    if error.is::<ConfigError>() || error.is::<KeysError>() {
        return Exit::BadConfig;
    }
    if let Some(error) = error.downcast_ref::<StoreError>() {
        return match error {
            StoreError::Missing(_) | StoreError::NewerSchema(_) | StoreError::Exists(_) => {
                Exit::BadConfig
            }
            _ => Exit::Failed,
        };
    }
    if error.is::<DraftError>() || error.is::<AgreementError>() {
        return Exit::BadData;
    }
    if error.is::<QueryError>() || error.is::<NotInRelease>() {
        return Exit::Usage;
    }
    Exit::Failed
}
