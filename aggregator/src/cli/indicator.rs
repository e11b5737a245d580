//! `indicator`: a question that boards and analysts ask, answered from releases.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use vwis_model::{agreement::Series, period::Period};

use super::{Exit, Failure, context::Context, leaving, released};
use crate::{
    answer::{Asked, What},
    export::media::Format,
    indicator::{self, Definition, Question},
    picture::Filter,
    reference::leavers::Hazards,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  vwis-aggregator indicator                                  which there are, and what each asks
  vwis-aggregator indicator age-profile --definition         what it is, how it is computed, its limits
  vwis-aggregator indicator age-profile --by staff_group
  vwis-aggregator indicator age-profile --by ''              of all together, without a breakdown
  vwis-aggregator indicator change --option since=2026-03 --by locality
  vwis-aggregator indicator comparison --org each            each employer against all the others
  vwis-aggregator indicator pairs --org R0A,RM3,RMC          each of them against each other
  vwis-aggregator indicator retirement-outlook --leaver-rates own.csv
  vwis-aggregator indicator composition --by locality --where band=afc_5 --output shape.xlsx

Every number comes with its 95% interval, and with yes, no or cannot tell where the question allows
it. Nothing asks a node anything, and nothing costs privacy.")]
pub(super) struct Args {
    /// Which one; all are listed, if none is named
    name: Option<String>,
    /// Say what it is, instead of its numbers
    #[arg(long)]
    definition: bool,
    /// Attributes to break down by; --definition says which there are, and '' is no breakdown
    #[arg(long, value_name = "ATTRIBUTE,…", value_delimiter = ',')]
    by: Option<Vec<String>>,
    /// Only these categories of what it is broken down by, by code or label
    #[arg(long = "where", value_name = "ATTRIBUTE=CATEGORY,…")]
    filters: Vec<Filter>,
    /// Exactly this period, YYYY-MM; the latest released, if not said
    #[arg(long, value_name = "YYYY-MM")]
    period: Option<Period>,
    /// From what was released up to this period, YYYY-MM
    #[arg(long, value_name = "YYYY-MM", conflicts_with = "period")]
    up_to: Option<Period>,
    /// ODS codes, summed; `each` for every organisation's own; the whole system, if not said
    #[arg(long, value_name = "ODS,…", value_delimiter = ',')]
    org: Vec<String>,
    /// What else can be chosen; --definition says what
    #[arg(long = "option", value_name = "NAME=VALUE")]
    options: Vec<String>,
    /// Leaver rates in place of the published ones: CSV with `staff_group`, `age_band` (ten-year bands),
    /// `headcount` and `leavers`; what it does not give stays published
    #[arg(long, value_name = "FILE")]
    leaver_rates: Option<PathBuf>,
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

pub(super) async fn run(args: Args, context: &mut Context) -> Result<Exit, Failure> {
    let Some(name) = &args.name else {
        return list(args.format, context);
    };
    let indicator = indicator::named(name).map_err(|error| Failure::new(Exit::Usage, error))?;
    if args.definition {
        return define(&indicator.definition, args.format, context);
    }
    let hazards = args.leaver_rates.as_deref().map(leaver_rates).transpose()?;
    let tells = |series: &Series| indicator.definition.reads_people_of(series);
    let archive = released::archive(args.agreement.as_deref(), tells, context).await?;
    let mut question = Question {
        by: args.by.map(named),
        filters: args.filters,
        hazards: hazards.map(Arc::new),
        ..Question::default()
    };
    for option in &args.options {
        let wrong = || {
            let message = format!("--option {option}: expected NAME=VALUE");
            Failure::new(Exit::Usage, message)
        };
        let (name, value) = option.split_once('=').ok_or_else(wrong)?;
        question.options.insert(name.to_owned(), value.to_owned());
    }
    let asked = Asked {
        what: What::Indicator(indicator, question),
        whose: released::wanted(&args.org)?,
        when: released::when(args.period, args.up_to)?,
    };
    let answer = released::answered(asked, &archive, context)?;
    leaving::write(&answer, args.format, args.output.as_deref(), context)?;
    Ok(Exit::Done)
}

/// The attributes that `--by` names; an empty list for `--by ''`.
fn named(by: Vec<String>) -> Vec<String> {
    let codes = by.into_iter().map(|code| code.trim().to_owned());
    codes.filter(|code| !code.is_empty()).collect()
}

fn leaver_rates(file: &Path) -> Result<Hazards, Failure> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| {
        let hint = "expected is CSV in UTF-8 with staff_group, age_band, headcount, leavers";
        Failure::new(
            Exit::BadData,
            format!("{name} cannot be read: {error}; {hint}"),
        )
    })?;
    Hazards::parse(&text).map_err(|error| Failure::from(error).context(name))
}

