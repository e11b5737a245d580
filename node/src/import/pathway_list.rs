//! The cancer manager's own list: who works on which pathway. It overrides the rule.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use csv::ByteRecord;
use vwis_proto::dictionary::{Category, normalise};

use super::{
    Encoding, ImportError, Mapping, Progress, field::Field, mapping::attribute_of, source::Source,
};
use crate::people::{PersonTag, Tagger};

/// Pathways by person.
pub struct PathwayList(HashMap<PersonTag, u8>);

/// Why a list cannot be used. A list is short and made by hand: one bad row refuses it.
#[derive(Debug, thiserror::Error)]
pub enum PathwayListError {
    /// Not a file of rows.
    #[error(transparent)]
    File(#[from] ImportError),
    /// Its first row does not name the two columns.
    #[error("{path}: the first row must name two columns: employee number, pathway")]
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

/// Positions of employee number and pathway.
type ListColumns = (usize, usize);

// === impl PathwayList ===

impl PathwayList {
    /// Reads the file at `path`: a row for each person, with employee number and pathway.
    ///
    /// # Errors
    /// [`PathwayListError`] names the line, the column and what is accepted.
    pub fn read(
        path: &Path,
        encoding: Encoding,
        mapping: &Mapping,
        tagger: &Tagger,
    ) -> Result<Self, PathwayListError> {
        let progress = Progress::default();
        let source = Source {
            path,
            encoding,
            progress: &progress,
        };
        let mut columns: Option<ListColumns> = None;
        let mut list = HashMap::new();
        let mut fault = None;
        source.read(mapping, &mut |record| {
            let Some(at) = columns else {
                columns = find_columns(record, mapping);
                return Ok(columns.is_some());
            };
            match read_row(record, at, path) {
                Ok((number, pathway)) => {
                    list.insert(tagger.tag(number), pathway);
                    Ok(true)
                }
                Err(error) => {
                    fault = Some(error);
                    Ok(false)
                }
            }
        })?;
        match (fault, columns) {
            (Some(fault), _) => Err(fault),
            (None, None) => Err(PathwayListError::Header {
                path: path.to_owned(),
            }),
            (None, Some(_)) => Ok(Self(list)),
        }
    }

    /// The pathway of a person on the list.
    #[must_use]
    pub fn pathway_of(&self, tag: PersonTag) -> Option<u8> {
        self.0.get(&tag).copied()
    }

    /// How many people are on it.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Whether nobody is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn find_columns(record: &ByteRecord, mapping: &Mapping) -> Option<ListColumns> {
    let position = |field: Field| {
        record.iter().position(|heading| {
            let heading = normalise(&String::from_utf8_lossy(heading));
            mapping
                .headings(field)
                .iter()
                .any(|own| normalise(own) == heading)
        })
    };
    Some((position(Field::EmployeeNumber)?, position(Field::Pathway)?))
}

fn read_row<'r>(
    record: &'r ByteRecord,
    (number, pathway): ListColumns,
    path: &Path,
) -> Result<(&'r [u8], u8), PathwayListError> {
    let field = |position: usize| record.get(position).unwrap_or_default().trim_ascii();
    let fault = |column, value: &[u8], expected| PathwayListError::Row {
        path: path.to_owned(),
        line: record.position().map_or(0, csv::Position::line),
        column,
        value: String::from_utf8_lossy(value).chars().take(60).collect(),
        expected,
    };
    let number = field(number);
    if number.is_empty() {
        return Err(fault("employee number", number, "one".to_owned()));
    }
    let attribute = attribute_of(Field::Pathway).expect("pathways are an attribute");
    let raw = field(pathway);
    let category = attribute.resolve(&String::from_utf8_lossy(raw)).category();
    let category = category.ok_or_else(|| {
        let codes: Vec<_> = attribute.categories().iter().map(Category::code).collect();
        fault("pathway", raw, codes.join(", "))
    })?;
    let category = u8::try_from(category).expect("an attribute has at most 64 categories");
    Ok((number, category))
}
