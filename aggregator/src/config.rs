//! An aggregator's configuration: `aggregator.toml`, with `VWIS_AGGREGATOR_…` in the environment
//! above it.

mod dashboard;
mod http;
mod oidc;

pub use dashboard::DashboardConfig;
pub use http::{DEFAULT_LISTEN, Entry, EntryError, HttpConfig};
pub use oidc::{CLIENT_SECRET_VARIABLE, OidcConfig, OidcConfigError};

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use vwis_host::{
    config::{self, ConfigError},
    folder, place,
};
use vwis_model::aggregator_name::AggregatorName;

/// What `aggregator.toml` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Name in certificates and agreements.
    pub name: AggregatorName,
    /// Address of the enrolment service; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Most nodes that `collect` and `agreement propose` ask at once.
    #[serde(default = "concurrent_nodes")]
    pub concurrent_nodes: usize,
    /// Longest that one call to a node may take, its whole answer included.
    #[serde(default = "call_deadline_s")]
    pub call_deadline_s: u64,
    /// Attempts per call in all, the first included.
    #[serde(default = "attempts")]
    pub attempts: usize,
    /// Most enrolment connections served at once.
    #[serde(default = "connections")]
    pub most_connections: usize,
    /// Whether the folder may lie on a network or FUSE file system, where locks do not keep a second
    /// server away.
    #[serde(default)]
    pub allow_network_folder: bool,
    /// Where the API is served, and to whom.
    #[serde(default)]
    pub http: HttpConfig,
    /// Whose bearer tokens are taken; none where this is missing.
    #[serde(default)]
    pub oidc: Option<OidcConfig>,
    /// What stands above every page.
    #[serde(default)]
    pub dashboard: DashboardConfig,
}

/// A configuration, and the folder that its relative paths start from.
#[derive(Clone, Debug)]
pub struct Config {
    /// What the file holds.
    pub file: ConfigFile,
    /// The aggregator's folder.
    pub dir: PathBuf,
}

fn concurrent_nodes() -> usize {
    16
}

fn call_deadline_s() -> u64 {
    60
}

fn attempts() -> usize {
    4
}

fn connections() -> usize {
    32
}

// === impl ConfigFile ===

impl ConfigFile {
    /// A configuration with every other setting at its default.
    #[must_use]
    pub fn new(name: AggregatorName, listen: SocketAddr) -> Self {
        Self {
            name,
            listen,
            concurrent_nodes: concurrent_nodes(),
            call_deadline_s: call_deadline_s(),
            attempts: attempts(),
            most_connections: connections(),
            allow_network_folder: false,
            http: HttpConfig::default(),
            oidc: None,
            dashboard: DashboardConfig::default(),
        }
    }
}

// === impl Config ===

impl Config {
    /// Reads `path` and the environment above it.
    ///
    /// # Errors
    /// [`ConfigError`] names the file and the field.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let (file, dir): (ConfigFile, _) =
            config::read(path, "VWIS_AGGREGATOR_", &["config", "oidc_client_secret"])?;
        if !file.allow_network_folder {
            folder::require_local(&dir)?;
        }
        place::settle(&dir)?;
        Ok(Self { file, dir })
    }

    /// Longest that one call to a node may take, its whole answer included.
    #[must_use]
    pub fn call_deadline(&self) -> Duration {
        Duration::from_secs(self.file.call_deadline_s.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_and_a_missing_file_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("aggregator.toml");
        let missing = Config::read(&path).unwrap_err().to_string();
        assert!(
            missing.contains("aggregator.toml is not there"),
            "{missing}"
        );
        let good = "name = \"gm-icb\"\nlisten = \"127.0.0.1:0\"\n";
        std::fs::write(&path, good).unwrap();
        let config = Config::read(&path).unwrap();
        assert_eq!(config.dir, folder.path());
        assert_eq!(config.file.attempts, 4);
        std::fs::write(&path, format!("{good}listn = 1\n")).unwrap();
        let unknown = Config::read(&path).unwrap_err().to_string();
        assert!(unknown.contains("listn"), "{unknown}");
        std::fs::write(&path, format!("{good}[http]\nlisen = 1\n")).unwrap();
        let unknown = Config::read(&path).unwrap_err().to_string();
        assert!(unknown.contains("lisen"), "{unknown}");
        std::fs::write(&path, format!("{good}[http]\nlisten = \"[::1]:0\"\n")).unwrap();
        let http = Config::read(&path).unwrap().file.http;
        assert_eq!(http.listen, "[::1]:0".parse().unwrap());
        assert_eq!(
            http.requests_per_minute,
            HttpConfig::default().requests_per_minute
        );
    }
}
