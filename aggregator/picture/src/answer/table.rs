//! One table of the picture, as a question and its answer.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use vwis_model::{
    agreement::{Agreement, Measure, Series},
    algebra::ResidualSum,
    period::Period,
};

use super::{
    Answer, AnswerError, findings, provenance,
    totals::{self, Level},
    years::Years,
};
use crate::{
    archive::{Archive, Archived, ReleaseRank},
    export::{Cell, Column, Kind, RELIABILITY, Readers, Sheet},
    picture::{self, EACH, Query, QueryError, Resolved, When, Whose},
    release::Release,
};

/// Stands in place of the numbers of an organisation that is not in the release.
const ABSENT: &str = "not in this release";

/// A question for one table, of whomever and of whenever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableQuestion {
    /// The columns and filters of the table.
    pub query: Query,
    /// What is counted; what the series counts, or else people, if not said.
    pub measure: Option<Measure>,
    /// Only this series; the one that gives the least doubt, if not said.
    pub series: Option<String>,
    /// Whether to add rows of totals.
    pub with_totals: bool,
    /// Of how many years it is the mean, 1 to [`MOST_YEARS`](super::MOST_YEARS); 1 is the table of one day.
    pub years: u16,
}

/// A table of somebody, of some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) query: Query,
    pub(super) whose: Whose,
    pub(super) measure: Measure,
    pub(super) series: Option<String>,
    pub(super) when: When,
    pub(super) with_totals: bool,
    pub(super) years: u16,
}

// === impl TableQuestion ===

impl TableQuestion {
    /// The same with its measure said, where that is not people: one question in one spelling, whether the
    /// measure or the series was named. `series` is of the release that it is put to, if it is to one.
    ///
    /// # Errors
    /// [`QueryError::OtherMeasure`] where the series counts something else than what was asked for.
    pub fn settled(self, agreement: &Agreement, series: Option<&str>) -> Result<Self, QueryError> {
        let named = self.series.as_deref().or(series);
        let measure = Query::measure_of(agreement, self.measure, named)?;
        Ok(Self {
            measure: (measure != Measure::Headcount).then_some(measure),
            ..self
        })
    }

    pub(super) fn of(&self, whose: Whose, when: When) -> Table {
        Table {
            query: self.query.clone(),
            whose,
            measure: self.measure.unwrap_or(Measure::Headcount),
            series: self.series.clone(),
            when,
            with_totals: self.with_totals,
            years: self.years,
        }
    }
}

// === impl Table ===

impl Table {
    /// The table, from the release that tells it best.
    ///
    /// # Errors
    /// [`AnswerError`] says what there is instead.
    pub(super) fn answer(&self, archive: &Archive) -> Result<Answer, AnswerError> {
        let (archived, resolved) = self.best(archive)?;
        let from = (&*archived, &resolved);
        let years = Years::up_to(&archived, self.years, archive, &self.whose)?;
        let mut sheet = self.own(archive, from, &years.mean()?)?;
        self.mark(&mut sheet, &years);
        let mut answer = self.told(archive, from, &years, sheet)?;
        if let Some(later) = self.passed_over(archive, archived.release.period) {
            answer.sheet.notes.insert(0, later);
        }
        Ok(answer)
    }

