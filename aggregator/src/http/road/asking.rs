//! What tables and indicators are asked with alike: whose, when, under which agreement, in which form;
//! and how their answers are sent.

use std::sync::Arc;

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use serde_json::json;
use uuid::Uuid;
use vwis_model::agreement::Agreement;

use crate::{
    answer::{self, Answer, AnswerError},
    archive::Archive,
    export::{
        Sheet, canonical::Canonical, csv::csv, csvw::csvw, json::json as as_json, media::Format,
        text::text, xlsx::xlsx,
    },
    http::{
        answers::{Stop, Written},
        app::{App, Caller},
        caching::Freshness,
        kept::Kept,
        params::Params,
        problem::{Kind, Problem},
    },
    identity::Role,
    picture::{SYSTEM, Wanted, When, Whose},
    pictures::Held,
    release::Release,
};

/// When there is something to read for whoever is no analyst.
const NOT_PUBLISHED: &str = "nothing is published yet to readers below analyst: a period is when all expected \
    employers are in, on the day that the agreement names, or when a person publishes it";

/// Most organisations that one question names: each is written into the access log.
const MOST_ORGANISATIONS: usize = 100;

/// What every question has.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) wanted: Wanted,
    pub(crate) when: When,
    agreement: Option<String>,
    /// As it is named in the query.
    release: Option<String>,
    pub(crate) format: Format,
    /// Whether the form was chosen by the Accept header.
    is_by_accept: bool,
}

/// What a question is answered from, for whoever asks it.
#[derive(Clone, Copy)]
pub(crate) enum Reader {
    /// Every release: analysts, and whoever reads tables of organisations by name, each on its own.
    Everything,
    /// What is published: everybody else.
    Published,
}

/// The releases that a question is put to.
pub(crate) struct Put {
    pub(crate) held: Held,
    /// The release that was named, if one was.
    pub(crate) release: Option<Release>,
    /// How long an answer to it holds.
    pub(crate) freshness: Freshness,
}

/// The parameters that [`Asking::read`] takes.
pub(crate) const NAMES: [&str; 6] = ["org", "period", "up_to", "agreement", "release", "format"];

// === impl Reader ===

impl Reader {
    /// Of answers that are made from the whole system's releases.
    pub(crate) fn of(caller: &Caller) -> Self {
        if caller.0.is(Role::Analyst) {
            Self::Everything
        } else {
            Self::Published
        }
    }

    /// Of tables, which of named organisations are made from theirs alone: whether they may be read
    /// follows.
    pub(crate) fn of_tables(caller: &Caller, wanted: &Wanted) -> Self {
        match wanted {
            Wanted::Sum(Whose::System) => Self::of(caller),
            Wanted::Sum(Whose::Organisations(_)) | Wanted::Each => Self::Everything,
        }
    }

    /// How long an answer under a release holds. What is published may be replaced, and then its address
    /// says by what: whoever kept the answer has to ask.
    pub(crate) fn freshness(self) -> Freshness {
        match self {
            Self::Everything => Freshness::Immutable,
            Self::Published => Freshness::Latest,
        }
    }

    async fn archive(
        self,
        app: &App,
        agreement: &Arc<Agreement>,
        until: Option<Uuid>,
    ) -> Result<Held, Problem> {
        Ok(match self {
            Self::Everything => app.pictures.archive(agreement, until).await?,
            Self::Published => {
                let (all, now) = (app.agreements().await?, app.clock.now());
                let pictures = &app.pictures;
                pictures.published(&all, agreement, until, now).await?
            }
        })
    }
}

// === impl Asking ===

impl Asking {
    /// From a query and its headers.
    pub(crate) fn read(params: &Params, headers: &HeaderMap) -> Result<Self, Problem> {
        let named = params.one("format")?;
        Ok(Self {
            wanted: wanted(params)?,
            when: When::of(params.one("period")?, params.one("up_to")?)
                .map_err(|error| Kind::BAD_QUERY.problem(error))?,
            agreement: params.text("agreement")?.map(str::to_owned),
            release: params.text("release")?.map(str::to_owned),
            format: named.unwrap_or_else(|| accepted(headers)),
            is_by_accept: named.is_none(),
        })
    }

