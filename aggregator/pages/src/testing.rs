//! What tests of pages share: archives in which things can go wrong, and pages as text.

use std::sync::Arc;

use vwis_model::measurement::MeasurementId;

use super::{Reading, View};
use crate::{
    archive::{Archive, Archived},
    indicator::testing::Workforce,
    release::{Contributor, Release},
};

/// An archive of two employers on two dates, without noise.
pub(super) fn two_employers() -> Archive {
    let people = |workforce: Workforce, nurses: i64| {
        workforce
            .people(
                &[
                    ("staff_group", "nursing_and_midwifery"),
                    ("gender", "female"),
                ],
                nurses,
            )
            .people(
                &[("staff_group", "medical_and_dental"), ("gender", "male")],
                50,
            )
            .people(&[("staff_group", "medical_and_dental")], 10)
    };
    let first = people(Workforce::new(), 100);
    let first = people(first.employer("RMC"), 200);
    let second = people(first.period("2026-06"), 240);
    people(second.employer("R0A"), 100).archive(
        r#"{ by = ["staff_group"] }, { by = ["gender"] }"#,
        "{ by = [] }",
    )
}

/// The same archive with each release changed. The changed releases are its whole history, too.
pub(super) fn changed(archive: &Archive, change: impl Fn(&mut Release)) -> Archive {
    let changed = |archived: &Arc<Archived>| {
        let mut archived = Archived::clone(archived);
        change(&mut archived.release);
        Arc::new(archived)
    };
    let releases = archive.releases().iter().map(changed).collect();
    Archive::new(Arc::clone(archive.agreement()), releases)
}

/// Changes a release as if RMC, at Bolton, had not sent a measurement for it.
pub(super) fn without_bolton(release: &mut Release) {
    release
        .contributors
        .retain(|one| one.ods_code.as_str() != "RMC");
}

/// The archive with one more headline release of March, because RMC sent a correction.
pub(super) fn corrected(archive: Archive) -> Archive {
    let mut made: Vec<_> = archive.made().to_vec();
    let is_of_march =
        |release: &&Release| release.series == "headline" && release.period.month() == 3;
    let first = made.iter().find(is_of_march).unwrap().clone();
    let contributors = first.contributors.iter().map(|one| Contributor {
        ods_code: one.ods_code.clone(),
        identity: match one.ods_code.as_str() {
            "RMC" => MeasurementId::from_bytes([7; 32]),
            _ => one.identity,
        },
        snapshot: None,
    });
    made.push(Release {
        id: uuid::Uuid::max(),
        number: 2,
        contributors: contributors.collect(),
        ..first
    });
    archive.with_history(made)
}

/// A page as its reader reads it: without markup, and with single spaces.
pub(super) fn text(archive: &Archive, view: &View) -> String {
    text_of(&html(archive, view))
}

/// A page as HTML.
pub(super) fn html(archive: &Archive, view: &View) -> String {
    let reading = Reading::new(archive, None, None).unwrap();
    view.document(&reading).unwrap().html()
}

pub(super) fn text_of(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text.push(' ');
        text.push_str(piece.split_once('>').map_or(piece, |(_, words)| words));
    }
    let text = text.replace("&#39;", "'").replace("&#38;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
