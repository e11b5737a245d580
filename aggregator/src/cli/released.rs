//! From the store to a release's picture, and what is said beside its numbers.

use serde::Serialize;
use serde_json::{Map, Value, json};
use vwis_proto::{
    agreement::{Agreement, Series},
    dictionary::{DataSet, Dictionary},
    rho::DISPLAY_DELTA,
};

use super::Failure;
use crate::{
    export::Sheet,
    picture::{self, Resolved, Row, SeriesPicture, Whose},
    release::{Coverage, Release},
    store::Store,
};

/// How the numbers came about, for whoever meets them alone.
const METHOD: &str = "Each employer's node released residual queries of the agreement's tables with \
    discrete Gaussian noise (zero-concentrated differential privacy); tables are reconstructed \
    without bias (ResidualPlanner: Xiao, He, Zhang and Kifer, NeurIPS 2023). `estimate` is signed; \
    `sd` is of the privacy noise alone, exact; `lower` and `upper` are the 95% interval with ends \
    below 0 set to 0; `display` is the estimate rounded and not below 0. Missing employers are a \
    doubt of their own: see `coverage`.";

/// What people are told beside numbers: that there is noise.
const NOISE: &str = "Noise was added to protect people: use the interval. A number is left out where its \
    interval is too wide to mean anything.";
/// Beside sums over employers: who is counted twice.
const BY_EMPLOYER: &str = "People by employer: whoever works for two employers counts twice.";
/// Beside sums over some of the employers.
const MISSING: &str =
    "Missing employers are a doubt of their own, which no interval here contains.";

/// What goes with every table.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Metadata {
    release: String,
    release_number: u32,
    made_at: String,
    agreement: String,
    agreement_name: String,
    agreement_version: u32,
    series: String,
    data_set: String,
    measure: &'static str,
    period: String,
    /// The snapshots' date.
    as_of: String,
    coverage: Coverage,
    /// Of one measurement of this series, for each person at each employer.
    rho: String,
    epsilon: f64,
    delta: f64,
    method: &'static str,
    dictionary: String,
    licence: String,
}

// === impl Metadata ===

impl Metadata {
    pub(super) fn new(agreement: &Agreement, series: &Series, release: &Release) -> Self {
        Self {
            release: release.id.to_string(),
            release_number: release.number,
            made_at: release.made_at.to_string(),
            agreement: agreement.hash().to_string(),
            agreement_name: agreement.name().to_owned(),
            agreement_version: agreement.version(),
            series: series.name().to_owned(),
            data_set: series.data_set().to_owned(),
            measure: series.measure().code(),
            period: release.period.to_string(),
            as_of: release.period.last_day().to_string(),
            coverage: release.coverage(),
            rho: series.charge().to_string(),
            epsilon: series.charge().epsilon(),
            delta: DISPLAY_DELTA,
            method: METHOD,
            dictionary: agreement.dictionary_version().to_owned(),
            licence: Dictionary::builtin().licence().to_owned(),
        }
    }

    /// What a table is of: `headcount of R0A on 2026-09-30`.
    pub(super) fn title(&self, whose: &Whose) -> String {
        format!("{} of {} on {}", self.measure, whose.name(), self.as_of)
    }

    /// For people: which release this is, and what it cost.
    pub(super) fn facts(&self, whose: &Whose) -> Vec<(String, String)> {
        let mut facts = vec![
            ("Series", self.series.clone()),
            ("Period", self.period.clone()),
        ];
        if let Some(coverage) = self.coverage_of(whose) {
            facts.push(("Coverage", coverage));
        }
        facts.extend([
            (
                "Release",
                format!("{} ({})", self.release_number, self.release),
            ),
            (
                "Agreement",
                format!(
                    "{}, version {} ({})",
                    self.agreement_name,
                    self.agreement_version,
                    &self.agreement[..8]
                ),
            ),
            (
                "Privacy",
                format!(
                    "rho {} (epsilon {:.2} at delta {:e})",
                    self.rho, self.epsilon, self.delta
                ),
            ),
        ]);
        let owned = |(name, value): (&str, String)| (name.to_owned(), value);
        facts.into_iter().map(owned).collect()
    }

    /// For people: what is to be known before the numbers are used.
    pub(super) fn notes(&self, whose: &Whose) -> Vec<String> {
        let mut notes = vec![NOISE.to_owned()];
        if *whose == Whose::System {
            notes.push(BY_EMPLOYER.to_owned());
            if !self.coverage.is_complete() {
                notes.push(MISSING.to_owned());
            }
        }
        notes
    }

    /// Who is in a sum over the system; organisations that were asked for by name are.
    fn coverage_of(&self, whose: &Whose) -> Option<String> {
        if *whose != Whose::System {
            return None;
        }
        let missing: Vec<_> = self.coverage.missing().map(ToString::to_string).collect();
        let missing = if missing.is_empty() {
            String::new()
        } else {
            format!(", missing {}", missing.join(", "))
        };
        Some(self.coverage.in_words() + &missing)
    }
}

/// Sums the measurements of a release.
pub(super) async fn picture(
    store: &Store,
    series: &Series,
    release: &Release,
) -> Result<SeriesPicture, Failure> {
    let payloads = store.payloads(release).await?;
    Ok(SeriesPicture::new(series, &payloads)?)
}

/// A table with all that is said beside it.
pub(super) fn sheet(
    resolved: &Resolved,
    rows: &[Row],
    whose: &Whose,
    metadata: &Metadata,
) -> Result<Sheet, Failure> {
    let codes = resolved.columns.iter().map(|axis| axis.attribute.code());
    let codes: Vec<_> = codes.collect();
    let labels = resolved.columns.iter().map(|axis| axis.attribute.label());
    let by = labels.collect::<Vec<_>>().join(" and ").to_lowercase();
    let by = if by.is_empty() {
        by
    } else {
        format!(" by {by}")
    };
    let filters: Map<_, _> = resolved
        .filters()
        .map(|(code, categories)| (code.to_owned(), json!(categories)))
        .collect();
    let data_set = Dictionary::builtin().data_set(&metadata.data_set);
    let data_set = data_set.map_or(metadata.data_set.as_str(), DataSet::label);
    let mut facts = Vec::new();
    for (code, categories) in resolved.filters() {
        facts.push((
            "Only".to_owned(),
            format!("{code} {}", categories.join(", ")),
        ));
    }
    facts.extend(metadata.facts(whose));
    let mut own = serde_json::to_value(metadata)?;
    own["by"] = json!(codes);
    own["where"] = Value::Object(filters);
    own["org"] = json!(whose.name());
    Ok(Sheet {
        title: format!("{data_set}{by}: {}", metadata.title(whose)),
        notes: metadata.notes(whose),
        facts,
        metadata: own,
        ..picture::sheet(resolved, rows)
    })
}