    /// For the system, of what is latest.
    pub(crate) fn of_system(agreement: Option<String>) -> Self {
        Self {
            wanted: Wanted::Sum(Whose::System),
            when: When::Latest,
            agreement,
            release: None,
            format: Format::Json,
            is_by_accept: false,
        }
    }

    /// What it is put to: everything released under the agreement that it names, or under the one that
    /// is [meant](crate::meant); up to and including a release, where it names one.
    pub(crate) async fn put(&self, app: &App, reader: Reader) -> Result<Put, Problem> {
        let release = match &self.release {
            Some(id) => Some(app.release(id).await?),
            None => None,
        };
        let agreement = match (&self.agreement, &release) {
            (Some(prefix), None) => app.agreement(prefix).await?,
            (None, Some(release)) => app.agreement(&release.agreement.to_string()).await?,
            (Some(prefix), Some(release)) => {
                let agreement = app.agreement(prefix).await?;
                if agreement.hash() != release.agreement {
                    let detail = "the release is under another agreement: name one of the two";
                    return Err(Kind::BAD_QUERY.problem(detail));
                }
                agreement
            }
            (None, None) => meant(app, reader).await?,
        };
        let until = release.as_ref().map(|release| release.id);
        let held = reader.archive(app, &agreement, until).await?;
        let freshness = until.map_or(Freshness::Latest, |_| reader.freshness());
        Ok(Put {
            held,
            release,
            freshness,
        })
    }

