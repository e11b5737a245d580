//! Funded posts, from the finance department's file. Not about persons: they may be exact.

use std::path::{Path, PathBuf};

use csv::ByteRecord;
use vwis_proto::dictionary::{Attribute, Category, normalise};

use super::{
    Encoding, ImportError, Mapping, Progress,
    field::Field,
    mapping::{Mapped, attribute_of},
    source::Source,
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

/// Why a file of posts cannot be used. It is short and made by hand: one bad row refuses it.
#[derive(Debug, thiserror::Error)]
pub enum EstablishmentError {
    /// Not a file of rows.
    #[error(transparent)]
    File(#[from] ImportError),
    /// No header with the two columns that must be there.
    #[error(
        "{path}: the first row must name a staff group and the funded posts (`Funded FTE`); band and \
         location may be there"
    )]
    Header {
        /// The file.
        path: PathBuf,
    },
    /// A row that says nothing, or something unknown.
    #[error("{path}, line {line}: `{value}` is no {column}; expected {expected}")]
    Row {
        /// The file.
        path: PathBuf,
        /// The line.
        line: u64,
        /// Which column.
        column: &'static str,
        /// What stands there.
        value: String,
        /// What would be accepted.
        expected: String,
    },
}

/// Where the columns stand.
struct PostColumns {
    posts: usize,
    /// Staff group, band and site.
    of: [Option<usize>; 3],
}

/// Reads the file at `path`; rows of one kind are to be added up.
///
/// # Errors
/// [`EstablishmentError`] names the line, the column and what is accepted.
pub fn read_establishment(
    path: &Path,
    encoding: Encoding,
    mapping: &Mapping,
) -> Result<Vec<Posts>, EstablishmentError> {
    let progress = Progress::default();
    let source = Source {
        path,
        encoding,
        progress: &progress,
    };
    let mut found: Option<PostColumns> = None;
    let mut posts = Vec::new();
    let mut fault = None;
    source.read(mapping, &mut |record| {
        let Some(columns) = &found else {
            found = find_columns(record, mapping);
            return Ok(found.is_some());
        };
        match read_row(record, columns, mapping, path) {
            Ok(row) => posts.push(row),
            Err(error) => fault = Some(error),
        }
        Ok(fault.is_none())
    })?;
    match (fault, found) {
        (Some(fault), _) => Err(fault),
        (None, None) => Err(EstablishmentError::Header {
            path: path.to_owned(),
        }),
        (None, Some(_)) if posts.is_empty() => Err(ImportError::Empty(path.to_owned()).into()),
        (None, Some(_)) => Ok(posts),
    }
}

fn find_columns(record: &ByteRecord, mapping: &Mapping) -> Option<PostColumns> {
    let headings: Vec<_> = record
        .iter()
        .map(|heading| normalise(&String::from_utf8_lossy(heading)))
        .collect();
    let position = |accepted: &[String]| {
        let accepted: Vec<_> = accepted.iter().map(|heading| normalise(heading)).collect();
        headings
            .iter()
            .position(|heading| accepted.contains(heading))
    };
    let of = [Field::StaffGroup, Field::Band, Field::Site]
        .map(|field| position(mapping.headings(field)));
    of[0]?;
    Some(PostColumns {
        posts: position(&POSTS.map(str::to_owned))?,
        of,
    })
}

fn read_row(
    record: &ByteRecord,
    columns: &PostColumns,
    mapping: &Mapping,
    path: &Path,
) -> Result<Posts, EstablishmentError> {
    let text = |position: usize| {
        let raw = record.get(position).unwrap_or_default().trim_ascii();
        String::from_utf8_lossy(raw).into_owned()
    };
    let fault = |column, value: String, expected| EstablishmentError::Row {
        path: path.to_owned(),
        line: record.position().map_or(0, csv::Position::line),
        column,
        value: value.chars().take(60).collect(),
        expected,
    };
    let number = text(columns.posts);
    let hundredths = number.parse().map(|posts: f64| (posts * 100.0).round());
    let hundredths = hundredths
        .ok()
        .filter(|hundredths| (0.0..=MOST_HUNDREDTHS).contains(hundredths))
        .ok_or_else(|| fault("number of posts", number, "such as 12.5".to_owned()))?;
    let mut of = ["unknown"; 3];
    let fields = [Field::StaffGroup, Field::Band, Field::Site];
    for ((code, field), position) in of.iter_mut().zip(fields).zip(columns.of) {
        let Some(position) = position else {
            continue;
        };
        let value = text(position);
        let attribute = attribute_of(field).expect("groups, bands and localities are attributes");
        let category = category(attribute, field, &value, mapping).ok_or_else(|| {
            let codes: Vec<_> = attribute.categories().iter().map(Category::code).collect();
            fault(field.code(), value.clone(), codes.join(", "))
        })?;
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

    fn read(content: &str) -> Result<Vec<Posts>, EstablishmentError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("posts.csv");
        fs::write(&path, content).unwrap();
        read_establishment(&path, Encoding::Utf8, &Mapping::builtin())
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
                "line 2: `Wizards` is no staff_group",
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
