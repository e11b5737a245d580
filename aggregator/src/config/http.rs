//! `[http]`: where the API is served, and to whom.
//!
//! ```text
//!                     `anonymous`, and no identity    else
//! loopback            anonymous, in that role         credentials
//! loopback, proxied   refused                         credentials
//! elsewhere           refused                         credentials, over TLS or behind a proxy
//! ```
//!
//! Identity counts as configured with `[oidc]`, or once any API token was ever made: revoking the
//! last one must not open the door. Nobody is anonymous unless the file says so: a machine may have
//! users who cannot read the store's file, and a proxy in front of which this program knows nothing.
//! Behind a proxy every caller comes from loopback, so nobody is anonymous there.

use std::{
    net::SocketAddr,
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use vwis_picture::reader::Role;
use vwis_web::{
    public_url::{PublicUrl, PublicUrlError},
    server::{Listening, TlsFiles},
};

/// Where the API listens unless `[http]` says otherwise: loopback, port 7480.
pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7480);

/// What `[http]` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpConfig {
    /// Address of the API; port 0 takes any free one.
    pub listen: SocketAddr,
    /// PEM file of the certificate chain, for TLS; relative to the aggregator's folder.
    pub certificate: Option<PathBuf>,
    /// PEM file of its private key.
    pub key: Option<PathBuf>,
    /// Whether a proxy that speaks TLS stands in front, so that plain HTTP may leave this machine.
    pub behind_proxy: bool,
    /// Where browsers reach this server, `https://HOST`: what sign-in needs.
    pub public_url: Option<String>,
    /// What programs on this machine are taken for without credentials, until there is an API token or
    /// `[oidc]`; nobody is let in without where this is missing.
    pub anonymous: Option<Role>,
    /// Most requests of one identity in a minute.
    pub requests_per_minute: NonZeroU32,
    /// Most cells that are computed for one identity in a minute: a table's rows for each employer in it. What
    /// is kept costs none.
    pub cells_per_minute: NonZeroU32,
    /// Most connections served at once.
    pub most_connections: u32,
    /// Longest that one answer may take to begin.
    pub request_timeout_s: u64,
}

/// Who may speak to the API without credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Programs on this machine, which get this role.
    Anonymous(Role),
    /// Nobody: every request needs credentials.
    Credentials,
}

/// Why the API is not served as it is configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Only one of certificate and key is configured.
    #[error(
        "[http] has only one of `certificate` and `key`: TLS takes both, plain HTTP takes neither"
    )]
    HalfTls,
    /// With `anonymous`, other machines could read everything.
    #[error(
        "[http] listen = \"{0}\" can be reached from other machines, and with `anonymous` nobody would \
         be asked who they are: configure [oidc], or make an API token (`token create`), or take \
         `anonymous` out, or listen on {DEFAULT_LISTEN}"
    )]
    NobodyKnown(SocketAddr),
    /// With `anonymous`, whoever comes through the proxy could read everything.
    #[error(
        "[http] behind_proxy = true, and with `anonymous` nobody would be asked who they are: configure \
         [oidc], or make an API token (`token create`), or take `anonymous` out, or leave the proxy out"
    )]
    NobodyKnownBehindProxy,
    /// Tokens would cross the network in the clear.
    #[error(
        "[http] listen = \"{0}\" can be reached from other machines over plain HTTP, which shows \
         every token on the way: name `certificate` and `key` (PEM files), or set behind_proxy = \
         true where a proxy with TLS stands in front"
    )]
    Plain(SocketAddr),
}

// === impl HttpConfig ===

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: DEFAULT_LISTEN,
            certificate: None,
            key: None,
            behind_proxy: false,
            public_url: None,
            anonymous: None,
            requests_per_minute: NonZeroU32::new(600).expect("it is not 0"),
            cells_per_minute: NonZeroU32::new(20_000_000).expect("it is not 0"),
            most_connections: 256,
            request_timeout_s: 30,
        }
    }
}

impl HttpConfig {
    /// Where to listen, and how; paths are relative to `dir`.
    ///
    /// # Errors
    /// [`EntryError::HalfTls`] where only one of the files for TLS is there.
    pub(crate) fn listening(&self, dir: &Path) -> Result<Listening, EntryError> {
        Ok(Listening {
            address: self.listen,
            tls: self.tls(dir)?,
            is_behind_proxy: self.behind_proxy,
            most_connections: usize::try_from(self.most_connections).unwrap_or(usize::MAX),
        })
    }

