//! `collect`: fetches a period from every node, and makes its releases.

use std::{
    io::{IsTerminal, Write},
    sync::Arc,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use vwis_model::{
    agreement::{Agreement, Series},
    ods::OdsCode,
    period::Period,
};
use vwis_proto::reason::Reason;

use super::{
    Exit, Failure,
    context::{self, Context, patience},
};
use crate::{
    collect::{Collector, NodeOutcome, Outcome, Progress, SeriesReport},
    keys::Keys,
    node_client::{Problem, ProblemKind},
};
use vwis_host::command;

#[derive(clap::Args)]
#[command(after_help = "\
Example:
  vwis-aggregator collect --period 2026-09

Run it again whenever you like: it fetches only what is missing, and makes the period's next
release when somebody new answered.

A measurement whose noise cannot be as agreed is kept and left out, until a person admits it by
`node admit`; chance leaves out an honest one less than once in a million.

Exit codes: 0 all organisations are in; 75 some are missing (the release is made all the same, and
says who is in it), or the only ones asked say to try later. With no release at all: 69 nobody was
reached, 77 those reached refused.")]
pub(super) struct Args {
    /// Period, YYYY-MM: the snapshot on that month's last day
    #[arg(long, value_name = "YYYY-MM")]
    period: Period,
    /// The agreement's hash or the beginning of it; the only one, if not said
    #[arg(long, value_name = "HASH")]
    agreement: Option<String>,
    /// Only this series; all that the agreement measures for the period, if not said
    #[arg(long, value_name = "NAME")]
    series: Option<String>,
    /// Report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &mut Context) -> Result<Exit, Failure> {
    let (config, store) = context.open().await?;
    let agreement = context::agreement(&store, args.agreement.as_deref(), context).await?;
    let series = wanted(&agreement, args.series.as_deref(), args.period)?;
    let nodes = context::some_nodes(&store, context).await?;
    let collector = Collector {
        credentials: Arc::new(context.credentials(&config, &store)?),
        store: store.clone(),
        authority: Some(Keys::in_dir(&config.dir).authority()?),
        aggregator: config.file.name.clone(),
        clock: Arc::clone(&context.clock),
        patience: patience(&config),
        concurrent_nodes: config.file.concurrent_nodes,
    };
    let bar = Bar::new(nodes.len() * series.len());
    let reports = collector
        .collect(&agreement, &series, args.period, &nodes, &|event| {
            bar.tell(event);
        })
        .await?;
    bar.finish();
    store.close().await;
    if args.json {
        context.print_json(&as_json(&agreement, args.period, &reports))?;
    } else {
        print_text(args.period, &reports, context)?;
    }
    Ok(exit(&reports))
}

/// The series to collect: the named one, or all whose cadence the period fits.
fn wanted<'a>(
    agreement: &'a Agreement,
    name: Option<&str>,
    period: Period,
) -> Result<Vec<&'a Series>, Failure> {
    let candidates: Vec<&Series> = match name {
        None => agreement.series().iter().collect(),
        Some(name) => {
            let there: Vec<_> = agreement.series().iter().map(Series::name).collect();
            let unknown = || {
                let message = format!(
                    "the agreement has no series `{name}`; it has: {}",
                    there.join(", ")
                );
                Failure::new(Exit::Usage, message)
            };
            vec![agreement.series_named(name).ok_or_else(unknown)?]
        }
    };
    let allowed: Vec<_> = (candidates.iter().copied())
        .filter(|series| agreement.allows(series, period))
        .collect();
    if allowed.is_empty() {
        let (first, last) = agreement.term();
        let cadences: Vec<_> = candidates
            .iter()
            .map(|s| format!("{} {}", s.name(), s.cadence().in_words()))
            .collect();
        let message = format!(
            "the agreement measures nothing for {period}: it runs from {first} to {last}, {}",
            cadences.join(", ")
        );
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(allowed)
}

const HELD: &str = "held already";

/// Shows progress on stderr: a bar on a terminal, plain lines elsewhere.
struct Bar {
    bar: Option<ProgressBar>,
}

// === impl Bar ===

