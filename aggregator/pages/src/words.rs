//! Words that several pages need.

use vwis_model::{
    agreement::{Measure, Series},
    here,
    period::Period,
    rho::Rho,
};

use super::Reading;
use crate::archive::Archived;

/// Which residents a share of ethnic groups is compared with: `Population: Census 2021, all ages.`
pub(super) fn population() -> String {
    let residents = here::place().residents("ethnic_group");
    let label = residents.map_or("not in the place pack", |residents| &residents.label);
    format!("Population: {label}.")
}

/// The day as of which a period is counted: `30 September 2026`.
pub(super) fn date(period: Period) -> String {
    period.last_day().strftime("%-d %B %Y").to_string()
}

/// The date under an axis: `Sep 2026`.
pub(super) fn short_date(period: Period) -> String {
    period.last_day().strftime("%b %Y").to_string()
}

/// The employers in a release: `nine employers` where all are in it, `8 of 9 employers` where some are
/// missing. A single employer is named.
pub(super) fn employers(reading: &Reading<'_>, archived: &Archived) -> String {
    if let Some(alone) = reading.whose_alone() {
        return alone;
    }
    let coverage = reading.archive().coverage(&archived.release);
    match (coverage.is_complete(), coverage.contributors.len()) {
        (true, 1) => "one employer".to_owned(),
        (true, several) => format!("{} employers", number(several)),
        (false, _) => coverage.in_words(),
    }
}

/// A label within a sentence: `Upper GI, liver and pancreas` begins with a small letter, `GI` would not.
pub(super) fn in_a_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

/// A number in words up to nine, in digits above.
pub(super) fn number(number: usize) -> String {
    const WORDS: [&str; 10] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    WORDS
        .get(number)
        .map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// The step, in billionths of ρ, to which ρ is rounded: a millionth.
const NANO_SHOWN: u64 = 1_000;

/// A ρ rounded up to a millionth. Finer digits come from rounding a charge up, and tell a reader nothing.
pub(super) fn rho(rho: Rho) -> String {
    let shown = rho.nano().div_ceil(NANO_SHOWN).saturating_mul(NANO_SHOWN);
    Rho::from_nano(shown).to_string()
}

/// What a series counts, with the agreement's name for it: `Staff in post, people (headline)`.
pub(super) fn series(series: &Series) -> String {
    let label = series.data_set().label();
    let measure = match series.measure() {
        Measure::Headcount => "people",
        Measure::Fte => "full-time equivalents",
    };
    format!("{label}, {measure} ({})", series.name())
}

/// The words, with the employer where the page is about one alone: `work in Bolton for Manchester
/// University`.
pub(super) fn with_employers(reading: &Reading<'_>, words: &str) -> String {
    match reading.whose_alone() {
        Some(alone) => format!("{words} for {alone}"),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charge_is_never_told_smaller_than_it_is() {
        assert_eq!(rho(Rho::from_nano(199_999_998)), "0.2");
        assert_eq!(rho(Rho::from_nano(31_250_000)), "0.03125");
        assert_eq!(rho(Rho::from_nano(1)), "0.000001");
        assert_eq!(rho(Rho::ZERO), "0");
    }

    #[test]
    fn a_period_is_called_by_its_last_day() {
        assert_eq!(in_a_sentence("Upper GI, liver"), "upper GI, liver");
        assert_eq!(in_a_sentence("GI"), "GI");
        assert_eq!(date("2026-09".parse().unwrap()), "30 September 2026");
        assert_eq!(short_date("2026-03".parse().unwrap()), "Mar 2026");
        assert_eq!(
            (number(0).as_str(), number(9).as_str(), number(10).as_str()),
            ("no", "nine", "10")
        );
    }
}
