//! One page on its way: who asks, whether they may, and the bytes.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{FromRequestParts, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use uuid::Uuid;

use crate::{
    access::{self, Subject},
    archive::Archive,
    export::canonical::Canonical,
    http::{
        answers::{Key, Stop, Written},
        app::{Address, App, Caller},
        caching::Freshness,
        headers,
        kept::Kept,
        params::{self, Params},
        problem::{Kind, Problem},
        road::asking::{Asking, Put, Reader},
    },
    picture::{Wanted, Whose},
};
use vwis_pages::{Choices, Document, Gap, Reading, View};

/// Parameters of every page: whose numbers, up to when.
const NAMES: [&str; 5] = ["org", "period", "up_to", "agreement", RELEASE];
const RELEASE: &str = "release";

/// A request for a page.
pub(super) struct PageRequest {
    app: Arc<App>,
    caller: Caller,
    address: Address,
    headers: HeaderMap,
}

impl FromRequestParts<Arc<App>> for PageRequest {
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

/// The same page of what counts now.
struct Later {
    address: String,
    /// Whether the release that the address names was replaced.
    is_replaced: bool,
}

/// The code in a path.
pub(super) type Code = Result<axum::extract::Path<String>, PathRejection>;

/// In which form a page is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// To be looked at.
    Page,
    /// To be printed and filed.
    Pack,
}

// === impl Form ===

impl Form {
    /// What stands after a page's path.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Page => "",
            Self::Pack => "/pack",
        }
    }
}

/// There is no page of that code.
pub(super) fn no_such(what: &str, code: &str, index: &str) -> Problem {
    let code = params::shortened(code);
    let detail = format!("there is no {what} `{code}`");
    Kind::NOT_FOUND.problem(detail).available([index])
}

// === impl PageRequest ===

