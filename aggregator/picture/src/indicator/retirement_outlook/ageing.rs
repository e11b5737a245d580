//! Follows people of 55 and over year by year.

use crate::reference::leavers::Hazard;

/// The age from which on the second rate applies.
const SECOND_RATE_FROM: u8 = 65;

/// A five-year age band of those of 55 and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    From55,
    From60,
    From65,
}

/// The yearly rates at which somebody of 55 and over leaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub(super) until_65: Hazard,
    pub(super) from_65: Hazard,
}

/// What happens to one person of an age band within some years.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leaving {
    /// The probability of having left.
    pub(super) share: f64,
    /// The derivative of `share` with respect to the rate until 65.
    pub(super) slope_until_65: f64,
    /// The derivative of `share` with respect to the rate from 65.
    pub(super) slope_from_65: f64,
    /// The variance of having left or not, from chance alone.
    pub(super) chance: f64,
}

// === impl Age ===

impl Age {
    pub(super) const ALL: [Self; 3] = [Self::From55, Self::From60, Self::From65];

    /// The code of its category in the dictionary.
    pub(super) fn band(self) -> &'static str {
        match self {
            Self::From55 => "55_59",
            Self::From60 => "60_64",
            Self::From65 => "65_and_over",
        }
    }

    /// The ages over which people of the band are taken to be spread evenly. From 65 on one age is enough,
    /// because the rate no longer depends on it.
    fn years(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::From55 => 55..=59,
            Self::From60 => 60..=64,
            Self::From65 => 65..=65,
        }
    }
}

/// What happens to somebody of an age band within `years` years. In each year they leave at the rate of their
/// age at its start.
pub(super) fn leaving(age: Age, rates: Rates, years: u8) -> Leaving {
    let (first, second) = (1.0 - rates.until_65.rate(), 1.0 - rates.from_65.rate());
    let ages = age.years();
    let each = 1.0 / f64::from(u8::try_from(ages.len()).expect("five at most"));
    let mut mean = Leaving::default();
    for age in ages {
        let at_first = years.min(SECOND_RATE_FROM.saturating_sub(age));
        let at_second = years - at_first;
        let stays = power(first, at_first) * power(second, at_second);
        mean.share += each * (1.0 - stays);
        mean.chance += each * stays * (1.0 - stays);
        mean.slope_until_65 += each * slope(first, at_first) * power(second, at_second);
        mean.slope_from_65 += each * power(first, at_first) * slope(second, at_second);
    }
    mean
}

fn power(stays_a_year: f64, years: u8) -> f64 {
    stays_a_year.powi(i32::from(years))
}

/// The derivative of the probability of having left with respect to the yearly rate.
fn slope(stays_a_year: f64, years: u8) -> f64 {
    match years {
        0 => 0.0,
        _ => f64::from(years) * power(stays_a_year, years - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: Rates = Rates {
        until_65: Hazard {
            headcount: 100,
            leavers: 10,
        },
        from_65: Hazard {
            headcount: 100,
            leavers: 30,
        },
    };

    fn is(value: f64, expected: f64) {
        assert!(
            (value - expected).abs() < 1e-12,
            "{value} is not {expected}"
        );
    }

    #[test]
    fn rates_compound_and_change_at_65() {
        is(leaving(Age::From55, RATES, 1).share, 0.1);
        is(leaving(Age::From55, RATES, 3).share, 1.0 - 0.729);
        is(leaving(Age::From65, RATES, 3).share, 1.0 - 0.343);
        // Three years from 60, 61 or 62: 0.9^3; from 63: 0.9^2 x 0.7; from 64: 0.9 x 0.7^2.
        let stays = (3.0 * 0.729 + 0.567 + 0.441) / 5.0;
        is(leaving(Age::From60, RATES, 3).share, 1.0 - stays);
    }

    #[test]
    fn slopes_are_those_of_the_shares() {
        let step = 1_u32;
        let fine = |until: u32, from: u32| Rates {
            until_65: Hazard {
                headcount: 1_000_000,
                leavers: until,
            },
            from_65: Hazard {
                headcount: 1_000_000,
                leavers: from,
            },
        };
        for age in Age::ALL {
            let at = |until, from| leaving(age, fine(until, from), 5);
            let base = at(100_000, 300_000);
            let numeric = |moved: Leaving| (moved.share - base.share) * 1e6;
            let until = numeric(at(100_000 + step, 300_000));
            assert!((until - base.slope_until_65).abs() < 1e-4, "{age:?}");
            let from = numeric(at(100_000, 300_000 + step));
            assert!((from - base.slope_from_65).abs() < 1e-4, "{age:?}");
        }
    }

    #[test]
    fn a_rate_of_all_leaves_nobody_and_stays_finite() {
        let all = Hazard {
            headcount: 5,
            leavers: 5,
        };
        let gone = leaving(
            Age::From60,
            Rates {
                until_65: all,
                from_65: all,
            },
            5,
        );
        is(gone.share, 1.0);
        assert!(gone.slope_until_65.is_finite() && gone.slope_from_65.is_finite());
    }
}
