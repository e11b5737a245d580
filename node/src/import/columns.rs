//! Which column holds what.

use std::{collections::HashMap, io::Read, path::Path};

use vwis_proto::dictionary::DataSet;

use super::{ImportError, csv_error};

pub(super) const EMPLOYEE_NUMBER: &str = "employee_number";
pub(super) const FTE: &str = "fte";

/// Positions of the columns that are read; all others are left unread.
pub(super) struct Columns {
    pub(super) employee_number: usize,
    pub(super) fte: usize,
    /// One for each attribute of the data set, in its order.
    pub(super) attributes: Vec<usize>,
}

// === impl Columns ===

impl Columns {
    pub(super) fn read<R: Read>(
        reader: &mut csv::Reader<R>,
        path: &Path,
        data_set: &DataSet,
    ) -> Result<Self, ImportError> {
        let header = reader.headers().map_err(|error| csv_error(path, &error))?;
        if header.is_empty() {
            return Err(ImportError::Empty(path.to_owned()));
        }
        let mut positions = HashMap::new();
        for (position, name) in header.iter().enumerate() {
            if positions.insert(name.to_owned(), position).is_some() {
                return Err(ImportError::RepeatedColumn {
                    path: path.to_owned(),
                    column: name.to_owned(),
                });
            }
        }
        let attributes = data_set
            .attributes()
            .iter()
            .map(|attribute| attribute.code());
        let all: Vec<&str> = [EMPLOYEE_NUMBER, FTE]
            .into_iter()
            .chain(attributes.clone())
            .collect();
        let position = |column: &str| {
            positions
                .get(column)
                .copied()
                .ok_or_else(|| ImportError::MissingColumn {
                    path: path.to_owned(),
                    column: column.to_owned(),
                    expected: all.join(", "),
                })
        };
        Ok(Self {
            employee_number: position(EMPLOYEE_NUMBER)?,
            fte: position(FTE)?,
            attributes: attributes.map(position).collect::<Result<_, _>>()?,
        })
    }
}
