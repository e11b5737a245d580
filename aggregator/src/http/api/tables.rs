//! `/tables`: any table of the agreement, or got by summing one.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::HeaderMap;
use utoipa_axum::{router::OpenApiRouter, routes};
use vwis_model::agreement::Measure;

use crate::{
    access::{self, Subject},
    answer::{AnswerError, TableQuestion},
    export::canonical::{BASE, Canonical},
    http::{
        answers::{Key, Stop},
        app::{Address, App, Caller},
        params::Params,
        problem::{Kind, Problem},
        road::asking::{self, Asking, Put, Reader},
    },
    picture::{Filter, Query, Wanted, Whose},
};

/// The parameters, as the OpenAPI document tells them; [`read`] reads them.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by name, so that an unknown one is refused")]
struct TableParams {
    /// Attributes in the order of the columns, separated by commas; none for the total.
    #[param(required = false, example = "staff_group,locality")]
    by: Option<String>,
    /// `attribute=category[,category…]`, by code or label: only these. May be given several times. An
    /// attribute that is no column is summed over them.
    #[param(rename = "where", required = false, example = "band=afc_5", value_type = Option<Vec<String>>, explode)]
    filter: Option<String>,
    /// At most 100 ODS codes separated by commas, summed, of the latest period in which all of them are; `each`
    /// for every organisation's own side by side, of one release, with a reason in place of the numbers of who
    /// is not in it; or `system`, which is the default.
    #[param(required = false, example = "system")]
    org: Option<String>,
    /// `YYYY-MM`, exactly; the latest released, if not said.
    #[param(required = false, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    period: Option<String>,
    /// `YYYY-MM`: the latest released up to this period. Instead of `period`.
    #[param(required = false, pattern = r"^\d{4}-\d{2}$")]
    up_to: Option<String>,
    /// `headcount` or `fte`; what the series or release counts, if one is named; headcount, if nothing is
    /// said.
    #[param(required = false, example = "headcount")]
    measure: Option<String>,
    /// With rows of totals.
    #[param(required = false, value_type = Option<bool>)]
    totals: Option<String>,
    /// Only this series of the agreement; the one with the least doubt, if not said.
    #[param(required = false, example = "headline")]
    series: Option<String>,
    /// Hash of the agreement, or the beginning of it. If not said, the one with the latest headcount of staff,
    /// then of the most employers, then with the most tables, then kept last; none of fewer than half as many
    /// employers as another had within the year.
    #[param(required = false)]
    agreement: Option<String>,
    /// Id of the release that the table is of: such an answer never changes.
    #[param(required = false)]
    release: Option<String>,
    /// `json`, `csv`, `csvw`, `xlsx` or `table`; by the Accept header, if not said.
    #[param(required = false, example = "csv")]
    format: Option<String>,
}

const NAMES: [&str; 5] = ["by", "where", "measure", "series", "totals"];

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(table))
}

/// One table of the picture, with an interval for every cell.
///
/// Every table of the agreement is there, and every one got by summing one of them over an attribute.
/// In pandas: `pd.read_csv("http://127.0.0.1:7480/api/v1/tables?by=staff_group&format=csv")`.
#[utoipa::path(
    get,
    path = "/tables",
    tag = "tables",
    params(TableParams),
    responses(
        (status = 200, description = "One row per cell", content(
            (serde_json::Value = "application/json"),
            (String = "text/csv"),
            (serde_json::Value = "application/csvm+json"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "text/plain"),
        )),
        (status = 404, description = "No such table, release, period or organisation",
            body = crate::http::problem::ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn table(
    State(app): State<Arc<App>>,
    caller: Caller,
    Address(uri): Address,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let params = Params::read(&uri, &[&NAMES[..], &asking::NAMES].concat())?;
    let asking = Asking::read(&params, &headers)?;
    let put = asking
        .put(&app, Reader::of_tables(&caller, &asking.wanted))
        .await?;
    let whose = asking::whose(&asking.wanted, &put.held.archive);
    let answer = answer(&app, &caller, &asking, &params, &put, &headers).await;
    app.logged(&caller, &whose, &uri, answer).await
}

async fn answer(
    app: &Arc<App>,
    caller: &Caller,
    asking: &Asking,
    params: &Params,
    put: &Put,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let archive = Arc::clone(&put.held.archive);
    let (mut question, address) = read(params, asking, put)?;
    if let Some(release) = &put.release {
        question
            .of_release(&release.series, release.period)
            .map_err(|detail| Kind::BAD_QUERY.problem(detail))?;
    }
    let resolved = question.resolved(&archive)?;
    let whose = asking::whose(&asking.wanted, &archive);
    let subject = Subject::of(&whose, &resolved);
    access::may_read(&caller.0, &archive.clause(), &subject)?;
    let (format, wanted) = (asking.format, asking.wanted.clone());
    let key = Key::of(
        address.clone(),
        format,
        &put.held,
        put.release.as_ref().map(|release| release.id),
    );
    let work = move |stop: &Stop| {
        let answer = match wanted {
            Wanted::Each => question.each(&archive, || stop.is_called())?,
            Wanted::Sum(whose) => question.of(whose).answer(&archive)?,
        };
        let release = answer.releases.first().copied();
        asking::written(answer, format, &address, release)
    };
    let written = app.answers.get_or(&caller.0.via, key, work).await?;
    Ok(asking::sent(headers, asking, put.freshness, &written))
}

/// The question, and its address.
fn read(
    params: &Params,
    asking: &Asking,
    put: &Put,
) -> Result<(TableQuestion, Canonical), Problem> {
    let by: Vec<_> = params.list("by").map(str::to_owned).collect();
    let filters = asking::filters(params);
    let asked = match params.text("measure")? {
        None => None,
        Some(text) if text.eq_ignore_ascii_case("headcount") => Some(Measure::Headcount),
        Some(text) if text.eq_ignore_ascii_case("fte") => Some(Measure::Fte),
        Some(other) => {
            let other = crate::http::params::shortened(other);
            let detail = format!("`measure`: `{other}` is neither `headcount` nor `fte`");
            let problem = Kind::BAD_QUERY.problem(detail);
            return Err(problem.instead_of(&other, ["headcount", "fte"]));
        }
    };
    let series = params.text("series")?;
    let of_release = put.release.as_ref().map(|release| release.series.as_str());
    let agreement = put.held.archive.agreement();
    let measure =
        Query::measure_of(agreement, asked, series.or(of_release)).map_err(AnswerError::from)?;
    let with_totals = params.one("totals")?.unwrap_or(false);
    let mut own = Vec::new();
    if !by.is_empty() {
        own.push(("by", by.join(",")));
    }
    own.extend(filters.iter().map(|filter| ("where", (*filter).to_owned())));
    if measure != Measure::Headcount {
        own.push(("measure", measure.code().to_owned()));
    }
    if with_totals {
        own.push(("totals", true.to_string()));
    }
    own.extend(series.map(|series| ("series", series.to_owned())));
    let filters: Result<Vec<Filter>, _> = filters.iter().map(|text| text.parse()).collect();
    let question = TableQuestion {
        query: Query {
            by,
            filters: filters.map_err(AnswerError::from)?,
        },
        whose: Whose::System,
        measure,
        series: series.map(str::to_owned),
        when: asking.when,
        with_totals,
    };
    Ok((question, asking.address(format!("{BASE}/tables"), own)))
}

#[cfg(test)]
mod tests;
