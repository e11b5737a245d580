//! Localities: how many people work in each, and how old they are.

use super::{
    Ask, Document, Gap, IndicatorAnswer, Reading, View,
    charts::people_by,
    gap::or_gap,
    head,
    indicator_answer::is_total,
    shares::{OVER_55, Shares},
};
use crate::{
    indicator::Category,
    ui::{
        Html, Sentence,
        component::{Inset, Section},
        layout, sentence,
    },
};

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let answer = reading.ask(&Ask::of("composition").by(&["locality"]))?;
    let heading = "Localities";
    let mut shell = head::shell(reading, layout::Section::Localities, heading);
    shell.meta = head::meta(reading, &answer);
    shell.lead.extend(largest(&answer));
    let mut document = Document::new(shell);
    document.push(&head::dates(reading, &View::Localities, head::SERIES));
    document.section(
        &Section::new("people", "How many work in each")
            .with_html(or_gap("People by locality", people(reading))),
    );
    document.section(
        &Section::new("age", "Where retirement is nearest")
            .with_html(or_gap("Aged 55 and over", over_55(reading, None))),
    );
    document.push(&Inset::information(
        "What a locality is here",
        vec![
            Sentence::words("a locality is where people work, not where they live"),
            Sentence::words(
                "it is read from the work site in the staff record; people at a site that the \
                     employer could not place are in “Unknown”",
            ),
        ],
    ));
    document.push(&head::take(reading, &View::Localities, heading, &answer));
    Ok(document)
}

/// A sentence about where most people work, as far as the intervals tell.
fn largest(answer: &IndicatorAnswer) -> Option<Sentence> {
    let mut localities: Vec<_> = answer
        .of("headcount")
        .filter_map(|row| {
            let locality = answer.category(row, "locality")?;
            Some((row.figure, locality)).filter(|(_, one)| !is_total(one))
        })
        .collect();
    localities.sort_by(|a, b| {
        b.0.value()
            .unwrap_or(0.0)
            .total_cmp(&a.0.value().unwrap_or(0.0))
    });
    let (figure, locality) = localities.first()?;
    let is_clear = localities
        .iter()
        .skip(1)
        .all(|(other, _)| other.interval().1 < figure.interval().0);
    let of_where = if is_clear {
        format!("work in {}, the most of any locality", locality.label)
    } else {
        format!(
            "work in {}; no locality is clearly the largest",
            locality.label
        )
    };
    Some(sentence::count(figure, "people", &of_where))
}

/// The chart of how many people work in each locality, with links.
pub(super) fn people(reading: &Reading<'_>) -> Result<Html, Gap> {
    let answer = reading.ask(&Ask::of("composition").by(&["locality"]))?;
    let title = "People by locality of the place of work";
    let heading = ("locality", "Locality");
    let link = |category: &Category| reading.page_of("locality", category);
    Ok(people_by(&answer, heading, &[], title, link))
}

/// The chart of the share of 55 and over in each locality, compared with all the others. `here` is the code
/// of the locality that the page is about.
pub(super) fn over_55(reading: &Reading<'_>, here: Option<&str>) -> Result<Html, Gap> {
    let shares = Shares::of_categories(reading, "locality", OVER_55)?;
    let shares = match here {
        Some(code) => shares.seen_from(code),
        None => shares,
    };
    let title = "Share of people aged 55 and over by locality";
    Ok(shares.framed(title, "people aged 55 and over", "Locality"))
}