    /// The table of each organisation, side by side. All rows come from the one release that tells the
    /// system's table best. An organisation that is not in it has rows that say so instead of numbers.
    ///
    /// # Errors
    /// As [`Self::answer`].
    pub(super) fn each(
        &self,
        archive: &Archive,
        is_stopped: impl Fn() -> bool,
    ) -> Result<Answer, AnswerError> {
        let system = self.of(Whose::System);
        let (archived, resolved) = system.best(archive)?;
        let from = (&*archived, &resolved);
        let of_system = Years::up_to(&archived, self.years, archive, &Whose::System)?;
        let mut everybody = archive.organisations();
        everybody.extend(archived.release.expected.iter().cloned());
        let mut all: Option<Sheet> = None;
        for ods_code in everybody {
            if is_stopped() {
                // Nobody waits for the answer any more, so nobody reads which error ended it.
                return Err(AnswerError::NothingReleased);
            }
            let one = self.of(Whose::Organisations(vec![ods_code]));
            let mut sheet = match Years::up_to(&archived, self.years, archive, &one.whose) {
                Ok(years) => one.own(archive, from, &years.mean()?)?,
                Err(_) => absent(system.own(archive, from, &of_system.mean()?)?),
            };
            one.mark(&mut sheet, &of_system);
            match &mut all {
                None => all = Some(sheet),
                Some(all) => join(all, sheet),
            }
        }
        let mut sheet = all.ok_or(AnswerError::NothingReleased)?;
        sheet.columns[0].readers = Readers::All;
        let contributors = archived.release.contributors.iter();
        let present = contributors.map(|one| one.ods_code.clone()).collect();
        let present = self.of(Whose::Organisations(present));
        let mut answer = present.told(archive, from, &of_system, sheet)?;
        let sheet = &mut answer.sheet;
        let whose = format!(" of {}", present.whose.name());
        let title = sheet.title.split_once(&whose);
        let title = title.map_or("", |(title, _)| title);
        sheet.title = format!("{title} of each employer{}", of_system.when());
        sheet.metadata["org"] = json!(EACH);
        Ok(answer)
    }

    /// The columns and rows of the table, without notes, facts and metadata.
    fn own(
        &self,
        archive: &Archive,
        (archived, resolved): (&Archived, &Resolved),
        sum: &ResidualSum,
    ) -> Result<Sheet, AnswerError> {
        let rows = resolved.rows(sum);
        let mut sheet = picture::sheet(resolved, &rows);
        if self.with_totals {
            self.add_totals(&mut sheet, sum, archive.series_of(archived))?;
        }
        Ok(sheet)
    }

    /// Adds to each row whose numbers it holds, of which period, and from which release.
    fn mark(&self, sheet: &mut Sheet, years: &Years) {
        let of_each = |told: &dyn Fn(&Release) -> String| {
            let releases = years.releases().map(|archived| told(&archived.release));
            Cell::text(releases.collect::<Vec<_>>().join(" "))
        };
        let text = |name: &str, title: &str, description: &str| {
            Column::new(name, title, Kind::Text, description).machines()
        };
        sheet.columns.insert(0, findings::organisation());
        sheet.columns.extend([
            text(
                "period",
                "Period",
                "Of the release that the row comes from; of a mean over years, of each, with blanks between.",
            ),
            findings::as_of(),
            text("series", "Series", "Of the agreement."),
            text("release", "Release", "The id of the release."),
            findings::pooled_with(),
            text("note", "Note", "Why there is no number."),
        ]);
        let is_absent = sheet.rows.iter().any(|row| is_absent(row));
        if is_absent && let Some(note) = sheet.columns.last_mut() {
            note.readers = Readers::All;
        }
        for row in &mut sheet.rows {
            row.insert(0, Cell::text(self.whose.name()));
            let note = row.pop_if(|cell| *cell == Cell::text(ABSENT));
            row.extend([
                of_each(&|release| release.period.to_string()),
                of_each(&|release| release.period.last_day().to_string()),
                Cell::text(years.series()),
                of_each(&|release| release.id.to_string()),
                findings::ids(years.pooled_with(&self.whose)),
                note.unwrap_or(Cell::Empty),
            ]);
        }
    }

