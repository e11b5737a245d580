//! Whether the noise has mean zero, everywhere and whatever the truth is.

use super::{
    super::{data::Arm, sample::Sample, statistics::normal},
    Verdict,
};

/// (Probability, description) of values that should be standard normal, by their sum.
fn sum(values: impl Iterator<Item = f64>, what: &str) -> Option<(f64, String)> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), z| (sum + z, count + 1.0));
    (count > 0.0).then(|| {
        let mean = sum / count;
        let p = normal(sum / f64::sqrt(count));
        (p, format!("{what}: mean {mean:+.4} γ in {count} draws"))
    })
}

pub(super) fn pooled(sample: &Sample) -> Verdict {
    let spans = sample.layout.spans.iter();
    let spans = spans.filter_map(|span| sum(sample.noise(span.cells.clone()), &span.name));
    let all = sum(sample.noise(sample.all()), "all");
    Verdict::least(all.into_iter().chain(spans))
}

pub(super) fn cells(sample: &Sample) -> Verdict {
    let cells = sample.all();
    Verdict::least(
        cells.filter_map(|cell| sum(sample.noise(cell..cell + 1), &format!("cell {cell}"))),
    )
}

/// Checks that the answer follows the truth exactly one for one: the projection of the noise on the truth,
/// for each series and arm, must be standard normal.
pub(super) fn against_truth(sample: &Sample) -> Verdict {
    let series = sample.layout.series.iter();
    let parts = series.flat_map(|series| Arm::ALL.map(|arm| (series, arm)));
    Verdict::least(parts.filter_map(|(series, arm)| {
        let gamma = series.gamma as f64;
        let (mut products, mut squares) = (0.0, 0.0);
        for observation in sample.observations.iter().filter(|o| o.arm == arm) {
            for cell in series.cells.clone() {
                let truth = observation.truth[cell] as f64 / gamma;
                products += truth * observation.noise[cell];
                squares += truth * truth;
            }
        }
        (squares > 0.0).then(|| {
            let z = products / squares.sqrt();
            let share = products / squares;
            let name = &series.name;
            (
                normal(z),
                format!("{name}, {arm:?}: {share:+.4} of the truth, z {z:+.2}"),
            )
        })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::synthetic;

    #[test]
    fn each_sees_noise_that_leans() {
        let right = synthetic::sample(3, 40, |draw| draw.normal);
        for look in [pooled, cells, against_truth] {
            let verdict = look(&right);
            assert!(verdict.held, "{verdict:?}");
        }
        assert!(!pooled(&synthetic::sample(4, 40, |draw| draw.normal + 0.06)).held);
        assert!(
            !pooled(&synthetic::sample(5, 40, |draw| draw.normal
                + if draw.span == 2 { 0.5 } else { 0.0 }))
            .held
        );
        assert!(
            !cells(&synthetic::sample(6, 40, |draw| draw.normal
                + if draw.cell == 9 { 2.0 } else { 0.0 }))
            .held
        );
        let shrunk = synthetic::sample(7, 40, |draw| {
            draw.normal - 0.05 * draw.truth as f64 / draw.gamma
        });
        assert!(!against_truth(&shrunk).held);
    }
}
