//! One table of the picture.

use std::{cmp::Ordering, sync::Arc};

use serde_json::{Map, Value, json};
use vwis_proto::{
    agreement::{Measure, Series},
    dictionary::{DataSet, Dictionary},
    period::Period,
};

use super::{
    Answer, AnswerError, provenance,
    totals::{self, Level},
};
use crate::{
    archive::{Archive, Archived, Standing},
    estimate::Unit,
    export::Sheet,
    picture::{self, Query, QueryError, Resolved, Whose},
};

/// A table as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableQuestion {
    /// Which table.
    pub query: Query,
    /// Whose.
    pub whose: Whose,
    /// What is counted.
    pub measure: Measure,
    /// Only this series; the one that gives the least doubt, if not said.
    pub series: Option<String>,
    /// The latest released, if not said.
    pub period: Option<Period>,
    /// With rows of totals, to which the displayed cells add up.
    pub with_totals: bool,
}

// === impl TableQuestion ===

impl TableQuestion {
    /// The table, from the release that tells it best.
    ///
    /// # Errors
    /// [`AnswerError`] says what there is instead.
    pub fn answer(&self, archive: &Archive) -> Result<Answer, AnswerError> {
        let (archived, resolved) = self.best(archive)?;
        super::refuse_replaced(archive, [archived.release.id])?;
        let rows = resolved.rows(&archived.picture.sum_of(&self.whose)?);
        let provenance = provenance::of_releases(archive, [archived.release.id], &self.whose);
        let mut sheet = picture::sheet(&resolved, &rows);
        if self.with_totals {
            self.add_totals(&mut sheet, &archived, archive.series_of(&archived))?;
        }
        let series = archive.series_of(&archived);
        let data_set = Dictionary::builtin().data_set(series.data_set());
        let data_set = data_set.map_or(series.data_set(), DataSet::label);
        let labels = resolved.columns.iter().map(|axis| axis.attribute.label());
        let by = labels.collect::<Vec<_>>().join(" and ").to_lowercase();
        let by = if by.is_empty() {
            by
        } else {
            format!(" by {by}")
        };
        sheet.title = format!(
            "{data_set}{by}: {} of {}",
            series.measure().code(),
            provenance.whose_and_when()
        );
        sheet.notes = provenance.notes();
        for (code, categories) in resolved.filters() {
            let only = format!("{code} {}", categories.join(", "));
            sheet.facts.push(("Only".to_owned(), only));
        }
        sheet.facts.extend(provenance.facts());
        sheet.metadata = self.metadata(&resolved, provenance.metadata());
        Ok(Answer {
            sheet,
            made_at: provenance.made_at(),
            releases: provenance.ids(),
        })
    }

    /// The same, of others.
    #[must_use]
    pub fn of(&self, whose: Whose) -> Self {
        Self {
            whose,
            ..self.clone()
        }
    }

    /// The same of one release alone.
    ///
    /// # Errors
    /// Where another series or period was asked for.
    pub fn of_release(&mut self, series: &str, period: Period) -> Result<(), String> {
        let other_series = self.series.as_deref().is_some_and(|own| own != series);
        if other_series || self.period.is_some_and(|own| own != period) {
            return Err(format!(
                "the release is of series {series} and period {period}: ask for these, or for no release"
            ));
        }
        self.series = Some(series.to_owned());
        self.period = Some(period);
        Ok(())
    }

    /// What it may be asked for: the attributes and categories in it.
    ///
    /// # Errors
    /// As [`Self::answer`].
    pub fn resolved(&self, archive: &Archive) -> Result<Resolved, AnswerError> {
        Ok(self.best(archive)?.1)
    }

    /// Of the series that can answer and were released for the period (the latest, if not said), the
    /// release that tells it best ([`Standing`]); of organisations, one that holds all of them.
    fn best(&self, archive: &Archive) -> Result<(Arc<Archived>, Resolved), AnswerError> {
        let agreement = archive.agreement();
        let candidates = self
            .query
            .candidates(agreement, self.measure, self.series.as_deref())?;
        let mut released = Vec::new();
        let mut elsewhere = None;
        for archived in archive.releases() {
            let name = &archived.release.series;
            let fitting = candidates.iter().find(|(series, _)| series.name() == name);
            let Some((_, resolved)) = fitting else {
                continue;
            };
            match archived.picture.holds(&self.whose) {
                Ok(()) => released.push((archived, resolved)),
                Err(absent) => elsewhere = Some(absent),
            }
        }
        let latest = released.last().map(|(archived, _)| archived.release.period);
        let wanted = self.period.or(latest);
        let of_period = released
            .iter()
            .filter(|(a, _)| Some(a.release.period) == wanted);
        let standing = |(archived, resolved): &&(&Arc<Archived>, &Resolved)| {
            let variance = resolved.cell_variance(archived.picture.system().variances());
            Standing::of(archived.release.contributors.len(), variance)
        };
        let best = of_period.min_by(|a, b| {
            standing(a)
                .partial_cmp(&standing(b))
                .unwrap_or(Ordering::Equal)
        });
        if let Some((archived, resolved)) = best {
            return Ok((Arc::clone(archived), (*resolved).clone()));
        }
        if let (true, Some(absent)) = (released.is_empty(), elsewhere) {
            return Err(absent.into());
        }
        let there = released
            .iter()
            .map(|(a, _)| format!("{} {}", a.release.series, a.release.period));
        let there: Vec<_> = there.collect();
        Err(match self.period {
            Some(period) if !there.is_empty() => AnswerError::NotReleased {
                period: period.to_string(),
                there,
            },
            _ => AnswerError::NotYet {
                series: candidates
                    .iter()
                    .map(|(series, _)| series.name().to_owned())
                    .collect(),
            },
        })
    }

    /// Rows of totals, and displayed values that add up from the cells through every level to the one
    /// total: of each choice of the first columns' categories, over all of the others'.
    fn add_totals(
        &self,
        sheet: &mut Sheet,
        archived: &Archived,
        series: &Series,
    ) -> Result<(), AnswerError> {
        let sum = archived.picture.sum_of(&self.whose)?;
        let levels: Result<Vec<_>, QueryError> = (0..=self.query.by.len())
            .map(|depth| {
                let query = Query {
                    by: self.query.by[..depth].to_vec(),
                    filters: self.query.filters.clone(),
                };
                let resolved = query.resolve(series)?;
                let rows = resolved.rows(&sum);
                Ok(Level { resolved, rows })
            })
            .collect();
        totals::add(sheet, &levels?, Unit::of(self.measure));
        Ok(())
    }

    /// The release's own keys stand at the top: one table comes from one release.
    fn metadata(&self, resolved: &Resolved, mut metadata: Value) -> Value {
        let release = metadata["releases"].as_array_mut().and_then(Vec::pop);
        if let (Some(Value::Object(release)), Value::Object(all)) = (release, &mut metadata) {
            all.remove("releases");
            all.extend(release);
        }
        let filters: Map<_, _> = resolved
            .filters()
            .map(|(code, categories)| (code.to_owned(), json!(categories)))
            .collect();
        let codes = resolved.columns.iter().map(|axis| axis.attribute.code());
        metadata["by"] = json!(codes.collect::<Vec<_>>());
        metadata["where"] = Value::Object(filters);
        metadata["org"] = json!(self.whose.name());
        metadata
    }
}
