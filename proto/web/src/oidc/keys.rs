//! The issuer's public keys: found by discovery, held in memory, and fetched again within bounds.
//!
//! ```text
//! kid held ────────────────────────────────► use it; held for long? ask again in the background
//! kid not held ─► wait for the one that asks ─► asked within the bounds? ─ no ─► refuse at once
//!                 (one at a time, 5 s at most)  └─ yes ─► ask, hold, look again
//! ```
//! An issuer that hangs therefore delays nobody whose key is held, and others by at most 5 seconds. Callers
//! who invent a `kid` per request make the issuer hardly any work.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};
use reqwest::{Client, redirect};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::{
    sync::{Mutex, RwLock},
    time::Instant,
};

use super::bounded::{self, AskError, PATIENCE};
use super::is_trustworthy;

/// After the issuer failed, it is not asked again for this long.
const PAUSE: Duration = Duration::from_secs(5);
/// Keys older than this are fetched again, so that withdrawn keys go.
const FRESH: Duration = Duration::from_hours(1);
/// Keys older than this are not used any more, even if the issuer cannot be asked.
const STALE: Duration = Duration::from_hours(24);
/// Most times that the issuer is asked in a row; after that, once every [`EVERY`].
const BURST: u32 = 5;
/// How often the issuer is asked at most, after a [`BURST`].
const EVERY: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(super) struct Keys(Arc<Inner>);

struct Inner {
    issuer: String,
    client: Client,
    cached: RwLock<Option<CachedMetadata>>,
    /// Held by whoever asks the issuer; contains when asking last failed.
    asking: Mutex<Option<Instant>>,
    refreshing: AtomicBool,
    bounds: DefaultDirectRateLimiter,
}

/// What an issuer published when it was last asked.
struct CachedMetadata {
    metadata: Arc<ProviderMetadata>,
    at: Instant,
}

/// What an issuer publishes of itself: its keys, and where it signs people in.
struct ProviderMetadata {
    keys: Vec<PublicKey>,
    endpoints: Endpoints,
}

/// Where an issuer signs people in; none of what its discovery document does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoints {
    /// The address to which browsers are sent.
    pub(crate) authorization: Option<String>,
    /// The address at which codes are exchanged.
    pub(crate) token: Option<String>,
}

struct PublicKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyError {
    /// The issuer has no key of that name and kind.
    Unknown,
    /// The issuer cannot be asked now.
    Unavailable {
        /// Seconds until asking again may help.
        retry_after_s: u64,
    },
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
}

impl Discovery {
    /// An address in the document that is not over TLS, if there is one: anybody on the way could answer for
    /// it.
    fn untrustworthy(&self) -> Option<&String> {
        let endpoints = [&self.authorization_endpoint, &self.token_endpoint];
        let endpoints = endpoints.into_iter().flatten();
        let mut all = endpoints.chain([&self.jwks_uri]);
        all.find(|address| !is_trustworthy(address))
    }
}

/// The document of keys. They are parsed one by one, so that a key of a new kind does not hide the others.
#[derive(Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

// === impl Keys ===

impl Keys {
    /// Holds no keys yet.
    pub(super) fn of(issuer: &str) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .build()?;
        let burst = NonZeroU32::new(BURST).expect("it is not 0");
        let quota = Quota::with_period(EVERY)
            .expect("it is not 0")
            .allow_burst(burst);
        Ok(Self(Arc::new(Inner {
            issuer: issuer.to_owned(),
            client,
            cached: RwLock::new(None),
            asking: Mutex::new(None),
            refreshing: AtomicBool::new(false),
            bounds: RateLimiter::direct(quota),
        })))
    }

    /// The key named `kid` for that algorithm; without a name, the only key for it.
    pub(super) async fn find(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<DecodingKey, KeyError> {
        let seen = self.0.seen().await;
        if let Some((keys, age)) = &seen
            && let Some(key) = chosen(&keys.keys, kid, algorithm)
        {
            if *age >= FRESH {
                self.refresh();
            }
            return Ok(key);
        }
        let before = seen.map(|(keys, _)| keys);
        let keys = self.0.ask(before.as_ref()).await?;
        chosen(&keys.keys, kid, algorithm).ok_or(KeyError::Unknown)
    }

    /// Where the issuer signs people in.
    pub(super) async fn endpoints(&self) -> Result<Endpoints, KeyError> {
        let known = match self.0.seen().await {
            Some((known, age)) => {
                if age >= FRESH {
                    self.refresh();
                }
                known
            }
            None => self.0.ask(None).await?,
        };
        Ok(known.endpoints.clone())
    }

    /// The HTTP client for asking the issuer.
    pub(super) fn client(&self) -> &Client {
        &self.0.client
    }

    /// Fetches the keys again in the background, unless that is under way already.
    fn refresh(&self) {
        if self.0.refreshing.swap(true, Ordering::AcqRel) {
            return;
        }
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move {
            let before = inner.seen().await.map(|(keys, _)| keys);
            // The failure is in the log; the keys held are used until they are [`STALE`].
            let _ = inner.ask(before.as_ref()).await;
            inner.refreshing.store(false, Ordering::Release);
        });
    }
}

// === impl Inner ===

