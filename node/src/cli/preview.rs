//! `vwis-node preview`

use std::fmt::Write as _;

use vwis_host::exit::Exit;
use vwis_model::{
    agreement::{Agreement, Series, Table},
    algebra::ResidualSum,
    measurement::MeasurementId,
    period::Period,
};

use super::{
    Context, Failure, Outcome, agreement,
    own::{self, OwnCounts},
    words::{number, table_of_numbers, wrapped},
};
use crate::{explain::TableInWords, node::Node};
use vwis_noise::{DiscreteGaussian, Drawing, Hedge};

/// Most cells of one table that are shown where no table is named.
const MOST_CELLS: usize = 40;

/// What would leave, beside the truth: throw-away draws, on this terminal only.
///
/// The noise shown is drawn for this look and thrown away; what will be sealed is drawn anew. The
/// truth stands beside it, so there is no file and no log, and stdout must be a terminal.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Example:
  vwis-node preview 4f3a --period 2026-09 --series headline --table staff_group,locality")]
pub(super) struct Args {
    /// Name of the agreement, or how it begins.
    hash: String,
    /// The period to look at.
    #[arg(long)]
    period: Period,
    /// One series only.
    #[arg(long)]
    series: Option<String>,
    /// One table only, by its attributes in any order, such as `staff_group,band`; `total` for
    /// everybody together. May be given several times. Of named tables every cell is shown.
    #[arg(long, value_name = "ATTRIBUTES")]
    table: Vec<String>,
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    if !own::on_terminal() {
        let message = "preview shows exact counts of this organisation's staff: to a terminal only";
        return Err(Failure::new(Exit::Refused, message));
    }
    let node = context.open().await?;
    let agreement: Agreement = agreement::find(&node, &args.hash).await?;
    let chosen = chosen(&args, &agreement)?;
    context.print(wrapped(
        "EXAMPLE, thrown away after this look: nothing was charged or sealed, and what will be \
         sealed is drawn anew. The truth stays here; keep this off screens that others see.",
        "",
    ))?;
    let mut any = false;
    for (series, tables) in chosen {
        let mut heading = format!("\nSeries {}, {}", series.name(), args.period);
        let Some(own) = own::counts(&node, &agreement, series, Some(args.period)).await? else {
            let why = why_missing(&node, series, args.period).await?;
            context.print(format!("{heading}: {why}"))?;
            continue;
        };
        any = true;
        if !agreement.allows(series, args.period) {
            heading += ": an example only, since the agreement does not measure it for this period";
        }
        context.print(heading)?;
        context.print(drawn(series, &tables, &own, args.table.is_empty())?)?;
    }
    if any {
        return Ok(());
    }
    let message = format!("period {} has not been imported", args.period);
    Err(Failure::new(Exit::BadData, &message))
}

/// Why nothing of a series can be shown for `period`.
async fn why_missing(node: &Node, series: &Series, period: Period) -> Result<String, Failure> {
    let data_set = series.data_set().code();
    let why = node.why_incomplete(data_set, period).await?;
    Ok(why.unwrap_or_else(|| format!("{data_set} has not been imported")))
}

/// The series and tables to show; series without a table to show are left out.
fn chosen<'a>(
    args: &Args,
    agreement: &'a Agreement,
) -> Result<Vec<(&'a Series, Vec<&'a Table>)>, Failure> {
    let mut chosen = Vec::new();
    let mut found = vec![false; args.table.len()];
    for series in agreement.series() {
        if args
            .series
            .as_deref()
            .is_some_and(|name| name != series.name())
        {
            continue;
        }
        let mut is_wanted = |table: &&Table| {
            let named: Vec<_> = args
                .table
                .iter()
                .map(|name| is_named(table, name))
                .collect();
            for (found, named) in found.iter_mut().zip(&named) {
                *found |= named;
            }
            named.is_empty() || named.contains(&true)
        };
        let tables: Vec<_> = series.tables().iter().filter(&mut is_wanted).collect();
        if !tables.is_empty() {
            chosen.push((series, tables));
        }
    }
    let missing = args.table.iter().zip(found).find(|(_, found)| !found);
    if let Some((name, _)) = missing {
        return Err(Failure::new(
            Exit::Usage,
            &format!(
                "no such table: {name}; `agreement show` lists those that the agreement promises"
            ),
        ));
    }
    if chosen.is_empty() {
        let names: Vec<_> = agreement.series().iter().map(Series::name).collect();
        let message = format!("no such series; the agreement has: {}", names.join(", "));
        return Err(Failure::new(Exit::Usage, &message));
    }
    Ok(chosen)
}

/// Whether `name`, as a person wrote it, means `table`.
fn is_named(table: &Table, name: &str) -> bool {
    if name.trim() == "total" {
        return table.by.is_empty();
    }
    let mut named: Vec<_> = name.split([',', '+']).map(str::trim).collect();
    let mut by: Vec<_> = table.by.iter().map(String::as_str).collect();
    named.sort_unstable();
    by.sort_unstable();
    named == by
}

/// Draws the whole series once, as a throw-away, and writes `tables` of it.
fn drawn(
    series: &Series,
    tables: &[&Table],
    own: &OwnCounts,
    shortened: bool,
) -> Result<String, Failure> {
    let failed = |message: &dyn std::fmt::Display| Failure::new(Exit::Failed, &message.to_string());
    let strategy = series.strategy();
    let hedge = Hedge::throw_away().map_err(|error| failed(&error))?;
    let drawing = Drawing {
        identity: &MeasurementId::from_bytes([0; 32]),
        snapshot: [0; 16],
        hedge: &hedge,
    };
    let payload = own
        .counts
        .draw(&DiscreteGaussian, &drawing, strategy)
        .map_err(|error| failed(&error))?;
    let mut sum = ResidualSum::for_strategy(strategy);
    sum.add(strategy, &payload.entries())
        .map_err(|error| failed(&error))?;
    let mut text = String::new();
    for table in tables {
        let noisy = sum
            .table(table.levels)
            .expect("a promised table is measured")
            .estimates;
        let exact = own.cells(series, table)?;
        text += &beside(series, table, &noisy, &exact, shortened);
    }
    Ok(text)
}

/// Writes one table: its cells in words, the noisy number and the exact one.
fn beside(series: &Series, table: &Table, noisy: &[f64], exact: &[f64], shortened: bool) -> String {
    let words = TableInWords::new(series, table);
    let mut text = format!(
        "\n  {} ({}): each number within ± {}, 19 times in 20\n",
        words.label(),
        table.name(),
        number(words.half_width(), 1)
    );
    let shown = if shortened { MOST_CELLS } else { usize::MAX };
    let attributes = words.attributes();
    let mut header: Vec<_> = attributes.iter().map(String::as_str).collect();
    if header.is_empty() {
        header.push("");
    }
    let texts = header.len();
    header.extend(["would leave", "truth (stays here)"]);
    let rows = noisy.iter().zip(exact).enumerate().take(shown);
    let rows = rows.map(|(cell, (noisy, exact))| {
        let mut row = words.categories(cell);
        if row.is_empty() {
            row.push("everybody".to_owned());
        }
        row.push(number(*noisy, 1));
        row.push(number(*exact, own::decimals(series.measure())));
        row
    });
    let _ = writeln!(text, "{}", table_of_numbers(&header, texts, rows.collect()));
    if noisy.len() > shown {
        let more = noisy.len() - shown;
        let by = if table.by.is_empty() {
            "total".to_owned()
        } else {
            table.by.join(",")
        };
        let _ = writeln!(text, "  … and {more} more: --table {by} shows all");
    }
    text
}
