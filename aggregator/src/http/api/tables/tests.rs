use std::collections::BTreeSet;

use http::{Request, StatusCode, header};

use crate::{
    credentials::Grant,
    http::testing::{
        Answer, NOW_S, TestServer, of_periods, released, released_of, replaced, token_of,
    },
    identity::Role,
    picture::testing::agreement,
    store::AccessFilter,
};

async fn table(app: &TestServer, query: &str) -> Answer {
    app.get(&format!("/api/v1/tables?{query}")).await
}

#[tokio::test]
async fn one_question_has_one_answer_and_one_permalink_however_it_is_written() {
    let app = TestServer::new().await;
    let [_, release] = released(&app).await;
    let hash = agreement().hash();
    let first = table(&app, "by=band&org=R0A,RM3&where=band=afc_5,afc_6").await;
    let permalink = format!(
        "/api/v1/tables?by=band&where=band%3Dafc_5,afc_6&org=R0A,RM3&release={}&format=json",
        release.id
    );
    assert_eq!(first.permalink(), permalink);
    for again in [
        "org=rm3&where=band=afc_5,afc_6&org=r0a&by=band",
        "by=band&org=R0A,RM3&where=band=afc_5,afc_6&measure=headcount&totals=false&period=",
        &format!("by=band&org=R0A,RM3&where=band=afc_5,afc_6&agreement={hash}"),
    ] {
        let again = table(&app, again).await;
        assert_eq!(again.permalink(), permalink);
        assert_eq!(again.headers[header::ETAG], first.headers[header::ETAG]);
    }
    let pinned = app.get(&permalink).await;
    assert_eq!(pinned.json(200), first.json(200));
    let control = pinned.headers[header::CACHE_CONTROL].to_str().unwrap();
    assert!(control.contains("immutable"), "{control}");
}

/// What is published may be replaced, and then its address says by what: a browser has to ask.
#[tokio::test]
async fn whoever_keeps_a_published_answer_asks_again_before_showing_it() {
    let app = TestServer::new().await;
    let made = replaced(&app).await;
    let viewer = Grant {
        name: "a viewer".to_owned(),
        roles: [Role::Viewer].into(),
        organisation: None,
        pathways: Vec::new(),
    };
    let viewer = app.token(&viewer).await;
    let newest = made[2].id;
    for address in [
        format!("/api/v1/tables?by=band&release={newest}"),
        format!("/api/v1/indicators/composition?release={newest}"),
        format!("/api/v1/releases/{newest}/picture.csv"),
    ] {
        let answer = app.get_by(&viewer, &address).await;
        assert_eq!(answer.status, 200, "{address}");
        let control = answer.headers[header::CACHE_CONTROL].to_str().unwrap();
        assert!(control.contains("no-cache"), "{address}: {control}");
        assert!(answer.headers.contains_key(header::ETAG), "{address}");
    }
}

/// An employer's own table does not wait for the system's: what it names is not refused to its reader.
#[tokio::test]
async fn whoever_reads_their_own_table_reads_it_at_the_address_that_it_names_published_or_not() {
    let app = TestServer::new().await;
    released(&app).await;
    let grant = Grant {
        name: "a viewer".to_owned(),
        roles: [Role::Viewer].into(),
        organisation: Some("R0A".parse().unwrap()),
        pathways: Vec::new(),
    };
    let viewer = app.token(&grant).await;
    let system = app.get_by(&viewer, "/api/v1/tables?by=band").await;
    system.problem(404, "not-published");
    let own = "/api/v1/tables?by=band&org=R0A&format=json";
    let own = app.get_by(&viewer, own).await;
    let named = own.json(200)["metadata"]["release"].clone();
    let pinned = app.get_by(&viewer, &own.permalink()).await;
    assert_eq!(pinned.json(200), own.json(200));
    let release = format!("/api/v1/releases/{}", named.as_str().unwrap());
    assert_eq!(app.get_by(&viewer, &release).await.json(200)["id"], named);
}

#[tokio::test]
async fn a_series_counts_what_it_counts_and_a_contradiction_is_refused() {
    let app = TestServer::new().await;
    let [headline, _] = released(&app).await;
    released_of(&app.store, &agreement().series()[1], &["R0A"]).await;
    let fte = table(&app, "by=staff_group&series=fte").await;
    assert_eq!(fte.json(200)["metadata"]["measure"], "fte");
    let same = table(&app, "by=staff_group&series=fte&measure=fte").await;
    assert_eq!(same.permalink(), fte.permalink());
    for query in [
        "series=headline&measure=fte".to_owned(),
        "series=fte&measure=headcount".to_owned(),
        format!("release={}&measure=fte", headline.id),
    ] {
        let detail = table(&app, &query).await.problem(400, "bad-query");
        assert!(detail.contains("is of"), "{query}: {detail}");
    }
    table(&app, "series=none&measure=fte")
        .await
        .problem(404, "unknown-series");
}

