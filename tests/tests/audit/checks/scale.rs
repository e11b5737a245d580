//! Whether the noise is as large as agreed: its squares, in units of γ², must add up to a chi-square.

use super::{
    super::{data::Arm, sample::Sample, statistics::chi_squared},
    Verdict,
};

/// (Probability, description) of values that should be standard normal, by their squares.
fn squares(values: impl Iterator<Item = f64>, what: &str) -> Option<(f64, String)> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), z| (sum + z * z, count + 1.0));
    (count > 0.0).then(|| {
        let scale = f64::sqrt(sum / count);
        let p = chi_squared(sum, count);
        (p, format!("{what}: scale {scale:.4} of γ in {count} draws"))
    })
}

pub(super) fn pooled(sample: &Sample) -> Verdict {
    let all = squares(sample.noise(sample.all()), "all");
    let series = sample
        .layout
        .series
        .iter()
        .filter_map(|series| squares(sample.noise(series.cells.clone()), &series.name));
    Verdict::least(all.into_iter().chain(series))
}

pub(super) fn residuals(sample: &Sample) -> Verdict {
    let spans = sample.layout.spans.iter();
    let spans = spans.filter_map(|span| squares(sample.noise(span.cells.clone()), &span.name));
    let blocks = sample.layout.blocks.iter();
    let blocks = blocks.filter_map(|block| squares(sample.noise_of(block), &block.name));
    Verdict::least(spans.chain(blocks))
}

pub(super) fn cells(sample: &Sample) -> Verdict {
    let cells = sample.all();
    Verdict::least(
        cells.filter_map(|cell| squares(sample.noise(cell..cell + 1), &format!("cell {cell}"))),
    )
}

pub(super) fn arms(sample: &Sample) -> Verdict {
    let of_arm = |arm: Arm| {
        let observations = sample.observations.iter();
        let noise = observations
            .filter(move |o| o.arm == arm)
            .flat_map(|o| &o.noise);
        squares(noise.copied(), &format!("{arm:?}"))
    };
    let singly = sample.observations.iter().enumerate();
    let singly =
        singly.filter_map(|(at, o)| squares(o.noise.iter().copied(), &format!("measurement {at}")));
    Verdict::least(Arm::ALL.into_iter().filter_map(of_arm).chain(singly))
}

pub(super) fn zero_cells(sample: &Sample) -> Verdict {
    let of = |zero: bool| {
        let observations = sample.observations.iter();
        let noise = observations
            .flat_map(|o| o.truth.iter().zip(&o.noise))
            .filter(move |(truth, _)| (**truth == 0) == zero)
            .map(|(_, noise)| *noise);
        squares(noise, if zero { "truth 0" } else { "truth not 0" })
    };
    Verdict::least([true, false].into_iter().filter_map(of))
}

#[cfg(test)]
mod tests {
    use super::{super::Check, *};
    use crate::audit::{
        sample::Block,
        synthetic::{self, Synthetic},
    };

    /// A block of a residual that has several.
    fn right_block() -> &'static Block {
        synthetic::layout()
            .blocks
            .iter()
            .max_by_key(|block| block.cells.len())
            .unwrap()
    }

    #[test]
    fn each_sees_a_scale_that_is_wrong_where_it_looks_and_only_there() {
        let right = synthetic::sample(1, 40, |draw| draw.normal);
        for check in [
            Check::Scale,
            Check::ResidualScale,
            Check::CellScale,
            Check::ArmScale,
            Check::ZeroCells,
        ] {
            assert!(check.look(&right).held, "{check:?}");
        }
        let smaller = |wrong: fn(&Synthetic) -> bool, factor: f64| {
            synthetic::sample(2, 40, move |draw| {
                draw.normal * if wrong(draw) { factor } else { 1.0 }
            })
        };
        assert!(!pooled(&smaller(|_| true, 0.95)).held);
        assert!(!residuals(&smaller(|draw| draw.span == 2, 0.7)).held);
        let in_a_block = |draw: &Synthetic| right_block().cells.contains(&draw.cell);
        assert!(!residuals(&smaller(in_a_block, 0.5)).held);
        assert!(!cells(&smaller(|draw| draw.cell == 100, 0.1)).held);
        assert!(!arms(&smaller(|draw| draw.arm == Arm::Empty, 0.9)).held);
        assert!(!arms(&smaller(|draw| draw.observation == 3, 0.7)).held);
        assert!(!zero_cells(&smaller(|draw| draw.truth == 0, 0.92)).held);
        assert!(cells(&smaller(|_| true, 0.99)).held);
    }
}
