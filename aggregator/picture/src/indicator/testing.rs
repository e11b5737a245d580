//! What tests of indicators share: a workforce that is exactly known, released without noise.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use statrs::distribution::{ContinuousCDF as _, Normal};
use uuid::Uuid;
use vwis_model::{
    agreement::{Agreement, Draft, Measure, Series},
    algebra::{ResidualSum, Tables},
    here,
    measurement::{MeasurementId, Payload},
    ods::OdsCode,
    period::Period,
};

use super::{ALL, Finding, Findings, Indicator, IndicatorError, Question};
use crate::{
    archive::{Archive, Archived, Pooled},
    estimate::Figure,
    estimator::Estimator,
    picture::{SeriesPicture, Whose},
    reference::england,
    release::{Contributor, Release},
};

/// The agreement that a system would start with.
pub const STANDARD: &str = include_str!("../../../../deploy/agreements/gm-workforce.toml");
/// Headcount tables that tell apart all that [`Workforce::of_england`] knows.
pub const ENGLAND_TABLES: &str = r#"{ by = ["staff_group", "band", "ethnic_group"] }"#;

/// People in exact numbers, as published figures give them. What is not said about somebody is unknown.
#[derive(Clone, Debug, Default)]
pub struct Workforce {
    /// (Data set, period, ODS code, categories, how many, hundredths of an FTE each).
    people: Vec<Cell>,
    fte_hundredths: i64,
    is_doubted: bool,
    data_set: &'static str,
    period: &'static str,
    ods_code: &'static str,
}

#[derive(Clone, Debug)]
struct Cell {
    data_set: &'static str,
    period: &'static str,
    ods_code: &'static str,
    categories: Vec<(&'static str, &'static str)>,
    number: i64,
}

/// Asserts that a figure has this value and no noise.
#[track_caller]
pub fn close(figure: Figure, expected: f64) {
    let within = 1e-9 * expected.abs().max(1.0);
    let (lower, upper) = figure.interval();
    let all = [figure.value().expect("there is a value"), lower, upper];
    for value in all {
        assert!(
            (value - expected).abs() <= within,
            "{figure:?} is not {expected}"
        );
    }
}

/// The row of a measure at these categories, given in the order of the dimensions.
#[track_caller]
pub fn row<'f>(findings: &'f Findings, measure: &str, at: &[&str]) -> &'f Finding {
    assert_eq!(
        findings.dimensions.len(),
        at.len(),
        "one category a dimension"
    );
    let is_it = |row: &&Finding| {
        row.measure == measure && row.group.iter().map(|category| &category.code).eq(at)
    };
    let mut found = findings.rows.iter().filter(is_it);
    let row = found
        .next()
        .unwrap_or_else(|| panic!("{measure} at {at:?}"));
    assert!(found.next().is_none(), "{measure} at {at:?} is there once");
    row
}

/// A normal draw, rounded: good enough for a test, but it protects nobody.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "gamma is at most 2^40, a draw at most eight times that"
)]
pub fn drawn(gamma: u64, noise: &mut ChaCha20Rng) -> i64 {
    let uniform = noise.random_range(1e-12..1.0 - 1e-12);
    (gamma as f64 * Normal::standard().inverse_cdf(uniform)).round() as i64
}

/// These exact counts with noise of the series' scale, the same for the same seed.
pub fn noisy(series: &Series, exact: &Payload, seed: u64) -> Payload {
    let (gamma, mut noise) = (series.strategy().gamma(), ChaCha20Rng::seed_from_u64(seed));
    let entries = exact.entries().into_iter();
    let entries: Vec<_> = entries.map(|x| x + drawn(gamma, &mut noise)).collect();
    Payload::from_entries(&entries)
}

// === impl Workforce ===

impl Workforce {
    /// A workforce without people. Until said otherwise, people are added as staff of R0A in 2026-03.
    pub fn new() -> Self {
        Self {
            fte_hundredths: 100,
            data_set: "staff",
            period: "2026-03",
            ods_code: "R0A",
            ..Self::default()
        }
    }

