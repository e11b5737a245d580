//! What tests of endpoints share: an API over a real store, asked without a socket.

use std::sync::Arc;

use axum::{Router, body::Body};
use http::{HeaderMap, Request, StatusCode, header};
use jiff::Timestamp;
use tower::ServiceExt;
use vwis_host::clock::Clock;
use vwis_model::{
    agreement::{Agreement, Draft, Series},
    here,
};

use crate::{
    config::{Entry, HttpConfig},
    credentials::Grant,
    http::{app::App, road::Travelled, router},
    identity::{Role, tokens::NewToken},
    node_client::{
        Assembler,
        testing::{Answer as Sent, NodeKey, expected},
    },
    picture::testing::{DRAFT, People, agreement},
    publication::Decision,
    release::Release,
    store::{MadeRelease, Store},
};

/// 2026-11-25T12:00:00Z.
pub(crate) const NOW_S: i64 = 1_795_608_000;

pub(crate) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(NOW_S).unwrap()
    }
}

/// An API with its store, and the folder of both.
pub(crate) struct TestServer {
    pub(crate) store: Store,
    router: Router,
    _folder: tempfile::TempDir,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Whether the answer came by the road.
    pub(crate) travelled: bool,
}

/// A server without its store.
pub(crate) struct Served(Router);

fn over(store: &Store, config: &HttpConfig, clock: Arc<dyn Clock>) -> App {
    let entry = Entry::Anonymous(Role::Analyst);
    App::new(store.clone(), clock, None, entry, config)
}

impl Served {
    pub(crate) async fn get_by(&self, token: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        send(
            &self.0,
            Request::get(path).header(header::AUTHORIZATION, bearer),
        )
        .await
    }
}

async fn send(router: &Router, request: http::request::Builder) -> Answer {
    // A test that names a host itself means that one.
    let names_one = request
        .headers_ref()
        .is_some_and(|headers| headers.contains_key(header::HOST));
    let request = if names_one {
        request
    } else {
        request.header(header::HOST, "localhost:7480")
    };
    send_as_it_is(router, request.body(Body::empty()).unwrap()).await
}

async fn send_as_it_is(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        travelled: parts.extensions.get::<Travelled>().is_some(),
        headers: parts.headers,
        body: axum::body::to_bytes(body, 10_000_000).await.unwrap().into(),
    }
}

impl TestServer {
    /// A server over an empty store, which lets in callers on this machine.
    pub(crate) async fn new() -> Self {
        Self::with(&HttpConfig::default()).await
    }

    pub(crate) async fn with(config: &HttpConfig) -> Self {
        Self::by(Arc::new(FixedClock), config).await
    }

    /// A server with a clock of the test's own.
    pub(crate) async fn by(clock: Arc<dyn Clock>, config: &HttpConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).await.unwrap();
        Self {
            router: router(Arc::new(over(&store, config, clock))),
            store,
            _folder: folder,
        }
    }

    /// A new server over the same store, with nothing kept in memory.
    pub(crate) fn started_anew(&self) -> Served {
        let clock = Arc::new(FixedClock);
        Served(router(Arc::new(over(
            &self.store,
            &HttpConfig::default(),
            clock,
        ))))
    }

    /// A new token, good for a day.
    pub(crate) async fn token(&self, grant: &Grant) -> String {
        let token = NewToken::generate().unwrap();
        let now = FixedClock.now();
        let end = Timestamp::from_second(NOW_S + 86_400).unwrap();
        let kept = self.store.keep_api_token(&token.hash, grant, now, end);
        kept.await.unwrap();
        token.text
    }

    /// Publishes what is in of a period under [`agreement`], as a person would.
    pub(crate) async fn publish(&self, period: &str) {
        self.publish_under(&agreement(), period).await;
    }

    async fn publish_under(&self, agreement: &Agreement, period: &str) {
        let (last, _) = self.store.last_made().await.unwrap();
        let decision = Decision {
            agreement: agreement.hash(),
            period: period.parse().unwrap(),
            after: last.unwrap(),
            at: FixedClock.now(),
            by: "Ann".to_owned(),
            reason: "to test".to_owned(),
            telling: std::collections::BTreeSet::new(),
        };
        self.store.keep_decision(&decision).await.unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path)).await
    }

    pub(crate) async fn get_by(&self, token: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.send(Request::get(path).header(header::AUTHORIZATION, bearer))
            .await
    }

    pub(crate) async fn send(&self, request: http::request::Builder) -> Answer {
        send(&self.router, request).await
    }

    pub(crate) async fn send_as_it_is(&self, request: Request<Body>) -> Answer {
        send_as_it_is(&self.router, request).await
    }
}

