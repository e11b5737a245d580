use http::header;

use super::*;
use crate::{
    answer,
    archive::Archive,
    credentials::Grant,
    establishment::Establishment,
    export::media::Format,
    http::testing::{Answer, TestServer, released, released_of},
    identity::Role,
    indicator::{Question, testing::Workforce},
    picture::{Wanted, When, Whose, testing::agreement},
    store::AccessFilter,
};

async fn ask(app: &TestServer, path: &str) -> Answer {
    app.get(&format!("/api/v1/indicators/{path}")).await
}

/// Releases headcount and FTE of R0A and RM3.
async fn both_released(app: &TestServer) {
    released(app).await;
    released_of(&app.store, &agreement().series()[1], &["R0A", "RM3"]).await;
}

fn control(answer: &Answer) -> &str {
    answer.headers[header::CACHE_CONTROL].to_str().unwrap()
}

#[tokio::test]
async fn an_empty_by_is_no_breakdown_and_stays_so_in_the_permalink() {
    let app = TestServer::new().await;
    both_released(&app).await;
    let first = ask(&app, "composition").await;
    let bare = ask(&app, "composition?by=").await;
    assert_eq!(bare.json(200)["metadata"]["by"], serde_json::json!([]));
    assert_ne!(first.json(200)["metadata"]["by"], serde_json::json!([]));
    let permalink = bare.permalink();
    assert!(permalink.contains("?by=&"), "{permalink}");
    let pinned = app.get(&permalink).await;
    assert_eq!(pinned.json(200), bare.json(200));
    assert!(control(&pinned).contains("immutable"));
}

#[tokio::test]
async fn a_file_is_named_by_whose_it_is_in_every_form() {
    let app = TestServer::new().await;
    both_released(&app).await;
    for (query, name) in [
        ("", ""),
        ("&org=system", ""),
        ("&org=r0a", "_R0A"),
        ("&org=RM3,R0A", "_R0A+RM3"),
        ("&org=each", "_each"),
    ] {
        for path in [
            "tables?by=staff_group",
            "indicators/composition?by=staff_group",
        ] {
            for format in Format::ALL {
                let path = format!("/api/v1/{path}{query}&format={}", format.name());
                let answer = app.get(&path).await;
                let said = answer.headers[header::CONTENT_DISPOSITION]
                    .to_str()
                    .unwrap();
                let file = said.split('"').nth(1).unwrap();
                let stem = file.split('.').next().unwrap();
                let stems = ["staff_group", "composition"].map(|stem| format!("{stem}{name}"));
                assert!(stems.contains(&stem.to_owned()), "{path}: {said}");
            }
        }
    }
}

#[tokio::test]
async fn who_asks_for_fte_where_there_is_none_is_told_where_there_is() {
    let api = TestServer::new().await;
    both_released(&api).await;
    for query in ["measure=FTE", "Measure=fte", "by=band&measure=headcount"] {
        let refused = ask(&api, &format!("age-profile?{query}")).await;
        let said = refused.problem(400, "unknown-parameter");
        for expected in [
            "indicators change and trend",
            "/api/v1/tables?by=…&measure=fte",
        ] {
            assert!(said.contains(expected), "{said}");
        }
    }
    let other = ask(&api, "age-profile?mesure=fte").await;
    let said = other.problem(400, "unknown-parameter");
    assert!(!said.contains("trend"), "{said}");
    // The indicator takes the option, so its values are listed.
    let wrong = ask(&api, "trend?measure=FTE").await;
    assert!(wrong.problem(400, "bad-query").contains("headcount, fte"));
}

#[tokio::test]
async fn one_question_has_one_answer_however_it_is_written() {
    let app = TestServer::new().await;
    both_released(&app).await;
    let first = ask(&app, "composition?by=staff_group&org=R0A,RM3").await;
    let again = ask(&app, "composition?org=rm3,r0a&by=staff_group&period=").await;
    assert_eq!(again.permalink(), first.permalink());
    assert_eq!(again.json(200), first.json(200));
    let hash = agreement().hash();
    let named = format!("composition?by=staff_group&org=R0A,RM3&agreement={hash}");
    assert_eq!(ask(&app, &named).await.permalink(), first.permalink());
}

