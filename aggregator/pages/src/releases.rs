//! Releases: two dates side by side, and every release that was made, with its downloads.

use vwis_model::period::Period;

use super::{
    Ask, Choices, Document, Gap, IndicatorAnswer, Reading, View, charts, coverage, gap::or_gap,
    head, words,
};
use crate::{
    access,
    archive::Archive,
    estimate::{Unit, Verdict},
    export::canonical::BASE,
    release::Release,
    ui::{
        Comparison, Html, Sentence,
        chart::{Row, RowChart},
        component::{Choice, Filters, Link, LinkTable, Section},
        layout,
        markup::Part,
    },
};

/// The names of the choices that an address may hold: the earlier date, beside the page's own date.
pub(super) const CHOICES: [&str; 1] = ["since"];

/// The earlier date, if one was chosen.
pub(super) fn since(choices: &Choices) -> Result<Option<Period>, Gap> {
    let since = choices.or(CHOICES[0], "");
    if since.is_empty() {
        return Ok(None);
    }
    let period = since
        .parse()
        .map_err(|error| Gap::new(format!("since: {error}")));
    period.map(Some)
}

pub(super) fn document(reading: &Reading<'_>, choices: &Choices) -> Result<Document, Gap> {
    let made = reading.archive().made();
    let newest = made
        .last()
        .ok_or_else(|| Gap::new("nothing is released yet"))?;
    let mut shell = head::shell(reading, layout::Section::Releases, "Releases");
    shell.lead = vec![Sentence::words(
        "a release never changes. One that is made again gets the next number, and the earlier one stays \
         where it was",
    )];
    let releases = match made.len() {
        1 => "One release".to_owned(),
        several => format!("{several} releases"),
    };
    shell.meta = vec![
        releases,
        format!("Newest made on {}", newest.made_at.strftime("%-d %B %Y")),
    ];
    let mut document = Document::new(shell);
    document.section(&compared(reading, since(choices)?));
    document.section(
        &Section::new("all", "All releases")
            .saying(Sentence::words(
                "the newest first. “Pages as of then” leads to the overview as it was with this release, for ever",
            ))
            .with(&all(reading)),
    );
    Ok(document)
}

/// The section to choose two dates, and what changed between them.
fn compared(reading: &Reading<'_>, since: Option<Period>) -> Section {
    let section = Section::new("compare", "Compare two releases")
        .saying(Sentence::words(
            "of the same employers on both dates, with the noise of both releases in every interval",
        ))
        .with(&dates(reading, since));
    match since {
        Some(since) => section.with_html(or_gap("Change", change(reading, since))),
        None => section,
    }
}

fn change(reading: &Reading<'_>, since: Period) -> Result<Html, Gap> {
    let ask = Ask::of("change")
        .by(&["staff_group"])
        .option("since", since.to_string());
    let answer = reading.ask(&ask)?;
    let chart = RowChart::new(
        "Change by staff group",
        ("Staff group", "Change"),
        Unit::People,
        changes(&answer),
    )
    .judged("Now");
    let title = "Change in people by staff group";
    let unit = format!("Change in people since {}", words::date(since));
    let framed = charts::framed(&answer, &chart, title, &unit, charts::PEOPLE_BY_EMPLOYER);
    let all = answer.at("change", &[("compared_with", "since")]);
    let framed = match all {
        Some(all) => {
            let (tag, says) =
                charts::change(all, "people", &format!("than on {}", words::date(since)));
            framed.saying(tag, says.whole())
        }
        None => framed,
    };
    Ok(framed.html())
}

/// One row for each staff group, with where its change stands against no change.
fn changes(answer: &IndicatorAnswer) -> Vec<Row> {
    let rows = charts::rows(
        answer,
        "change",
        "staff_group",
        &[("compared_with", "since")],
        charts::unlinked,
    );
    let mut judged = answer
        .within("change", &[("compared_with", "since")])
        .into_iter();
    let stood = |row: Row| {
        let own = judged.find(|finding| row.figure() == Some(&finding.figure));
        let Some(own) = own else { return row };
        let verdict = own.verdict.unwrap_or(Verdict::CannotTell);
        let comparison = match verdict {
            Verdict::No if own.figure.is_shown() => Comparison::Alike,
            Verdict::No | Verdict::CannotTell => {
                Comparison::of(&own.figure, 0.0, Some(Verdict::CannotTell))
            }
            Verdict::Yes => Comparison::of(&own.figure, 0.0, None),
        };
        row.compared(comparison)
    };
    rows.into_iter().map(stood).collect()
}

