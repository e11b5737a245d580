//! What leaves is the truth plus the agreed noise, neither less nor more.

#![expect(clippy::cast_precision_loss, reason = "statistics over small numbers")]

use statrs::distribution::{ChiSquared, ContinuousCDF as _, Normal};
use vwis_model::period::Period;
use vwis_tests::{
    agreement::{PRECISE, PRECISE_FTE, agreement},
    call::{request, with_receipt},
    certificates::System,
    extract::Extract,
    node::NodeFixture,
};

use super::BINARY;

/// A correct node fails each of these figures once in a million runs.
const ALPHA: f64 = 1e-6;
const MEASUREMENTS: usize = 40;

/// Whether a statistic is plausible whose distribution function is `p` at the value seen.
fn plausible(p: f64) -> bool {
    (ALPHA / 2.0..=1.0 - ALPHA / 2.0).contains(&p)
}

/// Checks that the noise of every measurement of one series, in units of γ, is standard normal: its scale,
/// its mean, and that no two measurements share any.
fn check(series: &str, measurements: &[Vec<f64>]) {
    let noise: Vec<f64> = measurements.concat();
    let n = noise.len() as f64;
    assert!(n > 1000.0, "{series}: {n} draws");

    let squares: f64 = noise.iter().map(|z| z * z).sum();
    let p = ChiSquared::new(n).unwrap().cdf(squares);
    assert!(plausible(p), "{series}: scale {} of 1, p {p}", squares / n);

    let sum: f64 = noise.iter().sum();
    let p = Normal::standard().cdf(sum / n.sqrt());
    assert!(plausible(p), "{series}: mean {}, p {p}", sum / n);

    let pairs = measurements
        .windows(2)
        .flat_map(|pair| pair[0].iter().zip(&pair[1]));
    let (products, count) = pairs.fold((0.0, 0.0), |(sum, n), (a, b)| (sum + a * b, n + 1.0));
    let p = Normal::standard().cdf(products / f64::sqrt(count));
    assert!(plausible(p), "{series}: independence, p {p}");
}

#[tokio::test]
async fn forty_measurements_are_the_truth_plus_noise_of_the_agreed_scale() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "200").await;
    node.without_answer_floor();
    let agreement = agreement(&[PRECISE, PRECISE_FTE]);
    let (server, caller) = node.serve_approved(&system, &[&agreement]).await;

    let first: Period = "2017-04".parse().unwrap();
    let last: Period = "2026-03".parse().unwrap();
    let mut receipt = None;
    let mut noise = [Vec::new(), Vec::new()];
    // Every second month is measured, so that the charges spread over the years.
    for (seed, period) in (0..).zip(first.through(last).step_by(2).take(MEASUREMENTS)) {
        let extract = Extract::seeded(seed, 60);
        let period = period.to_string();
        node.import(&extract, &period).await;
        for (series, noise) in agreement.series().iter().zip(&mut noise) {
            let mut ask = request(&agreement, series.name(), &period);
            if let Some(receipt) = &receipt {
                ask = with_receipt(ask, receipt);
            }
            let answer = caller.measure(ask).await.unwrap();
            let exact = extract.exact(series);
            assert_eq!(answer.entries.len(), exact.len());
            let gamma = series.strategy().gamma() as f64;
            let draws = answer.entries.iter().zip(exact);
            noise.push(
                draws
                    .map(|(noisy, exact)| (noisy - exact) as f64 / gamma)
                    .collect(),
            );
            receipt = Some(answer.receipt);
        }
    }
    for (series, noise) in agreement.series().iter().zip(&noise) {
        assert_eq!(noise.len(), MEASUREMENTS);
        check(series.name(), noise);
    }
    server.stop().await;
}
