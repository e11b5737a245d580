//! `/organisations`: employers, and the releases they are in.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;
use vwis_web::{
    caching::{self, Freshness},
    problem::Problem,
    query::Given,
};

use crate::http::{
    app::{App, Caller},
    road::Reader,
};

/// An employer.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "ods_code": "R0A",
    "expected": true,
    "releases": ["0199a3c2-8f6e-7c1a-b1d4-6a0c3a5e9f10"]
}))]
pub(super) struct OrganisationView {
    /// Its code in the NHS Organisation Data Service.
    pub ods_code: String,
    /// Whether releases made from now on should hold it.
    pub expected: bool,
    /// Ids of the releases that it is in, the newest first; for readers below analyst without those that
    /// are published and not over it.
    pub releases: Vec<Uuid>,
}

/// Employers, by ODS code.
#[derive(Serialize, ToSchema)]
pub(super) struct OrganisationList {
    /// By ODS code.
    pub organisations: Vec<OrganisationView>,
}

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Every employer that is in a release or expected in the next.
#[utoipa::path(
    get,
    path = "/organisations",
    tag = "organisations",
    responses((status = 200, description = "Employers, by ODS code", body = OrganisationList))
)]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Given(()): Given<()>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut organisations = app.store.organisations().await?;
    if matches!(Reader::of(&caller), Reader::Published) {
        let known = app.publications().await?;
        for organisation in &mut organisations {
            let own = &organisation.ods_code;
            let is_in = |id: &Uuid| !known.current().leaves_out(*id, own);
            organisation.releases.retain(is_in);
        }
    }
    let organisations = organisations.into_iter();
    let list = OrganisationList {
        organisations: organisations
            .map(|organisation| OrganisationView {
                ods_code: organisation.ods_code.to_string(),
                expected: organisation.is_expected,
                releases: organisation.releases,
            })
            .collect(),
    };
    Ok(caching::json(&headers, Freshness::Latest, &list))
}
