//! `/releases/{id}/picture.csv`: every cell of every table of a release.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::{HeaderMap, HeaderValue, Uri, header};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Api, Caller,
    caching::{self, Freshness},
    params::{Asked, Parameters, Params, bad_path},
    problem::{Kind, Problem},
    releases,
};
use crate::{
    access::{self, Subject},
    archive::Archived,
    picture::{self, COLUMNS, SYSTEM, Whose},
};

/// Whose.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhoseCells {
    /// `system` (the default), `all` (every organisation and the system), or one ODS code.
    #[param(required = false, example = "system")]
    org: Option<String>,
}

pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(whole))
}

/// Every cell of every table of a release, as CSV: one row a cell.
///
/// Columns: series, org, table (attribute codes joined by `+`), cell (category codes joined by `+`),
/// estimate, sd, lower, upper, display, reliability.
#[utoipa::path(
    get,
    path = "/releases/{id}/picture.csv",
    tag = "releases",
    params(("id" = uuid::Uuid, Path, description = "The release's id"), WhoseCells),
    responses(
        (status = 200, description = "One row per cell", body = String, content_type = "text/csv"),
        (status = 404, description = "There is no such release, or the organisation is not in it",
            body = super::problem::ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn whole(
    State(api): State<Arc<Api>>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
    Asked(wanted): Asked<WhoseCells>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(|rejection| bad_path(&rejection))?;
    let release = releases::release(&api, &id).await?;
    let agreement = api.agreement(&release.agreement.to_string()).await?;
    let whose = wanted.whose(&release)?;
    let series = agreement.series_named(&release.series).ok_or_else(|| {
        tracing::error!("a release is of a series that its agreement does not have");
        Kind::INTERNAL.problem("this release cannot be read")
    })?;
    let answer = async {
        access::may_read(&caller.0, &agreement, &Subject::everything(&whose, series))?;
        let archived = api.pictures.picture(&agreement, release).await?;
        let agreement = Arc::clone(&agreement);
        let rows = tokio::task::spawn_blocking(move || csv(&agreement, &archived, &wanted)).await;
        let rows =
            rows.map_err(|_| Kind::INTERNAL.problem("a fault in the program while it answered"))?;
        let kind = "text/csv; charset=utf-8; header=present";
        let mut response = caching::answer(&headers, Freshness::Immutable, kind, rows?);
        let name = HeaderValue::from_static("attachment; filename=\"picture.csv\"");
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, name);
        Ok(response)
    };
    let answer = answer.await;
    api.logged(&caller, &whose, &uri, answer).await
}

fn csv(
    agreement: &vwis_proto::agreement::Agreement,
    archived: &Archived,
    wanted: &WhoseCells,
) -> Result<Vec<u8>, Problem> {
    let series = &agreement.series()[archived.series];
    let org = wanted.org.as_deref().unwrap_or(SYSTEM);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let broken = |_| Kind::INTERNAL.problem("the rows cannot be written");
    writer.write_record(COLUMNS).map_err(broken)?;
    let org = (org != "all").then(|| {
        if org == SYSTEM {
            org.to_owned()
        } else {
            org.to_ascii_uppercase()
        }
    });
    for row in picture::rows(series, &archived.picture, org.as_deref()) {
        writer
            .write_record(row.fields(series.name()))
            .map_err(broken)?;
    }
    writer
        .into_inner()
        .map_err(|_| Kind::INTERNAL.problem("the rows cannot be written"))
}

// === impl WhoseCells ===

impl WhoseCells {
    /// Who is read: of `all`, every organisation in the release.
    fn whose(&self, release: &crate::release::Release) -> Result<Whose, Problem> {
        let contributors = release.coverage().contributors;
        match self.org.as_deref() {
            None | Some(SYSTEM) => Ok(Whose::System),
            Some("all") => Ok(Whose::Organisations(contributors)),
            Some(code) => {
                let found = contributors
                    .iter()
                    .find(|own| own.as_str().eq_ignore_ascii_case(code));
                let asked = super::params::shortened(code);
                let unknown = || {
                    let detail = format!("{asked} is not in this release");
                    Kind::UNKNOWN_ORGANISATION
                        .problem(detail)
                        .instead_of(&asked, &contributors)
                };
                Ok(Whose::Organisations(vec![
                    found.ok_or_else(unknown)?.clone(),
                ]))
            }
        }
    }
}

impl Parameters for WhoseCells {
    const NAMES: &'static [&'static str] = &["org"];

    fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            org: params.text("org")?.map(str::to_owned),
        })
    }
}
