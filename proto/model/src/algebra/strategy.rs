//! The integer weights and the noise that measure a workload, and exactly what they cost.

use dashu::{integer::UBig, rational::RBig};

use super::{
    Domain, Level, Levels, Variances,
    residual::{per_block, per_cell},
};

mod change;

/// The least noise scale γ: far above the scales at which the discrete Gaussian's variance differs
/// from γ².
pub const MIN_GAMMA: u64 = 16;
/// The largest noise scale γ: beyond it products in the sampler would not fit 128 bits.
pub const MAX_GAMMA: u64 = 1 << 40;
/// The most people that one node may count: every bound on the integers rests on it.
pub const MAX_PEOPLE: u64 = 1 << 22;
/// The most that one person may add to a sum of differences: 2¹³ units.
pub const MAX_DIFFERENCE: u16 = 1 << 13;
/// The most entries that one measurement may have, so that an agreement cannot ask a node for
/// more memory than it has (2²⁴ entries are 128 MiB).
pub const MAX_ENTRIES: u64 = 1 << 24;

/// Stated weights of a domain with groups are below this: their squares, and all products with them, then
/// fit 128 bits.
const MAX_NORM: u64 = 1 << 40;
/// What a table counts, and in which integer unit it is counted exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MeasureUnit {
    /// People: one person contributes 1.
    Headcount,
    /// Full-time equivalents in hundredths: one person contributes 0 to 100.
    Fte,
    /// Differences from a public value, clipped to ±`most`: what one person contributes may be negative, so
    /// that a change can cost four times what adding or removing them does.
    Difference {
        /// The most that one person contributes, at most [`MAX_DIFFERENCE`].
        most: u16,
        /// The integer that one whole is counted as: 10 where a pound is counted in units of 10 p.
        per_whole: u16,
    },
}

/// How one node measures: for each residual a positive integer weight, and one noise scale.
///
/// The measurement is y = concat_ℓ(w · Ξ_ℓ · marg_ℓ) + Z with Z iid N_ℤ(0, γ²), the residuals in the
/// order of [`Levels`]. The weight w of an entry is that of its *block*, the entries with the same
/// parents along every axis:
///
/// * Without groups a residual has one block, and the weight stated for it is w.
/// * With groups, blocks differ in their numbers m of siblings, and so in the squared norm
///   K = ∏ m(m − 1) of a person's column. The weight stated is W, the norm that no person exceeds in
///   any block, and w = ⌊√⌊W²/K⌋⌋. So everybody's norm is the same, and no part of ρ is wasted.
///
/// A value of this type has been checked: the residuals are sorted, hold everything coarser, and the
/// total; every w is at least 1, γ is in 16..=2⁴⁰, and no entry can reach 2⁶².
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strategy {
    domain: Domain,
    unit: MeasureUnit,
    residuals: Vec<(Levels, u64)>,
    /// The weight w of every block, row-major over the parents, for each residual.
    block_weights: Vec<Vec<u64>>,
    gamma: u64,
}

/// Where a residual lies in the measurement's vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResidualSpan {
    /// The residual.
    pub residual: Levels,
    /// The weight stated for it.
    pub weight: u64,
    /// The index of its first entry.
    pub offset: usize,
    /// Its number of entries ∏ N_i.
    pub len: usize,
}

/// Why weights and noise are no strategy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StrategyError {
    /// A residual over levels that the domain lacks.
    #[error("residual {0} has levels that the domain lacks")]
    UnknownLevel(Levels),
    /// Residuals out of order, or one twice.
    #[error("residual {0} is out of order or repeated")]
    OutOfOrder(Levels),
    /// A residual coarser than another is missing: no table over the other could be reconstructed.
    #[error("residual {0} is missing")]
    Missing(Levels),
    /// A weight of zero measures nothing.
    #[error("residual {0} has weight 0")]
    ZeroWeight(Levels),
    /// A weight of 2⁴⁰ or more, where attributes have groups.
    #[error("residual {0} has a weight of 2^40 or more")]
    WeightTooLarge(Levels),
    /// A weight below the square root of a block's K: the block would be measured with weight 0.
    #[error("residual {0} has a weight too small for the sizes of its groups")]
    WeightTooSmall(Levels),
    /// A difference of 0, or of more than [`MAX_DIFFERENCE`], or counted in no unit.
    #[error("a person adds at most 1 to {MAX_DIFFERENCE} units to a sum of differences")]
    Difference,
    /// A noise scale outside 16..=2⁴⁰.
    #[error("gamma {0} is out of bounds: at least {MIN_GAMMA}, at most {MAX_GAMMA}")]
    Gamma(u64),
    /// w ∏(m − 1) · people · unit + 64γ reaches 2⁶² in some block.
    #[error("an entry of residual {0} could reach 2^62")]
    EntryTooLarge(Levels),
    /// More than [`MAX_ENTRIES`] entries.
    #[error("the measurement would have more than {MAX_ENTRIES} entries")]
    TooManyEntries,
}

