//! Tables and indicators: who may read which, how wrong questions are answered, and answers that last.

use reqwest::header::{CACHE_CONTROL, CONTENT_DISPOSITION, ETAG, IF_NONE_MATCH, LINK};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use vwis_tests::federation::Federation;

use crate::asking::{Answer, get, served, token};

#[tokio::test]
async fn each_role_reads_what_is_theirs_and_reads_of_organisations_are_logged() {
    let federation = served().await;
    let viewer = token(&federation, &["--role", "viewer", "--organisation", "R0A"]).await;
    let analyst = token(&federation, &["--role", "analyst"]).await;
    let board = token(&federation, &["--role", "board", "--pathway", "breast"]).await;
    let ask = async |by: &str, path: &str| get(&federation, path, Some(by)).await;
    let table = |query: &str| format!("/api/v1/tables?{query}");

    for (by, query) in [
        (&viewer, "by=staff_group"),
        (&viewer, "by=staff_group&org=R0A"),
        (&viewer, "by=pathway&org=R0A"),
        (&board, "by=staff_group"),
        (&board, "by=pathway&where=pathway=breast"),
        (&analyst, "by=pathway"),
        (&analyst, "by=staff_group&org=R0A,RM3"),
    ] {
        ask(by, &table(query)).await.done();
    }
    for (by, query) in [
        (&viewer, "by=staff_group&org=RM3"),
        (&viewer, "by=staff_group&org=R0A,RM3"),
        (&viewer, "by=pathway"),
        (&board, "by=pathway"),
        (&board, "where=pathway=lung"),
        (&board, "by=staff_group&org=R0A"),
    ] {
        let detail = ask(by, &table(query)).await.problem(403, "forbidden");
        assert!(detail.contains("analysts"), "{query}: {detail}");
    }
    let indicator = "/api/v1/indicators/composition";
    ask(&viewer, indicator).await.done();
    let own = format!("{indicator}?org=R0A");
    ask(&viewer, &own).await.done();
    let others = ask(&viewer, &format!("{indicator}?org=RM3")).await;
    others.problem(403, "forbidden");
    let by_pathway = ask(&board, &format!("{indicator}?by=pathway")).await;
    by_pathway.problem(403, "forbidden");
    let own = format!("{indicator}?by=pathway&where=pathway=breast");
    ask(&board, &own).await.done();

    let log = federation
        .aggregator(&["access-log", "--json"])
        .await
        .json();
    let of = |ods: &str| {
        let rows = log.as_array().unwrap().iter();
        rows.filter(|row| row["organisation"] == ods).count()
    };
    // Reads of R0A: two by the viewer, one by the analyst, one refused to the viewer beside RM3, one by the
    // board, and an indicator.
    assert_eq!((of("R0A"), of("RM3")), (6, 4), "{log}");
    federation.stop().await;
}

