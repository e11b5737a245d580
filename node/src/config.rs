//! A node's configuration: `node.toml`, with `VWIS_NODE_…` in the environment above it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use vwis_link::config::{self, ConfigError};
use vwis_proto::ods::OdsCode;

/// Least time that an answer takes after its reservation, so that the time of a draw tells nothing.
pub const DEFAULT_ANSWER_FLOOR_MS: u64 = 200;

/// What `node.toml` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Whose node this is.
    pub ods_code: OdsCode,
    /// Address to serve on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where receipt key and witness lie: not in the backup, best on other storage. Relative to
    /// the configuration's folder.
    #[serde(default = "keep")]
    pub keep_dir: PathBuf,
    /// Least time from a reservation to its answer, in milliseconds.
    #[serde(default = "answer_floor")]
    pub answer_floor_ms: u64,
    /// Most connections served at once.
    #[serde(default = "connections")]
    pub most_connections: usize,
}

/// A configuration and the folder it stands in.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the file holds.
    pub file: ConfigFile,
    /// The node's folder.
    pub dir: PathBuf,
}

fn keep() -> PathBuf {
    "keep".into()
}

fn answer_floor() -> u64 {
    DEFAULT_ANSWER_FLOOR_MS
}

fn connections() -> usize {
    32
}

// === impl Config ===

impl Config {
    /// Reads `path` and the environment above it.
    ///
    /// # Errors
    /// [`ConfigError`] names the file and the field.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let (file, dir) = config::read(path, "VWIS_NODE_", &["config", "enrolment_token"])?;
        Ok(Self { file, dir })
    }

    /// Folder outside the backup set.
    #[must_use]
    pub fn keep_dir(&self) -> PathBuf {
        self.dir.join(&self.file.keep_dir)
    }

    /// The witness's file.
    #[must_use]
    pub fn witness_file(&self) -> PathBuf {
        self.keep_dir().join("witness.json")
    }

    /// The receipt key's file.
    #[must_use]
    pub fn receipt_key_file(&self) -> PathBuf {
        self.keep_dir().join("receipt.key")
    }

    /// Folder of the TLS key, its certificate and the authority's.
    #[must_use]
    pub fn tls_dir(&self) -> PathBuf {
        self.dir.join("tls")
    }

    /// The key that employee numbers are hashed with.
    #[must_use]
    pub fn employee_key_file(&self) -> PathBuf {
        self.dir.join("employee.key")
    }

    /// The organisation's own mapping of extracts, where it wrote one.
    #[must_use]
    pub fn mapping_file(&self) -> PathBuf {
        self.dir.join("mapping.toml")
    }

    /// Least time from a reservation to its answer.
    #[must_use]
    pub fn answer_floor(&self) -> Duration {
        Duration::from_millis(self.file.answer_floor_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_and_a_missing_file_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node.toml");
        let missing = Config::read(&path).unwrap_err().to_string();
        assert!(missing.contains("node.toml is not there"), "{missing}");
        let good = "ods_code = \"R0A\"\nlisten = \"127.0.0.1:0\"\n";
        std::fs::write(&path, good).unwrap();
        let config = Config::read(&path).unwrap();
        assert_eq!(
            config.witness_file(),
            folder.path().join("keep/witness.json")
        );
        std::fs::write(&path, format!("{good}listn = 1\n")).unwrap();
        let unknown = Config::read(&path).unwrap_err().to_string();
        assert!(unknown.contains("listn"), "{unknown}");
    }
}
