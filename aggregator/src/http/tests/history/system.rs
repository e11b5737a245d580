//! A small federation to which things happen, with a reader who asks everything after each of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::Timestamp;
use uuid::Uuid;
use vwis_host::clock::Clock;
use vwis_model::{
    agreement::{Agreement, Draft, Series},
    algebra::Tables,
    here,
    measurement::{MeasurementKey, Payload},
};
use vwis_proto::receipt::ReceiptBody;

use super::figures::{COLUMNS, UNIT, column, decoded, decoded_of_a_year, rank};
use super::questions;
use crate::{
    cache::Archives,
    config::HttpConfig,
    credentials::Grant,
    establishment::Establishment,
    http::testing::{NOW_S, TestServer},
    identity::Role,
    node_client::testing::NodeKey,
    publication::{Decision, History},
    received::Received,
};

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
name = "detail"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["staff_group"] }, { by = ["ethnic_group", "gender"] }]

[[series]]
name = "fte"
measure = "fte"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["staff_group", "locality"] }]

[[series]]
name = "joiners"
data_set = "joiners"
measure = "headcount"
cadence = "quarterly"
rho = 0.005
tables = [{ by = [] }, { by = ["staff_group"] }, { by = ["locality"] }]

[[series]]
name = "leavers"
data_set = "leavers"
measure = "headcount"
cadence = "quarterly"
rho = 0.005
tables = [{ by = [] }, { by = ["staff_group"] }, { by = ["locality"] }, { by = ["leaving_reason"] }]

[[series]]
name = "year_leavers"
data_set = "year_leavers"
measure = "headcount"
cadence = "yearly"
rho = 0.005
tables = [{ by = [] }, { by = ["staff_group"] }, { by = ["locality"] }, { by = ["leaving_reason"] }]
"#;

/// A second agreement over the same people. It publishes what is in of a period ten days after the period's
/// end.
const SECOND: &str = r#"
name = "Whose number is it, again?"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Tests."
first_period = "2025-09"
last_period = "2026-03"
published_after_days = 10

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["staff_group", "locality"] }, { by = ["pathway"] }]

[[series]]
name = "leavers"
data_set = "leavers"
measure = "headcount"
cadence = "quarterly"
rho = 0.005
tables = [{ by = [] }, { by = ["staff_group"] }]
"#;

/// The times of the test's clock, in seconds: 5 October 2025, then after each day that the second agreement
/// names.
const DAYS: [i64; 4] = [1_759_622_400, 1_760_227_200, 1_768_176_000, 1_775_952_000];

pub(super) const EMPLOYERS: [&str; 6] = ["R0A", "RM3", "RMC", "RMP", "RRF", "RWJ"];
pub(super) const PERIODS: [&str; 3] = ["2025-09", "2025-12", "2026-03"];
/// The last is measured for the last period alone.
pub(super) const DATA_SETS: [&str; 4] = ["staff", "joiners", "leavers", "year_leavers"];
/// The cell that all people are in.
const CELL: [(&str, &str); 7] = [
    ("staff_group", "nursing_and_midwifery"),
    ("locality", "e08000001"),
    ("role", "community_nurse"),
    ("age_band", "55_59"),
    ("ethnic_group", "asian"),
    ("gender", "female"),
    ("pathway", "breast"),
];

/// 0: under the first agreement; 1: under the second.
pub(super) type Under = usize;

#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    /// An employer is expected from now on.
    Joins(usize),
    /// Its measurements of a period come in, and releases are made.
    Measured(Under, usize, usize),
    /// Only those of one data set come in.
    MeasuredOnly(Under, usize, usize, &'static str),
    /// Corrected ones of the first period come in.
    Corrected(Under, usize),
    /// A person publishes what is in of a period, corrections included.
    Published(Under, usize),
    /// It gives its funded posts.
    GivesPosts(usize),
    /// The next day that the second agreement names is over.
    TimePasses,
}

/// A period and a data set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    pub(super) period: usize,
    pub(super) data_set: &'static str,
}

/// A clock that a test sets.
struct Watch(AtomicI64);

