//! A server that misbehaves, with a valid certificate.

use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::{SendStream, server::SendResponse};
use http::Response;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::frames::{CONTINUATION, HEADERS, PING, SETTINGS, field, frame};

/// One way to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hostile {
    /// Takes the connection and sends nothing, not even TLS.
    Silent,
    /// Completes TLS, and then sends nothing.
    SilentTls,
    /// Completes TLS, and then sends no HTTP/2.
    Garbage,
    /// Speaks HTTP/2, but never answers.
    NoAnswer,
    /// Sends the head of an answer, and then a byte now and then.
    SlowAnswer,
    /// Sends a message that claims 4 GiB, and bytes without end.
    EndlessMessage,
    /// Sends small messages without end.
    EndlessMessages,
    /// Sends headers without end.
    EndlessHeaders,
    /// Sends PING without end.
    PingFlood,
    /// Resets every call.
    Resets,
    /// Hangs up on every call.
    HangsUp,
}

/// A hostile server, which listens until it is dropped.
pub(crate) struct HostileServer {
    pub(crate) url: String,
    serving: JoinHandle<()>,
}

impl Drop for HostileServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl HostileServer {
    pub(crate) async fn start(how: Hostile, acceptor: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                // The client may end the connection, so an error is fine.
                tokio::spawn(async move { drop(how.serve(tcp, acceptor).await) });
            }
        });
        Self { url, serving }
    }
}

impl Hostile {
    async fn serve(self, tcp: TcpStream, acceptor: TlsAcceptor) -> std::io::Result<()> {
        if self == Self::Silent {
            return drained(tcp).await;
        }
        let mut tls = acceptor.accept(tcp).await?;
        match self {
            Self::Silent => unreachable!("handled above"),
            Self::SilentTls => drained(tls).await,
            Self::Garbage => {
                tls.write_all(&vec![0xa5; 64 * 1024]).await?;
                drained(tls).await
            }
            Self::PingFlood => {
                let (reading, mut writing) = tokio::io::split(tls);
                tokio::spawn(drained(reading));
                writing.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
                let pings = frame(PING, 0, 0, b"pingpong").repeat(100);
                loop {
                    writing.write_all(&pings).await?;
                }
            }
            Self::EndlessHeaders => {
                let (mut reading, mut writing) = tokio::io::split(tls);
                writing.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
                writing.flush().await?;
                // Reads about as much as comes with the first call: preface and headers.
                let mut bytes = [0; 4096];
                let mut read = 0;
                while read < 100 {
                    read += reading.read(&mut bytes).await?;
                }
                tokio::spawn(drained(reading));
                writing.write_all(&frame(HEADERS, 0, 1, &[0x88])).await?;
                for n in 0.. {
                    writing
                        .write_all(&frame(CONTINUATION, 0, 1, &field(n)))
                        .await?;
                }
                Ok(())
            }
            _ => self.answer(tls).await.map_err(std::io::Error::other),
        }
    }

    async fn answer(self, tls: TlsStream<TcpStream>) -> Result<(), h2::Error> {
        let mut connection = h2::server::handshake(tls).await?;
        while let Some(call) = connection.accept().await {
            let (request, respond) = call?;
            if self == Self::HangsUp {
                return Ok(());
            }
            tokio::spawn(async move { drop(self.respond(request, respond).await) });
        }
        Ok(())
    }

    async fn respond(
        self,
        // The request is kept, because dropping it would reset the call.
        _request: http::Request<h2::RecvStream>,
        mut respond: SendResponse<Bytes>,
    ) -> Result<(), h2::Error> {
        let head = Response::builder().header("content-type", "application/grpc");
        let head = head.body(()).unwrap();
        match self {
            Self::NoAnswer => std::future::pending::<()>().await,
            Self::Resets => respond.send_reset(h2::Reason::INTERNAL_ERROR),
            Self::SlowAnswer => {
                let mut body = respond.send_response(head, false)?;
                body.send_data(Bytes::from_static(&[0, 0, 15, 0, 0]), false)?;
                loop {
                    body.send_data(Bytes::from_static(&[7]), false)?;
                    tokio::time::sleep(Duration::from_millis(300)).await;
                }
            }
            Self::EndlessMessage => {
                let body = respond.send_response(head, false)?;
                let first = Bytes::from_static(&[0, 0xff, 0xff, 0xff, 0xff]);
                endless(body, first, Bytes::from(vec![7; 16 * 1024])).await?;
            }
            Self::EndlessMessages => {
                let body = respond.send_response(head, false)?;
                let mut many = BytesMut::new();
                // Each message holds one unknown field, which every reader skips.
                for _ in 0..1000 {
                    many.put_slice(&[0, 0, 0, 0, 3, 0xa0, 0x06, 0x01]);
                }
                endless(body, Bytes::new(), many.freeze()).await?;
            }
            _ => unreachable!("below HTTP/2"),
        }
        Ok(())
    }
}

async fn endless(mut body: SendStream<Bytes>, first: Bytes, rest: Bytes) -> Result<(), h2::Error> {
    body.send_data(first, false)?;
    loop {
        body.reserve_capacity(rest.len());
        while body.capacity() < rest.len() {
            match std::future::poll_fn(|cx| body.poll_capacity(cx)).await {
                Some(capacity) => capacity?,
                None => return Ok(()),
            };
        }
        body.send_data(rest.clone(), false)?;
    }
}

/// Reads until the client hangs up, and answers nothing.
async fn drained(mut stream: impl tokio::io::AsyncRead + Unpin) -> std::io::Result<()> {
    let mut bytes = [0; 4096];
    while stream.read(&mut bytes).await? > 0 {}
    Ok(())
}
