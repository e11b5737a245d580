//! The TLS accept loop.
//!
//! ```text
//! accept ─► handshake ─► place (bounded, in fair shares) ─► tonic, behind a guard
//!           └─ a task of its own, within a time ──┘
//! ```
//!
//! Only peers that have finished their handshake count against the bound on connections: otherwise
//! a few that say nothing would keep everybody out. Unfinished handshakes have a bound of their
//! own; beyond it the oldest gives way, since an honest peer needs milliseconds. A connection that gave
//! way is held for a second before it is closed ([`Lingering`]). A new certificate reaches new handshakes
//! only, so the age of connections is bounded; a new authority ends them all.

mod bounds;
mod current;
mod guard;
mod pace;
mod refusal;
mod watched;

pub use bounds::{MAX_CONNECTION_AGE, bounded};
pub use current::{CredentialFiles, CredentialFilesError};
pub use guard::{Callers, Guard, Guarded};
pub use refusal::refuse;

use std::{
    collections::VecDeque,
    future::Future,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{Arc, LazyLock},
    task::{Context, Poll},
    time::Duration,
};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::Connected;
use vwis_host::peers::{Lingering, Peer, Places, Repeated};

use self::{
    current::Current,
    watched::{Under, Watched},
};
use crate::{
    credentials::Credentials,
    identity::{Identity, IdentityError},
};

/// Longest a handshake, and the wait for a place after it, may take.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Most handshakes under way at once.
const MAX_HANDSHAKES: usize = 256;
/// Bytes of the client's preface and an empty SETTINGS frame: a peer that sent less has not begun.
const PREFACE_BYTES: usize = 33;
/// Pause after `accept` fails for lack of resources, so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Counts refused connections for the log: anybody can cause them.
static REFUSED: LazyLock<Repeated> = LazyLock::new(Repeated::default);

/// Whether peers must show a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerCertificates {
    /// Every peer must show a certificate of the authority, with an identity in it.
    Required,
    /// Peers are not asked for a certificate, because they come to enrol.
    NotAsked,
}

/// Why a listener cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The credentials cannot be used.
    #[error("cannot serve TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The files of the credentials cannot be used.
    #[error("cannot serve TLS: {0}")]
    Files(#[from] CredentialFilesError),
}

/// A bound address whose handshakes have begun to be answered.
pub struct TlsListener {
    address: SocketAddr,
    current: Arc<Current>,
    connections: mpsc::Receiver<io::Result<Connection>>,
    accepting: JoinHandle<()>,
}

/// What a request's extensions say about its connection.
#[derive(Clone, Debug)]
pub struct PeerInfo {
    /// The identity in the peer's certificate; `None` if no certificate was asked for.
    pub identity: Option<Identity>,
    /// The address that it connected from.
    pub address: SocketAddr,
}

/// An accepted connection.
pub struct Connection {
    stream: TlsStream<Watched>,
    peer: PeerInfo,
    /// Bytes of the client's preface that are still to come.
    preface: usize,
}

/// Connections for tonic's `serve_with_incoming`. The accept loop ends when this is dropped.
pub struct Incoming {
    stream: ReceiverStream<io::Result<Connection>>,
    accepting: JoinHandle<()>,
}

/// Replaces the credentials of a listener while it runs.
#[derive(Clone)]
pub struct Reload {
    current: Arc<Current>,
}

#[derive(Debug, thiserror::Error)]
enum HandshakeError {
    #[error(transparent)]
    Certificate(rustls::Error),
    #[error("took too long")]
    TimedOut,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("showed no certificate")]
    NoCertificate,
}

// === impl PeerInfo ===

impl From<&PeerInfo> for Peer {
    fn from(info: &PeerInfo) -> Self {
        match &info.identity {
            Some(identity) => Self::Named(identity.uri()),
            None => Self::at(info.address.ip()),
        }
    }
}

// === impl TlsListener ===

impl TlsListener {
    /// Binds `address` (port 0 for any) and begins to accept at most `most` connections at once.
    ///
    /// # Errors
    /// [`ListenError`] when the address or the credentials cannot be used.
    pub async fn bind(
        address: SocketAddr,
        credentials: &Credentials,
        peers: PeerCertificates,
        most: usize,
    ) -> Result<Self, ListenError> {
        let current = Current::fixed(credentials, peers)?;
        Self::start(address, current, peers, most).await
    }

    /// As [`Self::bind`], with the credentials in these files. It takes up files that are replaced while it
    /// runs; if the authority is another one, every open connection ends.
    ///
    /// # Errors
    /// As for [`Self::bind`].
    pub async fn following(
        address: SocketAddr,
        files: CredentialFiles,
        peers: PeerCertificates,
        most: usize,
    ) -> Result<Self, ListenError> {
        let current = Current::following(files, peers)?;
        Self::start(address, current, peers, most).await
    }

    async fn start(
        address: SocketAddr,
        current: Current,
        peers: PeerCertificates,
        most: usize,
    ) -> Result<Self, ListenError> {
        let current = Arc::new(current);
        let bind = |source| ListenError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let (sender, connections) = mpsc::channel(16);
        let accepting = tokio::spawn(accept(listener, Arc::clone(&current), peers, most, sender));
        Ok(Self {
            address,
            current,
            connections,
            accepting,
        })
    }

    /// The address that is bound, with the port that the system chose for port 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A handle to replace the credentials.
    #[must_use]
    pub fn reload(&self) -> Reload {
        Reload {
            current: Arc::clone(&self.current),
        }
    }

    /// The stream for tonic.
    #[must_use]
    pub fn into_incoming(self) -> Incoming {
        Incoming {
            stream: ReceiverStream::new(self.connections),
            accepting: self.accepting,
        }
    }
}