    /// NHS England's staff of June 2022 by staff group, band and ethnic group. One staff group stands for
    /// each kind of staff that the publication tells apart.
    pub fn of_england() -> Self {
        let lines = england::england().iter();
        lines.fold(Self::new(), |workforce, line| {
            let staff_group = match line.role.as_str() {
                "medical" => "medical_and_dental",
                "clinical" => "nursing_and_midwifery",
                "non_clinical" => "administrative_and_clerical",
                _ => "unknown",
            };
            let people = england::ETHNIC_GROUPS.into_iter().zip(line.people);
            people.fold(workforce, |workforce, (ethnic_group, number)| {
                let of = [
                    ("staff_group", staff_group),
                    ("band", line.band.as_str()),
                    ("ethnic_group", ethnic_group),
                ];
                workforce.people(&of, number.into())
            })
        })
    }

    /// Adds this many people with these categories.
    pub fn people(mut self, categories: &[(&'static str, &'static str)], number: i64) -> Self {
        self.people.push(Cell {
            data_set: self.data_set,
            period: self.period,
            ods_code: self.ods_code,
            categories: categories.to_vec(),
            number,
        });
        self
    }

    /// From here on adds people to this data set, such as `staff` or `year_leavers`.
    pub fn data_set(mut self, data_set: &'static str) -> Self {
        self.data_set = data_set;
        self
    }

    /// From here on adds people in this period.
    pub fn period(mut self, period: &'static str) -> Self {
        self.period = period;
        self
    }

    /// From here on adds people of this employer.
    pub fn employer(mut self, ods_code: &'static str) -> Self {
        self.ods_code = ods_code;
        self
    }

    /// Lets everybody work this many hundredths of a full post.
    pub fn each_working(mut self, hundredths: i64) -> Self {
        self.fte_hundredths = hundredths;
        self
    }

    /// Adds the variance of the noise but does not draw it: true values with the doubt of a release.
    pub fn doubted(mut self) -> Self {
        self.is_doubted = true;
        self
    }

