//! What only pages need: which pathways they list, which of their releases are not published, and where the
//! current page is.

use std::collections::BTreeSet;

use axum::response::{IntoResponse, Response};
use uuid::Uuid;
use vwis_pages::{Document, Gap, Reading, View};
use vwis_web::{headers, problem::Problem};

use super::{
    Reader,
    asked::{Asked, Form, Page, What},
    source::Source,
};
use crate::{
    archive::Archive,
    export::canonical::Canonical,
    http::{app::App, kinds},
};

/// What a page says of itself beside its figures.
pub(super) struct Frame {
    form: Form,
    /// The agreement and the release that its address names, spelt as there.
    pinned: Vec<(&'static str, String)>,
    /// Releases that analysts alone read; empty for other readers.
    unpublished: BTreeSet<Uuid>,
    later: Later,
    notice: Option<String>,
}

/// The same page without a pinned release.
struct Later {
    address: String,
    /// Whether the release that the address names was replaced.
    is_replaced: bool,
}

/// Before anything is released, shows the pages that need no release; returns the problem for the others.
pub(super) fn without_releases(
    app: &App,
    asked: &Asked,
    problem: Problem,
) -> Result<Response, Problem> {
    let is_too_early = [kinds::NOT_RELEASED, kinds::NOT_PUBLISHED].contains(&problem.kind());
    let document = match &asked.what {
        What::Page(page) if is_too_early => page.view.without_releases(app.notice.as_deref()),
        _ => None,
    };
    let html = axum::response::Html(document.ok_or(problem)?.html());
    Ok(headers::of_a_page(html.into_response()))
}

// === impl Frame ===

impl Frame {
    pub(super) async fn of(
        page: &Page,
        asked: &Asked,
        source: &Source,
        app: &App,
    ) -> Result<Self, Problem> {
        let unpublished = match source.reader() {
            Reader::Everything => app.unpublished_of(source.archive()).await?,
            Reader::Published => BTreeSet::new(),
        };
        let release = source.release.as_ref();
        let by = release.and_then(|release| source.archive().replaced_by(release.id));
        let named = [
            ("agreement", &asked.basis.agreement),
            ("release", &asked.basis.release),
        ];
        let named = named.into_iter();
        Ok(Self {
            form: page.form,
            pinned: named
                .filter_map(|(name, value)| Some((name, value.clone()?)))
                .collect(),
            unpublished,
            later: Later {
                address: asked.clone().under(by).to_string(),
                is_replaced: by.is_some(),
            },
            notice: app.notice.clone(),
        })
    }

    pub(super) fn form(&self) -> Form {
        self.form
    }

    /// All that the page depends on beside the releases.
    pub(super) fn key(&self, asked: &Asked) -> Canonical {
        let mut key = asked.address();
        for (name, value) in &self.pinned {
            key.add(name, Some(value));
        }
        if let What::Page(Page {
            view: View::Pathways(shown),
            ..
        }) = &asked.what
        {
            let shown: Vec<_> = shown.iter().map(String::as_str).collect();
            key.add("shown", Some(shown.join(",")));
        }
        for id in &self.unpublished {
            key.add("unpublished", Some(id));
        }
        key
    }

    /// The HTML of `page` in this frame.
    pub(super) fn html(self, page: &Page, archive: &Archive) -> Result<String, Problem> {
        let Self {
            form,
            pinned,
            unpublished,
            later,
            notice,
        } = self;
        if later.is_replaced {
            return Err(later.replaced());
        }
        let of_whom = page.view.subject(archive, &page.whose).0;
        let made =
            Reading::new(archive, notice.as_deref(), page.when.until()).and_then(|reading| {
                let reading = reading.with_unpublished(unpublished).pinned_by(pinned);
                let reading = reading.naming(&of_whom).of(page.whose.clone());
                match form {
                    Form::Page => page.view.document_or_gap(&reading).map(Document::html),
                    Form::Pack => vwis_pages::pack(&page.view, &reading),
                }
            });
        made.map_err(|gap| later.instead_of(gap))
    }
}

// === impl Later ===

impl Later {
    /// The problem of a page whose release was replaced, or that would show only replaced releases.
    fn replaced(&self) -> Problem {
        let detail = "what this page showed was published, and replaced by a later release; this is the page of that one";
        kinds::REPLACED.problem(detail).available([&self.address])
    }

    fn instead_of(&self, gap: Gap) -> Problem {
        if gap.is_replaced() {
            self.replaced()
        } else {
            kinds::NOT_RELEASED.problem(gap)
        }
    }
}
