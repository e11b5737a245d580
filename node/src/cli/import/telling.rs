//! The output of an import: where every row went, and then the result.

use std::path::Path;

use super::{
    super::{
        Context, Failure, Outcome,
        report::{print_report, print_sites},
        words::people,
    },
    ReportFormat,
};
use crate::{
    import::Report,
    ops::snapshot::{Kept, KeptMovement, KeptMovers},
};
use vwis_host::exit::Exit;

/// The output for one file.
pub(super) struct Telling<'a> {
    pub(super) format: ReportFormat,
    pub(super) file: &'a Path,
    pub(super) report: &'a Report,
    /// Sentences on what makes the file doubtful.
    pub(super) doubts: &'a [String],
}

/// How the import ended.
pub(super) enum End<'a> {
    Refused,
    DryRun,
    Kept(&'a Kept),
}

// === impl Telling ===

impl Telling<'_> {
    /// Prints where every row went, as text; JSON is printed whole by [`Self::end`].
    pub(super) fn begin(&self, context: &mut Context) -> Outcome {
        match self.format {
            ReportFormat::Text => print_report(context, self.file, self.report),
            ReportFormat::Json => Ok(()),
        }
    }

    /// Prints the result and what to do next.
    pub(super) fn end(&self, context: &mut Context, end: &End<'_>) -> Outcome {
        if self.format == ReportFormat::Json {
            return self.end_as_json(context, end);
        }
        match end {
            End::Refused => {}
            End::DryRun => context.print("\nDry run: nothing was stored.")?,
            End::Kept(kept) => print_kept(context, kept)?,
        }
        for doubt in self.doubts {
            context.print(format!("\nWarning: {doubt}"))?;
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
                "later": kept.later.as_ref().map(movers),
                "years": kept.years.iter().map(movers).collect::<Vec<_>>(),
                "movements": kept.movements.iter().map(movement).collect::<Vec<_>>(),
            }),
        };
        context.print_json(&json)
    }
}

fn print_kept(context: &mut Context, kept: &Kept) -> Outcome {
    let snapshot = &kept.snapshot;
    context.print(format!(
        "\nStored as revision {} of {}, {}.",
        snapshot.revision, snapshot.period, snapshot.data_set
    ))?;
    let here = moved(kept.joined, kept.left);
    match (kept.since, kept.joined, kept.left) {
        (Some(since), Some(_), Some(_)) => context.print(format!(
            "Since {since}, {here}: kept as joiners and leavers."
        ))?,
        (Some(since), Some(_), None) => context.print(format!(
            "Since {since}, {here}: kept as joiners. Leavers come from a file and stay."
        ))?,
        (Some(since), None, Some(_)) => context.print(format!(
            "Since {since}, {here}: kept as leavers. Joiners come from a file and stay."
        ))?,
        _ => {}
    }
    if let Some(later) = &kept.later {
        context.print(format!(
            "From here to {}, {}: kept anew, since they follow from this extract too.{}",
            later.period,
            moved(later.joined, later.left),
            stays(later.measured_before)
        ))?;
    }
    for year in &kept.years {
        context.print(format!(
            "In the year to {}, {}, each counted once: kept as the year's.{}",
            year.period,
            moved(year.joined, year.left),
            stays(year.measured_before)
        ))?;
    }
    for year in &kept.movements {
        context.print(format!(
            "Of the {} of {}, {} had moved up a band by {}, {} down, and {} had left: kept as career movement.{}",
            people(year.tally.people),
            year.since,
            year.tally.up,
            year.period,
            year.tally.down,
            year.tally.left,
            stays(year.measured_before)
        ))?;
    }
    for note in &kept.notes {
        context.print(note)?;
    }
    if kept.measured_before {
        context.print(
            "Something was measured for this period before: what is sealed stays as it is, byte for \
             byte, and costs nothing more.",
        )?;
    }
    Ok(())
}

/// What was measured of people who are counted anew; nothing where nothing was.
fn stays(measured_before: bool) -> &'static str {
    if measured_before {
        " What was measured of them stays as it is."
    } else {
        ""
    }
}

fn movers(kept: &KeptMovers) -> serde_json::Value {
    serde_json::json!({
        "period": kept.period, "joined": kept.joined, "left": kept.left,
        "measured_before": kept.measured_before,
    })
}

fn movement(kept: &KeptMovement) -> serde_json::Value {
    serde_json::json!({
        "since": kept.since, "period": kept.period, "people": kept.tally.people, "up": kept.tally.up,
        "down": kept.tally.down, "left": kept.tally.left, "measured_before": kept.measured_before,
    })
}

/// `30 people joined and 10 left`; only one of the two where the other was not counted.
fn moved(joined: Option<usize>, left: Option<usize>) -> String {
    match (joined, left) {
        (Some(joined), Some(left)) => format!("{} joined and {left} left", people(joined)),
        (Some(joined), None) => format!("{} joined", people(joined)),
        (None, Some(left)) => format!("{} left", people(left)),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_is_no_people() {
        assert_eq!(moved(Some(1), Some(1)), "1 person joined and 1 left");
        assert_eq!(moved(Some(30), None), "30 people joined");
        assert_eq!(moved(None, Some(0)), "0 people left");
    }
}
