//! What is refused or left out says why, and what to ask instead.

use super::*;
use crate::api::testing::{read, replaced_before_another, token_of};

#[tokio::test]
async fn where_a_part_of_an_answer_was_replaced_it_says_which_and_how_to_ask_for_the_same() {
    let api = Asked::new().await;
    let [june, september, later] = replaced_before_another(&api).await;
    let viewer = token_of(&api, Role::Viewer).await;
    let path = format!("/api/v1/indicators/trend?by=&release={}", september.id);
    let said = api.get_by(&viewer, &path).await.problem(410, "replaced");
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
    let same = api.get_by(&viewer, &path).await.json(200);
    assert!(same.to_string().contains("2026-06"), "{same}");
}

#[tokio::test]
async fn a_page_whose_comparison_was_replaced_says_so_in_its_card() {
    let api = Asked::new().await;
    let [_, september, _] = replaced_before_another(&api).await;
    let viewer = token_of(&api, Role::Viewer).await;
    let path = format!("/?release={}", september.id);
    let overview = read(&api, &viewer, &path).await;
    for said in [
        "Change Replaced a release that it needs was replaced by a later one",
        "How many it was before is not told",
        "The latest change is not told",
    ] {
        assert!(overview.contains(said), "{said}: {overview}");
    }
}
