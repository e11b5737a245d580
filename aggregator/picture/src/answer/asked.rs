//! A question to the data: what is asked, of whom, of when.

use std::collections::BTreeSet;

use uuid::Uuid;
use vwis_model::agreement::{Agreement, Measure, Series};

use super::{Answer, AnswerError, TableQuestion, each, indicator, spending};
use crate::{
    access,
    archive::Archive,
    estimator::STAFF,
    export::canonical::{BASE, Canonical},
    indicator::{Definition, Indicator, Question},
    picture::{Wanted, When, Whose},
    release::Release,
};

/// What an indicator counts as for each group that it is broken down by: the longest read this many figures.
const CELLS_OF_A_GROUP: u64 = 100;

/// A question to the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What is asked.
    pub what: What,
    /// Of whom.
    pub whose: Wanted,
    /// Of when.
    pub when: When,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A table of the agreement, or one got by summing one.
    Table(TableQuestion),
    /// An indicator.
    Indicator(&'static Indicator, Question),
    /// What each employer spent of privacy, in the financial year that the period is in.
    Spending,
}

// === impl What ===

impl What {
    /// Whether it can be answered from a series: the default agreement is chosen among those that have one.
    #[must_use]
    pub fn is_told_by(&self, series: &Series) -> bool {
        match self {
            Self::Table(table) => match &table.series {
                Some(name) => series.name() == name,
                None => series.data_set().code() == STAFF,
            },
            Self::Indicator(indicator, _) => indicator.definition.reads_people_of(series),
            Self::Spending => true,
        }
    }
}

// === impl Asked ===

impl Asked {
    /// The same in the one spelling of all that ask it, under `agreement` and, where one is named, of
    /// `release`.
    ///
    /// # Errors
    /// Where it contradicts itself under them.
    pub fn settled(
        self,
        agreement: &Agreement,
        release: Option<&Release>,
    ) -> Result<Self, AnswerError> {
        let series = release.map(|release| release.series.as_str());
        let what = match self.what {
            What::Table(table) => What::Table(table.settled(agreement, series)?),
            other => other,
        };
        Ok(Self { what, ..self })
    }

    /// Whose tables the answer is made from: who may read it, and what the access log says, is judged by
    /// this. Of each, every organisation's in the archive.
    #[must_use]
    pub fn reads(&self, archive: &Archive) -> Whose {
        let whose = match &self.whose {
            Wanted::Sum(whose) => whose.clone(),
            Wanted::Each => Whose::Organisations(archive.organisations().into_iter().collect()),
        };
        match &self.what {
            What::Table(_) => whose,
            What::Indicator(_, question) => question.reads(&whose),
            What::Spending => Whose::System,
        }
    }

    /// The categories of `pathway` that the answer tells apart; none where `pathway` is no part of it.
    ///
    /// # Errors
    /// Where there is no such table or breakdown.
    pub fn pathways(
        &self,
        archive: &Archive,
        release: Option<&Release>,
    ) -> Result<Option<BTreeSet<String>>, AnswerError> {
        match &self.what {
            What::Table(table) => {
                let table = self.table(table, release);
                Ok(access::pathways_in(&table.resolved(archive)?))
            }
            What::Indicator(indicator, question) => Ok(question.pathways(&indicator.definition)?),
            What::Spending => Ok(None),
        }
    }

    /// How many cells it takes to compute the answer for one employer, or the system.
    ///
    /// # Errors
    /// As [`Self::pathways`].
    pub fn cells(&self, archive: &Archive, release: Option<&Release>) -> Result<u64, AnswerError> {
        match &self.what {
            What::Table(table) => {
                let resolved = self.table(table, release).resolved(archive)?;
                let sizes = resolved.axes().map(|axis| axis.categories.len() as u64);
                Ok(sizes.product::<u64>() * u64::from(table.years))
            }
            What::Indicator(indicator, question) => {
                Ok(question.group_count(&indicator.definition)? * CELLS_OF_A_GROUP)
            }
            What::Spending => Ok(0),
        }
    }

