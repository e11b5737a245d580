//! A page is light enough for a slow line, and loads nothing from other servers.

use crate::{Dashboard, PAGES};

/// Largest size of a page with all that it loads, uncompressed: 600 KiB.
const MOST_BYTES: usize = 600 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_with_all_it_loads_stays_under_600_kib_and_asks_nobody_else() {
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
        // A pack is a single file.
        let own: &[&str] = if page.ends_with("/pack") {
            &[]
        } else {
            &["/assets/look-", "/assets/page-"]
        };
        assert_eq!(loaded.len(), own.len(), "{page}: {loaded:?}");
        let mut bytes = html.len();
        for (path, own) in loaded.into_iter().zip(own) {
            assert!(path.starts_with(own), "{page}: {path}");
            bytes += text(path).await.len();
        }
        assert!(bytes < MOST_BYTES, "{page}: {bytes} bytes");
        for forbidden in ["<script>", " style=\"", "javascript:", " onclick"] {
            assert!(!html.contains(forbidden), "{page}: {forbidden}");
        }
    }
}
