//! The integer weights and the noise that measure a workload, and exactly what they cost.

use dashu::{
    integer::{IBig, UBig},
    rational::RBig,
};

use super::{AttributeSet, Domain, Variances};

/// The least noise scale γ: far above the scales at which the discrete Gaussian's variance differs
/// from γ².
pub const MIN_GAMMA: u64 = 16;
/// The largest noise scale γ: beyond it products in the sampler would not fit 128 bits.
pub const MAX_GAMMA: u64 = 1 << 40;
/// The most people that one node may count: every bound on the integers rests on it.
pub const MAX_PEOPLE: u64 = 1 << 22;
/// The most entries that one measurement may have, so that an agreement cannot ask a node for
/// more memory than it has (2²⁴ entries are 128 MiB).
pub const MAX_ENTRIES: u64 = 1 << 24;

/// The most attributes for which [`Strategy::rho_of_change`] searches for the worst change: it
/// tries all 2^k sets of them.
const MAX_CHANGING: usize = 16;

/// What a table counts, and in which integer unit it is counted exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MeasureUnit {
    /// People: one person contributes 1.
    Headcount,
    /// Full-time equivalents in hundredths: one person contributes 0 to 100.
    Fte,
}

/// How one node measures: for each residual a positive integer weight, and one noise scale.
///
/// The measurement is y = concat_A(w_A · Ξ_A · marg_A) + Z with Z iid N_ℤ(0, γ²), the residuals
/// in the order of [`AttributeSet`]. A value of this type has been checked: the residuals are
/// sorted, closed under subsets and hold ∅, weights are at least 1, γ is in 16..=2⁴⁰, and no
/// entry can reach 2⁶².
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strategy {
    domain: Domain,
    unit: MeasureUnit,
    residuals: Vec<(AttributeSet, u64)>,
    gamma: u64,
}

/// Where a residual lies in the measurement's vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResidualSpan {
    /// The residual.
    pub residual: AttributeSet,
    /// Its integer weight w_A.
    pub weight: u64,
    /// The index of its first entry.
    pub offset: usize,
    /// Its number of entries ∏ n_i.
    pub len: usize,
}

/// Why weights and noise are no strategy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StrategyError {
    /// A residual over attributes that the domain lacks.
    #[error("residual {0} has attributes that the domain lacks")]
    UnknownAttribute(AttributeSet),
    /// Residuals out of order, or one twice.
    #[error("residual {0} is out of order or repeated")]
    OutOfOrder(AttributeSet),
    /// A subset of a residual is missing: no table over it could be reconstructed.
    #[error("residual {0} is missing")]
    Missing(AttributeSet),
    /// A weight of zero measures nothing.
    #[error("residual {0} has weight 0")]
    ZeroWeight(AttributeSet),
    /// A noise scale outside 16..=2⁴⁰.
    #[error("gamma {0} is out of bounds: at least {MIN_GAMMA}, at most {MAX_GAMMA}")]
    Gamma(u64),
    /// w_A ∏(n_i − 1) · people · unit + 64γ reaches 2⁶².
    #[error("an entry of residual {0} could reach 2^62")]
    EntryTooLarge(AttributeSet),
    /// More than [`MAX_ENTRIES`] entries.
    #[error("the measurement would have more than {MAX_ENTRIES} entries")]
    TooManyEntries,
}

impl MeasureUnit {
    /// The integer that one whole person or FTE is counted as: 1 or 100.
    #[must_use]
    pub const fn per_whole(self) -> u64 {
        match self {
            Self::Headcount => 1,
            Self::Fte => 100,
        }
    }
}

