//! The first rows of the benchmark table in `tests/README.md`: `cargo bench -p vwis-tests`.
//!
//! Draws of the exact discrete Gaussian are timed against OpenDP's own sampler in the same run, so
//! the ratio holds on a noisy machine. A measurement and a collection are timed through real
//! processes. Nothing here passes or fails.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::hint::black_box;

use dashu::rational::RBig;
use opendp::traits::samplers::sample_discrete_gaussian;
use tokio::time::Instant;
use vwis_model::{agreement::Draft, here};
use vwis_noise::DiscreteGaussianSampler;
use vwis_tests::{
    call, certificates::System, extract::Extract, federation::Federation, node::NodeFixture,
};

const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");
const AGREEMENT: &str = include_str!("../../deploy/agreements/gm-workforce.toml");
const PERIOD: &str = "2026-09";
const ROUNDS: usize = 7;

/// Median seconds of `ROUNDS` runs, after a first one that does not count.
fn median(mut run: impl FnMut() -> f64) -> f64 {
    run();
    let mut seconds: Vec<f64> = (0..ROUNDS).map(|_| run()).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[ROUNDS / 2]
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn sampler() {
    for (name, gamma) in [("2^26, headcount", 1_u64 << 26), ("2^33, FTE", 1 << 33)] {
        let (ours, theirs) = (200_000_u32, 5_000_u32);
        let mut sampler = DiscreteGaussianSampler::new(gamma).unwrap();
        let scale = RBig::from(gamma);
        let ours = f64::from(ours)
            / median(|| {
                seconds(|| {
                    (0..ours).for_each(|_| {
                        black_box(sampler.draw().unwrap());
                    });
                })
            });
        let theirs = f64::from(theirs)
            / median(|| {
                seconds(|| {
                    (0..theirs).for_each(|_| {
                        black_box(sample_discrete_gaussian(scale.clone()).unwrap());
                    });
                })
            });
        println!(
            "draws at gamma {name}: {:.2} million/s; OpenDP's own {:.3} million/s; ratio {:.0}",
            ours / 1e6,
            theirs / 1e6,
            ours / theirs
        );
    }
}

async fn one_measurement() {
    let (agreement, _) = Draft::parse(AGREEMENT)
        .unwrap()
        .compile(here::dictionary())
        .unwrap();
    let system = System::new();
    let mut fresh = Vec::new();
    let mut again = Vec::new();
    for seed in 0..5 {
        let node = NodeFixture::new(BINARY, &system, "0.5").await;
        node.without_answer_floor();
        node.import(&Extract::seeded(seed, 5_000), PERIOD).await;
        let (server, caller) = node.serve_approved(&system, &[&agreement]).await;
        for times in [&mut fresh, &mut again] {
            let start = Instant::now();
            let asked = call::request(&agreement, "headline", PERIOD);
            caller.measure(asked).await.unwrap();
            times.push(start.elapsed().as_secs_f64());
        }
        server.stop().await;
    }
    for seconds in [&mut fresh, &mut again] {
        seconds.sort_by(f64::total_cmp);
    }
    println!(
        "one `headline` measurement (972 integers, 5,000 people) over mutual TLS, answer floor off: \
         {:.1} ms new (reserve, draw, seal), {:.1} ms sealed",
        1e3 * fresh[2],
        1e3 * again[2]
    );
}

async fn one_collection() {
    const NODES: [&str; 9] = [
        "R0A", "RBV", "RM3", "RMC", "RMP", "RRF", "RT2", "RWJ", "RXV",
    ];
    let federation = Federation::new(BINARY).await;
    let mut serving = Vec::new();
    for (seed, ods_code) in (1..).zip(NODES) {
        federation.enrol(ods_code).await;
        federation
            .import(ods_code, &Extract::seeded(seed, 5_000), PERIOD)
            .await;
        serving.push(federation.serve(ods_code).await);
    }
    let hash = federation.propose(AGREEMENT).await;
    for ods_code in NODES {
        federation.approve(ods_code, &hash).await;
    }
    for what in ["new", "again, nothing to fetch"] {
        let start = Instant::now();
        let _ = federation
            .aggregator(&["collect", "--period", PERIOD])
            .await
            .done();
        println!(
            "collect of 9 nodes, 2 series ({what}), answer floor 200 ms: {:.0} ms, whole process",
            1e3 * start.elapsed().as_secs_f64()
        );
    }
    for node in serving {
        node.stop().await;
    }
    federation.stop().await;
}

#[tokio::main]
async fn main() {
    sampler();
    one_measurement().await;
    one_collection().await;
}
