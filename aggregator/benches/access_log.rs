//! How long callers wait for their row of the access log: by the store's queue, and as many connections
//! would that meet in SQLite. Both in one run, on one disk: read the ratio.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark measures real time, and prints it"
)]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use vwis_aggregator::store::{Read, Store};

const CALLERS: usize = 8;
const ROWS: usize = 200;

#[tokio::main]
async fn main() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).await.expect("a store");
    let queue = measured(|| queued(&store)).await;
    let ladder = connections(dir.path()).await;
    let ladder = measured(|| met(&ladder)).await;
    println!("one queue, shared commits:      {queue}");
    println!("{CALLERS} connections, busy handler: {ladder}");
}

async fn queued(store: &Store) {
    let read = Read {
        who: "A reader",
        via: "token 1",
        request: "/api/v1/tables?org=R0A",
        status: 200,
    };
    let now = jiff::Timestamp::UNIX_EPOCH;
    store.log_access(&read, &[], now).await.expect("a row");
}

async fn connections(dir: &Path) -> sqlx::SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(dir.join("aggregator.db"))
        .busy_timeout(Duration::from_secs(30));
    let most = u32::try_from(CALLERS).expect("a small number");
    let pool = SqlitePoolOptions::new().max_connections(most);
    pool.connect_with(options).await.expect("the store")
}

async fn met(pool: &sqlx::SqlitePool) {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.expect("a turn");
    sqlx::query(
        "INSERT INTO access_request (at_s, who, via, request, status)
         VALUES (0, 'A reader', 'token 1', '/api/v1/tables?org=R0A', 200)",
    )
    .execute(&mut *transaction)
    .await
    .expect("a row");
    transaction.commit().await.expect("a commit");
}

async fn measured<F: Future<Output = ()>>(write: impl Fn() -> F) -> String {
    let began = Instant::now();
    let write = &write;
    let callers = (0..CALLERS).map(|_| async move {
        let mut waits = Vec::with_capacity(ROWS);
        for _ in 0..ROWS {
            let began = Instant::now();
            write().await;
            waits.push(began.elapsed());
        }
        waits
    });
    let mut waits: Vec<_> = join_all(callers).await.concat();
    let took = began.elapsed();
    waits.sort();
    let at = |percent: usize| waits[(waits.len() - 1) * percent / 100];
    let in_a_second = waits.len() as u128 * 1000 / took.as_millis().max(1);
    format!(
        "{in_a_second} rows/s; p50 {:?}, p99 {:?}, most {:?}",
        at(50),
        at(99),
        at(100)
    )
}