#[tokio::test]
async fn vacancy_rates_change_when_posts_are_given_anew_and_are_never_kept_for_ever() {
    let app = TestServer::new().await;
    both_released(&app).await;
    let give = async |funded: u32| {
        let csv =
            format!("ods_code,staff_group,funded_fte\nR0A,students,{funded}\nRM3,students,30\n");
        let given = Establishment::parse(&csv, "2026-09".parse().unwrap()).unwrap();
        app.store.keep_establishment(&given).await.unwrap();
    };
    let none = ask(&app, "vacancy-rate").await;
    let pinned_before = none.permalink();
    assert_eq!(control(&app.get(&pinned_before).await), "private, no-cache");
    give(40).await;
    let first = ask(&app, "vacancy-rate").await;
    let permalink = first.permalink();
    assert_eq!(permalink, pinned_before);
    assert_ne!(first.json(200)["rows"], none.json(200)["rows"]);
    let pinned = app.get(&permalink).await;
    assert_eq!(pinned.json(200), first.json(200));
    assert_eq!(control(&pinned), "private, no-cache");
    give(50).await;
    let second = ask(&app, "vacancy-rate").await;
    assert_ne!(second.json(200)["rows"], first.json(200)["rows"]);
    assert_eq!(app.get(&permalink).await.json(200), second.json(200));
}

#[tokio::test]
async fn an_employer_is_held_against_another_only_by_who_may_read_both_and_both_reads_are_logged() {
    let app = TestServer::new().await;
    released_of(&app.store, &agreement().series()[0], &["R0A", "RM3", "RW6"]).await;
    app.publish("2026-09").await;
    let grant = |role| Grant {
        name: format!("{role:?}"),
        roles: [role].into(),
        organisation: (role == Role::Viewer).then(|| "R0A".parse().unwrap()),
        pathways: Vec::new(),
    };
    let viewer = app.token(&grant(Role::Viewer)).await;
    let analyst = app.token(&grant(Role::Analyst)).await;
    let ask = async |by: &str, org: &str| {
        let path = format!("/api/v1/indicators/comparison?of=women&org={org}");
        app.get_by(by, &path).await
    };
    // All others together are the rest of the system; a single other's numbers are its own.
    ask(&viewer, "R0A").await.json(200);
    ask(&viewer, "R0A&with=RM3").await.problem(403, "forbidden");
    ask(&viewer, "each").await.problem(403, "forbidden");
    ask(&analyst, "R0A&with=rm3").await.json(200);
    let unknown = ask(&analyst, "R0A&with=XYZ").await;
    let detail = unknown.problem(400, "bad-query");
    assert!(detail.contains("R0A, RM3, RW6"), "{detail}");
    let each = ask(&analyst, "each").await.json(200);
    let rows = each["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 9, "{each}");
    let differences = rows.iter().filter(|row| row["measure"] == "difference");
    assert!(differences.clone().all(|row| !row["verdict"].is_null()));
    assert_eq!(differences.count(), 3);

    let log = app.store.access_log(&AccessFilter::default()).await;
    let log = log.unwrap();
    let of_rm3 = log.iter().filter(|read| {
        read.ods_code
            .as_ref()
            .is_some_and(|code| code.as_str() == "RM3")
    });
    let mut statuses: Vec<_> = of_rm3
        .map(|read| (read.who.as_str(), read.status))
        .collect();
    statuses.sort_unstable();
    let expected = [
        ("Analyst", 200),
        ("Analyst", 200),
        ("Viewer", 403),
        ("Viewer", 403),
    ];
    assert_eq!(statuses, expected);
}

#[test]
fn what_changes_with_funded_posts_is_known_and_nothing_else_does() {
    let nurses = |age: &'static str| {
        [
            ("staff_group", "nursing_and_midwifery"),
            ("locality", "e08000001"),
            ("age_band", age),
        ]
    };
    let quarters = ["2025-06", "2025-09", "2025-12", "2026-03"];
    let workforce = quarters.into_iter().fold(Workforce::new(), |all, period| {
        all.period(period)
            .data_set("staff")
            .people(&nurses("40_44"), 39)
            .people(&nurses("55_59"), 21)
            .data_set("leavers")
            .people(&nurses("unknown")[..2], 2)
    });
    let without = workforce.archive(
        r#"{ by = ["staff_group", "locality", "age_band"] }"#,
        r#"{ by = ["staff_group", "locality"] }"#,
    );
    let posts = "ods_code,staff_group,locality,funded_fte\nR0A,nursing_and_midwifery,Bolton,80\n";
    let posts = Establishment::parse(posts, "2026-03".parse().unwrap()).unwrap();
    let with = without.clone().with_establishment(Arc::new(posts));
    for indicator in indicator::ALL {
        let name = indicator.definition.name;
        let said = |archive: &Archive| {
            let asked = answer::Asked {
                what: answer::What::Indicator(indicator, Question::default()),
                whose: Wanted::Sum(Whose::System),
                when: When::Latest,
            };
            let answer = asked.answer(archive, None, || false);
            format!("{:?}", answer.map(|answer| answer.sheet.rows))
        };
        let changes = said(&without) != said(&with);
        assert_eq!(changes, indicator.definition.rests_on_posts(), "{name}");
    }
}
