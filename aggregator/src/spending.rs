//! What employers spent of privacy, as the centre knows it: each measurement that it holds, once.
//!
//! An employer's own ledger is the record; this is what its measurements here add up to. A
//! measurement is known by its identity, so that a release made anew with the same measurements
//! costs nothing, and a correction, which is another measurement, counts by itself.

use std::collections::{BTreeMap, BTreeSet};

use vwis_proto::{
    agreement::Agreement,
    measurement::MeasurementId,
    ods::OdsCode,
    period::{FinancialYear, Period},
    rho::Rho,
};

use crate::release::Release;

/// What one employer spent in a financial year under one agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The sum of its charges.
    pub rho: Rho,
    /// Series and period of measurements that were made more than once: corrections.
    pub corrected: Vec<(String, Period)>,
}

/// By employer, what its measurements in `releases` were charged in `year`. All of the releases are of
/// `agreement`, superseded ones included.
#[must_use]
pub fn spent<'a>(
    agreement: &Agreement,
    releases: impl IntoIterator<Item = &'a Release>,
    year: FinancialYear,
) -> BTreeMap<OdsCode, Spent> {
    type Made = BTreeMap<(String, Period), BTreeSet<MeasurementId>>;
    let mut made: BTreeMap<OdsCode, Made> = BTreeMap::new();
    for release in releases {
        if release.period.financial_year() != year {
            continue;
        }
        for contributor in &release.contributors {
            let own = made.entry(contributor.ods_code.clone()).or_default();
            let key = (release.series.clone(), release.period);
            own.entry(key).or_default().insert(contributor.identity);
        }
    }
    let charge = |series: &str| {
        let series = agreement.series_named(series);
        series.map_or(Rho::ZERO, vwis_proto::agreement::Series::charge)
    };
    let add_up = |made: Made| {
        let charges = made.iter().map(|((series, _), measurements)| {
            let times = u64::try_from(measurements.len()).unwrap_or(u64::MAX);
            charge(series).nano().saturating_mul(times)
        });
        Spent {
            rho: Rho::from_nano(charges.fold(0, u64::saturating_add)),
            corrected: made
                .into_iter()
                .filter(|(_, measurements)| measurements.len() > 1)
                .map(|(key, _)| key)
                .collect(),
        }
    };
    made.into_iter()
        .map(|(ods_code, made)| (ods_code, add_up(made)))
        .collect()
}

/// What an agreement lets each employer spend in a financial year, by its series.
#[must_use]
pub fn agreed(agreement: &Agreement, year: FinancialYear) -> Rho {
    let of_series = agreement.series().iter().map(|series| {
        let periods = agreement.periods_of(series);
        let in_year = periods
            .filter(|period| period.financial_year() == year)
            .count();
        let times = u64::try_from(in_year).unwrap_or(u64::MAX);
        series.charge().nano().saturating_mul(times)
    });
    Rho::from_nano(of_series.fold(0, u64::saturating_add))
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
                // Any other measurement than the first.
                identity: MeasurementId::from_bytes([7; 32]),
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
}
