//! Configuration files: TOML, in which unknown keys are refused, and over which the environment goes.

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
    /// There is no such file.
    #[error("{0} is not there: run `init` first, or name the file with --config")]
    Missing(PathBuf),
    /// The path names a folder.
    #[error("{0} is a folder: name the configuration in it with --config")]
    Folder(PathBuf),
    /// The file is there and cannot be read.
    #[error(transparent)]
    Unreadable(#[from] FileError),
    /// The program must not work on the folder that it stands in.
    #[error(transparent)]
    Place(#[from] FolderError),
    /// The folder's place pack cannot be read.
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

/// Reads `path`. Environment variables that begin with `prefix` go over it, except those in
/// `not_fields`, which the command line reads itself. Returns the configuration and the folder that its
/// file stands in (for a symbolic link, the folder of what it names), which must be this user's own.
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