#[tokio::test]
async fn an_answer_varies_by_accept_only_where_that_chose_its_form() {
    let app = TestServer::new().await;
    released(&app).await;
    let vary = |answer: &Answer| -> String {
        let values = answer.headers.get_all(header::VARY).iter();
        let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
        values.join(", ")
    };
    let path = "/api/v1/tables?by=band";
    let several = Request::get(path)
        .header(header::ACCEPT, "image/png")
        .header(header::ACCEPT, "text/csv");
    let by_accept = app.send(several).await;
    let kind = by_accept.headers[header::CONTENT_TYPE].to_str().unwrap();
    assert!(kind.starts_with("text/csv"), "{kind}");
    let said = vary(&by_accept);
    assert!(said.split(", ").any(|one| one == "accept"), "{said}");
    let held = Request::get(path)
        .header(header::ACCEPT, "text/csv")
        .header(header::IF_NONE_MATCH, &by_accept.headers[header::ETAG]);
    let held = app.send(held).await;
    assert_eq!(held.status, StatusCode::NOT_MODIFIED);
    assert!(vary(&held).split(", ").any(|one| one == "accept"));
    let named = table(&app, "by=band&format=csv").await;
    assert_eq!(named.body, by_accept.body);
    let said = vary(&named);
    assert!(!said.split(", ").any(|one| one == "accept"), "{said}");
}

#[tokio::test]
async fn csvw_names_the_very_address_of_the_csv_that_it_describes() {
    let app = TestServer::new().await;
    released(&app).await;
    let csv = table(&app, "by=band&format=csv").await;
    let metadata = app.get(&csv.link("describedby")).await.json(200);
    let url = metadata["url"].as_str().unwrap();
    assert_eq!(url, csv.permalink());
    let described = app.get(url).await;
    assert_eq!(described.status, StatusCode::OK);
    assert_eq!(described.body, csv.body);
}

#[tokio::test]
async fn made_up_organisations_are_few_and_have_one_row_in_the_log() {
    let app = TestServer::new().await;
    released(&app).await;
    let codes = |number: usize| -> String {
        let codes: Vec<_> = (0..number).map(|n| format!("X{n:03}")).collect();
        codes.join(",")
    };
    let most = table(&app, &format!("org={}", codes(100))).await;
    most.problem(404, "unknown-organisation");
    let log = app.store.access_log(&AccessFilter::default()).await;
    let log = log.unwrap();
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!((&log[0].ods_code, log[0].status), (&None, 404));
    let request = &log[0].request;
    assert!(request.starts_with("/api/v1/tables?org=X000,"), "{request}");
    let more = table(&app, &format!("org={}", codes(101))).await;
    let detail = more.problem(400, "bad-query");
    assert!(detail.contains("ask for them in parts"), "{detail}");
}

#[tokio::test]
async fn each_organisation_stands_beside_the_others_and_each_is_in_the_log() {
    let app = TestServer::new().await;
    released(&app).await;
    let each = table(&app, "by=band&org=each").await.json(200);
    let rows = each["rows"].as_array().unwrap();
    let one = table(&app, "by=band&org=RM3").await.json(200);
    let bands = one["rows"].as_array().unwrap();
    // RW6 is expected, and not in the release: its rows say so and have no numbers.
    assert_eq!(rows.len(), 3 * bands.len());
    let mut of_when = BTreeSet::new();
    for row in rows {
        of_when.insert((row["period"].to_string(), row["release"].to_string()));
        let is_absent = row["organisation"] == "RW6";
        assert_eq!(row["estimate"].is_null(), is_absent, "{row}");
        assert_eq!(row["note"] == "not in this release", is_absent, "{row}");
        assert_eq!(row["as_of"], "2026-09-30");
        assert_eq!(row["series"], "headline");
    }
    assert_eq!(of_when.len(), 1, "{of_when:?}");
    let own = |row: &&serde_json::Value| row["organisation"] == "RM3";
    assert_eq!(
        rows.iter().filter(own).collect::<Vec<_>>(),
        bands.iter().collect::<Vec<_>>()
    );
    let log = app.store.access_log(&AccessFilter::default()).await;
    let whose: Vec<_> = log
        .unwrap()
        .into_iter()
        .filter_map(|e| e.ods_code)
        .collect();
    let whose: Vec<_> = whose.iter().map(ToString::to_string).collect();
    assert_eq!(whose, ["R0A", "RM3", "RM3"]);
    table(&app, "org=each,RM3").await.problem(400, "bad-query");
}

