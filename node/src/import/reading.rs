//! One reading of an extract, from its header to its people.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use csv::ByteRecord;
use vwis_model::{algebra::MAX_PEOPLE, dictionary::DataSet};

use super::{
    Allowance, FEW_CONTRADICTING, Field, HeaderError, ImportError, Imported, Kind,
    MOST_CONTRADICTING, Options, PathwayListReport, PathwayReport, Report,
    coding::{Began, Coder, Row, trimmed},
    columns::{Columns, is_headless, is_surely_a_header, no_header},
    date,
    oddity::Oddity,
    reason::Reason,
    roll::{Roll, TooManyPeople},
    signs::Codes,
    sketch::Sketch,
    source::{Ended, Progress},
    title::Titles,
};
use crate::{
    movement::{LeaverDetails, Moving},
    people::{PersonTag, normal_form},
};

/// Rows among which the header is looked for: reports begin with titles.
pub(super) const HEADER_ROWS: u64 = 30;

/// A reading under way.
pub(super) struct Reading<'a> {
    path: &'a Path,
    options: &'a Options<'a>,
    progress: &'a Progress,
    data_set: &'static DataSet,
    /// Once the header was found.
    coder: Option<(Coder<'a>, Sketch)>,
    /// The row that came closest to a header: how many of its headings are known, and its fault.
    nearly_header: Option<(usize, HeaderError)>,
    header_line: u64,
    /// Line of the last row, and how many fields it has.
    last_row: (u64, usize),
    roll: Roll,
    leavers: HashMap<PersonTag, LeaverDetails>,
    absent: HashSet<PersonTag>,
    /// Columns that nothing reads and that may hold a person's own.
    unread: Vec<usize>,
    report: Report,
    /// What the lines above the header say.
    titles: Titles,
}

// === impl Reading ===

impl<'a> Reading<'a> {
    pub(super) fn new(path: &'a Path, options: &'a Options<'a>, progress: &'a Progress) -> Self {
        let data_set = options.kind.data_set();
        Self {
            path,
            options,
            progress,
            data_set,
            coder: None,
            nearly_header: None,
            header_line: 0,
            last_row: (0, 0),
            roll: Roll::new(data_set),
            leavers: HashMap::new(),
            absent: HashSet::new(),
            unread: Vec::new(),
            report: Report::default(),
            titles: Titles::default(),
        }
    }

    fn title_reading(&self) -> date::Reading {
        date::Reading {
            order: self.options.mapping.dates,
            // Some are made for a day to come.
            latest_year: self.options.period.year() + 1,
            from_1904: false,
        }
    }

    pub(super) fn record(&mut self, record: &ByteRecord) -> Result<bool, ImportError> {
        let Some((coder, sketch)) = &mut self.coder else {
            return self.look_for_header(record).map(|()| true);
        };
        let line = record.position().map_or(0, csv::Position::line);
        let rows = rows_in(record, coder.columns().width());
        self.report.rows_read += rows;
        sketch.add(record);
        self.last_row = (line, record.len());
        let vetting = &mut self.report.vetting;
        vetting.begin_row(&normal_form(coder.employee_number(record)), line);
        for position in &self.unread {
            vetting.note_unread(trimmed(record.get(*position).unwrap_or_default()));
        }
        match coder.row(record, line, &mut self.report) {
            Row::Absent => {
                let tag = self.options.tagger.tag(coder.employee_number(record));
                self.absent.insert(tag);
                if self.absent.len() as u64 > MAX_PEOPLE {
                    return Err(ImportError::TooManyPeople(self.path.to_owned()));
                }
            }
            Row::Left(leaver) if leaver.in_quarter => {
                let tag = self.options.tagger.tag(coder.employee_number(record));
                let details = LeaverDetails {
                    reason: leaver.reason,
                    destination: leaver.destination,
                };
                // Of several assignments the first one speaks: bank rows follow.
                self.leavers.entry(tag).or_insert(details);
                if self.leavers.len() as u64 > MAX_PEOPLE {
                    return Err(ImportError::TooManyPeople(self.path.to_owned()));
                }
            }
            Row::Nobody if coder.columns().are_moved_in(record) => {
                return Err(ImportError::OtherHeader {
                    path: self.path.to_owned(),
                    line,
                });
            }
            // Its width is the fault, and it is that of several rows.
            Row::Nobody if rows > 1 => self.report.reject_joined(rows - 1),
            Row::Left(_) | Row::Nobody | Row::Excluded => {}
            Row::Counts(assignment) => {
                if let (Some(began), Began::InQuarter) =
                    (&mut self.report.began_in_quarter, assignment.began)
                {
                    *began += 1;
                }
                let tag = self.options.tagger.tag(coder.employee_number(record));
                self.roll
                    .enter(
                        tag,
                        &assignment,
                        coder.employee_number(record),
                        line,
                        &mut self.report,
                    )
                    .map_err(|TooManyPeople| ImportError::TooManyPeople(self.path.to_owned()))?;
            }
        }
        Ok(true)
    }

