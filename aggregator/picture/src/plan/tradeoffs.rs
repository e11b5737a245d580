//! What a table costs the other tables, found by planning the series again without it or with another.

use serde::Serialize;
use vwis_model::{
    agreement::{Agreement, Draft, DraftError, DraftSeries, DraftTable, Series},
    algebra::Levels,
    here,
};

use super::mean_variance;
use crate::picture::promised_tables;

/// What one more table of two attributes would cost the tables that a series already has.
#[derive(Clone, Debug, Serialize)]
pub struct OneMore {
    /// The name of the cheapest such table.
    pub cheapest: String,
    /// The mean relative widening of the other tables' intervals if it were added: 0.01 is a hundredth.
    pub cheapest_cost: f64,
    /// The name of the dearest such table.
    pub dearest: String,
    /// The mean relative widening of the other tables' intervals if it were added.
    pub dearest_cost: f64,
}

/// One series of a draft, which can be planned in other ways.
pub(super) struct Variants<'a> {
    draft: &'a Draft,
    clause: &'a DraftSeries,
    series: &'a Series,
}

// === impl Variants ===

impl<'a> Variants<'a> {
    /// The variants of the clause that `series` was compiled from; `None` if the draft has no such clause.
    pub(super) fn of(draft: &'a Draft, series: &'a Series) -> Option<Self> {
        let clause = draft
            .series
            .iter()
            .find(|clause| clause.name == series.name())?;
        Some(Self {
            draft,
            clause,
            series,
        })
    }

    /// The sd of a cell of each promised table for one node, if the series were planned for the other
    /// objective.
    pub(super) fn under_the_other_objective(&self) -> Option<Vec<f64>> {
        let mut clause = self.clause.clone();
        clause.objective = clause.objective.other();
        let agreement = self.planned(clause).ok()?;
        let other = &agreement.series()[0];
        Some(
            promised_tables(self.series)
                .iter()
                .map(|t| sd(other, t.levels))
                .collect(),
        )
    }

    /// The mean relative change of the other tables' intervals if this table is left out; `None` for the last
    /// table.
    pub(super) fn without(&self, table: Levels) -> Option<f64> {
        let mut clause = self.clause.clone();
        let listed = self
            .series
            .tables()
            .iter()
            .position(|t| t.levels == table)?;
        clause.tables.remove(listed);
        self.change(clause, Some(table))
    }

    /// The mean relative change of the tables' intervals if this table is added.
    ///
    /// # Errors
    /// Where the attributes make no table.
    pub(super) fn with(&self, by: &[String]) -> Result<f64, DraftError> {
        let mut clause = self.clause.clone();
        clause.tables.push(DraftTable {
            by: by.to_vec(),
            weight: 1.0,
        });
        let agreement = self.planned(clause)?;
        Ok(self.mean_change(&agreement.series()[0], None))
    }

    /// The cheapest and the dearest table of two attributes that the series does not hold yet.
    pub(super) fn one_more(&self) -> Option<OneMore> {
        let attributes = self.series.data_set().attributes();
        let codes: Vec<_> = attributes.iter().map(|a| a.code().to_owned()).collect();
        let domain = self.series.strategy().domain();
        let mut costs = Vec::new();
        for a in 0..codes.len() {
            for b in a + 1..codes.len() {
                if self.series.measures(domain.by([a, b])) {
                    continue;
                }
                let by = [codes[a].clone(), codes[b].clone()];
                if let Ok(cost) = self.with(&by) {
                    costs.push((cost, by.join("+")));
                }
            }
        }
        costs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let ((cheapest_cost, cheapest), (dearest_cost, dearest)) =
            (costs.first()?.clone(), costs.last()?.clone());
        Some(OneMore {
            cheapest,
            cheapest_cost,
            dearest,
            dearest_cost,
        })
    }

    fn change(&self, clause: DraftSeries, without: Option<Levels>) -> Option<f64> {
        if clause.tables.is_empty() {
            return None;
        }
        let agreement = self.planned(clause).ok()?;
        Some(self.mean_change(&agreement.series()[0], without))
    }

    fn planned(&self, clause: DraftSeries) -> Result<Agreement, DraftError> {
        let mut draft = self.draft.clone();
        draft.series = vec![clause];
        draft
            .compile(here::dictionary())
            .map(|(agreement, _)| agreement)
    }

    /// The mean relative change of the cells' sd from this series to `other`, over its tables but `without`.
    fn mean_change(&self, other: &Series, without: Option<Levels>) -> f64 {
        let tables = self.series.tables().iter().map(|table| table.levels);
        let kept = tables.filter(|table| Some(*table) != without);
        let changes: Vec<f64> = kept
            .map(|table| sd(other, table) / sd(self.series, table) - 1.0)
            .collect();
        let count = u32::try_from(changes.len()).expect("at most 100 tables");
        if count == 0 {
            0.0
        } else {
            changes.iter().sum::<f64>() / f64::from(count)
        }
    }
}

/// The sd of a cell for one node; infinite if the series does not hold the table.
fn sd(series: &Series, table: Levels) -> f64 {
    let variance = mean_variance(&series.strategy().variances(1), table);
    variance.map_or(f64::INFINITY, f64::sqrt)
}
