//! gRPC and TLS made by hand: every byte that arrives is kept, and nothing forces a peer to behave.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::client::SendRequest;
use http::{HeaderMap, Request};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, TlsConnector, client::TlsStream};
use vwis_link::identity::Identity;

use crate::{certificates::Papers, process::DEADLINE};

/// Bytes that arrived, kept.
#[derive(Clone, Debug, Default)]
pub struct Heard(Arc<Mutex<Vec<u8>>>);

/// A stream whose incoming bytes are kept.
#[derive(Debug)]
pub struct Recording<S> {
    inner: S,
    heard: Heard,
}

/// An open TLS connection.
pub type Line = Recording<TlsStream<Recording<TcpStream>>>;

/// An HTTP/2 connection to a server of VWIS.
pub struct Wire {
    sender: SendRequest<Bytes>,
    /// Bytes that arrived, decrypted.
    pub plaintext: Heard,
    /// Bytes that arrived, as they were on the wire.
    pub ciphertext: Heard,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Its headers.
    pub headers: HeaderMap,
    /// The messages, still in gRPC's frames.
    pub body: Vec<u8>,
    /// Lengths of the DATA frames.
    pub frames: Vec<usize>,
    /// The trailers; empty where the headers ended the answer.
    pub trailers: HeaderMap,
}

// === impl Heard ===

impl Heard {
    /// A copy of all bytes so far.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    /// Number of bytes so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// Whether no byte arrived.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

// === impl Recording ===

impl<S> Recording<S> {
    fn new(inner: S) -> Self {
        let heard = Heard::default();
        Self { inner, heard }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Recording<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        let new = &buf.filled()[before..];
        self.heard.0.lock().unwrap().extend_from_slice(new);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Recording<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Opens a TCP connection from the loopback address 127.0.0.`from` to `url`.
///
/// # Errors
/// Where the connection fails.
pub async fn tcp(url: &str, from: u8) -> io::Result<TcpStream> {
    let address = url.strip_prefix("https://").unwrap().parse().unwrap();
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, from], 0).into())?;
    let tcp = socket.connect(address).await?;
    tcp.set_nodelay(true)?;
    Ok(tcp)
}

/// Starts TLS over `tcp` with `expected`, certified by `authority_pem`, showing `papers`.
///
/// # Errors
/// Where the handshake fails.
pub async fn tls(
    tcp: TcpStream,
    expected: &Identity,
    authority_pem: &str,
    papers: Option<&Papers>,
) -> io::Result<Line> {
    let config = client_config(authority_pem, papers);
    let name = ServerName::try_from(expected.dns_name()).unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, Recording::new(tcp)).await?;
    Ok(Recording::new(stream))
}

fn roots(authority_pem: &str) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(authority_pem.as_bytes()).unwrap();
    roots.add(authority).unwrap();
    Arc::new(roots)
}

fn pair(papers: &Papers) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let certificate = CertificateDer::from_pem_slice(papers.certificate_pem.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(papers.key_pem.as_bytes()).unwrap();
    (vec![certificate], key)
}

fn client_config(authority_pem: &str, papers: Option<&Papers>) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots(authority_pem));
    let mut config = match papers.map(pair) {
        Some((chain, key)) => config.with_client_auth_cert(chain, key).unwrap(),
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

/// The server's end of TLS. It shows `papers`, and asks for certificates of `authority_pem` where `mutual`.
#[must_use]
pub fn acceptor(authority_pem: &str, papers: &Papers, mutual: bool) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap();
    let config = if mutual {
        let verifier =
            WebPkiClientVerifier::builder_with_provider(roots(authority_pem), provider).build();
        config.with_client_cert_verifier(verifier.unwrap())
    } else {
        config.with_no_client_auth()
    };
    let (chain, key) = pair(papers);
    let mut config = config.with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// A message in gRPC's frame.
#[must_use]
pub fn framed(message: &[u8]) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).unwrap());
    frame.put_slice(message);
    frame.freeze()
}

