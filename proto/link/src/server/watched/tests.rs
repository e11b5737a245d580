use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    time::timeout,
};

use super::*;
use crate::server::{Peer, PeerCertificates, Places};

/// How long these tests hold a connection that gave way.
const HELD: Duration = Duration::from_millis(400);
/// Longer than anything in these tests takes.
const SOON: Duration = Duration::from_secs(10);

/// A connection that was admitted, the peer's end of it, and the place that it holds.
struct Admission {
    server: Watched,
    peer: TcpStream,
    places: Arc<Places>,
}

// === impl Admission ===

impl Admission {
    async fn new(lingering: &Lingering) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).await;
        let (tcp, address) = listener.accept().await.unwrap();
        let places = Arc::new(Places::new(1));
        let place = places.take(&Peer::at(address.ip())).await;
        let authority = crate::tests::authority();
        let ours = crate::tests::certified(&authority, &crate::tests::node("R0A"));
        let current = Current::fixed(&ours, PeerCertificates::NotAsked).unwrap();
        let mut server = Watched::new(tcp);
        server.admit(place, Under::new(&Arc::new(current), 0, lingering));
        server.begin();
        Self {
            server,
            peer: peer.unwrap(),
            places,
        }
    }

    /// Gives its place to another peer, for good.
    async fn gives_way(&self) {
        let place = self.places.take(&Peer::at([10, 0, 0, 1].into())).await;
        // That peer never gives it back.
        std::mem::forget(place);
    }
}

/// How long the server keeps a connection on which it waits for its peer, or which it writes to.
async fn ends(server: &mut Watched, writes: bool) -> Duration {
    let began = Instant::now();
    let ended = async {
        if writes {
            server.write_all(b"more").await
        } else {
            server.read_u8().await.map(drop)
        }
    };
    let ended = timeout(SOON, ended).await.expect("it is dropped");
    let said = ended.expect_err("nothing more is said to it").to_string();
    assert!(said.contains("given to another"), "{said}");
    began.elapsed()
}

#[tokio::test]
async fn whoever_was_refused_and_gives_way_reads_the_refusal_and_then_the_end() {
    let lingering = Lingering::new(1, HELD);
    let mut one = Admission::new(&lingering).await;
    one.server.write_all(b"refused").await.unwrap();
    one.gives_way().await;
    // The peer goes on to send: closing a connection with unread bytes would destroy the refusal.
    one.peer.write_all(b"and another").await.unwrap();
    let Admission {
        mut server,
        mut peer,
        ..
    } = one;
    let held = tokio::spawn(async move { ends(&mut server, false).await });
    let mut refusal = [0; 7];
    timeout(HELD / 2, peer.read_exact(&mut refusal))
        .await
        .expect("it is read while the connection is held")
        .unwrap();
    assert_eq!(&refusal, b"refused");
    // A slower peer would still read it: what that sent meets an open connection.
    let at_once = timeout(HELD / 4, peer.read_u8()).await;
    assert!(at_once.is_err(), "{at_once:?}");
    held.await.unwrap();
    // Then the connection is over, whichever error the system gives.
    let end = timeout(SOON, peer.read_u8()).await.unwrap();
    end.unwrap_err();
}

#[tokio::test]
async fn whoever_gives_way_and_never_closes_is_dropped_in_bounded_time() {
    for writes in [false, true] {
        // The first connection is held; the second is beyond the bound, and is not.
        let lingering = Lingering::new(1, HELD);
        let mut first = Admission::new(&lingering).await;
        let mut second = Admission::new(&lingering).await;
        first.gives_way().await;
        second.gives_way().await;
        let (held, at_once) = tokio::join!(
            ends(&mut first.server, writes),
            ends(&mut second.server, writes)
        );
        assert!(held >= HELD, "{held:?}");
        assert!(at_once < HELD, "{at_once:?}");
        // The peer never closed its end.
        assert!(first.peer.try_write(b"still here").is_ok());
    }
}
