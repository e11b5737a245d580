//! Pathways: which there are, and how many people work on each.

use std::collections::BTreeSet;

use vwis_proto::dictionary::{Attribute, Category as Pathway, Dictionary};

use super::{Ask, Document, Gap, Reading, View, charts, gap::or_gap, head, pathway};
use crate::{
    access::{self, PATHWAY},
    estimate::Unit,
    indicator::Category,
    page::{
        Html, Sentence,
        chart::{Row, RowChart},
        component::{Link, Links, Section},
        layout,
        markup::Part,
    },
};

/// `shown`: those of which the reader may see how many people work on them.
pub(super) fn document(reading: &Reading<'_>, shown: &BTreeSet<String>) -> Document {
    let heading = "Cancer pathways";
    let mut shell = head::shell(reading, layout::Section::Pathways, heading);
    shell.lead = vec![Sentence::words(
        "does each pathway's workforce look like the people it serves, and where on the ladder does it \
         stop",
    )];
    let mut document = Document::new(shell);
    let all = Dictionary::builtin().attribute(PATHWAY);
    let all: Vec<&Pathway> = all.into_iter().flat_map(Attribute::categories).collect();
    let nobodys = access::pathways_of_nobody();
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
