//! Decisions of people that come in between the steps of a measurement.

use std::path::Path;

use vwis_host::clock::SystemClock;
use vwis_model::{agreement::Draft, algebra::Strategy, here, rho::Rho};

use super::*;
use crate::{
    config::ConfigFile,
    ledger::Decided,
    node::DEFAULT_CAP,
    people::People,
    store::{NewSnapshot, Origin},
};
use vwis_noise::{DiscreteGaussian, Drawing, Mechanism, MechanismError};

const DRAFT: &str = r#"
name = "An agreement for tests"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Tests."
first_period = "2025-04"
last_period = "2026-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["staff_group"] }]
"#;

/// A node whose one agreement is approved and whose June and September 2025 are held.
struct Fixture {
    node: Arc<Node>,
    agreement: Agreement,
    _folder: tempfile::TempDir,
}

/// What happens while a measurement is drawn.
type Meanwhile = Box<dyn Fn() + Send + Sync>;

/// The product's mechanism, with something that happens just before it draws.
struct Interrupted(Meanwhile);

impl Mechanism for Interrupted {
    fn draw(
        &self,
        drawing: &Drawing<'_>,
        strategy: &Strategy,
        exact: &[i64],
    ) -> Result<Payload, MechanismError> {
        (self.0)();
        DiscreteGaussian.draw(drawing, strategy, exact)
    }
}

fn peer() -> AggregatorName {
    "gm-icb".parse().unwrap()
}

impl Fixture {
    async fn new(meanwhile: impl FnOnce(&Path, &Agreement) -> Meanwhile) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = ConfigFile {
            ods_code: "R0A".parse().unwrap(),
            listen: "127.0.0.1:0".parse().unwrap(),
            keep_dir: "keep".into(),
            answer_floor_ms: 0,
            most_connections: 1,
            allow_network_folder: false,
        };
        let dir = folder.path().join("node");
        let config = Node::init(dir.clone(), file, DEFAULT_CAP, &SystemClock)
            .await
            .unwrap();
        let draft = Draft::parse(DRAFT).unwrap();
        let (agreement, _) = draft.compile(here::dictionary()).unwrap();
        let mechanism = Arc::new(Interrupted(meanwhile(&dir, &agreement)));
        let node = Node::open(config, Arc::new(SystemClock), mechanism)
            .await
            .unwrap();
        let now = node.clock.now();
        node.store.keep_proposal(&agreement, now).await.unwrap();
        let nobody = People::none(here::dictionary().data_sets()[0].attributes().len());
        let snapshot = |period: &str| NewSnapshot {
            data_set: "staff",
            period: period.parse().unwrap(),
            dictionary: here::dictionary().version(),
            origin: Origin::Extract,
            moving: None,
            rows_tag: None,
            people: &nobody,
            report: None,
        };
        let snapshots = ["2025-06", "2025-09"].map(snapshot);
        let counted = [agreement.clone()];
        let kept = node.store.keep_snapshots(&snapshots, &counted, now).await;
        kept.unwrap();
        let fixture = Self {
            node: Arc::new(node),
            agreement,
            _folder: folder,
        };
        let approved = Event::Approved {
            agreement: fixture.agreement.hash(),
            aggregator: peer(),
            decided: Decided::new("A Tester", "a test"),
        };
        record(&fixture.node.store, approved).await;
        fixture
    }

    /// A fixture in which nothing happens while it draws.
    async fn undisturbed() -> Self {
        Self::new(|_, _| Box::new(|| ())).await
    }

    fn request(&self, period: &str) -> v1::MeasureRequest {
        v1::MeasureRequest {
            agreement_hash: self.agreement.hash().as_bytes().to_vec(),
            series: "headline".to_owned(),
            period: period.to_owned(),
            correction: 0,
            last_receipt: None,
        }
    }

    fn identity(&self, period: &str) -> MeasurementId {
        let request = self.request(period);
        let key = wire::measurement_key(&request, self.node.ods_code().clone());
        key.unwrap().identity()
    }

    async fn measure(&self, period: &str) -> Result<Answer, MeasureError> {
        self.node.measure(&peer(), self.request(period)).await
    }

    async fn decide(&self, event: Event) {
        record(&self.node.store, event).await;
    }

    /// Charges a measurement as a crash between reserve and seal leaves it.
    async fn leave_unfinished(&self, period: &str) {
        let series = &self.agreement.series()[0];
        let key = wire::measurement_key(&self.request(period), self.node.ods_code().clone());
        let period: Period = period.parse().unwrap();
        let snapshot = self.node.store.latest_snapshot("staff", period).await;
        let reserved = Event::Reserved {
            charge: Charge::of(&key.unwrap(), series.charge()),
            snapshot: snapshot.unwrap().unwrap().id,
        };
        self.decide(reserved).await;
    }

    async fn spent(&self) -> Rho {
        let ledger = self.node.store.ledger().await.unwrap();
        let sum = |sum: Rho, spent: &Rho| sum.checked_add(*spent);
        let spent = ledger.spent_by_year().values().try_fold(Rho::ZERO, sum);
        spent.unwrap()
    }
}

async fn record(store: &crate::store::Store, event: Event) {
    let mut change = store.change_ledger().await.unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    change.append(event, now).await.unwrap();
    change.commit().await.unwrap();
}

fn paused(agreement: &Agreement) -> Event {
    Event::Paused {
        agreement: agreement.hash(),
        decided: Decided::new("A Tester", "a question"),
    }
}

fn resumed(agreement: &Agreement) -> Event {
    Event::Resumed {
        agreement: agreement.hash(),
        decided: Decided::new("A Tester", "answered"),
    }
}

