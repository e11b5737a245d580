//! `vwis-node import`

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use vwis_proto::{exit::Exit, period::Period};

use super::{Context, Failure, Outcome, report::print_report};
use crate::{
    import::{
        DEFAULT_MAPPING, DEFAULT_MOST_REJECTED, DEFAULT_PATHWAY_RULE, Encoding, ImportError,
        Imported, Kind, Mapping, Options, PathwayList, PathwayRule, Progress, read_establishment,
        read_extract, suggest_mapping,
    },
    keeping::{Kept, Movement},
    node::Node,
    people::Tagger,
};

/// Read an extract into the snapshot of a period.
///
/// Takes ESR's own CSV or .xlsx as it is: headings, dates and spellings are known, and a mapping says
/// what differs. Tells where every row went: kept as a person, merged into one, left out by the
/// headcount filter, or rejected with line, column, value and what would be accepted. All or nothing
/// is stored, and only codes: employee numbers as keyed hashes; no name, no date.
#[derive(clap::Args, Debug)]
#[command(after_help = "First time:\n  \
    vwis-node import --suggest-mapping staff.csv > DIR/mapping.toml    then fill in its [sites]\n  \
    vwis-node … import staff.csv --period 2026-09 --dry-run\n\n\
    DIR/mapping.toml, where it is there, is used without being named.")]
pub(super) struct Args {
    /// The extract: CSV or .xlsx.
    #[arg(required_unless_present_any = ["suggest_mapping", "show_mapping", "show_pathway_rule"])]
    file: Option<PathBuf>,
    /// The period whose last day it shows, such as 2026-09.
    #[arg(long, required_unless_present_any = ["suggest_mapping", "show_mapping", "show_pathway_rule"])]
    period: Option<Period>,
    /// Whom the file lists. Joiners and leavers are derived from successive extracts of staff unless
    /// they are imported.
    #[arg(long, value_enum, default_value_t = Listed::Staff)]
    data_set: Listed,
    /// Headings, local spellings and sites (TOML).
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Encoding of a CSV file.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
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
    /// Propose a mapping for a file from its header and a sample, and do nothing else.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "period"])]
    suggest_mapping: Option<PathBuf>,
    /// Print the built-in mapping, with comments.
    #[arg(long)]
    show_mapping: bool,
    /// Print the built-in cancer pathway rule, with comments.
    #[arg(long)]
    show_pathway_rule: bool,
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
    /// Funded posts (staff group, band, location, funded FTE): not about persons.
    Establishment,
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
    if args.show_mapping {
        return context.say(DEFAULT_MAPPING);
    }
    if args.show_pathway_rule {
        return context.say(DEFAULT_PATHWAY_RULE);
    }
    if let Some(file) = &args.suggest_mapping {
        let mapping = suggest_mapping(file, args.encoding)
            .map_err(|error| Failure::new(Exit::BadData, &error))?;
        return context.say(mapping.trim_end());
    }
    let (Some(file), Some(period)) = (&args.file, args.period) else {
        return Err(Failure::new(Exit::Usage, "a file and --period are needed"));
    };
    let node = context.open().await?;
    refuse_future(&context, period)?;
    let kind = match args.data_set {
        Listed::Staff => Kind::Staff,
        Listed::Joiners => Kind::Joiners,
        Listed::Leavers => Kind::Leavers,
        Listed::Establishment => return keep_posts(&args, file, period, &node, &mut context).await,
    };
    let imported = match tokio::task::block_in_place(|| read(&args, kind, file, period, &node)) {
        Ok(imported) => imported,
        Err(ReadFailure::Import(error)) => {
            if let ImportError::TooManyRejected { report, .. } = &*error {
                print(&mut context, &args, report)?;
            }
            return Err(Failure::new(Exit::BadData, &error));
        }
        Err(ReadFailure::Other(failure)) => return Err(failure),
    };
    print(&mut context, &args, &imported.report)?;
    let text = args.report == ReportFormat::Text;
    if args.dry_run {
        return if text {
            context.say("\nDry run: nothing was stored.")
        } else {
            Ok(())
        };
    }
    let now = context.clock.now();
    let kept = node.keep_import(kind, period, &imported, now).await?;
    if text {
        say_kept(&mut context, &kept)?;
    }
    Ok(())
}

