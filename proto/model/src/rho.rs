//! ρ: privacy loss as the ledger counts it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The δ at which ε is shown wherever VWIS shows one.
pub const DISPLAY_DELTA: f64 = 1e-8;

const NANO: u64 = 1_000_000_000;

/// A privacy loss ρ of zero-concentrated differential privacy (Bun and Steinke 2016), in billionths.
///
/// Sums are of integers, and exact; whoever converts a real number into a `Rho` rounds it up.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Rho {
    nano: u64,
}

/// Why a text is no ρ.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRho {
    /// Not a plain decimal number.
    #[error("`{0}` is not a privacy loss: expected a plain decimal such as 0.125")]
    NotADecimal(String),
    /// More decimals than the ledger keeps.
    #[error("`{0}` has more than nine decimals: the ledger counts in billionths of rho")]
    TooFine(String),
    /// Outside what one clause or year may hold.
    #[error("`{0}` is out of bounds: rho must be above 0 and at most 1000")]
    OutOfBounds(String),
}

// === impl Rho ===

impl Rho {
    /// No privacy loss.
    pub const ZERO: Self = Self { nano: 0 };

    /// The privacy loss of so many billionths of ρ.
    #[must_use]
    pub const fn from_nano(nano: u64) -> Self {
        Self { nano }
    }

    /// The privacy loss in billionths of ρ.
    #[must_use]
    pub const fn nano(self) -> u64 {
        self.nano
    }

    /// The sum, or `None` where it leaves 64 bits.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.nano.checked_add(other.nano) {
            Some(nano) => Some(Self { nano }),
            None => None,
        }
    }

    /// The difference, or zero where `other` is larger.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self {
            nano: self.nano.saturating_sub(other.nano),
        }
    }

    /// `times` equal charges, or `None` where their sum leaves 64 bits.
    #[must_use]
    pub const fn checked_mul(self, times: u64) -> Option<Self> {
        match self.nano.checked_mul(times) {
            Some(nano) => Some(Self { nano }),
            None => None,
        }
    }

    /// ρ as a float, for planning and display; never for the ledger.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "display and planning only")]
    pub fn as_f64(self) -> f64 {
        self.nano as f64 / NANO as f64
    }

    /// The ε of (ε, δ)-differential privacy that this ρ implies at δ = [`DISPLAY_DELTA`].
    ///
    /// The least ε over the Rényi orders α, by Canonne, Kamath and Steinke 2020, Proposition 12:
    /// ε = αρ + (ln(1/δ) + (α − 1)·ln(1 − 1/α) − ln α) / (α − 1).
    #[must_use]
    pub fn epsilon(self) -> f64 {
        if self.nano == 0 {
            return 0.0;
        }
        let rho = self.as_f64();
        // The bound as a function of t = ln(α − 1), in which it has a single minimum.
        let bound = |t: f64| {
            let excess = t.exp();
            let alpha = 1.0 + excess;
            alpha * rho
                + (-DISPLAY_DELTA.ln() + excess * (excess / alpha).ln() - alpha.ln()) / excess
        };
        let (mut low, mut high) = (-20.0_f64, 20.0_f64);
        for _ in 0..200 {
            let third = (high - low) / 3.0;
            if bound(low + third) < bound(high - third) {
                high -= third;
            } else {
                low += third;
            }
        }
        bound(low.midpoint(high)).max(0.0)
    }
}

/// Reads a plain decimal such as `0.125`, exactly, above 0 and at most 1000.
impl FromStr for Rho {
    type Err = InvalidRho;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = || text.chars().take(40).collect::<String>();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return Err(InvalidRho::NotADecimal(shown()));
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 9 {
            return Err(InvalidRho::TooFine(shown()));
        }
        let out_of_bounds = || InvalidRho::OutOfBounds(shown());
        let whole: u64 = whole.parse().map_err(|_| out_of_bounds())?;
        let fraction: u64 = format!("{fraction:0<9}")
            .parse()
            .expect("nine decimal digits fit into 64 bits");
        if whole > 1000 {
            return Err(out_of_bounds());
        }
        let nano = whole * NANO + fraction;
        if nano == 0 || nano > 1000 * NANO {
            return Err(out_of_bounds());
        }
        Ok(Self { nano })
    }
}

/// The shortest exact decimal, such as `0.125`.
impl fmt::Display for Rho {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:09}", self.nano / NANO, self.nano % NANO);
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_and_written_exactly() {
        for text in ["0.125", "0.5", "1", "0.000000001", "999.999999999", "1000"] {
            assert_eq!(text.parse::<Rho>().unwrap().to_string(), text);
        }
        assert_eq!("0.50".parse::<Rho>().unwrap(), Rho::from_nano(500_000_000));
    }

    #[test]
    fn zero_nan_negative_and_over_fine_losses_are_refused() {
        for wrong in [
            "0",
            "0.0",
            "-1",
            "NaN",
            "inf",
            "1e-3",
            "",
            ".5",
            "1.",
            "0.0000000001",
            "1000.1",
            "99999999999999999999",
        ] {
            assert!(wrong.parse::<Rho>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn epsilon_is_the_published_conversion() {
        for (rho, epsilon) in [("0.125", 2.86), ("0.5", 6.09), ("1", 8.98)] {
            let shown = rho.parse::<Rho>().unwrap().epsilon();
            assert!((shown - epsilon).abs() < 0.005, "{rho}: {shown}");
        }
    }
}
