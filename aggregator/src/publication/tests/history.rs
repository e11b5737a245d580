//! Whatever happens in a small federation, nothing that a reader below analyst is ever answered tells
//! fewer than three employers apart.
//!
//! Every employer's people are in one cell, and in the period that is looked at their number is a power of
//! three times 101, elsewhere nobody: each figure that is a sum or a difference of sums says in base three
//! whose measurements of that period are in it. All figures of all answers of a whole history, as CSV over
//! the real API and a real store, are rows of a matrix; for each pair of measurements its rank is the same
//! without their columns.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use vwis_proto::{
    agreement::Series,
    algebra::Tables,
    measurement::{MeasurementKey, Payload},
    receipt::ReceiptBody,
};

use super::*;
use crate::{
    api::testing::{Asked, FixedClock},
    config::HttpConfig,
    establishment::Establishment,
    federation::{Received, testing::NodeKey},
    identity::{Role, tokens::Grant},
    indicator,
};
use vwis_link::clock::Clock as _;

const AGREEMENT: &str = r#"
name = "Whose number is it?"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Tests."
first_period = "2025-09"
last_period = "2026-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [
    { by = ["staff_group", "locality"] },
    { by = ["locality", "role"] },
    { by = ["age_band", "staff_group"] },
    { by = ["ethnic_group"] },
    { by = ["gender"] },
    { by = ["pathway"] },
]

[[series]]
name = "fte"
measure = "fte"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["staff_group", "locality"] }]
"#;

const EMPLOYERS: [&str; 6] = ["R0A", "RM3", "RMC", "RMP", "RRF", "RWJ"];
const PERIODS: [&str; 3] = ["2025-09", "2025-12", "2026-03"];
/// What figures are told apart from shares and scores by.
const UNIT: i64 = 101;
/// Where everybody works.
const CELL: [(&str, &str); 7] = [
    ("staff_group", "nursing_and_midwifery"),
    ("locality", "e08000001"),
    ("role", "community_nurse"),
    ("age_band", "55_59"),
    ("ethnic_group", "asian"),
    ("gender", "female"),
    ("pathway", "breast"),
];

/// What may happen.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// An employer is expected from now on.
    Joins(usize),
    /// Its measurements of a period come in, and releases are made.
    Measured(usize, usize),
    /// A corrected one of the first period comes in.
    Corrected(usize),
    /// It gives its funded posts.
    GivesPosts(usize),
}

/// The place in base three of a measurement: of each employer, then its correction's.
fn column(employer: usize, correction: u32) -> usize {
    employer + usize::try_from(correction).unwrap() * EMPLOYERS.len()
}

const COLUMNS: usize = 2 * EMPLOYERS.len();

struct System {
    asked: Asked,
    agreement: Agreement,
    viewer: String,
    /// By column.
    rows: BTreeSet<[i64; COLUMNS]>,
    /// The period that is looked at.
    period: usize,
    addresses: BTreeSet<String>,
    posts: u32,
}

fn event() -> impl Strategy<Value = Event> {
    let (employer, period) = (0..EMPLOYERS.len(), 0..PERIODS.len());
    prop_oneof![
        1 => employer.clone().prop_map(Event::Joins),
        8 => (employer.clone(), period).prop_map(|(e, p)| Event::Measured(e, p)),
        // Of the last two it would be of more people than a node can hold.
        2 => (0..EMPLOYERS.len() - 2).prop_map(Event::Corrected),
        2 => employer.prop_map(Event::GivesPosts),
    ]
}

