//! Who is in the releases: now, and over the latest dates, with what changed.

use std::collections::BTreeSet;

use vwis_model::ods::OdsCode;

use super::super::{Reading, head, words};
use crate::{
    archive::Archived,
    estimate::Verdict,
    release::Coverage,
    ui::{
        DataTable, Heading, Sentence,
        component::{Answer, Answered, Inset, Section, TableCard},
    },
};

/// The most dates in the table of who reported.
const MOST_PERIODS: usize = 8;

/// The answer whether anyone is missing, in the release that a page is about or in the latest of another
/// series.
pub(super) fn is_anyone_missing(reading: &Reading<'_>, archived: &Archived, date: &str) -> Answer {
    let reach = reading.archive().reach(archived);
    let coverage = &reach.coverage;
    let mut why = Vec::new();
    let missing = named(reading, coverage.missing());
    if !missing.is_empty() {
        why.push(format!("{} did not report for {date}", listed(&missing)));
    }
    why.extend(not_added(reading, coverage));
    let mut says = vec![Sentence::words(match (&why[..], coverage.expected.len()) {
        ([], 1) => format!("the one employer is in the release of {date}"),
        ([], several) => {
            format!(
                "all {} employers are in the release of {date}",
                words::number(several)
            )
        }
        (why, _) => format!("{}: {}", why.join("; "), reach.who_is_in()),
    })];
    let elsewhere = missing_elsewhere(reading, archived);
    let is_missing = !why.is_empty() || !elsewhere.is_empty();
    says.extend(elsewhere);
    Answer {
        id: "missing".to_owned(),
        question: "Is anyone missing?".to_owned(),
        answered: Some(Answered(if is_missing {
            Verdict::Yes
        } else {
            Verdict::No
        })),
        says,
        beside: None,
        drawing: None,
        behind: None,
    }
}

/// The names of these employers.
fn named<'a>(
    reading: &'a Reading<'_>,
    codes: impl IntoIterator<Item = &'a OdsCode>,
) -> Vec<&'a str> {
    let codes = codes.into_iter();
    codes.map(|code| reading.employer(code)).collect()
}

/// A sentence about the employers whose figures are held but not added, and why; `None` if there are none.
fn not_added(reading: &Reading<'_>, coverage: &Coverage) -> Option<String> {
    let names = named(reading, &coverage.not_added);
    let (are, their) = match names[..] {
        [] => return None,
        [_] => ("is", "its"),
        _ => ("are", "their"),
    };
    Some(format!(
        "{} {are} not added: {their} figures could be worked out",
        listed(&names)
    ))
}

/// A sentence for each other series whose latest release somebody is missing from.
fn missing_elsewhere(reading: &Reading<'_>, main: &Archived) -> Vec<Sentence> {
    let until = main.release.period;
    let series = reading.agreement().series().iter().enumerate();
    let others = series.filter(|(index, _)| *index != main.series);
    let mut says = Vec::new();
    for (index, series) in others {
        let mut releases = reading.archive().releases().iter().rev();
        let latest =
            releases.find(|archived| archived.series == index && archived.release.period <= until);
        let Some(latest) = latest else { continue };
        let coverage = reading.archive().coverage(&latest.release);
        let missing = named(reading, coverage.missing());
        let are = if missing.len() == 1 { "is" } else { "are" };
        let missing = (!missing.is_empty()).then(|| format!("{} {are} missing", listed(&missing)));
        let all = missing.into_iter().chain(not_added(reading, &coverage));
        says.extend(all.map(|why| {
            Sentence::words(format!(
                "in the latest release of the series {}, of {}, {why}",
                series.name(),
                words::date(latest.release.period),
            ))
        }));
    }
    says
}

/// Names in a sentence: `Bolton, Stockport and Tameside`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn contributors(archived: &Archived) -> BTreeSet<&OdsCode> {
    let contributors = archived.release.contributors.iter();
    contributors.map(|one| &one.ods_code).collect()
}

