//! Peers that make a server wait: their places become free again.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::{Instant, timeout},
};
use vwis_tests::{
    certificates::{AGGREGATOR, System, aggregator, node as node_of},
    node::NodeFixture,
    wire::{self, Line},
};

use super::{
    BINARY,
    frames::{PREFACE, hello},
};

/// How long the server keeps a connection on which nothing more comes.
async fn kept(mut line: Line) -> Duration {
    let started = Instant::now();
    let mut bytes = [0; 1024];
    let hung_up = async { while line.read(&mut bytes).await.is_ok_and(|read| read > 0) {} };
    let hung_up = timeout(Duration::from_secs(55), hung_up).await;
    hung_up.expect("the server hangs up");
    started.elapsed()
}

#[tokio::test]
async fn whoever_says_nothing_more_gives_the_place_back() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let server = node.serve().await;
    let papers = system.papers(&aggregator(AGGREGATOR));
    let line = async |said: &[u8]| {
        let tcp = wire::tcp(server.url(), 1).await.unwrap();
        let expected = node_of("R0A");
        let line = wire::tls(tcp, &expected, system.authority_pem(), Some(&papers)).await;
        let mut line = line.unwrap();
        line.write_all(said).await.unwrap();
        line.flush().await.unwrap();
        line
    };
    let (nothing, half) = (line(b"").await, line(&PREFACE[..9]).await);
    // A peer that vanished after it began looks like this: it answers no keep-alive.
    let vanished = line(&hello()).await;
    let (nothing, half, vanished) = tokio::join!(kept(nothing), kept(half), kept(vanished));
    eprintln!("kept {nothing:?} without, {half:?} with half a preface, {vanished:?} once vanished");
    // The preface has ten seconds; a keep-alive is sent after 20, and its answer has 10.
    for waited in [nothing, half] {
        assert!(waited > Duration::from_secs(5), "{waited:?}");
        assert!(waited < Duration::from_secs(20), "{waited:?}");
    }
    assert!(vanished > Duration::from_secs(20), "{vanished:?}");
    assert!(vanished < Duration::from_secs(45), "{vanished:?}");
    server.caller(&system).await.describe().await;
    server.stop().await;
}
