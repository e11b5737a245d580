//! `/releases/{id}/picture.csv`: every cell of every table of a release.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::{HeaderMap, HeaderValue, header};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;
use vwis_model::agreement::{Agreement, Series};

use crate::{
    access::{self, Clause, Subject},
    answer,
    archive::Archived,
    export::{
        canonical::{BASE, Canonical},
        media::Format,
    },
    http::{
        answers::{Key, Stop, Written},
        app::{Address, App, Caller},
        kept::Kept,
        params::{Asked, Parameters, Params, bad_path},
        problem::{Kind, Problem},
        road::asking::Reader,
    },
    picture::{self, COLUMNS, EACH, SYSTEM, Wanted, Whose},
    release::Release,
};

/// How `org` asks for every organisation and the system.
const ALL: &str = "all";

/// Whose.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhoseCells {
    /// `system` (the default), `all` (every organisation and the system), or one ODS code.
    #[param(required = false, example = "system")]
    org: Option<String>,
}

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(whole))
}

/// Every cell of every table of a release, as CSV: one row a cell.
///
/// Columns: series, organisation, table (attribute codes joined by `+`), cell (category codes joined by `+`),
/// estimate, sd, lower, upper, display, reliability, period, release, `as_of`.
#[utoipa::path(
    get,
    path = "/releases/{id}/picture.csv",
    tag = "releases",
    params(("id" = uuid::Uuid, Path, description = "The release's id"), WhoseCells),
    responses(
        (status = 200, description = "One row per cell", body = String, content_type = "text/csv"),
        (status = 404, description = "There is no such release, or the organisation is not in it",
            body = crate::http::problem::ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn whole(
    State(app): State<Arc<App>>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
    Asked(wanted): Asked<WhoseCells>,
    Address(uri): Address,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(|rejection| bad_path(&rejection))?;
    let release = app.release(&id).await?;
    let whose = wanted.whose(&release)?;
    let answer = answer(&app, &caller, release, &wanted, &whose, &headers).await;
    app.logged(&caller, &whose, &uri, answer).await
}

async fn answer(
    app: &Arc<App>,
    caller: &Caller,
    release: Release,
    wanted: &WhoseCells,
    whose: &Whose,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let agreement = app.agreement(&release.agreement.to_string()).await?;
    let series = agreement.series_named(&release.series).ok_or_else(|| {
        tracing::error!("a release is of a series that its agreement does not have");
        Kind::INTERNAL.problem("this release cannot be read")
    })?;
    let members = release.members();
    let clause = Clause {
        visibility: agreement.organisations_visible_to(),
        members: &members,
    };
    access::may_read(&caller.0, &clause, &Subject::everything(whose, series))?;
    let org = wanted.org(&release)?;
    let path = format!("{BASE}/releases/{}/picture.csv", release.id);
    let address = Canonical::new(path, vec![("org", org.clone())]);
    let of = org.clone();
    let wanted = Wanted::Sum(whose.clone());
    let reader = Reader::of_tables(caller, &wanted);
    let archived = match reader {
        Reader::Everything => app.pictures.picture(&agreement, release).await?,
        Reader::Published => published(app, &agreement, release.id).await?,
    };
    let over = archived.release.fingerprint();
    let key = Key::of_release(address.clone(), Format::Csv, over, archived.release.id);
    let work = move |stop: &Stop| {
        let series = &agreement.series()[archived.series];
        let org = (of != ALL).then_some(of.as_str());
        Ok(Written {
            body: Kept::written(Format::Csv.media_type(), csv(series, &archived, org, stop)?),
            file: String::new(),
            permalink: address.as_str().to_owned(),
            described_by: None,
        })
    };
    let written = app.answers.get_or(&caller.0.via, key, work).await?;
    let mut response = written.body.answer(headers, reader.freshness());
    let file = if org == SYSTEM {
        "picture.csv".to_owned()
    } else {
        format!("picture_{org}.csv")
    };
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{file}\"")) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// A release as it is published: over the employers of its set.
async fn published(
    app: &Arc<App>,
    agreement: &Arc<Agreement>,
    release: Uuid,
) -> Result<Arc<Archived>, Problem> {
    let (all, now) = (app.agreements().await?, app.clock.now());
    let held = app
        .pictures
        .published(&all, agreement, Some(release), now)
        .await?;
    answer::refuse_replaced(&held.archive, [release])?;
    let mut releases = held.archive.releases().iter();
    let found = releases.find(|archived| archived.release.id == release);
    found.cloned().ok_or_else(|| {
        tracing::error!("a release is published and not in what is");
        Kind::INTERNAL.problem("this release cannot be read")
    })
}

fn csv(
    series: &Series,
    archived: &Archived,
    org: Option<&str>,
    stop: &Stop,
) -> Result<Vec<u8>, Problem> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let broken = |_| Kind::INTERNAL.problem("the rows cannot be written");
    writer.write_record(COLUMNS).map_err(broken)?;
    let rows = picture::rows(series, &archived.picture, org);
    // Nobody waits for the rest of what is stopped, nor reads it.
    for row in rows.take_while(|_| !stop.is_called()) {
        writer
            .write_record(row.fields(series.name(), archived.release.period, archived.release.id))
            .map_err(broken)?;
    }
    writer
        .into_inner()
        .map_err(|_| Kind::INTERNAL.problem("the rows cannot be written"))
}

// === impl WhoseCells ===

impl WhoseCells {
    /// Who is read: of `all`, every organisation in the release; whoever is named, there or not, since
    /// who asked for them is logged either way.
    fn whose(&self, release: &Release) -> Result<Whose, Problem> {
        if self.is_all() {
            return Ok(Whose::Organisations(release.coverage().contributors));
        }
        let bad = |detail: String| {
            let there = [SYSTEM, ALL];
            Kind::BAD_QUERY.problem(detail).available(there)
        };
        match Wanted::parse(self.org.as_deref()) {
            Ok(Wanted::Sum(whose)) => Ok(whose),
            Ok(Wanted::Each) => Err(bad(format!(
                "`org`: `{EACH}` is not taken here; `{ALL}` is every organisation and the system"
            ))),
            Err(error) => Err(bad(format!("`org`: {error}"))),
        }
    }

    /// As the rows spell it.
    fn org(&self, release: &Release) -> Result<String, Problem> {
        if self.is_all() {
            return Ok(ALL.to_owned());
        }
        match self.whose(release)? {
            Whose::System => Ok(SYSTEM.to_owned()),
            Whose::Organisations(codes) => {
                let contributors = release.coverage().contributors;
                let absent = codes.iter().find(|code| !contributors.contains(code));
                match absent {
                    Some(code) => Err(Kind::UNKNOWN_ORGANISATION
                        .problem(format!("{code} is not in this release"))
                        .instead_of(code.as_str(), &contributors)),
                    None => Ok(codes[0].to_string()),
                }
            }
        }
    }

    fn is_all(&self) -> bool {
        let named = self.org.as_deref();
        named.is_some_and(|org| org.eq_ignore_ascii_case(ALL))
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

#[cfg(test)]
mod tests;
