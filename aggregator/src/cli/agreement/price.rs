//! The price tag on a terminal.

use comfy_table::{CellAlignment, Table, presets};

use super::super::{Failure, context::Context};
use crate::{
    estimate::Reliability,
    plan::{Answerable, Employer, Forecast, SeriesForecast, Worth},
};

pub(super) fn print(forecast: &Forecast, context: &mut Context) -> Result<(), Failure> {
    context.print(format_args!(
        "{} version {}, {} to {}\nagreement {}\nall series in a full year: rho {}, epsilon {:.2} \
         at delta {:e}\n\nEmployers: {}\n\
         A typical cell is an employer's people divided by the table's cells. ✓ good, ~ use with care, \
         ✗ too noisy to show.",
        forecast.name,
        forecast.version,
        forecast.first_period,
        forecast.last_period,
        forecast.agreement,
        forecast.rho_per_year,
        forecast.epsilon_per_year,
        forecast.delta,
        sizes(&forecast.employers),
    ))?;
    for series in &forecast.series {
        context.print("")?;
        print_series(series, &forecast.employers, context)?;
    }
    context.print("\nIndicators, by the count that each stands or falls with")?;
    print_indicators(&forecast.indicators, &forecast.employers, context)?;
    if !forecast.suggestions.is_empty() {
        context.print("\nToo fine to read cell by cell, even for the whole system")?;
    }
    for s in &forecast.suggestions {
        context.print(format_args!(
            "  {} {}: a typical cell is {:.0} ± {:.0}; {} would be {:.0} ± {:.0}. Keep it only for what \
             is summed over it",
            s.series,
            s.table,
            s.worth.typical,
            s.worth.half_width,
            s.coarser,
            s.coarser_worth.typical,
            s.coarser_worth.half_width,
        ))?;
    }
    Ok(())
}

fn sizes(employers: &[Employer]) -> String {
    let one = |employer: &Employer| format!("{} ({:.0} people)", employer.label, employer.people);
    employers.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn print_series(
    series: &SeriesForecast,
    employers: &[Employer],
    context: &mut Context,
) -> Result<(), Failure> {
    context.print(format_args!(
        "{}: {} of {}, rho {} (epsilon {:.2}) each, {} a year: rho {}; {} integers",
        series.series,
        series.measure,
        series.data_set,
        series.rho,
        series.epsilon,
        series.releases_per_year,
        series.rho_per_year,
        series.entries,
    ))?;
    let other = if series.objective == "worst_table" {
        "if sum_of_variances"
    } else {
        "if worst_table"
    };
    let mut header = vec![
        "table".to_owned(),
        "cells".to_owned(),
        "± of one".to_owned(),
    ];
    header.push(format!("± of {}", employers[0].label));
    header.extend(employers.iter().map(|e| format!("cell at {}", e.label)));
    header.extend([other.to_owned(), "others without it".to_owned()]);
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header);
    for row in &series.tables {
        let mut record = vec![
            row.table.clone(),
            row.cells.to_string(),
            format!("{:.1}", row.node_half_width),
            format!("{:.1}", row.system_half_width),
        ];
        record.extend(
            row.mean_cell
                .iter()
                .map(|w| format!("{} {}", amount(w.typical), mark(w))),
        );
        let optional = |value: Option<String>| value.unwrap_or_default();
        record.push(optional(
            row.other_objective_half_width.map(|w| format!("± {w:.1}")),
        ));
        record.push(optional(
            row.others_without_it.map(|c| format!("{:+.1}%", c * 100.0)),
        ));
        table.add_row(record);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    context.print(table.trim_fmt())?;
    if let Some(more) = &series.one_more {
        context.print(format_args!(
            "one more table of two attributes would widen these by {:.1}% ({}) to {:.1}% ({})",
            more.cheapest_cost * 100.0,
            more.cheapest,
            more.dearest_cost * 100.0,
            more.dearest,
        ))?;
    }
    Ok(())
}

fn print_indicators(
    indicators: &[Answerable],
    employers: &[Employer],
    context: &mut Context,
) -> Result<(), Failure> {
    let mut header = ["indicator", "needs", "from"].map(str::to_owned).to_vec();
    header.extend(employers.iter().map(|e| e.label.clone()));
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header);
    for row in indicators {
        let from = row.series.as_ref().map_or_else(
            || format!("not answerable: no {}", row.table),
            |series| format!("{series} {}", row.table),
        );
        let mut record = vec![row.indicator.to_owned(), row.key_figure.to_owned(), from];
        let worth = |w: &Worth| {
            format!(
                "{} ± {} {}",
                amount(w.typical),
                amount(w.half_width),
                mark(w)
            )
        };
        record.extend(row.worth.iter().map(worth));
        table.add_row(record);
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    context.print(table.trim_fmt())
}

/// Without decimals from ten on: a typical cell is no exact figure.
fn amount(value: f64) -> String {
    if value >= 10.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

fn mark(worth: &Worth) -> &'static str {
    match worth.reliability {
        Reliability::Good => "✓",
        Reliability::UseWithCare | Reliability::OnlyABound => "~",
        Reliability::TooNoisyToShow => "✗",
    }
}
