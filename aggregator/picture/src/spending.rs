//! The privacy that employers spent, as the centre knows it: the charge of each measurement that is in a release,
//! once.
//!
//! An employer's own ledger is the record; here its measurements are added up. A measurement is known by its
//! identity. So a release that is made again with the same measurements costs nothing, and a correction,
//! which is another measurement, counts again.

use std::collections::{BTreeMap, BTreeSet};

use vwis_model::{
    agreement::{Agreement, Series},
    measurement::MeasurementId,
    ods::OdsCode,
    period::{FinancialYear, Period},
    rho::Rho,
};

use crate::release::Release;

/// Which measurements the figures here are added up from, for readers.
pub const COUNTED: &str = "Counted from the measurements in releases under this agreement, each once, superseded \
    ones included: a correction is another measurement and is charged again. A measurement whose noise cannot be \
    as agreed was charged by its node too, but is in no release, and is not counted until a person admits it.";

/// What one employer spent in a financial year under one agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The sum of the charges of its measurements.
    pub rho: Rho,
    /// The series and periods that were measured more than once, because of corrections.
    pub corrected: Vec<(String, Period)>,
    /// The series and periods that are agreed for the year and not measured yet.
    pub open: Vec<(String, Period)>,
    /// The sum of what the open series and periods would be charged.
    pub rest: Rho,
}

/// The distinct measurements of each series and period.
type Made = BTreeMap<(String, Period), BTreeSet<MeasurementId>>;

/// For each employer that these releases should hold: what its measurements in them were charged in `year`,
/// and what else is agreed. All releases are of `agreement`; superseded ones are among them.
#[must_use]
pub fn spent<'a>(
    agreement: &Agreement,
    releases: impl IntoIterator<Item = &'a Release>,
    year: FinancialYear,
) -> BTreeMap<OdsCode, Spent> {
    let mut made: BTreeMap<OdsCode, Made> = BTreeMap::new();
    for release in releases {
        if release.period.financial_year() != year {
            continue;
        }
        for expected in &release.expected {
            made.entry(expected.clone()).or_default();
        }
        for contributor in &release.contributors {
            let own = made.entry(contributor.ods_code.clone()).or_default();
            let key = (release.series.clone(), release.period);
            own.entry(key).or_default().insert(contributor.identity);
        }
    }
    made.into_iter()
        .map(|(ods_code, made)| (ods_code, added_up(agreement, year, made)))
        .collect()
}

fn added_up(agreement: &Agreement, year: FinancialYear, made: Made) -> Spent {
    let charge = |series: &str| {
        let series = agreement.series_named(series);
        series.map_or(Rho::ZERO, Series::charge)
    };
    let charges = made.iter().map(|((series, _), measurements)| {
        let times = u64::try_from(measurements.len()).unwrap_or(u64::MAX);
        charge(series).nano().saturating_mul(times)
    });
    let rho = Rho::from_nano(charges.fold(0, u64::saturating_add));
    let agreed = agreement.series().iter().flat_map(|series| {
        in_year(agreement, series, year).map(|at| (series.name().to_owned(), at))
    });
    let open: Vec<_> = agreed.filter(|key| !made.contains_key(key)).collect();
    let rest = open.iter().map(|(series, _)| charge(series).nano());
    Spent {
        rho,
        rest: Rho::from_nano(rest.fold(0, u64::saturating_add)),
        open,
        corrected: made
            .into_iter()
            .filter(|(_, measurements)| measurements.len() > 1)
            .map(|(key, _)| key)
            .collect(),
    }
}

/// The periods of a financial year for which a series is agreed.
pub fn in_year(
    agreement: &Agreement,
    series: &Series,
    year: FinancialYear,
) -> impl Iterator<Item = Period> + use<> {
    let periods = agreement.periods_of(series);
    periods.filter(move |period| period.financial_year() == year)
}

/// The ρ that an agreement lets each employer spend in a financial year, over all its series.
#[must_use]
pub fn agreed(agreement: &Agreement, year: FinancialYear) -> Rho {
    let of_series = agreement.series().iter().map(|series| {
        let times = u64::try_from(in_year(agreement, series, year).count()).unwrap_or(u64::MAX);
        series.charge().nano().saturating_mul(times)
    });
    Rho::from_nano(of_series.fold(0, u64::saturating_add))
}

