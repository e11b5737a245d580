//! Looks for an extract's header among its first rows, below titles, and notes what it says of the columns.

use csv::ByteRecord;

use super::Reading;
use crate::import::{
    Field, HeaderError, ImportError, Kind,
    coding::Coder,
    columns::{Columns, is_headless, is_surely_a_header, no_header},
    date,
    sketch::Sketch,
    source::HEADER_ROWS,
};

// === impl Reading ===

impl Reading<'_> {
    pub(super) fn look_for_header(&mut self, record: &ByteRecord) -> Result<(), ImportError> {
        match Columns::find(record, self.options.mapping, self.options.kind) {
            Ok(columns) => {
                self.note_columns(&columns);
                self.header_line = record.position().map_or(0, csv::Position::line);
                self.unread = columns.unread_of_people();
                let coder = Coder::new(
                    columns,
                    self.options.mapping,
                    self.options.pathway_rule,
                    self.options.kind,
                    self.options.organisation,
                    self.options.period,
                    self.progress.counts_from_1904(),
                );
                self.coder = Some((coder, Sketch::below(record)));
                return Ok(());
            }
            Err((known, fault)) => {
                if is_surely_a_header(known) {
                    return Err(self.header(fault));
                }
                let is_headless = is_headless(record, known);
                let fault = if is_headless {
                    HeaderError::Headless
                } else {
                    fault
                };
                // A row without known headings may be a title, so it replaces no better candidate.
                if self
                    .nearly_header
                    .as_ref()
                    .is_none_or(|(most, _)| known > *most || (is_headless && *most == 0))
                {
                    self.nearly_header = Some((known, fault));
                }
            }
        }
        self.titles.note(record, self.title_reading());
        self.report.rows_above_header += 1;
        if self.report.rows_above_header >= HEADER_ROWS {
            return Err(self.no_header());
        }
        Ok(())
    }

    fn note_columns(&mut self, columns: &Columns) {
        let read = Field::ALL
            .into_iter()
            .filter(|field| columns.position(*field).is_some());
        self.report.columns = read
            .map(|field| (field.code().to_owned(), columns.heading(field).to_owned()))
            .collect();
        self.report.columns_unread = columns.unread();
        let kind = self.options.kind;
        self.report.filters_missing = Field::FILTERS
            .into_iter()
            .filter(|field| field.is_of(kind))
            // Files of joiners and leavers list no others, so their dates are no filter.
            .filter(|field| {
                let is_date = matches!(field, Field::StartDate | Field::LeavingDate);
                !is_date || kind == Kind::Staff
            })
            .filter(|field| columns.position(*field).is_none())
            .map(|field| field.code().to_owned())
            .collect();
        let says_when = columns.position(Field::StartDate).is_some();
        self.report.began_in_quarter = says_when.then_some(0);
        let has = |field| columns.position(field).is_some();
        self.report.attributes_missing = self
            .data_set
            .attributes()
            .iter()
            .map(|attribute| attribute.code())
            .filter(|code| match *code {
                // The pathway needs a column for the rule to read; age and stage, each from one of several
                // columns, are checked elsewhere.
                "pathway" => ![
                    Field::Pathway,
                    Field::PositionTitle,
                    Field::AreaOfWork,
                    Field::JobRole,
                ]
                .into_iter()
                .any(has),
                "role" if kind == Kind::Applicants => {
                    ![Field::JobRole, Field::PositionTitle, Field::OccupationCode]
                        .into_iter()
                        .any(has)
                }
                "role" => !has(Field::JobRole) && !has(Field::OccupationCode),
                "age_band" | "furthest_stage" => false,
                code => !Field::ALL
                    .into_iter()
                    .any(|field| field.attribute() == Some(code) && has(field)),
            })
            .map(str::to_owned)
            .collect();
    }

    fn title_reading(&self) -> date::Reading {
        date::Reading {
            order: self.options.mapping.dates,
            // Some extracts are made for a day to come.
            latest_year: self.options.period.year() + 1,
            from_1904: false,
        }
    }

    pub(super) fn no_header(&self) -> ImportError {
        // The fault of a row with one known heading helps more than a list of all that a header must have.
        match &self.nearly_header {
            Some((known, fault)) if *known > 0 || *fault == HeaderError::Headless => {
                self.header(fault.clone())
            }
            _ => self.header(no_header(self.options.kind)),
        }
    }

    fn header(&self, source: HeaderError) -> ImportError {
        ImportError::Header {
            path: self.path.to_owned(),
            source,
        }
    }
}
