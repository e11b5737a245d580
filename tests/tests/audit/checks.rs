//! The checks that the audit makes on a sample. Each raises a false alarm with probability ALPHA at most.
//!
//! Checks of many parts (all cells, all pairs of measurements) divide ALPHA among them.

mod independence;
mod mean;
mod membership;
mod scale;
mod shape;
mod values;

use super::{sample::Sample, statistics::ALPHA};

/// What a check found.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// Whether the check found nothing wrong.
    pub(crate) held: bool,
    /// What the check saw, in figures.
    pub(crate) evidence: String,
}

/// A promise, checked from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The noise has the agreed scale, over everything and in each series.
    Scale,
    /// The noise has the agreed scale in every residual.
    ResidualScale,
    /// The noise has the agreed scale in every cell.
    CellScale,
    /// The noise has the agreed scale whatever data are measured, and in every single measurement.
    ArmScale,
    /// The noise has the agreed scale both where the truth is zero and where it is not.
    ZeroCells,
    /// The noise has mean zero, over everything and in every residual.
    Mean,
    /// The noise has mean zero in every cell.
    CellMean,
    /// The noise is independent of the truth.
    Truth,
    /// No two cells are correlated.
    Cells,
    /// No two residuals are correlated, of one series or of two.
    Residuals,
    /// No measurement is correlated with the one before.
    Successive,
    /// No two measurements are correlated.
    AnyTwo,
    /// Large noise is as rare as it should be, and no rarer.
    Tails,
    /// The noise as a whole has a normal distribution.
    Shape,
    /// No value repeats more often than by chance.
    Repeats,
    /// Odd and even values are equally frequent.
    Parity,
    /// All values of the last four binary digits are equally frequent.
    Sixteens,
    /// All remainders by the weight of the residual are equally frequent.
    Weights,
    /// One person shifts the answers by no more than the stated ρ allows.
    Membership,
    /// One person adds no more than one person, or an FTE of 1.00.
    Contribution,
}

// === impl Check ===

impl Check {
    pub(crate) const ALL: [Self; 20] = [
        Self::Scale,
        Self::ResidualScale,
        Self::CellScale,
        Self::ArmScale,
        Self::ZeroCells,
        Self::Mean,
        Self::CellMean,
        Self::Truth,
        Self::Cells,
        Self::Residuals,
        Self::Successive,
        Self::AnyTwo,
        Self::Tails,
        Self::Shape,
        Self::Repeats,
        Self::Parity,
        Self::Sixteens,
        Self::Weights,
        Self::Membership,
        Self::Contribution,
    ];

    /// The check's name in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::ResidualScale => "scale of residuals",
            Self::CellScale => "scale of cells",
            Self::ArmScale => "scale by data and measurement",
            Self::ZeroCells => "zero cells",
            Self::Mean => "mean",
            Self::CellMean => "mean of cells",
            Self::Truth => "noise against truth",
            Self::Cells => "pairs of cells",
            Self::Residuals => "pairs of residuals",
            Self::Successive => "successive measurements",
            Self::AnyTwo => "any two measurements",
            Self::Tails => "tails",
            Self::Shape => "shape",
            Self::Repeats => "repeated values",
            Self::Parity => "mod 2",
            Self::Sixteens => "mod 16",
            Self::Weights => "mod w",
            Self::Membership => "membership",
            Self::Contribution => "contribution",
        }
    }

    /// Makes the check.
    pub(crate) fn look(self, sample: &Sample) -> Verdict {
        match self {
            Self::Scale => scale::pooled(sample),
            Self::ResidualScale => scale::residuals(sample),
            Self::CellScale => scale::cells(sample),
            Self::ArmScale => scale::arms(sample),
            Self::ZeroCells => scale::zero_cells(sample),
            Self::Mean => mean::pooled(sample),
            Self::CellMean => mean::cells(sample),
            Self::Truth => mean::against_truth(sample),
            Self::Cells => independence::cells(sample),
            Self::Residuals => independence::residuals(sample),
            Self::Successive => independence::successive(sample),
            Self::AnyTwo => independence::any_two(sample),
            Self::Tails => shape::tails(sample),
            Self::Shape => shape::bins(sample),
            Self::Repeats => values::repeats(sample),
            Self::Parity => values::parity(sample),
            Self::Sixteens => values::sixteens(sample),
            Self::Weights => values::weights(sample),
            Self::Membership => membership::membership(sample),
            Self::Contribution => membership::contribution(sample),
        }
    }
}

// === impl Verdict ===

impl Verdict {
    /// The verdict on the least probable of these parts, each as (probability, description). ALPHA is divided
    /// among all.
    fn least(parts: impl IntoIterator<Item = (f64, String)>) -> Self {
        let mut count = 0_u32;
        let mut least: Option<(f64, String)> = None;
        for (p, what) in parts {
            assert!((0.0..=1.0).contains(&p), "{what}: {p} is no probability");
            count += 1;
            if least.as_ref().is_none_or(|(smallest, _)| p < *smallest) {
                least = Some((p, what));
            }
        }
        match least {
            None => Self {
                held: true,
                evidence: "nothing to look at yet".to_owned(),
            },
            Some((p, what)) => {
                let p = (p * f64::from(count)).min(1.0);
                Self {
                    held: p >= ALPHA,
                    evidence: format!("{what}; p {p:.2e} over {count}"),
                }
            }
        }
    }
}