impl PageRequest {
    /// What was chosen on the page, of what can be.
    pub(super) fn chosen(&self, names: &'static [&'static str]) -> Result<Choices, Problem> {
        let params = self.params(names)?;
        let mut chosen = Vec::new();
        for &name in names {
            let value = params.text(name)?;
            chosen.extend(value.map(|value| (name, value.to_owned())));
        }
        Ok(Choices::new(chosen))
    }

    fn params(&self, own: &[&str]) -> Result<Params, Problem> {
        let known: Vec<_> = NAMES.iter().chain(own).copied().collect();
        Params::read_of_page(&self.address.0, &known)
    }

    /// The page, if they may see it.
    pub(super) async fn show(self, view: View) -> Result<Response, Problem> {
        self.show_as(view, Form::Page).await
    }

    /// The page, where other parameters than its own may stand in the address.
    pub(super) async fn show_beside(
        self,
        view: View,
        others: &[&str],
    ) -> Result<Response, Problem> {
        self.answer(view, Form::Page, others).await
    }

    /// On to another page, whose numbers and which date as they were asked for.
    pub(super) fn led_to(&self, page: &View, form: Form) -> Result<Response, Problem> {
        let params = self.params(View::choices_on_overview())?;
        let mut address = Canonical::new(page.path() + form.suffix(), Vec::new());
        for name in NAMES {
            address.add(name, params.text(name)?);
        }
        let headers = [(header::LOCATION, address.as_str().to_owned())];
        Ok((StatusCode::SEE_OTHER, headers).into_response())
    }

    /// The page in that form, if they may see it.
    pub(super) async fn show_as(self, view: View, form: Form) -> Result<Response, Problem> {
        let own = view.choices();
        self.answer(view, form, own).await
    }

    async fn answer(self, view: View, form: Form, own: &[&str]) -> Result<Response, Problem> {
        let params = self.params(own)?;
        let asking = Asking::read(&params, &self.headers)?;
        let Wanted::Sum(whose) = asking.wanted.clone() else {
            let detail =
                "a page shows one employer, or several together: name their codes in `org`";
            return Err(Kind::BAD_QUERY.problem(detail));
        };
        let put = match asking.put(&self.app, Reader::of(&self.caller)).await {
            Ok(put) => put,
            Err(problem) => return self.without_releases(&view, problem),
        };
        let clause = put.held.archive.clause();
        let view = match view {
            View::Pathways(_) => {
                View::Pathways(access::pathways_of(&self.caller.0, &clause, &whose))
            }
            other => other,
        };
        let later = Self::later(&view, form, (&params, own), &put)?;
        let (subject, pathways) = view.subject(&put.held.archive, &whose);
        let shown = Subject {
            whose: &subject,
            pathways,
        };
        let page = match access::may_read(&self.caller.0, &clause, &shown) {
            Ok(()) => self.page((view, form), whose, (&asking, later), &put).await,
            Err(denied) => Err(denied.into()),
        };
        self.app
            .logged(&self.caller, &subject, &self.address.0, page)
            .await
    }

    /// Where the same page stands of what counts now: of what replaced the release that its address
    /// names, or of no release; and whether that release was replaced.
    fn later(
        view: &View,
        form: Form,
        (params, own): (&Params, &[&str]),
        put: &Put,
    ) -> Result<Later, Problem> {
        let release = put.release.as_ref();
        let by = release.and_then(|release| put.held.archive.replaced_by(release.id));
        let mut address = Canonical::new(view.path() + form.suffix(), Vec::new());
        for name in own.iter().chain(&NAMES).filter(|name| **name != RELEASE) {
            address.add(name, params.text(name)?);
        }
        address.add(RELEASE, by);
        Ok(Later {
            address: address.as_str().to_owned(),
            is_replaced: by.is_some(),
        })
    }

    /// What says nothing of anybody is there before anything is released.
    fn without_releases(&self, view: &View, problem: Problem) -> Result<Response, Problem> {
        let is_too_early = [Kind::NOT_RELEASED, Kind::NOT_PUBLISHED].contains(&problem.kind());
        let document = view.without_releases(self.app.notice.as_deref());
        let document = document.filter(|_| is_too_early).ok_or(problem)?;
        let html = axum::response::Html(document.html());
        Ok(headers::of_a_page(html.into_response()))
    }

    async fn page(
        &self,
        (view, form): (View, Form),
        whose: Whose,
        (asking, later): (&Asking, Later),
        put: &Put,
    ) -> Result<Response, Problem> {
        if later.is_replaced {
            return Err(later.replaced());
        }
        let archive = Arc::clone(&put.held.archive);
        let notice = self.app.notice.clone();
        let period = asking.when.until();
        let pinned = asking.pinned();
        let unpublished = self.unpublished(&archive).await?;
        let mut address = kept_by(&view, asking);
        for id in &unpublished {
            address.add("unpublished", Some(id));
        }
        address.add("form", (form == Form::Pack).then_some("pack"));
        let release = put.release.as_ref().map(|release| release.id);
        let key = Key::of_page(address, &put.held, release);
        let subject = view.subject(&archive, &whose).0;
        let work = move |_: &Stop| {
            let reading = Reading::new(&archive, notice.as_deref(), period)
                .map_err(|gap| later.instead_of(gap))?;
            let reading = reading.with_unpublished(unpublished).pinned_by(pinned);
            let reading = reading.naming(&subject).of(whose);
            let html = match form {
                Form::Page => view.document_or_gap(&reading).map(Document::html),
                Form::Pack => vwis_pages::pack(&view, &reading),
            };
            Ok(written(html.map_err(|gap| later.instead_of(gap))?))
        };
        let written = self
            .app
            .answers
            .get_or(&self.caller.0.via, key, work)
            .await?;
        // The stylesheet's name is in it, which changes with the program: it is asked for each time.
        let response = written.body.answer(&self.headers, Freshness::Latest);
        Ok(match form {
            Form::Page => headers::of_a_page(response),
            Form::Pack => headers::of_a_pack(response),
        })
    }

    /// The releases that analysts alone read, for analysts.
    async fn unpublished(&self, archive: &Archive) -> Result<BTreeSet<Uuid>, Problem> {
        if matches!(Reader::of(&self.caller), Reader::Published) {
            return Ok(BTreeSet::new());
        }
        self.app.unpublished_of(archive).await
    }
}

/// By what a page is kept: all that it depends on beside the releases.
fn kept_by(view: &View, asking: &Asking) -> Canonical {
    let mut address = asking.address(view.path(), view.chosen());
    for (name, value) in asking.pinned() {
        address.add(name, Some(value));
    }
    if let View::Pathways(shown) = view {
        let shown: Vec<_> = shown.iter().map(String::as_str).collect();
        address.add("shown", Some(shown.join(",")));
    }
    address
}

fn written(html: String) -> Written {
    Written {
        body: Kept::written(headers::HTML, html),
        file: String::new(),
        permalink: String::new(),
        described_by: None,
    }
}

// === impl Later ===

impl Later {
    /// Of a page whose release was replaced, or all that it would show.
    fn replaced(&self) -> Problem {
        let detail = "what this page showed was published, and replaced by a later release; this is the page of that one";
        Kind::REPLACED.problem(detail).available([&self.address])
    }

    fn instead_of(&self, gap: Gap) -> Problem {
        if gap.is_replaced() {
            self.replaced()
        } else {
            Kind::NOT_RELEASED.problem(gap)
        }
    }
}