    /// The question's own address: `own` and what every question has, in one order and one spelling,
    /// whatever the query's was. The release and the form are no part of it, nor is the agreement: a
    /// release implies it.
    pub(crate) fn address(&self, path: String, own: Vec<(&'static str, String)>) -> Canonical {
        let mut address = Canonical::new(path, own);
        address.add("org", self.wanted.parameter());
        address.add("period", self.when.period());
        address.add("up_to", self.when.up_to());
        address
    }

    /// The agreement and the release that it names, as it names them.
    pub(crate) fn pinned(&self) -> Vec<(&'static str, String)> {
        let pinned = [("agreement", &self.agreement), ("release", &self.release)];
        let there = pinned.into_iter();
        there
            .filter_map(|(name, value)| Some((name, value.clone()?)))
            .collect()
    }
}

/// The agreement that is meant where none is named, of what the reader may read.
async fn meant(app: &App, reader: Reader) -> Result<Arc<Agreement>, Problem> {
    let (agreements, known) = (app.agreements().await?, app.publications().await?);
    let reads_everything = matches!(reader, Reader::Everything);
    known.meant(&agreements, reads_everything).ok_or_else(|| {
        if known.releases().is_empty() {
            let detail = "nothing is released yet: `collect` makes the first releases";
            return Kind::NOT_RELEASED.problem(detail);
        }
        Kind::NOT_PUBLISHED.problem(NOT_PUBLISHED)
    })
}

/// Whose numbers are read: of each, every organisation's in the archive.
pub(crate) fn whose(wanted: &Wanted, archive: &Archive) -> Whose {
    match wanted {
        Wanted::Sum(whose) => whose.clone(),
        Wanted::Each => Whose::Organisations(archive.organisations().into_iter().collect()),
    }
}

/// The answer that `ask` gives to what is wanted.
pub(crate) fn answered(
    wanted: &Wanted,
    archive: &Archive,
    stop: &Stop,
    ask: impl Fn(&Whose) -> Result<Answer, AnswerError>,
) -> Result<Answer, AnswerError> {
    let ask = |whose: &Whose| {
        if stop.is_called() {
            // Nobody waits any more: some error ends it, and nobody reads which.
            return Err(AnswerError::NothingReleased);
        }
        ask(whose)
    };
    match wanted {
        Wanted::Sum(whose) => ask(whose),
        Wanted::Each => answer::each(archive, ask),
    }
}

fn wanted(params: &Params) -> Result<Wanted, Problem> {
    let named = params.list("org");
    let wanted =
        Wanted::parse(named).map_err(|error| Kind::BAD_QUERY.problem(format!("`org`: {error}")))?;
    if let Wanted::Sum(Whose::Organisations(codes)) = &wanted
        && codes.len() > MOST_ORGANISATIONS
    {
        let detail = format!(
            "`org` names {} organisations, and the most is {MOST_ORGANISATIONS} at once: ask for them in \
             parts",
            codes.len()
        );
        return Err(Kind::BAD_QUERY.problem(detail));
    }
    Ok(wanted)
}

/// The values of `where`, sorted: their order says nothing, and one question has one address.
pub(crate) fn filters(params: &Params) -> Vec<&str> {
    let mut filters: Vec<_> = params
        .all("where")
        .filter(|text| !text.is_empty())
        .collect();
    filters.sort_unstable();
    filters
}

/// By all Accept headers together; JSON where they name nothing that there is.
fn accepted(headers: &HeaderMap) -> Format {
    let all = headers.get_all(header::ACCEPT).into_iter();
    let all: Vec<_> = all.filter_map(|value| value.to_str().ok()).collect();
    Format::of_accept(&all.join(",")).unwrap_or(Format::Json)
}

/// Writes an answer in the form wanted, with the address at which it stays: `address` of its release.
pub(crate) fn written(
    mut answer: Answer,
    format: Format,
    address: &Canonical,
    release: Option<Uuid>,
) -> Result<Written, Problem> {
    let permalink = address.permalink(release, format);
    answer.sheet.metadata["permalink"] = json!(permalink);
    answer
        .sheet
        .facts
        .push(("Permalink".to_owned(), permalink.clone()));
    let sheet = &answer.sheet;
    let body: Vec<u8> = match format {
        Format::Table => text(sheet, None).into(),
        Format::Csv => csv(sheet).into(),
        Format::Csvw => {
            // A reader of CSVW takes metadata only for the very address that it names.
            let described = address.permalink(release, Format::Csv);
            csvw(sheet, &described).to_string().into()
        }
        Format::Json => as_json(sheet).into(),
        Format::Xlsx => {
            let written = xlsx(sheet, answer.made_at);
            let cannot = |error| {
                tracing::error!(%error, "a spreadsheet cannot be written");
                Kind::INTERNAL.problem("this answer cannot be written as a spreadsheet")
            };
            written.map_err(cannot)?
        }
    };
    let described_by = (format == Format::Csv).then(|| address.permalink(release, Format::Csvw));
    Ok(Written {
        body: Kept::written(format.media_type(), body),
        file: format.file_name(&named_by_whose(sheet)),
        permalink,
        described_by,
    })
}

/// `composition_R0A`: the sheet's name, and whose it is where that is not the system's.
fn named_by_whose(sheet: &Sheet) -> String {
    /// More than these make no name that anybody reads.
    const MOST: usize = 5;
    let whose = sheet.metadata["org"].as_str().unwrap_or(SYSTEM);
    match whose.split('+').count() {
        _ if whose == SYSTEM => sheet.name.clone(),
        1..=MOST => format!("{}_{whose}", sheet.name),
        several => format!("{}_{several}_employers", sheet.name),
    }
}

/// The answer on its way: with its permanent address, what describes it, and a file's name.
pub(crate) fn sent(
    headers: &HeaderMap,
    asking: &Asking,
    freshness: Freshness,
    written: &Written,
) -> Response {
    let format = asking.format;
    let mut response = written.body.answer(headers, freshness);
    let is_file = matches!(format, Format::Csv | Format::Xlsx);
    let disposition = if is_file { "attachment" } else { "inline" };
    let out = response.headers_mut();
    let mut say = |name: header::HeaderName, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            out.append(name, value);
        }
    };
    say(
        header::CONTENT_DISPOSITION,
        format!("{disposition}; filename=\"{}\"", written.file),
    );
    say(
        header::LINK,
        format!("<{}>; rel=\"bookmark\"", written.permalink),
    );
    if let Some(metadata) = &written.described_by {
        let described =
            format!("<{metadata}>; rel=\"describedby\"; type=\"application/csvm+json\"");
        say(header::LINK, described);
    }
    if asking.is_by_accept {
        say(header::VARY, "accept".to_owned());
    }
    response
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        crate::http::problems::of_answer(&error)
    }
}
