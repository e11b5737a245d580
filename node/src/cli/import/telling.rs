//! What an import tells: on a terminal where every row went first, and last what became of it.

use std::path::Path;

use super::{
    super::{
        Context, Failure, Outcome,
        report::{print_report, print_sites},
    },
    ReportFormat,
};
use crate::{import::Report, keeping::Kept};
use vwis_proto::exit::Exit;

/// What there is to tell of one file.
pub(super) struct Telling<'a> {
    pub(super) format: ReportFormat,
    pub(super) file: &'a Path,
    pub(super) report: &'a Report,
    /// What makes one doubt the file.
    pub(super) doubts: &'a [String],
}

/// What became of it.
pub(super) enum End<'a> {
    Refused,
    DryRun,
    Kept(&'a Kept),
}

// === impl Telling ===

impl Telling<'_> {
    /// Where every row went, in words; as JSON all is told at the end.
    pub(super) fn begin(&self, context: &mut Context) -> Outcome {
        match self.format {
            ReportFormat::Text => print_report(context, self.file, self.report),
            ReportFormat::Json => Ok(()),
        }
    }

    /// What became of it, and what is to be done.
    pub(super) fn end(&self, context: &mut Context, end: &End<'_>) -> Outcome {
        if self.format == ReportFormat::Json {
            return self.end_as_json(context, end);
        }
        match end {
            End::Refused => {}
            End::DryRun => context.say("\nDry run: nothing was stored.")?,
            End::Kept(kept) => say_kept(context, kept)?,
        }
        for doubt in self.doubts {
            context.say(format!("\nWarning: {doubt}"))?;
        }
        print_sites(context, self.report)
    }

    fn end_as_json(&self, context: &mut Context, end: &End<'_>) -> Outcome {
        let mut json = serde_json::to_value(self.report)
            .map_err(|error| Failure::new(Exit::Failed, &error))?;
        json["file"] = self.file.display().to_string().into();
        json["warnings"] = self.doubts.into();
        json["stored"] = match end {
            End::Refused | End::DryRun => serde_json::Value::Null,
            End::Kept(kept) => serde_json::json!({
                "data_set": kept.snapshot.data_set, "period": kept.snapshot.period,
                "revision": kept.snapshot.revision, "joined": kept.joined, "left": kept.left,
                "since": kept.since, "notes": kept.notes, "measured_before": kept.measured_before,
            }),
        };
        context.say_json(&json)
    }
}

fn say_kept(context: &mut Context, kept: &Kept) -> Outcome {
    let snapshot = &kept.snapshot;
    context.say(format!(
        "\nStored as revision {} of {}, {}.",
        snapshot.revision, snapshot.period, snapshot.data_set
    ))?;
    match (kept.since, kept.joined, kept.left) {
        (Some(since), Some(joined), Some(left)) => context.say(format!(
            "Since {since}, {joined} people joined and {left} left: kept as joiners and leavers."
        ))?,
        (Some(since), Some(joined), None) => context.say(format!(
            "Since {since}, {joined} people joined: kept as joiners. Leavers come from a file and stay."
        ))?,
        (Some(since), None, Some(left)) => context.say(format!(
            "Since {since}, {left} people left: kept as leavers. Joiners come from a file and stay."
        ))?,
        _ => {}
    }
    for note in &kept.notes {
        context.say(note)?;
    }
    if kept.measured_before {
        context.say(
            "Something was measured for this period before: what is sealed stays as it is, byte for \
             byte, and costs nothing more.",
        )?;
    }
    Ok(())
}
