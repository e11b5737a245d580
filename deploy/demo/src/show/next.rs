//! The commands to try next, as a person would type them.

use std::io::Write;

use vwis_model::period::Period;

use super::change as ask;
use crate::{history::change, roles::Roles, trusts::trusts};

/// Prints the commands; the address of the API comes first.
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
    let (one, change) = (&trusts()[trusts().len() / 3], change());
    let node = roles.node_config(one.ods_code);
    let also = format!(
        "the change that is true: add --org {} to see whose it is",
        change.ods_code
    );
    let agreed = format!(
        "what {} agreed to, what it has spent, and on what",
        one.name
    );
    let left = format!("what left the building of {}, beside the truth", one.name);
    for (why, role, config, rest) in [
        (&*also, "aggregator", &aggregator, ask::command(period)),
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
            "who is appointed, and who moves up: another agreement, which one trust declined",
            "aggregator",
            &aggregator,
            "indicator recruitment".to_owned(),
        ),
        (
            "",
            "aggregator",
            &aggregator,
            "indicator career-movement".to_owned(),
        ),
        (
            "therapeutic radiographers by locality",
            "aggregator",
            &aggregator,
            format!("table --period {period} --by locality --where role=therapeutic_radiographer"),
        ),
        (&agreed, "node", &node, format!("agreement show {short}")),
        ("", "node", &node, "budget".to_owned()),
        (
            &left,
            "node",
            &node,
            format!("preview {short} --period {period}"),
        ),
        (
            "collect again: nothing is charged, nothing changes",
            "aggregator",
            &aggregator,
            format!("collect --agreement {short} --period {period}"),
        ),
    ] {
        if !why.is_empty() {
            writeln!(out, "  # {why}")?;
        }
        writeln!(out, "  {}", roles.typed(role, config, &rest))?;
    }
    Ok(())
}
