//! Whatever happens in a small federation, nothing that a reader below analyst is ever answered tells
//! fewer than three employers apart.
//!
//! Every employer's people are in one cell. Of the data set and period that is looked at, their number is a
//! power of three times 101, elsewhere nobody: each figure that is a sum or a difference of sums says in
//! base three whose measurements of that day are in it. All figures of all answers of a whole history, as CSV over
//! the real API and a real store, are rows of a matrix; for each pair of measurements its rank is the same
//! without their columns. Two agreements count the same people; the second names the days on which it is
//! published.

mod figures;
mod questions;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicI64, Ordering},
};

use proptest::{prelude::*, test_runner::contextualize_config};
use vwis_link::clock::Clock;
use vwis_model::{
    agreement::Series,
    algebra::Tables,
    measurement::{MeasurementKey, Payload},
};
use vwis_proto::receipt::ReceiptBody;

use super::*;
use crate::{
    api::testing::{Asked, NOW_S},
    config::HttpConfig,
    establishment::Establishment,
    federation::{Received, testing::NodeKey},
    identity::{Role, tokens::Grant},
    pictures::Pictures,
};
use figures::{COLUMNS, UNIT, column, decoded, decoded_of_a_year, rank};

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
"#;

/// Of the same people; what is in of a period is published ten days after its end.
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

/// 5 October 2025, and then after each day that the second agreement names, in seconds.
const DAYS: [i64; 4] = [1_759_622_400, 1_760_227_200, 1_768_176_000, 1_775_952_000];

const EMPLOYERS: [&str; 6] = ["R0A", "RM3", "RMC", "RMP", "RRF", "RWJ"];
const PERIODS: [&str; 3] = ["2025-09", "2025-12", "2026-03"];
const DATA_SETS: [&str; 3] = ["staff", "joiners", "leavers"];
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

/// Under the first agreement or the second.
type Under = usize;

