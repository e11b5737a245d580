//! Whatever tells readers below analyst of a release tells what they are answered from it: only the employers
//! over which it is published.

use serde_json::Value;

use super::*;
use crate::http::testing::{read, token_of, without_one_who_came_late};

fn one<'a>(list: &'a Value, id: &str) -> &'a Value {
    let mut all = list["releases"].as_array().unwrap().iter();
    all.find(|one| one["id"] == id).unwrap()
}

#[tokio::test]
async fn the_list_one_release_and_the_coverage_say_over_whom_it_is_published() {
    let app = TestServer::new().await;
    let [first, six, seven] = without_one_who_came_late(&app).await;
    let viewer = token_of(&app, Role::Viewer).await;
    let list = app.get_by(&viewer, "/api/v1/releases").await.json(200);
    let own = one(&list, &seven.id.to_string());
    let coverage = &own["coverage"];
    assert_eq!(coverage["in_words"], "6 of 7 employers");
    assert_eq!(coverage["not_added"], json!(["RT2"]));
    assert_eq!(coverage["missing"], json!([]));
    assert_eq!(own["standing"], "published");
    for (old, employers) in [(&first, 3), (&six, 6)] {
        let old = one(&list, &old.id.to_string());
        assert_eq!(old["standing"], "replaced");
        assert_eq!(old["replaced_by"], seven.id.to_string());
        let there = old["coverage"]["contributors"].as_array().unwrap();
        assert_eq!(there.len(), employers);
        assert_eq!(old["coverage"]["not_added"], json!([]));
    }
    let all = list["releases"].as_array().unwrap();
    let unpublished = all.iter().filter(|one| one["standing"] == "not_published");
    assert_eq!(unpublished.count(), all.len() - 3);
    for listed in all {
        let href = listed["href"].as_str().unwrap();
        let alone = app.get_by(&viewer, href).await;
        assert_eq!(alone.json(200), *listed);
        let control = &alone.headers[header::CACHE_CONTROL];
        assert_eq!(control, "private, no-cache");
    }
    let told = app.get_by(&viewer, "/api/v1/coverage").await.json(200);
    let told = &told["coverage"][0];
    assert_eq!(told["release"], own["id"]);
    for name in ["contributors", "missing", "not_added"] {
        assert_eq!(told[name], coverage[name], "{name}");
    }
    let employers = app.get_by(&viewer, "/api/v1/organisations").await.json(200);
    let employers = employers["organisations"].as_array().unwrap().clone();
    let late = employers.iter().find(|one| one["ods_code"] == "RT2");
    let releases = late.unwrap()["releases"].as_array().unwrap();
    assert!(!releases.contains(&own["id"]), "{releases:?}");
    // Analysts read it as it was made.
    let analyst = token_of(&app, Role::Analyst).await;
    let made = app
        .get_by(&analyst, own["href"].as_str().unwrap())
        .await
        .json(200);
    assert_eq!(made["coverage"]["in_words"], "7 of 7 employers");
    assert_eq!(made["standing"], "as_made");
}

#[tokio::test]
async fn no_page_says_of_whom_a_measurement_is_held_that_they_joined_or_did_not_report() {
    let app = TestServer::new().await;
    without_one_who_came_late(&app).await;
    let viewer = token_of(&app, Role::Viewer).await;
    let releases = read(&app, &viewer, "/releases").await;
    for said in [
        "counts; Northern Care Alliance corrected; number 7 is not published 6 of 7",
        "superseded by number 8: Northern Care Alliance corrected; number 7 is not published 6 of 6",
        "superseded by number 6: The Christie, Bolton, RW3 joined; numbers 4 to 5 are not published 3 of 3",
    ] {
        assert!(releases.contains(said), "{said}: {releases}");
    }
    for name in ["RT2", "Pennine Care"] {
        assert!(!releases.contains(name), "{name}: {releases}");
    }
    let coverage = read(&app, &viewer, "/coverage").await;
    assert!(
        coverage.contains(
            "Pennine Care is not added: its figures could be worked out: 6 of 7 employers are in"
        ),
        "{coverage}"
    );
    assert!(coverage.contains("Not added Pennine Care"), "{coverage}");
    assert!(coverage.contains("Pennine Care not added"), "{coverage}");
    assert!(!coverage.contains("report for"), "{coverage}");
    let spent = read(&app, &viewer, "/privacy").await;
    assert!(!spent.contains("in no release for"), "{spent}");
}

#[tokio::test]
async fn an_analyst_sees_which_releases_were_never_published_whether_they_count_or_not() {
    let api = TestServer::new().await;
    without_one_who_came_late(&api).await;
    let mark = "Not published: for analysts alone";
    let viewer = token_of(&api, Role::Viewer).await;
    let analyst = token_of(&api, Role::Analyst).await;
    assert!(!read(&api, &viewer, "/releases").await.contains(mark));
    let releases = read(&api, &analyst, "/releases").await;
    // Of eight releases the third, the sixth and the last were published. This counts cells: in names of
    // links, a comma follows the mark.
    let marked = releases.matches(&format!("{mark} ")).count();
    assert_eq!(marked, 5, "{releases}");
    for said in [
        format!("superseded by number 2: Northern Care Alliance joined. {mark}"),
        format!("superseded by number 8: Northern Care Alliance corrected. {mark}"),
    ] {
        assert!(releases.contains(&said), "{said}: {releases}");
    }
}

#[tokio::test]
async fn an_address_that_tells_analysts_another_number_says_whose_it_is() {
    let app = TestServer::new().await;
    let [.., seven] = without_one_who_came_late(&app).await;
    let analyst = token_of(&app, Role::Analyst).await;
    let viewer = token_of(&app, Role::Viewer).await;
    for path in [
        format!("/api/v1/tables?by=band&release={}", seven.id),
        format!("/api/v1/indicators/composition?by=&release={}", seven.id),
    ] {
        let others = app.get_by(&viewer, &path).await.json(200);
        let said = "As published to readers below analyst, without RT2";
        assert!(others["notes"].to_string().contains(said), "{others}");
        let metadata = &others["metadata"];
        assert_eq!(metadata["as_read_by"], "readers below analyst");
        assert!(metadata["as_published"].as_str().unwrap().starts_with(said));
        let analysts = app.get_by(&analyst, &path).await.json(200);
        assert_eq!(analysts["metadata"]["as_read_by"], "analysts");
        assert!(!analysts["notes"].to_string().contains("RT2"), "{analysts}");
    }
}
