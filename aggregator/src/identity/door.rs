//! The door: turns a request's credentials into an identity, or into the words with which it is refused.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use http::{HeaderMap, Method, Uri, Version, header};
use vwis_host::clock::Clock;

use super::{Identity, Role, oidc::Issuer, refusal::Refusal, session::Sessions, tokens};
use crate::{
    config::Entry,
    credentials::TokenState,
    store::{Store, StoreError},
};

/// Longest bearer token that is looked at: an Entra token has some 2 KiB.
const MOST_TOKEN_BYTES: usize = 8 * 1024;

pub(crate) struct Door {
    store: Store,
    clock: Arc<dyn Clock>,
    issuer: Option<Issuer>,
    /// Sessions of people who signed in, where sign-in is configured.
    sessions: Option<Sessions>,
    /// The role that callers without credentials get, where they are let in.
    anonymous_role: Option<Role>,
    /// Whether callers without credentials are still let in; once false, it stays so.
    anonymous: AtomicBool,
}

// === impl Door ===

impl Door {
    /// Lets in whom `entry` lets in, and holders of tokens of `issuer`, where one is configured.
    #[must_use]
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        issuer: Option<Issuer>,
        entry: Entry,
    ) -> Self {
        Self {
            store,
            clock,
            issuer,
            sessions: None,
            anonymous_role: match entry {
                Entry::Anonymous(role) => Some(role),
                Entry::Credentials => None,
            },
            anonymous: AtomicBool::new(entry != Entry::Credentials),
        }
    }

    /// Also lets in whoever has a session.
    #[must_use]
    pub(crate) fn with_sessions(self, sessions: Sessions) -> Self {
        Self {
            sessions: Some(sessions),
            ..self
        }
    }

    /// Who asks: the holder of the bearer token or, for reading only, of the session cookie. A session that
    /// is over counts as none.
    ///
    /// # Errors
    /// [`Refusal`], in words for the caller.
    pub(crate) async fn admit(
        &self,
        method: &Method,
        headers: &HeaderMap,
        uri: &Uri,
        version: Version,
    ) -> Result<Identity, Refusal> {
        if let Some(token) = bearer(headers)? {
            return self.known(token).await;
        }
        let reader = match &self.sessions {
            Some(sessions) => sessions.reader(method, headers, self.clock.now()).await?,
            None => None,
        };
        match reader {
            Some(identity) => Ok(identity),
            None => match self.anonymous_role {
                Some(role) if self.lets_anybody_in().await? => {
                    if is_local(headers, uri, version) {
                        Ok(Identity::on_this_machine(role))
                    } else {
                        Err(Refusal::NotLocal)
                    }
                }
                _ => Err(Refusal::NoCredentials),
            },
        }
    }

    /// Whether callers without credentials are let in. The first API token ever made ends this at once,
    /// without a restart.
    async fn lets_anybody_in(&self) -> Result<bool, StoreError> {
        if !self.anonymous.load(Ordering::Acquire) {
            return Ok(false);
        }
        if self.store.any_api_token().await? {
            self.anonymous.store(false, Ordering::Release);
            tracing::info!("an API token was made: credentials are needed from now on");
            return Ok(false);
        }
        Ok(true)
    }

    async fn known(&self, token: &str) -> Result<Identity, Refusal> {
        let Some(hash) = tokens::hash_of(token) else {
            let issuer = self.issuer.as_ref().ok_or(Refusal::NoIssuer)?;
            return issuer.identify(token, self.clock.now()).await;
        };
        let record = self.store.api_token(&hash).await?;
        let record = record.ok_or(Refusal::Token("unknown"))?;
        let now = self.clock.now();
        match record.state(now) {
            TokenState::Good => {}
            other => return Err(Refusal::Token(other.in_words())),
        }
        if record.is_use_worth_keeping(now) {
            // A use that cannot be stored turns nobody away: a full disk still lets people read.
            if let Err(error) = self.store.api_token_used(record.id, now).await {
                tracing::warn!(%error, token = record.id, "a token's use could not be kept");
            }
        }
        Ok(record.identity())
    }
}

/// The token of `Authorization: Bearer TOKEN`.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| Refusal::NotBearer)?;
    let (scheme, token) = text.split_once(' ').ok_or(Refusal::NotBearer)?;
    let token = token.trim();
    let whole = scheme.eq_ignore_ascii_case("bearer")
        && !token.is_empty()
        && token.len() <= MOST_TOKEN_BYTES
        && !token.contains(char::is_whitespace)
        && values.next().is_none();
    whole.then_some(Some(token)).ok_or(Refusal::NotBearer)
}

/// Whether a program on this machine asks on its own behalf.
///
/// A page of a foreign site can make a browser on this machine ask this server. If it uses a foreign name
/// that was pointed here (DNS rebinding), the Host header shows it; if it uses this server's own name, the
/// browser says so (`Sec-Fetch-Site`). A proxy names itself in one of many headers, or speaks HTTP/1.0 as
/// nginx does.
fn is_local(headers: &HeaderMap, uri: &Uri, version: Version) -> bool {
    let hosts: Vec<_> = headers.get_all(header::HOST).iter().collect();
    let host = match hosts[..] {
        [host] => host.to_str().ok(),
        _ => None,
    };
    let whole = uri.authority().map(http::uri::Authority::as_str);
    host.is_some_and(is_this_machine)
        && whole.is_none_or(is_this_machine)
        && version > Version::HTTP_10
        && !headers.iter().any(|(name, value)| {
            let name = name.as_str();
            names_a_proxy(name) || (name == "sec-fetch-site" && !is_own_site(value.as_bytes()))
        })
}

