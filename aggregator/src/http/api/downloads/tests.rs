use http::{Request, StatusCode, header};

use crate::{
    credentials::Grant,
    http::testing::{TestServer, released, released_of},
    identity::Role,
    picture::testing::agreement,
    release::Release,
    store::AccessFilter,
};

#[tokio::test]
async fn a_viewer_downloads_a_whole_release_of_the_system_without_pathways_in_it() {
    let app = TestServer::new().await;
    let [_, two] = released(&app).await;
    let viewer = Grant {
        name: "A viewer".to_owned(),
        roles: [Role::Viewer].into(),
        organisation: Some("R0A".parse().unwrap()),
        pathways: Vec::new(),
    };
    let viewer = app.token(&viewer).await;
    let path = |release: &Release| format!("/api/v1/releases/{}/picture.csv", release.id);
    let of_two = app.get_by(&viewer, &path(&two)).await;
    of_two.problem(404, "not-published");
    let agreement = agreement();
    let series = &agreement.series()[0];
    let all = released_of(&app.store, series, &["RW6"]).await;
    let path = path(all.last().unwrap());
    app.get_by(&viewer, &path)
        .await
        .problem(404, "not-published");
    app.publish("2026-09").await;
    let whole = app.get_by(&viewer, &path).await;
    assert_eq!(whole.status, StatusCode::OK);
    let other = format!("{path}?org=RM3");
    app.get_by(&viewer, &other).await.problem(403, "forbidden");
}

#[tokio::test]
async fn whoever_asks_for_an_organisation_that_is_not_there_is_in_the_log() {
    let app = TestServer::new().await;
    let [_, release] = released(&app).await;
    let path = format!("/api/v1/releases/{}/picture.csv", release.id);
    for absent in ["RW6", "x00"] {
        let answer = app.get(&format!("{path}?org={absent}")).await;
        let detail = answer.problem(404, "unknown-organisation");
        assert!(detail.contains("not in this release"), "{detail}");
    }
    let log = app
        .store
        .access_log(&AccessFilter::default())
        .await
        .unwrap();
    let rows: Vec<_> = log
        .iter()
        .map(|row| (row.ods_code.as_ref(), row.status))
        .collect();
    let node = "RW6".parse().unwrap();
    assert_eq!(rows, [(Some(&node), 404), (None, 404)]);
    for wrong in ["each", "R0A,RM3", "R-A"] {
        let answer = app.get(&format!("{path}?org={wrong}")).await;
        answer.problem(400, "bad-query");
    }
}

#[tokio::test]
async fn one_organisations_cells_are_those_it_has_among_all_and_are_held_by_their_tag() {
    let app = TestServer::new().await;
    let [_, release] = released(&app).await;
    let path = format!("/api/v1/releases/{}/picture.csv", release.id);
    let all = app.get(&format!("{path}?org=all")).await;
    let all = String::from_utf8(all.body).unwrap();
    let own = format!("{path}?org=rm3");
    let answer = app.get(&own).await;
    let text = String::from_utf8(answer.body).unwrap();
    let among: Vec<_> = all.lines().filter(|line| line.contains(",RM3,")).collect();
    assert!(!among.is_empty());
    assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), among);
    let held = Request::get(&own).header(header::IF_NONE_MATCH, &answer.headers[header::ETAG]);
    let held = app.send(held).await;
    assert_eq!(held.status, StatusCode::NOT_MODIFIED);
    assert!(held.body.is_empty());
}
