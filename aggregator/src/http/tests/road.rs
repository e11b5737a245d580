//! Whatever is answered from releases goes the one road.

use super::*;
use crate::http::testing::released_of;

/// Addresses that tell no figure, and why. A new one is added here by a person who means it.
const BESIDE: [(&str, &str); 9] = [
    ("/api/v1/agreements", "the texts that all signed"),
    ("/api/v1/agreements/{hash}", "the texts that all signed"),
    ("/api/v1/dictionary", "words"),
    ("/api/v1/indicators", "definitions"),
    (
        "/api/v1/organisations",
        "who is in which release, as published",
    ),
    ("/api/v1/releases", "who is in which release, as published"),
    (
        "/api/v1/releases/{id}",
        "who is in which release, as published",
    ),
    ("/metrics", "how the program fares"),
    ("/account", "who asks"),
];

/// Every address behind the door, with a value for each part in braces.
async fn addresses(app: &TestServer, release: &str) -> Vec<(String, String)> {
    let document = app.get("/api/v1/openapi.json").await.json(200);
    let of_the_api = document["paths"].as_object().unwrap().keys().cloned();
    let pages = pages::paths().map(str::to_owned);
    let all = of_the_api
        .chain(pages)
        .chain(["/metrics".to_owned(), "/account".to_owned()]);
    all.map(|route| {
        let code = match &route {
            route if route.starts_with("/localities") => "e08000001",
            route if route.starts_with("/staff-groups") => "students",
            _ => "breast",
        };
        let address = route
            .replace("{name}", "composition")
            .replace("{id}", release)
            .replace("{code}", code);
        (route, address)
    })
    .collect()
}

#[tokio::test]
async fn every_address_goes_the_one_road_or_is_known_to_tell_no_figure() {
    let app = TestServer::new().await;
    let agreement = crate::picture::testing::agreement();
    let series = &agreement.series()[0];
    let releases = released_of(&app.store, series, &["R0A", "RM3", "RW6"]).await;
    let release = releases.last().unwrap().id.to_string();
    let all = addresses(&app, &release).await;
    assert!(all.len() > 25, "{all:?}");
    for (route, address) in &all {
        if BESIDE.iter().any(|(beside, _)| beside == route) {
            continue;
        }
        let answer = app.get(address).await;
        // The agreement of these tests has no pathways to make a pack of.
        let is_there = answer.status == StatusCode::OK || address.ends_with("/breast/pack");
        assert!(is_there, "{address}: {}", answer.status);
        assert!(answer.travelled, "{route} is answered beside the road");
        let asked: crate::http::road::asked::Asked = address.parse().unwrap();
        let canonical = app.get(&asked.to_string()).await;
        assert_eq!(canonical.body, answer.body, "{address}");
    }
    let known: Vec<_> = all.iter().map(|(route, _)| route.as_str()).collect();
    for (beside, why) in BESIDE {
        assert!(
            known.contains(&beside),
            "{beside} ({why}) is no address any more"
        );
    }
}
