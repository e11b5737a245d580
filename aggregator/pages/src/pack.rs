//! A board pack: one page as a document to print and to file, with a date and a number, complete in itself.
//!
//! It holds the page's charts, the definitions of the indicators that they come from, and every release with
//! its id. Everything in it comes from the releases, even its date and number, so the same releases make the
//! same bytes.

use askama::Template;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Gap, Reading, View, head, method};
use crate::{
    indicator,
    ui::{DataTable, Heading, Html, Sentence, assets, component::Section, markup::Part},
};

#[derive(Template)]
#[template(path = "views/pack.html")]
struct Pack {
    title: String,
    place: String,
    notice: Option<String>,
    number: String,
    date: String,
    lead: Vec<Sentence>,
    meta: Vec<String>,
    permalink: String,
    parts: Vec<Html>,
    css: &'static str,
}

/// The pack of a page, as HTML.
///
/// # Errors
/// As [`View::document`].
pub fn pack(view: &View, reading: &Reading<'_>) -> Result<String, Gap> {
    // Pin the newest release, so that links lead to the same releases however the pack was asked for.
    let pinned = vec![("release", reading.newest().to_string())];
    let reading = &reading.of(reading.whose().clone()).pinned_by(pinned);
    let document = view.document(reading)?;
    let (shell, mut parts) = document.for_print();
    let made = reading.archive().made().iter();
    let latest = made.map(|release| release.made_at).max();
    let latest = latest.unwrap_or(Timestamp::UNIX_EPOCH);
    parts.push(definitions(reading).html());
    parts.push(releases(reading).html());
    let pack = Pack {
        number: number(view, reading.newest()),
        date: latest.strftime("%-d %B %Y").to_string(),
        title: shell.heading,
        place: shell.place,
        notice: shell.notice,
        lead: shell.lead,
        meta: shell.meta,
        permalink: head::permalink(reading, view),
        parts,
        css: assets::STYLESHEET.content,
    };
    Ok(pack
        .render()
        .expect("a page writes texts and numbers into a String, which takes them"))
}

/// The pack's number, made of the page's path and the newest release: `pathways/breast/01a2209f-7c3e`.
fn number(view: &View, newest: Uuid) -> String {
    let id = newest.simple().to_string();
    let path = view.path();
    // A version 7 id begins with its time; its end tells two ids of the same second apart.
    format!(
        "{}/{}-{}",
        path.trim_start_matches('/'),
        &id[..8],
        &id[28..]
    )
}

/// The section with the definition of every indicator that the page asked.
fn definitions(reading: &Reading<'_>) -> Section {
    let asked = reading.asked();
    let used = indicator::ALL
        .iter()
        .filter(|one| asked.contains(one.definition.name));
    used.fold(
        Section::new("definitions", "Definitions"),
        |section, indicator| {
            // A section of the page may have the same id as an indicator.
            let id = format!("definition-{}", indicator.definition.name);
            section.with(&method::terms(indicator).id(id))
        },
    )
}

/// The section with every release that the pack comes from.
fn releases(reading: &Reading<'_>) -> Section {
    let releases = reading.archive().releases().iter().rev();
    let row = |archived: &std::sync::Arc<crate::archive::Archived>| {
        let release = &archived.release;
        vec![
            release.period.to_string(),
            release.series.clone(),
            release.number.to_string(),
            reading.archive().coverage(release).in_words(),
            release.id.to_string(),
        ]
    };
    let headings = [
        Heading::text("Period"),
        Heading::text("Series"),
        Heading::text("Number"),
        Heading::text("Employers"),
        Heading::text("Id"),
    ];
    let table = DataTable::new(
        "Releases up to the newest",
        headings,
        releases.map(row).collect(),
    );
    Section::new("releases", "Releases").with(&table)
}