#[tokio::test]
async fn employers_are_compared_by_api_and_command_line_alike_and_only_for_who_may_read_both() {
    let federation = served().await;
    let viewer = token(&federation, &["--role", "viewer", "--organisation", "R0A"]).await;
    let analyst = token(&federation, &["--role", "analyst"]).await;
    let path = "/api/v1/indicators/comparison?org=R0A";
    // All the others together are two employers, and the share of one of them is its own number.
    get(&federation, path, Some(&viewer)).await.done();
    let answer = get(&federation, &format!("{path}&with=RM3"), Some(&viewer)).await;
    let detail = answer.problem(403, "forbidden");
    assert!(detail.contains("RM3"), "{detail}");
    let asked = format!("{path}&with=RM3");
    let by_api = get(&federation, &asked, Some(&analyst)).await.done().body;
    let by_command = [
        "indicator",
        "comparison",
        "--org",
        "R0A",
        "--option",
        "with=RM3",
        "--format",
        "json",
    ];
    let by_command = federation.aggregator(&by_command).await.json();
    assert_eq!(by_api["rows"], by_command["rows"]);
    // A pair holds each side's own numbers.
    let pair = "/api/v1/indicators/pairs?org=R0A,RM3";
    let detail = get(&federation, pair, Some(&viewer)).await;
    let detail = detail.problem(403, "forbidden");
    assert!(detail.contains("RM3"), "{detail}");
    let pair = get(&federation, pair, Some(&analyst)).await.done().body;
    let one_way = |row: &serde_json::Value| row["employer"] == "R0A" && row["against"] == "RM3";
    let mut rows = pair["rows"].as_array().unwrap().iter();
    let there = rows.find(|row| one_way(row)).unwrap();
    let mut compared = by_api["rows"].as_array().unwrap().iter();
    let difference = compared.find(|row| row["measure"] == "difference");
    let difference = difference.unwrap();
    assert_eq!(there["estimate"], difference["estimate"]);
    assert_eq!(there["verdict"], difference["verdict"]);
    let rows = by_command["rows"].as_array().unwrap();
    let measures: Vec<_> = rows.iter().map(|row| row["measure"].as_str()).collect();
    let expected = ["share", "share_of_other", "difference"].map(Some);
    assert_eq!(measures, expected);
    assert!(rows[2]["verdict"].is_string(), "{rows:?}");

    let log = federation.aggregator(&["access-log", "--json"]).await;
    let log = log.json();
    let reads = log.as_array().unwrap().iter();
    let of_rm3 = reads.filter(|row| row["organisation"] == "RM3");
    // Two attempts by the viewer, and two reads by the analyst.
    assert_eq!(of_rm3.count(), 4, "{log}");
    federation.stop().await;
}

