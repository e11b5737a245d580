//! The ways of the three kinds of users through the pages, read as a person reads.

use thirtyfour::{By, components::SelectElement};
use vwis_tests::{browser::Driver, process};

use crate::{BINARY, Dashboard};

#[tokio::test(flavor = "multi_thread")]
async fn a_board_member_reads_the_answer_first_and_what_it_rests_on() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window((1280, 900)).await;
    window.open(&dashboard.at("/")).await;
    let client = &window.client;
    client
        .find(By::LinkText("Pathways"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    let breast = client.find(By::LinkText("Breast cancer pathway")).await;
    breast.unwrap().click().await.unwrap();
    let answer = client.find(By::Css(".verdicts .is")).await.unwrap();
    let answer = answer.text().await.unwrap();
    let is_an_answer = ["Yes", "No", "Cannot tell"]
        .iter()
        .any(|one| answer.ends_with(one));
    assert!(is_an_answer, "{answer}");
    // The answer is visible without scrolling.
    let place = "return document.querySelector('.verdicts .is').getBoundingClientRect().bottom < innerHeight";
    assert_eq!(window.script(place, vec![]).await, true);
    let text = window.text().await;
    for promised in [
        "Does the breast workforce look like Greater Manchester?",
        "Did not say their ethnic group",
        "Where the ladder stops",
        "of the people whose post looks like cancer care are placed by it",
        "9 of 9 employers",
        "What would give a clearer answer",
    ] {
        assert!(text.contains(promised), "{promised}: {text}");
    }
    client
        .find(By::LinkText("Board pack to print"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    let text = window.text().await;
    assert!(text.contains("Board pack pathways/breast/"), "{text}");
    // The content policy admits the stylesheet in the pack; without it the font would be another.
    let font = "return getComputedStyle(document.body).fontFamily";
    let font = window.script(font, vec![]).await;
    assert!(font.as_str().unwrap().contains("Arial"), "{font}");
    assert!(text.contains("Definitions"), "{text}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_analyst_points_at_a_chart_and_has_its_numbers() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window((1280, 900)).await;
    window.open(&dashboard.at("/localities/e08000001")).await;
    let client = &window.client;
    let csv = client.find(By::Css("figure .behind a")).await.unwrap();
    let csv = csv.attr("href").await.unwrap().unwrap();
    assert!(
        csv.contains("release=") && csv.contains("format=csv"),
        "{csv}"
    );
    let rows = reqwest::get(dashboard.at(&csv))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(rows.starts_with("organisation,staff_group,"), "{rows}");
    // The page shows what the file holds.
    let shown = client
        .find(By::Css("table.rows tbody td.est"))
        .await
        .unwrap();
    let shown = shown.text().await.unwrap().replace(',', "");
    let column = rows.split(',').position(|name| name == "estimate").unwrap();
    let nurses = rows
        .lines()
        .find(|line| line.starts_with("system,nursing_and_midwifery"))
        .unwrap();
    let estimate: f64 = nurses.split(',').nth(column).unwrap().parse().unwrap();
    let shown: f64 = shown.parse().unwrap();
    assert!((shown - estimate).abs() <= 5.0, "{shown} {nurses}");
    // Earlier dates are one choice away, and the address names the chosen one.
    let date = client.find(By::Css("select[name=period]")).await.unwrap();
    SelectElement::new(&date)
        .await
        .unwrap()
        .select_by_index(1)
        .await
        .unwrap();
    client
        .find(By::Css(".filters button"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    window.comes_to("period=20").await;
    let compare = dashboard.at("/compare?between=employers&of=aged_55_and_over");
    window.open(&compare).await;
    let text = window.text().await;
    assert!(
        text.contains("Manchester University") && text.contains("Against the others"),
        "{text}"
    );
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_works_at_a_trust_reads_what_leaves_and_what_was_spent() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window((390, 844)).await;
    window.open(&dashboard.at("/")).await;
    let client = &window.client;
    // On a phone the navigation is folded, and opens without a script.
    client
        .find(By::Css(".menu summary"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    let privacy = client.find(By::Css(".menu a[href='/privacy']")).await;
    privacy.unwrap().click().await.unwrap();
    let text = window.text().await;
    for promised in [
        "What could someone learn about me?",
        "Add noise",
        "What was spent, by whom",
        "Bolton",
    ] {
        assert!(text.contains(promised), "{promised}: {text}");
    }
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_releases_make_the_same_pack() {
    let dashboard = Dashboard::serve().await;
    let folder = tempfile::tempdir().unwrap();
    let mut packs = Vec::new();
    for name in ["one.html", "two.html"] {
        let file = folder.path().join(name);
        let args = [
            "--config",
            dashboard.config.to_str().unwrap(),
            "board-pack",
            "--pathway",
            "colorectal",
            "--output",
            file.to_str().unwrap(),
        ];
        process::run(process::command(BINARY, "aggregator", &args))
            .await
            .done();
        packs.push(std::fs::read_to_string(file).unwrap());
    }
    assert!(
        packs[0] == packs[1],
        "two packs of the same releases differ"
    );
    let served = reqwest::get(dashboard.at("/pathways/colorectal/pack")).await;
    let served = served.unwrap().text().await.unwrap();
    assert!(packs[0] == served, "the button makes another pack");
    assert!(packs[0].contains("<style>") && !packs[0].contains("<link rel=\"stylesheet\""));
    let wrong = [
        "--config",
        dashboard.config.to_str().unwrap(),
        "board-pack",
        "--pathway",
        "brest",
        "--output",
        "x",
    ];
    let wrong = process::run(process::command(BINARY, "aggregator", &wrong))
        .await
        .ended_with(2);
    assert!(wrong.stderr.contains("breast (Breast)"), "{}", wrong.stderr);
}