impl MeasureUnit {
    /// The integer that one whole is counted as: 1 for a person, 100 for an FTE.
    #[must_use]
    pub const fn per_whole(self) -> u64 {
        match self {
            Self::Headcount => 1,
            Self::Fte => 100,
            Self::Difference { per_whole, .. } => per_whole as u64,
        }
    }

    /// The largest absolute value that one person contributes: the u of d² = u² ΣW².
    #[must_use]
    pub const fn most(self) -> u64 {
        match self {
            Self::Headcount => 1,
            Self::Fte => 100,
            Self::Difference { most, .. } => most as u64,
        }
    }

    /// Whether what a person contributes may be negative.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Difference { .. })
    }
}

impl Strategy {
    /// A checked strategy: `residuals` with their stated weights, sorted, everything coarser included.
    ///
    /// # Errors
    /// [`StrategyError`] names the first residual that breaks a rule.
    pub fn new(
        domain: Domain,
        unit: MeasureUnit,
        residuals: Vec<(Levels, u64)>,
        gamma: u64,
    ) -> Result<Self, StrategyError> {
        if !(MIN_GAMMA..=MAX_GAMMA).contains(&gamma) {
            return Err(StrategyError::Gamma(gamma));
        }
        if let MeasureUnit::Difference { most, per_whole } = unit
            && (!(1..=MAX_DIFFERENCE).contains(&most) || per_whole == 0)
        {
            return Err(StrategyError::Difference);
        }
        if residuals.first().is_none_or(|(first, _)| !first.is_empty()) {
            return Err(StrategyError::Missing(Levels::TOTAL));
        }
        let flat = domain.is_flat();
        let mut entries = 0_u64;
        let mut block_weights = Vec::with_capacity(residuals.len());
        for (index, &(residual, weight)) in residuals.iter().enumerate() {
            if !domain.holds(residual) {
                return Err(StrategyError::UnknownLevel(residual));
            }
            let before = &residuals[..index];
            if before.last().is_some_and(|&(last, _)| last >= residual) {
                return Err(StrategyError::OutOfOrder(residual));
            }
            // What is one level coarser is enough, as each was checked in its turn.
            for (position, level) in residual.iter() {
                let coarser = residual.with(position, level - 1);
                if find(before, coarser).is_none() {
                    return Err(StrategyError::Missing(coarser));
                }
            }
            if weight == 0 {
                return Err(StrategyError::ZeroWeight(residual));
            }
            if !flat && weight >= MAX_NORM {
                return Err(StrategyError::WeightTooLarge(residual));
            }
            // Before anything is made that is as long as the residual.
            entries = entries.saturating_add(domain.cells(residual));
            if entries > MAX_ENTRIES {
                return Err(StrategyError::TooManyEntries);
            }
            let axes = domain.axes(residual);
            let weights = block_weights_of(&axes, flat, weight);
            if weights.contains(&0) {
                return Err(StrategyError::WeightTooSmall(residual));
            }
            let per_person = per_block(&axes, 1_u128, |product, m| product * u128::from(m - 1));
            let largest = weights
                .iter()
                .zip(per_person)
                .map(|(&weight, per_person)| largest_entry(unit, weight, per_person, gamma));
            if largest.max() >= Some(1 << 62) {
                return Err(StrategyError::EntryTooLarge(residual));
            }
            block_weights.push(weights);
        }
        Ok(Self {
            domain,
            unit,
            residuals,
            block_weights,
            gamma,
        })
    }

    /// The categories and groups of every attribute.
    #[must_use]
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// What the strategy measures, and in which integer unit.
    #[must_use]
    pub const fn unit(&self) -> MeasureUnit {
        self.unit
    }

    /// The residuals with the weights stated for them, in the order of the vector.
    #[must_use]
    pub fn residuals(&self) -> &[(Levels, u64)] {
        &self.residuals
    }

    /// The noise scale γ of every entry.
    #[must_use]
    pub const fn gamma(&self) -> u64 {
        self.gamma
    }