/// The first line of the answer to a request that no client would send.
async fn first_line(federation: &Federation, path: &str) -> String {
    let address = federation.http();
    let mut stream = TcpStream::connect(address.trim_start_matches("http://"))
        .await
        .unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    // The server may answer before it has read all.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer);
    text.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_is_wrong_with_a_question_is_said_with_what_there_is() {
    let federation = served().await;
    let ask = async |query: &str| get(&federation, &format!("/api/v1/{query}"), None).await;
    let says = |answer: &Answer, status, slug: &str, nearest: &str| {
        let detail = answer.problem(status, slug);
        assert_eq!(answer.body["nearest"], nearest, "{detail}");
    };
    let wrong = ask("tables?by=staff_grup").await;
    says(&wrong, 400, "unknown-attribute", "staff_group");
    let wrong = ask("tables?by=staff_group&where=staff_group=studnets").await;
    says(&wrong, 400, "unknown-category", "students");
    let wrong = ask("tables?org=R0B").await;
    says(&wrong, 404, "unknown-organisation", "R0A");
    let wrong = ask("indicators/composision").await;
    says(&wrong, 404, "unknown-indicator", "composition");
    let wrong = ask("tables?perod=2026-09").await;
    says(&wrong, 400, "unknown-parameter", "period");
    let wrong = ask("tables?period=2030-01").await;
    let detail = wrong.problem(404, "unknown-period");
    assert!(detail.contains("headline 2026-09"), "{detail}");
    let wrong = ask("tables?by=gender").await;
    let detail = wrong.problem(404, "not-promised");
    assert!(
        detail.contains("agreement plan") && detail.contains("agreement propose"),
        "{detail}"
    );
    ask("tables?by=staff_group,staff_group")
        .await
        .problem(400, "bad-query");
    ask("tables?where=staff_group")
        .await
        .problem(400, "bad-query");
    ask("tables?format=parquet").await.problem(400, "bad-query");
    ask("tables?release=0199a3c2-8f6e-7c1a-b1d4-6a0c3a5e9f10")
        .await
        .problem(404, "unknown-release");
    let filters = "&where=staff_group=students".repeat(300);
    ask(&format!("tables?by=staff_group{filters}"))
        .await
        .problem(400, "bad-query");
    let filters = "&where=staff_group=students".repeat(10_000);
    let status = first_line(
        &federation,
        &format!("/api/v1/tables?by=staff_group{filters}"),
    )
    .await;
    assert!(status.starts_with("HTTP/1.1 4"), "{status}");
    for hostile in [
        "students'%3B DROP TABLE release%3B--",
        "%3DHYPERLINK(\"http:x\")",
        "@SUM(A1)",
    ] {
        let wrong = ask(&format!(
            "tables?by=staff_group&where=staff_group={hostile}"
        ))
        .await;
        wrong.problem(400, "unknown-category");
        let wrong = ask(&format!("tables?agreement={hostile}")).await;
        wrong.problem(404, "unknown-agreement");
    }
    ask("tables?by=staff_group").await.done();
    federation.stop().await;
}

#[tokio::test]
async fn a_permalink_gives_the_same_bytes_for_ever_and_the_latest_is_asked_for_again() {
    let federation = served().await;
    let client = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", federation.http());
    for path in [
        "/api/v1/tables?by=staff_group&format=csv",
        "/api/v1/indicators/composition?format=xlsx",
    ] {
        let latest = client.get(url(path)).send().await.unwrap();
        assert_eq!(latest.headers()[CACHE_CONTROL], "private, no-cache");
        let file = latest.headers()[CONTENT_DISPOSITION].to_str().unwrap();
        assert!(file.starts_with("attachment; filename="), "{file}");
        let tag = latest.headers()[ETAG].clone();
        let link = latest.headers()[LINK].to_str().unwrap().to_owned();
        let permalink = link.split(['<', '>']).nth(1).unwrap();
        let bytes = latest.bytes().await.unwrap();
        let again = client
            .get(url(path))
            .header(IF_NONE_MATCH, &tag)
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), 304);
        let pinned = client.get(url(permalink)).send().await.unwrap();
        assert_eq!(pinned.status(), 200, "{permalink}");
        assert!(
            pinned.headers()[CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let pinned_tag = pinned.headers()[ETAG].clone();
        assert_eq!(pinned.bytes().await.unwrap(), bytes, "{permalink}");
        assert_eq!(pinned_tag, tag);
    }
    let described = client
        .get(url("/api/v1/tables?format=csv"))
        .send()
        .await
        .unwrap();
    let links = described.headers().get_all(LINK).iter();
    let links: Vec<_> = links.map(|link| link.to_str().unwrap()).collect();
    let described = links
        .iter()
        .find(|link| link.contains("describedby"))
        .unwrap();
    let csvw = described.split(['<', '>']).nth(1).unwrap();
    let csvw = get(&federation, csvw, None).await.done();
    assert!(
        csvw.body["@context"].is_string() || csvw.body["@context"].is_array(),
        "{csvw:?}"
    );
    federation.stop().await;
}

#[tokio::test]
async fn a_whole_release_is_one_file_and_coverage_is_told() {
    let federation = served().await;
    let coverage = get(&federation, "/api/v1/coverage?period=2026-09", None)
        .await
        .done();
    let releases = coverage.body["coverage"].as_array().unwrap();
    assert_eq!(releases.len(), 2);
    assert_eq!(releases[0]["in_words"], "3 of 3 employers");
    let id = releases[0]["release"].as_str().unwrap();
    let client = reqwest::Client::new();
    let csv = async |org: &str| {
        let url = format!(
            "{}/api/v1/releases/{id}/picture.csv{org}",
            federation.http()
        );
        client.get(url).send().await.unwrap().text().await.unwrap()
    };
    let system = csv("").await;
    assert!(
        system.starts_with("series,organisation,table,cell,estimate,sd,"),
        "{system}"
    );
    assert!(system.lines().skip(1).all(|line| line.contains(",system,")));
    let all = csv("?org=all").await;
    assert_eq!(all.lines().count() - 1, 4 * (system.lines().count() - 1));
    federation.stop().await;
}