fn withdrawn(agreement: &Agreement) -> Event {
    Event::Withdrawn {
        agreement: agreement.hash(),
        decided: Decided::new("The board", "no more"),
    }
}

/// Asks for June, and makes `decision` after the request was admitted and before its turn comes.
async fn overtaken(fixture: &Fixture, decision: Event) -> MeasureError {
    // While this is held no measurement is drawn, as if another one were being drawn.
    let turn = fixture.node.drawing.lock().await;
    let (node, request) = (Arc::clone(&fixture.node), fixture.request("2025-06"));
    let asked = tokio::spawn(async move { node.measure(&peer(), request).await });
    // The floor is set once the request was admitted.
    let identity = fixture.identity("2025-06");
    while !fixture.node.floors().contains_key(&identity) {
        tokio::task::yield_now().await;
    }
    fixture.decide(decision).await;
    drop(turn);
    asked.await.unwrap().unwrap_err()
}

#[tokio::test]
async fn a_pause_between_admission_and_charge_charges_nothing() {
    for (decision, expected) in [
        (paused as fn(&Agreement) -> Event, "paused"),
        (withdrawn, "withdrawn"),
    ] {
        let fixture = Fixture::undisturbed().await;
        let refusal = overtaken(&fixture, decision(&fixture.agreement)).await;
        assert!(refusal.to_string().contains(expected), "{refusal}");
        assert_eq!(fixture.spent().await, Rho::ZERO);
        let ledger = fixture.node.store.ledger().await.unwrap();
        let june = fixture.identity("2025-06");
        assert!(ledger.reservation(&june).is_none());
    }
}

#[tokio::test]
async fn a_pause_between_admission_and_redraw_draws_nothing() {
    let fixture = Fixture::undisturbed().await;
    fixture.leave_unfinished("2025-06").await;
    let refusal = overtaken(&fixture, paused(&fixture.agreement)).await;
    assert!(matches!(refusal, MeasureError::Paused), "{refusal:?}");
    let ledger = fixture.node.store.ledger().await.unwrap();
    let charged = ledger.reservation(&fixture.identity("2025-06")).unwrap();
    assert!(charged.seal.is_none());
    // Once it is resumed, it is drawn under the same charge.
    let spent = fixture.spent().await;
    fixture.decide(resumed(&fixture.agreement)).await;
    fixture.measure("2025-06").await.unwrap();
    assert_eq!(fixture.spent().await, spent);
}

/// Records a decision from a thread of its own, as another process would do.
fn deciding(dir: &Path, event: Event) -> Meanwhile {
    let dir = dir.to_owned();
    Box::new(move || {
        let (dir, event) = (dir.clone(), event.clone());
        let command = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let witness = dir.join("keep/witness.json");
                let store = crate::store::Store::open(&dir, witness).await.unwrap();
                record(&store, event).await;
            });
        });
        command.join().unwrap();
    })
}

#[tokio::test]
async fn a_pause_while_it_is_drawn_seals_it_and_keeps_it_here() {
    let fixture = Fixture::new(|dir, agreement| deciding(dir, paused(agreement))).await;
    assert!(
        fixture
            .node
            .config
            .witness_file()
            .ends_with("keep/witness.json")
    );
    let refusal = fixture.measure("2025-06").await.unwrap_err();
    assert!(matches!(refusal, MeasureError::Paused), "{refusal:?}");
    let charge = fixture.agreement.series()[0].charge();
    assert_eq!(fixture.spent().await, charge);
    let ledger = fixture.node.store.ledger().await.unwrap();
    let identity = fixture.identity("2025-06");
    let seal = ledger.reservation(&identity).unwrap().seal.unwrap();

    // What was paid for is answered once it may be, and costs nothing more.
    fixture.decide(resumed(&fixture.agreement)).await;
    let answer = fixture.measure("2025-06").await.unwrap();
    assert_eq!(answer.payload.hash(), seal.payload_hash);
    assert_eq!(fixture.spent().await, charge);
}

#[tokio::test]
async fn an_unfinished_charge_is_drawn_no_more_once_the_agreement_is_withdrawn() {
    let fixture = Fixture::undisturbed().await;
    fixture.leave_unfinished("2025-06").await;
    fixture.decide(withdrawn(&fixture.agreement)).await;
    let refusal = fixture.measure("2025-06").await.unwrap_err();
    assert!(matches!(refusal, MeasureError::Withdrawn), "{refusal:?}");
    let ledger = fixture.node.store.ledger().await.unwrap();
    let charged = ledger.reservation(&fixture.identity("2025-06")).unwrap();
    assert!(charged.seal.is_none());
    assert_eq!(fixture.spent().await, charged.rho);
}

#[tokio::test]
async fn a_withdrawn_agreement_is_counted_no_more_and_a_paused_one_is() {
    let fixture = Fixture::undisturbed().await;
    fixture.measure("2025-06").await.unwrap();
    fixture.decide(paused(&fixture.agreement)).await;
    let known = async || {
        let ledger = fixture.node.store.ledger().await.unwrap();
        let agreements = fixture.node.approved_agreements(&ledger).await;
        agreements.unwrap().len()
    };
    assert_eq!(known().await, 1);
    fixture.decide(withdrawn(&fixture.agreement)).await;
    assert_eq!(known().await, 0);
    for period in ["2025-06", "2025-09"] {
        let refusal = fixture.measure(period).await.unwrap_err();
        assert!(matches!(refusal, MeasureError::Withdrawn), "{refusal:?}");
    }
}
