//! Coverage and quality of the data: who is in the releases, and how much is unknown.

mod reported;

use super::{Ask, Document, Gap, Reading, View, charts, gap::or_gap, head, words};
use crate::{
    estimate::Unit,
    release::Release,
    ui::{
        DataTable, Heading, Html, Sentence,
        chart::RowChart,
        component::{Inset, Section, TableCard},
        layout,
        markup::Part,
    },
};

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let heading = "Coverage and data quality";
    let answer = reading.ask(&Ask::of("composition").by(&[]))?;
    let mut shell = head::shell(reading, layout::Section::Coverage, heading);
    shell.lead = vec![Sentence::words(
        "an interval tells how much noise is in a number. It does not tell who is missing, what was not \
         recorded, or what was corrected since: that is told here",
    )];
    shell.meta = head::meta(reading, &answer);
    let mut document = Document::new(shell);
    document.push(&head::dates(reading, &View::Coverage, head::SERIES));
    if let Some(archived) = answer.release(reading) {
        document.push(&reported::is_anyone_missing(
            reading,
            archived,
            answer.date(),
        ));
        document.push(&reading.coverage(archived));
    }
    document.section(&reported::section(reading));
    document.section(
        &Section::new("unknown", "How much is not known")
            .saying(Sentence::words(
                "who did not say is in every total, and in a group of its own wherever people are counted by \
                 what they did not say",
            ))
            .with_html(or_gap("Share not known", unknown(reading))),
    );
    document.section(&corrections(reading));
    document.push(&head::take(reading, &View::Coverage, heading, &answer));
    Ok(document)
}

fn unknown(reading: &Reading<'_>) -> Result<Html, Gap> {
    let answer = reading.ask(&Ask::of("completeness"))?;
    let rows = charts::rows(&answer, "share_unknown", "attribute", &[], charts::unlinked);
    let title = "How much is not known of people, by attribute";
    let chart = RowChart::new(title, ("What", "Share"), Unit::Share, rows);
    let note = "Whoever did not say and whoever was not asked are one category.";
    Ok(charts::framed(&answer, &chart, title, "Share of all people", note).html())
}

/// The section of releases that were made again because another employer joined or corrected something.
fn corrections(reading: &Reading<'_>) -> Section {
    let section = Section::new("again", "What was released again");
    let rows: Vec<_> = reading
        .archive()
        .made()
        .iter()
        .rev()
        .filter(|release| release.number > 1)
        .map(|release| {
            let why = why_again(reading, release);
            vec![
                series(reading, release),
                words::date(release.period),
                release.number.to_string(),
                why,
            ]
        })
        .collect();
    if rows.is_empty() {
        return section.with(&Inset::information(
            "No release was made again",
            vec![Sentence::words(
                "every release here is the first of its date",
            )],
        ));
    }
    let headings = [
        Heading::text("Series"),
        Heading::text("Date"),
        Heading::text("Release"),
        Heading::text("Why"),
    ];
    section.with(&TableCard::new(DataTable::new(
        "Releases made again",
        headings,
        rows,
    )))
}

/// What a release counts, in words.
pub(super) fn series(reading: &Reading<'_>, release: &Release) -> String {
    let series = reading.agreement().series_named(&release.series);
    series.map_or_else(|| release.series.clone(), words::series)
}

/// A sentence that says what a release has that the release before it, of the same series and date, had not.
pub(super) fn why_again(reading: &Reading<'_>, release: &Release) -> String {
    let made = of_its_date(reading, release);
    let before = made.filter(|other| other.number < release.number);
    let Some(before) = before.max_by_key(|other| other.number) else {
        return between(0, release.number);
    };
    let mut joined = Vec::new();
    let mut corrected = Vec::new();
    for one in &release.contributors {
        let earlier = before
            .contributors
            .iter()
            .find(|other| other.ods_code == one.ods_code);
        match earlier {
            None => joined.push(reading.employer(&one.ods_code)),
            Some(earlier) if earlier.identity != one.identity => {
                corrected.push(reading.employer(&one.ods_code));
            }
            Some(_) => {}
        }
    }
    let changes = [("joined", joined), ("corrected", corrected)].into_iter();
    let mut changes: Vec<_> = changes
        .filter(|(_, employers)| !employers.is_empty())
        .map(|(what, employers)| format!("{} {what}", employers.join(", ")))
        .collect();
    if changes.is_empty() {
        changes.push("the same measurements".to_owned());
    }
    if before.number + 1 < release.number {
        changes.push(between(before.number, release.number));
    }
    changes.join("; ")
}

/// The releases of the same series and date, in the form in which the page's reader may read them.
pub(super) fn of_its_date<'a>(
    reading: &Reading<'a>,
    release: &Release,
) -> impl Iterator<Item = &'a Release> {
    let made = reading.archive().made().iter();
    made.filter(|other| other.series == release.series && other.period == release.period)
}

/// A sentence about the numbers between two releases: those in between are not published.
fn between(earlier: u32, later: u32) -> String {
    match (earlier + 1, later - 1) {
        (first, last) if first == last => format!("number {first} is not published"),
        (first, last) => format!("numbers {first} to {last} are not published"),
    }
}

#[cfg(test)]
mod tests;
