//! Compressed and plain forms of one answer.

use std::io::Read as _;

use flate2::read::GzDecoder;
use vwis_pages::ui::assets;
use vwis_web::content::{Content, compressed_here};

use super::*;
use crate::{
    export::media::Format,
    http::testing::{Answer, released},
};

fn decoded(answer: &Answer) -> Vec<u8> {
    let mut text = Vec::new();
    let mut reader = GzDecoder::new(&answer.body[..]);
    reader.read_to_end(&mut text).unwrap();
    text
}

fn taking_gzip(path: &str) -> http::request::Builder {
    Request::get(path).header(header::ACCEPT_ENCODING, "gzip")
}

/// Every path of the API, and pages; `true` where the answer is kept and longer than a packet.
async fn addresses(app: &TestServer) -> Vec<(String, bool)> {
    let [_, release] = released(app).await;
    let agreement = release.agreement.to_string();
    let document = app.get("/api/v1/openapi.json").await.json(200);
    let mut addresses = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let takes_format = item["get"]["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["name"] == "format"));
        let path = path
            .replace("{id}", &release.id.to_string())
            .replace("{hash}", &agreement)
            .replace("{name}", "composition");
        assert!(!path.contains('{'), "{path}: how is it filled in?");
        let query = if path == "/api/v1/tables" {
            "by=staff_group"
        } else {
            ""
        };
        if takes_format {
            for format in ["json", "csv", "csvw", "table", "xlsx"] {
                let is_long = path != "/api/v1/spending" && ["json", "csv"].contains(&format);
                addresses.push((format!("{path}?{query}&format={format}"), is_long));
            }
        } else {
            let long = ["/picture.csv", "/dictionary"];
            let is_kept = long.iter().any(|end| path.ends_with(end));
            addresses.push((format!("{path}?{query}"), is_kept));
        }
    }
    for page in ["/", "/coverage", "/privacy", "/releases", "/method"] {
        addresses.push((page.to_owned(), true));
    }
    let files = [&assets::STYLESHEET, &assets::SCRIPT].map(assets::Asset::path);
    addresses.extend(files.map(|path| (path, true)));
    for file in ["", "swagger-ui.css", "swagger-ui-bundle.js"] {
        addresses.push((format!("/api/v1/docs/{file}"), !file.is_empty()));
    }
    addresses.push(("/api/v1/openapi.json".to_owned(), true));
    let others = ["/account", "/healthz", "/metrics", "/problems/not-found"];
    addresses.extend(others.map(|path| (path.to_owned(), false)));
    addresses
}

#[tokio::test]
async fn every_answer_is_the_same_compressed_and_plain_and_threads_that_serve_compress_none() {
    let app = TestServer::new().await;
    for (path, is_long) in addresses(&app).await {
        let before = compressed_here();
        let small = app.send(taking_gzip(&path)).await;
        let again = app.send(taking_gzip(&path)).await;
        assert_eq!(compressed_here(), before, "{path}");
        let plain = app.get(&path).await;
        assert_eq!(plain.status, 200, "{path}");
        assert!(
            !plain.headers.contains_key(header::CONTENT_ENCODING),
            "{path}"
        );
        let is_compressed = small.headers.contains_key(header::CONTENT_ENCODING);
        if path == "/metrics" {
            assert!(!is_compressed);
            continue;
        }
        assert_eq!(small.body, again.body, "{path}");
        assert!(
            is_compressed || !is_long,
            "{path}: {} bytes",
            plain.body.len()
        );
        if !is_compressed {
            assert_eq!(small.body, plain.body, "{path}");
            continue;
        }
        assert_eq!(decoded(&small), plain.body, "{path}");
        assert!(small.body.len() < plain.body.len(), "{path}");
        for answer in [&small, &plain] {
            let vary = answer.headers[header::VARY].to_str().unwrap();
            assert!(vary.contains("accept-encoding"), "{path}: {vary}");
        }
        let tag = &small.headers[header::ETAG];
        assert_ne!(tag, &plain.headers[header::ETAG], "{path}");
        let held = app
            .send(taking_gzip(&path).header(header::IF_NONE_MATCH, tag))
            .await;
        assert_eq!(
            (held.status.as_u16(), &held.headers[header::ETAG]),
            (304, tag),
            "{path}"
        );
    }
}

#[test]
fn a_workbook_is_not_compressed_again() {
    let workbook = Content::written(Format::Xlsx.media_type(), vec![0; 10_000]);
    let gzip = http::HeaderMap::from_iter([(header::ACCEPT_ENCODING, "gzip".parse().unwrap())]);
    let answer = workbook.answer(&gzip, Freshness::Immutable);
    assert!(!answer.headers().contains_key(header::CONTENT_ENCODING));
}
