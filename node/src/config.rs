//! A node's configuration: `node.toml`, with `VWIS_NODE_…` in the environment above it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use vwis_host::{
    config::{self, ConfigError},
    folder::{self, FolderError},
    place,
};
use vwis_link::server::CredentialFiles;
use vwis_model::ods::OdsCode;

/// File of the proof that an aggregator showed; it lies beside the witness.
pub(crate) const ROLLBACK_PROOF_FILE: &str = "shown.json";
/// Least time that an answer takes after its reservation, in milliseconds, so that the time of a draw tells
/// nothing.
pub const DEFAULT_ANSWER_FLOOR_MS: u64 = 200;

/// The content of `node.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// The organisation whose node this is.
    pub ods_code: OdsCode,
    /// Address to serve on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Folder of the witness, the keys and what the node was shown. It is not in the backup, best lies on
    /// other storage, and is relative to the configuration's folder.
    #[serde(default = "keep")]
    pub keep_dir: PathBuf,
    /// Least time from a reservation to its answer, in milliseconds.
    #[serde(default = "answer_floor")]
    pub answer_floor_ms: u64,
    /// Most connections that are served at once.
    #[serde(default = "connections")]
    pub most_connections: usize,
    /// Whether the folder may lie on a network or FUSE file system, where locks do not keep a second
    /// server away.
    #[serde(default, skip_serializing_if = "is_false")]
    pub allow_network_folder: bool,
}

/// A configuration and the folder it stands in.
#[derive(Clone, Debug)]
pub struct Config {
    /// The content of the file, with the environment above it.
    pub file: ConfigFile,
    /// The node's folder.
    pub dir: PathBuf,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(value: &bool) -> bool {
    !value
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
        place::settle(&dir)?;
        let config = Self { file, dir };
        config.check_folder()?;
        Ok(config)
    }

    /// Refuses a node folder on a network or FUSE file system, unless the configuration allows it. The kept
    /// files may lie anywhere: they are written while a lock in the node's folder is held.
    pub(crate) fn check_folder(&self) -> Result<(), FolderError> {
        if self.file.allow_network_folder {
            return Ok(());
        }
        folder::require_local(&self.dir)
    }

    /// Folder of the witness and keys, outside the backup.
    #[must_use]
    pub fn keep_dir(&self) -> PathBuf {
        self.dir.join(&self.file.keep_dir)
    }

    /// File of the witness.
    #[must_use]
    pub fn witness_file(&self) -> PathBuf {
        self.keep_dir().join("witness.json")
    }

    /// File of the receipt key.
    #[must_use]
    pub fn receipt_key_file(&self) -> PathBuf {
        self.keep_dir().join("receipt.key")
    }

    /// Files that prove what a node of this organisation spent, or without which its numbers cannot be used.
    pub(crate) fn kept_files(&self) -> [PathBuf; 4] {
        [
            self.witness_file(),
            self.witness_file().with_file_name(ROLLBACK_PROOF_FILE),
            self.receipt_key_file(),
            self.employee_key_file(),
        ]
    }

    /// Folder of the TLS key, its certificate and the authority's.
    #[must_use]
    pub fn tls_dir(&self) -> PathBuf {
        self.dir.join("tls")
    }

    /// The files that `enrol` writes and `serve` follows.
    #[must_use]
    pub fn credential_files(&self) -> CredentialFiles {
        let tls = self.tls_dir();
        CredentialFiles {
            certificate: tls.join("node.crt"),
            key: tls.join("node.key"),
            authority: tls.join("authority.crt"),
        }
    }

    /// File that says whom the node is enrolled with.
    #[must_use]
    pub fn enrolled_file(&self) -> PathBuf {
        self.tls_dir().join("aggregator.json")
    }

    /// File of the key that employee numbers are hashed with. It lies outside the backup, because whoever has
    /// it and the store can try all numbers.
    #[must_use]
    pub fn employee_key_file(&self) -> PathBuf {
        self.keep_dir().join("employee.key")
    }

    /// File of the node's own secret part of every measurement's noise.
    #[must_use]
    pub fn hedge_file(&self) -> PathBuf {
        self.keep_dir().join("hedge.key")
    }

    /// File of the organisation's own mapping of extracts, which need not exist.
    #[must_use]
    pub fn mapping_file(&self) -> PathBuf {
        self.dir.join("mapping.toml")
    }

    /// Least time from a reservation to its answer, as a duration.
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
