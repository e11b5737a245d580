//! From an extract's headings and local spellings to ours.
//!
//! A mapping is TOML. The built-in one knows the headings of ESR; a trust's own says what differs:
//! each of its entries replaces the built-in one, everything else stays.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use vwis_proto::dictionary::{Attribute, Dictionary, normalise};

use super::field::Field;

/// The mapping that is built in, as text: what a trust copies from.
pub const DEFAULT: &str = include_str!("mapping/default.toml");
/// The format that this version reads.
const VERSION: u32 = 1;

/// How an extract is read.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Between fields; `None` to find out.
    pub(super) delimiter: Option<u8>,
    /// What a date of three numbers begins with.
    pub(super) dates: DateOrder,
    /// Whether a quoted field may run over several lines.
    pub(super) line_breaks: bool,
    columns: BTreeMap<Field, Vec<String>>,
    /// Columns of which an extract may have several: the first of the list counts.
    first_wins: Vec<Field>,
    /// By field, then by normalised spelling.
    values: BTreeMap<Field, HashMap<String, Mapped>>,
    /// By normalised name: a category of `locality`.
    sites: HashMap<String, u8>,
}

/// What a local spelling was mapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mapped {
    /// A category of the field's attribute.
    Category(u8),
    /// One of the attribute's values that the headcount filter leaves out, by position.
    Excluded(usize),
}

