//! What tests share: an agreement, made-up people, and their exact vectors.

use std::collections::BTreeMap;

use vwis_model::{
    agreement::{Agreement, Draft, Measure, Series},
    algebra::Tables,
    here,
    measurement::Payload,
    ods::OdsCode,
};

pub const DRAFT: &str = r#"
name = "A small agreement"
version = 1
aggregator = "gm-icb"
purpose = "To plan for people."
readers = "Analysts of the system."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [
    { by = ["locality", "staff_group"] },
    { by = ["gender", "staff_group"] },
    { by = ["band"] },
]

[[series]]
name = "fte"
measure = "fte"
cadence = "quarterly"
rho = 0.02
tables = [{ by = ["staff_group"] }, { by = [] }]

[[series]]
name = "detail"
measure = "headcount"
cadence = "yearly"
rho = 0.5
tables = [{ by = ["staff_group"] }, { by = ["band", "gender"] }]
"#;

pub fn agreement() -> Agreement {
    let draft = Draft::parse(DRAFT).unwrap();
    draft.compile(here::dictionary()).unwrap().0
}

/// People of one organisation: each has a category for every attribute of the data set, and hundredths of an
/// FTE.
#[derive(Clone, Debug)]
pub struct People(Vec<(Vec<usize>, i64)>);

/// `SplitMix64`, a deterministic generator; it protects nobody.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl People {
    pub fn made_up(number: usize, mut seed: u64) -> Self {
        let data_set = here::dictionary().data_set("staff").unwrap();
        let mut below = |bound: usize| (next(&mut seed) % bound as u64) as usize;
        let person = |below: &mut dyn FnMut(usize) -> usize| {
            let categories = data_set
                .attributes()
                .iter()
                .map(|a| below(a.size()))
                .collect();
            (categories, below(101) as i64)
        };
        Self((0..number).map(|_| person(&mut below)).collect())
    }

    /// Counts people one by one, or their hundredths of an FTE.
    pub fn count(&self, measure: Measure, wanted: impl Fn(&[usize]) -> bool) -> i64 {
        let people = self.0.iter().filter(|(person, _)| wanted(person));
        people
            .map(|(_, hundredths)| match measure {
                Measure::Headcount => 1,
                Measure::Fte => *hundredths,
            })
            .sum()
    }

    /// The exact vector for a series: a measurement without noise.
    pub fn payload(&self, series: &Series) -> Payload {
        let domain = series.strategy().domain();
        let mut tables = Tables::new(domain.clone());
        for table in series.tables() {
            let marginal = table.levels;
            let cells = usize::try_from(domain.cells(marginal)).unwrap();
            let mut counts = vec![0; cells];
            for (person, hundredths) in &self.0 {
                let node = |(at, level)| domain.tree(at).labels(level)[person[at]];
                let nodes: Vec<_> = marginal.iter().map(node).collect();
                counts[domain.cell_index(marginal, &nodes).unwrap()] += match series.measure() {
                    Measure::Headcount => 1,
                    Measure::Fte => *hundredths,
                };
            }
            tables.insert(marginal, counts).unwrap();
        }
        Payload::from_entries(&series.strategy().encode(&tables).unwrap())
    }
}

/// Three organisations of different sizes.
pub fn organisations() -> BTreeMap<OdsCode, People> {
    [("R0A", 300), ("RM3", 120), ("RW6", 7)]
        .into_iter()
        .map(|(code, number)| {
            (
                code.parse().unwrap(),
                People::made_up(number, number as u64),
            )
        })
        .collect()
}

pub fn payloads(series: &Series) -> BTreeMap<OdsCode, Payload> {
    organisations()
        .iter()
        .map(|(code, people)| (code.clone(), people.payload(series)))
        .collect()
}
