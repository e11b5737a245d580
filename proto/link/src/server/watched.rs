//! Watches a connection's bytes from below TLS, and hangs up on a peer that says nothing, takes nothing, or
//! stays too long.
//!
//! HTTP/2 has keep-alives of its own, and they are not enough. They begin after the client's preface,
//! so a peer that never sends it would keep its place; and a peer that reads nothing cannot be told
//! that it is being closed, so its connection would never end.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep},
};
use vwis_host::peers::{Linger, Lingering, Place};

use super::{HANDSHAKE_TIMEOUT, MAX_CONNECTION_AGE, current::Current};
use crate::{KEEP_ALIVE_INTERVAL, KEEP_ALIVE_TIMEOUT};

/// Longest that nothing may come from a peer: it answers a keep-alive within 30 s, and has 10 s more for
/// the way.
const SILENCE: Duration = KEEP_ALIVE_INTERVAL
    .saturating_add(KEEP_ALIVE_TIMEOUT)
    .saturating_add(Duration::from_secs(10));
/// Longest that a peer may take none of the bytes that wait for it. The system's buffers are full by then,
/// and a line that moves nothing for half a minute is broken.
const STALL: Duration = Duration::from_secs(30);
/// The time that a connection has beyond its age to end in good order: as long as a call may take.
const GRACE: Duration = Duration::from_mins(1);

/// What a connection stands under: the authority of its handshake, which may be replaced, and the bound on
/// lingering.
pub(super) struct Under {
    current: Arc<Current>,
    authority: u64,
    lingering: Lingering,
}

/// A TCP stream under TLS.
pub(super) struct Watched {
    tcp: TcpStream,
    /// `None` during the handshake, which has a limit of its own.
    admitted: Option<Admitted>,
}

struct Admitted {
    place: Place,
    under: Under,
    /// The wait until it is closed, once its place was given to another peer.
    lingers: Option<Linger>,
    /// When its time ends, whatever it does.
    ends: Instant,
    /// Whether it began to speak HTTP/2: until then it has no more time than a handshake.
    begun: bool,
    /// Ends when it has been silent for too long.
    silent: Pin<Box<Sleep>>,
    /// Ends when it has taken nothing for too long; `None` while it takes.
    stalled: Option<Pin<Box<Sleep>>>,
}

// === impl Under ===

impl Under {
    pub(super) fn new(current: &Arc<Current>, authority: u64, lingering: &Lingering) -> Self {
        Self {
            current: Arc::clone(current),
            authority,
            lingering: lingering.clone(),
        }
    }

    fn is_over(&self) -> bool {
        self.current.is_over(self.authority)
    }
}

// === impl Watched ===

impl Watched {
    pub(super) fn new(tcp: TcpStream) -> Self {
        Self {
            tcp,
            admitted: None,
        }
    }

    /// Begins to watch: the handshake is done and a place taken.
    pub(super) fn admit(&mut self, place: Place, under: Under) {
        self.admitted = Some(Admitted {
            place,
            under,
            lingers: None,
            ends: Instant::now() + MAX_CONNECTION_AGE + GRACE,
            begun: false,
            silent: Box::pin(tokio::time::sleep(HANDSHAKE_TIMEOUT)),
            stalled: None,
        });
    }

    /// Notes that the peer's preface came.
    pub(super) fn begin(&mut self) {
        if let Some(admitted) = &mut self.admitted {
            admitted.begun = true;
            admitted.heard();
        }
    }
}

// === impl Admitted ===

impl Admitted {
    /// The error that ends the connection, whatever its peer does: pending while it lingers, `None` while it
    /// goes on.
    fn ended(&mut self, cx: &mut Context<'_>) -> Option<Poll<io::Error>> {
        if self.lingers.is_none() && self.place.poll_gone(cx).is_ready() {
            self.lingers = Some(self.under.lingering.begin());
        }
        if let Some(lingers) = &mut self.lingers {
            let over = Pin::new(lingers).poll(cx);
            return Some(over.map(|()| io::Error::other("its place was given to another peer")));
        }
        let is_old = Instant::now() >= self.ends;
        is_old.then(|| Poll::Ready(io::Error::other("the connection grew too old")))
    }

    fn heard(&mut self) {
        if self.begun {
            let silent = (Instant::now() + SILENCE).min(self.ends);
            self.silent.as_mut().reset(silent);
        }
    }

    /// Passes on what a write came to, or fails one that has been pending for too long.
    fn took<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(STALL)));
        stalled
            .as_mut()
            .poll(cx)
            .map(|()| Err(timed_out("it takes nothing")))
    }
}

fn timed_out(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Some(ended) = this.admitted.as_mut().and_then(|it| it.ended(cx)) {
            return ended.map(Err);
        }
        let read = Pin::new(&mut this.tcp).poll_read(cx, buf);
        let Some(admitted) = &mut this.admitted else {
            return read;
        };
        if read.is_ready() {
            // Nobody hears any more what a peer says whose authority was replaced.
            if admitted.under.is_over() {
                return Poll::Ready(Err(io::Error::other("its authority was replaced")));
            }
            admitted.heard();
            return read;
        }
        let silent = admitted.silent.as_mut().poll(cx);
        silent.map(|()| Err(timed_out("it says nothing")))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if let Some(ended) = this.admitted.as_mut().and_then(|it| it.ended(cx)) {
            return ended.map(Err);
        }
        let written = Pin::new(&mut this.tcp).poll_write(cx, buf);
        match &mut this.admitted {
            Some(admitted) => admitted.took(written, cx),
            None => written,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