pub(super) struct System {
    asked: TestServer,
    watch: Arc<Watch>,
    agreements: [Arc<Agreement>; 2],
    viewer: String,
    /// Every figure that was read, by the measurements in it.
    pub(super) rows: BTreeSet<[i64; COLUMNS]>,
    looked_at: Day,
    /// The columns of measurements of that day that came in.
    came_in: BTreeSet<usize>,
    /// What people's decisions let readers tell of that day: each correction, minus what it corrected.
    consents: BTreeSet<[i64; COLUMNS]>,
    pub(super) addresses: BTreeSet<String>,
    posts: u32,
}

/// The vector of a series over `number` people in the one cell.
fn payload(series: &Series, number: i64) -> Payload {
    let data_set = series.data_set();
    let domain = series.strategy().domain();
    let mut tables = Tables::new(domain.clone());
    for table in series.tables() {
        let mut counts = vec![0; usize::try_from(domain.cells(table.levels)).unwrap()];
        let category = |position: usize| {
            let attribute = &data_set.attributes()[position];
            let here = CELL.iter().find(|(code, _)| *code == attribute.code());
            here.map_or(attribute.unknown(), |(_, code)| {
                attribute.category(code).unwrap()
            })
        };
        let categories: Vec<_> = table.levels.positions().map(category).collect();
        let index = domain.cell_index(table.levels, &categories).unwrap();
        let each = i64::try_from(series.measure().unit().per_whole()).unwrap();
        counts[index] = each * number;
        tables.insert(table.levels, counts).unwrap();
    }
    Payload::from_entries(&series.strategy().encode(&tables).unwrap())
}

/// The name of the import that a series measured. Both series of staff measured one import of every employer
/// but the first, whose second series measured a later one.
fn import(series: &Series, employer: usize, correction: u32) -> Uuid {
    let is_later = employer == 0 && series.name() == "detail";
    Uuid::from_u64_pair(
        1 + employer as u64,
        u64::from(correction) * 2 + u64::from(is_later),
    )
}

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