/// The vector of a series over `number` people in the one cell.
fn payload(series: &Series, number: i64) -> Payload {
    let data_set = Dictionary::builtin().data_set("staff").unwrap();
    let domain = series.strategy().domain();
    let mut tables = Tables::new(domain.clone());
    for table in series.tables() {
        let mut counts = vec![0; usize::try_from(domain.cells(table.attributes)).unwrap()];
        let category = |position: usize| {
            let attribute = &data_set.attributes()[position];
            let here = CELL.iter().find(|(code, _)| *code == attribute.code());
            here.map_or(attribute.unknown(), |(_, code)| {
                attribute.category(code).unwrap()
            })
        };
        let categories: Vec<_> = table.attributes.iter().map(category).collect();
        let index = domain.cell_index(table.attributes, &categories).unwrap();
        let each = i64::try_from(series.measure().unit().per_whole()).unwrap();
        counts[index] = each * number;
        tables.insert(table.attributes, counts).unwrap();
    }
    Payload::from_entries(&series.strategy().encode(&tables).unwrap())
}

/// The measurements in a figure, each with its sign; nothing where it is no sum or difference of them.
fn decoded(value: f64) -> Option<[i64; COLUMNS]> {
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    let units = value / UNIT as f64;
    if (units - units.round()).abs() > 1e-4 || units.round().abs() < 1.0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 2^53")]
    let mut left = units.round() as i64;
    let mut row = [0; COLUMNS];
    for digit in &mut row {
        *digit = match left.rem_euclid(3) {
            2 => -1,
            other => other,
        };
        left = (left - *digit) / 3;
    }
    (left == 0).then_some(row)
}

/// The rank of a matrix, modulo a large prime.
fn rank(rows: &BTreeSet<[i64; COLUMNS]>, without: &[usize]) -> usize {
    const PRIME: i64 = 1_000_000_007;
    let power = |mut base: i64, mut exponent: i64| {
        let mut result = 1;
        while exponent > 0 {
            if exponent % 2 == 1 {
                result = result * base % PRIME;
            }
            base = base * base % PRIME;
            exponent /= 2;
        }
        result
    };
    let mut rows: Vec<Vec<i64>> = rows
        .iter()
        .map(|row| {
            let kept = row
                .iter()
                .enumerate()
                .filter(|(at, _)| !without.contains(at));
            kept.map(|(_, digit)| digit.rem_euclid(PRIME)).collect()
        })
        .collect();
    let mut rank = 0;
    for column in 0..COLUMNS - without.len() {
        let Some(pivot) = (rank..rows.len()).find(|&row| rows[row][column] != 0) else {
            continue;
        };
        rows.swap(rank, pivot);
        let inverse = power(rows[rank][column], PRIME - 2);
        let pivot = rows[rank].clone();
        for row in &mut rows[rank + 1..] {
            let factor = row[column] * inverse % PRIME;
            for (value, own) in row.iter_mut().zip(&pivot) {
                *value = (*value - factor * own).rem_euclid(PRIME);
            }
        }
        rank += 1;
    }
    rank
}

impl System {
    async fn new(period: usize) -> Self {
        let config = HttpConfig {
            requests_per_minute: std::num::NonZero::new(1_000_000).unwrap(),
            ..HttpConfig::default()
        };
        let asked = Asked::with(&config).await;
        let agreement = Draft::parse(AGREEMENT).unwrap();
        let agreement = agreement.compile(Dictionary::builtin()).unwrap().0;
        let now = FixedClock.now();
        asked.store.keep_agreement(&agreement, now).await.unwrap();
        let viewer = asked
            .token(&Grant {
                name: "viewer".to_owned(),
                roles: [Role::Viewer].into(),
                organisation: None,
                pathways: Vec::new(),
            })
            .await;
        Self {
            asked,
            agreement,
            viewer,
            rows: BTreeSet::new(),
            period,
            addresses: BTreeSet::new(),
            posts: 0,
        }
    }

