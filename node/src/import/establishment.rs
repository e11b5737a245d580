//! Funded posts, from the finance department's file. They are not about persons, so they may be exact.

use std::{collections::HashMap, path::Path};

use csv::ByteRecord;
use vwis_model::{
    dictionary::{Attribute, normalise},
    ods::OdsCode,
    text::plain,
};

use super::{
    Encoding, Mapping,
    by_hand::{ByHand, ByHandError, Fault, Headings, Positions, Twice, text, unknown_value},
    field::Field,
    mapping::{Mapped, attribute_of},
    spreadsheet::trimmed,
};

/// Headings of the column with the number of posts. Those of staff group, band and site come from the
/// mapping.
const POSTS: [&str; 7] = [
    "Funded FTE",
    "Budgeted FTE",
    "Budgeted WTE",
    "Funded Posts",
    "Establishment",
    "Posts",
    "POSITION BUDGETED FTE",
];
/// The attributes that tell kinds of posts apart.
const OF: [Field; 3] = [Field::StaffGroup, Field::Band, Field::Site];
/// Most posts that one row may have, in hundredths: a million.
const MOST_HUNDREDTHS: f64 = 1e8;

/// Funded posts of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posts {
    /// Categories of staff group, band and locality; `unknown` where the file has no such column.
    pub of: [&'static str; 3],
    /// Full-time equivalents, in hundredths.
    pub fte_hundredths: u64,
}

/// Positions of the columns.
struct PostColumns {
    posts: usize,
    of: [Option<usize>; 3],
    organisation: Option<usize>,
}

impl Positions for PostColumns {
    fn read(&self) -> Vec<usize> {
        let others = self.of.iter().chain([&self.organisation]).flatten();
        others.copied().chain([self.posts]).collect()
    }
}

/// Reads the file of `organisation` at `path`; the caller adds up rows of one kind. A file is refused where
/// it would count posts twice (equal rows, and subtotals, which leave group, band or place blank) or has
/// another organisation's.
///
/// # Errors
/// [`ByHandError`] names the line, the column and what is accepted.
pub fn read_establishment(
    path: &Path,
    encoding: Encoding,
    sheet: Option<&str>,
    mapping: &Mapping,
    organisation: &OdsCode,
) -> Result<Vec<Posts>, ByHandError> {
    let file = ByHand {
        path,
        encoding,
        sheet,
        mapping,
        columns: "a staff group and the funded posts (`Funded FTE`); band and location may be there",
    };
    let mut posts = Vec::new();
    let mut lines = HashMap::new();
    let mut places = Places::default();
    file.read(
        |headings| find_columns(headings, mapping),
        |record, columns| {
            is_of(organisation, record, columns)?;
            is_the_only_one(record, &mut lines)?;
            let row = read_row(record, columns, mapping)?;
            places.enter(&row, record, columns)?;
            posts.push(row);
            Ok(())
        },
    )?;
    Ok(posts)
}

fn find_columns(headings: &Headings, mapping: &Mapping) -> Result<Option<PostColumns>, Twice> {
    let mut of = [None; 3];
    for (position, field) in of.iter_mut().zip(OF) {
        *position = headings.position(field, mapping)?;
    }
    let organisation = headings.position(Field::Organisation, mapping)?;
    let columns = of[0].zip(headings.position_of(POSTS)?);
    Ok(columns.map(|(_, posts)| PostColumns {
        posts,
        of,
        organisation,
    }))
}

fn is_of(organisation: &OdsCode, record: &ByteRecord, columns: &PostColumns) -> Result<(), Fault> {
    let value = columns.organisation.map(|position| text(record, position));
    let ours = organisation.as_str();
    match value {
        Some(value) if !value.is_empty() && !plain(&value).eq_ignore_ascii_case(ours) => {
            Err(("posts of this organisation", value, ours.to_owned()))
        }
        _ => Ok(()),
    }
}

fn is_the_only_one(
    record: &ByteRecord,
    lines: &mut HashMap<Vec<Vec<u8>>, u64>,
) -> Result<(), Fault> {
    let row = record.iter().map(|field| trimmed(field).to_vec()).collect();
    let line = record.position().map_or(0, csv::Position::line);
    match lines.insert(row, line) {
        None => Ok(()),
        Some(first) => {
            let expected = format!("each row once, and this one is as line {first}");
            Err(("row of its own", String::new(), expected))
        }
    }
}

/// For each group and band, the first line without a place and the first with one.
#[derive(Default)]
struct Places(HashMap<[&'static str; 2], [Option<u64>; 2]>);

// === impl Places ===

impl Places {
    /// Refuses a row whose group and band are there both with a place and without: one would be the other's
    /// total.
    fn enter(
        &mut self,
        row: &Posts,
        record: &ByteRecord,
        columns: &PostColumns,
    ) -> Result<(), Fault> {
        let Some(position) = columns.of[2] else {
            return Ok(());
        };
        let value = text(record, position);
        let line = record.position().map_or(0, csv::Position::line);
        let lines = self.0.entry([row.of[0], row.of[1]]).or_default();
        let is_placed = usize::from(!value.is_empty());
        lines[is_placed].get_or_insert(line);
        match lines[1 - is_placed] {
            None => Ok(()),
            Some(other) => {
                let expected = format!(
                    "a place in all rows of a group and band, or `unknown`: line {other} has it {} one, and the \
                     row without may be the total of the others, and count posts twice",
                    if is_placed == 1 { "without" } else { "with" }
                );
                Err(("place of posts", value, expected))
            }
        }
    }
}

fn read_row(record: &ByteRecord, columns: &PostColumns, mapping: &Mapping) -> Result<Posts, Fault> {
    let number = text(record, columns.posts);
    let hundredths = number.parse().map(|posts: f64| (posts * 100.0).round());
    let hundredths = hundredths
        .ok()
        .filter(|hundredths| (0.0..=MOST_HUNDREDTHS).contains(hundredths))
        .ok_or_else(|| ("number of posts", number, "such as 12.5".to_owned()))?;
    let mut of = ["unknown"; 3];
    for ((code, field), position) in of.iter_mut().zip(OF).zip(columns.of) {
        let Some(position) = position else {
            continue;
        };
        let value = text(record, position);
        let attribute = attribute_of(field).expect("groups, bands and localities are attributes");
        if value.is_empty() && field != Field::Site {
            let expected = "one, or `unknown`; a row without it may be a subtotal, and would count posts twice";
            return Err((field.code(), value, expected.to_owned()));
        }
        let category = category(attribute, field, &value, mapping)
            .ok_or_else(|| unknown_value(field.code(), value, attribute))?;
        *code = attribute.categories()[category].code();
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to 1e8 after the check above"
    )]
    let fte_hundredths = hundredths as u64;
    Ok(Posts { of, fte_hundredths })
}

fn category(attribute: &Attribute, field: Field, value: &str, mapping: &Mapping) -> Option<usize> {
    let key = normalise(value);
    let own = match (field, mapping.value(field, &key)) {
        (Field::Site, _) => mapping.locality(&key),
        (_, Some(Mapped::Category(own))) => Some(own),
        (_, Some(Mapped::Excluded(_)) | None) => None,
    };
    own.map(usize::from)
        .or_else(|| attribute.resolve(value).category())
        .or_else(|| key.is_empty().then_some(attribute.unknown()))
}

#[cfg(test)]
mod tests;
