//! This organisation's own exact counts, shown on its own terminal only.

use std::io::{self, IsTerminal};

use vwis_host::exit::Exit;
use vwis_model::{
    agreement::{Agreement, Measure, Series, Table},
    period::Period,
};

use super::Failure;
use crate::{counts::ConfidentialCounts, node::Node, store::HeldSnapshot};

/// The counts of one series over one snapshot.
pub(super) struct OwnCounts {
    /// The snapshot's period.
    pub(super) period: Period,
    pub(super) counts: ConfidentialCounts,
}

/// Whether stdout is a terminal: exact counts go into no file and no pipe.
pub(super) fn on_terminal() -> bool {
    io::stdout().is_terminal()
}

/// The counts of `series` over the latest snapshot of `period`, or over the latest of all where no period is
/// named; `None` where no held snapshot can be counted for it.
pub(super) async fn counts(
    node: &Node,
    agreement: &Agreement,
    series: &Series,
    period: Option<Period>,
) -> Result<Option<OwnCounts>, Failure> {
    let fits = |snapshot: &HeldSnapshot| {
        snapshot.answers(series) && period.is_none_or(|period| snapshot.period == period)
    };
    // Snapshots come by ascending period, so the last that fits is the latest.
    let snapshots = node.store().snapshots().await?;
    let Some(snapshot) = snapshots.into_iter().rfind(fits) else {
        return Ok(None);
    };
    let counts = node
        .store()
        .counts(snapshot.id, agreement.hash(), series)
        .await?;
    Ok(Some(OwnCounts {
        period: snapshot.period,
        counts,
    }))
}

// === impl OwnCounts ===

impl OwnCounts {
    /// The exact cells of `table`, in people or FTE.
    pub(super) fn cells(&self, series: &Series, table: &Table) -> Result<Vec<f64>, Failure> {
        let exact = self.counts.exact().marginal(table.levels);
        let exact = exact.ok().flatten().ok_or_else(|| {
            let message = "the counts held are other tables'";
            Failure::new(Exit::Failed, message)
        })?;
        #[expect(clippy::cast_precision_loss, reason = "counts of at most 2^22 people")]
        let whole = series.strategy().unit().per_whole() as f64;
        #[expect(clippy::cast_precision_loss, reason = "counts of at most 2^22 people")]
        Ok(exact.into_iter().map(|cell| cell as f64 / whole).collect())
    }
}

/// Decimals with which exact numbers of this measure are written.
pub(super) fn decimals(measure: Measure) -> usize {
    match measure {
        Measure::Headcount => 0,
        Measure::Fte => 2,
    }
}
