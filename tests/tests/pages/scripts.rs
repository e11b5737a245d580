//! What a page's script adds, and that nothing is missing where it does not run.

use std::time::Duration;

use thirtyfour::{By, Key, components::SelectElement, extensions::query::ElementQueryable};
use vwis_tests::{
    browser::{Driver, Window},
    process::DEADLINE,
};

use crate::Dashboard;

/// The words of the first column of the first table that can be sorted.
const FIRST_COLUMN: &str = "return [...document.querySelector('table.data').tBodies[0].rows]
    .map((row) => row.cells[0].textContent.trim())";

async fn column(window: &Window) -> Vec<String> {
    let words = window.script(FIRST_COLUMN, vec![]).await;
    serde_json::from_value(words).unwrap()
}

async fn click(window: &Window, css: &str) {
    let found = window.client.find(By::Css(css)).await.unwrap();
    found.click().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_sorted_by_its_headings_and_says_so() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window((1280, 900)).await;
    window.open(&dashboard.at("/releases")).await;
    let given = column(&window).await;
    let how = "return document.querySelector('table.data thead th').getAttribute('aria-sort')";
    assert_eq!(window.script(how, vec![]).await, serde_json::Value::Null);
    click(&window, "table.data thead .sort").await;
    assert_eq!(window.script(how, vec![]).await, "ascending");
    let rising = column(&window).await;
    click(&window, "table.data thead .sort").await;
    assert_eq!(window.script(how, vec![]).await, "descending");
    let falling = column(&window).await;
    // Dates are sorted by time; the page itself lists the newest first.
    assert_eq!(falling, given);
    assert_eq!(rising, given.into_iter().rev().collect::<Vec<_>>());

    // Numbers are sorted by value, not by their first digits.
    window.open(&dashboard.at("/privacy")).await;
    let sort = "
        const table = [...document.querySelectorAll('table.data')]
            .find((table) => table.querySelector('td.n') && table.querySelector('.sort'));
        const cells = [...table.tHead.rows[0].cells];
        const place = cells.findIndex((cell) => cell.classList.contains('n'));
        cells[place].querySelector('.sort').click();
        return [...table.tBodies[0].rows].map((row) => row.cells[place].textContent.trim());";
    let numbers: Vec<String> = serde_json::from_value(window.script(sort, vec![]).await).unwrap();
    let numbers: Vec<f64> = numbers
        .iter()
        .map(|words| {
            words
                .replace(',', "")
                .trim_end_matches('%')
                .parse()
                .unwrap()
        })
        .collect();
    assert!(numbers.len() > 2 && numbers.is_sorted(), "{numbers:?}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_copied_and_a_page_printed_at_a_click_and_escape_closes_the_menu() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window((390, 844)).await;
    window.open(&dashboard.at("/pathways/breast")).await;
    window.allow_copying().await;
    click(&window, ".take code + .small").await;
    let said = "//section[@class='take']//button[text()='Copied']";
    let copied = window.client.query(By::XPath(said));
    let copied = copied.wait(DEADLINE, Duration::from_millis(50));
    copied.first().await.unwrap();

    let watch = "window.print = () => { document.title = 'printed' }";
    window.script(watch, vec![]).await;
    click(&window, ".take ul .small").await;
    assert_eq!(
        window.script("return document.title", vec![]).await,
        "printed"
    );

    let is_open = "return document.querySelector('.menu').open";
    click(&window, ".menu summary").await;
    assert_eq!(window.script(is_open, vec![]).await, true);
    let link = By::Css(".menu a[href='/privacy']");
    let link = window.client.find(link).await.unwrap();
    link.send_keys(Key::Escape).await.unwrap();
    assert_eq!(window.script(is_open, vec![]).await, false);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_everything_is_there_and_works() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window((390, 844)).await;
    let address = dashboard.at("/localities/e08000001");
    window.open(&address).await;
    let words = "return document.querySelector('main').innerText";
    let with_scripts = window.text().await;
    window.without_scripts().await;
    window.open(&address).await;
    let buttons = window.client.find_all(By::Css(".small, .sort")).await;
    assert_eq!(buttons.unwrap().len(), 0);
    // Only words that the script itself would bring are missing.
    let without = window.script(words, vec![]).await;
    for line in without.as_str().unwrap().lines() {
        assert!(with_scripts.contains(line), "{line}");
    }
    // Tables open, the form is sent, and the menu works.
    click(&window, ".behind summary").await;
    let is_open = "return document.querySelector('.behind details').open";
    assert_eq!(window.script(is_open, vec![]).await, true);
    let date = By::Css("select[name=period]");
    let date = window.client.find(date).await.unwrap();
    SelectElement::new(&date)
        .await
        .unwrap()
        .select_by_index(1)
        .await
        .unwrap();
    click(&window, ".filters button").await;
    window.comes_to("period=20").await;
    click(&window, ".menu summary").await;
    // The link keeps the chosen date.
    click(&window, ".menu a[href^='/privacy?period=20']").await;
    let text = window.text().await;
    assert!(
        text.contains("What could someone learn about me?"),
        "{text}"
    );
    window.close().await;
}