impl Bar {
    fn new(steps: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let steps = u64::try_from(steps).unwrap_or(u64::MAX);
            let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}")
                .expect("the template is well formed");
            bar.with_style(style)
        });
        Self { bar }
    }

    fn tell(&self, event: Progress) {
        let (line, done) = match event {
            Progress::Asking(ods_code, series) => (format!("asking {ods_code} for {series}"), None),
            Progress::AskingAgain(ods_code, series) => {
                (format!("asking {ods_code} for {series} again"), None)
            }
            Progress::Done(NodeOutcome {
                ods_code,
                series,
                outcome,
            }) => {
                let what = match outcome {
                    Outcome::Stored => "stored".to_owned(),
                    Outcome::Held => HELD.to_owned(),
                    Outcome::Suspect(suspicion) => format!("kept and left out: {suspicion}"),
                    Outcome::Failed(problem) => problem.to_string(),
                };
                (format!("{ods_code} {series}: {what}"), Some(()))
            }
        };
        match &self.bar {
            Some(bar) => {
                bar.set_message(line);
                if done.is_some() {
                    bar.inc(1);
                }
            }
            // Nodes that were not even asked get no line: there are many, and they would hide the others.
            None if line.ends_with(HELD) => {}
            None => {
                let _ = writeln!(std::io::stderr(), "{line}");
            }
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn stored(reports: &[SeriesReport]) -> usize {
    let outcomes = reports.iter().flat_map(|report| &report.nodes);
    outcomes
        .filter(|node| node.outcome == Outcome::Stored)
        .count()
}

fn is_complete(report: &SeriesReport) -> bool {
    report.coverage.is_complete()
        && report
            .nodes
            .iter()
            .all(|node| matches!(node.outcome, Outcome::Stored | Outcome::Held))
}

fn exit(reports: &[SeriesReport]) -> Exit {
    if reports.iter().all(is_complete) {
        return Exit::Done;
    }
    if reports.iter().any(|report| report.release.is_some()) {
        return Exit::TryLater;
    }
    let outcomes = reports.iter().flat_map(|report| &report.nodes);
    let kinds: Vec<_> = outcomes
        .filter_map(|node| match &node.outcome {
            Outcome::Failed(problem) => Some(problem.kind()),
            _ => None,
        })
        .collect();
    // A node that has not enrolled counts as unreachable.
    let silent =
        |kind: &ProblemKind| matches!(kind, ProblemKind::Unreachable | ProblemKind::NotEnrolled);
    if kinds.contains(&ProblemKind::Unreachable) && kinds.iter().all(silent) {
        Exit::Unreachable
    } else if kinds.contains(&ProblemKind::TryLater) {
        Exit::TryLater
    } else {
        Exit::Refused
    }
}

fn print_text(
    period: Period,
    reports: &[SeriesReport],
    context: &mut Context,
) -> Result<(), Failure> {
    for report in reports {
        let series = &report.series;
        match &report.release {
            Some(release) => {
                let coverage = report.coverage.in_words();
                let new = if report.release_is_new {
                    "new"
                } else {
                    "unchanged"
                };
                let (number, id) = (release.number, release.id);
                context.print(format_args!(
                    "{series} {period}: {coverage}; release {number} ({new}) {id}"
                ))?;
            }
            None => context.print(format_args!(
                "{series} {period}: {}; no release",
                report.coverage.in_words()
            ))?,
        }
    }
    for (ods_code, problem, series) in missing(reports) {
        context.print(format_args!(
            "  {ods_code} is missing in {}: {problem}\n    fix: {}",
            series.join(", "),
            problem.fix()
        ))?;
    }
    for (ods_code, suspicion, series) in suspect(reports) {
        let admit = format!(
            "node admit {ods_code} --series {series} --period {period} --by NAME --reason TEXT"
        );
        context.print(format_args!(
            "  {ods_code} is left out of {series}: {suspicion}\n    fix: ask {ods_code} what it measured with; what \
             came is kept, and summed once a person has looked: {}",
            context.command(admit),
        ))?;
    }
    let any_new = reports.iter().any(|report| report.release_is_new);
    match stored(reports) {
        0 if !any_new => context.print("nothing new: nothing stored, no release made")?,
        1 => context.print("1 measurement stored")?,
        number => context.print(format_args!("{number} measurements stored"))?,
    }
    if reports.iter().any(|report| report.release.is_some()) {
        let next = context.command(format_args!("table --period {period} --by staff_group"));
        command::say(format_args!("next: {next}"));
    }
    Ok(())
}

/// The organisations that are missing and why, each reason once with all series that it concerns.
fn missing(reports: &[SeriesReport]) -> Vec<(&OdsCode, &Problem, Vec<&str>)> {
    let mut missing: Vec<(&OdsCode, &Problem, Vec<&str>)> = Vec::new();
    for report in reports {
        for node in &report.nodes {
            let Outcome::Failed(problem) = &node.outcome else {
                continue;
            };
            let known = missing
                .iter_mut()
                .find(|(ods_code, known, _)| **ods_code == node.ods_code && *known == problem);
            match known {
                Some((_, _, series)) => series.push(&report.series),
                None => missing.push((&node.ods_code, problem, vec![&report.series])),
            }
        }
    }
    missing
}

/// The organisations that are left out, why, and of which series.
fn suspect(reports: &[SeriesReport]) -> impl Iterator<Item = (&OdsCode, &str, &str)> {
    reports.iter().flat_map(|report| {
        let suspect = report.nodes.iter().filter_map(|node| match &node.outcome {
            Outcome::Suspect(suspicion) => Some((&node.ods_code, suspicion.as_str())),
            _ => None,
        });
        suspect.map(|(ods_code, suspicion)| (ods_code, suspicion, report.series.as_str()))
    })
}

fn as_json(agreement: &Agreement, period: Period, reports: &[SeriesReport]) -> Value {
    let of_node = |node: &NodeOutcome| match &node.outcome {
        Outcome::Stored => json!({ "ods": node.ods_code, "outcome": "stored" }),
        Outcome::Held => json!({ "ods": node.ods_code, "outcome": "held" }),
        Outcome::Suspect(suspicion) => {
            json!({ "ods": node.ods_code, "outcome": "suspect", "suspicion": suspicion })
        }
        Outcome::Failed(problem) => json!({
            "ods": node.ods_code,
            "outcome": "failed",
            "kind": problem.kind(),
            "reason": problem.reason().map(Reason::as_str),
            "problem": problem.to_string(),
            "fix": problem.fix(),
        }),
    };
    let of_series = |report: &SeriesReport| {
        let release = report.release.as_ref().map(|release| {
            json!({
                "id": release.id,
                "number": release.number,
                "new": report.release_is_new,
                "made_at": release.made_at.to_string(),
            })
        });
        json!({
            "series": report.series,
            "complete": is_complete(report),
            "coverage": report.coverage,
            "release": release,
            "nodes": report.nodes.iter().map(of_node).collect::<Vec<_>>(),
        })
    };
    json!({
        "agreement": agreement.hash(),
        "period": period,
        "complete": reports.iter().all(is_complete),
        "stored": stored(reports),
        "releases_made": reports.iter().filter(|report| report.release_is_new).count(),
        "series": reports.iter().map(of_series).collect::<Vec<_>>(),
    })
}
