//! What is refused or left out says why, and what to ask instead.

use super::*;
use crate::http::testing::{read, replaced_before_another, token_of};

#[tokio::test]
async fn where_a_part_of_an_answer_was_replaced_it_says_which_and_how_to_ask_for_the_same() {
    let app = TestServer::new().await;
    let [june, september, later] = replaced_before_another(&app).await;
    let viewer = token_of(&app, Role::Viewer).await;
    let path = format!("/api/v1/indicators/trend?by=&release={}", september.id);
    let said = app.get_by(&viewer, &path).await.problem(410, "replaced");
    let instead = format!(
        "a part of this, release {} of headline 2026-06, was replaced by release {}: ask the same with \
         release={} and up_to=2026-09",
        june.id, later.id, later.id
    );
    assert!(said.starts_with(&instead), "{said}");
    let path = format!(
        "/api/v1/indicators/trend?by=&release={}&up_to=2026-09",
        later.id
    );
    let same = app.get_by(&viewer, &path).await.json(200);
    assert!(same.to_string().contains("2026-06"), "{same}");
}

#[tokio::test]
async fn a_page_whose_comparison_was_replaced_says_so_in_its_card() {
    let app = TestServer::new().await;
    let [_, september, _] = replaced_before_another(&app).await;
    let viewer = token_of(&app, Role::Viewer).await;
    let path = format!("/?release={}", september.id);
    let overview = read(&app, &viewer, &path).await;
    for said in [
        "Change Replaced a release that it needs was replaced by a later one",
        "How many it was before is not told",
        "The latest change is not told",
    ] {
        assert!(overview.contains(said), "{said}: {overview}");
    }
}

#[tokio::test]
async fn a_pages_date_may_be_named_as_the_data_name_it() {
    let app = TestServer::new().await;
    replaced_before_another(&app).await;
    let viewer = token_of(&app, Role::Viewer).await;
    let june = read(&app, &viewer, "/?up_to=2026-06").await;
    assert!(june.contains("on 30 June 2026"), "{june}");
    let both = app.get_by(&viewer, "/?up_to=2026-06&period=2026-06").await;
    assert_eq!(both.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_refused_says_what_whoever_asked_may_do() {
    let app = TestServer::new().await;
    replaced_before_another(&app).await;
    let viewer = token_of(&app, Role::Viewer).await;
    let refused = async |path: &str| {
        let answer = app.get_by(&viewer, &format!("/api/v1/{path}")).await;
        answer.problem(400, "bad-query")
    };
    for nobody in ["system", "each", "SYSTEM"] {
        let said = refused(&format!("indicators/comparison?by=&with={nobody}")).await;
        assert!(said.contains("is no employer"), "{said}");
    }
    for path in ["tables?by=band", "indicators/composition?by=band"] {
        let said = refused(&format!("{path}&where=band=afc_5&where=band=afc_6")).await;
        assert!(said.contains("band=a,b"), "{said}");
    }
    let codes: Vec<_> = (0..101).map(|index| format!("R{index:02}A")).collect();
    let said = refused(&format!("tables?org={}", codes.join(","))).await;
    assert!(!said.contains("each"), "{said}");
    let since = app
        .get_by(&viewer, "/api/v1/indicators/change?by=&since=2027-03")
        .await;
    assert_eq!(since.json(400)["nearest"], "2026-06");
    let small = app
        .get_by(&viewer, "/api/v1/tables?measure=headcount")
        .await;
    let capitals = app
        .get_by(&viewer, "/api/v1/tables?measure=HEADCOUNT")
        .await;
    assert_eq!(capitals.json(200), small.json(200));
}
