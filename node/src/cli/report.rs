//! The reconciliation of an import, for people. `--report json` prints the same numbers.

use std::{fmt::Write as _, path::Path};

use super::{Context, Outcome, words::several};
use vwis_model::text::shown;

use crate::import::{RejectedColumn, Report, Values, said};

/// Most sites or values that one list shows.
const MOST_SHOWN: usize = 12;

pub(super) fn print_report(context: &mut Context, file: &Path, report: &Report) -> Outcome {
    context.print(reconciliation(report))?;
    if let Some(sheet) = &report.sheet {
        context.print(format!("\nRead from the sheet `{}`.", shown(sheet)))?;
    }
    let mut columns: Vec<_> = report.rejected_columns.iter().collect();
    columns.sort_by_key(|column| std::cmp::Reverse(column.rows));
    for rejected in columns {
        context.print(rejected_column(file, rejected))?;
    }
    if report.rows_above_header > 0 {
        context.print(format!(
            "\nAbove the header: {}, read over.",
            several(report.rows_above_header, "row")
        ))?;
    }
    if !report.other_sheets.is_empty() {
        let names: Vec<_> = (report.other_sheets.iter())
            .map(|name| format!("`{}`", shown(name)))
            .collect();
        context.print(format!(
            "\nNot read, though it has a header too: {}; name another sheet with --sheet.",
            names.join(", ")
        ))?;
    }
    if !report.filters_missing.is_empty() {
        let missing: Vec<_> = (report.filters_missing.iter())
            .map(|column| format!("{column} ({})", without(column)))
            .collect();
        context.print(format!(
            "\nThe extract has no column for {}.",
            missing.join("; ")
        ))?;
    }
    if !report.attributes_missing.is_empty() {
        context.print(format!(
            "\nThe extract has no column for {}: everyone counts as unknown there.",
            report.attributes_missing.join(", ")
        ))?;
    }
    for (column, values) in &report.unrecognised {
        let title = format!("Values of `{column}` that no table knows, counted as unknown");
        print_values(context, &title, values)?;
    }
    print_findings(context, report)?;
    print_pathway(context, report)
}

/// Prints the sites that wait for a locality. It comes last, because they are what is left to do.
pub(super) fn print_sites(context: &mut Context, report: &Report) -> Outcome {
    print_values(
        context,
        "Sites without a locality, counted as unknown; name them in the mapping's [sites]",
        &report.unmapped_sites,
    )
}

/// What follows from a missing column that the headcount filter reads.
fn without(column: &str) -> &'static str {
    match column {
        "primary" => "a person's first row counts",
        "leaving_date" => "who has left is counted while listed",
        "start_date" => "who has not begun is counted, and nobody can tell who joined long ago",
        _ => "nobody is left out by it",
    }
}

fn reconciliation(report: &Report) -> String {
    let (further, number) = if report.is_of_applications() {
        ("further applications", "a candidate id")
    } else {
        ("further assignments", "an employee number")
    };
    let mut lines = vec![
        format!("{:>9} rows read", report.rows_read),
        format!("{:>9} kept as a person", report.kept),
        format!("{:>9} merged into a person ({further})", report.merged),
    ];
    for (rule, rows) in &report.excluded {
        lines.push(format!("{rows:>9} excluded by rule: {}", said(rule)));
    }
    for (reason, rows) in &report.rejected {
        lines.push(format!("{rows:>9} rejected: {}", said(reason)));
    }
    lines.push(format!(
        "A person is {number}: who stands here under m of them counts m times, and is exposed to m² times the ρ \
         that is charged."
    ));
    lines.join("\n")
}

/// What is wrong in one column, with each value and its place in a form that an editor can follow.
fn rejected_column(file: &Path, rejected: &RejectedColumn) -> String {
    let values = rejected.by_rows();
    let expected = values.first().map_or("", |(_, first)| &first.expected);
    let mut text = format!(
        "\n{}, column {}: {}; expected {expected}",
        several(rejected.rows, "row"),
        rejected.column,
        rejected.reason.meaning()
    );
    let mut left = rejected.rows;
    for (value, of) in values.iter().take(MOST_SHOWN) {
        left -= of.rows;
        let _ = write!(
            text,
            "\n  {}, line {}, column {}: `{value}`",
            file.display(),
            of.lines[0],
            rejected.column
        );
        if of.rows > 1 {
            let others: Vec<_> = of.lines[1..].iter().map(u64::to_string).collect();
            let dots = if of.rows > of.lines.len() as u64 {
                ", …"
            } else {
                ""
            };
            let _ = write!(
                text,
                " ({}; also in line{} {}{dots})",
                several(of.rows, "row"),
                if others.len() == 1 { "" } else { "s" },
                others.join(", ")
            );
        }
        if of.expected != expected {
            let _ = write!(text, "; expected {}", of.expected);
        }
    }
    if left > 0 {
        let _ = write!(text, "\n  and {} with other values", several(left, "row"));
    }
    text
}

fn print_values(context: &mut Context, title: &str, values: &Values) -> Outcome {
    if values.rows == 0 {
        return Ok(());
    }
    context.print(format!("\n{title} ({}):", several(values.rows, "row")))?;
    let mut listed: Vec<_> = values.listed.iter().collect();
    listed.sort_by_key(|(_, rows)| std::cmp::Reverse(**rows));
    for (value, rows) in listed.iter().take(MOST_SHOWN) {
        context.print(format!("{rows:>9} {value}"))?;
    }
    if listed.len() > MOST_SHOWN {
        context.print(format!("          and {} more", listed.len() - MOST_SHOWN))?;
    }
    Ok(())
}

fn print_findings(context: &mut Context, report: &Report) -> Outcome {
    if report.findings.is_empty() {
        return Ok(());
    }
    context.print("\nOdd, and counted all the same:")?;
    for finding in report.findings.values() {
        let lines: Vec<_> = finding.lines.iter().map(u64::to_string).collect();
        let at = if lines.is_empty() {
            String::new()
        } else {
            format!(" (line {})", lines.join(", "))
        };
        context.print(format!(
            "{:>12}: {}{at}",
            finding.counted(),
            finding.meaning
        ))?;
    }
    Ok(())
}

fn print_pathway(context: &mut Context, report: &Report) -> Outcome {
    let pathway = &report.pathway;
    if !pathway.rule.is_empty() {
        context.print(format!(
            "\nCancer pathway rule {}, people caught:",
            pathway.rule
        ))?;
        for line in pathway.lines.iter().filter(|line| line.people > 0) {
            context.print(format!("{:>9} {}", line.people, line.name))?;
        }
        context.print(format!("{:>9} by no line", pathway.not_caught))?;
    }
    if let Some(list) = &pathway.list {
        context.print(format!(
            "\nThe cancer manager's list: {} listed, {} placed by it, {} not in the snapshot",
            list.listed, list.placed, list.not_found
        ))?;
    }
    Ok(())
}
