//! Funded posts, from the finance department's file. Not about persons: they may be exact.

use std::path::Path;

use csv::ByteRecord;
use vwis_model::dictionary::{Attribute, normalise};

use super::{
    Encoding, Mapping,
    by_hand::{ByHand, ByHandError, Fault, Headings, text, unknown_value},
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
}

/// Reads the file at `path`; rows of one kind are to be added up.
///
/// # Errors
/// [`ByHandError`] names the line, the column and what is accepted.
pub fn read_establishment(
    path: &Path,
    encoding: Encoding,
    sheet: Option<&str>,
    mapping: &Mapping,
) -> Result<Vec<Posts>, ByHandError> {
    let file = ByHand {
        path,
        encoding,
        sheet,
        mapping,
        columns: "a staff group and the funded posts (`Funded FTE`); band and location may be there",
    };
    let mut posts = Vec::new();
    file.read(
        |headings| find_columns(headings, mapping),
        |record, columns| {
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
    })
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
        read_establishment(&path, Encoding::Utf8, None, &Mapping::builtin())
    }

    #[test]
    fn posts_are_read_by_group_band_and_place() {
        let posts =
            read("Staff Group,Band,Location,Funded FTE\nNursing,Band 5,Bolton,120.45\nAHP,,,3\n");
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
            ("Staff Group,Hats\nNursing,1\n", "must name a staff group"),
            ("Staff Group,Posts\n", "holds no rows"),
        ] {
            let error = read(content).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
