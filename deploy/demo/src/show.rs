//! What the demo prints at the end: the picture, and what to try next.

use std::{io::Write, path::Path};

use anyhow::Context as _;
use comfy_table::{Table, presets};
use vwis_proto::{dictionary::DataSet, period::Period};

use crate::{check, picture, roles::Roles, staff::TRUSTS, truth::SYSTEM};

/// Prints the picture beside how far it holds the truth.
pub(crate) fn show_picture(
    out: &mut impl Write,
    rows: &[picture::Row],
    data_set: &DataSet,
    truth_file: &Path,
    picture_file: &Path,
    period: Period,
) -> anyhow::Result<()> {
    writeln!(
        out,
        "\nStaff of Greater Manchester at the end of {period}, by staff group, as the system sees it:\n"
    )?;
    let staff_group = data_set
        .position("staff_group")
        .context("staff have a staff group")?;
    let staff_group = &data_set.attributes()[staff_group];
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header([
        "staff group",
        "people by employer",
        "95% interval",
    ]);
    for row in rows {
        let cell = &row.cell;
        let total = cell.table == "total";
        if cell.series != "headline"
            || cell.org != SYSTEM
            || !(total || cell.table == "staff_group")
        {
            continue;
        }
        let label = staff_group
            .category(&cell.categories)
            .map_or("All", |c| staff_group.categories()[c].label());
        let interval = format!("{:.0} to {:.0}", row.lower, row.upper);
        table.add_row([label.to_owned(), row.display.clone(), interval]);
    }
    writeln!(out, "{table}\n")?;
    let mut trusts = Table::new();
    trusts
        .load_preset(presets::NOTHING)
        .set_header(["trust", "", "staff", "95% interval"]);
    for trust in &TRUSTS {
        let total = |row: &&picture::Row| {
            row.cell.series == "headline"
                && row.cell.table == "total"
                && row.cell.org == trust.ods_code
        };
        if let Some(row) = rows.iter().find(total) {
            let interval = format!("{:.0} to {:.0}", row.lower, row.upper);
            trusts.add_row([trust.ods_code, trust.name, &row.display, &interval]);
        }
    }
    writeln!(out, "{trusts}\n")?;
    let fit = check::compare(picture_file, truth_file)?;
    writeln!(
        out,
        "Of all {} cells of every trust and of the system, {:.1}% of the 95% intervals hold the truth,\n\
         which only this demo knows (mean squared standardised error {:.3}; 1 is right).",
        fit.cells,
        100.0 * fit.covered,
        fit.mean_squared_error
    )?;
    Ok(())
}

/// Prints commands to try, as this program would be called.
pub(crate) fn show_next_steps(
    out: &mut impl Write,
    roles: &Roles,
    hash: &str,
    period: Period,
) -> anyhow::Result<()> {
    let short = &hash[..8];
    let aggregator = roles.aggregator_config();
    let node = roles.node_config("RMC");
    writeln!(out, "\nTry next:")?;
    for (why, role, config, rest) in [
        (
            "who works where, in Bolton's own trust",
            "aggregator",
            &aggregator,
            format!("table --period {period} --by locality,staff_group --org RMC"),
        ),
        (
            "therapeutic radiographers by locality",
            "aggregator",
            &aggregator,
            format!("table --period {period} --by locality --where role=therapeutic_radiographer"),
        ),
        (
            "collect again: nothing is charged, nothing changes",
            "aggregator",
            &aggregator,
            format!("collect --period {period}"),
        ),
        (
            "what Bolton agreed to",
            "node",
            &node,
            format!("agreement show {short}"),
        ),
        (
            "what it has spent, and on what",
            "node",
            &node,
            "budget".to_owned(),
        ),
        (
            "what left Bolton's building, beside the truth",
            "node",
            &node,
            format!("preview {short} --period {period}"),
        ),
        (
            "whether its ledger is whole",
            "node",
            &node,
            "ledger verify".to_owned(),
        ),
    ] {
        writeln!(out, "  # {why}\n  {}", roles.typed(role, config, &rest))?;
    }
    Ok(())
}