    /// The number of entries of the measurement's vector.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.residuals
            .iter()
            .map(|&(residual, _)| self.cells(residual))
            .sum()
    }

    /// Where each residual lies in the vector, in its order.
    #[must_use]
    pub fn layout(&self) -> Vec<ResidualSpan> {
        let mut offset = 0;
        self.residuals
            .iter()
            .map(|&(residual, weight)| {
                let len = self.cells(residual);
                let span = ResidualSpan {
                    residual,
                    weight,
                    offset,
                    len,
                };
                offset += len;
                span
            })
            .collect()
    }

    fn cells(&self, residual: Levels) -> usize {
        usize::try_from(self.domain.cells(residual)).expect("the entries are at most 2^24")
    }

    /// The weight of every entry of the residual at `index`, in the order of its cells.
    ///
    /// # Panics
    /// Where there is no such residual.
    #[must_use]
    pub fn entry_weights(&self, index: usize) -> Vec<u64> {
        let axes = self.domain.axes(self.residuals[index].0);
        per_cell(&axes, &self.block_weights[index])
    }

    /// d² = u² ΣW²: the squared L2 norm of the most that one person adds to the vector before noise, exact.
    /// u is [`MeasureUnit::most`]: 1 for headcount, 100 for FTE.
    ///
    /// Without groups Σ w² ∏ n_i(n_i − 1), the same for every person; with groups Σ W², which no person
    /// exceeds.
    #[must_use]
    pub fn sensitivity_squared(&self) -> UBig {
        let norms = self
            .residuals
            .iter()
            .map(|&residual| self.norm_squared(residual));
        norms.sum::<UBig>() * UBig::from(self.unit.most()).pow(2)
    }

    /// The largest squared norm of what one whole person adds to a residual's entries: w²K, or W².
    fn norm_squared(&self, (residual, weight): (Levels, u64)) -> UBig {
        let squared = UBig::from(weight).pow(2);
        if !self.domain.is_flat() {
            return squared;
        }
        let axes = self.domain.axes(residual).into_iter();
        axes.map(|level| level.size() as u64)
            .fold(squared, |norm, n| norm * UBig::from(n * (n - 1)))
    }

    /// The privacy loss ρ = d² / (2γ²) of one measurement under adding or removing one person,
    /// exact.
    #[must_use]
    pub fn rho(&self) -> RBig {
        self.rho_of_norm(self.sensitivity_squared().into())
    }

    fn rho_of_norm(&self, squared: RBig) -> RBig {
        squared / RBig::from(UBig::from(self.gamma).pow(2) * 2_u8)
    }

    /// The charge: [`Self::rho`] in billionths, rounded up; `u64::MAX` where it leaves 64 bits.
    #[must_use]
    pub fn rho_nano_ceil(&self) -> u64 {
        let nano = self.rho() * RBig::from(1_000_000_000_u32);
        u64::try_from(nano.ceil()).unwrap_or(u64::MAX)
    }

    /// The variances, in persons² or whole FTE², of the sum of `nodes` measurements by this
    /// strategy: known before anything is spent.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "variances only")]
    pub fn variances(&self, nodes: u64) -> Variances {
        let one = |(index, &(residual, _)): (usize, &(Levels, u64))| {
            let block = |divisor: f64| nodes as f64 * (self.gamma as f64 / divisor).powi(2);
            (
                residual,
                self.divisors(index).into_iter().map(block).collect(),
            )
        };
        Variances::new(
            self.domain.clone(),
            self.residuals.iter().enumerate().map(one).collect(),
        )
    }

    /// The variance σ of every residual, in units of a person's own direction: γ² over the squared norm of
    /// the most that one person adds, u²W² (or u²w²K where no attribute has groups).
    pub(super) fn sigmas(&self) -> Vec<f64> {
        let gamma = RBig::from(UBig::from(self.gamma).pow(2));
        let unit = UBig::from(self.unit.most()).pow(2);
        let sigma = |&residual| &gamma / RBig::from(self.norm_squared(residual) * &unit);
        self.residuals
            .iter()
            .map(sigma)
            .map(|sigma| sigma.to_f64().value())
            .collect()
    }

    /// w ∏ m times the unit, for every block of the residual at `index`: dividing by it turns the
    /// entries of the vector into whole persons or FTE.
    #[expect(clippy::cast_precision_loss, reason = "weights are below 2^40")]
    pub(super) fn divisors(&self, index: usize) -> Vec<f64> {
        let axes = self.domain.axes(self.residuals[index].0);
        let siblings = per_block(&axes, 1.0, |product, m| product * f64::from(m));
        let weights = self.block_weights[index].iter();
        let divisor = |(&weight, siblings)| weight as f64 * siblings * self.unit.per_whole() as f64;
        weights.zip(siblings).map(divisor).collect()
    }
}

/// The weight stated for `residual` among sorted `residuals`.
fn find(residuals: &[(Levels, u64)], residual: Levels) -> Option<u64> {
    let index = residuals
        .binary_search_by_key(&residual, |&(levels, _)| levels)
        .ok()?;
    Some(residuals[index].1)
}

/// The weight of every block of a residual for which `stated` is stated. The residual has at most 2²⁴
/// cells, so that K is below 2⁴⁸.
fn block_weights_of(axes: &[&Level], flat: bool, stated: u64) -> Vec<u64> {
    if flat {
        return vec![stated];
    }
    let squared = u128::from(stated).pow(2);
    let norms = per_block(axes, 1_u128, |norm, m| {
        norm * u128::from(m) * u128::from(m - 1)
    });
    let weight = |norm: u128| u64::try_from((squared / norm).isqrt()).expect("below 2^40");
    norms.into_iter().map(weight).collect()
}

/// The bound on |w (Ξ marg)| + noise in a block: a person adds at most ∏(m − 1) to an entry, and
/// |Z| ≥ 64γ has a chance below 2⁻²⁹⁰⁰. Saturating.
fn largest_entry(unit: MeasureUnit, weight: u64, per_person: u128, gamma: u64) -> u128 {
    u128::from(weight)
        .saturating_mul(per_person)
        .saturating_mul(u128::from(MAX_PEOPLE * unit.most()))
        .saturating_add(64 * u128::from(gamma))
}

#[cfg(test)]
mod tests;