impl Answer {
    /// The answer's permanent address.
    #[track_caller]
    pub(crate) fn permalink(&self) -> String {
        self.link("bookmark")
    }

    /// The address in a `Link` header of this relation.
    #[track_caller]
    pub(crate) fn link(&self, relation: &str) -> String {
        let mut links = self.headers.get_all(header::LINK).iter();
        let relation = format!("rel=\"{relation}\"");
        let link = links.find_map(|link| {
            let link = link.to_str().unwrap();
            link.contains(&relation).then_some(link)
        });
        link.unwrap().split(['<', '>']).nth(1).unwrap().to_owned()
    }

    /// The body as JSON; the status must be this.
    #[track_caller]
    pub(crate) fn json(&self, status: u16) -> serde_json::Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The detail of a problem, which must be of this status and kind.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, slug: &str) -> String {
        let body = self.json(status);
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!(body["type"], format!("/problems/{slug}"), "{body}");
        body["detail"].as_str().unwrap().to_owned()
    }
}

/// Two releases of one series: R0A alone, then R0A and RM3. Three employers are expected.
pub(crate) async fn released(app: &TestServer) -> [Release; 2] {
    let (agreement, now) = (agreement(), FixedClock.now());
    for code in ["R0A", "RM3", "RW6"] {
        let code = code.parse().unwrap();
        let address = "https://127.0.0.1:1";
        app.store.add_node(&code, address, now).await.unwrap();
    }
    let made = released_of(&app.store, &agreement.series()[0], &["R0A", "RM3"]).await;
    made.try_into().unwrap()
}

/// Releases of three employers, published; of four, not published; and of six, which replaced the first.
pub(crate) async fn replaced(app: &TestServer) -> [Release; 3] {
    let agreement = agreement();
    let series = &agreement.series()[0];
    let mut made = released_of(&app.store, series, &["R0A", "RM3", "RW6"]).await;
    app.publish("2026-09").await;
    made.extend(released_of(&app.store, series, &["RMC", "RBV", "RW3"]).await);
    [2, 3, 5].map(|index: usize| made[index].clone())
}

/// After [`replaced`], RT2 comes late and could be told apart, so it is left out. Then RM3 corrects, and a
/// person publishes that over the six. Returns the first release, the one that replaced it, and the one that
/// replaced that.
pub(crate) async fn without_one_who_came_late(app: &TestServer) -> [Release; 3] {
    let [first, _, six] = replaced(app).await;
    let of = &agreement();
    measured(&app.store, of, ("RT2", 0), ("2026-09", 7)).await;
    let seven = measured(&app.store, of, ("RM3", 1), ("2026-09", 77)).await;
    app.publish("2026-09").await;
    [first, six, seven]
}

/// Releases of June, of September, and again of June: the last replaced the first after both were published.
pub(crate) async fn replaced_before_another(app: &TestServer) -> [Release; 3] {
    let first = ["R0A", "RM3", "RW6"];
    let others = ["RMC", "RBV", "RW3"];
    let all: [(&str, &[&str]); 3] = [
        ("2026-06", &first),
        ("2026-09", &first),
        ("2026-06", &others),
    ];
    of_periods(app, &all).await.try_into().unwrap()
}

