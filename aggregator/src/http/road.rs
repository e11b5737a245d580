//! The one road from a question to its answer. Everything that is answered from releases goes this way.
//!
//! ```text
//! address ─► Asked ─► Source ─► rights ─► kept? ─► the asker's turn ─► compute, write, keep ─► log ─► send
//!            (what)   (from which │                                                              │
//!                      releases)  └───────────────── refused ────────────────────────────────────┘
//! ```
//!
//! An endpoint, a page and a file parse their address into an [`Asked`] and hand it to [`Request::answer`].
//! Only the road judges rights, writes the access log, or reads a figure, so no endpoint can forget one of
//! them. A malformed question is refused before any release is looked at, and two questions that mean the
//! same have one key.

pub(crate) mod asked;
mod coverage;
mod page;
pub(crate) mod parameters;
mod reader;
mod source;
mod write;

use std::sync::Arc;
use vwis_web::problem::{Kind, Problem};

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Uri, request::Parts};

use self::{
    asked::{Asked, What},
    page::Frame,
    source::Source,
    write::Work,
};
pub(crate) use self::{coverage::CoverageList, reader::Reader};
use super::{
    answers::Key,
    app::{Address, App, Caller},
    problems,
};
use crate::{
    access::{self, Subject},
    export::media::Format,
    picture::Whose,
};

/// A request that the door let in.
pub(crate) struct Request {
    app: Arc<App>,
    caller: Caller,
    address: Address,
    headers: HeaderMap,
}

/// Marks an answer that came this way, so that tests can tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Travelled;

impl FromRequestParts<Arc<App>> for Request {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        Ok(Self {
            app: Arc::clone(app),
            caller: Caller::from_request_parts(parts, app).await?,
            address: Address::from_request_parts(parts, app).await?,
            headers: parts.headers.clone(),
        })
    }
}

// === impl Request ===

impl Request {
    pub(crate) fn uri(&self) -> &Uri {
        &self.address.0
    }

    /// The answer to `asked`, in the form that the query names or else the Accept header.
    pub(crate) async fn answer_in(
        self,
        (asked, format): (Asked, Option<Format>),
    ) -> Result<Response, Problem> {
        let by_header = write::accepted(&self.headers);
        let mut response = self.answer_as(asked, format.unwrap_or(by_header)).await?;
        if format.is_none() {
            write::varies_by_accept(&mut response);
        }
        Ok(response)
    }

    /// The answer to `asked`, for questions that have only one form.
    pub(crate) async fn answer(self, asked: Asked) -> Result<Response, Problem> {
        self.answer_as(asked, Format::Json).await
    }

    async fn answer_as(self, asked: Asked, format: Format) -> Result<Response, Problem> {
        let source = match Source::of(&self.app, &self.caller, &asked).await {
            Ok(source) => source,
            Err(problem) => return page::without_releases(&self.app, &asked, problem),
        };
        let asked = source.settled(asked, &self.caller.0)?;
        let whose = source.reads(&asked);
        let answer = self.answer_from(source, asked, &whose, format).await;
        let logged = self.app.logged(&self.caller, &whose, self.uri(), answer);
        let mut response = logged.await.into_response();
        response.extensions_mut().insert(Travelled);
        Ok(response)
    }

    async fn answer_from(
        &self,
        source: Source,
        asked: Asked,
        whose: &Whose,
        format: Format,
    ) -> Result<Response, Problem> {
        let identity = &self.caller.0;
        let pathways = source.pathways(&asked)?;
        let subject = Subject { whose, pathways };
        access::may_read(identity, &source.clause(), &subject)
            .map_err(|denied| problems::of_denied(&denied))?;
        let frame = match &asked.what {
            What::Page(page) => Some(Frame::of(page, &asked, &source, &self.app).await?),
            _ => None,
        };
        let (question, name) = match &frame {
            Some(frame) => (frame.key(&asked), "html"),
            None => (asked.address(), format.name()),
        };
        let release = source.release.as_ref().map(|release| release.id);
        let key = Key::of(question, name, &source.cached, release);
        let freshness = source.freshness(&asked);
        let form = frame.as_ref().map(Frame::form);
        let answers = &self.app.answers;
        let written = if let Some(written) = answers.kept(&key) {
            written
        } else {
            self.app.afford(identity, source.cells(&asked, whose)?)?;
            let work = Work {
                asked,
                source,
                format,
                frame,
            };
            let made = answers.made(&identity.via, key, move |stop| work.written(stop));
            made.await?
        };
        let headers = self.headers.clone();
        let is_work = written.body.is_expanded_for(&headers);
        let write = move || write::sent(&headers, &written, freshness, form);
        if !is_work {
            return Ok(write());
        }
        let sent = tokio::task::spawn_blocking(write).await;
        sent.map_err(|_| Kind::INTERNAL.problem("a fault in the program while it answered"))
    }
}
