//! The HTTP/1.1 server: a bounded number of connections in fair shares, over TLS or plain.
//!
//! ```text
//! accept ─► waiting room ─► handshake ─► first head ─► place ─► answer ─► rest ─► next head ─► …
//!           (bounded, fair) └── within 10 s each ──┘   (bounded, fair)   (gives way first)
//! ```
//!
//! Shares are those of `vwis_link` ([`Places`]): an address, or a /64 of IPv6, has a quarter of the
//! places, and the oldest of whoever has most gives way. A connection that has asked nothing yet takes
//! no place among those that have; one between two requests keeps its place while nobody wants it, and
//! ten seconds at most. One that gave way, and is not being answered, is held for a second before it is
//! closed ([`Lingering`]). The accept loop of `vwis_link` was weighed and left out: it serves gRPC between
//! certified peers, waits for an HTTP/2 preface, and takes its certificates from the system's own
//! authority. Callers of the API trust public authorities and speak HTTP/1.1.

mod seat;
mod tls;

use std::{io, net::SocketAddr, path::Path, pin::pin, sync::Arc, time::Duration};

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
use vwis_link::server::{Lingering, Peer, Places};

use self::{seat::Seat, tls::Tls};
use crate::{
    config::{EntryError, HttpConfig},
    http::layers::{MOST_HEADER_BYTES, MOST_URI_BYTES},
};

/// Longest that a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Longest that a request's headers may take, and a connection may lie idle before them.
const HEADERS: Duration = Duration::from_secs(10);
/// Most connections that have asked nothing yet.
const MOST_WAITING: usize = 256;
/// A connection ends after this, once its running answer is sent: a replaced certificate reaches
/// every caller, and whoever reads an answer byte by byte gives its place back.
pub(crate) const MOST_AGE: Duration = Duration::from_mins(10);
/// Longest that the last answer of a connection may take.
const LAST_ANSWER: Duration = Duration::from_mins(1);
/// The same once its place is another's: what lies ready is sent, and no more.
const GIVEN_AWAY: Duration = Duration::from_secs(1);
/// Most header lines of a request.
const MOST_HEADERS: usize = 64;
/// Beyond this the connection is closed; below it, a request that is too long is told so in full.
const MOST_HEAD_BYTES: usize = 4 * (MOST_HEADER_BYTES + MOST_URI_BYTES);
/// Pause after `accept` fails for lack of resources, so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Over TLS, ended here.
    Tls,
    /// Plain: on this machine, or from a proxy.
    Plain,
}

/// A bound address.
pub(crate) struct Listener {
    address: SocketAddr,
    tcp: TcpListener,
    tls: Option<Tls>,
    waiting: Arc<Places>,
    places: Arc<Places>,
    lingering: Lingering,
}

/// Why the API is not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// The address is taken, or not ours.
    #[error("[http] cannot listen on {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be read as what it should hold.
    #[error("[http] {key} = \"{path}\": {why}")]
    File {
        /// Which setting names it.
        key: &'static str,
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// Certificate and key do not belong together, or are of a kind that is not taken.
    #[error("[http] certificate and key cannot be used: {0}")]
    Tls(#[from] rustls::Error),
    /// The configuration contradicts itself.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

// === impl Listener ===

impl Listener {
    /// Binds the configured address (port 0 for any). Paths are relative to `dir`.
    ///
    /// # Errors
    /// [`HttpError`] names the setting.
    pub(crate) async fn bind(config: &HttpConfig, dir: &Path) -> Result<Self, HttpError> {
        let most = usize::try_from(config.most_connections.max(1)).unwrap_or(usize::MAX);
        // A proxy's callers all come from the proxy, which tells them apart itself.
        let shared = |most: usize| {
            Arc::new(if config.behind_proxy {
                Places::with_share(most, most)
            } else {
                Places::new(most)
            })
        };
        let tls = config
            .tls()?
            .map(|files| Tls::open(&files, dir, Instant::now()))
            .transpose()?;
        let bind = |source| HttpError::Bind {
            address: config.listen,
            source,
        };
        let tcp = TcpListener::bind(config.listen).await.map_err(bind)?;
        Ok(Self {
            address: tcp.local_addr().map_err(bind)?,
            tcp,
            tls,
            waiting: shared(MOST_WAITING),
            places: shared(most),
            lingering: Lingering::default(),
        })
    }

    /// `http://ADDRESS` or `https://ADDRESS`.
    #[must_use]
    pub(crate) fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Serves `routes` until `stop` holds true, then lets running answers end.
    pub(crate) async fn serve(mut self, routes: Router, mut stop: watch::Receiver<bool>) {
        // Every connection holds a sender: when all are gone, all have ended.
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
        // Without it, small answers wait some 40 ms for an acknowledgement.
        stream.set_nodelay(true)?;
        Ok((stream, peer))
    }
}

/// Until the program is told to stop; a sender that is gone means the same.
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
            // It holds the stream: while it lingers, the connection stays open.
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
        // First: a request may change the seat that the next line listens to.
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
    // Whoever reads so slowly finds the answer cut, which its length or its missing end tells.
    timeout(patience, served).await.unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests;
