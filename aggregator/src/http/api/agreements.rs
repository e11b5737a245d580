//! `/agreements`: what was agreed to leave, how often, at what cost.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use vwis_model::{
    agreement::{Agreement, Series, Visibility},
    rho::DISPLAY_DELTA,
};
use vwis_web::{
    caching::{self, Freshness},
    problem::Problem,
    query::{Given, bad_path},
};

use crate::{export::canonical::BASE, http::app::App, picture::promised_tables};

/// An agreement: what may leave a node, how often, at what cost.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgreementView {
    /// Its name: the SHA-256 of its canonical bytes, 64 hex digits.
    pub hash: String,
    /// Path of this agreement in this API.
    pub href: String,
    /// Title given by its authors.
    pub name: String,
    /// Raised by its authors with every change.
    pub version: u32,
    /// The aggregator that may ask.
    pub aggregator: String,
    /// What the counts are for.
    pub purpose: String,
    /// Who will see them.
    pub readers: String,
    /// Who else may read one organisation's own tables: `analysts` or `members`.
    pub organisations_visible_to: &'static str,
    /// First period of the term, `YYYY-MM`.
    pub first_period: String,
    /// Last period of the term, `YYYY-MM`.
    pub last_period: String,
    /// Version of the data dictionary that it speaks.
    pub dictionary: String,
    /// Its clauses.
    pub series: Vec<SeriesView>,
}

/// A clause of an agreement.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeriesView {
    /// Name of the clause, unique within its agreement.
    pub name: String,
    /// Data set of the dictionary.
    pub data_set: String,
    /// `headcount` or `fte`.
    pub measure: &'static str,
    /// How often it is measured, in words.
    pub cadence: &'static str,
    /// Privacy loss of each measurement (zCDP), a decimal.
    pub rho: String,
    /// The same privacy loss as ε at `delta`, for display.
    pub epsilon: f64,
    /// δ at which `epsilon` holds.
    pub delta: f64,
    /// Periods for which it is measured, `YYYY-MM`.
    pub periods: Vec<String>,
    /// The tables that it promises.
    pub tables: Vec<TableView>,
}

/// A promised table.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"name": "staff_group+band", "by": ["staff_group", "band"]}))]
pub(crate) struct TableView {
    /// Its attributes' codes joined by `+`, or `total`.
    pub name: String,
    /// Its attributes' codes; none for the total.
    pub by: Vec<String>,
    /// How many cells it has.
    pub cells: u64,
}

/// Agreements, the oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgreementList {
    /// The oldest first.
    pub agreements: Vec<AgreementView>,
    /// Those that this software cannot read.
    pub unreadable: Vec<UnreadableView>,
}

/// An agreement that this software cannot read.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnreadableView {
    /// Its hash.
    pub hash: String,
    /// The reason, for people.
    pub why: String,
}

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// Every agreement that was proposed, the oldest first.
#[utoipa::path(
    get,
    path = "/agreements",
    tag = "agreements",
    responses((status = 200, description = "Agreements", body = AgreementList))
)]
async fn list(
    State(app): State<Arc<App>>,
    Given(()): Given<()>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (agreements, unreadable) = app.agreements_and_unreadable().await?;
    let unreadable = unreadable.into_iter().map(|(hash, why)| UnreadableView {
        hash: hash.to_string(),
        why: why.to_string(),
    });
    let list = AgreementList {
        unreadable: unreadable.collect(),
        agreements: agreements
            .iter()
            .map(|one| AgreementView::of(one))
            .collect(),
    };
    Ok(caching::json(&headers, Freshness::Latest, &list))
}

/// One agreement, by its hash or the beginning of it.
#[utoipa::path(
    get,
    path = "/agreements/{hash}",
    tag = "agreements",
    params(("hash" = String, Path, pattern = r"^[0-9a-fA-F]{1,64}$",
        description = "Its hash, or the beginning of it")),
    responses(
        (status = 200, description = "The agreement", body = AgreementView),
        (status = 404, description = "There is no such agreement",
            body = vwis_web::problem::ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn one(
    State(app): State<Arc<App>>,
    hash: Result<Path<String>, PathRejection>,
    Given(()): Given<()>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(asked) = hash.map_err(|rejection| bad_path(&rejection))?;
    let agreement = app.agreement(&asked).await?;
    let view = AgreementView::of(&agreement);
    // The beginning of a hash may come to mean another agreement, or several.
    let freshness = if asked == view.hash {
        Freshness::Immutable
    } else {
        Freshness::Latest
    };
    Ok(caching::json(&headers, freshness, &view))
}

// === impl AgreementView ===

impl AgreementView {
    #[must_use]
    pub(crate) fn of(agreement: &Agreement) -> Self {
        let (first, last) = agreement.term();
        let series = agreement.series().iter();
        Self {
            hash: agreement.hash().to_string(),
            href: format!("{BASE}/agreements/{}", agreement.hash()),
            name: agreement.name().to_owned(),
            version: agreement.version(),
            aggregator: agreement.aggregator().to_string(),
            purpose: agreement.purpose().to_owned(),
            readers: agreement.readers().to_owned(),
            organisations_visible_to: match agreement.organisations_visible_to() {
                Visibility::Analysts => "analysts",
                Visibility::Members => "members",
            },
            first_period: first.to_string(),
            last_period: last.to_string(),
            dictionary: agreement.dictionary_version().to_owned(),
            series: series.map(|one| SeriesView::of(agreement, one)).collect(),
        }
    }
}

// === impl SeriesView ===

impl SeriesView {
    fn of(agreement: &Agreement, series: &Series) -> Self {
        let domain = series.strategy().domain();
        let tables = promised_tables(series).into_iter();
        Self {
            name: series.name().to_owned(),
            data_set: series.data_set().code().to_owned(),
            measure: series.measure().code(),
            cadence: series.cadence().in_words(),
            rho: series.charge().to_string(),
            epsilon: series.charge().epsilon(),
            delta: DISPLAY_DELTA,
            periods: agreement
                .periods_of(series)
                .map(|period| period.to_string())
                .collect(),
            tables: tables
                .map(|table| TableView {
                    name: table.name(),
                    cells: domain.cells(table.levels),
                    by: table.by,
                })
                .collect(),
        }
    }
}
