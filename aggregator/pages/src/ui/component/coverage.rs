//! The coverage strip: which employers are in a release, and which are not.

use askama::Template;

use crate::ui::{Html, markup::parts};

/// With more employers than this, only those that are missing have a tile.
const MOST_TILES: usize = 12;

/// A strip with a sentence and a tile for each employer.
#[derive(Clone, Debug, PartialEq, Template)]
#[template(path = "ui/coverage.html")]
pub struct CoverageStrip {
    employers: Vec<Employer>,
    /// The words after the count: `about 93% of the last known headcount`.
    of_headcount: Option<String>,
    /// More about the missing employers, beneath the strip.
    more: Option<Html>,
}

parts!(CoverageStrip);

/// An employer of the strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employer {
    /// The name on the tile.
    pub name: String,
    /// Whether the employer is in the release.
    pub attendance: Attendance,
}

/// Whether an employer is in a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attendance {
    /// The release holds its measurement.
    In,
    /// The store holds no measurement of it.
    Missing,
    /// The store holds its measurement, which is not added for whoever reads the page.
    NotAdded,
}

// === impl Employer ===

impl Employer {
    fn is_in(&self) -> bool {
        self.attendance == Attendance::In
    }

    fn why_out(&self) -> &'static str {
        match self.attendance {
            Attendance::NotAdded => "Not added",
            Attendance::In | Attendance::Missing => "Missing",
        }
    }
}

// === impl CoverageStrip ===

impl CoverageStrip {
    /// A strip of all employers that were expected.
    #[must_use]
    pub fn new(employers: Vec<Employer>) -> Self {
        Self {
            employers,
            of_headcount: None,
            more: None,
        }
    }

    /// Adds the share of the last known headcount that is in.
    #[must_use]
    pub fn of_headcount(mut self, words: impl Into<String>) -> Self {
        self.of_headcount = Some(words.into());
        self
    }

    /// Adds more beneath the strip.
    #[must_use]
    pub fn more(mut self, more: Html) -> Self {
        self.more = Some(more);
        self
    }

    fn present(&self) -> usize {
        self.employers.iter().filter(|one| one.is_in()).count()
    }

    fn is_complete(&self) -> bool {
        self.present() == self.employers.len()
    }

    fn tiles(&self) -> Vec<&Employer> {
        let is_short = self.employers.len() <= MOST_TILES;
        let tiles = self.employers.iter().filter(|one| is_short || !one.is_in());
        tiles.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::markup::Part;

    fn strip(present: usize, missing: usize) -> String {
        let employer = |index: usize, attendance| Employer {
            name: format!("Trust {index}"),
            attendance,
        };
        let present = (0..present).map(|index| employer(index, Attendance::In));
        let missing = (0..missing).map(|index| employer(100 + index, Attendance::Missing));
        let strip = CoverageStrip::new(present.chain(missing).collect());
        strip.html().as_str().to_owned()
    }

    #[test]
    fn a_missing_employer_is_named_in_words() {
        let html = strip(8, 1);
        assert!(html.contains("<b>8 of 9 employers</b>"), "{html}");
        assert!(html.contains("<b>Missing</b>Trust 100"), "{html}");
        assert!(html.contains("they are not scaled up"), "{html}");
        assert!(!strip(9, 0).contains("scaled up"));
    }

    #[test]
    fn of_many_employers_only_the_missing_have_a_tile() {
        let html = strip(30, 2);
        assert_eq!(html.matches("class=\"out\"").count(), 2);
        assert!(!html.contains("Trust 3<"), "{html}");
        assert!(!strip(30, 0).contains("cover-strip"));
    }
}