    /// The workforce released without noise, under an agreement with these tables of headcount and of FTE.
    /// Joiners and leavers, of a quarter and of a year, are told apart by each of their attributes alone, leavers
    /// also by staff group and destination together.
    pub fn archive(&self, headcount: &str, fte: &str) -> Archive {
        let draft = format!(
            r#"
name = "England, exactly"
version = 1
aggregator = "gm-icb"
purpose = "To reproduce published figures."
readers = "Tests."
first_period = "2020-03"
last_period = "2029-12"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{{ by = [] }}, {headcount}]

[[series]]
name = "fte"
measure = "fte"
cadence = "quarterly"
rho = 0.02
tables = [{fte}]

[[series]]
name = "joiners"
data_set = "joiners"
measure = "headcount"
cadence = "quarterly"
rho = 0.02
tables = [{{ by = ["staff_group"] }}, {{ by = ["locality"] }}, {{ by = ["joining_source"] }}]

[[series]]
name = "leavers"
data_set = "leavers"
measure = "headcount"
cadence = "quarterly"
rho = 0.02
tables = [
    {{ by = ["locality"] }},
    {{ by = ["leaving_reason"] }},
    {{ by = ["staff_group", "leaving_destination"] }},
]

[[series]]
name = "year_joiners"
data_set = "year_joiners"
measure = "headcount"
cadence = "yearly"
rho = 0.02
tables = [{{ by = ["staff_group"] }}, {{ by = ["locality"] }}, {{ by = ["joining_source"] }}]

[[series]]
name = "year_leavers"
data_set = "year_leavers"
measure = "headcount"
cadence = "yearly"
rho = 0.02
tables = [
    {{ by = ["locality"] }},
    {{ by = ["leaving_reason"] }},
    {{ by = ["staff_group", "leaving_destination"] }},
]
"#
        );
        self.archive_under(&draft)
    }

    /// The workforce released without noise, under the agreement that this draft becomes.
    pub fn archive_under(&self, draft: &str) -> Archive {
        self.released_under(draft, None)
    }

    /// The workforce released under the agreement that this draft becomes; with a seed, with noise as nodes
    /// draw it.
    pub fn released_under(&self, draft: &str, mut noise: Option<ChaCha20Rng>) -> Archive {
        let draft = Draft::parse(draft).unwrap();
        let agreement = draft.compile(here::dictionary()).unwrap().0;
        let mut releases = Vec::new();
        for (index, series) in agreement.series().iter().enumerate() {
            for period in self.periods(series.data_set().code()) {
                if agreement.allows(series, period.parse().unwrap()) {
                    let archived = self.released(&agreement, index, period, noise.as_mut());
                    releases.push(Arc::new(archived));
                }
            }
        }
        Archive::new(Arc::new(agreement), releases)
    }

    /// The findings of an indicator about the system, from everything that is released.
    pub fn ask(
        archive: &Archive,
        indicator: &Indicator,
        question: &Question,
    ) -> Result<Findings, IndicatorError> {
        let until = archive.latest_period().unwrap();
        indicator.answer(&Estimator::new(archive, Whose::System, until), question)
    }

    fn periods(&self, data_set: &str) -> Vec<&'static str> {
        let there = self.people.iter().filter(|cell| cell.data_set == data_set);
        let mut periods: Vec<_> = there.map(|cell| cell.period).collect();
        periods.sort_unstable();
        periods.dedup();
        periods
    }

    fn released(
        &self,
        agreement: &Agreement,
        index: usize,
        period: &'static str,
        mut noise: Option<&mut ChaCha20Rng>,
    ) -> Archived {
        let series = &agreement.series()[index];
        let mut sums: BTreeMap<OdsCode, ResidualSum> = BTreeMap::new();
        let here =
            |cell: &&Cell| cell.data_set == series.data_set().code() && cell.period == period;
        let employers: BTreeSet<_> = self
            .people
            .iter()
            .filter(here)
            .map(|c| c.ods_code)
            .collect();
        for ods_code in employers {
            let strategy = series.strategy();
            let mut sum = ResidualSum::for_strategy(strategy);
            let mut entries = strategy
                .encode(&self.exactly(series, period, ods_code))
                .unwrap();
            match &mut noise {
                None if self.is_doubted => sum.add(strategy, &entries).unwrap(),
                None => sum.add_exact(strategy, &entries).unwrap(),
                Some(noise) => {
                    for entry in &mut entries {
                        *entry += drawn(strategy.gamma(), noise);
                    }
                    sum.add(strategy, &entries).unwrap();
                }
            }
            sums.insert(ods_code.parse().unwrap(), sum);
        }
        let period: Period = period.parse().unwrap();
        let contributor = |ods_code: &OdsCode| Contributor {
            ods_code: ods_code.clone(),
            identity: MeasurementId::from_bytes([0; 32]),
            snapshot: None,
        };
        let release = Release {
            sequence: i64::try_from(index).unwrap() + 1,
            // Each release has its own id, so that a number's source can be looked up by it.
            id: Uuid::from_u64_pair(
                u64::try_from(index).unwrap() + 1,
                u64::try_from(i32::from(period.year()) * 12 + i32::from(period.month())).unwrap(),
            ),
            agreement: agreement.hash(),
            series: series.name().to_owned(),
            period,
            number: 1,
            made_at: Timestamp::UNIX_EPOCH,
            contributors: sums.keys().map(contributor).collect(),
            expected: sums.keys().cloned().collect(),
        };
        Archived {
            release,
            series: index,
            picture: SeriesPicture::of_sums(series, sums).unwrap(),
            pooled: Pooled::default(),
        }
    }

    fn exactly(&self, series: &Series, period: &str, ods_code: &str) -> Tables {
        let data_set = series.data_set();
        let domain = series.strategy().domain();
        let mut tables = Tables::new(domain.clone());
        for table in series.tables() {
            let mut counts = vec![0; usize::try_from(domain.cells(table.levels)).unwrap()];
            for cell in &self.people {
                if (cell.data_set, cell.period, cell.ods_code)
                    != (series.data_set().code(), period, ods_code)
                {
                    continue;
                }
                let category = |position: usize| {
                    let attribute = &data_set.attributes()[position];
                    let said = cell
                        .categories
                        .iter()
                        .find(|(code, _)| *code == attribute.code());
                    said.map_or(attribute.unknown(), |(_, category)| {
                        attribute
                            .category(category)
                            .unwrap_or_else(|| panic!("{category}"))
                    })
                };
                let node = |(at, level)| domain.tree(at).labels(level)[category(at)];
                let nodes: Vec<_> = table.levels.iter().map(node).collect();
                let each = match series.measure() {
                    Measure::Headcount => 1,
                    Measure::Fte => self.fte_hundredths,
                };
                let index = domain.cell_index(table.levels, &nodes).unwrap();
                counts[index] += each * cell.number;
            }
            tables.insert(table.levels, counts).unwrap();
        }
        tables
    }
}