/// The last release of each of these: of employers, in a period. What is in of a period is published.
pub(crate) async fn of_periods(app: &TestServer, all: &[(&str, &[&str])]) -> Vec<Release> {
    let of = agreement();
    let kept = app.store.keep_agreement(&of, FixedClock.now());
    kept.await.unwrap();
    let mut last = Vec::new();
    for (period, codes) in all {
        let mut made = None;
        for (code, number) in codes.iter().zip(1..) {
            made = Some(measured(&app.store, &of, (code, 0), (period, number)).await);
        }
        app.publish(period).await;
        last.extend(made);
    }
    last
}

/// A token of a person with this role who belongs to no employer.
pub(crate) async fn token_of(app: &TestServer, role: Role) -> String {
    let grant = Grant {
        name: role.code().to_owned(),
        roles: [role].into(),
        organisation: None,
        pathways: Vec::new(),
    };
    app.token(&grant).await
}

/// The text of a page, without markup.
pub(crate) async fn read(app: &TestServer, token: &str, path: &str) -> String {
    let answer = app.get_by(token, path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    let html = String::from_utf8(answer.body).unwrap();
    let pieces = html.split('<').map(|piece| {
        let words = piece.split_once('>').map_or(piece, |(_, words)| words);
        words.to_owned()
    });
    let text = pieces.collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// After [`replaced`], one employer corrects September. That is not published: readers could work out what
/// the correction changed. A second agreement of the same kind has June published.
pub(crate) async fn replaced_and_corrected_beside_another(
    app: &TestServer,
) -> ([Release; 3], Release) {
    let replaced = replaced(app).await;
    let first = agreement();
    measured(&app.store, &first, ("RM3", 1), ("2026-09", 77)).await;
    let second = another_agreement();
    let now = FixedClock.now();
    app.store.keep_agreement(&second, now).await.unwrap();
    let mut last = None;
    for code in ["R0A", "RM3", "RW6"] {
        last = Some(measured(&app.store, &second, (code, 0), ("2026-06", 5)).await);
    }
    app.publish_under(&second, "2026-06").await;
    (replaced, last.unwrap())
}

/// The same tables under a second version of the agreement.
fn another_agreement() -> Agreement {
    let text = DRAFT.replace("version = 1", "version = 2");
    let draft = Draft::parse(&text).unwrap();
    draft.compile(here::dictionary()).unwrap().0
}

/// The releases of `series` for September 2026, made after each of these employers came in.
pub(crate) async fn released_of(store: &Store, series: &Series, codes: &[&str]) -> Vec<Release> {
    let agreement = agreement();
    let now = FixedClock.now();
    store.keep_agreement(&agreement, now).await.unwrap();
    let mut made = Vec::new();
    for (&code, number) in codes.iter().zip(1..) {
        let of = (&agreement, series);
        made.push(measured_of(store, of, (code, 0), ("2026-09", number)).await);
    }
    made
}

/// The release made after one measurement of the agreement's first series came in. `whose`: employer and
/// correction; `of`: period and number of people.
async fn measured(
    store: &Store,
    agreement: &Agreement,
    whose: (&str, u32),
    of: (&str, u64),
) -> Release {
    measured_of(store, (agreement, &agreement.series()[0]), whose, of).await
}

async fn measured_of(
    store: &Store,
    (agreement, series): (&Agreement, &Series),
    (code, correction): (&str, u32),
    (period, people): (&str, u64),
) -> Release {
    let (key, now, hash) = (NodeKey::new(1), FixedClock.now(), agreement.hash());
    let mut expected = expected(code, series, &key);
    expected.key.agreement = hash;
    expected.key.period = period.parse().unwrap();
    expected.key.correction = correction;
    let payload = People::made_up(100, people).payload(series);
    let mut assembler = Assembler::new(expected.clone());
    for message in Sent::of(&expected, &payload, 3).messages(&key) {
        assembler.push(message).unwrap();
    }
    let received = assembler.finish().unwrap();
    store.keep_measurement(&received, now).await.unwrap();
    let release = store.make_release(&hash, series.name(), expected.key.period, now);
    match release.await.unwrap() {
        MadeRelease::New(release) => release,
        other => panic!("no new release: {other:?}"),
    }
}
