//! What tables and indicators are asked with alike: whose, when, under which agreement, in which form;
//! and how their answers are sent.

use std::sync::Arc;

use axum::{body::Bytes, response::Response};
use http::{HeaderMap, HeaderValue, Uri, header};
use serde_json::json;
use uuid::Uuid;
use vwis_proto::{agreement::Agreement, ods::OdsCode, period::Period};

use super::{
    Api,
    answers::Written,
    caching::{self, Freshness},
    params::Params,
    problem::{Kind, Problem},
    releases,
};
use crate::{
    answer::{self, Answer, AnswerError},
    archive::Archive,
    export::{csv::csv, csvw::csvw, json::json as as_json, media::Format, text::text, xlsx::xlsx},
    picture::{EACH, SYSTEM, Whose},
    release::Release,
};

/// What every question has.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub(super) whose: Wanted,
    pub(super) period: Option<Period>,
    pub(super) agreement: Option<String>,
    /// As it is named in the query.
    pub(super) release: Option<String>,
    pub(super) format: Format,
}

/// Whose numbers are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// One sum.
    Sum(Whose),
    /// Every organisation's own, side by side.
    Each,
}

/// The releases that a question is put to.
pub(super) struct Put {
    pub(super) archive: Arc<Archive>,
    /// The release that was named, if one was.
    pub(super) release: Option<Release>,
}

/// The parameters that [`Asking::read`] takes.
pub(super) const NAMES: [&str; 5] = ["org", "period", "agreement", "release", "format"];

// === impl Asking ===

impl Asking {
    pub(super) fn read(params: &Params, headers: &HeaderMap) -> Result<Self, Problem> {
        Ok(Self {
            whose: whose(params)?,
            period: params.one("period")?,
            agreement: params.text("agreement")?.map(str::to_owned),
            release: params.text("release")?.map(str::to_owned),
            format: format(params, headers)?,
        })
    }

    /// What it is put to: everything released under the agreement that it names, or under the one of
    /// the newest release; up to and including a release, where it names one.
    pub(super) async fn put(&self, api: &Api) -> Result<Put, Problem> {
        let release = match &self.release {
            Some(id) => Some(releases::release(api, id).await?),
            None => None,
        };
        let agreement = match (&self.agreement, &release) {
            (Some(prefix), None) => api.agreement(prefix).await?,
            (None, Some(release)) => api.agreement(&release.agreement.to_string()).await?,
            (Some(prefix), Some(release)) => {
                let agreement = api.agreement(prefix).await?;
                if agreement.hash() != release.agreement {
                    let detail = "the release is under another agreement: name one of the two";
                    return Err(Kind::BAD_QUERY.problem(detail));
                }
                agreement
            }
            (None, None) => newest(api).await?,
        };
        let until = release.as_ref().map(|release| release.id);
        let archive = api.pictures.archive(&agreement, until).await?.archive;
        Ok(Put { archive, release })
    }

    /// How long its answer holds.
    pub(super) fn freshness(&self) -> Freshness {
        if self.release.is_some() {
            Freshness::Immutable
        } else {
            Freshness::Latest
        }
    }
}

/// The agreement of the newest release.
async fn newest(api: &Api) -> Result<Arc<Agreement>, Problem> {
    let mut newest: Option<(Uuid, Arc<Agreement>)> = None;
    for agreement in api.agreements().await? {
        let id = api.store.newest_release(&agreement.hash()).await?;
        if let Some(id) = id
            && newest.as_ref().is_none_or(|(other, _)| *other < id)
        {
            newest = Some((id, agreement));
        }
    }
    newest.map(|(_, agreement)| agreement).ok_or_else(|| {
        Kind::NOT_RELEASED.problem("nothing is released yet: `collect` makes the first releases")
    })
}

// === impl Wanted ===

impl Wanted {
    /// Whose numbers are read: of each, every organisation's in the archive.
    pub(super) fn read(&self, archive: &Archive) -> Whose {
        match self {
            Self::Sum(whose) => whose.clone(),
            Self::Each => Whose::Organisations(archive.organisations().into_iter().collect()),
        }
    }

    /// The answer that `ask` gives to it.
    pub(super) fn answered(
        &self,
        archive: &Archive,
        ask: impl Fn(&Whose) -> Result<Answer, AnswerError>,
    ) -> Result<Answer, AnswerError> {
        match self {
            Self::Sum(whose) => ask(whose),
            Self::Each => answer::each(archive, ask),
        }
    }
}