// === impl Reload ===

impl Reload {
    /// Makes `credentials` count from the next handshake on.
    ///
    /// # Errors
    /// They cannot be used; then the old ones stay.
    pub fn replace(&self, credentials: &Credentials) -> Result<(), rustls::Error> {
        self.current.replace(credentials)
    }
}

fn server_config(
    credentials: &Credentials,
    peers: PeerCertificates,
) -> Result<ServerConfig, rustls::Error> {
    match peers {
        PeerCertificates::Required => credentials.mutual_config(),
        PeerCertificates::NotAsked => credentials.server_only_config(),
    }
}

async fn accept(
    listener: TcpListener,
    current: Arc<Current>,
    peers: PeerCertificates,
    most: usize,
    connections: mpsc::Sender<io::Result<Connection>>,
) {
    let places = Arc::new(Places::new(most));
    let lingering = Lingering::default();
    let mut handshakes: VecDeque<oneshot::Sender<()>> = VecDeque::new();
    loop {
        let (tcp, address) = tokio::select! {
            () = connections.closed() => return,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let (config, authority) = current.for_handshake();
        let acceptor = TlsAcceptor::from(config);
        let under = Under::new(&current, authority, &lingering);
        let connections = connections.clone();
        let places = Arc::clone(&places);
        let lingering = lingering.clone();
        let (holder, gives_way) = oneshot::channel();
        tokio::spawn(async move {
            let admitted = admit(tcp, address, &acceptor, under, peers, &places);
            let admitted = tokio::time::timeout(HANDSHAKE_TIMEOUT, admitted);
            let Some(admitted) = unless_it_gives_way(admitted, gives_way, &lingering).await else {
                return;
            };
            match admitted.unwrap_or(Err(HandshakeError::TimedOut)) {
                // A closed channel means that the server has stopped.
                Ok(connection) => drop(connections.send(Ok(connection)).await),
                // Any port scan causes these; the other errors are ones that an operator can mend.
                Err(error @ (HandshakeError::TimedOut | HandshakeError::Io(_))) => {
                    tracing::debug!(peer = %address, %error, "a handshake came to nothing");
                }
                Err(error) => {
                    REFUSED.happened(Peer::at(address.ip()), move |peer, times| {
                        tracing::warn!(?peer, %error, times, "refused a connection");
                    });
                }
            }
        });
        handshakes.retain(|handshake| !handshake.is_closed());
        if handshakes.len() >= MAX_HANDSHAKES {
            tracing::debug!("too many handshakes under way: the oldest gives way");
            handshakes.pop_front();
        }
        handshakes.push_back(holder);
    }
}

/// What a handshake comes to. `None` if it must give way to another first: it is then held a while.
async fn unless_it_gives_way<T>(
    handshake: impl Future<Output = T>,
    gives_way: oneshot::Receiver<()>,
    lingering: &Lingering,
) -> Option<T> {
    // The pinned future holds the stream, so the connection stays open while it lingers.
    let mut handshake = pin!(handshake);
    tokio::select! {
        done = &mut handshake => Some(done),
        _ = gives_way => {
            lingering.begin().await;
            None
        }
    }
}

/// Does the handshake, and waits for a place among the connections.
async fn admit(
    tcp: TcpStream,
    address: SocketAddr,
    acceptor: &TlsAcceptor,
    under: Under,
    peers: PeerCertificates,
    places: &Arc<Places>,
) -> Result<Connection, HandshakeError> {
    let (mut stream, peer) = handshake(tcp, address, acceptor, peers).await?;
    let place = places.take(&Peer::from(&peer)).await;
    stream.get_mut().0.admit(place, under);
    Ok(Connection {
        stream,
        peer,
        preface: PREFACE_BYTES,
    })
}

async fn handshake(
    tcp: TcpStream,
    address: SocketAddr,
    acceptor: &TlsAcceptor,
    peers: PeerCertificates,
) -> Result<(TlsStream<Watched>, PeerInfo), HandshakeError> {
    // With Nagle's algorithm, small answers would wait some 40 ms for an acknowledgement.
    tcp.set_nodelay(true)?;
    let stream = acceptor
        .accept(Watched::new(tcp))
        .await
        .map_err(told_apart)?;
    let identity = match peers {
        PeerCertificates::NotAsked => None,
        PeerCertificates::Required => {
            let (_, session) = stream.get_ref();
            let leaf = session.peer_certificates().and_then(<[_]>::first);
            let leaf = leaf.ok_or(HandshakeError::NoCertificate)?;
            Some(Identity::of_certificate(leaf)?)
        }
    };
    Ok((stream, PeerInfo { identity, address }))
}

/// Tells what is wrong with a peer's certificate from all else that ends a handshake.
fn told_apart(error: io::Error) -> HandshakeError {
    use rustls::Error::{AlertReceived, InvalidCertificate, NoCertificatesPresented};
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(tls @ (InvalidCertificate(_) | NoCertificatesPresented | AlertReceived(_))) => {
            HandshakeError::Certificate(tls.clone())
        }
        _ => HandshakeError::Io(error),
    }
}

// === impl Incoming ===

impl tokio_stream::Stream for Incoming {
    type Item = io::Result<Connection>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.stream).poll_next(cx)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

// === impl Connection ===

impl Connected for Connection {
    type ConnectInfo = PeerInfo;

    fn connect_info(&self) -> PeerInfo {
        self.peer.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        // Counted here and not below TLS, where some of it may come together with the handshake's end.
        if self.preface > 0 {
            self.preface = self.preface.saturating_sub(buf.filled().len() - before);
            if self.preface == 0 {
                self.stream.get_mut().0.begin();
            }
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