fn is_this_machine(host: &str) -> bool {
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// Whether `Sec-Fetch-Site` says that the user typed the address, or that a page of this server asks.
fn is_own_site(value: &[u8]) -> bool {
    [&b"none"[..], b"same-origin"].contains(&value)
}

/// Whether only proxies send a header of that name.
fn names_a_proxy(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "forwarded",
        "via",
        "client-ip",
        "true-client-ip",
        "x-real-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-remote-ip",
        "x-remote-addr",
        "x-proxyuser-ip",
        "x-host",
        "cdn-loop",
    ];
    const BEGINNINGS: [&str; 13] = [
        "x-forwarded",
        "x-original-",
        "x-rewrite-",
        "x-envoy-",
        "x-amz-cf-",
        "x-amzn-",
        "x-appengine-",
        "x-arr-",
        "x-azure-",
        "x-proxy-",
        "cf-",
        "fly-",
        "fastly-",
    ];
    NAMES.contains(&name)
        || BEGINNINGS.iter().any(|begin| name.starts_with(begin))
        || name.ends_with("-for")
        || name.ends_with("-client-ip")
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::try_from(*value).unwrap());
        }
        headers
    }

    #[test]
    fn only_a_bearer_and_one_token_are_credentials() {
        let read = |value: &str| {
            let headers = headers(&[(header::AUTHORIZATION, value)]);
            bearer(&headers).map(|token| token.map(str::to_owned))
        };
        assert_eq!(read("Bearer abc").unwrap().as_deref(), Some("abc"));
        assert_eq!(read("bearer  abc").unwrap().as_deref(), Some("abc"));
        let long = format!("Bearer {}", "a".repeat(MOST_TOKEN_BYTES + 1));
        for bad in [
            "Bearer",
            "Bearer ",
            "Basic YTpi",
            "Bearer a b",
            "abc",
            &long,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let twice = headers(&[
            (header::AUTHORIZATION, "Bearer a"),
            (header::AUTHORIZATION, "Bearer b"),
        ]);
        assert!(bearer(&twice).is_err());
        assert!(bearer(&HeaderMap::new()).unwrap().is_none());
    }

    fn asked(pairs: &[(HeaderName, &str)]) -> bool {
        let uri = Uri::from_static("/api/v1/releases");
        is_local(&headers(pairs), &uri, Version::HTTP_11)
    }

    #[test]
    fn without_identity_only_programs_on_this_machine_are_answered() {
        for good in [
            "127.0.0.1:7480",
            "localhost",
            "LOCALHOST:1",
            "[::1]:7480",
            "[::1]",
        ] {
            assert!(asked(&[(header::HOST, good)]), "{good}");
        }
        for bad in [
            "evil.example",
            "evil.example:7480",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "",
        ] {
            assert!(!asked(&[(header::HOST, bad)]), "{bad}");
        }
        assert!(!asked(&[]));
        let twice = [(header::HOST, "localhost"), (header::HOST, "localhost")];
        assert!(!asked(&twice));
        let here = headers(&[(header::HOST, "localhost")]);
        let absolute = Uri::from_static("http://evil.example/api/v1/releases");
        assert!(!is_local(&here, &absolute, Version::HTTP_11));
        let plain = Uri::from_static("/");
        for old in [Version::HTTP_09, Version::HTTP_10] {
            assert!(!is_local(&here, &plain, old), "{old:?}");
        }
    }

    #[test]
    fn nothing_that_came_through_another_program_or_site_is_anonymous() {
        let with = |name: &str, value: &str| {
            let name = HeaderName::try_from(name).unwrap();
            asked(&[(header::HOST, "localhost"), (name, value)])
        };
        for proxy in [
            "Forwarded",
            "Via",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Forwarded-Port",
            "X-Forwarded-Server",
            "X-Forwarded-Prefix",
            "X-Forwarded",
            "X-Real-IP",
            "X-Client-IP",
            "X-Cluster-Client-IP",
            "True-Client-IP",
            "Client-IP",
            "CF-Connecting-IP",
            "CF-Ray",
            "CDN-Loop",
            "Fastly-Client-IP",
            "Fly-Client-IP",
            "X-Envoy-External-Address",
            "X-Envoy-Original-Path",
            "X-Original-For",
            "X-Original-URL",
            "X-Original-Forwarded-For",
            "X-ProxyUser-Ip",
            "X-Coming-For",
            "X-Azure-ClientIP",
            "X-Amzn-Trace-Id",
            "X-Nginx-Client-IP",
        ] {
            assert!(!with(proxy, "10.0.0.1"), "{proxy}");
            assert!(!with(proxy, ""), "{proxy}, empty");
        }
        for other in ["cross-site", "same-site", "", "none, cross-site"] {
            assert!(!with("sec-fetch-site", other), "{other}");
        }
        for own in ["none", "same-origin"] {
            assert!(with("sec-fetch-site", own), "{own}");
        }
        for plain in ["accept", "x-request-id", "if-none-match", "sec-fetch-mode"] {
            assert!(with(plain, "a"), "{plain}");
        }
    }
}