/// The form to choose the earlier and the later date, of those for which the main table is released.
fn dates(reading: &Reading<'_>, since: Option<Period>) -> Filters {
    let mut later = head::dates(reading, &View::Releases(Choices::default()), head::SERIES);
    let options = later
        .choices
        .first()
        .map_or(Vec::new(), |choice| choice.options.clone());
    // The date before the newest, unless another was chosen.
    let before = options.get(1).map(|(period, _)| period.clone());
    let earlier = Choice {
        name: CHOICES[0].to_owned(),
        label: "From".to_owned(),
        options,
        chosen: since
            .map(|since| since.to_string())
            .or(before)
            .unwrap_or_default(),
    };
    for choice in &mut later.choices {
        "To".clone_into(&mut choice.label);
    }
    later.choices.insert(0, earlier);
    later
}

fn all(reading: &Reading<'_>) -> LinkTable {
    let mut table = LinkTable::new(
        "Releases, the newest first",
        &[
            "Date",
            "Series",
            "Number",
            "Standing",
            "Employers",
            "Made",
            "ρ",
            "Links",
        ],
    );
    for release in reading.archive().made().iter().rev() {
        let series = reading.agreement().series_named(&release.series);
        let coverage = reading.archive().coverage(release);
        table.push(
            vec![
                words::date(release.period),
                coverage::series(reading, release),
                release.number.to_string(),
                standing(reading, release),
                format!(
                    "{} of {}",
                    coverage.contributors.len(),
                    coverage.expected.len()
                ),
                release.made_at.strftime("%-d %B %Y").to_string(),
                series.map_or_else(String::new, |series| words::rho(series.charge())),
            ],
            links(reading.archive(), release),
        );
    }
    table
}

/// The links of a release for readers of these pages. A release that was replaced has only its description.
/// One that tells pathways apart has no file of everything, except for analysts.
fn links(archive: &Archive, release: &Release) -> Vec<Link> {
    let id = release.id;
    let series = archive.agreement().series_named(&release.series);
    let tells_pathways = series.is_some_and(|series| access::pathways_promised(series).is_some());
    let mut links = Vec::new();
    if archive.replaced_by(id).is_none() {
        if archive.is_for_analysts() || !tells_pathways {
            let all = format!("{BASE}/releases/{id}/picture.csv");
            links.push(Link::new("All its tables (CSV)", all));
        }
        links.push(Link::new("Pages as of then", format!("/?release={id}")));
    }
    let description = format!("{BASE}/releases/{id}");
    links.push(Link::new("Description (JSON)", description));
    links
}

/// Whether a release still counts, and, for analysts, that nobody else reads it.
fn standing(reading: &Reading<'_>, release: &Release) -> String {
    let counts = counts(reading, release);
    if reading.is_for_analysts(release.id) {
        format!("{counts}. {}", head::NOT_PUBLISHED)
    } else {
        counts
    }
}

/// Whether a release still counts; if not, which one does and why; and why it was made, if it is not the
/// first of its date.
fn counts(reading: &Reading<'_>, release: &Release) -> String {
    let why = |release: &Release| coverage::why_again(reading, release);
    let made = coverage::of_its_date(reading, release);
    let next = made.filter(|other| other.number > release.number);
    match next.min_by_key(|other| other.number) {
        Some(next) => format!("superseded by number {}: {}", next.number, why(next)),
        None if reading.archive().replaced_by(release.id).is_some() => {
            "replaced by a later release".to_owned()
        }
        None if release.number > 1 => format!("counts; {}", why(release)),
        None => "counts".to_owned(),
    }
}

#[cfg(test)]
mod tests;