    /// The answer made of `sheet`, with title, notes, facts and metadata.
    fn told(
        &self,
        archive: &Archive,
        (archived, resolved): (&Archived, &Resolved),
        years: &Years,
        mut sheet: Sheet,
    ) -> Result<Answer, AnswerError> {
        let own = years.releases().map(|archived| archived.release.id);
        let releases: Vec<_> = own.chain(years.pooled_with(&self.whose)).collect();
        super::refuse_replaced(archive, releases.iter().copied())?;
        let provenance = provenance::of_releases(archive, releases, &self.whose);
        let series = archive.series_of(archived);
        let data_set = series.data_set().label();
        let labels = resolved.columns.iter().map(|axis| axis.attribute.label());
        let by = labels.collect::<Vec<_>>().join(" and ").to_lowercase();
        let by = if by.is_empty() {
            by
        } else {
            format!(" by {by}")
        };
        sheet.title = format!(
            "{data_set}{by}: {} of {}{}",
            series.measure().code(),
            self.whose.name(),
            years.when()
        );
        sheet.notes = years.note().into_iter().chain(provenance.notes()).collect();
        if self.with_totals {
            sheet.notes.push(totals::NEED_NOT_ADD_UP.to_owned());
        }
        for (code, categories) in resolved.filters() {
            let only = format!("{code} {}", categories.join(", "));
            sheet.facts.push(("Only".to_owned(), only));
        }
        sheet.facts.extend(provenance.facts());
        sheet.metadata = self.metadata(resolved, &archived.release, provenance.metadata());
        Ok(Answer {
            sheet,
            made_at: provenance.made_at(),
            releases: provenance.ids(),
        })
    }

    /// A note where the latest period was asked for and the answer is older, because the latest release lacks
    /// some of the organisations asked for.
    fn passed_over(&self, archive: &Archive, period: Period) -> Option<String> {
        if self.when == When::At(period) || self.whose == Whose::System {
            return None;
        }
        let (latest, _) = self.of(Whose::System).best(archive).ok()?;
        let latest = latest.release.period;
        (latest > period).then(|| {
            format!(
                "These are of {period}, the latest period in which all of {} are: {latest} is released \
                 without some of them.",
                self.whose.name()
            )
        })
    }

    /// The same question about `whose`.
    pub(super) fn of(&self, whose: Whose) -> Self {
        Self {
            whose,
            ..self.clone()
        }
    }

    /// The same question of a release's period and series, where no others are named. A number of another series
    /// of that day, or a mean up to another year, may rest on this release, too.
    pub(super) fn of_release(self, release: &Release) -> Self {
        let own = self.when.of_those([release.period]);
        Self {
            series: self.series.or_else(|| Some(release.series.clone())),
            when: own.map_or(self.when, When::At),
            ..self
        }
    }

    /// The query resolved against the series that answers it: the attributes and categories that it uses.
    ///
    /// # Errors
    /// As [`Self::answer`].
    pub(super) fn resolved(&self, archive: &Archive) -> Result<Resolved, AnswerError> {
        Ok(self.best(archive)?.1)
    }

    /// The release that tells the table best ([`ReleaseRank`]). Candidates are the series that promise the table
    /// and were released for the period (the latest one if none is named). For organisations, the release
    /// must hold all of them.
    fn best(&self, archive: &Archive) -> Result<(Arc<Archived>, Resolved), AnswerError> {
        let agreement = archive.agreement();
        let candidates = self
            .query
            .candidates(agreement, self.measure, self.series.as_deref())?;
        let mut released = Vec::new();
        let mut elsewhere = None;
        for archived in archive.releases() {
            let name = &archived.release.series;
            let fitting = candidates.iter().find(|(series, _)| series.name() == name);
            let Some((_, resolved)) = fitting else {
                continue;
            };
            match archived.picture.holds(&self.whose) {
                Ok(()) => released.push((archived, resolved)),
                Err(absent) => elsewhere = Some(absent),
            }
        }
        let periods = released.iter().map(|(archived, _)| archived.release.period);
        let wanted = self.when.of_those(periods);
        let of_period = released
            .iter()
            .filter(|(a, _)| Some(a.release.period) == wanted);
        let mut best: Option<(ReleaseRank, _)> = None;
        for (archived, resolved) in of_period {
            let variance = match &self.whose {
                Whose::System => resolved.mean_variance(archived.picture.system().variances()),
                own @ Whose::Organisations(_) => {
                    resolved.mean_variance(archived.picture.sum_of(own)?.variances())
                }
            };
            let rank = archived.rank(&self.whose, variance);
            if best.as_ref().is_none_or(|(least, _)| rank < *least) {
                best = Some((rank, (archived, resolved)));
            }
        }
        let best = best.map(|(_, best)| best);
        if let Some((archived, resolved)) = best {
            return Ok((Arc::clone(archived), (*resolved).clone()));
        }
        if let (true, Some(absent)) = (released.is_empty(), elsewhere) {
            return Err(absent.into());
        }
        let there = released
            .iter()
            .map(|(a, _)| format!("{} {}", a.release.series, a.release.period));
        let there: Vec<_> = there.collect();
        Err(match self.when.until() {
            Some(period) if !there.is_empty() => AnswerError::NotReleased {
                period: period.to_string(),
                there,
            },
            _ => AnswerError::NotYet {
                series: candidates
                    .iter()
                    .map(|(series, _)| series.name().to_owned())
                    .collect(),
            },
        })
    }

