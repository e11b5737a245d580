//! The quality of a snapshot's data, for the organisation itself and nobody else.
//!
//! Pure: people and reports in, a report out. The system learns about data quality only from measured
//! categories ("unknown"), never from here.

mod page;
mod published;

pub use page::page;
pub use published::Published;

use std::collections::BTreeMap;

use serde::Serialize;
use vwis_model::{
    dictionary::{Attribute, DataSet},
    period::Period,
};

use crate::{import::Report, people::People, plural::several};

/// Least change of a staff group that is notable, in percent of what it was …
const NOTABLE_PERCENT: f64 = 10.0;
/// … and in people; both must be reached.
const NOTABLE_PEOPLE: u64 = 10;
/// Least share of unknown that is notable, in percent.
const MUCH_UNKNOWN_PERCENT: f64 = 10.0;
/// Fewest people among whom it is odd that all are the same.
const ENOUGH_PEOPLE: usize = 50;

/// The quality of one snapshot.
///
/// # Privacy
/// Exact counts, for the organisation's own eyes: printed or written where its people ask, never
/// sent, never logged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QualityReport {
    /// ODS code of the organisation.
    pub ods_code: String,
    /// The snapshot's period.
    pub period: Period,
    /// The snapshot's revision, from 1.
    pub revision: u32,
    /// Number of people in the snapshot.
    pub people: u64,
    /// One row for each attribute.
    pub attributes: Vec<AttributeQuality>,
    /// What looks wrong, in sentences, the gravest first.
    pub suspicious: Vec<String>,
    /// Changes since an earlier snapshot, where one is held.
    pub change: Option<Change>,
    /// Differences from a published headcount, where one was given.
    pub published: Option<Vec<GroupAgainst>>,
    /// Funded posts and who fills them, where posts were imported.
    pub posts: Option<Vec<PostsOfGroup>>,
    /// Where the rows of the import went.
    pub import: Option<Report>,
}

/// Funded posts of one staff group and who fills them; all in FTE.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PostsOfGroup {
    /// Category code of the staff group.
    pub group: String,
    /// Label of the staff group.
    pub label: String,
    /// FTE of the funded posts.
    pub funded: f64,
    /// FTE of the people in post.
    pub in_post: f64,
    /// FTE of the vacancies: funded minus in post, below 0 where more are in post than funded.
    pub vacant: f64,
}

/// How complete and how valid one attribute is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttributeQuality {
    /// Code of the attribute.
    pub attribute: String,
    /// Label of the attribute.
    pub label: String,
    /// The heading that the attribute was read from; `None` where the extract has no such column.
    pub heading: Option<String>,
    /// People whose category is not unknown, in percent.
    pub complete_percent: f64,
    /// People whose category is unknown.
    pub unknown: u64,
    /// People whose category is unknown, in percent.
    pub unknown_percent: f64,
    /// Values that a table knew, in percent of those that were there; `None` where nothing was read.
    pub valid_percent: Option<f64>,
}

/// Changes of staff groups since an earlier snapshot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The earlier period.
    pub since: Period,
    /// One row for each staff group, and the total last.
    pub groups: Vec<GroupAgainst>,
}

/// One staff group's count beside another count of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupAgainst {
    /// Category code, or `total`.
    pub group: String,
    /// Label of the staff group.
    pub label: String,
    /// The count of this snapshot.
    pub now: u64,
    /// The count that it is compared with.
    pub other: u64,
    /// `now` minus `other`.
    pub difference: i64,
    /// The difference in percent of `other`; `None` where that is 0.
    pub percent: Option<f64>,
    /// Whether the difference is worth a look.
    pub notable: bool,
}

/// The data that a report is made from.
pub struct Subject<'a> {
    /// ODS code of the organisation.
    pub ods_code: &'a str,
    /// The snapshot's period.
    pub period: Period,
    /// The snapshot's revision, from 1.
    pub revision: u32,
    /// The snapshot's data set: `staff`.
    pub data_set: &'a DataSet,
    /// The snapshot's people.
    pub people: &'a People,
    /// What its import found.
    pub import: Option<Report>,
    /// An earlier snapshot to compare with: period and people.
    pub earlier: Option<(Period, &'a People)>,
    /// A published headcount to compare with.
    pub published: Option<&'a Published>,
    /// Hundredths of FTE of the funded posts, by code of the staff group; empty where none were imported.
    pub posts: &'a BTreeMap<String, u64>,
}

