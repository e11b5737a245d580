//! How long an honest caller waits for kept answers, and for new ones, while one client does its worst:
//! `cargo bench -p vwis-tests --bench starvation`, or, without another build than the tests',
//! `cargo test --workspace --bench starvation`.
//!
//! A real aggregator serves eight quarters of nine employers. Analysts at 127.0.0.2 ask for a page and a table
//! that are kept, and for tables that nobody asked for before, each on a connection of its own, before and
//! during each attack from 127.0.0.1.
//! Nothing here passes or fails by time; it fails where an honest question is not answered.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

mod attack;

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior};
use vwis_tests::{
    issuer::{Issuer, Key},
    process::cpu_of,
    quarters,
};

use self::attack::{ALL, Target};

const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");
/// How long each attack is watched.
const SPELL: Duration = Duration::from_secs(15);
/// Pause between two questions of one honest caller, whose pace is below what [http] allows an identity.
const EVERY: Duration = Duration::from_millis(120);
const HONEST: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const KEPT: [&str; 2] = ["/", "/api/v1/tables?by=staff_group,locality&format=csv"];
/// How many tables were asked for that nobody asked for before.
static NEW: AtomicU32 = AtomicU32::new(0);

/// The answers that honest callers got, and how long they took.
#[derive(Default)]
struct Answered {
    took_ms: Vec<f64>,
    /// Number of answers by status; 0 where none came.
    statuses: BTreeMap<u16, usize>,
}

impl Answered {
    fn at(&self, share: usize) -> f64 {
        self.took_ms[(self.took_ms.len() - 1) * share / 100]
    }

    fn are_all(&self) -> bool {
        self.statuses.keys().all(|status| *status == 200)
    }
}

/// One honest caller for a while. Each question has a new connection, as with most programs.
async fn asks(base: String, path: impl Fn() -> String, token: String) -> Answered {
    let client = reqwest::Client::builder()
        .local_address(HONEST)
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_mins(1))
        .build()
        .unwrap();
    let mut answered = Answered::default();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = Instant::now() + SPELL;
    while ticks.tick().await < end {
        let start = Instant::now();
        let whole = async {
            let url = format!("{base}{}", path());
            let response = client.get(url).bearer_auth(&token).send().await?;
            let status = response.status().as_u16();
            response.bytes().await.map(|_| status)
        };
        let status = whole.await.unwrap_or(0);
        answered.took_ms.push(start.elapsed().as_secs_f64() * 1e3);
        *answered.statuses.entry(status).or_default() += 1;
    }
    answered
}

/// A table that nobody asked for before: each is of the latest period, and asked for by another end.
fn new_table() -> String {
    let turn = NEW.fetch_add(1, Ordering::Relaxed);
    let (year, month) = (2030 + turn / 12, turn % 12 + 1);
    format!("/api/v1/tables?by=staff_group,locality&format=csv&up_to={year}-{month:02}")
}

/// What honest callers got of kept answers, and of new ones.
async fn honest(target: &Target, tokens: &[String]) -> [Answered; 2] {
    let ask = |path: &'static str, token: &String| {
        tokio::spawn(asks(
            target.base.clone(),
            move || path.to_owned(),
            token.clone(),
        ))
    };
    let kept: Vec<_> = KEPT
        .iter()
        .zip(tokens)
        .map(|(path, token)| ask(path, token))
        .collect();
    let new = tokio::spawn(asks(
        target.base.clone(),
        new_table,
        tokens[KEPT.len()].clone(),
    ));
    let mut all = Answered::default();
    for one in kept {
        let one = one.await.unwrap();
        all.took_ms.extend(one.took_ms);
        for (status, times) in one.statuses {
            *all.statuses.entry(status).or_default() += times;
        }
    }
    let mut both = [all, new.await.unwrap()];
    for of_kind in &mut both {
        of_kind.took_ms.sort_by(f64::total_cmp);
    }
    both
}

fn cores(worked: Duration, during: Duration) -> f64 {
    worked.as_secs_f64() / during.as_secs_f64()
}

#[tokio::main]
async fn main() {
    let key = Key::ed25519("one");
    let issuer = Issuer::start(&[&key]).await;
    let http = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\nanonymous = \"analyst\"\n{}client_id = \"vwis\"\n",
        issuer.configuration()
    );
    let federation = quarters::released(BINARY, &http).await;
    let token = async |name: &str, role: &[&str]| {
        let create = ["token", "create", "--name", name, "--role"];
        let said = federation.aggregator(&[&create[..], role].concat()).await;
        said.done().trim().to_owned()
    };
    let mut honest_tokens = Vec::new();
    for path in KEPT.iter().chain(&["new tables"]) {
        honest_tokens.push(token(path, &["analyst"]).await);
    }
    let viewer = token("viewer", &["viewer", "--organisation", "R0A"]).await;
    let mut writers = Vec::new();
    for name in 0..8 {
        writers.push(token(&format!("writer {name}"), &["analyst"]).await);
    }
    let target = Arc::new(Target::of(&federation, viewer, writers));

    // The answers to these questions are kept from here on.
    honest(&target, &honest_tokens).await;
    let quiet = honest(&target, &honest_tokens).await;
    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    for (kind, quiet) in ["kept", "new"].iter().zip(&quiet) {
        let (half, most) = (quiet.at(50), quiet.at(99));
        println!(
            "quiet, {kind}: p50 {half:.1} ms, p99 {most:.1} ms, {:?}",
            quiet.statuses
        );
    }
    println!("load of the machine: {load}");
    println!(
        "| attack | kept: p50, p99 | of quiet p99 | new: p50, p99 | of quiet p99 | honest statuses | attacker: cores, answers | server: cores |"
    );
    let mut are_all = quiet.iter().all(Answered::are_all);
    for attack in &ALL {
        let (start, own, servers) = (Instant::now(), cpu_of(std::process::id()), federation.cpu());
        let under_way = attack.begin(&target);
        let answered = honest(&target, &honest_tokens).await;
        let answers = under_way.end().await;
        let during = start.elapsed();
        print!("| {} ", attack.name);
        for (answered, quiet) in answered.iter().zip(&quiet) {
            let times = answered.at(99) / quiet.at(99);
            print!(
                "| {:.1} ms, {:.1} ms | {times:.1} ",
                answered.at(50),
                answered.at(99)
            );
        }
        println!(
            "| {:?}, {:?} | {:.2}, {answers:?} | {:.2} |",
            answered[0].statuses,
            answered[1].statuses,
            cores(cpu_of(std::process::id()).saturating_sub(own), during),
            cores(federation.cpu().saturating_sub(servers), during),
        );
        are_all &= answered.iter().all(Answered::are_all);
    }
    println!("peak memory: {} MB", federation.peak_memory() / 1_000_000);
    federation.stop().await;
    assert!(are_all, "an honest question was not answered");
}