impl Strategy {
    /// A checked strategy: `residuals` are (A, w_A), sorted, every subset included.
    ///
    /// # Errors
    /// [`StrategyError`] names the first residual that breaks a rule.
    pub fn new(
        domain: Domain,
        unit: MeasureUnit,
        residuals: Vec<(AttributeSet, u64)>,
        gamma: u64,
    ) -> Result<Self, StrategyError> {
        if !(MIN_GAMMA..=MAX_GAMMA).contains(&gamma) {
            return Err(StrategyError::Gamma(gamma));
        }
        if residuals.first().is_none_or(|(first, _)| !first.is_empty()) {
            return Err(StrategyError::Missing(AttributeSet::EMPTY));
        }
        let mut entries = 0_u64;
        for (index, &(residual, weight)) in residuals.iter().enumerate() {
            if !domain.holds(residual) {
                return Err(StrategyError::UnknownAttribute(residual));
            }
            let before = &residuals[..index];
            if before.last().is_some_and(|&(last, _)| last >= residual) {
                return Err(StrategyError::OutOfOrder(residual));
            }
            // Subsets with one attribute less are enough, as each was checked in its turn.
            for position in residual {
                let subset = residual.difference(AttributeSet::single(position));
                if find(before, subset).is_none() {
                    return Err(StrategyError::Missing(subset));
                }
            }
            if weight == 0 {
                return Err(StrategyError::ZeroWeight(residual));
            }
            if largest_entry(&domain, unit, residual, weight, gamma) >= 1 << 62 {
                return Err(StrategyError::EntryTooLarge(residual));
            }
            entries = entries.saturating_add(domain.cells(residual));
            if entries > MAX_ENTRIES {
                return Err(StrategyError::TooManyEntries);
            }
        }
        Ok(Self {
            domain,
            unit,
            residuals,
            gamma,
        })
    }

    /// The category count of every attribute.
    #[must_use]
    pub const fn domain(&self) -> &Domain {
        &self.domain
    }

    /// What the strategy measures, and in which integer unit.
    #[must_use]
    pub const fn unit(&self) -> MeasureUnit {
        self.unit
    }

