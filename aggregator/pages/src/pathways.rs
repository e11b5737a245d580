//! Pathways: which exist, whether each looks like the people it serves, and how many people work on it.

use std::collections::BTreeSet;

use vwis_model::{
    dictionary::{Attribute, Category as Pathway},
    here,
};

use super::{
    Ask, Document, Gap, Reading, View, charts, gap::or_gap, head, ladders, pathway, words,
};
use crate::{
    access::{self, PATHWAY},
    estimate::Unit,
    indicator::Category,
    ui::{
        Comparison, Html, Sentence,
        chart::{Benchmark, Row, RowChart},
        component::{Inset, Link, Links, Section},
        layout,
        markup::Part,
    },
};

/// The code of all cancer pathways and shared services together, as indicators name them.
const ALL_CANCER: &str = "cancer";
const SHARE_BY_PATHWAY: &str = "Share from ethnic minority groups by pathway";

/// The page. `shown` holds the codes of the pathways for which the reader may see how many people work on
/// them.
pub(super) fn document(reading: &Reading<'_>, shown: &BTreeSet<String>) -> Document {
    let heading = "Cancer pathways";
    let mut shell = head::shell(reading, layout::Section::Pathways, heading);
    shell.lead = vec![Sentence::words(
        "each has a page of its own: does its workforce look like the people it serves, and where on the \
         ladder does it stop",
    )];
    let mut document = Document::new(shell);
    let nobodys = access::pathways_of_nobody();
    let sites: Vec<String> = shown.difference(&nobodys).cloned().collect();
    if !sites.is_empty() {
        let likeness = likeness(reading, &sites).map(|(says, chart)| {
            if let Some(says) = says {
                document.shell.lead.insert(0, says);
            }
            chart
        });
        let place = here::place().name();
        document.section(
            &Section::new("likeness", format!("Does each look like {place}?"))
                .with_html(or_gap(SHARE_BY_PATHWAY, likeness)),
        );
    }
    let all = reading.attribute(PATHWAY);
    let all: Vec<&Pathway> = all.into_iter().flat_map(Attribute::categories).collect();
    let sites: Vec<_> = (all.iter().filter(|one| !nobodys.contains(one.code()))).collect();
    let (read, others): (Vec<&Pathway>, Vec<&Pathway>) = sites
        .into_iter()
        .partition(|one| shown.contains(one.code()));
    let links = read.into_iter().map(|one| {
        let path = View::pathway(one.code()).map_or_else(String::new, |view| reading.link(&view));
        Link::new(pathway::name(one), path)
    });
    let links: Vec<_> = links.collect();
    let mut section = Section::new("all", "Pathways");
    if !links.is_empty() {
        section = section.with(&Links { links });
    }
    if !others.is_empty() {
        let others: Vec<_> = others.into_iter().map(Pathway::label).collect();
        section = section.with(&Inset::information(
            "For their boards and for analysts",
            vec![Sentence::words(others.join("; "))],
        ));
    }
    document.section(&section);
    let may_read_all = all.iter().all(|one| shown.contains(one.code()));
    if may_read_all {
        document.section(
            &Section::new("ladder", "Where the ladder stops, of all of them together")
                .with_html(or_gap("Share by band", ladder(reading))),
        );
    }
    if !shown.is_empty() {
        document.section(
            &Section::new("people", "How many people work on each")
                .with_html(or_gap("People by pathway", people(reading, shown))),
        );
    }
    document
}

