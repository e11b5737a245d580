//! Configuration files: TOML, with the environment above it, unknown keys refused.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use serde::de::DeserializeOwned;

use crate::{
    files::{self, FileError},
    folder::{self, FolderError},
    place::PlaceFolderError,
};

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No such file.
    #[error("{0} is not there: run `init` first, or name the file with --config")]
    Missing(PathBuf),
    /// A folder.
    #[error("{0} is a folder: name the configuration in it with --config")]
    Folder(PathBuf),
    /// There, and not readable.
    #[error(transparent)]
    Unreadable(#[from] FileError),
    /// The folder that it stands in is none to work on.
    #[error(transparent)]
    Place(#[from] FolderError),
    /// Its place pack cannot be read.
    #[error(transparent)]
    Pack(#[from] PlaceFolderError),
    /// A field is missing, unknown or of the wrong form.
    #[error("{path}: {problem}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What figment says, which names the field.
        problem: Box<figment::Error>,
    },
}

/// Reads `path` and the variables that begin with `prefix` above it, but for those in
/// `not_fields`, which the command line reads itself. Returns the folder of the file beside it, which
/// is this user's own; of a symbolic link, the folder of what it names.
///
/// # Errors
/// [`ConfigError`] names the file and the field.
pub fn read<T: DeserializeOwned>(
    path: &Path,
    prefix: &str,
    not_fields: &[&str],
) -> Result<(T, PathBuf), ConfigError> {
    let real = resolved(path)?;
    if real.is_dir() {
        return Err(ConfigError::Folder(path.to_owned()));
    }
    let dir = real.parent().filter(|p| !p.as_os_str().is_empty());
    let dir = dir.unwrap_or(Path::new(".")).to_owned();
    folder::require_owner(&dir)?;
    let content = Figment::new()
        .merge(Toml::string(&files::read_text(&real)?))
        .merge(Env::prefixed(prefix).ignore(not_fields))
        .extract()
        .map_err(|problem| ConfigError::Invalid {
            path: path.to_owned(),
            problem: Box::new(problem),
        })?;
    Ok((content, dir))
}

/// What a symbolic link names, or the path as it is.
/// The folder that a configuration stands in; of a symbolic link, that of what it names. None where there
/// is no such file.
#[must_use]
pub fn folder_of(path: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(path).ok()?;
    real.parent().map(Path::to_owned)
}

fn resolved(path: &Path) -> Result<PathBuf, ConfigError> {
    let real = fs::symlink_metadata(path).and_then(|about| {
        if about.is_symlink() {
            fs::canonicalize(path)
        } else {
            Ok(path.to_owned())
        }
    });
    real.map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => match folder::closed_by(path) {
            Some(closed) => closed.into(),
            None => FileError::new(path, error).into(),
        },
        _ => ConfigError::Missing(path.to_owned()),
    })
}
