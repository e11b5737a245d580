//! A kept answer equals a fresh one: whatever was asked before, in whatever order and spelling, a question
//! gets the answer of a server that was just started.

use proptest::{prelude::*, test_runner::contextualize_config};

use crate::{
    credentials::Grant,
    http::testing::{TestServer, released_of},
    identity::Role,
    picture::testing::agreement,
};

/// Questions, with `{0}`, `{1}`, … in place of the releases' ids.
const QUESTIONS: [&str; 18] = [
    "/api/v1/tables?by=staff_group",
    "/api/v1/tables?by=staff_group&release={0}",
    "/api/v1/tables?by=staff_group&release={1}",
    "/api/v1/tables?by=staff_group&release={2}",
    "/api/v1/tables?by=staff_group&release={3}",
    "/api/v1/tables?by=staff_group&measure=fte",
    "/api/v1/tables?by=staff_group&series=fte",
    "/api/v1/tables?by=staff_group&org=R0A",
    "/api/v1/tables?by=staff_group&org=r0a&release={2}",
    "/api/v1/tables?by=staff_group&org=each",
    "/api/v1/tables?by=staff_group&period=2026-09",
    "/api/v1/indicators/composition",
    "/api/v1/indicators/composition?release={2}",
    "/api/v1/indicators/composition?release={3}",
    "/api/v1/indicators/comparison?org=R0A",
    "/api/v1/releases/{2}/picture.csv",
    "/api/v1/coverage",
    "/?release={3}",
];
const FORMATS: [&str; 4] = ["", "csv", "json", "table"];

struct Served {
    app: TestServer,
    readers: Vec<String>,
    releases: Vec<String>,
}

async fn served() -> Served {
    let app = TestServer::new().await;
    let (agreement, employers) = (agreement(), ["R0A", "RM3", "RW6"]);
    let mut releases = released_of(&app.store, &agreement.series()[0], &employers).await;
    releases.extend(
        released_of(&app.store, &agreement.series()[1], &employers)
            .await
            .pop(),
    );
    app.publish("2026-09").await;
    let mut readers = Vec::new();
    for (role, organisation) in [
        (Role::Analyst, None),
        (Role::Viewer, Some("R0A")),
        (Role::Viewer, Some("RM3")),
        (Role::Board, None),
    ] {
        let grant = Grant {
            name: format!("{role:?}"),
            roles: [role].into(),
            organisation: organisation.map(|code| code.parse().unwrap()),
            pathways: if role == Role::Board {
                vec!["breast".to_owned()]
            } else {
                Vec::new()
            },
        };
        readers.push(app.token(&grant).await);
    }
    let releases = releases.iter().map(|one| one.id.to_string()).collect();
    Served {
        app,
        readers,
        releases,
    }
}

impl Served {
    fn address(&self, question: usize, format: usize) -> String {
        let mut address = QUESTIONS[question].to_owned();
        for (at, id) in self.releases.iter().enumerate() {
            address = address.replace(&format!("{{{at}}}"), id);
        }
        let takes_format = address.contains("/tables") || address.contains("/indicators");
        match FORMATS[format] {
            format if takes_format && !format.is_empty() => {
                let and = if address.contains('?') { '&' } else { '?' };
                format!("{address}{and}format={format}")
            }
            _ => address,
        }
    }
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig { cases: 12, ..ProptestConfig::default() }))]

    #[test]
    fn a_question_gets_what_a_fresh_server_gives_whoever_asked_what_before(
        asked in proptest::collection::vec((0..4_usize, 0..QUESTIONS.len(), 0..FORMATS.len()), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let served = served().await;
            for (reader, question, format) in asked {
                let (reader, address) = (&served.readers[reader], served.address(question, format));
                let kept = served.app.get_by(reader, &address).await;
                let fresh = served.app.started_anew().get_by(reader, &address).await;
                assert_eq!((kept.status, kept.body), (fresh.status, fresh.body), "{address}");
            }
        });
    }
}