/// The financial year in which an agreement lets each employer spend the most ρ, with that ρ; of several the
/// earliest. `None` if no period is agreed.
#[must_use]
pub fn fullest(agreement: &Agreement) -> Option<(FinancialYear, Rho)> {
    let periods = agreement
        .series()
        .iter()
        .flat_map(|series| agreement.periods_of(series));
    let years: BTreeSet<_> = periods.map(Period::financial_year).collect();
    let years = years.into_iter().rev();
    years
        .map(|year| (year, agreed(agreement, year)))
        .max_by_key(|(_, rho)| *rho)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{indicator::testing::Workforce, release::Contributor};

    fn year() -> FinancialYear {
        "2026-03".parse::<Period>().unwrap().financial_year()
    }

    #[test]
    fn a_measurement_is_charged_once_however_often_it_is_released() {
        let archive = Workforce::new()
            .people(&[], 10)
            .employer("RM3")
            .people(&[], 10)
            .archive(r#"{ by = ["gender"] }"#, "{ by = [] }");
        let release = archive.releases()[0].release.clone();
        let charge = archive
            .agreement()
            .series_named(&release.series)
            .unwrap()
            .charge();
        let again = Release {
            number: 2,
            ..release.clone()
        };
        let spent_twice = spent(archive.agreement(), [&release, &again], year());
        assert_eq!(spent_twice[&"R0A".parse().unwrap()].rho, charge);
        assert!(spent_twice[&"R0A".parse().unwrap()].corrected.is_empty());
    }

    #[test]
    fn a_correction_is_charged_again_and_named() {
        let archive = Workforce::new()
            .people(&[], 10)
            .archive(r#"{ by = ["gender"] }"#, "{ by = [] }");
        let other = MeasurementId::from_bytes([7; 32]);
        let release = archive.releases()[0].release.clone();
        let charge = archive
            .agreement()
            .series_named(&release.series)
            .unwrap()
            .charge();
        let corrected = Release {
            number: 2,
            contributors: vec![Contributor {
                ods_code: "R0A".parse().unwrap(),
                identity: other,
                snapshot: None,
            }],
            ..release.clone()
        };
        let spent = spent(archive.agreement(), [&release, &corrected], year());
        let own = &spent[&"R0A".parse().unwrap()];
        assert_eq!(own.rho.nano(), 2 * charge.nano());
        assert_eq!(own.corrected, [(release.series.clone(), release.period)]);
        let next = "2026-06".parse::<Period>().unwrap().financial_year();
        assert!(super::spent(archive.agreement(), [&release], next).is_empty());
    }

    #[test]
    fn who_sent_nothing_has_spent_nothing_and_all_is_open() {
        let archive = Workforce::new()
            .people(&[], 10)
            .archive(r#"{ by = ["gender"] }"#, "{ by = [] }");
        let release = Release {
            expected: vec!["R0A".parse().unwrap(), "RM3".parse().unwrap()],
            ..archive.releases()[0].release.clone()
        };
        let spent = spent(archive.agreement(), [&release], year());
        let missing = &spent[&"RM3".parse().unwrap()];
        assert_eq!(missing.rho, Rho::ZERO);
        assert_eq!(missing.rest, agreed(archive.agreement(), year()));
        let there = &spent[&"R0A".parse().unwrap()];
        assert_eq!(there.rho.nano() + there.rest.nano(), missing.rest.nano());
        let key = (release.series.clone(), release.period);
        assert!(missing.open.contains(&key) && !there.open.contains(&key));
    }

    #[test]
    fn the_fullest_year_is_the_one_with_the_most_agreed() {
        let archive = Workforce::new()
            .people(&[], 10)
            .archive(r#"{ by = ["gender"] }"#, "{ by = [] }");
        let agreement = archive.agreement();
        let (year, most) = fullest(agreement).unwrap();
        // The agreement begins in March 2020, so its first financial year has only the last quarter.
        let first = "2020-03".parse::<Period>().unwrap().financial_year();
        assert!(year > first && most > agreed(agreement, first));
    }
}
