//! From the store to a release's picture, and what is said beside its numbers.

use serde::Serialize;
use vwis_proto::{
    agreement::{Agreement, Series},
    dictionary::Dictionary,
    rho::DISPLAY_DELTA,
};

use super::Failure;
use crate::{
    picture::{SeriesPicture, Whose},
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

    /// For a terminal: what the numbers are, in two lines.
    pub(super) fn headline(&self, whose: &Whose) -> String {
        format!(
            "{} ({}) of {} on {}{}\nrelease {} ({}), agreement {}, rho {} (epsilon {:.2} at delta {:e})",
            self.series,
            self.measure,
            whose.name(),
            self.as_of,
            self.coverage_of(whose),
            self.release_number,
            self.release,
            &self.agreement[..8],
            self.rho,
            self.epsilon,
            self.delta,
        )
    }
}

impl Metadata {
    /// Who is in a sum over the system; organisations that were asked for by name are.
    fn coverage_of(&self, whose: &Whose) -> String {
        if *whose != Whose::System {
            return String::new();
        }
        let missing: Vec<_> = self.coverage.missing().map(ToString::to_string).collect();
        let missing = if missing.is_empty() {
            String::new()
        } else {
            format!("; missing: {}", missing.join(", "))
        };
        format!(", {}{missing}", self.coverage.in_words())
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