    async fn happen(&mut self, event: Event) {
        let now = FixedClock.now();
        match event {
            Event::Joins(employer) => {
                let code = EMPLOYERS[employer].parse().unwrap();
                let address = "https://127.0.0.1:1";
                self.asked
                    .store
                    .add_node(&code, address, now)
                    .await
                    .unwrap();
            }
            Event::Measured(employer, period) => self.measured(employer, period, 0).await,
            Event::Corrected(employer) => self.measured(employer, 0, 1).await,
            Event::GivesPosts(employer) => {
                self.posts += 1;
                let posts = format!(
                    "ods_code,staff_group,locality,funded_fte\n{},nursing_and_midwifery,Bolton,{}\n",
                    EMPLOYERS[employer], self.posts
                );
                let posts = Establishment::parse(&posts, "2025-09".parse().unwrap()).unwrap();
                self.asked.store.keep_establishment(&posts).await.unwrap();
            }
        }
    }

    async fn measured(&self, employer: usize, period: usize, correction: u32) {
        let (store, now, key) = (&self.asked.store, FixedClock.now(), NodeKey::new(1));
        let hash = self.agreement.hash();
        let power = u32::try_from(column(employer, correction)).unwrap();
        let number = if period == self.period {
            UNIT * 3_i64.pow(power)
        } else {
            0
        };
        let period = PERIODS[period].parse().unwrap();
        for series in self.agreement.series() {
            let payload = payload(series, number);
            let key_of = |correction| MeasurementKey {
                ods_code: EMPLOYERS[employer].parse().unwrap(),
                agreement: hash,
                series: series.name().to_owned(),
                period,
                correction,
            };
            let measured = key_of(correction);
            if correction > 0
                && !store
                    .holds_measurement(&key_of(0).identity())
                    .await
                    .unwrap()
            {
                return;
            }
            let receipt = key.sign(ReceiptBody {
                ods_code: measured.ods_code.clone(),
                aggregator: "gm-icb".parse().unwrap(),
                sequence: 3,
                head: [3; 32],
                spent: BTreeMap::new(),
                identity: measured.identity(),
                payload_hash: payload.hash(),
            });
            let received = Received {
                key: measured,
                header: Vec::new(),
                payload,
                receipt,
            };
            store.keep_measurement(&received, now).await.unwrap();
        }
        for series in self.agreement.series() {
            let made = store.make_release(&hash, series.name(), period, now);
            made.await.unwrap();
        }
    }

    /// Asks everything there is, and what was asked before by its permanent address; keeps every figure.
    async fn read(&mut self) {
        let releases = self.asked.get_by(&self.viewer, "/api/v1/releases").await;
        let releases = releases.json(200);
        let releases = releases["releases"].as_array().unwrap().iter();
        let ids: Vec<_> = releases
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        let mut asked: BTreeSet<String> = std::mem::take(&mut self.addresses);
        for by in [
            "",
            "staff_group",
            "locality",
            "pathway",
            "staff_group,locality&totals=true",
        ] {
            for which in ["", "&measure=fte", "&series=headline", "&org=each"] {
                asked.insert(format!("/api/v1/tables?by={by}{which}"));
            }
            for period in PERIODS {
                asked.insert(format!("/api/v1/tables?by={by}&period={period}"));
                asked.insert(format!(
                    "/api/v1/tables?by={by}&period={period}&measure=fte"
                ));
            }
        }
        for one in indicator::ALL {
            let name = one.definition.name;
            asked.insert(format!("/api/v1/indicators/{name}?"));
            for by in ["", "staff_group", "locality"] {
                asked.insert(format!("/api/v1/indicators/{name}?by={by}"));
            }
            for period in PERIODS {
                asked.insert(format!("/api/v1/indicators/{name}?period={period}"));
            }
        }
        for since in PERIODS {
            asked.insert(format!("/api/v1/indicators/change?since={since}"));
        }
        for id in ids {
            asked.insert(format!("/api/v1/releases/{id}/picture.csv?"));
            asked.insert(format!("/api/v1/tables?by=&release={id}"));
            asked.insert(format!("/api/v1/indicators/trend?by=&release={id}"));
            asked.insert(format!("/api/v1/indicators/vacancy-rate?release={id}"));
        }
        for address in asked {
            let csv = if address.contains("picture.csv") || address.contains("format=") {
                address.clone()
            } else {
                format!("{address}&format=csv")
            };
            let answer = self.asked.get_by(&self.viewer, &csv).await;
            if answer.status != 200 {
                continue;
            }
            let mut reader = csv::Reader::from_reader(answer.body.as_slice());
            // What is displayed is a rounding of the estimate beside it, and as digits another number.
            let names = reader.headers().unwrap().clone();
            let display = names.iter().position(|name| name == "display");
            let records: Vec<_> = reader.records().map(Result::unwrap).collect();
            let cells = records.iter().flat_map(|record| {
                let cells = record.iter().enumerate();
                cells.filter(|(place, _)| Some(*place) != display)
            });
            let cells = cells.filter_map(|(_, cell)| cell.trim().parse().ok());
            self.rows.extend(cells.filter_map(decoded));
            if !address.contains("picture.csv") {
                self.addresses.insert(answer.permalink());
            }
        }
    }

