use http::header;

use super::ON_FUNDED_POSTS;
use crate::{
    api::testing::{Answer, Asked, released, released_of},
    establishment::Establishment,
    indicator,
    picture::testing::agreement,
};

async fn ask(api: &Asked, path: &str) -> Answer {
    api.get(&format!("/api/v1/indicators/{path}")).await
}

/// Headcount and FTE of R0A and RM3.
async fn both_released(api: &Asked) {
    released(api).await;
    released_of(&api.store, &agreement().series()[1], &["R0A", "RM3"]).await;
}

fn control(answer: &Answer) -> &str {
    answer.headers[header::CACHE_CONTROL].to_str().unwrap()
}

#[tokio::test]
async fn an_empty_by_is_no_breakdown_and_stays_so_in_the_permalink() {
    let api = Asked::new().await;
    both_released(&api).await;
    let first = ask(&api, "composition").await;
    let bare = ask(&api, "composition?by=").await;
    assert_eq!(bare.json(200)["metadata"]["by"], serde_json::json!([]));
    assert_ne!(first.json(200)["metadata"]["by"], serde_json::json!([]));
    let permalink = bare.permalink();
    assert!(permalink.contains("?by=&"), "{permalink}");
    let pinned = api.get(&permalink).await;
    assert_eq!(pinned.json(200), bare.json(200));
    assert!(control(&pinned).contains("immutable"));
}

#[tokio::test]
async fn one_question_has_one_answer_however_it_is_written() {
    let api = Asked::new().await;
    both_released(&api).await;
    let first = ask(&api, "composition?by=staff_group&org=R0A,RM3").await;
    let again = ask(&api, "composition?org=rm3,r0a&by=staff_group&period=").await;
    assert_eq!(again.permalink(), first.permalink());
    assert_eq!(again.json(200), first.json(200));
    let hash = agreement().hash();
    let named = format!("composition?by=staff_group&org=R0A,RM3&agreement={hash}");
    assert_eq!(ask(&api, &named).await.permalink(), first.permalink());
}

#[tokio::test]
async fn vacancy_rates_change_when_posts_are_given_anew_and_are_never_kept_for_ever() {
    let api = Asked::new().await;
    both_released(&api).await;
    let give = async |funded: u32| {
        let csv = format!("ods_code,staff_group,funded_fte\nR0A,students,{funded}\n");
        let given = Establishment::parse(&csv, "2026-09".parse().unwrap()).unwrap();
        api.store.keep_establishment(&given).await.unwrap();
    };
    let detail = ask(&api, "vacancy-rate").await.problem(400, "bad-query");
    assert!(detail.contains("establishment import"), "{detail}");
    give(40).await;
    let first = ask(&api, "vacancy-rate").await;
    let permalink = first.permalink();
    let pinned = api.get(&permalink).await;
    assert_eq!(pinned.json(200), first.json(200));
    assert_eq!(control(&pinned), "private, no-cache");
    give(50).await;
    let second = ask(&api, "vacancy-rate").await;
    assert_ne!(second.json(200)["rows"], first.json(200)["rows"]);
    assert_eq!(api.get(&permalink).await.json(200), second.json(200));
}

#[test]
fn what_stands_on_funded_posts_is_an_indicator() {
    for name in ON_FUNDED_POSTS {
        assert!(indicator::named(name).is_ok(), "{name}");
    }
}