/// The chart of the share from ethnic minority groups on each pathway, compared with the population, and a
/// sentence about it.
fn likeness(reading: &Reading<'_>, sites: &[String]) -> Result<(Option<Sentence>, Html), Gap> {
    let sites: Vec<_> = sites.iter().map(String::as_str).collect();
    let ask = Ask::of("representation").by(&[PATHWAY]);
    let answer = reading.ask(&ask.only(PATHWAY, &sites))?;
    let population = answer
        .within("share", &[charts::BME])
        .into_iter()
        .find_map(|row| row.benchmark.as_ref());
    let population =
        population.ok_or_else(|| Gap::new("there are no published residents to compare with"))?;
    let rows = charts::rows(&answer, "share", PATHWAY, &[charts::BME], |category| {
        reading.page_of(PATHWAY, category)
    });
    let says = in_all(&rows);
    let title = SHARE_BY_PATHWAY;
    let chart = RowChart::new(title, ("Pathway", "Share"), Unit::Share, rows)
        .against(Benchmark {
            value: population.value,
            label: "Population".to_owned(),
        })
        .judged("Against the population");
    let unit = "Share of people from ethnic minority groups, of those who said";
    let mut note = words::population();
    if sites.len() > 1 {
        note += " Many are compared at once: where none differs, about one in twenty is still called different.";
    }
    let chart = charts::framed(&answer, &chart, title, unit, &note).html();
    Ok((says, chart))
}

/// A sentence about how many pathways stand where; `None` for a single pathway, whose own page answers.
fn in_all(rows: &[Row]) -> Option<Sentence> {
    let count = |comparison: Comparison| {
        let stands = |row: &&Row| row.comparison() == Some(comparison);
        rows.iter().filter(stands).count()
    };
    let said = [
        (count(Comparison::Lower), "a clearly smaller share"),
        (count(Comparison::Higher), "a clearly larger share"),
        (count(Comparison::Alike), "much the same share"),
    ];
    let told: usize = said.iter().map(|(count, _)| count).sum();
    let mut parts: Vec<_> = said
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{} {words}", words::number(count)))
        .collect();
    if told < rows.len() {
        let untold = words::number(rows.len() - told);
        parts.push(format!("of {untold} we cannot tell"));
    }
    (rows.len() > 1).then(|| {
        Sentence::words(format!(
            "of people from ethnic minority groups, against the population, {} pathways have: {}",
            words::number(rows.len()),
            parts.join(", ")
        ))
    })
}

/// The ladder of all cancer pathways together, because single ones have too few people for it.
fn ladder(reading: &Reading<'_>) -> Result<Html, Gap> {
    let ask = Ask::of("ladder").by(&[PATHWAY]);
    let answer = reading.ask(&ask.option("rungs", "tier"))?;
    let steps = ladders::Steps {
        dimension: "band",
        part: charts::BME,
        line: None,
        line_label: ("Population", "Against the population"),
    };
    let title = "All cancer pathways";
    let drawn = ladders::ladder(&answer, &[(PATHWAY, ALL_CANCER)], title, steps)?;
    let unit = "Share of people from ethnic minority groups, of those who said";
    let note = format!(
        "Bands are taken together in the tiers of the race disparity ratio. {}",
        words::population()
    );
    Ok(drawn.framed(&answer, title, unit, &note))
}

fn people(reading: &Reading<'_>, shown: &BTreeSet<String>) -> Result<Html, Gap> {
    let codes: Vec<_> = shown
        .iter()
        .map(String::as_str)
        .filter(|code| *code != "not_cancer" && *code != "unknown")
        .collect();
    let answer = reading.ask(&Ask::of("composition").by(&[PATHWAY]).only(PATHWAY, &codes))?;
    let row = |found: &crate::indicator::Finding| {
        let category: &Category = &found.group[0];
        let row = Row::new(&category.label, found.figure);
        let is_nobodys = access::pathways_of_nobody().contains(&category.code);
        match View::pathway(&category.code).filter(|_| !is_nobodys) {
            Some(view) => row.linked(reading.link(&view)),
            None => row.noted("no pathway of its own"),
        }
    };
    let rows = answer.of("headcount").map(row).collect();
    let title = "People by pathway";
    let chart = RowChart::new(title, ("Pathway", "People"), Unit::People, rows);
    let note = "Shared services work for every pathway, and are in none of them.";
    Ok(charts::framed(&answer, &chart, title, "People", note).html())
}
