//! Tables in a browser: what a sorted column has last, and what is visible.

use vwis_tests::browser::Driver;

use crate::{Dashboard, PAGES};

/// Sorts every column twice and returns those that then have a number below words: (column, its cells).
const SORTED: &str = r"
    const isNumber = (words) => /^(Under )?[-+\u2212]?\d|^[A-Z][a-z]{2,8} \d{4}$/.test(words);
    const wrong = [];
    let mixed = 0;
    for (const table of document.querySelectorAll('table.data')) {
        [...table.tHead.rows[0].cells].forEach((heading, place) => {
            const button = heading.querySelector('.sort');
            if (!button) return;
            for (const _ of [1, 2]) {
                button.click();
                const cells = [...table.tBodies[0].rows].map((row) => row.cells[place].textContent.trim());
                const numbers = cells.filter(isNumber).length;
                if (numbers === 0 || numbers === cells.length) continue;
                mixed += 1;
                if (cells.slice(0, numbers).some((cell) => !isNumber(cell))) wrong.push([heading.textContent, cells]);
            }
        });
    }
    return [mixed, wrong];";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_number_stands_below_the_numbers_in_both_directions() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window((1280, 900)).await;
    let mut mixed = 0;
    for page in PAGES {
        window.open(&dashboard.at(page)).await;
        let found = window.script(SORTED, vec![]).await;
        let (here, wrong): (u64, serde_json::Value) = serde_json::from_value(found).unwrap();
        assert_eq!(wrong, serde_json::json!([]), "{page}");
        mixed += here;
    }
    assert!(mixed > 0, "some column has words among its numbers");
    window.close().await;
}

/// For drawn rows: by how much the page is too wide, the width of the narrowest drawing, the number of
/// verdicts, and how many of them are not visible.
const DRAWN: &str = r"
    const seen = [...document.querySelectorAll('.rows tbody td.plot')].filter((one) => one.checkVisibility());
    const verdicts = [...document.querySelectorAll('.rows tbody td.say')].filter((one) => one.textContent.trim());
    const isHidden = (one) => {
        const box = one.getBoundingClientRect();
        return box.width < 1 || box.left < 0 || box.right > document.documentElement.clientWidth;
    };
    const root = document.documentElement;
    return [
        root.scrollWidth - root.clientWidth,
        Math.min(10000, ...seen.map((one) => one.getBoundingClientRect().width)),
        verdicts.length,
        verdicts.filter(isHidden).length,
    ];";

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_shows_the_drawing_and_the_verdict_of_every_row() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    let window = driver.window((768, 1024)).await;
    let (mut verdicts, mut faults) = (0, Vec::new());
    for width in [700, 768, 820, 900, 992, 1024] {
        window.resize((width, 1024)).await;
        for page in PAGES {
            window.open(&dashboard.at(page)).await;
            let found = window.script(DRAWN, vec![]).await;
            let (wider, narrowest, seen, hidden): (f64, f64, u64, u64) =
                serde_json::from_value(found).unwrap();
            verdicts += seen;
            if wider > 0.0 || narrowest < 200.0 || hidden > 0 {
                faults.push(format!(
                    "{page} at {width}: {wider} too wide, {narrowest} drawn, {hidden} hidden"
                ));
            }
        }
    }
    assert!(verdicts > 100, "{verdicts}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_score_of_a_team_is_in_sight_on_every_wide_screen() {
    let Some(driver) = Driver::start().await else {
        return;
    };
    let dashboard = Dashboard::serve().await;
    for width in [1280, 1440, 1920] {
        let window = driver.window((width, 900)).await;
        window.open(&dashboard.at("/localities/e08000001")).await;
        let hidden = "const one = document.querySelector('section[aria-labelledby=thin] .scroll');
            return one.scrollWidth - one.clientWidth";
        assert_eq!(window.script(hidden, vec![]).await, 0, "{width}");
        let second = "return document.querySelector('section[aria-labelledby=thin] table.matrix thead').rows[0].cells[1].textContent";
        assert_eq!(window.script(second, vec![]).await, "All together");
        window.close().await;
    }
}
