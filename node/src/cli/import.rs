//! `vwis-node import`

mod telling;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use vwis_host::{exit::Exit, fault};
use vwis_model::period::Period;

use self::telling::{End, Telling};
use super::{Context, Failure, Outcome, words::several};
use crate::{
    import::{
        Allowance, DEFAULT_MAPPING, DEFAULT_MOST_REJECTED, DEFAULT_PATHWAY_RULE, Encoding,
        ImportError, Imported, Kind, Mapping, Options, PathwayList, PathwayRule, Progress, Report,
        read_establishment, read_extract, suggest_mapping_beside,
    },
    node::Node,
    ops::snapshot::doubts,
    people::Tagger,
};

/// Read an extract into the snapshot of a period.
///
/// Takes ESR's own CSV or .xlsx as it is: headings, dates and spellings are known, and a mapping says
/// what differs. Tells where every row went: kept as a person, merged into one, left out by the
/// headcount filter, or rejected with file, line, column, value and what would be accepted. All or
/// nothing is stored, and only codes: employee numbers as keyed hashes; no name, no date. A report of
/// applications, as Trac or NHS Jobs have it, is read with `--data-set applicants`.
#[derive(clap::Args, Debug)]
#[command(after_help = "First time:\n  \
    vwis-node import --suggest-mapping staff.csv > DIR/mapping.toml    then fill in its [sites]\n  \
    vwis-node … import staff.csv --period 2026-09 --dry-run\n\n\
    DIR/mapping.toml, where it is there, is used without being named.")]
pub(super) struct Args {
    /// The extract: CSV or .xlsx; `-` for standard input.
    #[arg(required_unless_present_any = ["suggest_mapping", "show"])]
    file: Option<PathBuf>,
    /// The period whose last day it shows, such as 2026-09.
    #[arg(long, required_unless_present_any = ["suggest_mapping", "show"])]
    period: Option<Period>,
    /// Whom the file lists. Joiners and leavers are derived from successive extracts of staff unless
    /// they are imported.
    #[arg(long, value_enum, default_value_t = Listed::Staff)]
    data_set: Listed,
    /// Headings, local spellings and sites (TOML).
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Encoding of a CSV file; if not said, what the mapping says, or UTF-8.
    #[arg(long, value_enum)]
    encoding: Option<Encoding>,
    /// The sheet of a workbook; if not said, the first one with a header that the mapping knows.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Rule that places posts on cancer pathways (TOML), instead of the built-in one.
    #[arg(long)]
    pathway_rule: Option<PathBuf>,
    /// The cancer manager's list (CSV: employee number, pathway); it wins over the rule.
    #[arg(long)]
    pathway_list: Option<PathBuf>,
    /// Read and report, store nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to print the reconciliation.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    report: ReportFormat,
    /// Share of rows that may be rejected before nothing is imported, 0 to 1.
    #[arg(long, default_value_t = DEFAULT_MOST_REJECTED, value_parser = parse_share)]
    most_rejected: f64,
    /// Take what looks like a mistake: each question says by what name.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    allow: Vec<Allowance>,
    /// Propose a mapping for a file from its header and a sample, and do nothing else.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "period"])]
    suggest_mapping: Option<PathBuf>,
    /// Print what is built in, with comments: to copy from.
    #[arg(long, value_enum)]
    show: Option<BuiltIn>,
}

/// What a file lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Listed {
    /// Everyone in post, and perhaps people who left.
    Staff,
    /// People who joined in the quarter that ends with the period.
    Joiners,
    /// People who left in it.
    Leavers,
    /// People who applied in the twelve months that end with the period: one row for each application.
    Applicants,
    /// Funded posts (staff group, band, location, funded FTE): not about persons.
    Establishment,
}

// === impl Listed ===

impl Listed {
    /// The kind of list of people; `None` where it lists posts.
    fn kind(self) -> Option<Kind> {
        match self {
            Self::Staff => Some(Kind::Staff),
            Self::Joiners => Some(Kind::Joiners),
            Self::Leavers => Some(Kind::Leavers),
            Self::Applicants => Some(Kind::Applicants),
            Self::Establishment => None,
        }
    }
}

