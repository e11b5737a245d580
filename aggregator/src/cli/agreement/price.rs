//! The price tag on a terminal.

use comfy_table::{CellAlignment, Table, presets};

use super::super::{Failure, context::Context};
use crate::{
    estimate::Reliability,
    plan::{Employer, Forecast, PricedQuestion, SeriesForecast, Worth},
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
    context.print("\nQuestions, each under the first indicator that rests on it")?;
    print_questions(&forecast.questions, &forecast.employers, context)?;
    for series in &forecast.series {
        context.print("")?;
        print_series(series, &forecast.employers, context)?;
    }
    for other in &forecast.other_groups {
        let [one, two] = &other.series;
        context.print(format_args!(
            "\n{one} and {two} count the same people and measure other groups of {}: name it in `trees` of both, \
             or of neither",
            other.attribute
        ))?;
    }
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

/// An employer's label without its code, for the head of a column: the code stands in the list of employers.
fn short(employer: &Employer) -> &str {
    let label = employer.label.split_once(" (");
    label.map_or(&employer.label, |(name, _)| name)
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
    header.push(format!("± of {}", short(&employers[0])));
    header.extend(employers.iter().map(|e| format!("cell: {}", short(e))));
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

/// The questions, each under the first indicator that rests on it.
fn print_questions(
    questions: &[PricedQuestion],
    employers: &[Employer],
    context: &mut Context,
) -> Result<(), Failure> {
    let is_beside = questions.iter().any(|one| one.beside.is_some());
    let mut header = vec![
        "how many".to_owned(),
        "from".to_owned(),
        "± of one".to_owned(),
    ];
    header.extend(is_beside.then(|| "± beside".to_owned()));
    header.push(format!("± of {}", short(&employers[0])));
    header.extend(employers.iter().map(|e| format!("typical: {}", short(e))));
    let width = header.len();
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header);
    let mut under = "";
    for row in questions {
        if row.indicators[0] != under {
            under = row.indicators[0];
            table.add_row([format!("{under}:")]);
        }
        let mut record = vec![format!("  {}", row.question)];
        let beside = is_beside.then(|| row.beside.map_or_else(String::new, amount));
        if let Some(answer) = &row.answer {
            record.push(format!("{} {}", answer.all_series(), answer.table));
            record.push(amount(answer.node_half_width));
            record.extend(beside);
            record.push(amount(answer.worth[0].half_width));
            let worth = |w: &Worth| format!("{} {}", amount(w.typical), mark(w));
            record.extend(answer.worth.iter().map(worth));
        } else {
            record.push(format!("not answered: no {}", row.needs));
            record.push(String::new());
            record.extend(beside);
        }
        record.resize(width, String::new());
        table.add_row(record);
    }
    for column in table.column_iter_mut().skip(2) {
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