/// What may happen.
#[derive(Clone, Copy, Debug)]
enum Event {
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
struct Day {
    period: usize,
    data_set: &'static str,
}

/// A clock that a test sets.
struct Watch(AtomicI64);

struct System {
    asked: Asked,
    watch: Arc<Watch>,
    agreements: [Arc<Agreement>; 2],
    viewer: String,
    /// By column.
    rows: BTreeSet<[i64; COLUMNS]>,
    looked_at: Day,
    /// The columns of measurements of that day that came in.
    came_in: BTreeSet<usize>,
    /// What persons let readers tell of that day: each correction, less what it corrected.
    consents: BTreeSet<[i64; COLUMNS]>,
    addresses: BTreeSet<String>,
    posts: u32,
}

fn event() -> impl Strategy<Value = Event> {
    let (under, employer, period) = (0..2_usize, 0..EMPLOYERS.len(), 0..PERIODS.len());
    // Of the last two it would be of more people than a node can hold.
    let small = 0..EMPLOYERS.len() - 2;
    prop_oneof![
        1 => employer.clone().prop_map(Event::Joins),
        8 => (under.clone(), employer.clone(), period.clone())
            .prop_map(|(u, e, p)| Event::Measured(u, e, p)),
        3 => (under.clone(), employer.clone(), period.clone(), prop::sample::select(&DATA_SETS[..]))
            .prop_map(|(u, e, p, d)| Event::MeasuredOnly(u, e, p, d)),
        2 => (under.clone(), small).prop_map(|(u, e)| Event::Corrected(u, e)),
        2 => (under, period).prop_map(|(u, p)| Event::Published(u, p)),
        2 => employer.prop_map(Event::GivesPosts),
        2 => Just(Event::TimePasses),
    ]
}

/// The vector of a series over `number` people in the one cell.
fn payload(series: &Series, number: i64) -> Payload {
    let data_set = series.data_set();
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

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

impl System {
    async fn new(looked_at: Day) -> Self {
        let watch = Arc::new(Watch(AtomicI64::new(DAYS[0])));
        let config = HttpConfig {
            requests_per_minute: std::num::NonZero::new(1_000_000).unwrap(),
            ..HttpConfig::default()
        };
        let asked = Asked::by(Arc::clone(&watch) as Arc<dyn Clock>, &config).await;
        let agreements = [AGREEMENT, SECOND].map(|text| {
            let draft = Draft::parse(text).unwrap();
            Arc::new(draft.compile(Dictionary::builtin()).unwrap().0)
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

    async fn happen(&mut self, event: Event) {
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
            if is_looked_at {
                self.came_in.insert(column(employer, correction));
            }
        }
        for series in series {
            let made = store.make_release(&hash, series.name(), period, now);
            made.await.unwrap();
        }
    }

    /// As `release publish` does.
    async fn published(&mut self, under: Under, of: usize) {
        let (store, now, agreements) = (&self.asked.store, self.watch.now(), &self.agreements);
        let known = Pictures::of(store.clone());
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

    /// Asks everything there is; keeps every figure, and where the same answer stays.
    async fn read(&mut self) {
        let releases = self.asked.get_by(&self.viewer, "/api/v1/releases").await;
        let releases = releases.json(200);
        let releases = releases["releases"].as_array().unwrap().iter();
        let ids: Vec<_> = releases
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        let second = self.agreements[1].hash().to_string();
        self.ask(questions::all(&ids, &second)).await;
    }

    async fn ask(&mut self, addresses: BTreeSet<String>) {
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
            // What is displayed is a rounding of the estimate beside it, and as digits another number.
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

    fn check(&self, events: &[Event]) {
        // Who knows what a person published knows it: no other figure may follow from it.
        let known = &self.rows | &self.consents;
        let all = rank(&known, &[]);
        // A corrected measurement is another employer's.
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

/// What was read of a period, after all of this happened.
fn run(events: &[Event], looked_at: Day) -> System {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut system = System::new(looked_at).await;
        for &event in events {
            system.happen(event).await;
            if !matches!(event, Event::Joins(_)) {
                system.read().await;
            }
        }
        // What was answered on the way stays where it is: or it is told by then what replaced it.
        let all = std::mem::take(&mut system.addresses);
        system.ask(all).await;
        system
    })
}

/// One day that is whole, and then what happened to it when each fault was found.
fn whole(periods: &[usize], employers: &[usize]) -> Vec<Event> {
    let join = employers.iter().map(|&employer| Event::Joins(employer));
    let measured = periods.iter().flat_map(|&period| {
        employers
            .iter()
            .map(move |&employer| Event::Measured(0, employer, period))
    });
    join.chain(measured).collect()
}

#[test]
fn what_is_published_can_be_read_at_all() {
    for data_set in DATA_SETS {
        let looked_at = Day {
            period: 0,
            data_set,
        };
        let system = run(&whole(&[0, 1], &[0, 1, 2, 3]), looked_at);
        system.check(&[]);
        assert_eq!(rank(&system.rows, &[]), 1, "{data_set}: {:?}", system.rows);
    }
}

#[test]
fn each_way_in_which_one_employers_own_figures_were_read_is_closed() {
    let mut posts_of_one = whole(&[0], &[0, 1, 2, 3]);
    posts_of_one.push(Event::GivesPosts(0));
    let mut posts_of_three = whole(&[0], &[0, 1, 2, 3]);
    posts_of_three.extend([0, 1, 2].map(Event::GivesPosts));
    let mut one_is_gone = whole(&[0], &[0, 1, 2, 3]);
    one_is_gone.extend([0, 1, 2].map(|employer| Event::Measured(0, employer, 1)));
    let mut one_is_new = whole(&[0], &[0, 1, 2]);
    one_is_new.extend(whole(&[1], &[0, 1, 2, 3]));
    let mut one_by_one = Vec::new();
    for employer in 0..4 {
        one_by_one.extend(whole(&[0], &[employer]));
    }
    let mut corrected = whole(&[0], &[0, 1, 2, 3]);
    corrected.push(Event::Corrected(0, 1));
    let mut corrected_and_published = corrected.clone();
    corrected_and_published.push(Event::Published(0, 0));
    let mut late_and_published = whole(&[0], &[0, 1, 2, 3]);
    late_and_published.extend(whole(&[0], &[4]));
    late_and_published.push(Event::Published(0, 0));
    // Those who stayed since the second period are a set of the first, too; then a person publishes a
    // correction of the first, and in the third others stayed.
    let mut others_stayed = whole(&[1], &[0, 1, 2]);
    others_stayed.extend(whole(&[0], &[0, 1, 2, 3, 4, 5]));
    others_stayed.extend([Event::Corrected(0, 1), Event::Published(0, 0)]);
    others_stayed.extend([2, 3, 4, 5].map(|employer| Event::Measured(0, employer, 2)));
    others_stayed.push(Event::Published(0, 2));
    // The second agreement has one employer fewer, or more, than what a person publishes under the first.
    let under = |which, employers: &[usize]| -> Vec<Event> {
        let all = employers.iter();
        all.map(|&employer| Event::Measured(which, employer, 0))
            .collect()
    };
    let mut named_day_first = whole(&[], &[0, 1, 2, 3, 4]);
    named_day_first.extend(under(1, &[0, 1, 2, 3]));
    named_day_first.extend(under(0, &[0, 1, 2]));
    named_day_first.extend([Event::TimePasses, Event::Published(0, 0)]);
    let mut person_first = whole(&[], &[0, 1, 2, 3, 4]);
    person_first.extend(under(0, &[0, 1, 2]));
    person_first.push(Event::Published(0, 0));
    person_first.extend(under(1, &[0, 1, 2, 3]));
    person_first.push(Event::TimePasses);
    let mut fewer_on_the_day = whole(&[0], &[0, 1, 2, 3]);
    fewer_on_the_day.extend(under(1, &[0, 1, 2]));
    fewer_on_the_day.extend([Event::TimePasses, Event::Measured(1, 3, 0)]);
    for events in [
        named_day_first,
        person_first,
        fewer_on_the_day,
        posts_of_one,
        posts_of_three,
        one_is_gone,
        one_is_new,
        one_by_one,
        corrected,
        corrected_and_published,
        late_and_published,
        others_stayed,
    ] {
        for period in [0, 1] {
            for data_set in ["staff", "leavers"] {
                run(&events, Day { period, data_set }).check(&events);
            }
        }
    }
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig { cases: 8, max_shrink_iters: 40, ..ProptestConfig::default() }))]

    #[test]
    fn no_history_lets_a_reader_tell_fewer_than_three_employers_apart(
        members in 3_usize..6,
        period in 0..PERIODS.len(),
        data_set in prop::sample::select(&DATA_SETS[..]),
        mut events in proptest::collection::vec(event(), 1..18),
    ) {
        let mut all = whole(&[0], &(0..members).collect::<Vec<_>>());
        all.append(&mut events);
        run(&all, Day { period, data_set }).check(&all);
    }
}
