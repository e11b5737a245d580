//! Configuration files: TOML, with the environment above it, unknown keys refused.

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use serde::de::DeserializeOwned;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No such file.
    #[error("{0} is not there: run `init` first, or name the file with --config")]
    Missing(PathBuf),
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
/// `not_fields`, which the command line reads itself. Returns the folder of the file beside it.
///
/// # Errors
/// [`ConfigError`] names the file and the field.
pub fn read<T: DeserializeOwned>(
    path: &Path,
    prefix: &str,
    not_fields: &[&str],
) -> Result<(T, PathBuf), ConfigError> {
    if !path.is_file() {
        return Err(ConfigError::Missing(path.to_owned()));
    }
    let content = Figment::new()
        .merge(Toml::file_exact(path))
        .merge(Env::prefixed(prefix).ignore(not_fields))
        .extract()
        .map_err(|problem| ConfigError::Invalid {
            path: path.to_owned(),
            problem: Box::new(problem),
        })?;
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty());
    Ok((content, dir.unwrap_or(Path::new(".")).to_owned()))
}