/// The indicators about people whom the standard agreement counts. Others need an agreement that counts theirs.
pub fn of_the_standard() -> impl Iterator<Item = &'static Indicator> {
    let draft = Draft::parse(STANDARD).unwrap();
    let agreement = draft.compile(here::dictionary()).unwrap().0;
    let counted: BTreeSet<_> = (agreement.series().iter())
        .map(|series| series.data_set().code().to_owned())
        .collect();
    let is_counted = move |indicator: &&Indicator| {
        let figures = (indicator.definition.key_figures)();
        let mut data_sets = figures.iter().map(|figure| figure.cohort.data_set());
        data_sets.any(|data_set| counted.contains(data_set))
    };
    ALL.iter().copied().filter(is_counted)
}

/// The staff of two employers, with a year's joiners, leavers, applicants and career movement.
pub fn a_year() -> Workforce {
    let nurse = [
        ("staff_group", "nursing_and_midwifery"),
        ("locality", "e08000001"),
        ("band", "afc_5"),
        ("age_band", "45_49"),
        ("ethnic_group", "asian"),
        ("role", "community_nurse"),
    ];
    let manager = [
        ("staff_group", "administrative_and_clerical"),
        ("locality", "e08000003"),
        ("band", "afc_8b"),
        ("age_band", "55_59"),
        ("ethnic_group", "white"),
        ("role", "manager"),
    ];
    let mut workforce = Workforce::new().each_working(85);
    for period in ["2026-03", "2026-06", "2026-09", "2026-12"] {
        for employer in ["R0A", "RMC"] {
            workforce = workforce
                .period(period)
                .employer(employer)
                .data_set("staff")
                .people(&nurse, 3_000)
                .people(&manager, 400)
                .data_set("joiners")
                .people(&[nurse[0], nurse[1], ("joining_source", "nhs")], 70)
                .data_set("leavers")
                .people(&[nurse[0], nurse[1], ("leaving_destination", "abroad")], 60);
        }
    }
    for employer in ["R0A", "RMC"] {
        workforce = workforce
            .period("2026-03")
            .employer(employer)
            .data_set("year_joiners")
            .people(&[nurse[0], nurse[1], ("joining_source", "nhs")], 250)
            .data_set("year_leavers")
            .people(
                &[nurse[0], nurse[1], ("leaving_destination", "abroad")],
                220,
            )
            .data_set("applicants")
            .people(
                &[
                    nurse[0],
                    nurse[2],
                    nurse[4],
                    ("furthest_stage", "shortlisted"),
                ],
                900,
            )
            .people(
                &[
                    nurse[0],
                    nurse[2],
                    manager[4],
                    ("furthest_stage", "appointed"),
                ],
                300,
            )
            .data_set("career_movement")
            .people(&[nurse[0], nurse[2], nurse[4], ("movement", "up")], 180)
            .people(&[nurse[0], nurse[2], nurse[4], ("movement", "same")], 2_600)
            .people(&[nurse[0], nurse[2], nurse[4], ("movement", "left")], 200)
            .people(
                &[manager[0], manager[2], manager[4], ("movement", "up")],
                40,
            )
            .people(
                &[manager[0], manager[2], manager[4], ("movement", "same")],
                340,
            )
            .people(
                &[manager[0], manager[2], manager[4], ("movement", "down")],
                10,
            );
    }
    workforce
}
