use http::{Request, StatusCode, header};

use crate::{
    http::testing::{TestServer, released},
    picture::testing::agreement,
};

#[tokio::test]
async fn releases_are_listed_newest_first_with_who_is_missing() {
    let app = TestServer::new().await;
    let [first, second] = released(&app).await;
    let list = app.get("/api/v1/releases").await.json(200);
    let list = list["releases"].as_array().unwrap();
    let numbers: Vec<_> = list.iter().map(|one| one["number"].as_u64()).collect();
    assert_eq!(numbers, [Some(2), Some(1)]);
    assert_eq!(list[0]["id"], second.id.to_string());
    assert_eq!(list[0]["as_of"], "2026-09-30");
    assert_eq!(list[0]["coverage"]["in_words"], "2 of 3 employers");
    assert_eq!(list[0]["coverage"]["missing"], serde_json::json!(["RW6"]));
    assert_eq!(list[1]["id"], first.id.to_string());
}

#[tokio::test]
async fn filters_narrow_the_list_and_an_unknown_agreement_is_told_which_there_are() {
    let app = TestServer::new().await;
    released(&app).await;
    let hash = agreement().hash().to_string();
    for (query, fitting) in [
        (format!("agreement={hash}"), 2),
        (format!("agreement={}", &hash[..8]), 2),
        ("series=headline&period=2026-09".to_owned(), 2),
        ("series=fte".to_owned(), 0),
        ("period=2026-06".to_owned(), 0),
        ("period=".to_owned(), 2),
    ] {
        let list = app
            .get(&format!("/api/v1/releases?{query}"))
            .await
            .json(200);
        let found = list["releases"].as_array().unwrap().len();
        assert_eq!(found, fitting, "{query}");
    }
    let unknown = app.get("/api/v1/releases?agreement=zz").await;
    unknown.problem(404, "unknown-agreement");
    assert_eq!(unknown.json(404)["available"], serde_json::json!([hash]));
}

#[tokio::test]
async fn a_release_by_its_id_holds_for_ever_and_a_list_until_the_next_release() {
    let app = TestServer::new().await;
    let [first, _] = released(&app).await;
    let path = format!("/api/v1/releases/{}", first.id);
    let one = app.get(&path).await;
    assert_eq!(one.json(200)["number"], 1);
    let control = "private, max-age=31536000, immutable";
    assert_eq!(one.headers[header::CACHE_CONTROL], control);
    let list = app.get("/api/v1/releases").await;
    assert_eq!(list.headers[header::CACHE_CONTROL], "private, no-cache");
    for (path, answer) in [(path.as_str(), &one), ("/api/v1/releases", &list)] {
        let again = Request::get(path).header(header::IF_NONE_MATCH, &answer.headers[header::ETAG]);
        let again = app.send(again).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
        assert!(again.body.is_empty());
    }
}

#[tokio::test]
async fn organisations_and_agreements_are_listed_beside_them() {
    let app = TestServer::new().await;
    let [first, second] = released(&app).await;
    let organisations = app.get("/api/v1/organisations").await.json(200);
    let organisations = organisations["organisations"].as_array().unwrap().clone();
    assert_eq!(organisations.len(), 3);
    assert_eq!(organisations[0]["ods_code"], "R0A");
    let ids = serde_json::json!([second.id.to_string(), first.id.to_string()]);
    assert_eq!(organisations[0]["releases"], ids);
    assert_eq!(organisations[2]["releases"], serde_json::json!([]));
    let agreements = app.get("/api/v1/agreements").await.json(200);
    let one = &agreements["agreements"][0];
    assert_eq!(one["organisations_visible_to"], "analysts");
    assert_eq!(one["series"][0]["tables"][0]["name"], "total");
    let hash = one["hash"].as_str().unwrap();
    let whole = app.get(&format!("/api/v1/agreements/{hash}")).await;
    assert!(
        whole.headers[header::CACHE_CONTROL]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    let short = app.get(&format!("/api/v1/agreements/{}", &hash[..8])).await;
    assert_eq!(short.json(200), whole.json(200));
    assert_eq!(short.headers[header::CACHE_CONTROL], "private, no-cache");
    let dictionary = app.get("/api/v1/dictionary").await.json(200);
    assert!(dictionary["attributes"].as_array().unwrap().len() >= 11);
}
