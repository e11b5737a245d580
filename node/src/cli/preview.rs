//! `vwis-node preview`

use std::io::{self, IsTerminal};

use vwis_proto::{
    agreement::{Agreement, table_name},
    algebra::ResidualSum,
    dictionary::Dictionary,
    exit::Exit,
    period::Period,
};

use super::{Context, Failure, Outcome, agreement, plain_table};
use crate::mechanism::Mechanism as _;

/// Most cells of one table that are shown.
const MOST_CELLS: usize = 40;

/// What would leave, beside the truth: throw-away draws, on this terminal only.
///
/// The noise shown is drawn for this look and thrown away; what will be sealed is drawn anew. The
/// truth stands beside it, so there is no file and no log, and stdout must be a terminal.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Name of the agreement, or how it begins.
    hash: String,
    /// The period to look at.
    #[arg(long)]
    period: Period,
    /// One series only.
    #[arg(long)]
    series: Option<String>,
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    if !io::stdout().is_terminal() {
        let message = "preview shows exact counts of this organisation's staff: to a terminal only";
        return Err(Failure::new(Exit::Refused, message));
    }
    let node = context.open().await?;
    let agreement: Agreement = agreement::find(&node, &args.hash).await?;
    let failed = |message: &str| Failure::new(Exit::Failed, message);
    for series in agreement.series() {
        if args
            .series
            .as_deref()
            .is_some_and(|name| name != series.name())
        {
            continue;
        }
        let snapshot = node
            .store()
            .latest_snapshot(series.data_set(), args.period)
            .await?;
        let Some(snapshot) = snapshot else {
            let message = format!("period {} has not been imported", args.period);
            return Err(Failure {
                exit: Exit::BadData,
                message,
            });
        };
        let counts = node
            .store()
            .counts(snapshot.id, agreement.hash(), series)
            .await?;
        let strategy = series.strategy();
        let payload = crate::mechanism::DiscreteGaussian
            .draw(strategy, &counts)
            .map_err(|error| Failure::new(Exit::Failed, &error))?;
        let mut sum = ResidualSum::for_strategy(strategy);
        sum.add(strategy, &payload.entries())
            .map_err(|error| failed(&error.to_string()))?;
        context.say(format!(
            "EXAMPLE, thrown away: series `{}`, {}. Nothing was charged or sealed.",
            series.name(),
            args.period
        ))?;
        let data_set = Dictionary::builtin()
            .data_set(series.data_set())
            .expect("an agreement's data sets are the dictionary's");
        for promised in series.tables() {
            let noisy = sum
                .table(promised.attributes)
                .expect("a promised table is measured");
            let exact = counts
                .exact()
                .marginal(promised.attributes)
                .ok()
                .flatten()
                .ok_or_else(|| failed("the counts held are other tables'"))?;
            let mut table = plain_table(&["  cell", "would leave", "truth (stays here)"]);
            #[expect(clippy::cast_precision_loss, reason = "counts of at most 2^22 people")]
            let whole = strategy.unit().per_whole() as f64;
            for (cell, (noisy, exact)) in noisy
                .estimates
                .iter()
                .zip(&exact)
                .enumerate()
                .take(MOST_CELLS)
            {
                let categories = strategy
                    .domain()
                    .cell_categories(promised.attributes, cell)
                    .expect("a cell of the table");
                let name: Vec<_> = promised
                    .attributes
                    .iter()
                    .zip(categories)
                    .map(|(position, category)| {
                        data_set.attributes()[position].categories()[category]
                            .code()
                            .to_owned()
                    })
                    .collect();
                #[expect(clippy::cast_precision_loss, reason = "counts of at most 2^22 people")]
                let exact = *exact as f64 / whole;
                table.add_row([
                    format!("  {}", table_name(&name)),
                    format!("{noisy:.1}"),
                    format!("{exact}"),
                ]);
            }
            let more = noisy.estimates.len().saturating_sub(MOST_CELLS);
            let more = if more > 0 {
                format!("\n  … and {more} more cells")
            } else {
                String::new()
            };
            context.say(format!("{}\n{table}{more}\n", promised.name()))?;
        }
    }
    Ok(())
}
