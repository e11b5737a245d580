//! Checks that the file behind a chart holds every number that the chart shows.

use std::collections::BTreeSet;

use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

use super::super::{Choices, Reading, View};
use crate::{
    answer::{Asked, What},
    archive::Archive,
    export::{Cell, Sheet},
    indicator::{
        Question, named,
        testing::{STANDARD, a_year},
    },
    picture::{Wanted, When},
};

/// A year of noisy releases, under the agreement that a system starts with.
pub(super) fn archive() -> Archive {
    a_year().released_under(STANDARD, Some(ChaCha20Rng::seed_from_u64(20)))
}

pub(super) fn views() -> Vec<View> {
    let compare = |between: &str| {
        let chosen = [("between", between.to_owned())];
        View::compare(Choices::new(chosen)).unwrap()
    };
    vec![
        View::Overview,
        View::Localities,
        View::locality("e08000001").unwrap(),
        View::StaffGroups,
        View::staff_group("nursing_and_midwifery").unwrap(),
        compare("locality"),
        compare("staff_group"),
        compare("employers"),
        View::Equality,
        View::Pathways(["breast".to_owned(), "lung".to_owned()].into()),
        View::pathway("breast").unwrap(),
        View::Coverage,
        View::Releases(Choices::default()),
    ]
}

/// The markup of each chart or table that links to a CSV, with the address of the CSV.
fn charts(html: &str) -> Vec<(&str, String)> {
    let mut charts = Vec::new();
    let mut from = 0;
    while let Some(at) = html[from..].find("\">CSV<") {
        let end = from + at;
        from = end + 1;
        // The CSV that a page offers to take along is of its main table, and not behind a chart.
        if html[..end].rfind("class=\"take\"") > html[..end].rfind("class=\"behind\"") {
            continue;
        }
        let start = html[..end].rfind("href=\"").unwrap() + "href=\"".len();
        let address = html[start..end].replace("&#38;", "&");
        let figure = html[..end].rfind("<figure").unwrap_or(0);
        let card = html[..end].rfind("<div class=\"card\"").unwrap_or(0);
        let answer = html[..end].rfind("class=\"answer\"").unwrap_or(0);
        charts.push((&html[figure.max(card).max(answer)..end], address));
    }
    charts
}

/// The intervals in a chart: `1,200 to 1,250`, `−3.1% to +2.0%`. Percent signs are left out, because points
/// have none.
fn intervals(markup: &str) -> BTreeSet<String> {
    let mut text = String::new();
    for piece in markup.split('<') {
        text.push('\n');
        text.push_str(piece.split_once('>').map_or(piece, |(_, words)| words));
    }
    let is_end = |word: &str| {
        let digits = word.trim_start_matches(['+', '\u{2212}']);
        digits.starts_with(|c: char| c.is_ascii_digit())
            && digits
                .chars()
                .all(|c| c.is_ascii_digit() || ".,%".contains(c))
    };
    let told = text.lines().filter_map(|line| {
        let (low, high) = line.trim().split_once(" to ")?;
        (is_end(low) && is_end(high)).then(|| line.trim().replace('%', ""))
    });
    told.collect()
}

/// The answer at an indicator's address.
fn asked(archive: &Archive, address: &str) -> Option<Sheet> {
    let (path, query) = address.split_once('?')?;
    let indicator = named(path.strip_prefix("/api/v1/indicators/")?).unwrap();
    let mut question = Question::default();
    let (mut wanted, mut when) = (Wanted::parse([]).unwrap(), When::Latest);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "by" => {
                let by = value.split(',').filter(|code| !code.is_empty());
                question.by = Some(by.map(str::to_owned).collect());
            }
            "where" => question.filters.push(value.parse().unwrap()),
            "org" => wanted = Wanted::parse(value.split(',')).unwrap(),
            "up_to" => when = When::UpTo(value.parse().unwrap()),
            "release" | "format" => {}
            option => {
                question
                    .options
                    .insert(option.to_owned(), value.into_owned());
            }
        }
    }
    let asked = Asked {
        what: What::Indicator(indicator, question),
        whose: wanted,
        when,
    };
    let answer = asked.answer(archive, None, || false);
    Some(
        answer
            .unwrap_or_else(|error| panic!("{address}: {error}"))
            .sheet,
    )
}

#[test]
fn every_interval_of_a_chart_is_in_the_file_that_it_links_to() {
    let archive = archive();
    let (mut missing, mut seen) = (BTreeSet::new(), 0);
    for view in views() {
        let reading = Reading::new(&archive, None, None).unwrap();
        let html = view.document(&reading).unwrap().html();
        for (markup, address) in charts(&html) {
            let Some(sheet) = asked(&archive, &address) else {
                continue;
            };
            let mut there = BTreeSet::new();
            for cell in sheet.rows.iter().flatten() {
                if let Cell::Text(words) = cell {
                    there.insert(words.replace('%', ""));
                }
            }
            for interval in intervals(markup) {
                seen += 1;
                if !there.contains(&interval) {
                    missing.insert((view.path(), address.clone(), interval));
                }
            }
        }
    }
    assert!(seen > 200, "{seen}");
    assert!(
        missing.is_empty(),
        "{} missing: {missing:#?}",
        missing.len()
    );
}

#[test]
fn a_page_asks_what_the_interface_answers_to_who_chooses_nothing() {
    let archive = archive();
    let mut asked = 0;
    for view in views() {
        let reading = Reading::new(&archive, None, None).unwrap();
        let html = view.document(&reading).unwrap().html();
        for (markup, address) in charts(&html) {
            asked += 1;
            let chooses = address.contains("unknown=");
            let says = markup.contains("those who did not say included");
            let of_a_standard = ["wres-1", "wdes-1"].iter().any(|one| address.contains(one));
            assert_eq!(says, chooses || of_a_standard, "{view:?}: {address}");
        }
    }
    assert!(asked > 30, "{asked}");
}

#[test]
fn a_pack_is_the_same_bytes_whether_its_release_is_named_or_not() {
    let archive = archive();
    for view in [
        View::pathway("breast").unwrap(),
        View::locality("e08000001").unwrap(),
    ] {
        let unnamed = Reading::new(&archive, None, None).unwrap();
        let newest = unnamed.newest().to_string();
        let named = Reading::new(&archive, None, None).unwrap();
        let named = named.pinned_by(vec![("release", newest)]);
        let packs = [unnamed, named].map(|reading| super::super::pack(&view, &reading).unwrap());
        assert!(packs[0] == packs[1], "{view:?}");
        let ids = packs[0].split(" id=\"").skip(1);
        let mut ids: Vec<_> = ids.filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "an id stands twice");
    }
}
