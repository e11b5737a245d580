//! Asks the API as programs do.

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use vwis_tests::{extract::Extract, federation::Federation};

use crate::BINARY;

/// Two series: one for tables about everybody, and one with cancer pathways.
pub(crate) const DRAFT: &str = r#"
name = "A small agreement"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Testers."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = [] }, { by = ["staff_group"] }, { by = ["staff_group", "age_band"] }]

[[series]]
name = "pathways"
measure = "headcount"
cadence = "quarterly"
rho = 0.02
tables = [{ by = ["pathway"] }]
"#;

/// A system with one release of each series, from three employers: the fewest that are published to readers
/// below analyst.
pub(crate) async fn served() -> Federation {
    served_as(|_| {}).await
}

/// The same system, with the aggregator's configuration changed before it starts.
pub(crate) async fn served_as(configure: impl FnOnce(&mut String)) -> Federation {
    let federation = Federation::configured(BINARY, configure).await;
    let mut nodes = Vec::new();
    for (ods_code, people) in [("R0A", 300), ("RM3", 120), ("RMC", 60)] {
        federation.enrol(ods_code).await;
        let extract = Extract::seeded(7, people);
        federation.import(ods_code, &extract, "2026-09").await;
        nodes.push(federation.serve(ods_code).await);
    }
    let hash = federation.propose(DRAFT).await;
    for ods_code in ["R0A", "RM3", "RMC"] {
        federation.approve(ods_code, &hash).await;
    }
    let collect = ["collect", "--period", "2026-09"];
    federation.aggregator(&collect).await.done();
    for node in nodes {
        node.stop().await;
    }
    federation
}

/// A new API token with this role.
pub(crate) async fn token(federation: &Federation, role: &[&str]) -> String {
    let create = [&["token", "create", "--name", "a tester"], role].concat();
    let token = federation.aggregator(&create).await.done();
    token.trim().to_owned()
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

/// Sends a GET request, with a token where one is given.
pub(crate) async fn get(federation: &Federation, path: &str, token: Option<&str>) -> Answer {
    let mut request = reqwest::Client::new().get(format!("{}{path}", federation.http()));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    Answer::of(request.send().await.unwrap()).await
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self {
            status,
            headers,
            body,
        }
    }

    /// Itself, after checking that it is a success.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.status, 200, "{self:?}");
        self
    }

    /// The detail of the problem, after checking its status and kind.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, slug: &str) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.body["type"], format!("/problems/{slug}"), "{self:?}");
        self.body["detail"].as_str().unwrap().to_owned()
    }
}