/// Head of a call of the method `path`.
#[must_use]
pub fn head(path: &str) -> Request<()> {
    Request::post(format!("http://peer.vwis.invalid{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .unwrap()
}

// === impl Wire ===

impl Wire {
    /// Connects to `expected` at `url` from 127.0.0.1.
    ///
    /// # Errors
    /// Where there is no connection, or the peer hangs up before it says anything.
    pub async fn connect(
        url: &str,
        expected: &Identity,
        authority_pem: &str,
        papers: Option<&Papers>,
    ) -> io::Result<Self> {
        let line = tls(tcp(url, 1).await?, expected, authority_pem, papers).await?;
        Self::over(line).await
    }

    /// Starts HTTP/2 over `line`.
    ///
    /// # Errors
    /// Where the peer hangs up before it says anything.
    pub async fn over(line: Line) -> io::Result<Self> {
        let plaintext = line.heard.clone();
        let ciphertext = line.inner.get_ref().0.heard.clone();
        let (sender, mut connection) = h2::client::Builder::new()
            .initial_window_size(1 << 24)
            .initial_connection_window_size(1 << 24)
            .handshake::<_, Bytes>(line)
            .await
            .map_err(io::Error::other)?;
        let mut ping = connection.ping_pong().expect("taken once");
        let running = tokio::spawn(connection);
        // With TLS 1.3 a refused certificate shows only now.
        match timeout(DEADLINE, ping.ping(h2::Ping::opaque())).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) => {
                let ended = running.await.unwrap();
                return Err(io::Error::other(format!("refused: {ended:?}")));
            }
            Err(_) => return Err(io::ErrorKind::TimedOut.into()),
        }
        Ok(Self {
            sender,
            plaintext,
            ciphertext,
        })
    }

    /// Sends `messages` to `path` and reads the whole answer.
    ///
    /// # Errors
    /// Where the stream or the connection breaks.
    pub async fn call(&self, path: &str, messages: &[Vec<u8>]) -> Result<Answered, h2::Error> {
        let mut sender = self.sender.clone().ready().await?;
        let (answer, mut body) = sender.send_request(head(path), false)?;
        for message in messages {
            body.send_data(framed(message), false)?;
        }
        body.send_data(Bytes::new(), true)?;
        let whole = async {
            let (head, mut body) = answer.await?.into_parts();
            let mut answered = Answered {
                headers: head.headers,
                body: Vec::new(),
                frames: Vec::new(),
                trailers: HeaderMap::new(),
            };
            while let Some(data) = body.data().await {
                let data = data?;
                body.flow_control().release_capacity(data.len())?;
                answered.frames.push(data.len());
                answered.body.extend_from_slice(&data);
            }
            answered.trailers = body.trailers().await?.unwrap_or_default();
            Ok(answered)
        };
        timeout(DEADLINE, whole).await.expect("an answer in time")
    }

    /// The underlying sender, for streams that a test makes itself.
    #[must_use]
    pub fn sender(&self) -> SendRequest<Bytes> {
        self.sender.clone()
    }
}

// === impl Answered ===

impl Answered {
    /// gRPC's status code and message.
    #[must_use]
    pub fn status(&self) -> (i32, String) {
        let field = |name: &str| {
            let value = self.trailers.get(name).or_else(|| self.headers.get(name));
            value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let code = field("grpc-status").expect("every answer has a status");
        (
            code.parse().unwrap(),
            field("grpc-message").unwrap_or_default(),
        )
    }

    /// The messages, without their frames.
    #[must_use]
    pub fn messages(&self) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        let mut rest = &self.body[..];
        while let [compressed, a, b, c, d, tail @ ..] = rest {
            assert_eq!(
                *compressed, 0,
                "nothing is compressed: its length would tell"
            );
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            let (message, after) = tail.split_at(length);
            messages.push(message.to_vec());
            rest = after;
        }
        assert!(rest.is_empty());
        messages
    }

    /// Headers and trailers, one per line, without the date.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        let all = self.headers.iter().chain(&self.trailers);
        all.filter(|(name, _)| *name != "date")
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect()
    }
}
