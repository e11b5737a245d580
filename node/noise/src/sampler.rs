//! The exact discrete Gaussian in integer arithmetic.
//!
//! Canonne, Kamath and Steinke 2020, "The Discrete Gaussian for Differential Privacy", Algorithm 3
//! with t = γ: propose a discrete Laplace of scale γ (their Algorithm 2), accept with probability
//! exp(−(|y| − γ)² / 2γ²). Any t gives the exact distribution; with the paper's t = ⌊γ⌋ + 1 the
//! products would leave 128 bits at the γ of FTE. Every comparison of a uniform number with a
//! rational probability is exact: no float, no truncated probability.

use vwis_model::algebra::{MAX_GAMMA, MIN_GAMMA};
use zeroize::Zeroizing;

use crate::{KernelRandomness, NoiseStream, RandomnessError};

/// Why nothing was drawn.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub enum SamplerError {
    /// γ is outside [`MIN_GAMMA`]..=[`MAX_GAMMA`].
    #[error("the noise scale gamma must be from {MIN_GAMMA} to {MAX_GAMMA}")]
    Gamma,
    /// The source of randomness failed.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// A product did not fit into 128 bits. The bounds of γ exclude this except for a proposal some 2²⁰
    /// scales out, whose probability is below exp(−2²⁰).
    #[error("the sampler's arithmetic left 128 bits")]
    Overflow,
}

/// Draws from the discrete Gaussian of mean 0 and scale γ.
pub struct DiscreteGaussianSampler {
    gamma: u64,
    randomness: NoiseStream,
}

// === impl DiscreteGaussianSampler ===

impl DiscreteGaussianSampler {
    /// A sampler of scale `gamma` over a seed that the kernel alone made.
    ///
    /// # Errors
    /// [`SamplerError::Gamma`] for a scale out of bounds, [`SamplerError::Randomness`] when the kernel gives
    /// none.
    pub fn new(gamma: u64) -> Result<Self, SamplerError> {
        let seed = Zeroizing::new(KernelRandomness::new().take()?);
        Self::of(gamma, NoiseStream::of(&seed)?)
    }

    /// A sampler of scale `gamma` over `randomness`, which nothing else uses.
    ///
    /// # Errors
    /// [`SamplerError::Gamma`] for a scale out of bounds.
    pub fn of(gamma: u64, randomness: NoiseStream) -> Result<Self, SamplerError> {
        if (MIN_GAMMA..=MAX_GAMMA).contains(&gamma) {
            Ok(Self { gamma, randomness })
        } else {
            Err(SamplerError::Gamma)
        }
    }

    /// Makes one independent draw.
    ///
    /// # Errors
    /// [`SamplerError::Randomness`] when the kernel gives none.
    pub fn draw(&mut self) -> Result<i64, SamplerError> {
        let gamma = u128::from(self.gamma);
        let two_gamma_squared = 2 * gamma * gamma;
        loop {
            let (negative, magnitude) = self.discrete_laplace()?;
            let distance = u128::from(magnitude).abs_diff(gamma);
            let exponent = distance
                .checked_mul(distance)
                .ok_or(SamplerError::Overflow)?;
            if self.bernoulli_exp(exponent, two_gamma_squared)? {
                let magnitude = i64::try_from(magnitude).map_err(|_| SamplerError::Overflow)?;
                return Ok(if negative { -magnitude } else { magnitude });
            }
        }
    }

    /// Sign and magnitude of a discrete Laplace of scale γ (Algorithm 2 with s = 1).
    fn discrete_laplace(&mut self) -> Result<(bool, u64), SamplerError> {
        loop {
            let remainder = self.uniform_below(self.gamma)?;
            if !self.bernoulli_exp_fraction(u128::from(remainder), u128::from(self.gamma))? {
                continue;
            }
            let mut quotient = 0_u64;
            while self.bernoulli_exp_fraction(1, 1)? {
                quotient += 1;
            }
            let magnitude = quotient
                .checked_mul(self.gamma)
                .and_then(|product| product.checked_add(remainder))
                .ok_or(SamplerError::Overflow)?;
            let negative = self.randomness.take::<1>()?[0] & 1 == 1;
            // Zero has one sign only; with two it would come twice as often as it should.
            if !(negative && magnitude == 0) {
                return Ok((negative, magnitude));
            }
        }
    }

    /// True with probability exp(−numerator/denominator), for any non-negative fraction.
    fn bernoulli_exp(
        &mut self,
        mut numerator: u128,
        denominator: u128,
    ) -> Result<bool, SamplerError> {
        while numerator > denominator {
            if !self.bernoulli_exp_fraction(1, 1)? {
                return Ok(false);
            }
            numerator -= denominator;
        }
        self.bernoulli_exp_fraction(numerator, denominator)
    }

    /// True with probability exp(−x), x = numerator/denominator ≤ 1 (Algorithm 1): the number of
    /// successes of Bernoulli(x/1), Bernoulli(x/2), … before the first failure is even.
    fn bernoulli_exp_fraction(
        &mut self,
        numerator: u128,
        denominator: u128,
    ) -> Result<bool, SamplerError> {
        let mut trial: u128 = 1;
        loop {
            let scaled = denominator
                .checked_mul(trial)
                .ok_or(SamplerError::Overflow)?;
            if !self.bernoulli(numerator, scaled)? {
                return Ok(trial % 2 == 1);
            }
            trial += 1;
        }
    }

    /// True with probability numerator/denominator ≤ 1, exactly: compares a uniform real with the
    /// fraction 32 binary digits at a time, and all but one in 2³² comparisons end at the first.
    fn bernoulli(&mut self, numerator: u128, denominator: u128) -> Result<bool, SamplerError> {
        if numerator >= denominator {
            return Ok(true);
        }
        let mut remainder = numerator;
        loop {
            let shifted = remainder
                .checked_mul(1 << 32)
                .ok_or(SamplerError::Overflow)?;
            let digits = shifted / denominator;
            let drawn = u128::from(u32::from_le_bytes(self.randomness.take()?));
            if drawn != digits {
                return Ok(drawn < digits);
            }
            remainder = shifted % denominator;
        }
    }

    /// Uniform in 0..`bound`, by rejection.
    fn uniform_below(&mut self, bound: u64) -> Result<u64, SamplerError> {
        let mask = bound.next_power_of_two() - 1;
        loop {
            let drawn = u64::from_le_bytes(self.randomness.take()?) & mask;
            if drawn < bound {
                return Ok(drawn);
            }
        }
    }
}

#[cfg(test)]
mod tests;
