//! The compiled form: validated, content-addressed, with the strategy's integers.

use std::collections::BTreeSet;

use super::{
    AgreementError, AgreementHash, Series, SeriesError, Visibility,
    text::{AgreementText, FORMAT},
};
use crate::{
    aggregator_name::AggregatorName,
    dictionary::{Dictionary, Editions},
    period::Period,
};

/// Most series one agreement may hold.
pub const MAX_SERIES: usize = 16;
/// Most tables one series may promise.
pub const MAX_TABLES_PER_SERIES: usize = 100;
/// Most cells one table may have.
pub const MAX_CELLS_PER_TABLE: u64 = 100_000;
/// Most integers one measurement may hold: 262,144, which is 2 MiB on the wire.
pub const MAX_ENTRIES_PER_SERIES: usize = 1 << 18;
/// Most bytes of a compiled agreement.
pub(super) const MAX_CANONICAL_BYTES: usize = 512 * 1024;
/// Most days after a period's end for which an agreement may put off its publication.
pub(super) const MAX_PUBLISHED_AFTER_DAYS: u16 = 366;
/// Longest term, in months.
pub(super) const MAX_TERM_MONTHS: usize = 120;

/// What may leave a node, how often, and at what privacy cost. Every bound has been checked.
#[derive(Clone, Debug)]
pub struct Agreement {
    text: AgreementText,
    series: Vec<Series>,
    canonical: Vec<u8>,
    hash: AgreementHash,
}

// === impl Agreement ===

impl Agreement {
    /// Reads and validates canonical bytes by the edition of the dictionary that they name.
    ///
    /// # Errors
    /// [`AgreementError`] for anything but the one canonical form of a valid agreement.
    pub fn from_canonical(bytes: &[u8], editions: &Editions) -> Result<Self, AgreementError> {
        if bytes.len() > MAX_CANONICAL_BYTES {
            return Err(AgreementError::TooLong(bytes.len()));
        }
        let text: AgreementText = serde_json::from_slice(bytes).map_err(AgreementError::Syntax)?;
        if text.format != FORMAT {
            return Err(AgreementError::Format(text.format));
        }
        let Some(dictionary) = editions.edition(&text.dictionary) else {
            let place_of = |version: &str| Some(version.split_once('@')?.1.to_owned());
            let places = (
                place_of(&text.dictionary),
                place_of(editions.current().version()),
            );
            if let (Some(theirs), Some(ours)) = places
                && !editions
                    .versions()
                    .any(|own| place_of(own).as_ref() == Some(&theirs))
            {
                return Err(AgreementError::Place { theirs, ours });
            }
            return Err(AgreementError::Dictionary {
                theirs: text.dictionary,
                ours: editions.versions().collect::<Vec<_>>().join(", "),
            });
        };
        let agreement = Self::validate(text, dictionary)?;
        if agreement.canonical == bytes {
            Ok(agreement)
        } else {
            Err(AgreementError::NotCanonical)
        }
    }

    pub(super) fn validate(
        text: AgreementText,
        dictionary: &Dictionary,
    ) -> Result<Self, AgreementError> {
        for (field, value, most) in [
            ("name", &text.name, 100),
            ("purpose", &text.purpose, 2000),
            ("readers", &text.readers, 2000),
        ] {
            crate::text::check(value, most)
                .map_err(|problem| AgreementError::Text { field, problem })?;
        }
        if let Some(days) = text.published_after_days
            && !(1..=MAX_PUBLISHED_AFTER_DAYS).contains(&days)
        {
            return Err(AgreementError::PublishedAfterDays(days));
        }
        let months = text
            .first_period
            .through(text.last_period)
            .take(MAX_TERM_MONTHS + 1);
        if !(1..=MAX_TERM_MONTHS).contains(&months.count()) {
            return Err(AgreementError::Term {
                first: text.first_period,
                last: text.last_period,
            });
        }
        if !(1..=MAX_SERIES).contains(&text.series.len()) {
            return Err(AgreementError::SeriesCount(text.series.len()));
        }
        let mut names = BTreeSet::new();
        let mut series = Vec::with_capacity(text.series.len());
        for clause in &text.series {
            if !names.insert(clause.name.as_str()) {
                return Err(AgreementError::RepeatedSeries(clause.name.clone()));
            }
            let in_series = |problem| AgreementError::Series {
                series: clause.name.clone(),
                problem,
            };
            let valid = Series::validate(clause, dictionary).map_err(in_series)?;
            let mut term = text.first_period.through(text.last_period);
            if !term.any(|period| clause.cadence.includes(period)) {
                return Err(in_series(SeriesError::NeverMeasured));
            }
            series.push(valid);
        }
        let canonical =
            serde_json::to_vec(&text).expect("texts, integers and lists have a JSON form");
        Ok(Self {
            hash: AgreementHash::of(&canonical),
            text,
            series,
            canonical,
        })
    }

    /// The agreement's name: the SHA-256 of its canonical bytes.
    #[must_use]
    pub fn hash(&self) -> AgreementHash {
        self.hash
    }

    /// The bytes whose SHA-256 is the name.
    #[must_use]
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// Title given by its authors.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text.name
    }

    /// Version given by its authors.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.text.version
    }

    /// The aggregator that may ask.
    #[must_use]
    pub fn aggregator(&self) -> &AggregatorName {
        &self.text.aggregator
    }

    /// What the counts are for.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.text.purpose
    }

    /// Who will see them.
    #[must_use]
    pub fn readers(&self) -> &str {
        &self.text.readers
    }

    /// Who else may read one organisation's own tables.
    #[must_use]
    pub fn organisations_visible_to(&self) -> Visibility {
        self.text.organisations_visible_to
    }

    /// So many days after a period's last day, its figures are published even if organisations are missing;
    /// `None` if they wait until all are in.
    #[must_use]
    pub fn published_after_days(&self) -> Option<u16> {
        self.text.published_after_days
    }

    /// When a period's figures are published even if organisations are missing: the beginning of that day,
    /// UTC. `None` if they wait until all are in.
    #[must_use]
    pub fn published_on(&self, period: Period) -> Option<jiff::Timestamp> {
        let days = self.text.published_after_days?;
        let day = period
            .last_day()
            .checked_add(jiff::Span::new().days(days))
            .ok()?;
        let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(start.timestamp())
    }

    /// The version of the dictionary's edition whose categories it counts.
    #[must_use]
    pub fn dictionary_version(&self) -> &str {
        &self.text.dictionary
    }

    /// First and last period of its term.
    #[must_use]
    pub fn term(&self) -> (Period, Period) {
        (self.text.first_period, self.text.last_period)
    }

    /// Its clauses, in the order written.
    #[must_use]
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// The clause of that name; `None` if the agreement has none.
    #[must_use]
    pub fn series_named(&self, name: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.name() == name)
    }

    /// The periods of the term for which `series` is measured, ascending.
    pub fn periods_of(&self, series: &Series) -> impl Iterator<Item = Period> + use<> {
        let cadence = series.cadence();
        self.text
            .first_period
            .through(self.text.last_period)
            .filter(move |period| cadence.includes(*period))
    }

    /// Whether `series` is measured for `period`: within the term and on the cadence.
    #[must_use]
    pub fn allows(&self, series: &Series, period: Period) -> bool {
        let (first, last) = self.term();
        (first..=last).contains(&period) && series.cadence().includes(period)
    }
}
