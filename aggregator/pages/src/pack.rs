//! A board pack: one page as a document to print and to file, dated, numbered, complete in itself.
//!
//! It holds the page's charts, the definitions of every indicator that they come from, and every release
//! by its id. Everything in it comes from the releases, its date and its number too, so that the same
//! releases make the same bytes.

use askama::Template;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Gap, Reading, View, head, method};
use crate::{
    indicator,
    ui::{
        Html, Sentence, assets,
        component::{DataTable, Heading, Section},
        markup::Part,
    },
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

/// The pack of a page.
///
/// # Errors
/// As [`View::document`].
pub fn pack(view: &View, reading: &Reading<'_>) -> Result<String, Gap> {
    // However it was asked for, links in it lead to the same releases.
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

/// `pathways/breast/01a2209f`: what it is of, and the release it ends at.
fn number(view: &View, newest: Uuid) -> String {
    let id = newest.simple().to_string();
    let path = view.path();
    // A version 7 id begins with its time; its end tells two of one second apart.
    format!(
        "{}/{}-{}",
        path.trim_start_matches('/'),
        &id[..8],
        &id[28..]
    )
}

/// Every indicator that the page asked, as it is defined.
fn definitions(reading: &Reading<'_>) -> Section {
    let asked = reading.asked();
    let used = indicator::ALL
        .iter()
        .filter(|one| asked.contains(one.definition.name));
    used.fold(
        Section::new("definitions", "Definitions"),
        |section, indicator| {
            // Sections of the page may be called as an indicator is.
            let id = format!("definition-{}", indicator.definition.name);
            section.with(&method::told(indicator).id(id))
        },
    )
}

/// Every release behind it.
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
