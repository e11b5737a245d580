//! Clients that misbehave, at a node and at the enrolment server.

use std::{sync::Arc, time::Duration};

use prost::Message as _;
use tokio::{
    io::AsyncWriteExt as _,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use vwis_link::identity::Identity;
use vwis_tests::{
    agreement::{LARGE, agreement},
    call::request,
    certificates::{AGGREGATOR, Papers, System, aggregator, node as node_of},
    extract::Extract,
    federation::Federation,
    node::NodeFixture,
    wire::{self, Line, Wire, framed, head},
};

use super::{BINARY, MOST_MEMORY, attacks::ALL};

/// Longest that an honest peer may wait under attack, connecting included.
const HONEST: Duration = Duration::from_secs(8);
/// How long each attack goes on.
const ATTACK: Duration = Duration::from_millis(700);
/// Number of attackers at once, each with a connection of its own.
const LINES: usize = 40;

/// A server, and how both kinds of peers reach it.
struct Target {
    url: String,
    expected: Identity,
    authority: String,
    honest: Option<Papers>,
    /// Certificates that attackers show, in turn; none where this is empty.
    attackers: Vec<Papers>,
    /// The method with which an attacker gets furthest, and gRPC's status for an honest peer.
    path: &'static str,
    ends: i32,
}

impl Target {
    /// A connection from another address than that of honest peers.
    async fn line(&self, n: usize) -> std::io::Result<Line> {
        let tcp = wire::tcp(&self.url, 2).await?;
        let papers = self.attackers.iter().cycle().nth(n);
        wire::tls(tcp, &self.expected, &self.authority, papers).await
    }

    /// Has an honest peer connect, ask and be answered, and returns how long that took.
    async fn is_served(&self) -> Duration {
        let started = Instant::now();
        let asked = async {
            let papers = self.honest.as_ref();
            let wire = Wire::connect(&self.url, &self.expected, &self.authority, papers).await;
            wire.unwrap().call(self.path, &[Vec::new()]).await.unwrap()
        };
        let answered = timeout(HONEST, asked).await;
        let answered = answered.expect("an honest peer is served meanwhile");
        assert_eq!(answered.status().0, self.ends, "{:?}", answered.status());
        started.elapsed()
    }

    /// Runs every attack on more connections at once than there are places.
    async fn withstands_everything(&self) {
        for attack in ALL {
            let mut attackers = JoinSet::new();
            for n in 0..LINES {
                // A connection that is not let in attacks nothing.
                if let Ok(Ok(line)) = timeout(HONEST, self.line(n)).await {
                    attackers.spawn(attack.run(line, self.path));
                }
            }
            let longest = async {
                let mut longest = Duration::ZERO;
                for _ in 0..3 {
                    longest = longest.max(self.is_served().await);
                }
                longest
            };
            let (longest, ()) = tokio::join!(longest, sleep(ATTACK));
            eprintln!("{attack:?}: an honest peer waited {longest:?} at most");
            if attack.is_hung_up_on() {
                let hung_up = async { while attackers.join_next().await.is_some() {} };
                let hung_up = timeout(Duration::from_secs(20), hung_up).await;
                hung_up.unwrap_or_else(|_| panic!("{attack:?} goes on and on"));
            }
            attackers.shutdown().await;
        }
        self.is_served().await;
    }
}

#[tokio::test]
async fn a_node_withstands_every_client_of_its_own_system() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let server = node.serve().await;
    let papers = |identity| system.papers(&identity);
    let target = Target {
        url: server.url().to_owned(),
        expected: node_of("R0A"),
        authority: system.authority_pem().to_owned(),
        honest: Some(papers(aggregator(AGGREGATOR))),
        attackers: vec![papers(node_of("RM3")), papers(aggregator("other"))],
        path: "/vwis.v1.Node/Describe",
        ends: 0,
    };
    target.withstands_everything().await;
    let peak = server.peak_memory();
    eprintln!("the node had {} MB at most", peak >> 20);
    assert!(peak < MOST_MEMORY, "{peak} bytes");
    server.stop().await;
}