    fn check(&self, events: &[Event]) {
        let all = rank(&self.rows, &[]);
        // A corrected measurement is another employer's.
        let columns: Vec<usize> = (0..COLUMNS).collect();
        for (place, &one) in columns.iter().enumerate() {
            for &other in &columns[..place] {
                let pair = [one, other];
                assert_eq!(rank(&self.rows, &pair), all, "{pair:?} after {events:?}");
            }
        }
    }
}

/// What was read of a period, after all of this happened.
fn run(events: &[Event], period: usize) -> System {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut system = System::new(period).await;
        for &event in events {
            system.happen(event).await;
            if !matches!(event, Event::Joins(_)) {
                system.read().await;
            }
        }
        system
    })
}

/// One day that is whole, and then what happened to it when each fault was found.
fn whole(periods: &[usize], employers: &[usize]) -> Vec<Event> {
    let join = employers.iter().map(|&employer| Event::Joins(employer));
    let measured = periods.iter().flat_map(|&period| {
        employers
            .iter()
            .map(move |&employer| Event::Measured(employer, period))
    });
    join.chain(measured).collect()
}

#[test]
fn what_is_published_can_be_read_at_all() {
    let system = run(&whole(&[0, 1], &[0, 1, 2, 3]), 0);
    system.check(&[]);
    assert_eq!(rank(&system.rows, &[]), 1, "{:?}", system.rows);
}

#[test]
fn each_way_in_which_one_employers_own_figures_were_read_is_closed() {
    let mut posts_of_one = whole(&[0], &[0, 1, 2, 3]);
    posts_of_one.push(Event::GivesPosts(0));
    let mut posts_of_three = whole(&[0], &[0, 1, 2, 3]);
    posts_of_three.extend([0, 1, 2].map(Event::GivesPosts));
    let mut one_is_gone = whole(&[0], &[0, 1, 2, 3]);
    one_is_gone.extend([0, 1, 2].map(|employer| Event::Measured(employer, 1)));
    let mut one_is_new = whole(&[0], &[0, 1, 2]);
    one_is_new.extend(whole(&[1], &[0, 1, 2, 3]));
    let mut one_by_one = Vec::new();
    for employer in 0..4 {
        one_by_one.extend(whole(&[0], &[employer]));
    }
    let mut corrected = whole(&[0], &[0, 1, 2, 3]);
    corrected.push(Event::Corrected(1));
    for events in [
        posts_of_one,
        posts_of_three,
        one_is_gone,
        one_is_new,
        one_by_one,
        corrected,
    ] {
        for period in [0, 1] {
            run(&events, period).check(&events);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn no_history_lets_a_reader_tell_fewer_than_three_employers_apart(
        members in 3_usize..6,
        period in 0..PERIODS.len(),
        mut events in proptest::collection::vec(event(), 1..18),
    ) {
        let mut all = whole(&[0], &(0..members).collect::<Vec<_>>());
        all.append(&mut events);
        run(&all, period).check(&all);
    }
}
