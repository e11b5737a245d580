//! What tests of indicators share: a workforce that is exactly known, released without noise.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use uuid::Uuid;
use vwis_proto::{
    agreement::{Agreement, Draft, Measure, Series},
    algebra::{ResidualSum, Tables},
    dictionary::Dictionary,
    measurement::MeasurementId,
    ods::OdsCode,
    period::Period,
};

use super::{Findings, Indicator, IndicatorError, Question};
use crate::{
    archive::{Archive, Archived},
    estimate::Figure,
    facts::Facts,
    picture::{SeriesPicture, Whose},
    release::{Contributor, Release},
};

/// People in exact numbers, as published figures give them. What is not said of somebody is unknown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workforce {
    /// (Data set, period, ODS code, categories, how many, hundredths of an FTE each).
    people: Vec<Cell>,
    fte_hundredths: i64,
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

/// Whether a figure without noise is this value, and knows that it is exact.
#[track_caller]
pub(crate) fn close(figure: Figure, expected: f64) {
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

// === impl Workforce ===

impl Workforce {
    /// Staff of one employer in March 2026, until said otherwise.
    pub(crate) fn new() -> Self {
        Self {
            fte_hundredths: 100,
            data_set: "staff",
            period: "2026-03",
            ods_code: "R0A",
            ..Self::default()
        }
    }

    /// So many people of these categories.
    pub(crate) fn people(
        mut self,
        categories: &[(&'static str, &'static str)],
        number: i64,
    ) -> Self {
        self.people.push(Cell {
            data_set: self.data_set,
            period: self.period,
            ods_code: self.ods_code,
            categories: categories.to_vec(),
            number,
        });
        self
    }

    #[expect(dead_code, reason = "for the first indicator of flows")]
    /// From here on: people of this data set (`staff`, `joiners`, `leavers`).
    pub(crate) fn data_set(mut self, data_set: &'static str) -> Self {
        self.data_set = data_set;
        self
    }

    /// From here on: of this period.
    pub(crate) fn period(mut self, period: &'static str) -> Self {
        self.period = period;
        self
    }

    /// From here on: of this employer.
    pub(crate) fn employer(mut self, ods_code: &'static str) -> Self {
        self.ods_code = ods_code;
        self
    }

    /// Everybody works so many hundredths of a full post.
    pub(crate) fn each_working(mut self, hundredths: i64) -> Self {
        self.fte_hundredths = hundredths;
        self
    }

    /// Released under an agreement of these tables of headcount and of FTE, without noise; joiners and
    /// leavers by all that they can be told apart by alone, and by staff group and destination.
    pub(crate) fn archive(&self, headcount: &str, fte: &str) -> Archive {
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
"#
        );
        let draft = Draft::parse(&draft).unwrap();
        let agreement = draft.compile(Dictionary::builtin()).unwrap().0;
        let mut releases = Vec::new();
        for (index, series) in agreement.series().iter().enumerate() {
            for period in self.periods(series.data_set()) {
                releases.push(Arc::new(self.released(&agreement, series, index, period)));
            }
        }
        Archive::new(Arc::new(agreement), releases)
    }

    /// What an indicator finds in everything that is released.
    pub(crate) fn ask(
        archive: &Archive,
        indicator: &Indicator,
        question: &Question,
    ) -> Result<Findings, IndicatorError> {
        let until = archive.latest_period().unwrap();
        indicator.answer(&Facts::new(archive, Whose::System, until), question)
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
        series: &Series,
        index: usize,
        period: &'static str,
    ) -> Archived {
        let mut sums: BTreeMap<OdsCode, ResidualSum> = BTreeMap::new();
        let here = |cell: &&Cell| cell.data_set == series.data_set() && cell.period == period;
        for ods_code in self.people.iter().filter(here).map(|cell| cell.ods_code) {
            let exact = self.exactly(series, period, ods_code);
            let mut sum = ResidualSum::for_strategy(series.strategy());
            let entries = series.strategy().encode(&exact).unwrap();
            sum.add_exact(series.strategy(), &entries).unwrap();
            sums.insert(ods_code.parse().unwrap(), sum);
        }
        let period: Period = period.parse().unwrap();
        let contributor = |ods_code: &OdsCode| Contributor {
            ods_code: ods_code.clone(),
            identity: MeasurementId::from_bytes([0; 32]),
        };
        let release = Release {
            id: Uuid::nil(),
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
        }
    }

    fn exactly(&self, series: &Series, period: &str, ods_code: &str) -> Tables {
        let data_set = Dictionary::builtin().data_set(series.data_set()).unwrap();
        let domain = series.strategy().domain();
        let mut tables = Tables::new(domain.clone());
        for table in series.tables() {
            let mut counts = vec![0; usize::try_from(domain.cells(table.attributes)).unwrap()];
            for cell in &self.people {
                if (cell.data_set, cell.period, cell.ods_code)
                    != (series.data_set(), period, ods_code)
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
                let categories: Vec<_> = table.attributes.iter().map(category).collect();
                let each = match series.measure() {
                    Measure::Headcount => 1,
                    Measure::Fte => self.fte_hundredths,
                };
                let index = domain.cell_index(table.attributes, &categories).unwrap();
                counts[index] += each * cell.number;
            }
            tables.insert(table.attributes, counts).unwrap();
        }
        tables
    }
}