fn list(format: Option<Format>, context: &mut Context) -> Result<Exit, Failure> {
    if format == Some(Format::Json) {
        let all: Vec<_> = indicator::ALL.iter().map(|i| &i.definition).collect();
        context.print_json(&all)?;
        return Ok(Exit::Done);
    }
    let longest = indicator::ALL.iter().map(|i| i.definition.name.len()).max();
    let width = longest.unwrap_or_default();
    for indicator in indicator::ALL {
        let Definition { name, question, .. } = &indicator.definition;
        context.print(format_args!("{name:width$}  {question}"))?;
    }
    Ok(Exit::Done)
}

fn define(
    definition: &Definition,
    format: Option<Format>,
    context: &mut Context,
) -> Result<Exit, Failure> {
    if format == Some(Format::Json) {
        context.print_json(definition)?;
        return Ok(Exit::Done);
    }
    let mut text = format!("{}: {}\n", definition.title, definition.question);
    let parts = [
        ("what it says", definition.definition),
        ("formula", definition.formula),
        ("of whom", definition.denominator),
        ("left out", definition.excluded),
        ("source", definition.source),
    ];
    for (name, said) in parts {
        let _ = write!(text, "\n{name}: {said}");
    }
    for limit in definition.limits {
        let _ = write!(text, "\nlimit: {limit}");
    }
    let by = definition.breakdowns.iter().map(|b| {
        if b.is_empty() {
            "''".to_owned()
        } else {
            b.join(",")
        }
    });
    let _ = write!(text, "\n\n--by {}", by.collect::<Vec<_>>().join(" | "));
    for option in definition.options {
        let values = if option.values.is_empty() {
            String::new()
        } else {
            format!(" ({})", option.values.join(" | "))
        };
        let _ = write!(
            text,
            "\n--option {}={}{values}: {}",
            option.name, option.default, option.description
        );
    }
    context.print(text)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn an_empty_by_is_no_breakdown_and_no_by_is_the_first() {
        let by = |args: &[&str]| {
            let line = [&["indicator", "age-profile"], args].concat();
            Command::try_parse_from(line).unwrap().args.by.map(named)
        };
        assert_eq!(by(&["--by", ""]), Some(Vec::new()));
        assert_eq!(by(&["--by", "band,gender"]).unwrap(), ["band", "gender"]);
        assert_eq!(by(&[]), None);
    }

    #[test]
    fn leaver_rates_are_read_or_refused_as_bad_data() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("own.csv");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            leaver_rates(&file)
        };
        let header = "staff_group,age_band,headcount,leavers\n";
        let own = read(&format!("{header}students,55_64,100,50\n")).unwrap();
        assert!((own.hazard("students", "55_64").rate() - 0.5).abs() < f64::EPSILON);
        let refused = read(&format!("{header}students,55_64,100,500\n")).unwrap_err();
        assert_eq!(refused.report(), Exit::BadData);
        let missing = leaver_rates(&dir.path().join("none.csv")).unwrap_err();
        assert_eq!(missing.report(), Exit::BadData);
    }
}