/// What is built in and can be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum BuiltIn {
    /// Headings of extracts.
    Mapping,
    /// The rule that places posts on cancer pathways.
    PathwayRule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    Text,
    Json,
}

fn parse_share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("expected a share from 0 to 1".to_owned()),
    }
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    match args.show {
        Some(BuiltIn::Mapping) => return context.print(DEFAULT_MAPPING),
        Some(BuiltIn::PathwayRule) => return context.print(DEFAULT_PATHWAY_RULE),
        None => {}
    }
    if let Some(file) = &args.suggest_mapping {
        let kind = args.data_set.kind().unwrap_or(Kind::Staff);
        let how = match &args.mapping {
            Some(path) => {
                Mapping::read(path).map_err(|error| Failure::new(Exit::BadConfiguration, &error))?
            }
            None => Mapping::builtin(),
        };
        let mapping = suggest_mapping_beside(
            file,
            encoding(&args, &how),
            args.sheet.as_deref(),
            &how,
            kind,
        )
        .map_err(|error| Failure::new(Exit::BadData, &error))?;
        return context.print(mapping.trim_end());
    }
    let (Some(file), Some(period)) = (&args.file, args.period) else {
        return Err(Failure::new(Exit::Usage, "a file and --period are needed"));
    };
    let node = context.open().await?;
    refuse_future(&context, period)?;
    let Some(kind) = args.data_set.kind() else {
        return keep_posts(&args, file, period, &node, &mut context).await;
    };
    let tagger = node.employee_key().await?.tagger();
    let read = || read(&args, kind, file, period, &node, &tagger);
    let imported = match tokio::task::block_in_place(read) {
        Ok(imported) => imported,
        Err(ReadFailure::Import(error)) => {
            if let Some(report) = error.report() {
                refuse(&mut context, &telling(&args, file, report, &[]))?;
            }
            return Err(Failure::new(Exit::BadData, &error));
        }
        Err(ReadFailure::Other(failure)) => return Err(failure),
    };
    fault::point("import.read");
    // This turn lasts from reading what is held to storing the snapshot, so that no other import comes
    // between.
    let _turn = node.import_turn().await?;
    let doubts = doubts(kind, period, &imported);
    let telling = telling(&args, file, &imported.report, &doubts);
    let sense = node.check_sense(kind, period, &imported, &args.allow);
    if let Err(questions) = sense.await? {
        refuse(&mut context, &telling)?;
        return Err(Failure {
            exit: Exit::BadData,
            message: format!("{}: {questions}", file.display()),
        });
    }
    telling.begin(&mut context)?;
    if args.dry_run {
        return telling.end(&mut context, &End::DryRun);
    }
    let now = context.clock.now();
    let kept = node.keep_import(kind, period, &imported, now).await?;
    telling.end(&mut context, &End::Kept(&kept))?;
    // An agreement may have been approved while this ran, so the new snapshot is counted for it too.
    Ok(node.count_for_approved().await?)
}

fn telling<'a>(
    args: &Args,
    file: &'a Path,
    report: &'a Report,
    doubts: &'a [String],
) -> Telling<'a> {
    Telling {
        format: args.report,
        file,
        report,
        doubts,
    }
}

/// Prints where every row would have gone, for an import that is refused.
fn refuse(context: &mut Context, telling: &Telling<'_>) -> Outcome {
    telling.begin(context)?;
    telling.end(context, &End::Refused)
}

fn refuse_future(context: &Context, period: Period) -> Outcome {
    if period.last_day() <= context.today() {
        return Ok(());
    }
    let message = format!(
        "period {period} ends on {}, after today: a snapshot shows the past",
        period.last_day()
    );
    Err(Failure {
        exit: Exit::BadData,
        message,
    })
}

enum ReadFailure {
    Import(Box<ImportError>),
    Other(Failure),
}

