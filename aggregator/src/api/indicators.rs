//! `/indicators`: what there is, and each one's answer.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Address, Api, BASE, Caller,
    answers::{Key, Stop},
    asking::{self, Asking, Put, Reader},
    caching::{self, Freshness},
    params::{Asked, NoParameters, Params, bad_path},
    problem::Problem,
};
use crate::{
    access::{self, Subject},
    answer,
    export::canonical::Canonical,
    indicator::{self, Indicator, Question},
    picture::{Filter, Whose},
};

/// The parameters of every indicator, as the OpenAPI document tells them.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by name, so that an unknown one is refused")]
struct IndicatorParams {
    /// Attributes to break down by, separated by commas; the definition says which there are. Present and
    /// empty (`by=`) for no breakdown. If not said, the definition's first; none where `comparison` or `pairs`
    /// is asked of employers.
    #[param(required = false, example = "staff_group")]
    by: Option<String>,
    /// `attribute=category[,category…]` of what it is broken down by: only these. May be given several
    /// times.
    #[param(rename = "where", required = false, example = "staff_group=students", value_type = Option<Vec<String>>, explode)]
    filter: Option<String>,
    /// At most 100 ODS codes separated by commas, summed; `each` for every organisation's own side by side; or
    /// `system`, which is the default.
    #[param(required = false, example = "system")]
    org: Option<String>,
    /// `YYYY-MM`, exactly: the latest numbers of the answer are of this period. The latest released, if not
    /// said.
    #[param(required = false, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    period: Option<String>,
    /// `YYYY-MM`: from what was released up to this period. Instead of `period`.
    #[param(required = false, pattern = r"^\d{4}-\d{2}$")]
    up_to: Option<String>,
    /// Hash of the agreement, or the beginning of it. If not said, the one with the latest headcount of staff,
    /// then of the most employers, then with the most tables, then kept last; none of fewer than half as many
    /// employers as another had within the year.
    #[param(required = false)]
    agreement: Option<String>,
    /// Id of a release: from what was released up to it. Such an answer never changes, but where funded
    /// posts are in it: it does when they are given anew.
    #[param(required = false)]
    release: Option<String>,
    /// `json`, `csv`, `csvw`, `xlsx` or `table`; by the Accept header, if not said.
    #[param(required = false, example = "json")]
    format: Option<String>,
}

const NAMES: [&str; 2] = ["by", "where"];
/// The option of those that count people or whole-time equivalents.
const MEASURE: &str = "measure";

/// What is computed from funded posts, too: its answers change when posts are given anew, whatever
/// release they name.
const ON_FUNDED_POSTS: [&str; 2] = ["vacancy-rate", "resilience"];

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
    let params = Params::read(&uri, &known).map_err(|problem| {
        let query = uri.query().unwrap_or_default();
        let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
        let is_asked = names.any(|name| name.eq_ignore_ascii_case(MEASURE));
        if is_asked && !known.contains(&MEASURE) {
            problem.instead(in_fte())
        } else {
            problem
        }
    })?;
    let asking = Asking::read(&params, &headers)?;
    let put = asking.put(&api, Reader::of(&caller)).await?;
    let asked_of = asking::whose(&asking.wanted, &put.held.archive);
    let question = read(&params, indicator, &asking);
    let whose = match &question {
        Ok((question, _)) => question.reads(&asked_of),
        Err(_) => asked_of,
    };
    let answer = async {
        let asked = (indicator, question?);
        answer(&api, &caller, asked, &asking, &put, &headers).await
    };
    let answer = answer.await;
    api.logged(&caller, &whose, &uri, answer).await
}

async fn answer(
    api: &Arc<Api>,
    caller: &Caller,
    (indicator, (question, address)): (&'static Indicator, (Question, Canonical)),
    asking: &Asking,
    put: &Put,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let shown = access::pathways_read(&question, &indicator.definition)
        .map_err(|error| super::problems::of_indicator(&error))?;
    let archive = Arc::clone(&put.held.archive);
    let whose = question.reads(&asking::whose(&asking.wanted, &archive));
    let subject = Subject {
        whose: &whose,
        pathways: shown,
    };
    access::may_read(&caller.0, &archive.clause(), &subject)?;
    let (format, when, wanted) = (asking.format, asking.when, asking.wanted.clone());
    let key = Key::of(
        address.clone(),
        format,
        &put.held,
        put.release.as_ref().map(|release| release.id),
    );
    let work = move |stop: &Stop| {
        let ask = |whose: &Whose| answer::indicator(&archive, indicator, whose, when, &question);
        let answer = asking::answered(&wanted, &archive, stop, ask)?;
        let newest = archive.newest();
        asking::written(answer, format, &address, newest)
    };
    let written = api.answers.get_or(caller, key, work).await?;
    let freshness = if ON_FUNDED_POSTS.contains(&indicator.definition.name) {
        Freshness::Latest
    } else {
        put.freshness
    };
    Ok(asking::sent(headers, asking, freshness, &written))
}

/// What is counted in whole-time equivalents, for whoever asks it of an indicator that is not.
fn in_fte() -> String {
    let has_measure = |one: &&&Indicator| one.definition.options.iter().any(|o| o.name == MEASURE);
    let indicators = indicator::ALL.iter().filter(has_measure);
    let names: Vec<_> = indicators.map(|one| one.definition.name).collect();
    format!(
        "`{MEASURE}=fte` is taken by the indicators {}, and by tables: {BASE}/tables?by=…&{MEASURE}=fte",
        names.join(" and ")
    )
}

/// The question, and its address.
fn read(
    params: &Params,
    indicator: &Indicator,
    asking: &Asking,
) -> Result<(Question, Canonical), Problem> {
    let is_by_said = params.all("by").next().is_some();
    let by: Option<Vec<_>> = is_by_said.then(|| params.list("by").map(str::to_owned).collect());
    let filters = asking::filters(params);
    let mut own = Vec::new();
    own.extend(by.as_ref().map(|by| ("by", by.join(","))));
    own.extend(filters.iter().map(|filter| ("where", (*filter).to_owned())));
    let filters: Result<Vec<Filter>, _> = filters.iter().map(|text| text.parse()).collect();
    let mut question = Question {
        by,
        filters: filters.map_err(answer::AnswerError::from)?,
        ..Question::default()
    };
    for option in indicator.definition.options {
        if let Some(value) = params.text(option.name)? {
            own.push((option.name, value.to_owned()));
            let name = option.name.to_owned();
            question.options.insert(name, value.to_owned());
        }
    }
    let path = format!("{BASE}/indicators/{}", indicator.definition.name);
    Ok((question, asking.address(path, own)))
}

#[cfg(test)]
mod tests;
