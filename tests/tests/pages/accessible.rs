//! Everybody can use the pages: checked by an automatic checker, keyboard, phone, zoom and paper.

use serde_json::{Value, json};
use vwis_tests::browser::{Driver, Window, axe};

use crate::{Dashboard, PAGES};

/// Window sizes: desktop, phone, and the narrowest: 1,280 pixels at 400%.
const SIZES: [(u32, u32); 3] = [(1280, 900), (390, 844), (320, 640)];

/// The checker's findings, one per line.
async fn violations(window: &Window, axe: &str) -> Vec<String> {
    window.script(axe, Vec::new()).await;
    let run = "const done = arguments[arguments.length - 1]; \
        axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }) \
        .then(found => done(found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).slice(0, 3).join(' | '))));";
    let found = window.client.execute_async(run, Vec::new()).await.unwrap();
    let found = found.json().as_array().unwrap();
    found
        .iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_a_fault_that_a_checker_finds_and_none_scrolls_sideways() {
    let (Some(driver), Some(axe)) = (Driver::start().await, axe()) else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let mut faults = Vec::new();
    let window = driver.window(SIZES[0]).await;
    for size in SIZES {
        window.resize(size).await;
        for page in PAGES {
            window.open(&dashboard.at(page)).await;
            let found = violations(&window, &axe).await;
            faults.extend(
                found
                    .iter()
                    .map(|fault| format!("{page} at {}: {fault}", size.0)),
            );
            let wider = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            let wider = window.script(wider, Vec::new()).await;
            if wider != json!(0) {
                faults.push(format!("{page} at {}: {wider} pixels too wide", size.0));
            }
            let small = window.script(SMALLEST_TEXT, Vec::new()).await;
            if small.as_f64().is_some_and(|pixels| pixels < 14.0) {
                faults.push(format!("{page} at {}: text of {small} pixels", size.0));
            }
        }
    }
    window.close().await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

const SMALLEST_TEXT: &str = "
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let least = 100;
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !element.getClientRects().length) continue;
        if (['TITLE', 'DESC', 'STYLE'].includes(element.tagName.toUpperCase())) continue;
        least = Math.min(least, parseFloat(getComputedStyle(element).fontSize));
    }
    return least;";

#[tokio::test(flavor = "multi_thread")]
async fn a_keyboard_reaches_everything_in_order_and_the_focus_is_seen() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window(SIZES[0]).await;
    window.open(&dashboard.at("/pathways/breast")).await;
    let reachable = "return [...document.querySelectorAll('a[href], summary, select, button, [tabindex=\"0\"]')]\
        .filter(e => e.checkVisibility()).length";
    let reachable = window.script(reachable, Vec::new()).await.as_u64().unwrap();
    let mut seen = Vec::new();
    for step in 0..reachable {
        let body = window.client.active_element().await.unwrap();
        body.send_keys("\u{e004}").await.unwrap();
        let focus = window.script(FOCUSED, Vec::new()).await;
        assert_eq!(focus["is_seen"], json!(true), "step {step}: {focus}");
        seen.push(focus["text"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen[0], "Skip to main content");
    assert!(
        seen.iter().any(|text| text == "Who was counted"),
        "{seen:?}"
    );
    // The keyboard reaches each of them once: nothing traps the focus, and nothing is skipped.
    assert_eq!(
        window
            .script(
                "return document.activeElement.closest('footer') !== null",
                vec![]
            )
            .await,
        json!(true)
    );
    window.close().await;
}

/// The focused element, and whether it looks focused.
const FOCUSED: &str = "
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return {
        text: (element.innerText || element.ariaLabel || element.name || '').trim().split('\\n')[0],
        is_seen: box.width > 0 && box.height > 0 &&
            (style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.backgroundColor !== 'rgba(0, 0, 0, 0)'),
    };";

#[tokio::test(flavor = "multi_thread")]
async fn paper_has_the_numbers_and_not_the_navigation() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window(SIZES[0]).await;
    window
        .open(&dashboard.at("/pathways/colorectal/pack"))
        .await;
    let pdf = window.print().await;
    assert!(pdf.starts_with(b"%PDF"));
    window.open(&dashboard.at("/")).await;
    window.emulate("print", false).await;
    let hidden = "return ['.nav', '.menu', '.skip', '.filters', '.foot'].every(s => [...document.querySelectorAll(s)].every(e => !e.checkVisibility()))";
    assert_eq!(window.script(hidden, Vec::new()).await, json!(true));
    let text = window.text().await;
    assert!(text.contains("95% interval"), "{text}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forced_colours_keep_every_mark() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window(SIZES[0]).await;
    window.open(&dashboard.at("/equality")).await;
    window.emulate("screen", true).await;
    let marks: Value = window.script(MARKS, Vec::new()).await;
    assert_eq!(marks["lost"], json!([]), "{marks}");
    assert!(marks["seen"].as_u64().unwrap() > 50, "{marks}");
    window.close().await;
}

/// Marks that have the ground's colour under the browser's forced colours.
const MARKS: &str = "
    const ground = 'Canvas';
    const probe = document.createElement('span');
    probe.setAttribute('class', 'probe');
    document.body.append(probe);
    const marks = [...document.querySelectorAll('.g-dot, .g-whisk, .g-cap, .g-bench')].filter(m => m.getClientRects().length);
    const body = getComputedStyle(document.body).backgroundColor;
    const lost = marks.filter(m => {
        const style = getComputedStyle(m);
        const own = m.tagName === 'circle' ? style.fill : style.stroke;
        return own === body;
    });
    return { seen: marks.length, lost: lost.map(m => m.outerHTML).slice(0, 5) };";
