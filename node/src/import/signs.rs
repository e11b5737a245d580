//! What an extract as a whole shows of itself, for the check that it makes sense.

mod days;

use std::collections::BTreeMap;

use vwis_model::period::Period;

use self::days::{DateColumn, Order};
use super::{
    date::{Form, Written},
    field::Field,
    missing::Missing,
    numbers::Extended,
    running::Running,
    source::NO_VALUE,
};

/// Most lines that are named as examples.
const MOST_EXAMPLES: usize = 5;

/// Counts over the rows of one extract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// How each column of dates is written.
    pub(super) dates: BTreeMap<Field, DateColumn>,
    /// Of dates that are two numbers and a year, which number is the day.
    pub(super) order: Order,
    /// Rows of somebody, by what stands there in the place of a number.
    pub(super) missing_numbers: BTreeMap<Missing, Seen>,
    /// Whether the numbers count the rows.
    pub(super) running: Running,
    /// People whose number is half as long as most, or shorter.
    pub(super) short_numbers: Seen,
    /// People whose number has a letter where most have a digit that looks like it.
    pub(super) misread_numbers: Seen,
    /// Numbers like those of ESR's assignments.
    pub(super) assignment_numbers: Seen,
    /// Numbers that are another one of the same file with something about it.
    pub(super) extended_numbers: Extended,
    /// First days of work more than a year ahead.
    pub(super) far_starts: Seen,
    /// Errors of a spreadsheet, and formulas without a value.
    pub(super) spreadsheet_errors: Seen,
    /// Rows of a person that are as another one of the same person in everything that is read.
    pub(super) equal_rows: Seen,
    /// Columns of codes, and who says what they mean.
    pub(super) codes: Vec<Codes>,
    /// The line above the header that names another period, and which.
    pub(super) other_period: Option<(u64, Period)>,
    /// Hidden rows of the sheet.
    pub(super) hidden_rows: u64,
    /// Hidden columns of it that are read.
    pub(super) hidden_columns: Vec<String>,
    /// Cells below the header, in a column that is read, that are merged over several rows.
    pub(super) merged_cells: Seen,
    /// Whether another visible sheet has a header too.
    pub(super) has_visible_others: bool,
    /// Whether the sheet that was read is hidden.
    pub(super) sheet_is_hidden: bool,
}

/// Rows that show something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) rows: u64,
    /// Lines of the first ones.
    pub(super) lines: Vec<u64>,
}

/// The codes of a column: all its values where these are numbers, else those of one or two characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Codes {
    pub(super) heading: String,
    pub(super) field: &'static str,
    pub(super) are_numbers: bool,
    pub(super) told: Told,
}

/// Who says what the values of a column mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The mapping says what some mean.
    pub(super) by_mapping: bool,
    /// The dictionary does.
    pub(super) by_dictionary: bool,
    /// Nobody does.
    pub(super) by_nobody: bool,
}

// === impl Signs ===

impl Signs {
    /// Notes how a date is written.
    pub(super) fn date(&mut self, field: Field, raw: &[u8], written: Written, line: u64) {
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

// === impl Seen ===

impl Seen {
    pub(super) fn add(&mut self, line: u64) {
        self.rows += 1;
        if self.lines.len() < MOST_EXAMPLES {
            self.lines.push(line);
        }
    }

    /// `3 rows (line 2, 5, 9)`.
    pub(super) fn said(&self) -> String {
        format!(
            "{} ({})",
            crate::plural::several(self.rows, "row"),
            self.lines_said()
        )
    }

    /// `line 2, 5, 9`.
    pub(super) fn lines_said(&self) -> String {
        let lines: Vec<_> = self.lines.iter().map(u64::to_string).collect();
        format!("line {}", lines.join(", "))
    }
}

// === impl Codes ===

impl Codes {
    /// Whether the list is understood in two ways, or, of numbers, only a part of it: a letter that nobody
    /// knows rejects its row or is listed.
    pub(super) fn is_half_read(&self) -> bool {
        let told = self.told;
        if !self.are_numbers {
            return told.by_mapping && told.by_dictionary;
        }
        [told.by_mapping, told.by_dictionary, told.by_nobody]
            .iter()
            .filter(|told| **told)
            .count()
            > 1
    }
}

/// Whether a spreadsheet shows the value where it could calculate none.
pub(super) fn is_spreadsheet_error(value: &[u8]) -> bool {
    const ERRORS: [&[u8]; 13] = [
        b"#N/A",
        b"#REF!",
        b"#VALUE!",
        b"#DIV/0!",
        b"#NAME?",
        b"#NULL!",
        b"#NUM!",
        b"#SPILL!",
        b"#CALC!",
        b"#FIELD!",
        b"#BLOCKED!",
        b"#GETTING_DATA",
        b"#UNKNOWN!",
    ];
    value.first() == Some(&b'#')
        && (value == NO_VALUE.as_bytes() || ERRORS.iter().any(|e| value.eq_ignore_ascii_case(e)))
}
