//! Dialling a peer, and saying in words why it did not work.
//!
//! With TLS 1.3 a server refuses a client's certificate only after the client believes the
//! handshake done: the alert arrives with the first read, and gRPC then reports "transport error".
//! So a connection counts as made only when the server's first bytes have been read:
//!
//! ```text
//! TCP ─► TLS handshake ─► identity ─► first bytes (HTTP/2 SETTINGS, which a server sends unasked)
//! ```
//!
//! Nothing is written before that, so a server that refuses us closes with nothing unread, and its
//! alert is not lost to a reset.

mod answers;

pub use answers::Answers;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use rustls::{
    AlertDescription, CertificateError, ClientConfig,
    pki_types::{ServerName, UnixTime},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::transport::{Channel, Endpoint, Uri};

use crate::{
    KEEP_ALIVE_INTERVAL, KEEP_ALIVE_TIMEOUT, MAX_HEADER_BYTES,
    credentials::{Credentials, CredentialsError, anonymous_client_config},
    identity::Identity,
    token::EnrolmentToken,
    validity::{Notice, Validity, between, in_words},
};
use vwis_host::clock::{Clock as _, SystemClock};

/// Longest that connecting, the handshake and the server's first bytes may take together.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of one answer that may be under way unread: half of the longest measurement, so that it
/// comes in few round trips.
const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
/// Bytes of all answers on a connection that may be under way unread. A link asks one thing at a time, so
/// twice one answer's is plenty.
const CONNECTION_WINDOW_BYTES: u32 = 2 * STREAM_WINDOW_BYTES;

/// A connection that mends itself, to a peer whose identity is checked at every handshake.
#[derive(Clone, Debug)]
pub struct Link {
    channel: Channel,
    fault: Arc<Mutex<Option<DialError>>>,
}

/// Why a peer cannot be reached. Each message says what to do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DialError {
    /// The text is not an address.
    #[error("`{0}` is not an address: expected https://HOST:PORT")]
    Address(String),
    /// Nobody answers at the address.
    #[error("no connection to {address}: {reason}; is it running, and is the address right?")]
    Unreachable {
        /// The host and port that were dialled.
        address: String,
        /// What the system said.
        reason: String,
    },
    /// The peer did not answer within [`CONNECT_TIMEOUT`].
    #[error("{0} did not answer in time")]
    TimedOut(String),
    /// Another authority than ours certified the peer.
    #[error(
        "the peer's certificate was not issued by the authority we trust: it is another system's, \
         or it must enrol again"
    )]
    OtherAuthority,
    /// The peer's certificate has ended.
    #[error("the certificate of {0} {1}: it needs a new one (or this machine's clock is fast)")]
    PeerExpired(Identity, Notice),
    /// The peer's certificate has not begun: a clock is wrong.
    #[error("the certificate of {0} {1}")]
    PeerNotBegun(Identity, Notice),
    /// The peer is certified, but as somebody else.
    #[error("the peer is not {expected}: check the address it was added with")]
    OtherPeer {
        /// Whom we dialled.
        expected: Identity,
    },
    /// The peer does not accept our certificate.
    #[error("the peer refused our certificate: {0}")]
    RefusedUs(String),
    /// By the peer's clock, our certificate has ended or has not begun.
    #[error("the peer refused our certificate: {0}")]
    OutOfTime(String),
    /// The peer hung up on us without an alert.
    #[error(
        "{0} closed the connection without a reason: it may be busy or stopping (try again later), or our certificate carries no identity it can read (enrol again)"
    )]
    Closed(String),
    /// What listens there does not speak TLS.
    #[error("{0} does not speak TLS: check the port")]
    NotTls(String),
    /// Any other failure of TLS.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// Our own credentials cannot be used.
    #[error("our own credentials cannot be used: {0}")]
    Credentials(String),
}

/// Bytes of the buffer for the first read: a SETTINGS frame fits, and later, larger reads bypass it.
const FIRST_BYTES: usize = 128;

/// What tonic gets: the first bytes, which were read already, and then the stream.
type Stream = BufReader<TlsStream<TcpStream>>;

/// How to reach one peer.
#[derive(Clone)]
struct Dialler {
    host: String,
    port: u16,
    expected: Identity,
    tls: Arc<ClientConfig>,
    /// From when to when our own certificate holds; `None` if none is shown, or it cannot be read.
    own: Option<Validity>,
    fault: Arc<Mutex<Option<DialError>>>,
}

/// Connects to `address` (`https://HOST:PORT`), showing our certificate, and checks that the peer
/// is `expected`.
///
/// # Errors
/// [`DialError`] for everything that goes wrong until the peer has accepted us, its refusal of our
/// certificate included.
pub async fn connect(
    address: &str,
    expected: &Identity,
    credentials: &Credentials,
) -> Result<Link, DialError> {
    let tls = credentials
        .client_config()
        .map_err(|error| DialError::Credentials(error.to_string()))?;
    open(address, expected, tls, credentials.validity()).await
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
    open(address, &expected, tls, None).await
}

