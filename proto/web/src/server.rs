//! The HTTP/1.1 server: a bounded number of connections in fair shares, over TLS or plain.
//!
//! ```text
//! accept ─► waiting room ─► handshake ─► first head ─► place ─► answer ─► rest ─► next head ─► …
//!           (bounded, fair) └── within 10 s each ──┘   (bounded, fair)   (gives way first)
//! ```
//!
//! Shares are those of [`Places`]: an address, or a /64 of IPv6, has a quarter of the places,
//! and the oldest connection of whoever has most gives way. A connection that has not asked anything yet
//! takes no place from those that have. One between two requests keeps its place while nobody wants it, for
//! ten seconds at most. One that gave way, and is not being answered, is held for a second before it is
//! closed ([`Lingering`]). The accept loop between nodes and aggregator does not fit: it serves gRPC between
//! certified peers, waits for an HTTP/2 preface, and takes its certificates from the system's own authority.
//! Browsers and programs trust public authorities and speak HTTP/1.1.

mod seat;
mod tls;

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo, middleware};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::{Instant, timeout},
};
use tokio_rustls::TlsAcceptor;
use vwis_host::peers::{Lingering, Peer, Places};

pub use self::tls::TlsFiles;
use self::{seat::Seat, tls::Tls};
use super::layers::{MOST_HEADER_BYTES, MOST_URI_BYTES, Transport};

/// Longest that a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Longest that a request's headers may take, and that a connection may be idle before them.
const HEADERS: Duration = Duration::from_secs(10);
/// Most connections that have not asked anything yet.
const MOST_WAITING: usize = 256;
/// A connection ends after this, once its running answer is sent. So every caller gets to see a replaced
/// certificate, and whoever reads an answer byte by byte gives its place back.
const MOST_AGE: Duration = Duration::from_mins(10);
/// Longest that the last answer of a connection may take.
const LAST_ANSWER: Duration = Duration::from_mins(1);
/// Longest that the last answer may take once its place is another's: what is ready is sent, and no more.
const GIVEN_AWAY: Duration = Duration::from_secs(1);
/// Most header lines of a request.
const MOST_HEADERS: usize = 64;
/// Longest head of a request before the connection is closed. A head below it that is too long gets an
/// answer.
const MOST_HEAD_BYTES: usize = 4 * (MOST_HEADER_BYTES + MOST_URI_BYTES);
/// Pause after `accept` fails for lack of resources, so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Where to listen, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// The address; port 0 for any.
    pub address: SocketAddr,
    /// The files for TLS; none means plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Whether all callers come by one proxy, which has to tell them apart itself.
    pub is_behind_proxy: bool,
    /// Most connections served at once.
    pub most_connections: usize,
}

/// The bound address, with the bounds of its connections.
pub struct Listener {
    address: SocketAddr,
    tcp: TcpListener,
    tls: Option<Tls>,
    waiting: Arc<Places>,
    places: Arc<Places>,
    lingering: Lingering,
}

/// Why HTTP is not served. It names the setting under `[http]`.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address is taken, or is not this machine's.
    #[error("[http] cannot listen on {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A file does not hold what its setting says.
    #[error("[http] {key} = \"{path}\": {why}")]
    File {
        /// The setting that names the file.
        key: &'static str,
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// Certificate and key do not belong together, or are of a kind that is not taken.
    #[error("[http] certificate and key cannot be used: {0}")]
    Tls(#[from] rustls::Error),
}

// === impl Listener ===

impl Listener {
    /// Binds the address.
    ///
    /// # Errors
    /// [`HttpError`] names the setting.
    pub async fn bind(listening: &Listening) -> Result<Self, HttpError> {
        let shared = |most: usize| {
            Arc::new(if listening.is_behind_proxy {
                Places::with_share(most, most)
            } else {
                Places::new(most)
            })
        };
        let tls = listening
            .tls
            .as_ref()
            .map(|files| Tls::open(files, Instant::now()))
            .transpose()?;
        let bind = |source| HttpError::Bind {
            address: listening.address,
            source,
        };
        let tcp = TcpListener::bind(listening.address).await.map_err(bind)?;
        Ok(Self {
            address: tcp.local_addr().map_err(bind)?,
            tcp,
            tls,
            waiting: shared(MOST_WAITING),
            places: shared(listening.most_connections.max(1)),
            lingering: Lingering::default(),
        })
    }

    /// `http://ADDRESS` or `https://ADDRESS`.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Serves `routes` until `stop` holds true, then lets running answers end.
    pub async fn serve(mut self, routes: Router, mut stop: watch::Receiver<bool>) {
        // Every connection holds a sender: when all senders are gone, all connections have ended.
        let (running, mut ended) = mpsc::channel::<()>(1);
        loop {
            let accepted = tokio::select! {
                biased;
                () = told(&mut stop) => break,
                accepted = self.accept() => accepted,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let seat = Seat::new(
                Peer::at(peer.ip()),
                (&self.waiting, &self.places),
                &self.lingering,
            );
            let routes = routes.clone().layer(Extension(ConnectInfo(peer)));
            let tls = self.tls.as_mut().map(|tls| tls.acceptor(Instant::now()));
            let stop = stop.clone();
            let running = running.clone();
            tokio::spawn(async move {
                let _running = running;
                if let Err(error) = connection(stream, tls, routes, &seat, stop).await {
                    tracing::debug!(%peer, %error, "a connection ended");
                }
            });
        }
        drop((self.tcp, running));
        let _all = ended.recv().await;
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = self.tcp.accept().await?;
        // Without this, small answers wait some 40 ms for an acknowledgement.
        stream.set_nodelay(true)?;
        Ok((stream, peer))
    }
}

/// Waits until the program is told to stop, or the sender is gone, which means the same.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    routes: Router,
    seat: &Arc<Seat>,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    match tls {
        None => requests(stream, Transport::Plain, routes, seat, stop).await?,
        Some(acceptor) => {
            // `shaken` holds the stream, so the connection stays open while it lingers.
            let mut shaken = pin!(timeout(HANDSHAKE, acceptor.accept(stream)));
            let stream = tokio::select! {
                () = told(&mut stop) => return Ok(()),
                () = seat.given_away() => {
                    seat.lingers().await;
                    return Ok(());
                }
                shaken = &mut shaken => shaken??,
            };
            requests(stream, Transport::Tls, routes, seat, stop).await?;
        }
    }
    Ok(())
}

async fn requests(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    transport: Transport,
    routes: Router,
    seat: &Arc<Seat>,
    mut stop: watch::Receiver<bool>,
) -> hyper::Result<()> {
    let seated = middleware::from_fn_with_state(Arc::clone(seat), seat::seated);
    let routes = routes.layer(Extension(transport)).layer(seated);
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_headers(MOST_HEADERS)
        .max_buf_size(MOST_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    let mut served = pin!(served);
    let patience = tokio::select! {
        // Polled first, because a request may change the seat that the next branch watches.
        biased;
        ended = &mut served => return ended,
        () = seat.given_away() => {
            seat.lingers().await;
            GIVEN_AWAY
        }
        () = told(&mut stop) => LAST_ANSWER,
        () = tokio::time::sleep(MOST_AGE) => LAST_ANSWER,
    };
    served.as_mut().graceful_shutdown();
    // A caller who reads too slowly gets the answer cut off, and sees that by its length or its missing end.
    timeout(patience, served).await.unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests;