fn refuse_future(context: &Context, period: Period) -> Outcome {
    let today = context.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    if period.last_day() <= today {
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

/// The mapping that was named, or the organisation's own, or the built-in one.
fn mapping(args: &Args, node: &Node) -> Result<Mapping, Failure> {
    let own = node.config().mapping_file();
    let mapping = match &args.mapping {
        Some(path) => Mapping::read(path),
        None if own.exists() => Mapping::read(&own),
        None => Ok(Mapping::builtin()),
    };
    mapping.map_err(|error| Failure::new(Exit::BadConfiguration, &error))
}

async fn keep_posts(
    args: &Args,
    file: &Path,
    period: Period,
    node: &Node,
    context: &mut Context,
) -> Outcome {
    let posts = read_establishment(file, args.encoding, &mapping(args, node)?)
        .map_err(|error| Failure::new(Exit::BadData, &error))?;
    if !args.dry_run {
        node.store().keep_establishment(period, &posts).await?;
    }
    let hundredths: u64 = posts.iter().map(|posts| posts.fte_hundredths).sum();
    context.say(format!(
        "{} rows, {}.{:02} funded posts (FTE) for {period}{}.",
        posts.len(),
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
) -> Result<Imported, ReadFailure> {
    let bad_configuration = |error: &dyn ToString| {
        ReadFailure::Other(Failure::new(Exit::BadConfiguration, &error.to_string()))
    };
    let mapping = mapping(args, node).map_err(ReadFailure::Other)?;
    let rule = match &args.pathway_rule {
        Some(path) => PathwayRule::read(path).map_err(|error| bad_configuration(&error))?,
        None => PathwayRule::builtin(),
    };
    let key =
        fs::read(node.config().employee_key_file()).map_err(|error| bad_configuration(&error))?;
    let tagger = Tagger::new(&key);
    let list = args
        .pathway_list
        .as_ref()
        .map(|path| PathwayList::read(path, args.encoding, &mapping, &tagger))
        .transpose()
        .map_err(|error| ReadFailure::Other(Failure::new(Exit::BadData, &error)))?;
    let options = Options {
        kind,
        organisation: node.ods_code(),
        period,
        mapping: &mapping,
        pathway_rule: &rule,
        pathway_list: list.as_ref(),
        encoding: args.encoding,
        tagger: &tagger,
        most_rejected: args.most_rejected,
    };
    watched(file, |progress| read_extract(file, &options, progress))
        .map_err(|error| ReadFailure::Import(Box::new(error)))
}

/// Runs `work` with a bar on stderr, where that is a terminal.
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

fn print(context: &mut Context, args: &Args, report: &crate::import::Report) -> Outcome {
    match args.report {
        ReportFormat::Json => context.say_json(report),
        ReportFormat::Text => print_report(context, report),
    }
}

fn say_kept(context: &mut Context, kept: &Kept) -> Outcome {
    let snapshot = &kept.snapshot;
    context.say(format!(
        "\nStored as revision {} of {}, {}.",
        snapshot.revision, snapshot.period, snapshot.data_set
    ))?;
    match kept.movement {
        Movement::Derived {
            since,
            joined,
            left,
        } => context.say(format!(
            "Since {since}, {joined} people joined and {left} left: kept as joiners and leavers."
        ))?,
        Movement::FromFile => context.say(
            "Joiners or leavers of this period were imported from a file: they stay as they are.",
        )?,
        Movement::NoEarlier(Some(since)) => context.say(format!(
            "No joiners and leavers: that needs the extract of {since}, imported before this one."
        ))?,
        Movement::NoEarlier(None) | Movement::NotDerived => {}
    }
    if kept.measured_before {
        context.say(
            "Something was measured for this period before: what is sealed stays as it is, byte for \
             byte, and costs nothing more.",
        )?;
    }
    Ok(())
}
