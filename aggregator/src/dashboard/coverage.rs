//! Coverage and quality of the data: who is in the releases, and how much is not known.

use std::collections::{BTreeMap, BTreeSet};

use vwis_proto::{ods::OdsCode, period::Period};

use super::{Ask, Document, Gap, Reading, View, charts, gap::or_gap, head, overview, words};
use crate::{
    archive::Archived,
    estimate::{Unit, Verdict},
    page::{
        Html, Sentence,
        chart::RowChart,
        component::{Answer, Answered, DataTable, Heading, Inset, Section, TableCard},
        layout,
        markup::Part,
    },
    release::Release,
};

/// Dates in the table of who reported.
const MOST_PERIODS: usize = 8;

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let heading = "Coverage and data quality";
    let told = reading.ask(&Ask::of("composition").by(&[]))?;
    let mut shell = head::shell(reading, layout::Section::Coverage, heading);
    shell.meta = head::meta(reading, &told);
    let mut document = Document::new(shell);
    document.push(&head::dates(reading, &View::Coverage, overview::SERIES));
    if let Some(archived) = told.release(reading) {
        document.push(&is_anyone_missing(reading, archived, told.date()));
        document.push(&reading.coverage(archived));
    }
    document.section(
        &Section::new("reported", "Who reported, and when")
            .saying(Sentence::words(
                "a missing employer is a doubt of its own, which no interval contains: totals are never \
                 scaled up, and a comparison over time is of the employers in both releases",
            ))
            .with(&reported(reading)),
    );
    document.section(
        &Section::new("unknown", "How much is not known")
            .with_html(or_gap("Share not known", unknown(reading))),
    );
    document.section(&corrections(reading));
    document.push(&head::take(reading, &View::Coverage, heading, &told));
    Ok(document)
}

fn is_anyone_missing(reading: &Reading<'_>, archived: &Archived, date: &str) -> Answer {
    let reach = reading.archive().reach(archived);
    let missing: Vec<_> = reach
        .coverage
        .missing()
        .map(|code| reading.employer(code))
        .collect();
    let says = if missing.is_empty() {
        format!(
            "all {} are in the release of {date}",
            reach
                .coverage
                .in_words()
                .split(" of ")
                .last()
                .unwrap_or_default()
        )
    } else {
        format!(
            "{} did not report for {date}; in the release are {}",
            missing.join(", "),
            reach.in_words()
        )
    };
    Answer {
        id: "missing".to_owned(),
        question: "Is anyone missing?".to_owned(),
        answered: Some(Answered(if missing.is_empty() {
            Verdict::No
        } else {
            Verdict::Yes
        })),
        says: vec![Sentence::words(says)],
        beside: None,
        drawing: None,
    }
}

/// Employers by the latest dates: in words, and how the number changes.
fn reported(reading: &Reading<'_>) -> TableCard {
    let releases = reading.archive().releases().iter();
    let mut by_period: BTreeMap<Period, BTreeSet<&OdsCode>> = BTreeMap::new();
    let mut everybody: BTreeSet<&OdsCode> = BTreeSet::new();
    for archived in releases.filter(|archived| archived.release.series == overview::SERIES) {
        let there = archived
            .release
            .contributors
            .iter()
            .map(|one| &one.ods_code);
        everybody.extend(archived.release.expected.iter());
        by_period.insert(archived.release.period, there.collect());
    }
    let periods: Vec<_> = by_period.iter().rev().take(MOST_PERIODS).collect();
    let mut headings = vec![Heading::text("Employer")];
    headings.extend(
        periods
            .iter()
            .map(|(period, _)| Heading::text(&words::short_date(**period))),
    );
    let row = |code: &&OdsCode| {
        let cells = periods.iter().map(|(_, there)| {
            let words = if there.contains(*code) {
                "✓ in"
            } else {
                "missing"
            };
            words.to_owned()
        });
        std::iter::once(reading.employer(code).to_owned())
            .chain(cells)
            .collect()
    };
    let rows = everybody.iter().map(row).collect();
    let counts = periods
        .iter()
        .map(|(_, there)| format!("{} of {}", there.len(), everybody.len()));
    let total = std::iter::once("Employers in the release".to_owned())
        .chain(counts)
        .collect();
    TableCard::new(DataTable::new("Employers in each release", headings, rows).totalled(total))
}

fn unknown(reading: &Reading<'_>) -> Result<Html, Gap> {
    let told = reading.ask(&Ask::of("completeness"))?;
    let rows = charts::rows(&told, "share_unknown", "attribute", &[], charts::unlinked);
    let title = "Share of people of whom it is not known";
    let chart = RowChart::new(title, ("What", "Share"), Unit::Share, rows);
    let note = "Whoever did not say and whoever was not asked are one category.";
    Ok(charts::framed(&told, &chart, title, "Share of all people", note).html())
}

/// Releases that were made again: another employer joined, or one was corrected.
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
                release.series.clone(),
                words::date(release.period),
                release.number.to_string(),
                why,
            ]
        })
        .collect();
    if rows.is_empty() {
        return section.with(&Inset::information(
            "Nothing was",
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

/// What a release has that the one before it of the same series and date had not.
pub(super) fn why_again(reading: &Reading<'_>, release: &Release) -> String {
    let mut made = reading.archive().made().iter();
    let before = made.rfind(|other| {
        let is_same = other.series == release.series && other.period == release.period;
        is_same && other.number + 1 == release.number
    });
    let Some(before) = before else {
        return "an earlier release was made under another agreement or is not here".to_owned();
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
    let told = [("joined", joined), ("corrected", corrected)].into_iter();
    let told: Vec<_> = told
        .filter(|(_, employers)| !employers.is_empty())
        .map(|(what, employers)| format!("{} {what}", employers.join(", ")))
        .collect();
    told.join("; ")
}