    /// The files for TLS; none means plain HTTP.
    fn tls(&self, dir: &Path) -> Result<Option<TlsFiles>, EntryError> {
        match (&self.certificate, &self.key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(TlsFiles {
                certificate: dir.join(certificate),
                key: dir.join(key),
            })),
            _ => Err(EntryError::HalfTls),
        }
    }

    /// Where browsers reach a server that listens at `own_url`: `public_url` if it is set; on loopback
    /// without a proxy, `own_url` itself.
    ///
    /// # Errors
    /// [`PublicUrlError`] names the key.
    pub fn public_url(&self, own_url: &str) -> Result<PublicUrl, PublicUrlError> {
        match &self.public_url {
            Some(url) => PublicUrl::parse(url),
            None if self.listen.ip().is_loopback() && !self.behind_proxy => {
                PublicUrl::parse(own_url)
            }
            None => Err(PublicUrlError::Missing),
        }
    }

    /// Who may speak to the API without credentials, by the table above. `identity_configured` says whether
    /// callers can be told apart: by `[oidc]`, or by any API token ever made.
    ///
    /// # Errors
    /// [`EntryError`] names the fix where the answer would be "anybody" or "in the clear".
    pub fn entry(&self, identity_configured: bool) -> Result<Entry, EntryError> {
        let tls = self.tls(Path::new(""))?.is_some();
        let loopback = self.listen.ip().is_loopback();
        match self.anonymous.filter(|_| !identity_configured) {
            Some(_) if !loopback => Err(EntryError::NobodyKnown(self.listen)),
            Some(_) if self.behind_proxy => Err(EntryError::NobodyKnownBehindProxy),
            Some(role) => Ok(Entry::Anonymous(role)),
            None if !loopback && !tls && !self.behind_proxy => Err(EntryError::Plain(self.listen)),
            None => Ok(Entry::Credentials),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(listen: &str) -> HttpConfig {
        HttpConfig {
            listen: listen.parse().unwrap(),
            ..HttpConfig::default()
        }
    }

    fn open(config: &HttpConfig) -> HttpConfig {
        HttpConfig {
            anonymous: Some(Role::Analyst),
            ..config.clone()
        }
    }

    fn with_tls(listen: &str) -> HttpConfig {
        HttpConfig {
            certificate: Some("a.pem".into()),
            key: Some("a.key".into()),
            ..http(listen)
        }
    }

    fn proxied(listen: &str) -> HttpConfig {
        HttpConfig {
            behind_proxy: true,
            ..http(listen)
        }
    }

    #[test]
    fn nobody_is_anonymous_unless_the_file_says_so_on_this_machine_and_before_anybody_is_known() {
        for loopback in ["127.0.0.1:0", "[::1]:7480", "127.9.9.9:1"] {
            let here = open(&http(loopback));
            assert_eq!(here.entry(false), Ok(Entry::Anonymous(Role::Analyst)));
            assert_eq!(here.entry(true), Ok(Entry::Credentials));
            let refused = open(&proxied(loopback)).entry(false);
            assert_eq!(refused, Err(EntryError::NobodyKnownBehindProxy));
            // `anonymous` is off unless it is asked for.
            for config in [http(loopback), proxied(loopback)] {
                assert_eq!(config.entry(false), Ok(Entry::Credentials));
                assert_eq!(config.entry(true), Ok(Entry::Credentials));
            }
        }
        for elsewhere in ["0.0.0.0:7480", "[::]:7480", "10.0.0.1:7480"] {
            for config in [http(elsewhere), with_tls(elsewhere), proxied(elsewhere)] {
                let refused = open(&config).entry(false);
                let is_refused = matches!(refused, Err(EntryError::NobodyKnown(_)));
                assert!(is_refused, "{elsewhere}");
            }
        }
    }

    #[test]
    fn tokens_leave_this_machine_only_over_tls_or_through_a_proxy() {
        let open = "0.0.0.0:7480";
        assert!(matches!(http(open).entry(true), Err(EntryError::Plain(_))));
        assert_eq!(with_tls(open).entry(true), Ok(Entry::Credentials));
        assert_eq!(proxied(open).entry(true), Ok(Entry::Credentials));
    }

    #[test]
    fn where_browsers_come_is_told_unless_they_are_on_this_machine() {
        let own = "http://127.0.0.1:7480";
        let local = http("127.0.0.1:7480").public_url(own).unwrap();
        assert_eq!(local.origin(), own);
        for config in [proxied("127.0.0.1:7480"), with_tls("0.0.0.0:443")] {
            assert_eq!(config.public_url(own), Err(PublicUrlError::Missing));
            let told = HttpConfig {
                public_url: Some("https://vwis.example".to_owned()),
                ..config
            };
            assert!(told.public_url(own).unwrap().is_secure());
        }
    }

    #[test]
    fn a_certificate_without_its_key_is_no_tls() {
        let half = HttpConfig {
            key: None,
            ..with_tls("127.0.0.1:0")
        };
        assert_eq!(half.entry(true), Err(EntryError::HalfTls));
    }
}
