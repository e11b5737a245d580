//! An issuer of bearer tokens that a test controls to the byte: real HTTP and real signatures over any
//! content. [`crate::oidc_provider`] shows how a real, well-behaved provider is handled.

use std::sync::{
    Arc, RwLock,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use aws_lc_rs::{encoding::AsDer, rsa::KeySize, signature::Ed25519KeyPair};
use axum::{Json, Router, extract::State, routing::get};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use vwis_host::clock::{Clock, SystemClock};

/// Audience of the tokens.
pub const AUDIENCE: &str = "api://vwis";
/// Bytes before the two-prime RSA key itself in PKCS #8; the head has this length for 2048 bits.
const PKCS8_HEAD_BYTES: usize = 26;

/// An issuer that listens on a free port.
pub struct Issuer {
    url: String,
    published: Arc<Published>,
    serving: JoinHandle<()>,
}

/// A signing key and its published half.
pub struct Key {
    kid: String,
    algorithm: Algorithm,
    signing: EncodingKey,
    public: Value,
}

struct Published {
    keys: RwLock<Vec<Value>>,
    hangs: AtomicBool,
    asked: AtomicUsize,
}

// === impl Key ===

impl Key {
    /// An RSA key of 2048 bits: RS256, as Entra ID signs.
    ///
    /// # Panics
    /// Where none can be made.
    #[must_use]
    pub fn rsa(kid: &str) -> Self {
        let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let signing = EncodingKey::from_rsa_der(&pkcs8.as_ref()[PKCS8_HEAD_BYTES..]);
        Self::new(kid, Algorithm::RS256, signing)
    }

    /// An Ed25519 key.
    ///
    /// # Panics
    /// Where none can be made.
    #[must_use]
    pub fn ed25519(kid: &str) -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let signing = EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref());
        Self::new(kid, Algorithm::EdDSA, signing)
    }

    fn new(kid: &str, algorithm: Algorithm, signing: EncodingKey) -> Self {
        let mut public = Jwk::from_encoding_key(&signing, algorithm).unwrap();
        public.common.key_id = Some(kid.to_owned());
        Self {
            kid: kid.to_owned(),
            algorithm,
            signing,
            public: serde_json::to_value(public).unwrap(),
        }
    }

    /// The published half, as a JWK.
    #[must_use]
    pub fn public(&self) -> &Value {
        &self.public
    }

    /// A token with these claims, signed by this key.
    ///
    /// # Panics
    /// Where it cannot be signed.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.signing).unwrap()
    }
}

// === impl Issuer ===

impl Issuer {
    /// Starts an issuer that publishes these keys.
    ///
    /// # Panics
    /// Where it cannot listen.
    pub async fn start(keys: &[&Key]) -> Self {
        let published = Arc::new(Published {
            keys: RwLock::default(),
            hangs: AtomicBool::new(false),
            asked: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let issuer = url.clone();
        let discovery = move || {
            let jwks_uri = format!("{issuer}/keys");
            let document = json!({ "issuer": issuer, "jwks_uri": jwks_uri });
            async { Json(document) }
        };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(publish))
            .with_state(Arc::clone(&published));
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let issuer = Self {
            url,
            published,
            serving,
        };
        issuer.publish(keys);
        issuer
    }

    /// The issuer's name, which is also its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Publishes these keys from now on.
    ///
    /// # Panics
    /// Where another thread panicked while it published.
    pub fn publish(&self, keys: &[&Key]) {
        let keys = keys.iter().map(|key| key.public.clone()).collect();
        *self.published.keys.write().unwrap() = keys;
    }

    /// Sets whether requests for keys are never answered.
    pub fn hang(&self, hangs: bool) {
        self.published.hangs.store(hangs, Ordering::SeqCst);
    }

    /// Number of requests for keys so far.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.published.asked.load(Ordering::SeqCst)
    }

    /// Claims of a valid token for somebody with these roles.
    #[must_use]
    pub fn claims(&self, roles: &[&str]) -> Value {
        let now_s = SystemClock.now().as_second();
        json!({
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "6f1c0d52",
            "preferred_username": "ada@trust.example",
            "iat": now_s,
            "nbf": now_s,
            "exp": now_s + 3600,
            "roles": roles,
        })
    }

    /// The section `[oidc]` of an aggregator that accepts this issuer's tokens.
    #[must_use]
    pub fn configuration(&self) -> String {
        format!(
            "\n[oidc]\nissuer = \"{}\"\naudience = \"{AUDIENCE}\"\n",
            self.url
        )
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn publish(State(published): State<Arc<Published>>) -> Json<Value> {
    published.asked.fetch_add(1, Ordering::SeqCst);
    if published.hangs.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    let keys = published.keys.read().unwrap().clone();
    Json(json!({ "keys": keys }))
}
