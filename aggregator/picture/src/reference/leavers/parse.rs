//! Reading a file of leaver rates.

use std::collections::BTreeMap;

use thiserror::Error;
use vwis_model::dictionary::{Category, Group, Resolution, UNKNOWN};

use super::{Hazard, staff_groups, turnover_bands};
use crate::given;

const COLUMNS: [&str; 4] = ["staff_group", "age_band", "headcount", "leavers"];

/// Why a file of leaver rates was refused. Nothing of a refused file is used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HazardsError {
    /// A column is not there.
    #[error(
        "leaver rates: there is no column `{column}`; the header is `{header}` and must name \
         staff_group, age_band, headcount and leavers"
    )]
    NoColumn {
        /// The column that is missing.
        column: &'static str,
        /// The header that the file has.
        header: String,
    },
    /// A line is not CSV, or has more or fewer fields than the header.
    #[error("leaver rates, line {line}: {problem}; expected are as many fields as in the header")]
    Line {
        /// The line's number; the header is line 1.
        line: u64,
        /// What is wrong with the line.
        problem: String,
    },
    /// A field has a value that its column does not allow.
    #[error(
        "leaver rates, line {line}, column {column}: `{value}` is there, expected is {expected}"
    )]
    Value {
        /// The line's number; the header is line 1.
        line: u64,
        /// The name of the column.
        column: &'static str,
        /// The value in the file, shortened.
        value: String,
        /// What would be accepted instead.
        expected: String,
    },
    /// Two lines give rates of the same people.
    #[error(
        "leaver rates, line {line}: {staff_group} and {age_band} were given on line {first} already; \
         expected is one line for each staff group and age band"
    )]
    Repeated {
        /// The number of the second line.
        line: u64,
        /// The number of the first line.
        first: u64,
        /// The code of the staff group.
        staff_group: &'static str,
        /// The code of the age band.
        age_band: &'static str,
    },
    /// The file has no line under its header.
    #[error(
        "leaver rates: the file has no line under its header; expected is one for each staff group \
         and age band that is to differ from the published rates"
    )]
    Empty,
}

/// The rates that a file gives, and what to tell the user about them.
pub(super) struct Lines {
    pub(super) by_group: BTreeMap<(&'static str, &'static str), Hazard>,
    /// The names of columns that were not read.
    ignored: Vec<String>,
    /// The staff groups whose rate of `unknown` age was summed from their age bands.
    summed: Vec<&'static str>,
}

/// Reads all lines. Where a staff group has every age band but `unknown`, the rate of `unknown` is their sum.
pub(super) fn lines(text: &str) -> Result<Lines, HazardsError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| not_csv(&error))?.clone();
    let mut places = [0; 4];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        *place = header
            .iter()
            .position(|own| own.eq_ignore_ascii_case(column))
            .ok_or_else(|| HazardsError::NoColumn {
                column,
                header: given::shortened(&header.iter().collect::<Vec<_>>().join(",")),
            })?;
    }
    let mut by_group = BTreeMap::new();
    let mut first_lines = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| not_csv(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |index: usize| (line, COLUMNS[index], &record[places[index]]);
        let codes = (staff_group(field(0))?, age_band(field(1))?);
        let headcount = number(field(2), 1, u32::MAX)?;
        let leavers = number(field(3), 0, headcount)?;
        if let Some(first) = first_lines.insert(codes, line) {
            return Err(HazardsError::Repeated {
                line,
                first,
                staff_group: codes.0,
                age_band: codes.1,
            });
        }
        by_group.insert(codes, Hazard { headcount, leavers });
    }
    if by_group.is_empty() {
        return Err(HazardsError::Empty);
    }
    let summed = sum_unknown_ages(&mut by_group);
    let read = |(index, _): &(usize, &str)| !places.contains(index);
    let ignored = header.iter().enumerate().filter(read);
    Ok(Lines {
        ignored: ignored.map(|(_, name)| given::shortened(name)).collect(),
        by_group,
        summed,
    })
}

