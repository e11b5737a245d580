//! Funded posts, from the finance department's file. Not about persons: they may be exact.

use std::{collections::HashMap, path::Path};

use csv::ByteRecord;
use vwis_model::{
    dictionary::{Attribute, normalise},
    ods::OdsCode,
    text::plain,
};

use super::{
    Encoding, Mapping,
    by_hand::{ByHand, ByHandError, Fault, Headings, text, unknown_value},
    coding::trimmed,
    field::Field,
    mapping::{Mapped, attribute_of},
};

/// Headings of the posts, beside those that the mapping has for staff group, band and site.
const POSTS: [&str; 7] = [
    "Funded FTE",
    "Budgeted FTE",
    "Budgeted WTE",
    "Funded Posts",
    "Establishment",
    "Posts",
    "POSITION BUDGETED FTE",
];
/// What posts are told by.
const OF: [Field; 3] = [Field::StaffGroup, Field::Band, Field::Site];
/// Most posts of one row, in hundredths: an employer of a million.
const MOST_HUNDREDTHS: f64 = 1e8;

/// Funded posts of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posts {
    /// Category codes of staff group, band and locality; `unknown` where the file has no such column.
    pub of: [&'static str; 3],
    /// Full-time equivalents, in hundredths.
    pub fte_hundredths: u64,
}

/// Where the columns stand.
struct PostColumns {
    posts: usize,
    of: [Option<usize>; 3],
    organisation: Option<usize>,
}

/// Reads the file of `organisation` at `path`; rows of one kind are to be added up. What would count posts
/// twice, or another organisation's, refuses it: equal rows, and subtotals, which leave group or band blank.
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
    file.read(
        |headings| find_columns(headings, mapping),
        |record, columns| {
            is_of(organisation, record, columns)?;
            is_the_only_one(record, &mut lines)?;
            posts.push(read_row(record, columns, mapping)?);
            Ok(())
        },
    )?;
    Ok(posts)
}

fn find_columns(headings: &Headings, mapping: &Mapping) -> Option<PostColumns> {
    let of = OF.map(|field| headings.position(field, mapping));
    of[0]?;
    Some(PostColumns {
        posts: headings.position_of(POSTS)?,
        of,
        organisation: headings.position(Field::Organisation, mapping),
    })
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
mod tests {
    use std::fs;

    use super::*;

    fn read(content: &str) -> Result<Vec<Posts>, ByHandError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("posts.csv");
        fs::write(&path, content).unwrap();
        let ours = "R0A".parse().unwrap();
        read_establishment(&path, Encoding::Utf8, None, &Mapping::builtin(), &ours)
    }

    #[test]
    fn posts_are_read_by_group_band_and_place() {
        let posts = read(
            "Staff Group,Band,Location,Funded FTE\nNursing,Band 5,Bolton,120.45\nAHP,unknown,,3\n",
        );
        assert_eq!(
            posts.unwrap(),
            [
                Posts {
                    of: ["nursing_and_midwifery", "afc_5", "e08000001"],
                    fte_hundredths: 12_045
                },
                Posts {
                    of: ["allied_health_professionals", "unknown", "unknown"],
                    fte_hundredths: 300
                },
            ]
        );
    }

    #[test]
    fn a_bad_row_refuses_the_file_and_is_named() {
        for (content, expected) in [
            (
                "Staff Group,Posts\nWizards,1\n",
                "line 2: `(not shown: it may be a person's)` is no staff_group",
            ),
            (
                "Staff Group,Posts\nNursing,-1\n",
                "`-1` is no number of posts",
            ),
            (
                "Staff Group,Posts\nNursing,1\nAHP,2\nNursing,1\n",
                "line 4: `` is no row of its own; expected each row once, and this one is as line 2",
            ),
            (
                "Staff Group,Posts\nNursing,1\n,3\n",
                "line 3: `` is no staff_group",
            ),
            (
                "Staff Group,Band,Posts\nNursing,Band 5,1\nNursing,,3\n",
                "line 3: `` is no band; expected one, or `unknown`; a row without it may be a subtotal",
            ),
            (
                "ODS Code,Staff Group,Posts\nR0A,Nursing,1\nRM3,Nursing,3\n",
                "is no posts of this organisation; expected R0A",
            ),
            ("Staff Group,Hats\nNursing,1\n", "must name a staff group"),
            ("Staff Group,Posts\n", "holds no rows"),
        ] {
            let error = read(content).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_workbook_of_which_more_is_read_than_is_seen_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("posts.xlsx");
        let ours = "R0A".parse().unwrap();
        for (hides, expected) in [
            (false, None),
            (true, Some("1 row of the workbook are hidden")),
        ] {
            let mut workbook = rust_xlsxwriter::Workbook::new();
            let sheet = workbook.add_worksheet();
            for (row, [group, posts]) in (0..).zip([
                ["Staff Group", "Funded FTE"],
                ["Nursing", "5"],
                ["AHP", "3"],
            ]) {
                sheet.write(row, 0, group).unwrap();
                sheet.write(row, 1, posts).unwrap();
            }
            if hides {
                sheet.set_row_hidden(2).unwrap();
            }
            workbook.save(&path).unwrap();
            let read = read_establishment(&path, Encoding::Utf8, None, &Mapping::builtin(), &ours);
            let said = read.err().map(|error| error.to_string());
            match expected {
                None => assert_eq!(said, None),
                Some(expected) => assert!(said.unwrap().contains(expected), "{expected}"),
            }
        }
    }
}
