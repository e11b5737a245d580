//! `table`: one table of a release.

use std::path::PathBuf;

use clap::ValueEnum;
use vwis_proto::{
    agreement::{Agreement, Measure, Series},
    ods::OdsCode,
    period::Period,
};

use super::{
    Exit, Failure,
    context::{self, Context},
    leaving,
    released::{self, Metadata},
};
use crate::{
    export::media::Format,
    picture::{Filter, Query, Resolved, SYSTEM, Whose},
    release::Release,
    store::Store,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  vwis-aggregator table --by staff_group
  vwis-aggregator table --period 2026-09 --by staff_group,ethnic_group --where locality=e08000003
  vwis-aggregator table --by band --org R0A,RM3 --measure fte
  vwis-aggregator table --by staff_group --where locality=Bolton
  vwis-aggregator table --by staff_group,locality --output staff.csv
  vwis-aggregator table --by staff_group,locality --output staff.xlsx

Any table of the agreement is there, and any got by summing one. With a CSV --output, what is to be
known of it goes to a file of the same name that ends in .json, as CSVW: columns, caveats, release,
coverage. The rows of --format json are flat. Where a number is too noisy to show, `display` is empty.")]
pub(super) struct Args {
    /// Attributes, in the order of the columns; none gives the total
    #[arg(long, value_name = "ATTRIBUTE,…", value_delimiter = ',')]
    by: Vec<String>,
    /// Only these categories, by code or label; an attribute that is not a column is summed over them
    #[arg(long = "where", value_name = "ATTRIBUTE=CATEGORY,…")]
    filters: Vec<Filter>,
    /// Period, YYYY-MM; the latest released, if not said
    #[arg(long, value_name = "YYYY-MM")]
    period: Option<Period>,
    /// ODS codes, summed; the whole system, if not said
    #[arg(long, value_name = "ODS,…", value_delimiter = ',')]
    org: Vec<String>,
    /// What is counted
    #[arg(long, value_enum, default_value_t = MeasureArg::Headcount)]
    measure: MeasureArg,
    /// Only this series; the one that gives the least doubt, if not said
    #[arg(long, value_name = "NAME")]
    series: Option<String>,
    /// The agreement's hash or the beginning of it; the only one released, if not said
    #[arg(long, value_name = "HASH")]
    agreement: Option<String>,
    /// How to write it; as the ending of --output says, or as a table, if not said
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// File to write to, instead of stdout
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum MeasureArg {
    Headcount,
    Fte,
}

pub(super) async fn run(args: Args, context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let agreement = context::released_agreement(&store, args.agreement.as_deref(), context).await?;
    let query = Query {
        by: args
            .by
            .iter()
            .filter(|code| !code.is_empty())
            .cloned()
            .collect(),
        filters: args.filters.clone(),
    };
    let whose = whose(&args.org)?;
    let measure = match args.measure {
        MeasureArg::Headcount => Measure::Headcount,
        MeasureArg::Fte => Measure::Fte,
    };
    let candidates = query.candidates(&agreement, measure, args.series.as_deref())?;
    let (series, resolved, release) =
        best(&store, &agreement, candidates, args.period, context).await?;
    let picture = released::picture(&store, series, &release).await?;
    store.close().await;
    let rows = resolved.rows(&picture.sum_of(&whose)?);
    let metadata = Metadata::new(&agreement, series, &release);
    let sheet = released::sheet(&resolved, &rows, &whose, &metadata)?;
    let format = args
        .format
        .or_else(|| args.output.as_deref().and_then(Format::of_file))
        .unwrap_or(Format::Table);
    leaving::write(
        &sheet,
        format,
        args.output.as_deref(),
        release.made_at,
        context,
    )?;
    Ok(Exit::Done)
}

fn whose(org: &[String]) -> Result<Whose, Failure> {
    let mut codes: Vec<OdsCode> = Vec::new();
    for code in org.iter().filter(|code| *code != SYSTEM) {
        let code = code
            .parse()
            .map_err(|error| Failure::new(Exit::Usage, error))?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    if !codes.is_empty() && org.iter().any(|code| code == SYSTEM) {
        let message = "--org takes organisations or `system`, not both";
        return Err(Failure::new(Exit::Usage, message));
    }
    codes.sort_unstable();
    Ok(Whose::of(codes))
}

/// Of the series that can answer and were released for the period (the latest, if not said), the
/// one whose cells have the least variance.
async fn best<'a>(
    store: &Store,
    agreement: &Agreement,
    candidates: Vec<(&'a Series, Resolved)>,
    period: Option<Period>,
    context: &Context,
) -> Result<(&'a Series, Resolved, Release), Failure> {
    let able: Vec<_> = candidates.iter().map(|(series, _)| series.name()).collect();
    let mut released = Vec::new();
    for (series, resolved) in candidates {
        let release = store
            .latest_release(&agreement.hash(), series.name(), period)
            .await?;
        if let Some(release) = release {
            released.push((series, resolved, release));
        }
    }
    let latest = released.iter().map(|(_, _, release)| release.period).max();
    released.retain(|(_, _, release)| Some(release.period) == latest);
    let variance = |(series, resolved, release): &(&Series, Resolved, Release)| {
        let nodes = u64::try_from(release.contributors.len()).unwrap_or(u64::MAX);
        resolved.cell_variance(&series.strategy().variances(nodes))
    };
    let least = released
        .into_iter()
        .min_by(|a, b| variance(a).total_cmp(&variance(b)));
    if let Some(found) = least {
        return Ok(found);
    }
    let mut periods = Vec::new();
    for series in &able {
        let of_series = store.released_periods(&agreement.hash(), series).await?;
        periods.extend(
            of_series
                .iter()
                .map(|period| format!("\n  {series} {period}")),
        );
    }
    let able = able.join(", ");
    let message = match (period, periods.is_empty()) {
        (_, true) => {
            let next = context.command("collect --period YYYY-MM");
            format!("no series that holds this table ({able}) is released yet: {next}")
        }
        (Some(period), false) => format!(
            "this table is not released for {period}; it is for:{}",
            periods.concat()
        ),
        (None, false) => format!("this table is released for:{}", periods.concat()),
    };
    Err(Failure::new(Exit::Usage, message))
}
