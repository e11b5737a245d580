//! One client that does its worst, held to half a processor core.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use prost::Message as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use vwis_proto::v1::EnrolRequest;
use vwis_tests::{certificates::aggregator, federation::Federation, process::cpu_of, wire::Wire};

/// Share of a processor core that this process may use.
const MOST_CORES: f64 = 0.5;

/// The server under attack, and what the attacker knows and has.
pub(crate) struct Target {
    pub(crate) base: String,
    enrolment: String,
    authority: String,
    viewer: String,
    writers: Vec<String>,
    turn: AtomicU64,
}

/// Path and headers of a request.
type Asking = (String, Vec<(&'static str, String)>);

pub(crate) struct Attack {
    pub(crate) name: &'static str,
    connections: usize,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// One request, then nothing for a while.
    Idle,
    /// The beginning of a request, and no more.
    PartialHead,
    /// A connection without a byte.
    Silent,
    /// One request after another, each with path and headers.
    Requests(fn(&Target, u64) -> Asking),
    /// One wrong token after another, where nodes enrol. The statuses counted are gRPC's.
    Enrolments,
}

/// An attack that goes on until it is ended.
pub(crate) struct UnderWay {
    tasks: JoinSet<()>,
    answers: Arc<Mutex<BTreeMap<u16, usize>>>,
}

/// Makes attackers wait once this process has worked too much.
struct Pace {
    began: Instant,
    worked: Duration,
}

pub(crate) const ALL: [Attack; 13] = [
    attack("256 idle connections", 256, Kind::Idle),
    attack("256 partial heads", 256, Kind::PartialHead),
    attack("256 silent connections", 256, Kind::Silent),
    attack("made-up tokens", 16, Kind::Requests(wrong_token)),
    attack("the reader's bundle, gzip", 16, Kind::Requests(bundle)),
    attack("a kept download, gzip", 16, Kind::Requests(download)),
    attack("a kept download, plain", 16, Kind::Requests(plain)),
    attack("an analyst's own new tables, 64", 64, Kind::Requests(table)),
    attack("a viewer's workbooks, 16", 16, Kind::Requests(workbook)),
    attack("a viewer's workbooks, 64", 64, Kind::Requests(workbook)),
    attack(
        "eight readers of an employer",
        8,
        Kind::Requests(of_an_employer),
    ),
    attack("made-up sign-ins", 16, Kind::Requests(sign_in)),
    attack("made-up enrolment tokens", 64, Kind::Enrolments),
];

const fn attack(name: &'static str, connections: usize, kind: Kind) -> Attack {
    Attack {
        name,
        connections,
        kind,
    }
}

fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

fn gzip() -> (&'static str, String) {
    ("accept-encoding", "gzip".to_owned())
}

fn wrong_token(_: &Target, turn: u64) -> Asking {
    let token = bearer(&format!("vwisa_{turn:043}"));
    ("/api/v1/releases".to_owned(), vec![token])
}

fn bundle(_: &Target, _: u64) -> Asking {
    ("/api/v1/docs/swagger-ui-bundle.js".to_owned(), vec![gzip()])
}

fn download(target: &Target, _: u64) -> Asking {
    let path = "/api/v1/indicators/trend?by=staff_group&format=csv".to_owned();
    (path, vec![bearer(&target.viewer), gzip()])
}

/// The same, which the server has to expand for each.
fn plain(target: &Target, turn: u64) -> Asking {
    let (path, headers) = download(target, turn);
    (path, headers[..1].to_vec())
}

/// Asks for a table of each employer, never with the same question twice.
fn table(target: &Target, turn: u64) -> Asking {
    let (month, year) = (turn % 12 + 1, 2027 + turn / 12);
    let path = format!("/api/v1/tables?by=staff_group,band&org=each&up_to={year}-{month:02}");
    (path, vec![bearer(&target.writers[0])])
}

/// Asks for a workbook, never with the same question twice.
fn workbook(target: &Target, turn: u64) -> Asking {
    let (locality, month, year) = (turn % 10 + 1, turn / 10 % 12 + 1, 2027 + turn / 120);
    let path = format!(
        "/api/v1/indicators/trend?by=locality,role&format=xlsx&where=locality=e080000{locality:02}\
         &up_to={year}-{month:02}"
    );
    (path, vec![bearer(&target.viewer)])
}

fn of_an_employer(target: &Target, turn: u64) -> Asking {
    let turn = usize::try_from(turn).unwrap();
    let token = &target.writers[turn % target.writers.len()];
    let path = "/api/v1/tables?by=staff_group&org=R0A".to_owned();
    (path, vec![bearer(token)])
}

fn sign_in(_: &Target, turn: u64) -> Asking {
    let cookie = format!("vwis-sign-in-{turn:043}=1.2.3.4.{turn}");
    let path = format!("/signed-in?code=c&state={turn:043}");
    (path, vec![("cookie", cookie)])
}

// === impl Target ===

impl Target {
    pub(crate) fn of(federation: &Federation, viewer: String, writers: Vec<String>) -> Self {
        let authority = "authority/authority.pem";
        let authority = std::fs::read_to_string(federation.aggregator_dir().join(authority));
        Self {
            base: federation.http(),
            enrolment: federation.enrolment(),
            authority: authority.unwrap(),
            viewer,
            writers,
            turn: AtomicU64::new(0),
        }
    }

    fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }
}

// === impl Attack ===

impl Attack {
    pub(crate) fn begin(&self, target: &Arc<Target>) -> UnderWay {
        let answers = Arc::new(Mutex::new(BTreeMap::new()));
        let pace = Arc::new(Pace {
            began: Instant::now(),
            worked: cpu_of(std::process::id()),
        });
        let client = reqwest::Client::new();
        let mut tasks = JoinSet::new();
        for _ in 0..self.connections {
            let (target, pace) = (Arc::clone(target), Arc::clone(&pace));
            let (kind, client, answers) = (self.kind, client.clone(), Arc::clone(&answers));
            tasks.spawn(async move {
                let mut wire = None;
                loop {
                    pace.holds().await;
                    let status = match kind {
                        Kind::Requests(next) => asked(&client, &target, next).await,
                        Kind::Idle => {
                            held(&target, b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await
                        }
                        Kind::PartialHead => {
                            held(&target, b"GET /healthz HTTP/1.1\r\nhost: ").await
                        }
                        Kind::Silent => held(&target, b"").await,
                        Kind::Enrolments => enrolled(&mut wire, &target).await,
                    };
                    *answers.lock().unwrap().entry(status).or_default() += 1;
                }
            });
        }
        UnderWay { tasks, answers }
    }
}

async fn asked(client: &reqwest::Client, target: &Target, next: fn(&Target, u64) -> Asking) -> u16 {
    let (path, headers) = next(target, target.turn.fetch_add(1, Ordering::Relaxed));
    let mut request = client.get(format!("{}{path}", target.base));
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let Ok(response) = request.send().await else {
        return 0;
    };
    let status = response.status().as_u16();
    // The body is read to its end, so that the next request goes over the same connection.
    let _ = response.bytes().await;
    status
}

/// Tries to enrol, over one connection as long as it lasts.
async fn enrolled(wire: &mut Option<Wire>, target: &Target) -> u16 {
    if wire.is_none() {
        let us = aggregator("gm-icb");
        *wire = Wire::connect(&target.enrolment, &us, &target.authority, None)
            .await
            .ok();
    }
    let request = EnrolRequest {
        ods_code: "R0A".to_owned(),
        token_secret: format!("{:043}", target.turn.fetch_add(1, Ordering::Relaxed)),
        receipt_public_key: vec![7; 32],
        ..EnrolRequest::default()
    };
    let answered = match wire {
        Some(wire) => {
            let message = request.encode_to_vec();
            wire.call("/vwis.v1.Enrolment/Enrol", &[message]).await.ok()
        }
        None => None,
    };
    if answered.is_none() {
        *wire = None;
    }
    answered.map_or(0, |answered| answered.status().0.try_into().unwrap())
}

/// Opens a connection, sends `said` and then nothing, and waits until it is closed.
async fn held(target: &Target, said: &[u8]) -> u16 {
    let Ok(mut stream) = TcpStream::connect(target.address()).await else {
        return 0;
    };
    if stream.write_all(said).await.is_ok() {
        let mut buffer = [0; 1024];
        let most = Duration::from_secs(20);
        while let Ok(Ok(1..)) = timeout(most, stream.read(&mut buffer)).await {}
    }
    0
}

// === impl UnderWay ===

impl UnderWay {
    /// Ends the attack, and returns how often each status was answered.
    pub(crate) async fn end(mut self) -> BTreeMap<u16, usize> {
        self.tasks.shutdown().await;
        self.answers.lock().unwrap().clone()
    }
}

// === impl Pace ===

impl Pace {
    async fn holds(&self) {
        loop {
            let worked = cpu_of(std::process::id()).saturating_sub(self.worked);
            let allowed = self.began.elapsed().mul_f64(MOST_CORES) + Duration::from_millis(50);
            if worked < allowed {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}