/// The latest releases of the main series up to the page's date, with the latest first.
fn latest<'a>(reading: &Reading<'a>) -> Vec<&'a Archived> {
    let releases = reading.archive().releases().iter().rev();
    let of_series = releases.filter(|archived| {
        let release = &archived.release;
        let is_up_to = reading.period().is_none_or(|until| release.period <= until);
        release.series == head::SERIES && is_up_to
    });
    of_series.map(AsRef::as_ref).take(MOST_PERIODS).collect()
}

/// The section with employers by the latest dates, in words, and who joined or left.
pub(super) fn section(reading: &Reading<'_>) -> Section {
    let releases = latest(reading);
    Section::new("reported", "Who reported, and when")
        .saying(Sentence::words(
            "a missing employer is a doubt of its own, which no interval contains: totals are never \
             scaled up, and a comparison over time is of the employers in both releases",
        ))
        .with(&table(reading, &releases))
        .with(&Inset::information(
            "Change over time in who reports",
            changes(reading, &releases),
        ))
}

fn table(reading: &Reading<'_>, releases: &[&Archived]) -> TableCard {
    let expected = releases.iter();
    let expected = expected.flat_map(|one| reading.archive().coverage(&one.release).expected);
    let everybody: BTreeSet<OdsCode> = expected.collect();
    let mut everybody: Vec<_> = everybody
        .iter()
        .map(|code| (reading.employer(code), code))
        .collect();
    everybody.sort_unstable();
    let mut headings = vec![Heading::text("Employer")];
    headings.extend(
        releases
            .iter()
            .map(|archived| Heading::text(&words::short_date(archived.release.period))),
    );
    let row = |(name, code): &(&str, &OdsCode)| {
        let cells = releases.iter().map(|archived| {
            let coverage = reading.archive().coverage(&archived.release);
            let words = if coverage.contributors.contains(code) {
                "✓ in"
            } else if coverage.not_added.contains(code) {
                "not added"
            } else if coverage.expected.contains(code) {
                "missing"
            } else {
                "not yet asked"
            };
            words.to_owned()
        });
        std::iter::once((*name).to_owned()).chain(cells).collect()
    };
    let rows = everybody.iter().map(row).collect();
    let counts = releases.iter().map(|archived| {
        let coverage = reading.archive().coverage(&archived.release);
        format!(
            "{} of {}",
            coverage.contributors.len(),
            coverage.expected.len()
        )
    });
    let total = std::iter::once("Employers in the release".to_owned())
        .chain(counts)
        .collect();
    let caption = format!("Employers in each release of the series {}", head::SERIES);
    TableCard::new(DataTable::new(caption, headings, rows).totalled(total))
}

/// Sentences about who is in a release but not in the one before, or the other way round; the latest first.
fn changes(reading: &Reading<'_>, releases: &[&Archived]) -> Vec<Sentence> {
    let mut says = Vec::new();
    for pair in releases.windows(2) {
        let [later, earlier] = pair else { continue };
        let (now, before) = (contributors(later), contributors(earlier));
        let date = words::date(later.release.period);
        let coverage = reading.archive().coverage(&later.release);
        let came = listed(&named(reading, now.difference(&before).copied()));
        let went = before.difference(&now).copied();
        let went = went.filter(|code| !coverage.not_added.contains(code));
        let went = listed(&named(reading, went));
        if !came.is_empty() {
            says.push(Sentence::words(format!("{date}: {came} came in")));
        }
        if !went.is_empty() {
            says.push(Sentence::words(format!("{date}: {went} did not report")));
        }
        let not_added = not_added(reading, &coverage);
        says.extend(not_added.map(|why| Sentence::words(format!("{date}: {why}"))));
    }
    if says.is_empty() {
        says.push(Sentence::words(match releases {
            [] | [_] => "there is one date so far, and nothing to compare it with".to_owned(),
            several => format!(
                "the same employers are in all {} dates shown",
                words::number(several.len())
            ),
        }));
    }
    says
}
