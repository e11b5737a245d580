//! Peers that hold connections, with real sockets; every address of 127.0.0.0/8 is this machine's.

use axum::routing::get;
use http::StatusCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    task::JoinHandle,
};

use super::*;

const MOST: usize = 16;
/// Far longer than an answer takes, and shorter than anything that these tests wait for.
const SOON: Duration = Duration::from_secs(5);

struct Serving {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Serving {
    async fn new() -> Self {
        Self::lingering(Lingering::default()).await
    }

    async fn lingering(lingering: Lingering) -> Self {
        let listening = Listening {
            address: "127.0.0.1:0".parse().unwrap(),
            tls: None,
            is_behind_proxy: false,
            most_connections: MOST,
        };
        let mut listener = Listener::bind(&listening).await.unwrap();
        listener.lingering = lingering;
        let address = listener.address;
        let routes = Router::new()
            .route("/", get(async || "here"))
            .route("/never", get(std::future::pending::<()>))
            .route("/often", get(async || StatusCode::TOO_MANY_REQUESTS));
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(listener.serve(routes, stopped));
        Self {
            address,
            stop,
            task,
        }
    }

    async fn connect(&self, from: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    async fn send(&self, from: &str, text: &str) -> TcpStream {
        let mut stream = self.connect(from).await;
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// A connection that was answered and stays open.
    async fn kept(&self, from: &str) -> TcpStream {
        let mut stream = self.send(from, "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert!(answered(&mut stream).await, "{from} was not answered");
        stream
    }
}

/// Whether an answer comes, rather than the end of the connection.
async fn answered(stream: &mut TcpStream) -> bool {
    let mut text = Vec::new();
    let whole = async {
        while !text.ends_with(b"here") {
            if stream.read_buf(&mut text).await.unwrap_or(0) == 0 {
                return false;
            }
        }
        true
    };
    timeout(SOON, whole).await.unwrap_or(false)
}

fn is_open(stream: &TcpStream) -> bool {
    let read = stream.try_read(&mut [0]);
    read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

async fn closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    timeout(SOON, stream.read_to_end(&mut rest)).await.is_ok()
}

#[tokio::test]
async fn no_address_keeps_another_out_whatever_it_leaves_open() {
    let partial = "GET / HTTP/1.1\r\nhost: a\r\nx-a: ";
    for (kind, count) in [
        ("silent", 300),
        ("partial", 300),
        ("kept", 64),
        ("never", 64),
    ] {
        let server = Serving::new().await;
        let mut held = Vec::new();
        for _ in 0..count {
            held.push(match kind {
                "silent" => server.connect("127.0.0.1").await,
                "partial" => server.send("127.0.0.1", partial).await,
                "kept" => server.kept("127.0.0.1").await,
                _ => {
                    let never = "GET /never HTTP/1.1\r\nhost: a\r\n\r\n";
                    server.send("127.0.0.1", never).await
                }
            });
            // Now and then, our own connection still finds a place among theirs.
            if held.len() % 50 == 0 {
                server.kept("127.0.0.2").await;
            }
        }
        server.kept("127.0.0.2").await;
    }
}

#[tokio::test]
async fn many_addresses_that_hold_all_places_keep_nobody_out() {
    let server = Serving::new().await;
    let mut held = Vec::new();
    for n in 0..2 * MOST {
        let from = format!("127.0.1.{}", n + 1);
        held.push(server.kept(&from).await);
    }
    let never = "GET /never HTTP/1.1\r\nhost: a\r\n\r\n";
    for n in 0..2 * MOST {
        let from = format!("127.0.2.{}", n / 4 + 1);
        held.push(server.send(&from, never).await);
    }
    server.kept("127.0.0.2").await;
}

#[tokio::test]
async fn one_that_rests_gives_way_to_its_own_peer_and_is_told_by_the_end() {
    let server = Serving::new().await;
    let mut first = server.kept("127.0.0.1").await;
    let mut others = Vec::new();
    for _ in 0..MOST / 4 {
        others.push(server.kept("127.0.0.1").await);
    }
    assert!(closed(&mut first).await);
    // Connections that were kept are still answered.
    let last = others.last_mut().unwrap();
    let again = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    last.write_all(again).await.unwrap();
    assert!(answered(last).await);
}

#[tokio::test]
async fn whoever_comes_next_is_answered_before_those_that_gave_way_are_closed() {
    let share = MOST_WAITING / 4;
    for (kind, count) in [("silent", share), ("kept", MOST / 4)] {
        // Two connections linger, for longer than this test takes.
        let server = Serving::lingering(Lingering::new(2, Duration::MAX)).await;
        let mut held = Vec::new();
        for _ in 0..count + 3 {
            held.push(if kind == "kept" {
                server.kept("127.0.0.1").await
            } else {
                server.connect("127.0.0.1").await
            });
        }
        server.kept("127.0.0.2").await;
        // Three gave way, in the order in which they came, and only two may linger.
        assert!(closed(&mut held[2]).await, "{kind}");
        assert!(is_open(&held[0]) && is_open(&held[1]), "{kind}");
    }
}

/// A refusal costs as much as an answer: a caller who asks again at once would take all of the server.
#[tokio::test]
async fn whoever_asks_too_often_is_told_so_once_a_second_and_holds_no_place_meanwhile() {
    let server = Serving::new().await;
    let often = "GET /often HTTP/1.1\r\nhost: a\r\n\r\n";
    let start = Instant::now();
    let mut refused = Vec::new();
    for _ in 0..MOST / 4 {
        refused.push(server.send("127.0.0.1", often).await);
    }
    // They hold all places of their address, and give one up to a new connection.
    server.kept("127.0.0.1").await;
    assert!(start.elapsed() < Duration::from_millis(900));
    let mut text = [0; 12];
    let last = refused.last_mut().unwrap();
    timeout(SOON, last.read_exact(&mut text))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&text, b"HTTP/1.1 429");
    assert!(start.elapsed() > Duration::from_millis(900));
}

#[tokio::test]
async fn serving_ends_once_every_connection_has() {
    let server = Serving::new().await;
    let _kept = server.kept("127.0.0.1").await;
    let _silent = server.connect("127.0.0.1").await;
    server.stop.send_replace(true);
    timeout(SOON, server.task).await.unwrap().unwrap();
}
