//! How the program ends.

use std::{fmt, io};

use vwis_host::{
    command, config::ConfigError, exit::Exit, folder::FolderError, place::PlaceFolderError,
    sqlite::OpenError,
};
use vwis_model::agreement::{AgreementError, DraftError};
use vwis_web::{public_url::PublicUrlError, server::HttpError};

use crate::{
    config::{EntryError, OidcConfigError},
    establishment::EstablishmentError,
    keys::KeysError,
    picture::{NotInRelease, QueryError},
    reference::leavers::HazardsError,
    store::StoreError,
};

/// Why a command did not do what it was told.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    error: anyhow::Error,
}

// === impl Failure ===

impl Failure {
    pub(super) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self {
            exit,
            error: anyhow::Error::msg(message.to_string()),
        }
    }

    /// Adds a line in front that says what was being done.
    #[must_use]
    pub(super) fn context(self, message: impl fmt::Display + Send + Sync + 'static) -> Self {
        Self {
            exit: self.exit,
            error: self.error.context(message),
        }
    }

    /// Says it on stderr, with its causes.
    pub(super) fn report(&self) -> Exit {
        // Who closed the pipe has read enough.
        let broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
            let io = cause.downcast_ref::<io::Error>();
            io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
        };
        if self.error.chain().any(broken_pipe) {
            return Exit::Done;
        }
        command::failed(self.exit, &command::with_causes(&*self.error))
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
    // A taken address is no fault of the configuration.
    if let Some(HttpError::Bind { .. }) = error.downcast_ref() {
        return Exit::Failed;
    }
    if error.is::<ConfigError>()
        || error.is::<FolderError>()
        || error.is::<KeysError>()
        || error.is::<HttpError>()
        || error.is::<EntryError>()
        || error.is::<OidcConfigError>()
        || error.is::<PublicUrlError>()
    {
        return Exit::BadConfiguration;
    }
    if let Some(error) = error.downcast_ref::<StoreError>() {
        return match error {
            StoreError::Missing(_)
            | StoreError::Open(OpenError::NewerSchema(_))
            | StoreError::Exists(_) => Exit::BadConfiguration,
            _ => Exit::Failed,
        };
    }
    if error.is::<DraftError>()
        || error.is::<AgreementError>()
        || error.is::<EstablishmentError>()
        || error.is::<HazardsError>()
        || error.is::<PlaceFolderError>()
    {
        return Exit::BadData;
    }
    if error.is::<QueryError>() || error.is::<NotInRelease>() {
        return Exit::Usage;
    }
    Exit::Failed
}
