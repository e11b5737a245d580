//! The files behind the pages, read as a program reads them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Dashboard;

/// The body at `address`, after as many attempts as it takes.
async fn read(address: &str) -> String {
    loop {
        let answer = reqwest::get(address).await.unwrap();
        let status = answer.status().as_u16();
        if status != 429 {
            assert_eq!(status, 200, "{address}");
            return answer.text().await.unwrap();
        }
    }
}

/// The JSON files that pages without a query link to.
async fn files(dashboard: &Dashboard) -> BTreeSet<String> {
    let mut waiting = vec!["/".to_owned()];
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut files = BTreeSet::new();
    while let Some(page) = waiting.pop() {
        let html = read(&dashboard.at(&page)).await;
        let links = html.split("href=\"/").skip(1);
        for link in links.filter_map(|rest| rest.split(['"', '#']).next()) {
            let link = format!("/{}", link.replace("&#38;", "&").replace("&amp;", "&"));
            if link.starts_with("/api/") {
                let is_csv = link.contains("format=csv");
                files.extend(is_csv.then(|| link.replace("format=csv", "format=json")));
            } else if !link.contains(['?', '.']) && seen.insert(link.clone()) {
                waiting.push(link);
            }
        }
    }
    files
}

#[tokio::test]
async fn a_row_of_a_file_has_a_number_for_people_exactly_where_it_says_that_there_is_one() {
    let dashboard = Dashboard::serve().await;
    let (mut rows, mut bounds, mut wrong) = (0, 0, Vec::new());
    for file in files(&dashboard).await {
        let file: Value = serde_json::from_str(&read(&dashboard.at(&file)).await).unwrap();
        for row in file["rows"].as_array().unwrap() {
            let is_shown = row["display"].is_number();
            let may_be = match row["reliability"].as_str() {
                Some("good" | "use_with_care") => true,
                Some("too_noisy_to_show") => false,
                Some("only_a_bound") => {
                    bounds += 1;
                    false
                }
                // The row holds a difference, or says why it has no number.
                None => row["estimate"].is_number() && row.get("reliability").is_some(),
                other => panic!("{other:?}: {row}"),
            };
            if is_shown != may_be && row.get("reliability").is_some() {
                wrong.push(row.to_string());
            }
            rows += 1;
        }
    }
    assert!(rows > 3_000 && bounds > 0, "{rows} rows, {bounds} bounds");
    wrong.truncate(5);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
