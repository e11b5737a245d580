//! The releases from which a question is answered.

use std::collections::BTreeSet;

use vwis_pages::View;
use vwis_web::{
    caching::Freshness,
    problem::{Kind, Problem},
};

use super::{
    Reader,
    asked::{Asked, What},
    parameters::WhoseCells,
};
use crate::{
    access::{self, Clause},
    archive::Archive,
    cache::CachedArchive,
    http::{
        app::{App, Caller},
        problems,
    },
    identity::Identity,
    picture::{self, Whose},
    release::Release,
};

/// Cells that a page is charged as: a few thousand figures stand behind the longest.
const CELLS_OF_A_PAGE: u64 = 5000;

/// The releases that a question is answered from.
pub(super) struct Source {
    pub(super) cached: CachedArchive,
    /// The release that the question names, if it names one.
    pub(super) release: Option<Release>,
    reader: Reader,
}

// === impl Source ===

impl Source {
    /// Everything released under the agreement that `asked` names, or under the default one; up to and
    /// including the release that it names, if it names one.
    pub(super) async fn of(app: &App, caller: &Caller, asked: &Asked) -> Result<Self, Problem> {
        let reader = Reader::asking(caller, asked);
        let release = match &asked.basis.release {
            Some(id) => Some(app.release(id).await?),
            None => None,
        };
        let named = match &asked.basis.agreement {
            Some(prefix) => Some(app.agreement(prefix).await?),
            None => None,
        };
        let agreement = match (named, &release) {
            (Some(named), Some(release)) if named.hash() != release.agreement => {
                let detail = "the release is under another agreement: name one of the two";
                return Err(Kind::BAD_QUERY.problem(detail));
            }
            (Some(named), _) => named,
            (None, Some(release)) => app.agreement(&release.agreement.to_string()).await?,
            (None, None) => reader.default_agreement(app, asked).await?,
        };
        let until = release.as_ref().map(|release| release.id);
        Ok(Self {
            cached: reader.archive(app, &agreement, until).await?,
            release,
            reader,
        })
    }

    pub(super) fn archive(&self) -> &Archive {
        &self.cached.archive
    }

    pub(super) fn reader(&self) -> Reader {
        self.reader
    }

    pub(super) fn clause(&self) -> Clause<'_> {
        self.archive().clause()
    }

    /// The question in its canonical spelling under these releases; of the list of pathways, with those that
    /// `identity` may see.
    pub(super) fn settled(&self, asked: Asked, identity: &Identity) -> Result<Asked, Problem> {
        let what = match asked.what {
            What::Data(data) => {
                let agreement = self.archive().agreement();
                let settled = data.settled(agreement, self.release.as_ref());
                What::Data(settled.map_err(|error| problems::of_answer(&error))?)
            }
            What::Page(mut page) => {
                if let View::Pathways(shown) = &mut page.view {
                    *shown = access::pathways_of(identity, &self.clause(), &page.whose);
                }
                What::Page(page)
            }
            other => other,
        };
        Ok(Asked { what, ..asked })
    }

    /// Whose tables the answer is made from. Rights and the access log are judged by this.
    pub(super) fn reads(&self, asked: &Asked) -> Whose {
        match &asked.what {
            What::Data(data) => data.reads(self.archive()),
            What::Cells(WhoseCells::System) | What::Coverage(_) => Whose::System,
            What::Cells(WhoseCells::Of(code)) => Whose::Organisations(vec![code.clone()]),
            What::Cells(WhoseCells::All) => {
                let release = self.release.as_ref();
                let all = release.map(|release| release.coverage().contributors);
                Whose::Organisations(all.unwrap_or_default())
            }
            What::Page(page) => page.view.subject(self.archive(), &page.whose).0,
        }
    }

    /// The categories of `pathway` that the answer tells apart; none where `pathway` is no part of it.
    pub(super) fn pathways(&self, asked: &Asked) -> Result<Option<BTreeSet<String>>, Problem> {
        Ok(match &asked.what {
            What::Data(data) => data
                .pathways(self.archive(), self.release.as_ref())
                .map_err(|error| problems::of_answer(&error))?,
            What::Cells(_) => {
                let agreement = self.archive().agreement();
                let name = self.release.as_ref().map(|release| &release.series);
                let series = name.and_then(|name| agreement.series_named(name));
                series.and_then(access::pathways_promised)
            }
            What::Coverage(_) => None,
            What::Page(page) => page.view.subject(self.archive(), &page.whose).1,
        })
    }

    /// How many cells have to be computed: the table's rows, times the employers in it.
    pub(super) fn cells(&self, asked: &Asked, whose: &Whose) -> Result<u64, Problem> {
        let employers = match whose {
            Whose::System => 1,
            Whose::Organisations(codes) => codes.len().max(1) as u64,
        };
        let of_one = match &asked.what {
            What::Data(data) => data
                .cells(self.archive(), self.release.as_ref())
                .map_err(|error| problems::of_answer(&error))?,
            What::Cells(_) => {
                let release = self.release.as_ref();
                let series = release
                    .and_then(|release| self.archive().agreement().series_named(&release.series));
                series.map_or(0, |series| {
                    let domain = series.strategy().domain();
                    let tables = picture::promised_tables(series).into_iter();
                    tables.map(|table| domain.cells(table.levels)).sum()
                })
            }
            What::Coverage(_) => 0,
            What::Page(_) => CELLS_OF_A_PAGE,
        };
        Ok(of_one.saturating_mul(employers))
    }

    /// How long callers may keep the answer.
    pub(super) fn freshness(&self, asked: &Asked) -> Freshness {
        let is_of_a_release = self.release.is_some();
        match &asked.what {
            What::Data(data) if is_of_a_release && !data.what.rests_on_posts() => {
                self.reader.freshness()
            }
            What::Cells(_) => self.reader.freshness(),
            // A page names the stylesheet, and so changes with the program.
            What::Data(_) | What::Coverage(_) | What::Page(_) => Freshness::Latest,
        }
    }
}