// === impl QualityReport ===

impl QualityReport {
    /// Makes the report from everything that is there.
    ///
    /// # Panics
    /// Where the people are of another data set.
    #[must_use]
    pub fn of(subject: Subject<'_>) -> Self {
        let attributes: Vec<_> = (0..)
            .zip(subject.data_set.attributes())
            .map(|(position, attribute)| attribute_quality(attribute, position, &subject))
            .collect();
        let staff_group = subject
            .data_set
            .position("staff_group")
            .expect("staff have a staff group");
        let table = &subject.data_set.attributes()[staff_group];
        let now = counts(subject.people, staff_group, table);
        let change = subject.earlier.map(|(since, earlier)| Change {
            since,
            groups: against(table, &now, &all_of(counts(earlier, staff_group, table))),
        });
        let published = subject
            .published
            .map(|published| against(table, &now, published.by_group()));
        let posts =
            (!subject.posts.is_empty()).then(|| posts_of_groups(staff_group, table, &subject));
        let suspicious = suspicious(&attributes, change.as_ref(), &subject);
        Self {
            ods_code: subject.ods_code.to_owned(),
            period: subject.period,
            revision: subject.revision,
            people: subject.people.len() as u64,
            attributes,
            suspicious,
            change,
            published,
            posts,
            import: subject.import,
        }
    }
}

fn attribute_quality(
    attribute: &Attribute,
    position: usize,
    subject: &Subject<'_>,
) -> AttributeQuality {
    let column = subject.people.column(position);
    let unknown = column
        .iter()
        .filter(|code| usize::from(**code) == attribute.unknown())
        .count() as u64;
    let people = column.len() as u64;
    let heading = subject.import.as_ref().and_then(|report| {
        let fields = crate::import::Field::ALL.into_iter();
        fields
            .filter(|field| field.attribute() == Some(attribute.code()))
            .chain((attribute.code() == "age_band").then_some(crate::import::Field::BirthDate))
            .filter_map(|field| report.columns.get(field.code()))
            .next_back()
            .cloned()
    });
    let valid_percent = subject.import.as_ref().and_then(|report| {
        let heading = heading.as_ref()?;
        let refused = report.rejected_by_column.get(heading).copied().unwrap_or(0);
        let unread = match attribute.code() {
            "locality" => report.unmapped_sites.rows,
            _ => report
                .unrecognised
                .get(heading)
                .map_or(0, |values| values.rows),
        };
        let known = people - unknown;
        Some(percent(known, known + refused + unread))
    });
    AttributeQuality {
        attribute: attribute.code().to_owned(),
        label: attribute.label().to_owned(),
        heading,
        complete_percent: percent(people - unknown, people),
        unknown,
        unknown_percent: percent(unknown, people),
        valid_percent,
    }
}

/// Number of people in each category.
fn counts(people: &People, position: usize, attribute: &Attribute) -> Vec<u64> {
    let mut counts = vec![0; attribute.size()];
    for code in people.column(position) {
        counts[usize::from(*code)] += 1;
    }
    counts
}

#[expect(
    clippy::cast_precision_loss,
    reason = "hundredths of FTE, far below 2^53"
)]
fn posts_of_groups(position: usize, table: &Attribute, subject: &Subject<'_>) -> Vec<PostsOfGroup> {
    let mut in_post = vec![0_u64; table.size()];
    let fte = subject.people.fte_hundredths();
    for (code, fte) in subject.people.column(position).iter().zip(fte) {
        in_post[usize::from(*code)] += u64::from(*fte);
    }
    let rows = table
        .categories()
        .iter()
        .zip(in_post)
        .map(|(category, in_post)| {
            let funded = subject.posts.get(category.code()).copied().unwrap_or(0);
            PostsOfGroup {
                group: category.code().to_owned(),
                label: category.label().to_owned(),
                funded: funded as f64 / 100.0,
                in_post: in_post as f64 / 100.0,
                vacant: (funded.cast_signed() - in_post.cast_signed()) as f64 / 100.0,
            }
        });
    // A group without funded posts has no vacancies, so it is left out.
    rows.filter(|row| subject.posts.contains_key(&row.group))
        .collect()
}

