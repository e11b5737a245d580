//! The questions that the audit asks of a sample; each cries wolf with probability ALPHA at most.
//!
//! Those that look at many parts (all cells, all pairs of measurements) divide ALPHA among them.

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
    /// Whether nothing is wrong as far as it can see.
    pub(crate) held: bool,
    /// What it saw, in figures.
    pub(crate) evidence: String,
}

/// A promise, looked at from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The noise has the agreed scale, over everything and in each series.
    Scale,
    /// The same in every residual.
    ResidualScale,
    /// The same in every cell.
    CellScale,
    /// The same whatever data are measured, and in every single measurement.
    ArmScale,
    /// The same where the truth is zero, and where it is not.
    ZeroCells,
    /// It has mean zero, over everything and in every residual.
    Mean,
    /// The same in every cell.
    CellMean,
    /// It does not go with the truth.
    Truth,
    /// No two cells go together.
    Cells,
    /// No two residuals go together, of one series or of two.
    Residuals,
    /// No measurement goes with the one before.
    Successive,
    /// No two measurements go together.
    AnyTwo,
    /// Large noise is as rare as it should be, and no rarer.
    Tails,
    /// All of it is distributed as a normal is.
    Shape,
    /// No value comes again more often than chance has it.
    Repeats,
    /// Odd and even values come alike.
    Parity,
    /// The last four binary digits do.
    Sixteens,
    /// Remainders by the weight of the residual do.
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

    /// As tables call it.
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

    /// Looks.
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
    /// Of the least probable among parts: (how probable, what it is). ALPHA is divided among all.
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
