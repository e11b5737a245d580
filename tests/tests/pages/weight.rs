//! A page is light enough for a slow line, and asks nothing of anybody else.

use crate::{Dashboard, PAGES};

/// Of a page with all that it loads, as it is: 600 KiB.
const MOST_BYTES: usize = 600 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_with_its_stylesheet_stays_under_600_kib_and_loads_nothing_else() {
    let dashboard = Dashboard::serve().await;
    let client = reqwest::Client::new();
    let text = async |path: &str| {
        let request = client.get(dashboard.at(path)).header("accept", "text/html");
        request.send().await.unwrap().text().await.unwrap()
    };
    for page in PAGES {
        let html = text(page).await;
        let loaded: Vec<_> = ["<link rel=\"stylesheet\" href=\"", " src=\""]
            .iter()
            .flat_map(|start| html.split(start).skip(1))
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(loaded.len(), 1, "{page}: {loaded:?}");
        assert!(loaded[0].starts_with("/assets/look-"), "{page}: {loaded:?}");
        let bytes = html.len() + text(loaded[0]).await.len();
        assert!(bytes < MOST_BYTES, "{page}: {bytes} bytes");
        for forbidden in ["<script", " style=\"", "javascript:", " onclick"] {
            assert!(!html.contains(forbidden), "{page}: {forbidden}");
        }
    }
}