    /// The residuals with their weights, in the order of the vector.
    #[must_use]
    pub fn residuals(&self) -> &[(AttributeSet, u64)] {
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

    fn cells(&self, residual: AttributeSet) -> usize {
        usize::try_from(self.domain.cells(residual)).expect("the entries are at most 2^24")
    }

    /// d² = Σ w_A² ∏ n_i(n_i − 1), times 100² for FTE: the squared L2 norm of what one person
    /// adds to the vector before noise, exact, the same for every person (of full FTE).
    #[must_use]
    pub fn sensitivity_squared(&self) -> UBig {
        let whole: UBig = (self.residuals.iter())
            .map(|&(residual, weight)| self.column_norm(residual, weight))
            .sum();
        whole * UBig::from(self.unit.per_whole()).pow(2)
    }

    /// w_A² K_A: the squared norm of one column of w_A Ξ_A.
    fn column_norm(&self, residual: AttributeSet, weight: u64) -> UBig {
        residual.iter().fold(UBig::from(weight).pow(2), |norm, i| {
            let n = u64::from(self.domain.size_of(i));
            norm * UBig::from(n * (n - 1))
        })
    }

    /// The privacy loss ρ = d² / (2γ²) of one measurement under adding or removing one person,
    /// exact.
    #[must_use]
    pub fn rho(&self) -> RBig {
        self.rho_of_norm(self.sensitivity_squared())
    }

    fn rho_of_norm(&self, squared: UBig) -> RBig {
        RBig::from_parts(squared.into(), UBig::from(self.gamma).pow(2) * 2_u8)
    }

    /// The charge: [`Self::rho`] in billionths, rounded up; `u64::MAX` where it leaves 64 bits.
    #[must_use]
    pub fn rho_nano_ceil(&self) -> u64 {
        let nano = self.rho() * RBig::from(1_000_000_000_u32);
        u64::try_from(nano.ceil()).unwrap_or(u64::MAX)
    }

    /// The privacy loss ρ of changing one person (their categories, and their FTE where that is
    /// counted) instead of removing them: exact, the worst over all pairs of persons.
    ///
    /// At most 4 times [`Self::rho`]. Where more than 16 attributes are measured, it is that bound:
    /// the search for the worst case goes through all sets of attributes.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "what is expected cannot fail")]
    pub fn rho_of_change(&self) -> RBig {
        let measured = (self.residuals.iter()).fold(AttributeSet::EMPTY, |all, &(residual, _)| {
            all.union(residual)
        });
        if measured.len() > MAX_CHANGING {
            return self.rho() * RBig::from(4);
        }
        let norms: Vec<_> = (self.residuals.iter())
            .map(|&(residual, weight)| IBig::from(self.column_norm(residual, weight)))
            .collect();
        let worst = (measured.subsets())
            .map(|changed| self.norm_of_change(&norms, changed))
            .max()
            .expect("∅ is a subset of every set");
        let worst = UBig::try_from(worst).expect("for ∅ it is 0, so the largest is no less");
        let worst = worst * UBig::from(self.unit.per_whole()).pow(2);
        // The loss is convex in the two persons' FTEs, so in the worst case each is 0 or 1. Full
        // FTE against none costs what adding or removing a person does.
        let worst = match self.unit {
            MeasureUnit::Headcount => worst,
            MeasureUnit::Fte => worst.max(self.sensitivity_squared()),
        };
        self.rho_of_norm(worst)
    }

    /// ‖x_u − x_v‖² for persons that differ exactly in the attributes `changed`.
    ///
    /// Two different columns of n·I − 1·1ᵀ have the inner product −n; a column with itself has
    /// n(n − 1). So ⟨x_u, x_v⟩ = Σ_A w_A² K_A ∏_{i∈A∩changed} −1/(n_i − 1), where every division is
    /// exact.
    fn norm_of_change(&self, norms: &[IBig], changed: AttributeSet) -> IBig {
        let terms = self
            .residuals
            .iter()
            .zip(norms)
            .map(|(&(residual, _), norm)| {
                let common = residual.intersection(changed);
                let divisor = (common.iter())
                    .map(|i| 1 - i64::from(self.domain.size_of(i)))
                    .fold(IBig::ONE, |product, factor| product * factor);
                (norm - norm / divisor) * 2
            });
        terms.sum()
    }

    /// The variances, in persons² or whole FTE², of the sum of `nodes` measurements by this
    /// strategy: known before anything is spent.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "variances only")]
    pub fn variances(&self, nodes: u64) -> Variances {
        let one = |&(residual, weight): &(AttributeSet, u64)| {
            let sd = self.gamma as f64 / self.divisor(residual, weight);
            (residual, nodes as f64 * sd * sd)
        };
        Variances::new(
            self.domain.clone(),
            self.residuals.iter().map(one).collect(),
        )
    }

    /// w_A ∏ n_i times the unit: dividing by it turns a residual's entries of the vector into whole
    /// persons or FTE.
    #[expect(clippy::cast_precision_loss, reason = "weights are below 2^40")]
    pub(super) fn divisor(&self, residual: AttributeSet, weight: u64) -> f64 {
        weight as f64 * self.domain.cells_f64(residual) * self.unit.per_whole() as f64
    }
}

/// The weight of `residual` among sorted `residuals`.
fn find(residuals: &[(AttributeSet, u64)], residual: AttributeSet) -> Option<u64> {
    let index = residuals
        .binary_search_by_key(&residual, |&(set, _)| set)
        .ok()?;
    Some(residuals[index].1)
}

/// The bound on |w_A (Ξ_A marg_A)| + noise: a person adds at most ∏(n_i − 1) to an entry of the
/// residual, and |Z| ≥ 64γ has a chance below 2⁻²⁹⁰⁰. Saturating.
fn largest_entry(
    domain: &Domain,
    unit: MeasureUnit,
    residual: AttributeSet,
    weight: u64,
    gamma: u64,
) -> u128 {
    let per_person = domain.product(residual, |size| size - 1);
    u128::from(weight)
        .saturating_mul(u128::from(per_person))
        .saturating_mul(u128::from(MAX_PEOPLE * unit.per_whole()))
        .saturating_add(64 * u128::from(gamma))
}

#[cfg(test)]
mod tests;
