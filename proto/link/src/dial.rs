//! Dialling a peer, and saying in words why it did not work.
//!
//! With TLS 1.3 a server refuses a client's certificate only after the client believes the
//! handshake done: the alert arrives with the first read, and gRPC then reports "transport error".
//! So the stream handed to tonic keeps the first TLS fault it saw, and [`Link::fault`] tells it.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use hyper_util::rt::TokioIo;
use rustls::{AlertDescription, CertificateError, ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::transport::{Channel, Endpoint, Uri};

use crate::{
    KEEP_ALIVE_INTERVAL, KEEP_ALIVE_TIMEOUT,
    credentials::{Credentials, CredentialsError, anonymous_client_config},
    identity::Identity,
    token::EnrolmentToken,
};

/// Longest that connecting and the handshake may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that mends itself, to a peer whose identity is checked at every handshake.
#[derive(Clone, Debug)]
pub struct Link {
    channel: Channel,
    fault: Arc<Mutex<Option<DialError>>>,
}

/// Why a peer cannot be reached. Each says what to do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DialError {
    /// Not an address.
    #[error("`{0}` is not an address: expected https://HOST:PORT")]
    Address(String),
    /// Nobody answers there.
    #[error("no connection to {address}: {reason}; is it running, and is the address right?")]
    Unreachable {
        /// Where.
        address: String,
        /// What the system said.
        reason: String,
    },
    /// Connected, and then nothing.
    #[error("{0} did not answer in time")]
    TimedOut(String),
    /// The peer's certificate is not of our authority.
    #[error(
        "the peer's certificate was not issued by the authority we trust: it is another system's, \
         or it must enrol again"
    )]
    OtherAuthority,
    /// The peer's certificate has expired or is not valid yet.
    #[error(
        "the peer's certificate has expired or is not valid yet: it must enrol again (or a clock is wrong)"
    )]
    PeerExpired,
    /// The peer is certified, as somebody else.
    #[error("the peer is not {expected}: check the address it was added with")]
    OtherPeer {
        /// Whom we wanted.
        expected: Identity,
    },
    /// The peer does not accept our certificate.
    #[error("the peer refused our certificate ({0}): it trusts another authority, or ours expired")]
    RefusedUs(&'static str),
    /// Any other failure of TLS.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// Our own credentials cannot be used.
    #[error("our own credentials cannot be used: {0}")]
    Credentials(String),
}

/// The TLS stream that tonic gets; remembers the first fault.
struct WatchedStream {
    stream: TlsStream<TcpStream>,
    fault: Arc<Mutex<Option<DialError>>>,
    expected: Identity,
}

/// How to reach one peer.
#[derive(Clone)]
struct Dialler {
    host: String,
    port: u16,
    expected: Identity,
    tls: Arc<ClientConfig>,
    fault: Arc<Mutex<Option<DialError>>>,
}

/// Connects to `address` (`https://HOST:PORT`), showing our certificate, and checks that the peer
/// is `expected`.
///
/// # Errors
/// [`DialError`] for everything that goes wrong up to our side of the handshake.
pub async fn connect(
    address: &str,
    expected: &Identity,
    credentials: &Credentials,
) -> Result<Link, DialError> {
    let tls = credentials
        .client_config()
        .map_err(|error| DialError::Credentials(error.to_string()))?;
    open(address, expected, tls).await
}

/// Connects to the aggregator that made `token`, without a certificate, trusting the authority in
/// the token alone.
///
/// # Errors
/// As [`connect`].
pub async fn connect_for_enrolment(
    address: &str,
    token: &EnrolmentToken,
) -> Result<Link, DialError> {
    let tls = anonymous_client_config(token.authority().clone())
        .map_err(|error: CredentialsError| DialError::Credentials(error.to_string()))?;
    let expected = Identity::Aggregator(token.aggregator().clone());
    open(address, &expected, tls).await
}

