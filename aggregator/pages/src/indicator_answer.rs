//! An indicator's answer, as a page uses it.

#[cfg(test)]
pub(super) mod lookups;

use uuid::Uuid;

use super::{Reading, words};
use crate::{
    archive::Archived,
    estimate::Figure,
    export::{canonical::Canonical, media::Format},
    indicator::{Category, Definition, Finding, Findings},
    ui::{chart::Foot, component::Link},
};

/// Categories, each with the dimension that it is of: `[("locality", "e08000001")]`.
pub type At<'a> = &'a [(&'a str, &'a str)];

/// An indicator's answer, with the addresses of the same numbers and the employers in it.
pub struct IndicatorAnswer {
    /// The indicator that answered.
    pub definition: &'static Definition,
    /// Its answer.
    pub findings: Findings,
    address: Canonical,
    newest: Uuid,
    /// The date of the latest release in the answer: `30 September 2026`.
    date: String,
    /// The employers in that release: `nine employers`, `8 of 9 employers`.
    employers: String,
    release: Option<Uuid>,
}

// === impl IndicatorAnswer ===

impl IndicatorAnswer {
    pub(super) fn new(
        reading: &Reading<'_>,
        definition: &'static Definition,
        findings: Findings,
        address: Canonical,
    ) -> Self {
        let sources = findings.rows.iter().map(|row| &row.source);
        // Of several releases of the latest date take the first: a page's main figures stand first.
        let latest = sources.reduce(|first, other| {
            if other.period > first.period {
                other
            } else {
                first
            }
        });
        let archived = latest.and_then(|source| reading.release(source.release));
        Self {
            definition,
            address,
            newest: reading.newest(),
            date: archived.map_or_else(String::new, |a| words::date(a.release.period)),
            employers: archived.map_or_else(String::new, |a| words::employers(reading, a)),
            release: archived.map(|a| a.release.id),
            findings,
        }
    }

    /// The rows of a measure.
    pub fn of<'a>(&'a self, measure: &'a str) -> impl Iterator<Item = &'a Finding> {
        #[cfg(test)]
        lookups::note(self, measure, &[]);
        let rows = self.findings.rows.iter();
        rows.filter(move |row| row.measure == measure)
    }

    /// The rows of a measure at these categories of these dimensions, and at any category of other
    /// dimensions.
    #[must_use]
    pub fn within(&self, measure: &str, at: At<'_>) -> Vec<&Finding> {
        let is_there = |row: &&Finding| {
            at.iter().all(|(dimension, code)| {
                let category = self.category(row, dimension);
                category.is_some_and(|category| category.code == *code)
            })
        };
        #[cfg(test)]
        lookups::note(self, measure, at);
        let rows = self.findings.rows.iter();
        rows.filter(|row| row.measure == measure)
            .filter(is_there)
            .collect()
    }

    /// The row of a measure at these categories, and at the total of the dimensions that are not named.
    #[must_use]
    pub fn at(&self, measure: &str, at: At<'_>) -> Option<&Finding> {
        let is_total_elsewhere = |row: &&Finding| {
            let mut dimensions = self.findings.dimensions.iter().zip(&row.group);
            dimensions.all(|(dimension, category)| {
                is_total(category) || at.iter().any(|(named, _)| *named == dimension.code)
            })
        };
        let mut rows = self.within(measure, at).into_iter();
        rows.find(is_total_elsewhere)
    }

    /// The figure of the row that [`Self::at`] finds.
    #[must_use]
    pub fn figure(&self, measure: &str, at: At<'_>) -> Option<Figure> {
        self.at(measure, at).map(|row| row.figure)
    }

    /// The category of a row on a dimension.
    #[must_use]
    pub fn category<'a>(&self, row: &'a Finding, dimension: &str) -> Option<&'a Category> {
        #[cfg(test)]
        lookups::note_dimension(self, dimension);
        let mut dimensions = self.findings.dimensions.iter();
        let place = dimensions.position(|one| one.code == dimension)?;
        row.group.get(place)
    }

    /// Whether a row is of this category.
    #[must_use]
    pub fn is_of(&self, row: &Finding, dimension: &str, code: &str) -> bool {
        #[cfg(test)]
        lookups::note_category(self, dimension, code);
        let category = self.category(row, dimension);
        category.is_some_and(|category| category.code == code)
    }

    /// The day as of which the latest release in the answer counted: `30 September 2026`.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// The date of a number that was counted earlier than the latest; `None` for all others.
    #[must_use]
    pub fn earlier_date(&self, row: &Finding) -> Option<String> {
        let period = row.source.period.parse().ok()?;
        Some(words::date(period)).filter(|date| *date != self.date)
    }

    /// The employers in the answer: `nine employers`.
    #[must_use]
    pub fn employers(&self) -> &str {
        &self.employers
    }

    /// The employers and the date: `nine employers, 30 September 2026`.
    #[must_use]
    pub fn of_whom_and_when(&self) -> String {
        format!("{}, {}", self.employers, self.date)
    }

    /// The latest release in the answer.
    #[must_use]
    pub fn release<'a>(&self, reading: &Reading<'a>) -> Option<&'a Archived> {
        let archived = self.release.and_then(|id| reading.release(id));
        archived.map(AsRef::as_ref)
    }

    /// The foot under a chart: the addresses of the same numbers as a file and for ever, and a note.
    #[must_use]
    pub fn foot(&self, note: impl Into<String>) -> Foot {
        Foot {
            csv: Some(self.file(Format::Csv)),
            permalink: Some(self.file(Format::Json)),
            note: note.into(),
        }
    }

    /// Links to the same numbers as files.
    #[must_use]
    pub fn downloads(&self) -> Vec<Link> {
        let formats = [
            ("Spreadsheet (XLSX)", Format::Xlsx),
            ("CSV", Format::Csv),
            ("What to know of the CSV (CSVW)", Format::Csvw),
            ("JSON", Format::Json),
        ];
        let link = |(words, format)| Link::new(words, self.file(format));
        formats.map(link).to_vec()
    }

    fn file(&self, format: Format) -> String {
        self.address.permalink(Some(self.newest), format)
    }
}

/// Whether a category is the total over all categories.
#[must_use]
pub(super) fn is_total(category: &Category) -> bool {
    category.code == "total"
}
