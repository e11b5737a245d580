//! Periods, and the financial years that budgets run over.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A calendar month, written `YYYY-MM`: it means the snapshot on that month's last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    year: i16,
    month: i8,
}

/// Why a text is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period: expected YYYY-MM, such as 2026-09")]
pub struct InvalidPeriod(String);

/// The year from 1 April to 31 March over which a budget runs, named by the calendar year in which
/// it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FinancialYear(pub i32);

// === impl Period ===

impl Period {
    /// The period's last day: the date of its snapshot.
    ///
    /// # Panics
    /// Never: year and month were checked when the period was parsed.
    #[must_use]
    pub fn last_day(self) -> Date {
        Date::new(self.year, self.month, 1)
            .expect("a period's year and month were checked when it was parsed")
            .last_of_month()
    }

    /// The financial year whose budget pays for this period.
    #[must_use]
    pub fn financial_year(self) -> FinancialYear {
        FinancialYear::of(self.last_day())
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// The calendar month, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.month
    }

    /// The period one calendar month later; years beyond 9998 have none.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let (year, month) = if self.month == 12 {
            (self.year + 1, 1)
        } else {
            (self.year, self.month + 1)
        };
        (year <= 9998).then_some(Self { year, month })
    }

    /// The period so many calendar months earlier; years before 1900 have none.
    #[must_use]
    pub fn months_before(self, months: u16) -> Option<Self> {
        let index = i32::from(self.year) * 12 + i32::from(self.month) - 1 - i32::from(months);
        let year = i16::try_from(index.div_euclid(12)).ok()?;
        let month = i8::try_from(index.rem_euclid(12) + 1).expect("1 to 12");
        (year >= 1900).then_some(Self { year, month })
    }

    /// The period so many calendar months later; years beyond 9998 have none.
    #[must_use]
    pub fn months_after(self, months: u16) -> Option<Self> {
        (0..months).try_fold(self, |period, _| period.next())
    }

    /// All periods from `self` to `last`, both included, ascending.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |period| period.next())
            .take_while(move |period| *period <= last)
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidPeriod(text.chars().take(40).collect());
        let (year, month) = text.split_once('-').ok_or_else(invalid)?;
        let digits = |part: &str, n| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(invalid());
        }
        let year: i16 = year.parse().map_err(|_| invalid())?;
        let month: i8 = month.parse().map_err(|_| invalid())?;
        if !(1900..=9998).contains(&year) || !(1..=12).contains(&month) {
            return Err(invalid());
        }
        Ok(Self { year, month })
    }
}

impl TryFrom<String> for Period {
    type Error = InvalidPeriod;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}

// === impl FinancialYear ===

impl FinancialYear {
    /// The financial year that `date` falls in.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self(i32::from(date.year()) - i32::from(date.month() < 4))
    }
}

impl fmt::Display for FinancialYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{:02}", self.0, (self.0 + 1).rem_euclid(100)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn only_four_digits_a_dash_and_a_month_parse() {
        assert_eq!(period("2026-09").to_string(), "2026-09");
        for wrong in [
            "2026-9",
            "2026-13",
            "2026-00",
            "26-09",
            "2026-09-30",
            "",
            "2026/09",
            "+026-09",
        ] {
            assert!(wrong.parse::<Period>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_snapshot_is_on_the_months_last_day() {
        assert_eq!(period("2028-02").last_day(), Date::constant(2028, 2, 29));
        assert_eq!(period("2026-12").last_day(), Date::constant(2026, 12, 31));
    }

    #[test]
    fn march_belongs_to_the_financial_year_that_began_in_the_april_before() {
        assert_eq!(period("2027-03").financial_year(), FinancialYear(2026));
        assert_eq!(period("2027-04").financial_year(), FinancialYear(2027));
        assert_eq!(FinancialYear(2026).to_string(), "2026/27");
        assert_eq!(FinancialYear(1999).to_string(), "1999/00");
    }

    #[test]
    fn months_before_cross_the_year_and_end_in_1900() {
        assert_eq!(period("2026-02").months_before(3), Some(period("2025-11")));
        assert_eq!(period("2026-12").months_before(12), Some(period("2025-12")));
        assert_eq!(period("1900-02").months_before(2), None);
    }

    #[test]
    fn months_after_cross_the_year_and_end_in_9998() {
        assert_eq!(period("2025-11").months_after(3), Some(period("2026-02")));
        assert_eq!(period("2025-12").months_after(12), Some(period("2026-12")));
        assert_eq!(period("9998-11").months_after(2), None);
    }

    #[test]
    fn a_span_of_periods_crosses_the_year() {
        let span: Vec<_> = period("2026-11").through(period("2027-02")).collect();
        assert_eq!(span.len(), 4);
        assert_eq!(span[2], period("2027-01"));
    }
}