/// The mapping that the command names, else the organisation's own, else the built-in one.
fn mapping(args: &Args, node: &Node) -> Result<Mapping, Failure> {
    let own = node.config().mapping_file();
    let mapping = match &args.mapping {
        Some(path) => Mapping::read(path),
        None if own.exists() => Mapping::read(&own),
        None => Ok(Mapping::builtin()),
    };
    mapping.map_err(|error| Failure::new(Exit::BadConfiguration, &error))
}

/// The encoding that the command names, else the mapping's, else UTF-8.
fn encoding(args: &Args, mapping: &Mapping) -> Encoding {
    args.encoding.or(mapping.encoding()).unwrap_or_default()
}

async fn keep_posts(
    args: &Args,
    file: &Path,
    period: Period,
    node: &Node,
    context: &mut Context,
) -> Outcome {
    let mapping = mapping(args, node)?;
    let posts = read_establishment(
        file,
        encoding(args, &mapping),
        args.sheet.as_deref(),
        &mapping,
        node.ods_code(),
    )
    .map_err(|error| Failure::new(Exit::BadData, &error))?;
    if !args.dry_run {
        node.store().keep_establishment(period, &posts).await?;
    }
    if args.report == ReportFormat::Json {
        return context.print_json(&serde_json::json!({
            "rows_read": posts.len(), "period": period, "stored": !args.dry_run,
            "posts_fte_hundredths": posts.iter().map(|posts| posts.fte_hundredths).sum::<u64>(),
        }));
    }
    let hundredths: u64 = posts.iter().map(|posts| posts.fte_hundredths).sum();
    context.print(format!(
        "{}, {}.{:02} funded posts (FTE) for {period}{}.",
        several(posts.len(), "row"),
        hundredths / 100,
        hundredths % 100,
        if args.dry_run {
            "; dry run, nothing was stored"
        } else {
            ", in place of any kept before"
        }
    ))
}

fn read(
    args: &Args,
    kind: Kind,
    file: &Path,
    period: Period,
    node: &Node,
    tagger: &Tagger,
) -> Result<Imported, ReadFailure> {
    let bad_configuration = |error: &dyn ToString| {
        ReadFailure::Other(Failure::new(Exit::BadConfiguration, &error.to_string()))
    };
    let mapping = mapping(args, node).map_err(ReadFailure::Other)?;
    let rule = match &args.pathway_rule {
        Some(path) => PathwayRule::read(path).map_err(|error| bad_configuration(&error))?,
        None => PathwayRule::builtin(),
    };
    let list = args
        .pathway_list
        .as_ref()
        .map(|path| PathwayList::read(path, encoding(args, &mapping), &mapping, tagger))
        .transpose()
        .map_err(|error| ReadFailure::Other(Failure::new(Exit::BadData, &error)))?;
    let options = Options {
        kind,
        organisation: node.ods_code(),
        period,
        mapping: &mapping,
        pathway_rule: &rule,
        pathway_list: list.as_ref(),
        encoding: encoding(args, &mapping),
        sheet: args.sheet.as_deref(),
        tagger,
        most_rejected: args.most_rejected,
        allowed: &args.allow,
    };
    watched(file, |progress| read_extract(file, &options, progress))
        .map_err(|error| ReadFailure::Import(Box::new(error)))
}

/// Runs `work`, with a progress bar on stderr where that is a terminal.
fn watched<T>(file: &Path, work: impl FnOnce(&Progress) -> T) -> T {
    let progress = Progress::default();
    let length = fs::metadata(file).map_or(0, |metadata| metadata.len());
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template(
        "  {wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
    );
    bar.set_style(style.expect("the template is well-formed"));
    let (done, wait) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let (bar, progress) = (&bar, &progress);
        scope.spawn(move || {
            let tick = Duration::from_millis(200);
            while wait.recv_timeout(tick) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                bar.set_position(progress.bytes());
            }
            bar.finish_and_clear();
        });
        let result = work(progress);
        drop(done);
        result
    })
}
