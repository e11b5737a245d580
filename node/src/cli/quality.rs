//! `vwis-node quality`

use std::path::PathBuf;

use vwis_host::{exit::Exit, files};
use vwis_model::{here, period::Period};

use super::{Context, Failure, Outcome, plain_table, words::people};
use crate::{
    import::Kind,
    quality::{GroupAgainst, Published, QualityReport, Subject, page},
    store::HeldSnapshot,
};

/// How good a period's data are: for this organisation's own eyes.
///
/// Completeness and validity of each attribute, what looks wrong, what changed since the snapshot
/// before by staff group, and the difference from a published headcount. Exact counts: nothing of it
/// ever leaves this machine by itself.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The period; the latest one if not said.
    #[arg(long)]
    period: Option<Period>,
    /// A published headcount to compare with (CSV with a header: staff group, headcount).
    #[arg(long, value_name = "FILE")]
    headcount: Option<PathBuf>,
    /// Write a page to print, readable by you alone.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    let node = context.open().await?;
    let data_set = Kind::Staff.data_set();
    let mut held = node.store().snapshots().await?;
    held.retain(|snapshot| snapshot.data_set == data_set.code());
    let wanted =
        |snapshot: &HeldSnapshot| args.period.is_none_or(|period| snapshot.period == period);
    let Some(at) = held.iter().rposition(wanted) else {
        let message = match args.period {
            Some(period) => format!("period {period} has not been imported"),
            None => "nothing has been imported yet".to_owned(),
        };
        return Err(Failure {
            exit: Exit::BadData,
            message,
        });
    };
    let snapshot = &held[at];
    if snapshot.dictionary != here::dictionary().version() {
        let message = format!(
            "{} was coded by another version of the data dictionary: import it again",
            snapshot.period
        );
        return Err(Failure {
            exit: Exit::BadData,
            message,
        });
    }
    let attributes = data_set.attributes().len();
    let people = node.store().people(snapshot.id, attributes).await?;
    let earlier = match at.checked_sub(1).map(|before| &held[before]) {
        Some(before) if before.dictionary == snapshot.dictionary => {
            let people = node.store().people(before.id, attributes).await?;
            Some((before.period, people))
        }
        _ => None,
    };
    let import = node.store().import_report(snapshot.id).await?;
    let import = import
        .map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|error| Failure::new(Exit::Failed, &error))?;
    let staff_group = data_set
        .position("staff_group")
        .map(|position| &data_set.attributes()[position])
        .expect("staff have a staff group");
    let published = args
        .headcount
        .map(|path| Published::read(&path, staff_group))
        .transpose()
        .map_err(|error| Failure::new(Exit::BadData, &error))?;
    let posts = node.store().posts_by_staff_group(snapshot.period).await?;
    let report = QualityReport::of(Subject {
        ods_code: node.ods_code().as_str(),
        period: snapshot.period,
        revision: snapshot.revision,
        data_set,
        people: &people,
        import,
        earlier: earlier.as_ref().map(|(period, people)| (*period, people)),
        published: published.as_ref(),
        posts: &posts,
    });
    if let Some(path) = &args.html {
        files::write_private(path, page(&report).as_bytes())
            .map_err(|error| Failure::new(Exit::Failed, &error))?;
    }
    if args.json {
        return context.print_json(&report);
    }
    print(&mut context, &report)?;
    match &args.html {
        Some(path) => context.print(format!("\nWritten to {}: keep it here.", path.display())),
        None => Ok(()),
    }
}

fn print(context: &mut Context, report: &QualityReport) -> Outcome {
    context.print(format!(
        "{}, {} (revision {}): {}. Exact counts, for your own eyes.\n",
        report.ods_code,
        report.period,
        report.revision,
        people(report.people)
    ))?;
    let mut table = plain_table(&["attribute", "read from", "complete", "valid", "unknown"]);
    for row in &report.attributes {
        table.add_row([
            row.label.clone(),
            row.heading.clone().unwrap_or_else(|| "-".to_owned()),
            format!("{:.1}%", row.complete_percent),
            row.valid_percent
                .map_or("-".to_owned(), |valid| format!("{valid:.1}%")),
            row.unknown.to_string(),
        ]);
    }
    context.print(table)?;
    if !report.suspicious.is_empty() {
        context.print("\nWorth a look:")?;
        for sentence in &report.suspicious {
            context.print(format!("  {sentence}"))?;
        }
    }
    if let Some(change) = &report.change {
        let title = format!("\nBy staff group, against {}:", change.since);
        print_groups(context, &title, &change.since.to_string(), &change.groups)?;
    }
    if let Some(groups) = &report.published {
        print_groups(
            context,
            "\nBy staff group, against the published headcount:",
            "published",
            groups,
        )?;
    }
    if let Some(posts) = &report.posts {
        context.print("\nFunded posts, FTE:")?;
        let mut table = plain_table(&["staff group", "funded", "in post", "vacant"]);
        for row in posts {
            let [funded, in_post, vacant] =
                [row.funded, row.in_post, row.vacant].map(|fte| format!("{fte:.2}"));
            table.add_row([row.label.clone(), funded, in_post, vacant]);
        }
        context.print(table)?;
    }
    Ok(())
}

fn print_groups(
    context: &mut Context,
    title: &str,
    other: &str,
    groups: &[GroupAgainst],
) -> Outcome {
    context.print(title)?;
    let mut table = plain_table(&["staff group", other, "now", "change", ""]);
    for row in groups {
        table.add_row([
            row.label.clone(),
            row.other.to_string(),
            row.now.to_string(),
            change(row),
            if row.notable { "worth a look" } else { "" }.to_owned(),
        ]);
    }
    context.print(table)
}

fn change(row: &GroupAgainst) -> String {
    match (row.difference, row.percent) {
        (0, _) => "no change".to_owned(),
        (difference, None) => format!("{difference:+}"),
        (difference, Some(percent)) => format!("{difference:+} ({percent:+.1}%)"),
    }
}