/// What `01/02/2026` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DateOrder {
    /// 1 February.
    DayFirst,
    /// 2 January.
    MonthFirst,
}

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not TOML, or keys that no mapping has.
    #[error("{path}: {source}")]
    Syntax {
        /// Which one.
        path: PathBuf,
        /// Line, column and the key.
        source: Box<toml::de::Error>,
    },
    /// Written for another version.
    #[error("{path}: version {found} of the mapping format; this software reads version 1")]
    Version {
        /// Which one.
        path: PathBuf,
        /// What it says.
        found: u32,
    },
    /// A delimiter of several characters.
    #[error("{path}: delimiter `{found}`: expected \"auto\" or one character such as \";\"")]
    Delimiter {
        /// Which one.
        path: PathBuf,
        /// What it says.
        found: String,
    },
    /// A value or site that is mapped to no category.
    #[error("{path}: `{spelling}` = `{category}`: {attribute} has no such category{nearest}")]
    Category {
        /// Which one.
        path: PathBuf,
        /// The local spelling.
        spelling: String,
        /// What it was mapped to.
        category: String,
        /// The attribute.
        attribute: String,
        /// What may have been meant.
        nearest: String,
    },
    /// Values of a column that is no attribute by itself.
    #[error("{path}: [values.{field}]: this column has no list of values")]
    NoValues {
        /// Which one.
        path: PathBuf,
        /// The column.
        field: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingText {
    version: u32,
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(default)]
    format: FormatText,
    #[serde(default)]
    columns: BTreeMap<Field, Vec<String>>,
    #[serde(default)]
    first_wins: Option<Vec<Field>>,
    #[serde(default)]
    values: BTreeMap<Field, BTreeMap<String, String>>,
    #[serde(default)]
    sites: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormatText {
    delimiter: Option<String>,
    dates: Option<DateOrder>,
    line_breaks: Option<bool>,
}

// === impl Mapping ===

impl Mapping {
    /// The built-in mapping.
    ///
    /// # Panics
    /// Never in a program whose tests passed: they parse it.
    #[must_use]
    pub fn builtin() -> Self {
        let mut mapping = Self {
            delimiter: None,
            dates: DateOrder::DayFirst,
            line_breaks: false,
            columns: BTreeMap::new(),
            first_wins: Vec::new(),
            values: BTreeMap::new(),
            sites: HashMap::new(),
        };
        mapping
            .extend(DEFAULT, Path::new("the built-in mapping"))
            .expect("the built-in mapping is well-formed");
        mapping
    }

    /// The built-in mapping with what the file at `path` says instead.
    ///
    /// # Errors
    /// [`MappingError`] names the file, the place and the fix.
    pub fn read(path: &Path) -> Result<Self, MappingError> {
        let text = fs::read_to_string(path).map_err(|source| MappingError::File {
            path: path.to_owned(),
            source,
        })?;
        let mut mapping = Self::builtin();
        mapping.extend(&text, path)?;
        Ok(mapping)
    }

    /// The headings that the column may carry.
    #[must_use]
    pub fn headings(&self, field: Field) -> &[String] {
        self.columns.get(&field).map_or(&[], Vec::as_slice)
    }

    /// Whether the first of the column's headings counts where an extract has several.
    pub(super) fn first_wins(&self, field: Field) -> bool {
        self.first_wins.contains(&field)
    }

    /// What a local spelling was mapped to.
    pub(super) fn value(&self, field: Field, normalised: &str) -> Option<Mapped> {
        self.values.get(&field)?.get(normalised).copied()
    }

    /// The locality of a work site.
    pub(super) fn locality(&self, normalised: &str) -> Option<u8> {
        self.sites.get(normalised).copied()
    }

    fn extend(&mut self, text: &str, path: &Path) -> Result<(), MappingError> {
        let text: MappingText = toml::from_str(text).map_err(|source| MappingError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        if text.version != VERSION {
            return Err(MappingError::Version {
                path: path.to_owned(),
                found: text.version,
            });
        }
        if let Some(delimiter) = text.format.delimiter {
            self.delimiter = match delimiter.as_bytes() {
                b"auto" => None,
                [byte] if *byte != b'"' => Some(*byte),
                _ => {
                    return Err(MappingError::Delimiter {
                        path: path.to_owned(),
                        found: delimiter,
                    });
                }
            };
        }
        self.dates = text.format.dates.unwrap_or(self.dates);
        self.line_breaks = text.format.line_breaks.unwrap_or(self.line_breaks);
        // A heading means one column: where the trust says which, no other one keeps it.
        let named: Vec<String> = text
            .columns
            .values()
            .flatten()
            .map(|h| normalise(h))
            .collect();
        for headings in self.columns.values_mut() {
            headings.retain(|heading| !named.contains(&normalise(heading)));
        }
        self.first_wins
            .retain(|field| !text.columns.contains_key(field));
        self.first_wins
            .extend(text.first_wins.into_iter().flatten());
        self.columns.extend(text.columns);
        for (field, values) in text.values {
            let no_values = || MappingError::NoValues {
                path: path.to_owned(),
                field: field.code(),
            };
            let attribute = attribute_of(field).ok_or_else(no_values)?;
            let known = self.values.entry(field).or_default();
            for (spelling, category) in values {
                let rules = attribute.excluded().iter();
                let mapped = match rules.clone().position(|rule| rule.code() == category) {
                    Some(rule) => Mapped::Excluded(rule),
                    None => Mapped::Category(category_of(attribute, &category, &spelling, path)?),
                };
                known.insert(normalise(&spelling), mapped);
            }
        }
        let locality = attribute_of(Field::Site).expect("localities are an attribute");
        for (site, category) in text.sites {
            let index = category_of(locality, &category, &site, path)?;
            self.sites.insert(normalise(&site), index);
        }
        Ok(())
    }
}

pub(super) fn attribute_of(field: Field) -> Option<&'static Attribute> {
    Dictionary::builtin().attribute(field.attribute()?)
}

/// A category by its code, or by any spelling that the dictionary knows.
fn category_of(
    attribute: &Attribute,
    category: &str,
    spelling: &str,
    path: &Path,
) -> Result<u8, MappingError> {
    let index = attribute
        .category(category)
        .or_else(|| attribute.resolve(category).category())
        .ok_or_else(|| MappingError::Category {
            path: path.to_owned(),
            spelling: spelling.to_owned(),
            category: category.to_owned(),
            attribute: attribute.code().to_owned(),
            nearest: attribute
                .nearest(category)
                .map_or(String::new(), |nearest| format!("; perhaps `{nearest}`")),
        })?;
    Ok(u8::try_from(index).expect("an attribute has at most 64 categories"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read(text: &str) -> Result<Mapping, MappingError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mapping.toml");
        fs::write(&path, text).unwrap();
        Mapping::read(&path)
    }

    #[test]
    fn no_heading_of_the_built_in_mapping_means_two_columns() {
        let mapping = Mapping::builtin();
        let mut seen: HashMap<String, Field> = HashMap::new();
        for field in Field::ALL {
            for heading in mapping.headings(field) {
                let other = seen.insert(normalise(heading), field);
                assert!(
                    other.is_none_or(|other| other == field),
                    "`{heading}` is {field:?} and {other:?}"
                );
            }
        }
        assert!(
            Field::ALL
                .iter()
                .all(|field| !mapping.headings(*field).is_empty())
        );
    }

    #[test]
    fn a_trusts_mapping_replaces_what_it_names_and_keeps_the_rest() {
        let mapping = read(
            "version = 1\n[columns]\nfte = [\"Hours\"]\n[values.band]\n\"Band Six\" = \"afc_6\"\n\
             [sites]\n\"Royal Bolton Hospital\" = \"Bolton\"\n",
        )
        .unwrap();
        assert_eq!(mapping.headings(Field::Fte), ["Hours"]);
        assert_eq!(
            mapping.headings(Field::Gender),
            Mapping::builtin().headings(Field::Gender)
        );
        let band = attribute_of(Field::Band)
            .unwrap()
            .category("afc_6")
            .unwrap();
        assert_eq!(
            mapping.value(Field::Band, "band six"),
            Some(Mapped::Category(u8::try_from(band).unwrap()))
        );
        assert!(mapping.locality("royal bolton hospital").is_some());
    }

    #[test]
    fn what_is_wrong_with_a_mapping_is_named_with_its_place() {
        for (text, expected) in [
            ("version = 2", "reads version 1"),
            ("version = 1\n[colums]", "line 2"),
            (
                "version = 1\n[columns]\nbnad = []",
                "unknown variant `bnad`",
            ),
            ("version = 1\n[format]\ndelimiter = \"::\"", "one character"),
            (
                "version = 1\n[values.band]\n\"Six\" = \"afc6\"",
                "perhaps `afc_",
            ),
            (
                "version = 1\n[values.fte]\n\"x\" = \"1\"",
                "no list of values",
            ),
            (
                "version = 1\n[sites]\n\"Ward 1\" = \"Leeds\"",
                "locality has no such",
            ),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