    fn look_for_header(&mut self, record: &ByteRecord) -> Result<(), ImportError> {
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
                // Titles above the rows are no header either.
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
        self.report.filters_missing = Field::FILTERS
            .into_iter()
            // Those who joined or left are listed as such.
            .filter(|field| {
                let is_date = matches!(field, Field::StartDate | Field::LeavingDate);
                !is_date || self.options.kind == Kind::Staff
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
                // The rule needs something to read; the age comes from either column.
                "pathway" => ![
                    Field::Pathway,
                    Field::PositionTitle,
                    Field::AreaOfWork,
                    Field::JobRole,
                ]
                .into_iter()
                .any(has),
                "role" => !has(Field::JobRole) && !has(Field::OccupationCode),
                "age_band" => false,
                code => !Field::ALL
                    .into_iter()
                    .any(|field| field.attribute() == Some(code) && has(field)),
            })
            .map(str::to_owned)
            .collect();
    }

    pub(super) fn finish(mut self, ended: &Ended) -> Result<Imported, ImportError> {
        let Some((coder, sketch)) = &self.coder else {
            return Err(match self.nearly_header {
                None => ImportError::Empty(self.path.to_owned()),
                Some(_) => self.no_header(),
            });
        };
        if self.report.rows_read == 0 {
            return Err(ImportError::Empty(self.path.to_owned()));
        }
        self.report.vet();
        self.report.sheet.clone_from(&ended.sheet);
        let (line, fields) = self.last_row;
        let columns = coder.columns();
        let width = columns.width();
        if ended.breaks_off && fields < width && !self.is_allowed(Allowance::CutOff) {
            return Err(ImportError::CutOff {
                path: self.path.to_owned(),
                line,
                fields,
                width,
                report: Box::new(self.report),
            });
        }
        // Before the rows: what was pasted twice is no fault of its rows, such as the header between the copies.
        if sketch.is_doubled() && !self.is_allowed(Allowance::Repeats) {
            return Err(ImportError::Doubled {
                path: self.path.to_owned(),
                report: Box::new(self.report),
            });
        }
        let hidden = ended.hidden_of(&columns.read()).into_iter();
        self.report.signs.hidden_columns =
            hidden.map(|at| columns.heading_at(at).to_owned()).collect();
        self.report.signs.codes = coder.codes();
        self.report.signs.other_period = self.titles.other_than(self.options.period);
        self.report.signs.hidden_rows = ended.hidden_rows();
        self.report.signs.merged_cells = ended.merged_below(self.header_line, &columns.read());
        self.report.signs.sheet_is_hidden = ended.sheet_is_hidden;
        self.report.signs.has_visible_others = ended.has_visible_others;
        self.report.other_sheets.clone_from(&ended.other_sheets);
        self.check_codes()?;
        let rows_tag = self.options.tagger.rows_tag(&sketch.bytes());
        self.check_rejections()?;
        self.check_contradictions()?;
        self.place_pathways();
        if self.report.kept == 0 && !self.is_allowed(Allowance::Nobody) {
            return Err(ImportError::Nobody {
                path: self.path.to_owned(),
                report: Box::new(self.report),
            });
        }
        self.report.signs.extended_numbers = self.roll.extended();
        self.report.signs.short_numbers = self.roll.short_numbers();
        self.report.signs.misread_numbers = self.roll.misread_numbers();
        let (people, joining_source, began) = self.roll.into_people(&mut self.report);
        let index = people.index();
        self.absent
            .retain(|tag| index.find(people.tags(), *tag).is_none());
        Ok(Imported {
            people,
            moving: Moving {
                joining_source,
                leavers: self.leavers,
                absent: self.absent,
            },
            began,
            rows_tag,
            report: self.report,
        })
    }