impl Inner {
    /// The keys held and their age, if they may still be used.
    async fn seen(&self) -> Option<(Arc<ProviderMetadata>, Duration)> {
        let cached = self.cached.read().await;
        let cached = cached.as_ref()?;
        let age = cached.at.elapsed();
        (age < STALE).then(|| (Arc::clone(&cached.metadata), age))
    }

    /// Fetches the keys, unless another caller replaced `before` while this one waited.
    async fn ask(
        &self,
        before: Option<&Arc<ProviderMetadata>>,
    ) -> Result<Arc<ProviderMetadata>, KeyError> {
        let waiting = tokio::time::timeout(PATIENCE, self.asking.lock());
        let Ok(mut failed) = waiting.await else {
            return Err(unavailable(PAUSE));
        };
        let now = self.seen().await.map(|(keys, _)| keys);
        if let Some(now) = &now
            && before.is_none_or(|before| !Arc::ptr_eq(before, now))
        {
            return Ok(Arc::clone(now));
        }
        // Whoever waited while the issuer hung does not wait for it again.
        if let Some(failed) = *failed
            && failed.elapsed() < PAUSE
        {
            return Err(unavailable(PAUSE));
        }
        if let Err(early) = self.bounds.check() {
            // The keys held were fetched a moment ago, so a name that they lack does not exist.
            let wait = early.wait_time_from(DefaultClock::default().now());
            return now.ok_or_else(|| unavailable(wait));
        }
        let asked = tokio::time::timeout(PATIENCE, self.fetch()).await;
        let asked = asked.unwrap_or_else(|_| Err(AskError::TookTooLong(self.issuer.clone())));
        match asked {
            Ok(keys) => {
                let keys = Arc::new(keys);
                let cached = CachedMetadata {
                    metadata: Arc::clone(&keys),
                    at: Instant::now(),
                };
                *self.cached.write().await = Some(cached);
                *failed = None;
                Ok(keys)
            }
            Err(error) => {
                tracing::warn!(issuer = %self.issuer, %error, "cannot get the issuer's keys");
                *failed = Some(Instant::now());
                Err(unavailable(PAUSE))
            }
        }
    }

    async fn fetch(&self) -> Result<ProviderMetadata, AskError> {
        let base = self.issuer.trim_end_matches('/');
        let discovery: Discovery = self
            .get(&format!("{base}/.well-known/openid-configuration"))
            .await?;
        if discovery.issuer != self.issuer {
            return Err(AskError::OtherIssuer(discovery.issuer));
        }
        if let Some(address) = discovery.untrustworthy() {
            return Err(AskError::Untrustworthy(address.clone()));
        }
        let published: Published = self.get(&discovery.jwks_uri).await?;
        let keys: Vec<_> = usable(published);
        if keys.is_empty() {
            return Err(AskError::NoKeys);
        }
        Ok(ProviderMetadata {
            keys,
            endpoints: Endpoints {
                authorization: discovery.authorization_endpoint,
                token: discovery.token_endpoint,
            },
        })
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, AskError> {
        let http = |error: reqwest::Error| AskError::Http(url.to_owned(), error.without_url());
        let sent = self.client.get(url).send().await;
        let answer = sent
            .and_then(reqwest::Response::error_for_status)
            .map_err(http)?;
        let body = bounded::read(url, answer).await?;
        serde_json::from_slice(&body).map_err(|_| AskError::Form(url.to_owned()))
    }
}

fn unavailable(wait: Duration) -> KeyError {
    KeyError::Unavailable {
        retry_after_s: wait.as_secs().max(1),
    }
}

fn chosen(keys: &[PublicKey], kid: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
    let mut able = keys.iter().filter(|key| key.algorithm == algorithm);
    let found = match kid {
        Some(kid) => able.find(|key| key.kid.as_deref() == Some(kid)),
        None => able.next().filter(|_| able.next().is_none()),
    };
    found.map(|key| key.key.clone())
}

/// The keys that can check a signature by an algorithm taken here. Symmetric keys are left out: a published
/// secret is none.
fn usable(published: Published) -> Vec<PublicKey> {
    let read = published
        .keys
        .into_iter()
        .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    let set = JwkSet {
        keys: read.collect(),
    };
    set.keys.iter().filter_map(public_key).collect()
}

fn public_key(jwk: &Jwk) -> Option<PublicKey> {
    let signs = matches!(
        jwk.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    );
    let (algorithm, own) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (Algorithm::RS256, KeyAlgorithm::RS256),
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        _ => return None,
    };
    // A key may name its algorithm, or leave it open.
    let meant = jwk.common.key_algorithm.is_none_or(|named| named == own);
    if !signs || !meant {
        return None;
    }
    Some(PublicKey {
        kid: jwk.common.key_id.clone(),
        algorithm,
        key: DecodingKey::from_jwk(jwk).ok()?,
    })
}

/// For tests: the names of the keys in a document that would be used.
#[cfg(test)]
pub(super) fn names_of_usable(document: serde_json::Value) -> Vec<String> {
    let published = serde_json::from_value(document).unwrap();
    let names = usable(published).into_iter().map(|key| key.kid);
    names.map(Option::unwrap_or_default).collect()
}
