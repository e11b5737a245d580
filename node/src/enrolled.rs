//! Whom this node is enrolled with, in `tls/aggregator.json`, which `enrol` writes beside the certificate.
//!
//! A recovery asks that aggregator for its receipt, whatever the restored chain knows of it. The certificate
//! is renewed there too.

use serde::{Deserialize, Serialize};
use vwis_host::files::{self, FileError};
use vwis_model::aggregator_name::AggregatorName;

use crate::config::Config;

/// The aggregator that this node is enrolled with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolled {
    /// Name of the aggregator.
    pub aggregator: AggregatorName,
    /// Where it enrols nodes: `https://HOST:PORT`.
    pub address: String,
}

/// Reads whom the node is enrolled with; `None` before enrolment, or where the file is not what `enrol`
/// wrote.
///
/// # Errors
/// Where the file is there and this user may not read it.
pub fn read(config: &Config) -> Result<Option<Enrolled>, FileError> {
    let bytes = files::read_if_there(&config.enrolled_file())?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Writes whom the node is enrolled with.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(config: &Config, enrolled: &Enrolled) -> Result<(), FileError> {
    let text = serde_json::to_string_pretty(enrolled).expect("two texts have a JSON form");
    files::write_public(&config.enrolled_file(), text.as_bytes())
}
