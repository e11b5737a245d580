//! Signs of mistakes in an extract as a whole, for the check that it makes sense.

mod days;

use std::{borrow::Cow, collections::BTreeMap};

use vwis_model::period::Period;

use self::days::{DateColumn, Order};
use super::{
    date::{Form, Written},
    field::Field,
    missing::Missing,
    numbers::Extended,
    running::Running,
    seen::Seen,
};

/// Counts over the rows of one extract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// How each column of dates is written.
    pub(super) dates: BTreeMap<Field, DateColumn>,
    /// Dates that are two numbers and a year, and how many prove which number is the day.
    pub(super) order: Order,
    /// Rows of people without a number, by what stands in its place.
    pub(super) missing_numbers: BTreeMap<Missing, Seen>,
    /// Whether the employee numbers merely count the rows.
    pub(super) running: Running,
    /// People whose number is half as long as most, or shorter.
    pub(super) short_numbers: Seen,
    /// People whose number has a letter where most have a digit that looks like it.
    pub(super) misread_numbers: Seen,
    /// Numbers that look like those of ESR's assignments.
    pub(super) assignment_numbers: Seen,
    /// Numbers that are another number of the same file with something before or after it.
    pub(super) extended_numbers: Extended,
    /// Rows with a leaving date, a leaving reason, or both.
    pub(super) leaving: Leaving,
    /// First days of work more than a year ahead.
    pub(super) far_starts: Seen,
    /// Errors of a spreadsheet, and formulas without a value.
    pub(super) spreadsheet_errors: Seen,
    /// Rows equal to another row of the same person in everything that is read.
    pub(super) equal_rows: Seen,
    /// Columns of codes, and who says what they mean.
    pub(super) codes: Vec<Codes>,
    /// The last line above the header that names another period, with that period.
    pub(super) other_period: Option<(u64, Period)>,
    /// Hidden rows of the sheet.
    pub(super) hidden_rows: u64,
    /// Headings of hidden columns that are read.
    pub(super) hidden_columns: Vec<String>,
    /// Cells below the header, in a column that is read, that are merged over several rows.
    pub(super) merged_down: Seen,
    /// Cells of rows that count that are merged over several columns, of which one that is read is not the
    /// first.
    pub(super) merged_across: Seen,
    /// Whether another visible sheet has a header too.
    pub(super) has_visible_others: bool,
    /// Whether the sheet that was read is hidden.
    pub(super) sheet_is_hidden: bool,
}

/// How many rows say when somebody leaves, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Leaving {
    pub(super) only_dated: u64,
    pub(super) only_reasoned: u64,
    pub(super) both: u64,
}

/// What one row shows of the extract as a whole.
#[derive(Default)]
pub(super) struct RowSigns<'r> {
    /// What stands in the column of people's numbers; `None` where the row is not whole.
    pub(super) number: Option<Number<'r>>,
    /// Its dates: the column, the value, and how it is written.
    pub(super) dates: [Option<(Field, &'r [u8], Written)>; 4],
    /// Whether the first day of work is more than a year ahead.
    pub(super) starts_far: bool,
    /// Whether it holds an error of a spreadsheet, or a formula without a value.
    pub(super) has_error: bool,
}

/// What stands in a row's column of people's numbers.
pub(super) enum Number<'r> {
    /// Nothing that is a number, of somebody or of nobody.
    Missing { what: Missing, is_somebodys: bool },
    /// A note, in a row that tells of nobody.
    Note,
    /// A number, in its normal form, and whether it looks like an assignment's.
    Given {
        normal: Cow<'r, [u8]>,
        is_assignments: bool,
    },
}

/// The codes of a column: all its values where these are numbers, else those of one or two characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Codes {
    pub(super) heading: String,
    pub(super) field: &'static str,
    pub(super) are_numbers: bool,
    pub(super) explained_by: ExplainedBy,
}

/// Who says what the values of a column mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ExplainedBy {
    /// The mapping says what some mean.
    pub(super) mapping: bool,
    /// The dictionary says what some mean.
    pub(super) dictionary: bool,
    /// Neither says what some mean.
    pub(super) nobody: bool,
}

// === impl Signs ===

impl Signs {
    /// Adds what the row at `line` shows.
    pub(super) fn add(&mut self, row: &RowSigns<'_>, line: u64) {
        match &row.number {
            Some(Number::Missing {
                what,
                is_somebodys: true,
            }) => self.missing_numbers.entry(*what).or_default().add(line),
            Some(Number::Given {
                normal,
                is_assignments,
            }) => {
                if *is_assignments {
                    self.assignment_numbers.add(line);
                }
                self.running.note(normal, line);
            }
            Some(Number::Missing { .. } | Number::Note) | None => {}
        }
        for (field, raw, written) in row.dates.iter().flatten() {
            self.date(*field, raw, *written, line);
        }
        if row.starts_far {
            self.far_starts.add(line);
        }
        if row.has_error {
            self.spreadsheet_errors.add(line);
        }
    }

    /// Adds how a date of the column `field` is written.
    fn date(&mut self, field: Field, raw: &[u8], written: Written, line: u64) {
        let column = self.dates.entry(field).or_default();
        match written.form {
            Form::Serial => column.serials.add(line),
            Form::Numbers { proves_order } => {
                column.left.add(written.date.day());
                self.order.note(raw, proves_order);
            }
            Form::Plain => column.taken.add(written.date.day()),
        }
    }
}

// === impl Leaving ===

impl Leaving {
    pub(super) fn add(&mut self, is_dated: bool, is_reasoned: bool) {
        match (is_dated, is_reasoned) {
            (true, true) => self.both += 1,
            (true, false) => self.only_dated += 1,
            (false, true) => self.only_reasoned += 1,
            (false, false) => {}
        }
    }
}

// === impl Codes ===

impl Codes {
    /// Whether the mapping explains some codes and the dictionary others, or, for numbers, whether some are
    /// explained by neither. Letters that nobody explains reject their row or are listed, so they need no
    /// question.
    pub(super) fn is_half_read(&self) -> bool {
        let ExplainedBy {
            mapping,
            dictionary,
            nobody,
        } = self.explained_by;
        if !self.are_numbers {
            return mapping && dictionary;
        }
        [mapping, dictionary, nobody]
            .iter()
            .filter(|explains| **explains)
            .count()
            > 1
    }
}