fn sum_unknown_ages(
    by_group: &mut BTreeMap<(&'static str, &'static str), Hazard>,
) -> Vec<&'static str> {
    let known: Vec<_> = turnover_bands()
        .groups()
        .iter()
        .map(Group::code)
        .filter(|code| *code != UNKNOWN)
        .collect();
    let mut summed = Vec::new();
    for group in staff_groups().categories().iter().map(Category::code) {
        if by_group.contains_key(&(group, UNKNOWN)) {
            continue;
        }
        let bands: Option<Vec<Hazard>> = known
            .iter()
            .map(|band| by_group.get(&(group, *band)).copied())
            .collect();
        // If the sum is too large for its type, the published rate stays.
        let sum = bands.and_then(|bands| {
            let nobody = Some(Hazard {
                headcount: 0,
                leavers: 0,
            });
            bands.into_iter().fold(nobody, |sum, band| {
                Some(Hazard {
                    headcount: sum?.headcount.checked_add(band.headcount)?,
                    leavers: sum?.leavers.checked_add(band.leavers)?,
                })
            })
        });
        if let Some(sum) = sum {
            by_group.insert((group, UNKNOWN), sum);
            summed.push(group);
        }
    }
    summed
}

/// Line number, column name and value of a field.
type Field<'a> = (u64, &'static str, &'a str);

fn staff_group(field: Field<'_>) -> Result<&'static str, HazardsError> {
    let attribute = staff_groups();
    let found = match attribute.resolve(field.2) {
        Resolution::Firm(index) => Some(index),
        _ => attribute.category(field.2),
    };
    let categories = attribute.categories();
    found.map(|index| categories[index].code()).ok_or_else(|| {
        let near = attribute.nearest(field.2);
        unexpected(field, one_of(near, categories.iter().map(Category::code)))
    })
}

fn age_band(field: Field<'_>) -> Result<&'static str, HazardsError> {
    let groups = turnover_bands().groups();
    let meant = |group: &&Group| {
        let value = field.2;
        value == group.code() || value.eq_ignore_ascii_case(group.label())
    };
    let found = groups.iter().find(meant).map(Group::code);
    found.ok_or_else(|| unexpected(field, one_of(None, groups.iter().map(Group::code))))
}

fn number(field: Field<'_>, least: u32, most: u32) -> Result<u32, HazardsError> {
    let number = field.2.parse::<u32>().ok();
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| {
            let expected = format!("a whole number from {least} to {most}, digits only");
            unexpected(field, expected)
        })
}

fn one_of(near: Option<&str>, codes: impl Iterator<Item = &'static str>) -> String {
    let codes: Vec<_> = codes.collect();
    let near = near.map_or_else(String::new, |near| format!("{near}? or "));
    format!("{near}one of {}", codes.join(", "))
}

fn unexpected((line, column, value): Field<'_>, expected: String) -> HazardsError {
    HazardsError::Value {
        line,
        column,
        value: given::shortened(value),
        expected,
    }
}

fn not_csv(error: &csv::Error) -> HazardsError {
    let (line, problem) = given::not_csv(error);
    HazardsError::Line { line, problem }
}

// === impl Lines ===

impl Lines {
    /// Notes for the user about how the file was read.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = vec![format!(
            "Leaver rates of {} staff groups and age bands are from the user's file.",
            self.by_group.len()
        )];
        let bands = turnover_bands().groups().iter().map(Group::code);
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        for group in staff_groups().categories().iter().map(Category::code) {
            let missing: Vec<_> = bands
                .clone()
                .filter(|band| !self.by_group.contains_key(&(group, *band)))
                .collect();
            if missing.len() == bands.len() {
                whole.push(group);
            } else if !missing.is_empty() {
                parts.push(format!("{group} ({})", missing.join(", ")));
            }
        }
        if !whole.is_empty() || !parts.is_empty() {
            let missing: Vec<_> = whole.into_iter().map(str::to_owned).chain(parts).collect();
            notes.push(format!(
                "Not in the user's file, so England's published rates: {}.",
                missing.join("; ")
            ));
        }
        if !self.summed.is_empty() {
            notes.push(format!(
                "Unknown age is the sum of the file's age bands: {}.",
                self.summed.join(", ")
            ));
        }
        if !self.ignored.is_empty() {
            notes.push(format!("Columns not read: {}.", self.ignored.join(", ")));
        }
        notes
    }
}
