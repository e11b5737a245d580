//! `[http] public_url`: where browsers reach this server.

use std::fmt;

use super::oidc::is_trustworthy;

/// The address that people type: `https://vwis.example`, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    is_secure: bool,
}

/// Why this server has no public address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Not an https origin (or http on loopback).
    #[error(
        "[http] public_url = \"{0}\": expected https://HOST, without a path, as people type it \
         (http:// is taken on loopback only)"
    )]
    Form(String),
    /// The address is not set, and the one that the server listens at would not do.
    #[error(
        "[http] public_url is missing: [oidc] client_id signs people in, and the issuer sends them \
         back to PUBLIC_URL/signed-in. Set it to https://HOST, as people type it"
    )]
    Missing,
}

// === impl PublicUrl ===

impl PublicUrl {
    /// Parses an origin: https and a host, without a path; http on loopback only.
    ///
    /// # Errors
    /// [`PublicUrlError::Form`] where browsers could not be sent there safely.
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let bad = || PublicUrlError::Form(text.to_owned());
        let url = reqwest::Url::parse(text).map_err(|_| bad())?;
        let is_origin = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !is_origin || !is_trustworthy(text) {
            return Err(bad());
        }
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            is_secure: url.scheme() == "https",
        })
    }

    /// The origin as browsers spell it in the `Origin` header.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether browsers reach this server over TLS, ended here or at a proxy.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The absolute address of `path`, which begins with a slash.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_an_origin_over_tls_or_on_this_machine() {
        let parsed = PublicUrl::parse("https://VWIS.example:443/").unwrap();
        assert_eq!(parsed.origin(), "https://vwis.example");
        assert!(parsed.is_secure());
        assert!(
            !PublicUrl::parse("http://127.0.0.1:7480")
                .unwrap()
                .is_secure()
        );
        for bad in [
            "vwis.example",
            "http://vwis.example",
            "https://vwis.example/vwis",
            "https://vwis.example/?a",
            "https://a@vwis.example",
            "",
        ] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
