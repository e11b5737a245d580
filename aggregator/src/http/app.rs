//! What every endpoint shares: the store, the time, who is let in, what is kept in memory.

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

use super::{
    answers::Answers,
    metrics::Metrics,
    problem::{Kind, Problem},
    query,
};
use crate::{
    access_log::{Asked, Book},
    archive::Archive,
    config::{Entry, HttpConfig},
    export::canonical::BASE,
    identity::{
        Identity,
        door::Door,
        oidc::Issuer,
        pace::{Counted, NEVER, Pace},
        sign_in::SignIn,
    },
    picture::Whose,
    pictures::{Pictures, Publications},
    release::Release,
    store::{Store, StoreError},
    upkeep::Upkeep,
};

/// Longest path and query that the access log keeps, in characters: longer ones are refused before.
const MOST_LOGGED: usize = 8 * 1024;

/// How often what was counted in minutes before is written.
const COUNTED_EVERY: Duration = Duration::from_mins(1);

/// What is open to all costs little, and many people share an address: one may ask for it so many
/// times as often as one identity for what is behind the door.
const OPEN_FACTOR: NonZeroU32 = NonZeroU32::new(10).expect("it is not 0");

/// What every endpoint shares.
pub(crate) struct App {
    /// The aggregator's store.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What is counted of requests.
    pub metrics: Metrics,
    /// What pages call the system and its employers.
    pub(crate) notice: Option<String>,
    pub(crate) answers: Answers,
    pub(super) pictures: Pictures,
    pub(super) door: Door,
    sign_in: Option<SignIn>,
    pub(super) is_behind_tls: bool,
    pub(super) pace: Pace,
    pub(super) open_pace: Pace,
    /// Of the cells that are computed.
    pub(super) cell_pace: Pace,
    book: Book,
    pub(super) request_timeout: Duration,
    agreements: RwLock<HashMap<AgreementHash, Arc<Agreement>>>,
    pub(super) upkeep: Option<Upkeep>,
}

/// Who asks: the door let them in. An endpoint outside the door has none, and says so at its first
/// request.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub Identity);

/// The whole address asked for: an endpoint's own `Uri` has lost [`BASE`], where it is nested.
#[derive(Clone, Debug)]
pub(crate) struct Address(pub Uri);

// === impl App ===

impl App {
    /// Over `store`, for callers that `entry` lets in.
    #[must_use]
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        issuer: Option<Issuer>,
        entry: Entry,
        config: &HttpConfig,
    ) -> Self {
        Self {
            door: Door::new(store.clone(), Arc::clone(&clock), issuer, entry),
            pictures: Pictures::of(store.clone()),
            book: Book::of(store.clone()),
            answers: Answers::new(),
            notice: None,
            sign_in: None,
            is_behind_tls: config.behind_proxy,
            store,
            clock,
            metrics: Metrics::new(),
            pace: Pace::per_minute(config.requests_per_minute),
            cell_pace: Pace::per_minute(config.cells_per_minute),
            open_pace: Pace::per_minute(config.requests_per_minute.saturating_mul(OPEN_FACTOR)),
            request_timeout: Duration::from_secs(config.request_timeout_s.max(1)),
            agreements: RwLock::default(),
            upkeep: None,
        }
    }

    /// With the certificates whose ends `/readyz` tells.
    #[must_use]
    pub(crate) fn kept_up(self, upkeep: Upkeep) -> Self {
        Self {
            upkeep: Some(upkeep),
            ..self
        }
    }

    /// With what stands above every page, if anything does.
    #[must_use]
    pub(crate) fn under(self, notice: Option<String>) -> Self {
        Self { notice, ..self }
    }

    /// Where people can sign in.
    #[must_use]
    pub(crate) fn signing_in(self, sign_in: SignIn) -> Self {
        Self {
            door: self.door.with_sessions(sign_in.sessions().clone()),
            sign_in: Some(sign_in),
            ..self
        }
    }

    /// Signs people in, where that is configured.
    pub(crate) fn sign_in(&self) -> Option<&SignIn> {
        self.sign_in.as_ref()
    }

    /// All agreements that this software can read, the oldest first. Reading one from the store validates
    /// its whole strategy, so each is read once.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn agreements(&self) -> Result<Vec<Arc<Agreement>>, Problem> {
        Ok(self.agreements_and_unreadable().await?.0)
    }

    /// The same, and those that it cannot read, each with the reason.
    ///
    /// # Errors
    /// When the store cannot be read.
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
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn unpublished_of(
        &self,
        archive: &Archive,
    ) -> Result<BTreeSet<Uuid>, Problem> {
        Ok(self.publications().await?.unpublished_of(archive))
    }

    /// What is released, and what of it readers below analyst may read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn publications(&self) -> Result<Arc<Publications>, Problem> {
        let (all, now) = (self.agreements().await?, self.clock.now());
        Ok(self.pictures.publications(&all, now).await?)
    }

    /// The agreement whose hash begins with `prefix`, or is it.
    ///
    /// # Errors
    /// [`Kind::UNKNOWN_AGREEMENT`] with those there are; [`Kind::BAD_QUERY`] where several begin so.
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
                    Kind::UNKNOWN_AGREEMENT.problem(format!("agreement {hash}: {why}"))
                })
            }
            [] => {
                let detail = format!("no agreement's hash begins with `{asked}`");
                let problem = Kind::UNKNOWN_AGREEMENT.problem(detail);
                Err(problem.available(hashes))
            }
            _ => {
                let detail = format!("several agreements' hashes begin with `{asked}`");
                Err(Kind::BAD_QUERY.problem(detail).available(found))
            }
        }
    }

    /// The release of that id, as a caller wrote it.
    ///
    /// # Errors
    /// [`Kind::UNKNOWN_RELEASE`] says where the ids are.
    pub(crate) async fn release(&self, id: &str) -> Result<Release, Problem> {
        let unknown = || {
            let detail =
                format!("there is no release of that id; {BASE}/releases lists those there are");
            Kind::UNKNOWN_RELEASE.problem(detail)
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

    /// Lets so many cells be computed for `identity`.
    ///
    /// # Errors
    /// [`Kind::TOO_MANY_REQUESTS`] with the time to wait; [`Kind::BAD_QUERY`] where they are more than are
    /// ever computed at once.
    pub(super) fn afford(&self, identity: &Identity, cells: u64) -> Result<(), Problem> {
        let all = u32::try_from(cells).unwrap_or(u32::MAX);
        let Some(all) = NonZeroU32::new(all) else {
            return Ok(());
        };
        let counted = Counted::Identity(identity.via.clone());
        self.cell_pace.count_all(&counted, all).map_err(|too_many| {
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

    /// Writes that `caller` asked for tables of `whose` and what they are answered, then gives the
    /// answer back to be sent. Nothing is written of the system's tables, nor of a question that is none.
    ///
    /// # Errors
    /// The answer's own problem, or [`Kind::STORE_UNAVAILABLE`] in its place where the log cannot
    /// be written: what is not in the log is not sent.
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

    /// Writes into the access log what was counted in minutes that are over, as long as it is polled.
    pub(crate) async fn write_counted(&self) {
        loop {
            tokio::time::sleep(COUNTED_EVERY).await;
            if let Err(error) = self.book.write_minutes_before(self.clock.now()).await {
                tracing::warn!(%error, "refused reads that were counted cannot be written yet");
            }
        }
    }

    /// Writes what is still to be written before the program ends.
    ///
    /// # Errors
    /// When the log cannot be written.
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
