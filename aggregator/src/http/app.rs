//! The state that all endpoints share: store, clock, who asks, and what is kept in memory.

use std::{
    collections::{BTreeSet, HashMap},
    num::NonZeroU32,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{extract::FromRequestParts, response::Response};
use http::{StatusCode, Uri, request::Parts};
use uuid::Uuid;
use vwis_host::clock::Clock;
use vwis_model::agreement::{Agreement, AgreementError, AgreementHash};
use vwis_web::{
    metrics::Metrics,
    problem::{Kind, Problem},
    query,
    rate_limit::{NEVER, RateLimit},
};

use super::{answers::Answers, kinds};
use crate::{
    archive::Archive,
    audit::{Asked, Book},
    cache::Archives,
    config::{Entry, HttpConfig},
    export::canonical::BASE,
    identity::{
        Identity, authenticate::Authenticator, issuer::Issuer, rate_limit::Counted, sign_in::SignIn,
    },
    picture::Whose,
    publications::Publications,
    release::Release,
    store::{Store, StoreError},
    upkeep::Upkeep,
};

/// Most characters of an address that the access log keeps; longer addresses are refused before they get
/// there.
const MOST_LOGGED: usize = 8 * 1024;

/// How often the access log's counts of past minutes are written.
const COUNTED_EVERY: Duration = Duration::from_mins(1);

/// How many times as many open requests one address may make as one identity may make behind the door. They
/// cost little, and many people share an address.
const OPEN_FACTOR: NonZeroU32 = NonZeroU32::new(10).expect("it is not 0");

pub(crate) struct App {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    /// Counts requests for `/metrics`.
    pub metrics: Arc<Metrics>,
    /// The text that stands above every page, if there is one.
    pub(crate) notice: Option<String>,
    pub(crate) answers: Answers,
    pub(super) archives: Archives,
    pub(super) authenticator: Authenticator,
    sign_in: Option<SignIn>,
    /// Whether a proxy that speaks TLS stands in front.
    pub(super) is_behind_proxy: bool,
    pub(super) rate_limit: RateLimit<Counted>,
    pub(super) open_rate_limit: RateLimit<Counted>,
    /// Bounds how many cells are computed for one identity in a minute.
    cell_rate_limit: RateLimit<Counted>,
    book: Book,
    pub(super) request_timeout: Duration,
    agreements: RwLock<HashMap<AgreementHash, Arc<Agreement>>>,
    pub(super) upkeep: Option<Upkeep>,
}

/// Who asks, as the door found out. An endpoint outside the door that takes this fails at its first request.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub Identity);

/// The whole address asked for. An endpoint's own `Uri` has lost [`BASE`] where it is nested.
#[derive(Clone, Debug)]
pub(crate) struct Address(pub Uri);

// === impl App ===

impl App {
    /// An app over `store`, for callers that `entry` lets in.
    #[must_use]
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        issuer: Option<Issuer>,
        entry: Entry,
        config: &HttpConfig,
    ) -> Self {
        Self {
            authenticator: Authenticator::new(store.clone(), Arc::clone(&clock), issuer, entry),
            archives: Archives::of(store.clone()),
            book: Book::of(store.clone()),
            answers: Answers::new(),
            notice: None,
            sign_in: None,
            is_behind_proxy: config.behind_proxy,
            store,
            clock,
            metrics: Arc::default(),
            rate_limit: RateLimit::per_minute(config.requests_per_minute),
            cell_rate_limit: RateLimit::per_minute(config.cells_per_minute),
            open_rate_limit: RateLimit::per_minute(
                config.requests_per_minute.saturating_mul(OPEN_FACTOR),
            ),
            request_timeout: Duration::from_secs(config.request_timeout_s.max(1)),
            agreements: RwLock::default(),
            upkeep: None,
        }
    }

    /// Adds the certificates whose ends `/readyz` reports.
    #[must_use]
    pub(crate) fn kept_up(self, upkeep: Upkeep) -> Self {
        Self {
            upkeep: Some(upkeep),
            ..self
        }
    }

    /// Sets the text that stands above every page, if there is one.
    #[must_use]
    pub(crate) fn under(self, notice: Option<String>) -> Self {
        Self { notice, ..self }
    }

    /// Adds sign-in of people.
    #[must_use]
    pub(crate) fn signing_in(self, sign_in: SignIn) -> Self {
        Self {
            authenticator: self.authenticator.with_sessions(sign_in.sessions().clone()),
            sign_in: Some(sign_in),
            ..self
        }
    }

    /// Sign-in of people, if it is configured.
    pub(crate) fn sign_in(&self) -> Option<&SignIn> {
        self.sign_in.as_ref()
    }

    /// All agreements that this software can read, the oldest first. Each is read from the store only once,
    /// because reading one validates its whole strategy.
    pub(crate) async fn agreements(&self) -> Result<Vec<Arc<Agreement>>, Problem> {
        Ok(self.agreements_and_unreadable().await?.0)
    }

    /// All agreements that this software can read, and those that it cannot, each with the reason.
    pub(crate) async fn agreements_and_unreadable(
        &self,
    ) -> Result<(Vec<Arc<Agreement>>, Vec<(AgreementHash, AgreementError)>), Problem> {
        let (mut agreements, mut unreadable) = (Vec::new(), Vec::new());
        for hash in self.store.agreement_hashes().await? {
            match self.kept(&hash).await? {
                Some(Ok(agreement)) => agreements.push(agreement),
                Some(Err(why)) => unreadable.push((hash, why)),
                None => {}
            }
        }
        Ok((agreements, unreadable))
    }

    /// The releases of `archive` that analysts alone read.
    pub(crate) async fn unpublished_of(
        &self,
        archive: &Archive,
    ) -> Result<BTreeSet<Uuid>, Problem> {
        Ok(self.publications().await?.unpublished_of(archive))
    }

    /// All releases, and what of them readers below analyst may read.
    pub(crate) async fn publications(&self) -> Result<Arc<Publications>, Problem> {
        let (all, now) = (self.agreements().await?, self.clock.now());
        Ok(self.archives.publications(&all, now).await?)
    }

    /// The agreement whose hash is `prefix` or begins with it.
    ///
    /// # Errors
    /// [`kinds::UNKNOWN_AGREEMENT`] lists those there are; [`Kind::BAD_QUERY`] where several begin with
    /// `prefix`.
    pub(crate) async fn agreement(&self, prefix: &str) -> Result<Arc<Agreement>, Problem> {
        let hashes = self.store.agreement_hashes().await?;
        let fitting = hashes.iter().filter(|hash| hash.begins_with(prefix));
        let found: Vec<_> = fitting.collect();
        let asked = query::shortened(prefix);
        match found[..] {
            [hash] => {
                let kept = self.kept(hash).await?;
                let gone = || Kind::INTERNAL.problem("an agreement is gone from the store");
                kept.ok_or_else(gone)?.map_err(|why| {
                    kinds::UNKNOWN_AGREEMENT.problem(format!("agreement {hash}: {why}"))
                })
            }
            [] => {
                let detail = format!("no agreement's hash begins with `{asked}`");
                let problem = kinds::UNKNOWN_AGREEMENT.problem(detail);
                Err(problem.available(hashes))
            }
            _ => {
                let detail = format!("several agreements' hashes begin with `{asked}`");
                Err(Kind::BAD_QUERY.problem(detail).available(found))
            }
        }
    }

    /// The release of that id, which is text that a caller wrote.
    ///
    /// # Errors
    /// [`kinds::UNKNOWN_RELEASE`] says where to find ids.
    pub(crate) async fn release(&self, id: &str) -> Result<Release, Problem> {
        let unknown = || {
            let detail =
                format!("there is no release of that id; {BASE}/releases lists those there are");
            kinds::UNKNOWN_RELEASE.problem(detail)
        };
        let id: Uuid = id.parse().map_err(|_| unknown())?;
        self.store.release(id).await?.ok_or_else(unknown)
    }

    async fn kept(
        &self,
        hash: &AgreementHash,
    ) -> Result<Option<Result<Arc<Agreement>, AgreementError>>, Problem> {
        let held = {
            let agreements = self.agreements.read();
            let agreements = agreements.unwrap_or_else(PoisonError::into_inner);
            agreements.get(hash).cloned()
        };
        if let Some(held) = held {
            return Ok(Some(Ok(held)));
        }
        let agreement = match self.store.agreement(hash).await? {
            None => return Ok(None),
            Some(Err(why)) => return Ok(Some(Err(why))),
            Some(Ok(agreement)) => Arc::new(agreement),
        };
        let mut agreements = self
            .agreements
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        agreements.insert(*hash, Arc::clone(&agreement));
        Ok(Some(Ok(agreement)))
    }

    /// Charges `cells` computed cells to `identity`'s minute.
    ///
    /// # Errors
    /// [`Kind::TOO_MANY_REQUESTS`] with the time to wait; [`Kind::BAD_QUERY`] where `cells` is more than a
    /// minute allows.
    pub(super) fn afford(&self, identity: &Identity, cells: u64) -> Result<(), Problem> {
        let all = u32::try_from(cells).unwrap_or(u32::MAX);
        let Some(all) = NonZeroU32::new(all) else {
            return Ok(());
        };
        let counted = Counted::Identity(identity.via.clone());
        self.cell_rate_limit.count_all(&counted, all).map_err(|too_many| {
            if too_many.wait == NEVER {
                let detail = format!(
                    "this asks for {cells} cells, which is more than are computed for one identity in a \
                     minute: ask for less at once"
                );
                return Kind::BAD_QUERY.problem(detail);
            }
            Kind::TOO_MANY_REQUESTS
                .problem("more cells than are computed for one identity in a minute: wait")
                .retry_after_s(too_many.wait.as_secs() + 1)
        })
    }

    /// Writes into the access log that `caller` asked for tables of `whose` and what they are answered;
    /// returns the answer, to be sent. Requests for the system's tables, and malformed ones, are not logged.
    ///
    /// # Errors
    /// The answer's own problem; or [`Kind::STORE_UNAVAILABLE`] where the log cannot be written, because what
    /// is not in the log is not sent.
    pub(crate) async fn logged(
        &self,
        caller: &Caller,
        whose: &Whose,
        uri: &Uri,
        answer: Result<Response, Problem>,
    ) -> Result<Response, Problem> {
        let Whose::Organisations(organisations) = whose else {
            return answer;
        };
        let status = match &answer {
            Ok(response) => response.status(),
            Err(problem) => problem.status(),
        };
        if status == StatusCode::BAD_REQUEST {
            return answer;
        }
        let request = uri.path_and_query();
        let request = request.map_or(uri.path(), |whole| whole.as_str());
        let asked = Asked {
            identity: caller.0.clone(),
            organisations: organisations.clone(),
            request: request.chars().take(MOST_LOGGED).collect(),
            status: status.as_u16(),
            at: self.clock.now(),
        };
        self.book.write(asked).await?;
        answer
    }

    /// Writes the access log's counts of past minutes, once a minute; never ends.
    pub(crate) async fn write_counted(&self) {
        loop {
            tokio::time::sleep(COUNTED_EVERY).await;
            if let Err(error) = self.book.write_minutes_before(self.clock.now()).await {
                tracing::warn!(%error, "refused reads that were counted cannot be written yet");
            }
        }
    }

    /// Writes what the access log still has to write, before the program ends.
    pub(crate) async fn settle(&self) -> Result<(), StoreError> {
        self.book.settle().await
    }
}

// === impl Caller ===

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        left_by_the_door(parts)
    }
}

// === impl Address ===

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        left_by_the_door(parts)
    }
}

fn left_by_the_door<T: Clone + Send + Sync + 'static>(parts: &Parts) -> Result<T, Problem> {
    let left = parts.extensions.get::<T>().cloned();
    left.ok_or_else(|| {
        tracing::error!("an endpoint that needs to know who asks is not behind the door");
        Kind::INTERNAL.problem("it was not asked who you are")
    })
}