    /// Adds a row of totals for each choice of the first columns' categories, summed over the columns after
    /// them.
    fn add_totals(
        &self,
        sheet: &mut Sheet,
        sum: &ResidualSum,
        series: &Series,
    ) -> Result<(), AnswerError> {
        let levels: Result<Vec<_>, QueryError> = (0..=self.query.by.len())
            .map(|depth| {
                let query = Query {
                    by: self.query.by[..depth].to_vec(),
                    filters: self.query.filters.clone(),
                };
                let resolved = query.resolve(series)?;
                let rows = resolved.rows(sum);
                Ok(Level { resolved, rows })
            })
            .collect();
        totals::add(sheet, &levels?);
        Ok(())
    }

    /// The answer's metadata. The keys of its own release stand at the top level, and the releases that it is
    /// pooled with under a key of their own.
    fn metadata(&self, resolved: &Resolved, own: &Release, mut metadata: Value) -> Value {
        let is_own = |one: &mut Value| one["release"] == json!(own.id);
        if let Some(Value::Array(mut releases)) = metadata
            .as_object_mut()
            .and_then(|all| all.remove("releases"))
        {
            let release = releases.extract_if(.., is_own).next();
            let is_of_that_day = |one: &mut Value| one["period"] == json!(own.period.to_string());
            metadata["pooled_with"] = releases.extract_if(.., is_of_that_day).collect();
            metadata["mean_with"] = json!(releases);
            if let (Some(Value::Object(release)), Value::Object(all)) = (release, &mut metadata) {
                all.extend(release);
            }
        }
        let filters: Map<_, _> = resolved
            .filters()
            .map(|(code, categories)| (code.to_owned(), json!(categories)))
            .collect();
        let codes = resolved.columns.iter().map(|axis| axis.attribute.code());
        metadata["by"] = json!(codes.collect::<Vec<_>>());
        metadata["where"] = Value::Object(filters);
        metadata["org"] = json!(self.whose.name());
        metadata
    }
}

/// The same rows with their numbers emptied, and one more cell with the reason.
fn absent(mut sheet: Sheet) -> Sheet {
    let from = sheet.place("estimate").unwrap_or(sheet.columns.len());
    let to = sheet.place(RELIABILITY).unwrap_or(sheet.columns.len());
    for row in &mut sheet.rows {
        row[from..=to].fill(Cell::Empty);
        row.push(Cell::text(ABSENT));
    }
    sheet
}

fn is_absent(row: &[Cell]) -> bool {
    row.last() == Some(&Cell::text(ABSENT))
}

fn join(all: &mut Sheet, other: Sheet) {
    for (column, other) in all.columns.iter_mut().zip(&other.columns) {
        if column.readers == Readers::Machines {
            column.readers = other.readers;
        }
    }
    all.rows.extend(other.rows);
}
