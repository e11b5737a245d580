//! `vwis-node import`

use std::{fs, path::PathBuf};

use clap::ValueEnum;
use vwis_proto::{dictionary::Dictionary, exit::Exit, period::Period};

use super::{Context, Failure, Outcome};
use crate::{
    import::{DEFAULT_MOST_REJECTED, ImportError, Report, read_extract},
    store::NewSnapshot,
};

const DATA_SET: &str = "staff";

/// Read an extract of staff into the snapshot of a period.
///
/// The file is CSV with a header: `employee_number`, `fte`, and the attributes of the data
/// dictionary (see the README). Rows of one employee number are one person. Only codes are kept.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The extract.
    file: PathBuf,
    /// The period whose last day it shows, such as 2026-09.
    #[arg(long)]
    period: Period,
    /// Read and report, store nothing.
    #[arg(long)]
    dry_run: bool,
    /// How to print the reconciliation.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    report: ReportFormat,
    /// Share of rows that may be rejected before nothing is imported.
    #[arg(long, default_value_t = DEFAULT_MOST_REJECTED)]
    most_rejected: f64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ReportFormat {
    Text,
    Json,
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    let node = context.open().await?;
    let today = context.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    if args.period.last_day() > today {
        let message = format!(
            "period {} ends on {}, after today: a snapshot shows the past",
            args.period,
            args.period.last_day()
        );
        return Err(Failure {
            exit: Exit::BadData,
            message,
        });
    }
    let dictionary = Dictionary::builtin();
    let data_set = dictionary
        .data_set(DATA_SET)
        .expect("the dictionary has the staff data set");
    let key = fs::read(node.config().employee_key_file())
        .map_err(|error| Failure::new(Exit::BadConfiguration, &error))?;
    let imported = match read_extract(&args.file, data_set, &key, args.most_rejected) {
        Ok(imported) => imported,
        Err(error) => {
            if let ImportError::TooManyRejected { report, .. } = &error {
                print_report(&mut context, report, args.report)?;
            }
            return Err(Failure::new(Exit::BadData, &error));
        }
    };
    print_report(&mut context, &imported.report, args.report)?;
    let text = matches!(args.report, ReportFormat::Text);
    if args.dry_run {
        return if text {
            context.say("Dry run: nothing was stored.")
        } else {
            Ok(())
        };
    }
    let ledger = node.store().ledger().await?;
    let sealed_before = ledger
        .reservations()
        .any(|(_, reservation)| reservation.period == args.period);
    let agreements = node.approved_agreements(&ledger).await?;
    let snapshot = NewSnapshot {
        data_set: DATA_SET,
        period: args.period,
        dictionary: dictionary.version(),
        people: &imported.people,
    };
    let held = node
        .store()
        .keep_snapshot(&snapshot, &agreements, context.clock.now())
        .await?;
    // An agreement may have been approved while this ran.
    node.count_for_approved().await?;
    if text {
        context.say(format!(
            "Stored as revision {} of {}.",
            held.revision, held.period
        ))?;
        if sealed_before {
            context.say(
                "Something was measured for this period before: what is sealed stays as it is.",
            )?;
        }
    }
    Ok(())
}

fn print_report(context: &mut Context, report: &Report, format: ReportFormat) -> Outcome {
    if matches!(format, ReportFormat::Json) {
        return context.say_json(report);
    }
    context.say(format!(
        "{:>9} rows read\n{:>9} kept as a person\n{:>9} merged into a person (further assignments)",
        report.rows_read, report.kept, report.merged
    ))?;
    for (rule, rows) in &report.excluded {
        context.say(format!("{rows:>9} excluded by rule: {rule}"))?;
    }
    for (reason, rows) in &report.rejected {
        context.say(format!("{rows:>9} rejected: {reason}"))?;
    }
    for error in &report.errors {
        context.say(format!(
            "  line {}, column {}: `{}`; expected {}",
            error.line, error.column, error.value, error.expected
        ))?;
    }
    let more = report.rejected_rows() - report.errors.len() as u64;
    if more > 0 {
        context.say(format!("  and {more} more"))?;
    }
    Ok(())
}