    fn place_pathways(&mut self) {
        let has_own_column = self.report.columns.contains_key(Field::Pathway.code());
        let mut list_report = None;
        if let Some(list) = self.options.pathway_list
            && let Some(pathway) = self.data_set.position("pathway")
        {
            let placed = self
                .roll
                .override_pathway(pathway, |tag| list.pathway_of(tag));
            list_report = Some(PathwayListReport {
                listed: list.len(),
                placed,
                not_found: list.len() - placed,
            });
        }
        let has_no_pathway = self.data_set.position("pathway").is_none();
        self.report.pathway = if has_own_column || has_no_pathway {
            PathwayReport::default()
        } else {
            self.roll.pathway_report(self.options.pathway_rule)
        };
        self.report.pathway.list = list_report;
    }

    /// Refuses a column of codes that are read in two ways, or of numbers of which only some are known: they are
    /// another system's, and those that are known mean something else.
    fn check_codes(&self) -> Result<(), ImportError> {
        let half_read = |codes: &&Codes| codes.is_half_read();
        let codes = self.report.signs.codes.iter().find(half_read);
        match codes {
            Some(codes) if !self.is_allowed(Allowance::Codes) => Err(ImportError::OtherCodes {
                path: self.path.to_owned(),
                column: codes.heading.clone(),
                field: codes.field,
                are_numbers: codes.are_numbers,
                report: Box::new(self.report.clone()),
            }),
            _ => Ok(()),
        }
    }

    fn check_rejections(&self) -> Result<(), ImportError> {
        let report = &self.report;
        let path = self.path.to_owned();
        let others = report
            .rejected
            .get(Reason::OtherOrganisation.code())
            .copied()
            .unwrap_or(0);
        if others * 2 > report.rows_read {
            let theirs = report
                .rejected_columns
                .iter()
                .find(|group| group.reason == Reason::OtherOrganisation)
                .and_then(|group| group.by_rows().first().map(|(code, _)| (*code).to_owned()));
            return Err(ImportError::OtherOrganisation {
                path,
                found: theirs.unwrap_or_default(),
                expected: self.options.organisation.clone(),
            });
        }
        let rejected = report.rejected_rows();
        if is_more_than(rejected, self.options.most_rejected, report.rows_read) {
            return Err(ImportError::TooManyRejected {
                path,
                rejected,
                rows: report.rows_read,
                most: self.options.most_rejected * 100.0,
                report: Box::new(report.clone()),
            });
        }
        Ok(())
    }

    fn check_contradictions(&self) -> Result<(), ImportError> {
        let report = &self.report;
        let rows = report.rows_with(Oddity::AssignmentsDisagree);
        let is_much = is_more_than(rows, MOST_CONTRADICTING, report.merged);
        // Where every number that stands twice stands for several, a few are enough.
        let is_all = rows > 1 && rows == report.merged;
        let is_odd = is_all || (rows > FEW_CONTRADICTING && is_much);
        if !is_odd || self.is_allowed(Allowance::Contradictions) {
            return Ok(());
        }
        Err(ImportError::Contradictory {
            path: self.path.to_owned(),
            rows,
            further: report.merged,
            report: Box::new(report.clone()),
        })
    }

    fn is_allowed(&self, allowance: Allowance) -> bool {
        self.options.allowed.contains(&allowance)
    }

    fn no_header(&self) -> ImportError {
        // One heading that is known says more than a list of all that must be there.
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

/// How many rows stand in a record: several where line ends are missing between them, with a
/// delimiter in their place or nothing.
fn rows_in(record: &ByteRecord, width: usize) -> u64 {
    let is_joined = width > 1 && record.len() >= 2 * width - 1;
    let has_values = |field: &[u8]| !trimmed(field).is_empty();
    // Spreadsheets leave empty fields behind the last column.
    if is_joined && record.iter().skip(width).any(has_values) {
        record.len().div_ceil(width) as u64
    } else {
        1
    }
}

/// Whether `part` is more than `share` of `whole`: exactly, in billionths, so that 29 of 100 is not more than
/// 0.29.
fn is_more_than(part: u64, share: f64, whole: u64) -> bool {
    const BILLION: f64 = 1e9;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share is from 0 to 1"
    )]
    let billionths = (share * BILLION).round() as u128;
    u128::from(part) * 1_000_000_000 > billionths * u128::from(whole)
}