#[tokio::test]
async fn a_number_that_two_releases_tell_stays_at_the_address_of_the_later_one() {
    let app = TestServer::new().await;
    let (codes, agreement) = (["R0A", "RM3", "RW6"], agreement());
    let [headline, detail] = [0, 2].map(|index: usize| &agreement.series()[index]);
    let headlines = released_of(&app.store, headline, &codes).await;
    let alone = table(&app, "by=staff_group&format=json").await;
    let details = released_of(&app.store, detail, &codes).await;
    let (headline, detail) = (headlines[2].id, details[2].id);

    let best = table(&app, "by=staff_group&format=json").await;
    let mut pooled = Vec::new();
    for (series, own, other) in [("headline", headline, detail), ("detail", detail, headline)] {
        let query = format!("by=staff_group&series={series}&format=json");
        let answer = table(&app, &query).await;
        let json = answer.json(200);
        let metadata = &json["metadata"];
        assert_eq!(metadata["release"], own.to_string());
        assert_eq!(metadata["pooled_with"][0]["release"], other.to_string());
        let permalink = answer.permalink();
        assert!(
            permalink.contains(&format!("release={detail}")),
            "{permalink}"
        );
        assert_eq!(
            permalink.contains("series=headline"),
            series == "headline",
            "{permalink}"
        );
        assert_eq!(app.get(&permalink).await.json(200), json);
        pooled.push((permalink, json));
    }
    let numbers = |json: &serde_json::Value| {
        let rows = json["rows"].as_array().unwrap().iter();
        let numbers = rows.map(|row| [row["estimate"].clone(), row["sd"].clone()]);
        numbers.collect::<Vec<_>>()
    };
    assert_eq!(numbers(&pooled[0].1), numbers(&pooled[1].1));
    assert_eq!(numbers(&best.json(200)), numbers(&pooled[0].1));
    assert_ne!(numbers(&alone.json(200)), numbers(&pooled[0].1));

    // Whatever is released later, each address answers as it did, and the first release stands alone.
    released_of(&app.store, &agreement.series()[0], &["RXA"]).await;
    for (permalink, before) in pooled
        .into_iter()
        .chain([(alone.permalink(), alone.json(200))])
    {
        assert_eq!(app.get(&permalink).await.json(200), before, "{permalink}");
    }
}

#[tokio::test]
async fn a_mean_over_years_stays_as_it_is_though_an_earlier_year_was_released_last() {
    let app = TestServer::new().await;
    let (three, one): (&[&str], &[&str]) = (&["R0A", "RM3", "RW6"], &["RMC"]);
    let made = of_periods(&app, &[("2027-03", three), ("2026-03", three)]).await;
    let answer = table(&app, "by=band&years=2&format=json").await;
    let (json, permalink) = (answer.json(200), answer.permalink());
    for part in [
        "years=2".to_owned(),
        "period=2027-03".to_owned(),
        format!("release={}", made[1].id),
    ] {
        assert!(permalink.contains(&part), "{permalink}");
    }
    assert_eq!(app.get(&permalink).await.json(200), json);
    of_periods(&app, &[("2026-03", one), ("2027-03", one)]).await;
    assert_eq!(app.get(&permalink).await.json(200), json);
    let now = table(&app, "by=band&years=2&format=json").await;
    assert_ne!(now.json(200)["rows"], json["rows"]);
    for years in ["0", "6", "two"] {
        let asked = table(&app, &format!("by=band&years={years}")).await;
        asked.problem(400, "bad-query");
    }
}

/// The sum over those who stayed, beside that of all, would tell the one who left.
#[tokio::test]
async fn a_mean_over_years_tells_nobody_below_analyst_of_one_who_left() {
    let app = TestServer::new().await;
    let (three, four): (&[&str], &[&str]) = (&["R0A", "RM3", "RW6"], &["R0A", "RM3", "RW6", "RMC"]);
    for code in four {
        let code = code.parse().unwrap();
        let now = jiff::Timestamp::from_second(NOW_S).unwrap();
        let added = app.store.add_node(&code, "https://127.0.0.1:1", now);
        added.await.unwrap();
    }
    of_periods(&app, &[("2026-03", four), ("2027-03", three)]).await;
    let address = "/api/v1/tables?by=band&years=2";
    let viewer = token_of(&app, Role::Viewer).await;
    let refused = app.get_by(&viewer, address).await;
    let text = String::from_utf8_lossy(&refused.body);
    assert_ne!(refused.status, 200, "{text}");
    assert!(text.contains("RMC"), "{text}");
    let analyst = token_of(&app, Role::Analyst).await;
    let analyst = app.get_by(&analyst, address).await;
    assert_eq!(analyst.status, 200, "analysts may");
}
