//! Who was counted: the rule, how far it reaches, and the staff that pathways share.

use vwis_model::dictionary::Category;

use super::super::{Ask, Gap, Reading, charts, gap::or_gap};
use crate::{
    access::{self, PATHWAY},
    estimate::Unit,
    ui::{
        Html, Sentence,
        chart::{Row, RowChart},
        component::{Inset, Section},
        markup::Part,
        sentence,
    },
};

/// Pathways of people who are on no pathway at all. They do not matter beside one.
const NOT_CANCER: [&str; 2] = ["not_cancer", "unknown"];

pub(super) fn section(reading: &Reading<'_>, pathway: &'static Category) -> Section {
    let mut section = Section::new("who", "Who was counted");
    section = section.saying(Sentence::words(
        "no staff record says which pathway somebody works on: a rule of each employer reads it, or its \
         cancer manager's own list",
    ));
    if let Ok(reach) = reach(reading) {
        section = section.saying(reach);
    }
    let attribute = reading.attribute(PATHWAY);
    let rule = attribute.map(|attribute| attribute.description().trim_end_matches('.').to_owned());
    section
        .with_html(or_gap(
            "Who the rule placed where",
            placed(reading, pathway),
        ))
        .with(&Inset::information(
            "The rule",
            rule.map(Sentence::words).into_iter().collect(),
        ))
}

/// A sentence about how many of every 100 people who look like cancer care the rule places, as measured.
fn reach(reading: &Reading<'_>) -> Result<Sentence, Gap> {
    let answer = reading.ask(&Ask::of("pathway-rule"))?;
    let share = answer.figure("share_placed", &[]);
    let share = share.ok_or_else(|| Gap::new("the reach of the rule is not released"))?;
    Ok(sentence::level(
        &share,
        "of the people whose post looks like cancer care are placed by it",
    ))
}

/// The chart of this pathway, the services that pathways share, and the people whom the rule did not place.
fn placed(reading: &Reading<'_>, pathway: &'static Category) -> Result<Html, Gap> {
    let mut shown: Vec<_> = vec![pathway.code().to_owned()];
    shown.extend(access::pathways_of_nobody());
    shown.retain(|code| !NOT_CANCER.contains(&code.as_str()));
    let codes: Vec<_> = shown.iter().map(String::as_str).collect();
    let answer = reading.ask(&Ask::of("composition").by(&[PATHWAY]).only(PATHWAY, &codes))?;
    let rows = answer.of("headcount").map(|found| {
        let category = &found.group[0];
        Row::new(&category.label, found.figure)
    });
    let title = "Who the rule placed where";
    let chart = RowChart::new(title, ("Placed in", "People"), Unit::People, rows.collect());
    let note = "Shared services work for every pathway, and are in none of them.";
    Ok(charts::framed(&answer, &chart, title, "People", note).html())
}
