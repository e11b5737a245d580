//! Sets up the aggregator and the nodes, by the commands that their people would use.

use std::path::Path;

use anyhow::Context as _;
use vwis_model::period::Period;

use super::progress::Progress;
use crate::{
    invent::{applications_file, extract_file},
    roles::{Roles, Running},
    trusts::Trust,
};

/// A trust's node, which serves until this is dropped.
pub(super) struct ServingNode {
    pub(super) ods_code: &'static str,
    pub(super) address: String,
    _process: Running,
}

pub(super) async fn init_aggregator(roles: &Roles, place: Option<&Path>) -> anyhow::Result<()> {
    let dir = roles.aggregator_dir();
    let dir = dir.to_string_lossy();
    let mut init = vec![
        "init",
        "--name",
        "gm-icb",
        "--dir",
        &dir,
        "--listen",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--anonymous",
        "analyst",
        "--notice",
        "Demonstration: every person is invented, the noise is real.",
    ];
    let place = place.map(Path::to_string_lossy);
    if let Some(place) = &place {
        init.extend(["--place", place]);
    }
    roles.aggregator(&init).await.map(drop)
}

/// What `aggregator serve` says when it is ready.
#[derive(serde::Deserialize)]
pub(super) struct AggregatorAddresses {
    /// The address at which nodes enrol, `https://…`.
    pub(super) enrolment: String,
    /// The address of the API.
    pub(super) http: String,
}

// === impl AggregatorAddresses ===

impl AggregatorAddresses {
    /// Reads the addresses from the first line that the aggregator prints.
    pub(super) fn read(ready: &str) -> anyhow::Result<Self> {
        serde_json::from_str(ready).context("the aggregator named no addresses")
    }
}

/// Sets up a trust's node from nothing: it enrols, imports every period and the applications of one year, and
/// serves.
pub(super) async fn set_up_node(
    roles: &Roles,
    trust: &'static Trust,
    extracts: &Path,
    (periods, year): (&[Period], Period),
    enrolment: &str,
    progress: &Progress,
) -> anyhow::Result<ServingNode> {
    let ods_code = trust.ods_code;
    let node_dir = roles.node_dir(ods_code);
    let init = [
        "init",
        "--ods",
        ods_code,
        "--dir",
        &node_dir.to_string_lossy(),
        "--listen",
        "127.0.0.1:0",
    ];
    roles.node(ods_code, &init).await?;
    let token = roles.aggregator(&["node", "token", ods_code]).await?;
    let enrol = ["enrol", "--aggregator", enrolment, "--token", token.trim()];
    roles.node(ods_code, &enrol).await?;
    for period in periods {
        import(roles, trust, extracts, *period, periods[periods.len() - 1]).await?;
        progress.done(&format!("{ods_code} {period}"));
    }
    import_applications(roles, trust, extracts, year).await?;
    let process = roles.serve_node(ods_code).await?;
    let address = process
        .ready
        .split_once("serves on ")
        .context("the node named no address")?
        .1
        .to_owned();
    roles
        .aggregator(&["node", "add", ods_code, "--address", &address])
        .await?;
    Ok(ServingNode {
        ods_code,
        address,
        _process: process,
    })
}

async fn import(
    roles: &Roles,
    trust: &Trust,
    extracts: &Path,
    period: Period,
    last: Period,
) -> anyhow::Result<()> {
    let extract = extract_file(extracts, trust.ods_code, period, last);
    let mapping = extracts.join(format!("{}.mapping.toml", trust.ods_code));
    let (extract, mapping) = (extract.to_string_lossy(), mapping.to_string_lossy());
    let period = period.to_string();
    let mut import = vec![
        "import",
        &*extract,
        "--period",
        &period,
        "--mapping",
        &*mapping,
        // Some broken rows of the demo's extracts have no number; they belong to nobody.
        "--allow",
        "missing-numbers",
    ];
    if trust.style.windows_1252 {
        import.extend(["--encoding", "windows-1252"]);
    }
    roles.node(trust.ods_code, &import).await.map(drop)
}

/// Imports the list of a year's applications, which comes from another system than the extracts.
async fn import_applications(
    roles: &Roles,
    trust: &Trust,
    extracts: &Path,
    year: Period,
) -> anyhow::Result<()> {
    let list = applications_file(extracts, trust.ods_code, year);
    let (list, period) = (list.to_string_lossy(), year.to_string());
    let import = [
        "import",
        &*list,
        "--data-set",
        "applicants",
        "--period",
        &period,
    ];
    roles.node(trust.ods_code, &import).await.map(drop)
}
