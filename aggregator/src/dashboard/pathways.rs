//! Pathways: which there are, whether each looks like the people it serves, and how many work on it.

use std::collections::BTreeSet;

use vwis_proto::dictionary::{Attribute, Category as Pathway, Dictionary};

use super::{Ask, Document, Gap, Reading, View, charts, gap::or_gap, head, pathway};
use crate::{
    access::{self, PATHWAY},
    estimate::Unit,
    indicator::Category,
    page::{
        Html, Sentence, Standing,
        chart::{Benchmark, Row, RowChart},
        component::{Link, Links, Section},
        layout,
        markup::Part,
    },
};

const BME: (&str, &str) = ("ethnic_group", "bme");
const SHARE_BY_PATHWAY: &str = "Share from ethnic minority groups by pathway";

/// `shown`: those of which the reader may see how many people work on them.
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
            document.shell.lead.insert(0, says);
            chart
        });
        let place = &reading.place().place;
        document.section(
            &Section::new("likeness", format!("Does each look like {place}?"))
                .with_html(or_gap(SHARE_BY_PATHWAY, likeness)),
        );
    }
    let all = Dictionary::builtin().attribute(PATHWAY);
    let all: Vec<&Pathway> = all.into_iter().flat_map(Attribute::categories).collect();
    let sites = all.iter().filter(|one| !nobodys.contains(one.code()));
    let links = sites.map(|one| {
        let path = View::pathway(one.code()).map_or_else(String::new, |view| view.path());
        Link::new(pathway::name(one), path)
    });
    document.section(&Section::new("all", "Pathways").with(&Links {
        links: links.collect(),
    }));
    if !shown.is_empty() {
        document.section(
            &Section::new("people", "How many people work on each")
                .with_html(or_gap("People by pathway", people(reading, shown))),
        );
    }
    document
}

/// The share from ethnic minority groups on each, against the population, and that in a sentence.
fn likeness(reading: &Reading<'_>, sites: &[String]) -> Result<(Sentence, Html), Gap> {
    let sites: Vec<_> = sites.iter().map(String::as_str).collect();
    let ask = Ask::of("representation").by(&[PATHWAY]);
    let told = reading.ask(&ask.only(PATHWAY, &sites).option("unknown", "left_out"))?;
    let population = told
        .within("share", &[BME])
        .into_iter()
        .find_map(|row| row.benchmark.as_ref());
    let population =
        population.ok_or_else(|| Gap::new("there are no published residents to compare with"))?;
    let rows = charts::rows(&told, "share", PATHWAY, &[BME], |category| {
        View::pathway(&category.code).map(|view| view.path())
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
    let note = "Population: Census 2021, all ages. Many are compared at once: one in twenty intervals misses \
        the truth.";
    let chart = charts::framed(&told, &chart, title, unit, note).html();
    Ok((says, chart))
}

/// How many look like the population, and how many do not: `of 13 pathways, 1 has clearly fewer people`.
fn in_all(rows: &[Row]) -> Sentence {
    let of = |standing: Standing| {
        let stands = |row: &&Row| row.stands() == Some(standing);
        rows.iter().filter(stands).count()
    };
    let (lower, higher, alike) = (
        of(Standing::Lower),
        of(Standing::Higher),
        of(Standing::Alike),
    );
    let has = |count| if count == 1 { "has" } else { "have" };
    Sentence::words(format!(
        "of {} pathways, {lower} {} clearly fewer people from ethnic minority groups than the population and \
         {higher} clearly more; {alike} {} about as many, and of {} we cannot tell",
        rows.len(),
        has(lower),
        has(alike),
        rows.len() - lower - higher - alike
    ))
}

fn people(reading: &Reading<'_>, shown: &BTreeSet<String>) -> Result<Html, Gap> {
    let codes: Vec<_> = shown
        .iter()
        .map(String::as_str)
        .filter(|code| *code != "not_cancer" && *code != "unknown")
        .collect();
    let told = reading.ask(&Ask::of("composition").by(&[PATHWAY]).only(PATHWAY, &codes))?;
    let row = |found: &crate::indicator::Finding| {
        let category: &Category = &found.group[0];
        let row = Row::new(&category.label, found.figure);
        let is_nobodys = access::pathways_of_nobody().contains(&category.code);
        match View::pathway(&category.code).filter(|_| !is_nobodys) {
            Some(view) => row.linked(view.path()),
            None => row.noted("no pathway of its own"),
        }
    };
    let rows = told.of("headcount").map(row).collect();
    let title = "People by pathway";
    let chart = RowChart::new(title, ("Pathway", "People"), Unit::People, rows);
    let note = "Shared services work for every pathway, and are in none of them.";
    Ok(charts::framed(&told, &chart, title, "People", note).html())
}