fn whose(params: &Params) -> Result<Wanted, Problem> {
    if params.list("org").eq([EACH]) {
        return Ok(Wanted::Each);
    }
    let mut codes: Vec<OdsCode> = Vec::new();
    let mut system = false;
    for code in params.list("org") {
        if code == SYSTEM {
            system = true;
            continue;
        }
        let code = code.to_ascii_uppercase();
        let code = code
            .parse()
            .map_err(|error| Kind::BAD_QUERY.problem(format!("`org`: {error}")))?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    if system && !codes.is_empty() {
        let detail = "`org` takes organisations, or `system`, or `each`, not several of these";
        return Err(Kind::BAD_QUERY.problem(detail));
    }
    codes.sort_unstable();
    Ok(Wanted::Sum(Whose::of(codes)))
}

/// By name, or else by the Accept header; JSON where neither says anything that there is.
fn format(params: &Params, headers: &HeaderMap) -> Result<Format, Problem> {
    if let Some(format) = params.one("format")? {
        return Ok(format);
    }
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    Ok(accept.and_then(Format::of_accept).unwrap_or(Format::Json))
}

/// Writes an answer in the form wanted.
pub(super) fn written(
    mut answer: Answer,
    format: Format,
    permalink: &str,
) -> Result<Bytes, Problem> {
    answer.sheet.metadata["permalink"] = json!(permalink);
    answer
        .sheet
        .facts
        .push(("Permalink".to_owned(), permalink.to_owned()));
    let sheet = &answer.sheet;
    let file = Format::Csv.file_name(&sheet.name);
    Ok(match format {
        Format::Table => text(sheet, None).into(),
        Format::Csv => csv(sheet).into(),
        Format::Csvw => csvw(sheet, &file).to_string().into(),
        Format::Json => as_json(sheet).into(),
        Format::Xlsx => {
            let written = xlsx(sheet, answer.made_at);
            let cannot = |error| {
                tracing::error!(%error, "a spreadsheet cannot be written");
                Kind::INTERNAL.problem("this answer cannot be written as a spreadsheet")
            };
            written.map_err(cannot)?.into()
        }
    })
}

/// The answer on its way: with its permanent address, what describes it, and a file's name.
pub(super) fn sent(
    headers: &HeaderMap,
    asking: &Asking,
    (body, name, permalink): &Written,
) -> Response {
    let format = asking.format;
    let (kind, body) = (format.media_type(), body.clone());
    let mut response = caching::answer(headers, asking.freshness(), kind, body);
    let out = response.headers_mut();
    let file = format.file_name(name);
    let is_file = matches!(format, Format::Csv | Format::Xlsx);
    let disposition = if is_file { "attachment" } else { "inline" };
    let mut say = |name: header::HeaderName, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            out.append(name, value);
        }
    };
    say(
        header::CONTENT_DISPOSITION,
        format!("{disposition}; filename=\"{file}\""),
    );
    say(header::LINK, format!("<{permalink}>; rel=\"bookmark\""));
    if format == Format::Csv {
        let metadata = with(permalink, "format", Format::Csvw.name());
        let described =
            format!("<{metadata}>; rel=\"describedby\"; type=\"application/csvm+json\"");
        say(header::LINK, described);
    }
    response
}

/// The address of the same answer for ever: the query with the release and the form in it.
pub(super) fn permalink(uri: &Uri, release: Option<Uuid>, format: Format) -> String {
    let pinned = release.map(|release| with(&uri.to_string(), "release", &release.to_string()));
    let address = pinned.unwrap_or_else(|| uri.to_string());
    with(&address, "format", format.name())
}

/// The path and query of an address with one parameter set.
fn with(address: &str, name: &str, value: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    // An absolute address is cut to its path: what is in front of it, a proxy knows.
    let path = path.find("/api/").map_or(path, |at| &path[at..]);
    let pairs = form_urlencoded::parse(query.as_bytes());
    let kept = pairs.filter(|(own, value)| own != name && !value.is_empty());
    let mut written = form_urlencoded::Serializer::new(String::new());
    written.extend_pairs(kept).append_pair(name, value);
    format!("{path}?{}", written.finish())
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        super::problems::of_answer(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permalink_names_the_release_and_keeps_the_question() {
        let uri: Uri = "/api/v1/tables?by=band&where=locality%3DBolton&format=csv&period="
            .parse()
            .unwrap();
        let id = Uuid::nil();
        assert_eq!(
            permalink(&uri, Some(id), Format::Csv),
            format!("/api/v1/tables?by=band&where=locality%3DBolton&release={id}&format=csv")
        );
        let again: Uri = permalink(&uri, Some(id), Format::Csv).parse().unwrap();
        assert_eq!(permalink(&again, Some(id), Format::Csv), again.to_string());
        let absolute: Uri = "http://evil.example/api/v1/tables?by=band".parse().unwrap();
        assert!(permalink(&absolute, None, Format::Json).starts_with("/api/v1/tables?by=band&"));
    }
}