#[tokio::test]
async fn the_enrolment_server_withstands_everybody() {
    let federation = Federation::new(BINARY).await;
    let authority = federation.aggregator_dir().join("authority/authority.pem");
    let target = Target {
        url: federation.enrolment(),
        expected: aggregator("gm-icb"),
        authority: std::fs::read_to_string(authority).unwrap(),
        honest: None,
        attackers: Vec::new(),
        path: "/vwis.v1.Enrolment/Enrol",
        // An empty request to enrol is an invalid argument.
        ends: 3,
    };
    target.withstands_everything().await;
    let peak = federation.peak_memory();
    eprintln!("the enrolment server had {} MB at most", peak >> 20);
    assert!(peak < MOST_MEMORY, "{peak} bytes");
    // A real node can still enrol from an address that misbehaved.
    federation.enrol("R0A").await;
    federation.stop().await;
}

/// 1,500 calls of the cheapest kind: 500 at once, the others at 250 a second.
#[tokio::test]
async fn calls_beyond_the_pace_wait_their_turn_and_hold_up_nobody() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let server = node.serve().await;
    let papers = system.papers(&aggregator("other"));
    let expected = node_of("R0A");
    let wire = Wire::connect(
        server.url(),
        &expected,
        system.authority_pem(),
        Some(&papers),
    );
    let wire = Arc::new(wire.await.unwrap());
    let started = Instant::now();
    let mut calling = JoinSet::new();
    for _ in 0..15 {
        let wire = Arc::clone(&wire);
        calling.spawn(async move {
            for _ in 0..100 {
                let check = "/grpc.health.v1.Health/Check";
                let answered = wire.call(check, &[Vec::new()]).await.unwrap();
                assert_eq!(answered.status().0, 0, "{:?}", answered.status());
            }
        });
    }
    let caller = server.caller(&system).await;
    for _ in 0..20 {
        let described = timeout(Duration::from_secs(2), caller.describe()).await;
        described.expect("another peer has a pace of its own");
    }
    while let Some(called) = calling.join_next().await {
        called.unwrap();
    }
    let took = started.elapsed();
    eprintln!("1,500 calls took {took:?}");
    assert!(took > Duration::from_millis(3900), "{took:?}");
    server.stop().await;
}

/// There are more connections without TLS than a server keeps.
#[tokio::test]
async fn handshakes_that_never_end_keep_nobody_out() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let server = node.serve().await;
    let mut silent = Vec::new();
    for n in 0..600 {
        let mut tcp = wire::tcp(server.url(), 2).await.unwrap();
        // Some begin a handshake record whose rest never comes.
        if n % 2 == 0 {
            tcp.write_all(&[0x16, 3, 1, 0x3f, 0xff, 1]).await.unwrap();
        }
        silent.push(tcp);
        if n % 100 == 99 {
            let caller = timeout(HONEST, server.caller(&system)).await;
            caller.expect("an honest peer is let in").describe().await;
        }
    }
    let peak = server.peak_memory();
    assert!(peak < MOST_MEMORY, "{peak} bytes");
    server.stop().await;
}

/// The aggregator itself asks for much and reads nothing.
#[tokio::test]
async fn answers_that_are_not_read_cost_little_and_hold_up_nobody() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let agreement = agreement(&[LARGE]);
    node.import(&Extract::seeded(1, 100), "2026-06").await;
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
    let ask = request(&agreement, "large", "2026-06");
    let first = caller.measure(ask.clone()).await.unwrap();
    let papers = system.papers(&aggregator(AGGREGATOR));
    let before = server.peak_memory();
    let mut unread = Vec::new();
    for _ in 0..3 {
        let line = wire::tcp(server.url(), 1).await.unwrap();
        let expected = node_of("R0A");
        let line = wire::tls(line, &expected, system.authority_pem(), Some(&papers)).await;
        // Windows of 64 KiB are never opened again.
        let (sender, connection) = h2::client::handshake(line.unwrap()).await.unwrap();
        tokio::spawn(connection);
        for _ in 0..8 {
            let mut sender = sender.clone().ready().await.unwrap();
            let path = "/vwis.v1.Node/Measure";
            let (answer, mut body) = sender.send_request(head(path), false).unwrap();
            body.send_data(framed(&ask.encode_to_vec()), true).unwrap();
            unread.push((answer, body));
        }
    }
    // Some of these calls wait for others; nobody else does.
    for _ in 0..3 {
        let again = timeout(HONEST, caller.measure(ask.clone())).await;
        let again = again.expect("an honest peer is answered").unwrap();
        assert_eq!(again.entries, first.entries);
    }
    let more = server.peak_memory() - before;
    eprintln!(
        "24 answers of 360 kB unread: {} MB more at most",
        more >> 20
    );
    assert!(more < 96 << 20, "{more} bytes");
    drop(unread);
    server.stop().await;
}