async fn open(address: &str, expected: &Identity, tls: ClientConfig) -> Result<Link, DialError> {
    let bad_address = || DialError::Address(address.to_owned());
    let uri: Uri = address.parse().map_err(|_| bad_address())?;
    if uri.scheme_str() != Some("https") || !matches!(uri.path(), "" | "/") {
        return Err(bad_address());
    }
    let dialler = Dialler {
        host: uri
            .host()
            .ok_or_else(bad_address)?
            .trim_matches(['[', ']'])
            .to_owned(),
        port: uri.port_u16().ok_or_else(bad_address)?,
        expected: expected.clone(),
        tls: Arc::new(tls),
        fault: Arc::default(),
    };
    let fault = Arc::clone(&dialler.fault);
    // tonic must not try TLS of its own, so it sees a plain address; TLS is the connector's.
    let endpoint =
        Endpoint::from_shared(format!("http://{}:{}", expected.dns_name(), dialler.port))
            .map_err(|_| bad_address())?
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .keep_alive_while_idle(true);
    let connector = tower::service_fn(move |_: Uri| {
        let dialler = dialler.clone();
        async move {
            let stream = tokio::time::timeout(CONNECT_TIMEOUT, dialler.dial())
                .await
                .unwrap_or_else(|_| Err(DialError::TimedOut(dialler.host.clone())));
            stream.map(TokioIo::new).map_err(|error| {
                remember(&dialler.fault, error.clone());
                io::Error::other(error)
            })
        }
    });
    let channel = endpoint
        .connect_with_connector(connector)
        .await
        .map_err(|error| {
            let known = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
            known.unwrap_or_else(|| DialError::Unreachable {
                address: address.to_owned(),
                reason: error.to_string(),
            })
        })?;
    Ok(Link { channel, fault })
}

// === impl Link ===

impl Link {
    /// For tonic's clients. Give each client its message limits and each call its deadline.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// What TLS said, where a call failed with no better reason than "transport error".
    #[must_use]
    pub fn fault(&self) -> Option<DialError> {
        self.fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

// === impl Dialler ===

impl Dialler {
    async fn dial(&self) -> Result<WatchedStream, DialError> {
        let unreachable = |error: io::Error| DialError::Unreachable {
            address: format!("{}:{}", self.host, self.port),
            reason: error.to_string(),
        };
        let tcp = TcpStream::connect((self.host.as_str(), self.port))
            .await
            .map_err(unreachable)?;
        tcp.set_nodelay(true).map_err(unreachable)?;
        let name = ServerName::try_from(self.expected.dns_name())
            .expect("codes and names make DNS labels");
        let stream = TlsConnector::from(Arc::clone(&self.tls))
            .connect(name, tcp)
            .await
            .map_err(|error| decode(&error, &self.expected))?;
        let (_, session) = stream.get_ref();
        let leaf = session.peer_certificates().and_then(<[_]>::first);
        let identity = leaf.and_then(|leaf| Identity::of_certificate(leaf).ok());
        if identity.as_ref() == Some(&self.expected) {
            Ok(WatchedStream {
                stream,
                fault: Arc::clone(&self.fault),
                expected: self.expected.clone(),
            })
        } else {
            Err(DialError::OtherPeer {
                expected: self.expected.clone(),
            })
        }
    }
}

fn remember(fault: &Mutex<Option<DialError>>, error: DialError) {
    *fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
}

/// The sentence for what rustls found.
fn decode(error: &io::Error, expected: &Identity) -> DialError {
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(problem)) => match problem {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => DialError::PeerExpired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                DialError::OtherPeer {
                    expected: expected.clone(),
                }
            }
            _ => DialError::OtherAuthority,
        },
        Some(rustls::Error::AlertReceived(alert)) => match alert {
            AlertDescription::CertificateExpired => DialError::RefusedUs("expired"),
            AlertDescription::CertificateRequired => DialError::RefusedUs("none was shown"),
            AlertDescription::UnknownCA => DialError::RefusedUs("unknown authority"),
            AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRevoked
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::DecryptError
            | AlertDescription::AccessDenied => DialError::RefusedUs("not accepted"),
            other => DialError::Tls(format!("the peer sent the alert {other:?}")),
        },
        Some(other) => DialError::Tls(other.to_string()),
        None => DialError::Tls(error.to_string()),
    }
}

// === impl WatchedStream ===

impl WatchedStream {
    fn watch<T>(&self, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if let Poll::Ready(Err(error)) = &result {
            let inner = error.get_ref();
            if inner
                .and_then(|e| e.downcast_ref::<rustls::Error>())
                .is_some()
            {
                remember(&self.fault, decode(error, &self.expected));
            }
        }
        result
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.watch(result)
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.watch(result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
