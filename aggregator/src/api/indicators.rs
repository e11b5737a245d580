//! `/indicators`: what there is, and each one's answer.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::{HeaderMap, Uri};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Address, Api, BASE, Caller,
    asking::{self, Asking, Put},
    caching::{self, Freshness},
    params::{Asked, NoParameters, Params, bad_path},
    problem::Problem,
};
use crate::{
    access::{self, PATHWAY, Subject},
    answer,
    indicator::{self, Indicator, Question},
    picture::Filter,
};

/// The parameters of every indicator, as the OpenAPI document tells them.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by name, so that an unknown one is refused")]
struct IndicatorParams {
    /// Attributes to break down by, separated by commas; the definition says which there are.
    #[param(required = false, example = "staff_group")]
    by: Option<String>,
    /// `attribute=category[,category…]` of what it is broken down by: only these. May be given several
    /// times.
    #[param(rename = "where", required = false, example = "staff_group=students", value_type = Option<Vec<String>>, explode)]
    filter: Option<String>,
    /// ODS codes separated by commas, summed; `each` for every organisation's own side by side; or
    /// `system`, which is the default.
    #[param(required = false, example = "system")]
    org: Option<String>,
    /// `YYYY-MM`: from what was released up to this period; all there is, if not said.
    #[param(required = false, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    period: Option<String>,
    /// Hash of the agreement, or the beginning of it; that of the newest release, if not said.
    #[param(required = false)]
    agreement: Option<String>,
    /// Id of a release: from what was released up to it. Such an answer never changes.
    #[param(required = false)]
    release: Option<String>,
    /// `json`, `csv`, `csvw`, `xlsx` or `table`; by the Accept header, if not said.
    #[param(required = false, example = "json")]
    format: Option<String>,
}

const NAMES: [&str; 2] = ["by", "where"];

/// The indicators that there are.
#[derive(Serialize, ToSchema)]
pub struct IndicatorList {
    /// In the order of their themes.
    pub indicators: Vec<IndicatorView>,
}

/// An indicator, in words.
#[derive(Serialize, ToSchema)]
pub struct IndicatorView {
    /// Where its answer stands.
    pub href: String,
    /// Name, question, definition, formula, denominator, what is left out, source, limits, breakdowns,
    /// options.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub definition: serde_json::Value,
}

pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// The indicators that there are, with their definitions.
#[utoipa::path(
    get,
    path = "/indicators",
    tag = "indicators",
    responses((status = 200, description = "All of them", body = IndicatorList))
)]
async fn list(Asked(NoParameters): Asked<NoParameters>, headers: HeaderMap) -> Response {
    let view = |indicator: &&Indicator| IndicatorView {
        href: format!("{BASE}/indicators/{}", indicator.definition.name),
        definition: serde_json::to_value(&indicator.definition)
            .expect("definitions are words and lists of words"),
    };
    let list = IndicatorList {
        indicators: indicator::ALL.iter().map(view).collect(),
    };
    caching::json(&headers, Freshness::Latest, &list)
}

/// One indicator's answer: one row a number, with its interval, and a verdict where there is one.
///
/// Every indicator answers without parameters. Its own options are parameters, too: the definition
/// names them.
#[utoipa::path(
    get,
    path = "/indicators/{name}",
    tag = "indicators",
    params(
        ("name" = String, Path, description = "As /indicators lists it", example = "age-profile"),
        IndicatorParams
    ),
    responses(
        (status = 200, description = "One row per number", content(
            (serde_json::Value = "application/json"),
            (String = "text/csv"),
            (serde_json::Value = "application/csvm+json"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "text/plain"),
        )),
        (status = 404, description = "No such indicator, release, period, organisation or table",
            body = super::problem::ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "An indicator that is not computed, and why",
            body = super::problem::ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn one(
    State(api): State<Arc<Api>>,
    caller: Caller,
    name: Result<Path<String>, PathRejection>,
    Address(uri): Address,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(name) = name.map_err(|rejection| bad_path(&rejection))?;
    let indicator =
        indicator::named(&name).map_err(|error| super::problems::of_indicator(&error))?;
    let options = indicator
        .definition
        .options
        .iter()
        .map(|option| option.name);
    let known: Vec<_> = NAMES
        .into_iter()
        .chain(asking::NAMES)
        .chain(options)
        .collect();
    let params = Params::read(&uri, &known)?;
    let asking = Asking::read(&params, &headers)?;
    let put = asking.put(&api).await?;
    let whose = asking.whose.read(&put.archive);
    let question = read(&params, indicator);
    let answer = async {
        let asked = (indicator, question?);
        answer(&api, &caller, asked, &asking, &put, &uri, &headers).await
    };
    let answer = answer.await;
    api.logged(&caller, &whose, &uri, answer).await
}

async fn answer(
    api: &Arc<Api>,
    caller: &Caller,
    (indicator, question): (&'static Indicator, Question),
    asking: &Asking,
    put: &Put,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let shown = question
        .categories_shown(&indicator.definition, PATHWAY)
        .map_err(|error| super::problems::of_indicator(&error))?;
    let whose = asking.whose.read(&put.archive);
    let subject = Subject {
        whose: &whose,
        pathways: shown.map(BTreeSet::from_iter),
    };
    access::may_read(&caller.0, put.archive.agreement(), &subject)?;
    let (format, period, wanted) = (asking.format, asking.period, asking.whose.clone());
    let (archive, address) = (Arc::clone(&put.archive), uri.clone());
    let work = move || {
        let answer = wanted.answered(&archive, |whose| {
            answer::indicator(&archive, indicator, whose, period, &question)
        })?;
        let newest = archive.releases().iter().map(|a| a.release.id).max();
        let permalink = asking::permalink(&address, newest, format);
        let name = answer.sheet.name.clone();
        Ok((
            asking::written(answer, format, &permalink)?,
            name,
            permalink,
        ))
    };
    let written = api.answers.get_or(uri, asking, &put.archive, work).await?;
    Ok(asking::sent(headers, asking, &written))
}

fn read(params: &Params, indicator: &Indicator) -> Result<Question, Problem> {
    let filters = params.all("where").filter(|text| !text.is_empty());
    let filters: Result<Vec<Filter>, _> = filters.map(str::parse).collect();
    let by: Vec<_> = params.list("by").map(str::to_owned).collect();
    let mut question = Question {
        by: (!by.is_empty()).then_some(by),
        filters: filters.map_err(answer::AnswerError::from)?,
        ..Question::default()
    };
    for option in indicator.definition.options {
        if let Some(value) = params.text(option.name)? {
            question
                .options
                .insert(option.name.to_owned(), value.to_owned());
        }
    }
    Ok(question)
}
