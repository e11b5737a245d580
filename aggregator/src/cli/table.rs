//! `table`: one table of a release.

use std::path::PathBuf;

use clap::ValueEnum;
use vwis_model::{
    agreement::{Measure, Series},
    period::Period,
};

use super::{Exit, Failure, context::Context, leaving, released};
use crate::{
    answer::{Asked, MOST_YEARS, TableQuestion, What},
    export::media::Format,
    picture::{Filter, Query},
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  vwis-aggregator table --by staff_group
  vwis-aggregator table --period 2026-09 --by staff_group,ethnic_group --where band=afc_5,afc_6
  vwis-aggregator table --by band --org R0A,RM3 --measure fte
  vwis-aggregator table --by staff_group --where gender=female --totals
  vwis-aggregator table --by staff_group,locality --output staff.csv
  vwis-aggregator table --by ethnic_group,pathway --years 2
  vwis-aggregator table --by staff_group,locality --output staff.xlsx

Any table of the agreement is there, and any got by summing one. With a CSV --output, what is to be
known of it goes to a file of the same name that ends in .json (-metadata.json where --output itself
ends so), as CSVW: columns, caveats, release, coverage. The rows of --format json are flat. Where a number is too noisy to show, `display` is empty.")]
pub(super) struct Args {
    /// Attributes, in the order of the columns; none gives the total. `band:1` counts by the coarsest groups,
    /// `band:2` by the next, where the agreement measures them
    #[arg(long, value_name = "ATTRIBUTE,…", value_delimiter = ',')]
    by: Vec<String>,
    /// Only these categories, by code or label; an attribute that is not a column is summed over them
    #[arg(long = "where", value_name = "ATTRIBUTE=CATEGORY,…")]
    filters: Vec<Filter>,
    /// Exactly this period, YYYY-MM; the latest released, if not said
    #[arg(long, value_name = "YYYY-MM")]
    period: Option<Period>,
    /// The latest released up to this period, YYYY-MM
    #[arg(long, value_name = "YYYY-MM", conflicts_with = "period")]
    up_to: Option<Period>,
    /// ODS codes, summed; `each` for every organisation's own, of one release; the whole system, if not said
    #[arg(long, value_name = "ODS,…", value_delimiter = ',')]
    org: Vec<String>,
    /// What is counted: what --series counts, or else headcount, if not said
    #[arg(long, value_enum)]
    measure: Option<MeasureArg>,
    /// With rows of totals
    #[arg(long)]
    totals: bool,
    /// The mean of this many years: of the period and the same month of the years before
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=i64::from(MOST_YEARS)))]
    years: u16,
    /// Only this series; the one that gives the least doubt, if not said
    #[arg(long, value_name = "NAME")]
    series: Option<String>,
    /// The agreement's hash or the beginning of it; if not said, the one of the latest headcount over
    /// the most employers
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
    let by = args.by.iter().map(|code| code.trim().to_owned());
    let question = TableQuestion {
        query: Query {
            by: by.filter(|code| !code.is_empty()).collect(),
            filters: args.filters,
        },
        measure: args.measure.map(|measure| match measure {
            MeasureArg::Headcount => Measure::Headcount,
            MeasureArg::Fte => Measure::Fte,
        }),
        series: args.series,
        with_totals: args.totals,
        years: args.years,
    };
    let what = What::Table(question);
    let tells = |series: &Series| what.is_told_by(series);
    let archive = released::archive(args.agreement.as_deref(), tells, context).await?;
    let asked = Asked {
        what,
        whose: released::wanted(&args.org)?,
        when: released::when(args.period, args.up_to)?,
    };
    let answer = released::answered(asked, &archive, context)?;
    leaving::write(&answer, args.format, args.output.as_deref(), context)?;
    Ok(Exit::Done)
}
