//! What is learned by an attacker who knows everybody but one person, and asks whether that person is there.
//!
//! The most telling statistic is linear: the answer's part along x, which is what the person adds before
//! noise, over ‖x‖. Without the person it is N(m, σ²), with them N(m + ‖x‖, σ²), and the privacy loss is ρ =
//! ‖x‖² / 2σ². Both are estimated from the answers alone, without the truth.

use super::{
    super::{
        data::{Arm, NEIGHBOURS},
        sample::{Sample, SeriesPart},
        statistics::{ALPHA, chi_squared_quantile_below, normal_quantile_above},
    },
    Verdict,
};

/// What the answers say about the one person of some pairs of neighbours.
struct Shift {
    /// How far the person shifts the statistic, in units of γ.
    estimate: f64,
    /// How far a whole person should shift it, in units of γ.
    whole: f64,
    /// The standard error of `estimate`, in units of σ.
    error: f64,
    /// Number of measurements.
    measurements: usize,
}

/// The part of one arm's answers along x, in units of γ.
fn along(sample: &Sample, series: &SeriesPart, arm: Arm, x: &[i64]) -> Vec<f64> {
    let norm = norm(x);
    let observations = sample.observations.iter().filter(|o| o.arm == arm);
    observations
        .map(|observation| {
            let answer = &observation.answer[series.cells.clone()];
            let products = answer.iter().zip(x);
            let product: f64 = products.map(|(y, x)| *y as f64 * *x as f64).sum();
            product / norm / series.gamma as f64
        })
        .collect()
}

/// ‖x‖.
fn norm(x: &[i64]) -> f64 {
    x.iter().map(|x| (*x as f64).powi(2)).sum::<f64>().sqrt()
}

/// The mean differences between the neighbours of these pairs along x, which the person adds, weighted by
/// their precision.
fn shift(sample: &Sample, series: &SeriesPart, pairs: &[usize]) -> Option<Shift> {
    let (mut weighted, mut whole, mut weights, mut measurements) = (0.0, 0.0, 0.0, 0);
    for &pair in pairs {
        let ((without, with), x) = (NEIGHBOURS[pair], &series.people[pair]);
        let [without, with] = [without, with].map(|arm| along(sample, series, arm, x));
        if without.is_empty() || with.is_empty() {
            continue;
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let weight = 1.0 / (1.0 / without.len() as f64 + 1.0 / with.len() as f64);
        weighted += weight * (mean(&with) - mean(&without));
        whole += weight * norm(x) / series.gamma as f64;
        weights += weight;
        measurements += without.len() + with.len();
    }
    (weights > 0.0).then(|| Shift {
        estimate: weighted / weights,
        whole: whole / weights,
        error: 1.0 / weights.sqrt(),
        measurements,
    })
}

/// Every series with each pair of neighbours, and with both.
fn attacks(sample: &Sample) -> Vec<(&SeriesPart, &'static [usize])> {
    const PAIRS: [&[usize]; 3] = [&[0], &[1], &[0, 1]];
    let series = sample.layout.series.iter();
    series
        .flat_map(|series| PAIRS.map(|pairs| (series, pairs)))
        .collect()
}

/// (Sum of squares, degrees of freedom) of the answers about their means in each cell and arm, in units of γ.
/// σ is estimated from them.
fn about_means(sample: &Sample, series: &SeriesPart) -> (f64, f64) {
    let (mut squares, mut degrees) = (0.0, 0.0);
    for arm in Arm::ALL {
        let rows: Vec<_> = sample
            .observations
            .iter()
            .filter(|o| o.arm == arm)
            .collect();
        if rows.len() < 2 {
            continue;
        }
        let count = rows.len() as f64;
        for cell in series.cells.clone() {
            // The exact truth is the same for all of an arm, so it cancels with the mean.
            let values = rows.iter().map(|row| row.noise[cell]);
            let mean = values.clone().sum::<f64>() / count;
            squares += values.map(|value| (value - mean).powi(2)).sum::<f64>();
            degrees += count - 1.0;
        }
    }
    (squares, degrees)
}

/// A lower bound on ρ that fails with probability ALPHA, half for the shift and half for σ.
pub(super) fn membership(sample: &Sample) -> Verdict {
    let mut held = true;
    let mut evidence = Vec::new();
    let attacks = attacks(sample);
    let alpha = ALPHA / (2 * attacks.len()) as f64;
    for (series, pairs) in attacks {
        let (squares, degrees) = about_means(sample, series);
        let Some(shift) = shift(sample, series, pairs).filter(|_| degrees > 0.0) else {
            continue;
        };
        let largest_sigma = (squares / chi_squared_quantile_below(alpha, degrees)).sqrt();
        let margin = normal_quantile_above(alpha) * shift.error;
        let least = (shift.estimate / largest_sigma - margin).max(0.0);
        let rho = least * least / 2.0;
        held &= rho <= series.stated_rho;
        evidence.push(format!(
            "{}: rho at least {rho:.2} where {} is stated, from {} measurements",
            series.name, series.stated_rho, shift.measurements
        ));
    }
    Verdict {
        held,
        evidence: evidence.join("; "),
    }
}

/// A lower bound on how many persons, or whole FTE, the one person adds; γ is taken as agreed.
pub(super) fn contribution(sample: &Sample) -> Verdict {
    let mut held = true;
    let mut evidence = Vec::new();
    let attacks = attacks(sample);
    let quantile = normal_quantile_above(ALPHA / attacks.len() as f64);
    for (series, pairs) in attacks {
        let Some(shift) = shift(sample, series, pairs) else {
            continue;
        };
        let least = (shift.estimate - quantile * shift.error) / shift.whole;
        held &= least <= 1.0;
        evidence.push(format!(
            "{}: one person adds {:.2}, at least {least:.2}",
            series.name,
            shift.estimate / shift.whole
        ));
    }
    Verdict {
        held,
        evidence: evidence.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::synthetic;

    #[test]
    fn both_see_a_person_who_counts_for_more_and_no_other() {
        let right = synthetic::sample(20, 40, |draw| draw.normal);
        for look in [membership, contribution] {
            let verdict = look(&right);
            assert!(verdict.held, "{verdict:?}");
        }
        let twice = synthetic::sample(21, 32, |draw| draw.normal + draw.person / draw.gamma);
        assert!(!membership(&twice).held);
        assert!(!contribution(&twice).held);
        // Half the noise doubles the shift in its units, so the loss is four times what is stated.
        let quieter = synthetic::sample(22, 32, |draw| 0.5 * draw.normal);
        assert!(!membership(&quieter).held);
        let alone = synthetic::sample(23, 1, |draw| draw.normal);
        assert!(membership(&alone).held && contribution(&alone).held);
    }

    #[test]
    fn the_shift_of_the_agreement_is_the_one_that_its_rho_states() {
        for series in &synthetic::layout().series {
            for person in &series.people {
                let rho = (norm(person) / series.gamma as f64).powi(2) / 2.0;
                // The weights of blocks are rounded down.
                assert!(rho <= series.stated_rho, "{rho}");
                assert!((rho / series.stated_rho - 1.0).abs() < 2e-3, "{rho}");
            }
        }
    }
}
