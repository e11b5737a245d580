//! The head and foot of every page: date, release, employers, and what to take along.

use vwis_model::here;

use super::{IndicatorAnswer, Reading, View, words};
use crate::{
    export::canonical::Canonical,
    picture::{Wanted, Whose},
    ui::{
        component::{Choice, Filters, Link, Take},
        layout::{Section, Shell},
    },
};

/// The name of the series whose dates a page can be chosen for.
pub(super) const SERIES: &str = "headline";

/// Stands on pages of releases that viewers and boards may not read.
pub(super) const NOT_PUBLISHED: &str = "Not published: for analysts alone";

/// A page's shell, with its heading and the notice that stands above all pages.
pub(super) fn shell(reading: &Reading<'_>, section: Section, heading: &str) -> Shell {
    let mut shell = Shell::new(here::place().name(), section, heading);
    shell.notice = reading.notice().map(str::to_owned);
    let mut kept = Canonical::new(String::new(), Vec::new());
    for (name, value) in reading.kept() {
        kept.add(name, Some(value));
    }
    kept.as_str().clone_into(&mut shell.kept);
    let all = Link::new("See the whole system", section.href());
    shell.alone = reading.whose_alone().map(|alone| (alone, all));
    shell
}

/// The shell of a page beneath another one: its crumbs lead back.
pub(super) fn shell_beneath(reading: &Reading<'_>, section: Section, heading: &str) -> Shell {
    let mut shell = shell(reading, section, heading);
    shell.crumbs = vec![crumb(&shell, Section::Overview), crumb(&shell, section)];
    shell
}

fn crumb(shell: &Shell, section: Section) -> Link {
    Link::new(section.words(), format!("{}{}", section.href(), shell.kept))
}

/// The date, employers and release from which the page is mainly made.
pub(super) fn meta(reading: &Reading<'_>, answer: &IndicatorAnswer) -> Vec<String> {
    let mut meta = vec![answer.date().to_owned()];
    if let Some(archived) = answer.release(reading) {
        let release = &archived.release;
        match reading.whose() {
            Whose::System => meta.push(reading.archive().coverage(release).in_words()),
            Whose::Organisations(_) => meta.push(words::employers(reading, archived)),
        }
        meta.push(format!(
            "Release {} of {}, number {}",
            release.series,
            words::short_date(release.period),
            release.number
        ));
        if reading.is_for_analysts(release.id) {
            meta.push(NOT_PUBLISHED.to_owned());
        }
    }
    meta.push("Every number has a 95% interval".to_owned());
    meta
}

/// The address of a page, with the organisations and the date that it was asked for.
fn address(reading: &Reading<'_>, view: &View) -> Canonical {
    let mut address = Canonical::new(view.path(), view.chosen());
    address.add("org", Wanted::Sum(reading.whose().clone()).parameter());
    address.add("period", reading.period());
    address
}

/// The permalink of a page: it names the newest release, so it will always show the same numbers.
pub(super) fn permalink(reading: &Reading<'_>, view: &View) -> String {
    let mut address = address(reading, view);
    address.add("release", Some(reading.newest()));
    address.as_str().to_owned()
}

/// What the reader can take along: downloads of the main table, the permalink, and how to cite the page.
pub(super) fn take(
    reading: &Reading<'_>,
    view: &View,
    heading: &str,
    answer: &IndicatorAnswer,
) -> Take {
    let permalink = permalink(reading, view);
    let mut links = answer.downloads();
    links.extend(pack(reading, view));
    let place = here::place().name();
    Take {
        links,
        cite: format!(
            "Virtual Workforce Information System, {place}. {heading}, {}. 95% intervals; counts carry \
             noise that protects people. {permalink}",
            answer.of_whom_and_when()
        ),
        permalink,
    }
}

/// The link to the page's version for print, if it has one.
fn pack(reading: &Reading<'_>, view: &View) -> Option<Link> {
    view.has_pack().then(|| {
        let mut address = address(reading, view);
        address.add("release", Some(reading.newest()));
        let address = address
            .as_str()
            .replacen(&view.path(), &format!("{}/pack", view.path()), 1);
        Link::new("Board pack to print", address)
    })
}

/// The form to choose a date, with the dates for which a page's main table is released.
pub(super) fn dates(reading: &Reading<'_>, view: &View, series: &str) -> Filters {
    let releases = reading.archive().releases().iter().rev();
    let of_series = releases.filter(|archived| archived.release.series == series);
    let option = |period| (format!("{period}"), words::date(period));
    let options: Vec<_> = of_series
        .map(|archived| option(archived.release.period))
        .collect();
    let chosen = reading.period().map(|period| period.to_string());
    let newest = options.first().map(|(period, _)| period.clone());
    Filters {
        action: view.path(),
        kept: kept_beside(reading, "period"),
        choices: vec![Choice {
            name: "period".to_owned(),
            label: "Date".to_owned(),
            options,
            chosen: chosen.or(newest).unwrap_or_default(),
        }],
    }
}

/// The parameters that a form keeps from the page's address: all but the one that it chooses.
pub(super) fn kept_beside(reading: &Reading<'_>, chosen: &str) -> Vec<(&'static str, String)> {
    let kept = reading.kept().into_iter();
    kept.filter(|(name, _)| *name != chosen).collect()
}