fn all_of(counts: Vec<u64>) -> Vec<Option<u64>> {
    counts.into_iter().map(Some).collect()
}

/// A row for each group that the other count has, and one for their total.
fn against(table: &Attribute, now: &[u64], other: &[Option<u64>]) -> Vec<GroupAgainst> {
    let (mut all_now, mut all_other) = (0, 0);
    let mut rows = Vec::new();
    for (category, (now, other)) in table.categories().iter().zip(now.iter().zip(other)) {
        let Some(other) = *other else {
            continue;
        };
        all_now += now;
        all_other += other;
        if *now > 0 || other > 0 {
            rows.push(group(category.code(), category.label(), *now, other));
        }
    }
    rows.push(group("total", "All of these", all_now, all_other));
    rows
}

fn group(code: &str, label: &str, now: u64, other: u64) -> GroupAgainst {
    let difference = now.cast_signed() - other.cast_signed();
    let change = (other > 0).then(|| {
        let change = percent(difference.unsigned_abs(), other);
        if difference < 0 { -change } else { change }
    });
    GroupAgainst {
        group: code.to_owned(),
        label: label.to_owned(),
        now,
        other,
        difference,
        percent: change,
        notable: difference.unsigned_abs() >= NOTABLE_PEOPLE
            && change.is_none_or(|change| change.abs() >= NOTABLE_PERCENT),
    }
}

fn suspicious(
    attributes: &[AttributeQuality],
    change: Option<&Change>,
    subject: &Subject<'_>,
) -> Vec<String> {
    let mut sentences = Vec::new();
    for group in change
        .iter()
        .flat_map(|change| &change.groups)
        .filter(|group| group.notable)
    {
        let change = group
            .percent
            .map_or(String::new(), |percent| format!(" ({percent:+.0}%)"));
        sentences.push(format!(
            "{}: {:+} people{change} since the earlier snapshot.",
            group.label, group.difference
        ));
    }
    for quality in attributes {
        if quality.unknown_percent > MUCH_UNKNOWN_PERCENT {
            let why = match &quality.heading {
                Some(heading) => format!("column \"{heading}\""),
                None => "the extract has no such column".to_owned(),
            };
            sentences.push(format!(
                "{}: {:.1}% unknown ({why}).",
                quality.label, quality.unknown_percent
            ));
        }
    }
    for (position, attribute) in subject.data_set.attributes().iter().enumerate() {
        let column = subject.people.column(position);
        if let Some(first) = column.first()
            && column.len() >= ENOUGH_PEOPLE
            && usize::from(*first) != attribute.unknown()
            && column.iter().all(|code| code == first)
            && attribute.code() != "locality"
        {
            sentences.push(format!(
                "{}: everyone is \"{}\".",
                attribute.label(),
                attribute.categories()[usize::from(*first)].label()
            ));
        }
    }
    if let Some(report) = &subject.import {
        let findings = report.findings.values();
        sentences
            .extend(findings.map(|finding| format!("{}: {}.", finding.counted(), finding.meaning)));
        if report.unmapped_sites.rows > 0 {
            sentences.push(format!(
                "{} of {} without a locality: name them in the mapping's [sites].",
                several(report.unmapped_sites.rows, "row"),
                several(report.unmapped_sites.different, "site")
            ));
        }
    }
    sentences
}

/// `part` in percent of `whole`. Of nothing, nothing is missing: 100.
#[expect(
    clippy::cast_precision_loss,
    reason = "a percentage of counts below 2^53"
)]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        100.0
    } else {
        100.0 * part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests;
