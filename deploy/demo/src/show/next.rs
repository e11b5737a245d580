//! What to try next, as this program would be called.

use std::io::Write;

use vwis_model::period::Period;

use super::change;
use crate::roles::Roles;

/// Prints commands; the address to ask comes first.
pub(crate) fn show(
    out: &mut impl Write,
    roles: &Roles,
    hash: &str,
    period: Period,
    api: &str,
) -> anyhow::Result<()> {
    let short = &hash[..8];
    writeln!(out, "\nTRY NEXT")?;
    writeln!(
        out,
        "  # every table and indicator, for a browser, pandas, R, Excel; while this demo stays up\n  \
         {api}/api/v1/docs\n  curl '{api}/api/v1/indicators/representation?format=table'"
    )?;
    let aggregator = roles.aggregator_config();
    let bolton = roles.node_config("RMC");
    for (why, role, config, rest) in [
        (
            "the change in Oldham, by trust: add --org RM3, or --org RT2",
            "aggregator",
            &aggregator,
            change::command(period),
        ),
        (
            "does each locality's staff look like its people? who may have left in 1, 3, 5 years?",
            "aggregator",
            &aggregator,
            "indicator representation".to_owned(),
        ),
        (
            "",
            "aggregator",
            &aggregator,
            "indicator retirement-outlook --by staff_group".to_owned(),
        ),
        (
            "therapeutic radiographers by locality",
            "aggregator",
            &aggregator,
            format!("table --period {period} --by locality --where role=therapeutic_radiographer"),
        ),
        (
            "what Bolton agreed to, what it has spent, and on what",
            "node",
            &bolton,
            format!("agreement show {short}"),
        ),
        ("", "node", &bolton, "budget".to_owned()),
        (
            "what left Bolton's building, beside the truth",
            "node",
            &bolton,
            format!("preview {short} --period {period}"),
        ),
        (
            "collect again: nothing is charged, nothing changes",
            "aggregator",
            &aggregator,
            format!("collect --period {period}"),
        ),
    ] {
        if !why.is_empty() {
            writeln!(out, "  # {why}")?;
        }
        writeln!(out, "  {}", roles.typed(role, config, &rest))?;
    }
    Ok(())
}