    /// The answer from `archive`; of a table, from `release` alone where it is put to one. It may end as it
    /// likes once it is stopped, since nobody reads it.
    ///
    /// # Errors
    /// [`AnswerError`] says what there is instead.
    pub fn answer(
        &self,
        archive: &Archive,
        release: Option<&Release>,
        is_stopped: impl Fn() -> bool,
    ) -> Result<Answer, AnswerError> {
        match (&self.what, &self.whose) {
            (What::Table(table), Wanted::Each) => {
                self.table(table, release).each(archive, is_stopped)
            }
            (What::Table(table), Wanted::Sum(whose)) => {
                let table = self.table(table, release);
                table.of(whose.clone()).answer(archive)
            }
            (What::Indicator(of, question), Wanted::Sum(whose)) => {
                indicator(archive, of, whose, self.when, question)
            }
            (What::Indicator(of, question), Wanted::Each) => each(archive, |whose| {
                if is_stopped() {
                    return Err(AnswerError::NothingReleased);
                }
                indicator(archive, of, whose, self.when, question)
            }),
            (What::Spending, _) => spending(archive, self.when.until()),
        }
    }

    /// The question and the release under which an answer stays: of a table the newest release that it rests
    /// on, with its series where that is another's; else the newest release that it could rest on.
    #[must_use]
    pub fn pinned(&self, answer: &Answer, archive: &Archive) -> (Self, Option<Uuid>) {
        let mut pinned = self.clone();
        let What::Table(table) = &mut pinned.what else {
            return (pinned, archive.newest());
        };
        let releases = archive.releases().iter().map(|archived| &archived.release);
        let own = releases.filter(|release| answer.releases.contains(&release.id));
        let newest = own.max_by_key(|release| release.sequence);
        let told = |key: &str| answer.sheet.metadata[key].as_str();
        let (series, period) = (told("series"), told("period"));
        if newest.is_some_and(|newest| Some(newest.series.as_str()) != series) {
            table.series = series.map(str::to_owned);
        }
        // Of several years, an earlier one may have been released last.
        let is_of = |newest: &Release| period == Some(newest.period.to_string().as_str());
        if let (Some(period), false) = (period, newest.is_some_and(is_of)) {
            pinned.when = period.parse().map_or(pinned.when, When::At);
        }
        (pinned, newest.map(|newest| newest.id))
    }

    /// Its address: what is asked, in one order and one spelling. The release and the form are no part of
    /// it, nor is the agreement: a release implies it.
    #[must_use]
    pub fn address(&self) -> Canonical {
        let mut address = match &self.what {
            What::Table(table) => table.address(),
            What::Indicator(indicator, question) => {
                let path = format!("{BASE}/indicators/{}", indicator.definition.name);
                question.address(path, &indicator.definition)
            }
            What::Spending => Canonical::new(format!("{BASE}/spending"), Vec::new()),
        };
        address.add("org", self.whose.parameter());
        address.add("period", self.when.period());
        address.add("up_to", self.when.up_to());
        address
    }

    fn table(&self, table: &TableQuestion, release: Option<&Release>) -> super::table::Table {
        let table = table.of(Whose::System, self.when);
        match release {
            Some(release) => table.of_release(release),
            None => table,
        }
    }
}

// === impl What ===

impl What {
    /// Whether the answer rests on funded posts, too: it changes when they are given anew, whatever release
    /// it names.
    #[must_use]
    pub fn rests_on_posts(&self) -> bool {
        match self {
            Self::Indicator(indicator, _) => indicator.definition.rests_on_posts(),
            Self::Table(_) | Self::Spending => false,
        }
    }
}

// === impl TableQuestion ===

impl TableQuestion {
    fn address(&self) -> Canonical {
        let mut address = Canonical::new(format!("{BASE}/tables"), Vec::new());
        let by = &self.query.by;
        address.add("by", (!by.is_empty()).then(|| by.join(",")));
        for filter in &self.query.filters {
            address.add("where", Some(filter));
        }
        address.add("measure", self.measure.map(Measure::code));
        address.add("totals", self.with_totals.then_some(true));
        address.add("years", (self.years > 1).then_some(self.years));
        address.add("series", self.series.as_ref());
        address
    }
}

// === impl Question ===

impl Question {
    fn address(&self, path: String, definition: &Definition) -> Canonical {
        let mut address = Canonical::new(path, Vec::new());
        address.add("by", self.by.as_ref().map(|by| by.join(",")));
        for filter in &self.filters {
            address.add("where", Some(filter));
        }
        for option in definition.options {
            address.add(option.name, self.options.get(option.name));
        }
        address
    }
}
