//! Releases: everything that was ever released, the newest first, each with its downloads.

use super::{Document, Gap, Reading, View, coverage, head, words};
use crate::{
    api::BASE,
    page::{
        Sentence,
        component::{Choice, Filters, Link, LinkTable, Section},
        layout,
    },
    release::Release,
};

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let made = reading.archive().made();
    let newest = made
        .last()
        .ok_or_else(|| Gap::new("nothing is released yet"))?;
    let mut shell = head::shell(reading, layout::Section::Releases, "Releases");
    shell.lead = vec![Sentence::words(
        "a release never changes. One that is made again gets the next number, and the earlier one stays \
         where it was",
    )];
    shell.meta = vec![
        format!("{} releases", made.len()),
        format!("Newest made on {}", newest.made_at.strftime("%-d %B %Y")),
    ];
    let mut document = Document::new(shell);
    document.section(
        &Section::new("then", "The picture as it was")
            .saying(Sentence::words(
                "the overview as of a date: what was released up to then, compared with the quarter and the \
                 year before",
            ))
            .with(&as_of(reading)),
    );
    document.section(&Section::new("all", "All releases").with(&all(reading)));
    Ok(document)
}

/// The overview as of any date.
fn as_of(reading: &Reading<'_>) -> Filters {
    let mut periods: Vec<_> = reading
        .archive()
        .releases()
        .iter()
        .map(|a| a.release.period)
        .collect();
    periods.dedup();
    let options = periods
        .iter()
        .rev()
        .map(|period| (period.to_string(), words::date(*period)));
    Filters {
        action: View::Overview.path(),
        choices: vec![Choice {
            name: "period".to_owned(),
            label: "Date".to_owned(),
            options: options.collect(),
            chosen: String::new(),
        }],
    }
}

fn all(reading: &Reading<'_>) -> LinkTable {
    let made = reading.archive().made();
    let is_superseded = |release: &Release| {
        made.iter().any(|other| {
            let is_same = other.series == release.series && other.period == release.period;
            is_same && other.number > release.number
        })
    };
    let mut table = LinkTable::new(
        "Releases, the newest first",
        &[
            "Date",
            "Series",
            "Number",
            "Employers",
            "Made",
            "ρ",
            "Links",
        ],
    );
    for release in made.iter().rev() {
        let series = reading.agreement().series_named(&release.series);
        let mut number = release.number.to_string();
        if release.number > 1 {
            number = format!("{number}: {}", coverage::why_again(reading, release));
        }
        if is_superseded(release) {
            number += " (superseded)";
        }
        let id = release.id;
        table.push(
            vec![
                words::date(release.period),
                release.series.clone(),
                number,
                release.coverage().in_words(),
                release.made_at.strftime("%-d %B %Y").to_string(),
                series.map_or_else(String::new, |series| series.charge().to_string()),
            ],
            vec![
                Link::new(
                    "All its tables (CSV)",
                    format!("{BASE}/releases/{id}/picture.csv"),
                ),
                Link::new("Pages up to it", format!("/?release={id}")),
                Link::new("Description (JSON)", format!("{BASE}/releases/{id}")),
            ],
        );
    }
    table
}