impl System {
    pub(super) async fn new(looked_at: Day) -> Self {
        let watch = Arc::new(Watch(AtomicI64::new(DAYS[0])));
        let config = HttpConfig {
            requests_per_minute: std::num::NonZero::new(1_000_000).unwrap(),
            ..HttpConfig::default()
        };
        let asked = TestServer::by(Arc::clone(&watch) as Arc<dyn Clock>, &config).await;
        let agreements = [AGREEMENT, SECOND].map(|text| {
            let draft = Draft::parse(text).unwrap();
            Arc::new(draft.compile(here::dictionary()).unwrap().0)
        });
        for agreement in &agreements {
            let kept = asked.store.keep_agreement(agreement, watch.now());
            kept.await.unwrap();
        }
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
            watch,
            agreements,
            viewer,
            rows: BTreeSet::new(),
            looked_at,
            came_in: BTreeSet::new(),
            consents: BTreeSet::new(),
            addresses: BTreeSet::new(),
            posts: 0,
        }
    }

    pub(super) async fn happen(&mut self, event: Event) {
        let now = self.watch.now();
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
            Event::Measured(under, employer, period) => {
                self.measured(under, employer, period, 0, &DATA_SETS).await;
            }
            Event::MeasuredOnly(under, employer, period, data_set) => {
                let one = [data_set];
                self.measured(under, employer, period, 0, &one).await;
            }
            Event::Corrected(under, employer) => {
                self.measured(under, employer, 0, 1, &DATA_SETS).await;
            }
            Event::Published(under, period) => self.published(under, period).await,
            Event::TimePasses => {
                let next = DAYS.into_iter().find(|day| *day > now.as_second());
                self.watch.0.store(next.unwrap_or(NOW_S), Ordering::SeqCst);
            }
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

    async fn measured(
        &mut self,
        under: Under,
        employer: usize,
        of: usize,
        correction: u32,
        data_sets: &[&str],
    ) {
        let (store, now, key) = (&self.asked.store, self.watch.now(), NodeKey::new(1));
        let hash = self.agreements[under].hash();
        let power = u32::try_from(column(employer, correction)).unwrap();
        let period = PERIODS[of].parse().unwrap();
        let series = self.agreements[under].series().iter();
        let series: Vec<_> = series
            .filter(|series| data_sets.contains(&series.data_set().code()))
            .filter(|series| self.agreements[under].allows(series, period))
            .collect();
        for series in &series {
            let is_looked_at =
                of == self.looked_at.period && series.data_set().code() == self.looked_at.data_set;
            let number = if is_looked_at {
                UNIT * 3_i64.pow(power)
            } else {
                0
            };
            let payload = payload(series, number);
            let key_of = |correction| MeasurementKey {
                ods_code: EMPLOYERS[employer].parse().unwrap(),
                agreement: hash,
                series: series.name().to_owned(),
                period,
                correction,
            };
            let measured = key_of(correction);
            let first = store.holds_measurement(&key_of(0).identity()).await;
            if correction > 0 && first.unwrap() == crate::store::Holding::Nothing {
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
                snapshot: Some(import(series, employer, correction)),
                suspicion: None,
            };
            store.keep_measurement(&received, now).await.unwrap();
            if is_looked_at {
                self.came_in.insert(column(employer, correction));
            }
        }
        for series in series {
            let made = store.make_release(&hash, series.name(), period, now);
            made.await.unwrap();
        }
    }

    /// Publishes as `release publish` does.
    async fn published(&mut self, under: Under, of: usize) {
        let (store, now, agreements) = (&self.asked.store, self.watch.now(), &self.agreements);
        let known = Archives::of(store.clone());
        let known = known.publications(agreements, now).await.unwrap();
        let Some(last) = known.releases().last() else {
            return;
        };
        let mut decision = Decision {
            agreement: agreements[under].hash(),
            period: PERIODS[of].parse().unwrap(),
            after: last.sequence,
            at: now,
            by: "Ann".to_owned(),
            reason: "board".to_owned(),
            telling: BTreeSet::new(),
        };
        let history = History {
            agreements,
            releases: known.releases(),
            decisions: known.decisions(),
        };
        let Ok(outcome) = history.outcome(&decision, now) else {
            return;
        };
        decision.telling = outcome.telling();
        store.keep_decision(&decision).await.unwrap();
        for (data_set, told) in outcome.corrections {
            if of == self.looked_at.period && data_set == self.looked_at.data_set {
                let rows = told.employers().map(|code| {
                    let employer = EMPLOYERS.iter().position(|one| *one == code.as_str());
                    let employer = employer.unwrap();
                    let mut row = [0; COLUMNS];
                    (row[employer], row[column(employer, 1)]) = (-1, 1);
                    row
                });
                self.consents.extend(rows);
            }
        }
    }

    /// Asks every question there is; keeps all figures and permanent addresses.
    pub(super) async fn read(&mut self) {
        let releases = self.asked.get_by(&self.viewer, "/api/v1/releases").await;
        let releases = releases.json(200);
        let releases = releases["releases"].as_array().unwrap().iter();
        let ids: Vec<_> = releases
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        let second = self.agreements[1].hash().to_string();
        self.ask(questions::all(&ids, &second)).await;
    }

    pub(super) async fn ask(&mut self, addresses: BTreeSet<String>) {
        for address in addresses {
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
            // A displayed number is its estimate rounded, so its digits would decode to other measurements.
            let names = reader.headers().unwrap().clone();
            let display = names.iter().position(|name| name == "display");
            let records: Vec<_> = reader.records().map(Result::unwrap).collect();
            let cells = records.iter().flat_map(|record| {
                let cells = record.iter().enumerate();
                cells.filter(|(place, _)| Some(*place) != display)
            });
            let cells = cells.filter_map(|(_, cell)| cell.trim().parse().ok());
            let flows = self.looked_at.data_set != "staff";
            self.rows.extend(cells.filter_map(|value| {
                if flows {
                    decoded_of_a_year(value, &self.came_in)
                } else {
                    decoded(value)
                }
            }));
            if !address.contains("picture.csv") {
                self.addresses.insert(answer.permalink());
            }
        }
    }

    pub(super) fn check(&self, events: &[Event]) {
        // What a person's decision lets readers know counts as known; nothing else may follow from it.
        let known = &self.rows | &self.consents;
        let all = rank(&known, &[]);
        // A corrected measurement has a column of its own, as if it were another employer's.
        for one in 0..COLUMNS {
            for other in 0..one {
                let pair = [one, other];
                let others: Vec<_> = (0..COLUMNS).filter(|at| !pair.contains(at)).collect();
                let of_the_pair = |row: &&[i64; COLUMNS]| others.iter().all(|at| row[*at] == 0);
                let consented = self.consents.iter().filter(of_the_pair).copied().collect();
                assert_eq!(
                    rank(&known, &pair) + rank(&consented, &[]),
                    all,
                    "{pair:?} after {events:?}"
                );
            }
        }
    }
}
