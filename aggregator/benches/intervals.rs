//! What one interval costs: `cargo bench -p vwis-aggregator --bench intervals`. Nothing here passes or
//! fails.

#![expect(clippy::print_stdout, reason = "a benchmark")]

use std::hint::black_box;

use tokio::time::Instant;
use vwis_picture::estimate::{Figure, Parts};

const ROUNDS: usize = 31;
const CALLS: u32 = 100;

/// Counts with an sd of 10, correlated as cells of one table are.
fn parts(values: &[f64]) -> Parts {
    Parts::new(values.to_vec(), |i, j| if i == j { 100.0 } else { -10.0 })
}

/// The median of some rounds.
fn time(what: &str, parts: &Parts, ask: impl Fn(&Parts) -> Figure) {
    let round = |_| {
        let start = Instant::now();
        for _ in 0..CALLS {
            black_box(ask(black_box(parts)));
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
    };
    let mut took: Vec<f64> = (0..ROUNDS).map(round).collect();
    took.sort_by(f64::total_cmp);
    println!("{:9.2} us  {what}", took[ROUNDS / 2]);
}

fn main() {
    let share = |parts: &Parts| parts.share(0, 1);
    time("a share, clear of 0", &parts(&[300.0, 800.0]), share);
    time("a share, near 0", &parts(&[30.0, 800.0]), share);
    time("a share, touching 0", &parts(&[12.0, 800.0]), share);
    let difference = |parts: &Parts| parts.difference_of_shares((0, 1), (2, 3));
    for (what, values) in [
        ("clear of 0", [300.0, 800.0, 500.0, 4000.0]),
        ("one part near 0", [30.0, 800.0, 500.0, 4000.0]),
        ("two parts near 0", [30.0, 12.0, 500.0, 4000.0]),
        ("all parts near 0", [30.0, 12.0, 5.0, 40.0]),
    ] {
        let what = format!("a difference of shares, {what}");
        time(&what, &parts(&values), difference);
    }
    let disparity = |parts: &Parts| parts.ratio(&[0, 1], &[2, 3]);
    time(
        "a disparity ratio, two parts near 0",
        &parts(&[30.0, 300.0, 40.0, 300.0]),
        disparity,
    );
}
