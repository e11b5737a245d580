//! The rows of `tests/README.md` about the HTTP API and the pages: `cargo bench -p vwis-tests --bench api`.
//!
//! A real aggregator serves eight quarters of nine employers under the standard agreement. Each question
//! is asked once with nothing kept, then over and over by one caller and by eight. Nothing here passes
//! or fails.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::sync::Arc;

use tokio::{task::JoinSet, time::Instant};
use vwis_tests::quarters;

const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");
const REQUESTS: usize = 2_000;
const CALLERS: usize = 8;

const TABLES: [&str; 6] = [
    "/api/v1/tables?by=staff_group",
    "/api/v1/tables?by=staff_group,locality",
    "/api/v1/tables?by=band,ethnic_group&format=csv",
    "/api/v1/tables?by=staff_group,band,ethnic_group",
    "/api/v1/tables?by=staff_group&org=R0A",
    "/api/v1/tables?by=staff_group&measure=fte",
];

const PAGES: [&str; 8] = [
    "/",
    "/localities/e08000001",
    "/staff-groups/nursing_and_midwifery",
    "/compare?between=employers",
    "/equality",
    "/pathways/breast",
    "/coverage",
    "/privacy",
];

/// Milliseconds that one answer took, with its whole body.
async fn asked(client: &reqwest::Client, url: &str) -> f64 {
    let start = Instant::now();
    let response = client.get(url).send().await.unwrap();
    assert_eq!(response.status(), 200, "{url}");
    response.bytes().await.unwrap();
    start.elapsed().as_secs_f64() * 1e3
}

fn percentiles(mut all: Vec<f64>) -> String {
    all.sort_by(f64::total_cmp);
    let at = |share: usize| all[(all.len() - 1) * share / 1000];
    format!(
        "p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        at(500),
        at(950),
        at(990),
        at(1000)
    )
}

#[tokio::main]
async fn main() {
    let http = "[http]\nlisten = \"127.0.0.1:0\"\nanonymous = \"analyst\"\nrequests_per_minute = 100000000\n";
    let federation = Arc::new(quarters::released(BINARY, http).await);
    let base = federation.http();
    let client = reqwest::Client::new();
    let list: serde_json::Value = client
        .get(format!("{base}/api/v1/indicators"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let names = list["indicators"].as_array().unwrap().iter();
    // No year of staff is released here, so that nothing tells who moved up.
    let indicators: Vec<_> = names
        .map(|i| format!("{base}{}", i["href"].as_str().unwrap()))
        .filter(|url| !url.ends_with("/career-movement"))
        .collect();
    let tables: Vec<_> = TABLES.iter().map(|path| format!("{base}{path}")).collect();
    let pages: Vec<_> = PAGES.iter().map(|path| format!("{base}{path}")).collect();
    for (what, urls) in [
        ("tables", &tables),
        ("indicators", &indicators),
        ("pages", &pages),
    ] {
        let mut first = Vec::new();
        for url in urls {
            let took = asked(&client, url).await;
            println!("  anew {took:8.2} ms  {}", url.trim_start_matches(&base));
            first.push(took);
        }
        println!("{what}, nothing kept: {}", percentiles(first));
        let mut all = Vec::with_capacity(REQUESTS);
        for turn in 0..REQUESTS {
            all.push(asked(&client, &urls[turn % urls.len()]).await);
        }
        println!("{what}, one caller: {}", percentiles(all));
        let start = Instant::now();
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let (client, urls) = (client.clone(), urls.clone());
            callers.spawn(async move {
                let mut all = Vec::with_capacity(REQUESTS);
                for turn in 0..REQUESTS {
                    all.push(asked(&client, &urls[(turn + caller) % urls.len()]).await);
                }
                all
            });
        }
        let all: Vec<f64> = callers.join_all().await.concat();
        let requests = u32::try_from(all.len()).unwrap();
        let rate = f64::from(requests) / start.elapsed().as_secs_f64();
        println!(
            "{what}, {CALLERS} callers: {rate:.0} requests/s, {}",
            percentiles(all)
        );
    }
    println!("peak memory: {} MB", federation.peak_memory() / 1_000_000);
}