async fn open(
    address: &str,
    expected: &Identity,
    tls: ClientConfig,
    own: Option<Validity>,
) -> Result<Link, DialError> {
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
        own,
        fault: Arc::default(),
    };
    let fault = Arc::clone(&dialler.fault);
    // tonic must not try TLS itself, so it sees a plain address; the connector does TLS.
    let endpoint =
        Endpoint::from_shared(format!("http://{}:{}", expected.dns_name(), dialler.port))
            .map_err(|_| bad_address())?
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .keep_alive_while_idle(true);
    let connector = tower::service_fn(move |_: Uri| {
        let dialler = dialler.clone();
        async move {
            let stream = tokio::time::timeout(CONNECT_TIMEOUT, dialler.dial())
                .await
                .unwrap_or_else(|_| Err(DialError::TimedOut(dialler.host.clone())));
            // A success forgets the last fault: an old one must not explain a later failure.
            remember(&dialler.fault, stream.as_ref().err().cloned());
            stream.map(TokioIo::new).map_err(io::Error::other)
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
    /// The channel for tonic's clients. Give each client its message limits and each call its deadline.
    #[must_use]
    pub fn channel(&self) -> Answers {
        Answers::new(self.channel.clone())
    }

    /// Why the last attempt to mend the connection failed, for a call that says only "transport error". It is
    /// told once.
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
    async fn dial(&self) -> Result<Stream, DialError> {
        let address = format!("{}:{}", self.host, self.port);
        let unreachable = |error: io::Error| DialError::Unreachable {
            address: address.clone(),
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
            .map_err(|error| decode(&error, &self.expected, self.own, &address))?;
        let (_, session) = stream.get_ref();
        let leaf = session.peer_certificates().and_then(<[_]>::first);
        let identity = leaf.and_then(|leaf| Identity::of_certificate(leaf).ok());
        if identity.as_ref() != Some(&self.expected) {
            return Err(DialError::OtherPeer {
                expected: self.expected.clone(),
            });
        }
        let mut stream = BufReader::with_capacity(FIRST_BYTES, stream);
        match stream.fill_buf().await {
            Ok([]) => Err(DialError::Closed(address)),
            Ok(_) => Ok(stream),
            Err(error) => Err(decode(&error, &self.expected, self.own, &address)),
        }
    }
}

fn at(time: UnixTime) -> Timestamp {
    let seconds = time.as_secs().try_into().unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// The sentence for a peer that finds our certificate out of its time. TLS has one alert for a certificate
/// that has ended and one that has not begun: our own certificate and clock tell which it is, and whose
/// clock is wrong.
fn out_of_time(own: Option<Validity>, now: Timestamp) -> String {
    let Some(own) = own else {
        return "by its clock it is out of its time".to_owned();
    };
    match own.notice(now) {
        Some(notice @ (Notice::Ended { .. } | Notice::NotBegun { .. })) => {
            format!("ours {notice}")
        }
        _ => format!(
            "by its clock it is out of its time, and by ours it holds from {:.0} to {:.0}: set the peer's clock, \
             which is slow by {} at least or fast by {} at least",
            own.begins,
            own.ends,
            in_words(between(own.begins, now)),
            in_words(between(now, own.ends)),
        ),
    }
}

fn remember(fault: &Mutex<Option<DialError>>, error: Option<DialError>) {
    *fault.lock().unwrap_or_else(PoisonError::into_inner) = error;
}

/// The error that says in words what rustls found.
fn decode(
    error: &io::Error,
    expected: &Identity,
    own: Option<Validity>,
    address: &str,
) -> DialError {
    let refused = |why: &str| DialError::RefusedUs(why.to_owned());
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(problem)) => match problem {
            CertificateError::ExpiredContext { time, not_after } => {
                let notice = Notice::ended(at(*not_after), at(*time));
                DialError::PeerExpired(expected.clone(), notice)
            }
            CertificateError::NotValidYetContext { time, not_before } => {
                let notice = Notice::not_begun(at(*not_before), at(*time));
                DialError::PeerNotBegun(expected.clone(), notice)
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                DialError::OtherPeer {
                    expected: expected.clone(),
                }
            }
            _ => DialError::OtherAuthority,
        },
        Some(rustls::Error::AlertReceived(alert)) => match alert {
            AlertDescription::CertificateExpired => {
                DialError::OutOfTime(out_of_time(own, SystemClock.now()))
            }
            AlertDescription::CertificateRequired => refused("none was shown"),
            AlertDescription::UnknownCA => refused("it trusts another authority"),
            AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRevoked
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::DecryptError
            | AlertDescription::AccessDenied => refused("it is not accepted there"),
            other => DialError::Tls(format!("the peer sent the alert {other:?}")),
        },
        Some(rustls::Error::InvalidMessage(_)) => DialError::NotTls(address.to_owned()),
        Some(other) => DialError::Tls(other.to_string()),
        None if matches!(
            error.kind(),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset
        ) =>
        {
            DialError::Closed(address.to_owned())
        }
        None => DialError::Tls(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_for_the_time_says_whose_clock_is_off_and_by_how_much() {
        let own = Validity {
            begins: "2026-11-25T00:00:00Z".parse().unwrap(),
            ends: "2027-12-27T00:00:00Z".parse().unwrap(),
        };
        let said = |now: &str| out_of_time(Some(own), now.parse().unwrap());
        let theirs = said("2026-11-25T03:00:00Z");
        assert!(theirs.contains("set the peer's clock"), "{theirs}");
        assert!(theirs.contains("slow by 3 hours at least"), "{theirs}");
        assert!(said("2028-01-05T00:00:00Z").contains("ours ended on 2027-12-27, 9 days ago"));
        assert!(said("2026-11-24T23:00:00Z").contains("60 minutes from now"));
    }
}
