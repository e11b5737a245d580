//! Writes answers in the form wanted, and sends them.

use std::sync::LazyLock;

use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use vwis_pages::ui::assets::STYLESHEET;
use vwis_web::{
    caching::Freshness,
    headers,
    problem::{Kind, Problem},
};

use super::{
    asked::{Asked, Form, What},
    page::Frame,
    parameters::WhoseCells,
    source::Source,
};
use crate::{
    answer::{self, Answer},
    archive::Archived,
    export::{
        Sheet, canonical::Canonical, csv::csv, csvw::csvw, json::json as as_json, media::Format,
        text::text, xlsx::xlsx,
    },
    http::{
        answers::{Stop, Written},
        kinds, problems,
    },
    picture::{self, COLUMNS, SYSTEM},
};

/// A pack is one file: its stylesheet is inline, and allowed by its hash.
static POLICY_OF_A_PACK: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64.encode(Sha256::digest(STYLESHEET.content));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("base64 stands in a header as it is")
});

/// What remains to be done once the caller may read the answer and it is not kept.
pub(super) struct Work {
    pub(super) asked: Asked,
    pub(super) source: Source,
    pub(super) format: Format,
    /// Of a page.
    pub(super) frame: Option<Frame>,
}

// === impl Work ===

impl Work {
    /// Computes and writes the answer.
    pub(super) fn written(self, stop: &Stop) -> Result<Written, Problem> {
        let archive = self.source.archive();
        let release = self.source.release.as_ref();
        match &self.asked.what {
            What::Data(asked) => {
                let answer = asked.answer(archive, release, || stop.is_called());
                let answer = answer.map_err(|error| problems::of_answer(&error))?;
                let (pinned, under) = asked.pinned(&answer, archive);
                data(answer, self.format, &pinned.address(), under)
            }
            What::Cells(whose) => {
                let id = release.map(|release| release.id).unwrap_or_default();
                cells(whose, &self.source, id, stop)
            }
            What::Coverage(period) => {
                let list = super::coverage::list(archive, *period);
                let body = serde_json::to_vec(&list).expect("answers have a JSON form");
                Ok(Written::plain("application/json", body))
            }
            What::Page(page) => {
                let frame = self.frame.expect("a page has one");
                Ok(Written::plain(headers::HTML, frame.html(page, archive)?))
            }
        }
    }
}

/// The form that all Accept headers together ask for; JSON where they name none that there is.
pub(super) fn accepted(headers: &HeaderMap) -> Format {
    let all = headers.get_all(header::ACCEPT).into_iter();
    let all: Vec<_> = all.filter_map(|value| value.to_str().ok()).collect();
    Format::of_accept(&all.join(",")).unwrap_or(Format::Json)
}

/// Says that the Accept header chose the form.
pub(super) fn varies_by_accept(response: &mut Response) {
    let accept = HeaderValue::from_static("accept");
    response.headers_mut().append(header::VARY, accept);
}

/// Writes an answer in the form wanted, with its permanent address: `address`, pinned to a release.
fn data(
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
            // A reader of CSVW takes metadata only for the exact address that they name.
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
    let is_file = matches!(format, Format::Csv | Format::Xlsx);
    let disposition = if is_file { "attachment" } else { "inline" };
    let file = format.file_name(&named_by_whose(sheet));
    Ok(Written {
        disposition: Some(format!("{disposition}; filename=\"{file}\"")),
        permalink: Some(permalink),
        described_by: (format == Format::Csv).then(|| address.permalink(release, Format::Csvw)),
        ..Written::plain(format.media_type(), body)
    })
}

/// The sheet's name and, where that is not the system, whose it is: `composition_R0A`.
fn named_by_whose(sheet: &Sheet) -> String {
    /// Most organisations that a file's name lists; of more it gives the number.
    const MOST: usize = 5;
    let whose = sheet.metadata["org"].as_str().unwrap_or(SYSTEM);
    match whose.split('+').count() {
        _ if whose == SYSTEM => sheet.name.clone(),
        1..=MOST => format!("{}_{whose}", sheet.name),
        several => format!("{}_{several}_employers", sheet.name),
    }
}

/// Writes every cell of a release as CSV.
fn cells(
    whose: &WhoseCells,
    source: &Source,
    release: Uuid,
    stop: &Stop,
) -> Result<Written, Problem> {
    let archive = source.archive();
    answer::refuse_replaced(archive, [release]).map_err(|error| problems::of_answer(&error))?;
    let mut releases = archive.releases().iter();
    let archived = releases.find(|archived| archived.release.id == release);
    let archived = archived.ok_or_else(|| {
        tracing::error!("a release is known, and not in what it is answered from");
        Kind::INTERNAL.problem("this release cannot be read")
    })?;
    let there = archived.release.coverage().contributors;
    if let WhoseCells::Of(code) = whose
        && !there.contains(code)
    {
        let detail = format!("{code} is not in this release");
        let problem = kinds::UNKNOWN_ORGANISATION.problem(detail);
        return Err(problem.instead_of(code.as_str(), &there));
    }
    let file = match whose {
        WhoseCells::System => "picture.csv".to_owned(),
        WhoseCells::Of(code) => format!("picture_{code}.csv"),
        WhoseCells::All => "picture_all.csv".to_owned(),
    };
    let body = rows(archived, source, whose.row(), stop)
        .map_err(|_| Kind::INTERNAL.problem("the rows cannot be written"))?;
    Ok(Written {
        disposition: Some(format!("attachment; filename=\"{file}\"")),
        ..Written::plain(Format::Csv.media_type(), body)
    })
}

fn rows(
    archived: &Archived,
    source: &Source,
    org: Option<&str>,
    stop: &Stop,
) -> Result<Vec<u8>, ::csv::Error> {
    let series = source.archive().series_of(archived);
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    let rows = picture::rows(series, &archived.picture, org);
    // Once stopped, nobody waits for the remaining rows.
    for row in rows.take_while(|_| !stop.is_called()) {
        writer.write_record(row.fields(&archived.release, &archived.pooled.with))?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

/// Sends an answer with its permanent address, the address of its metadata, and its file's name.
pub(super) fn sent(
    request: &HeaderMap,
    written: &Written,
    freshness: Freshness,
    form: Option<Form>,
) -> Response {
    let mut response = written.body.answer(request, freshness);
    let out = response.headers_mut();
    let mut say = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::try_from(value) {
            out.append(name, value);
        }
    };
    if let Some(disposition) = &written.disposition {
        say(header::CONTENT_DISPOSITION, disposition);
    }
    if let Some(permalink) = &written.permalink {
        say(header::LINK, &format!("<{permalink}>; rel=\"bookmark\""));
    }
    if let Some(metadata) = &written.described_by {
        let described =
            format!("<{metadata}>; rel=\"describedby\"; type=\"application/csvm+json\"");
        say(header::LINK, &described);
    }
    match form {
        None => response,
        Some(Form::Page) => headers::of_a_page(response),
        Some(Form::Pack) => of_a_pack(response),
    }
}

/// Adds the headers of a pack: a document to show, print and save.
fn of_a_pack(response: Response) -> Response {
    let mut response = headers::of_a_page(response);
    let policy = POLICY_OF_A_PACK.clone();
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
