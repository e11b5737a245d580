//! `table`: one table of a release.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Map, Value, json};
use vwis_link::files;
use vwis_proto::{
    agreement::{Agreement, Measure, Series},
    ods::OdsCode,
    period::Period,
};

use super::{
    Exit, Failure,
    context::{self, Context},
    released::{self, Metadata},
};
use crate::{
    estimate::{Estimate, Reliability},
    picture::{Filter, Query, Resolved, Row, SYSTEM, Whose},
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

Any table of the agreement is there, and any got by summing one. With a CSV --output, metadata goes to
a file of the same name that ends in .json. Where a number is too noisy to show, `display` is empty.")]
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

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One row per cell
    Csv,
    /// Rows and metadata
    Json,
}

impl Format {
    /// What the file's ending says.
    fn of(output: Option<&Path>) -> Self {
        match output.and_then(Path::extension).and_then(OsStr::to_str) {
            Some("csv") => Self::Csv,
            Some("json") => Self::Json,
            _ => Self::Table,
        }
    }
}

/// A table, and all that is said beside it.
struct Answer {
    whose: Whose,
    resolved: Resolved,
    rows: Vec<Row>,
    metadata: Metadata,
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
    let answer = Answer {
        metadata: Metadata::new(&agreement, series, &release),
        whose,
        resolved,
        rows,
    };
    let format = args
        .format
        .unwrap_or_else(|| Format::of(args.output.as_deref()));
    let text = match format {
        Format::Table => answer.text(),
        Format::Csv => answer.csv()?,
        Format::Json => serde_json::to_string_pretty(&answer.json())? + "\n",
    };
    match &args.output {
        None => context.out.write_all(text.as_bytes())?,
        Some(path) => answer.write(path, &text, format, context)?,
    }
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

// === impl Answer ===

impl Answer {
    fn write(
        &self,
        path: &Path,
        text: &str,
        format: Format,
        context: &mut Context,
    ) -> Result<(), Failure> {
        files::write_public(path, text.as_bytes())?;
        context.say(format_args!("wrote {}", path.display()));
        if format == Format::Csv {
            let beside = path.with_extension("json");
            let metadata = serde_json::to_string_pretty(&self.metadata_json())? + "\n";
            files::write_public(&beside, metadata.as_bytes())?;
            context.say(format_args!("wrote {}", beside.display()));
        }
        Ok(())
    }

    fn metadata_json(&self) -> Value {
        let by: Vec<_> = self
            .resolved
            .columns
            .iter()
            .map(|axis| axis.attribute.code())
            .collect();
        let filters: Map<_, _> = self
            .resolved
            .filters()
            .map(|(code, categories)| (code.to_owned(), json!(categories)))
            .collect();
        let mut value = json!(self.metadata);
        value["by"] = json!(by);
        value["where"] = Value::Object(filters);
        value["org"] = json!(self.whose.name());
        value
    }

    fn json(&self) -> Value {
        let rows: Vec<_> = self
            .rows
            .iter()
            .map(|row| {
                let (mut codes, mut labels) = (Map::new(), Map::new());
                for (axis, &category) in self.resolved.columns.iter().zip(&row.categories) {
                    let category = &axis.attribute.categories()[category];
                    let attribute = axis.attribute.code();
                    codes.insert(attribute.to_owned(), json!(category.code()));
                    labels.insert(attribute.to_owned(), json!(category.label()));
                }
                let estimate = row.estimate;
                let (lower, upper) = estimate.shown_interval();
                json!({
                    "cell": codes,
                    "labels": labels,
                    "estimate": estimate.value(),
                    "sd": estimate.sd(),
                    "lower": lower,
                    "upper": upper,
                    "display": is_shown(&estimate).then(|| estimate.display()),
                    "reliability": estimate.reliability(),
                })
            })
            .collect();
        json!({ "metadata": self.metadata_json(), "rows": rows })
    }

    fn csv(&self) -> Result<String, Failure> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let codes = self
            .resolved
            .columns
            .iter()
            .map(|axis| axis.attribute.code());
        let mut header: Vec<String> = codes
            .flat_map(|code| [code.to_owned(), format!("{code}_label")])
            .collect();
        let numbers = ["estimate", "sd", "lower", "upper", "display", "reliability"];
        header.extend(numbers.map(str::to_owned));
        writer.write_record(&header)?;
        for row in &self.rows {
            let cells = self.resolved.columns.iter().zip(&row.categories);
            let mut record: Vec<String> = cells
                .flat_map(|(axis, &category)| {
                    let category = &axis.attribute.categories()[category];
                    [category.code().to_owned(), category.label().to_owned()]
                })
                .collect();
            record.extend(numbers_of(&row.estimate));
            writer.write_record(&record)?;
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    fn text(&self) -> String {
        let mut table = Table::new();
        let labels = self
            .resolved
            .columns
            .iter()
            .map(|axis| axis.attribute.label().to_owned());
        let mut header: Vec<String> = labels.collect();
        if header.is_empty() {
            header.push(String::new());
        }
        let labels = header.len();
        header.extend(["about", "95% interval", "sd", "reliability"].map(str::to_owned));
        table.load_preset(presets::NOTHING).set_header(header);
        for row in &self.rows {
            let cells = self.resolved.columns.iter().zip(&row.categories);
            let mut record: Vec<String> = cells
                .map(|(axis, &category)| axis.attribute.categories()[category].label().to_owned())
                .collect();
            if record.is_empty() {
                record.push("total".to_owned());
            }
            let estimate = row.estimate;
            let reliability = estimate.reliability();
            record.extend([
                if is_shown(&estimate) {
                    estimate.display_text()
                } else {
                    "–".to_owned()
                },
                estimate.interval_text(),
                format!("{:.1}", estimate.sd()),
                reliability.in_words().to_owned(),
            ]);
            table.add_row(record);
        }
        for column in table.column_iter_mut().skip(labels).take(3) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let headline = self.metadata.headline(&self.whose);
        format!("{headline}\n\n{}\n", table.trim_fmt())
    }
}

fn is_shown(estimate: &Estimate) -> bool {
    estimate.reliability() != Reliability::TooNoisyToShow
}

fn numbers_of(estimate: &Estimate) -> [String; 6] {
    let (lower, upper) = estimate.shown_interval();
    [
        estimate.value().to_string(),
        estimate.sd().to_string(),
        lower.to_string(),
        upper.to_string(),
        // A number where the interval says nothing would be believed.
        if is_shown(estimate) {
            estimate.display().to_string()
        } else {
            String::new()
        },
        estimate.reliability().code().to_owned(),
    ]
}
