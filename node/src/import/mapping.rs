//! From an extract's headings and local spellings to those of the dictionary.
//!
//! A mapping is TOML. The built-in one knows the headings of ESR; an organisation's own says what differs.
//! Each of its entries replaces the built-in one, and everything else stays.

mod error;

pub use error::{MappingError, UnknownCategory};

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
};

use serde::Deserialize;
use toml::Spanned;
use vwis_model::{
    dictionary::{Attribute, Category, normalise},
    here,
};

use super::{date::DateOrder, encoding::Encoding, field::Field};

/// The built-in mapping as text, for an organisation to copy from.
pub const DEFAULT: &str = include_str!("mapping/default.toml");
/// Version of the mapping's format that this software reads.
const VERSION: u32 = 1;

/// How an extract is read.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The character between fields; `None`: to be found out.
    pub(super) delimiter: Option<u8>,
    /// Whether a date of three numbers begins with the day or the month.
    pub(super) dates: DateOrder,
    /// Encoding of a CSV file, where the command does not name one.
    encoding: Option<Encoding>,
    /// Whether a quoted field may run over several lines.
    pub(super) line_breaks: bool,
    columns: BTreeMap<Field, Vec<String>>,
    /// Fields for which an extract may have several columns, of which the first listed heading counts.
    first_wins: Vec<Field>,
    /// Meanings of local spellings, by field, then by normalised spelling.
    values: BTreeMap<Field, HashMap<String, Mapped>>,
    /// Categories of `locality`, by normalised name of the site.
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
    values: BTreeMap<Field, BTreeMap<String, Spanned<String>>>,
    #[serde(default)]
    sites: BTreeMap<String, Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormatText {
    delimiter: Option<String>,
    dates: Option<DateOrder>,
    encoding: Option<Encoding>,
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
            encoding: None,
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

    /// The built-in mapping, changed by what the file at `path` says.
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

    /// The encoding of a CSV file, where the mapping names one.
    #[must_use]
    pub fn encoding(&self) -> Option<Encoding> {
        self.encoding
    }

    /// Whether the first listed heading counts where an extract has several columns for `field`.
    pub(super) fn first_wins(&self, field: Field) -> bool {
        self.first_wins.contains(&field)
    }

    /// What a local spelling was mapped to.
    pub(super) fn value(&self, field: Field, normalised: &str) -> Option<Mapped> {
        self.values.get(&field)?.get(normalised).copied()
    }

    /// The locality of a work site, where the mapping says it.
    pub(super) fn locality(&self, normalised: &str) -> Option<u8> {
        self.sites.get(normalised).copied()
    }

    fn extend(&mut self, source: &str, path: &Path) -> Result<(), MappingError> {
        let text: MappingText = toml::from_str(source).map_err(|source| MappingError::Syntax {
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
        self.encoding = text.format.encoding.or(self.encoding);
        self.line_breaks = text.format.line_breaks.unwrap_or(self.line_breaks);
        // A heading means one column: where the organisation's mapping uses it, no other field keeps it.
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
        let mut unknown = Vec::new();
        for (field, values) in text.values {
            let no_values = || MappingError::NoValues {
                path: path.to_owned(),
                field: field.code(),
            };
            let attribute = attribute_of(field).ok_or_else(no_values)?;
            let known = self.values.entry(field).or_default();
            let mut said = Said::of(path, format!("[values.{}]", field.code()));
            for (spelling, category) in values {
                // The meaning is still blank, as in a proposed mapping that nobody has filled in.
                if category.as_ref().trim().is_empty() {
                    continue;
                }
                let mut rules = attribute.excluded().iter();
                let mapped = match rules.position(|rule| rule.code() == category.as_ref()) {
                    Some(rule) => Some(Mapped::Excluded(rule)),
                    None => category_of(attribute, category.as_ref()).map(Mapped::Category),
                };
                if let Some(mapped) = mapped {
                    known.insert(said.once(spelling, mapped)?, mapped);
                } else {
                    let table = said.table.clone();
                    let entry = unknown_category(source, table, spelling, &category, attribute);
                    unknown.push(entry);
                }
            }
        }
        let locality = attribute_of(Field::Site).expect("localities are an attribute");
        let mut said = Said::of(path, "[sites]".to_owned());
        for (site, category) in text.sites {
            // A blank meaning is skipped, as above.
            if category.as_ref().trim().is_empty() {
                continue;
            }
            if let Some(index) = category_of(locality, category.as_ref()) {
                self.sites.insert(said.once(site, index)?, index);
            } else {
                let table = said.table.clone();
                unknown.push(unknown_category(source, table, site, &category, locality));
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        // The map is sorted by spelling; people read the file from top to bottom.
        unknown.sort_by_key(|entry| entry.line);
        Err(MappingError::Unknown {
            path: path.to_owned(),
            unknown,
        })
    }
}

/// What one table of a mapping has said so far, by normalised spelling: a check against contradictions.
struct Said<'a, T> {
    path: &'a Path,
    table: String,
    so_far: HashMap<String, (String, T)>,
}

// === impl Said ===

impl<'a, T: PartialEq> Said<'a, T> {
    fn of(path: &'a Path, table: String) -> Self {
        Self {
            path,
            table,
            so_far: HashMap::new(),
        }
    }

    /// The normalised spelling. An error where an earlier spelling is read as the same one but means
    /// something else: one of the two would win, and nobody could see which.
    fn once(&mut self, spelling: String, meaning: T) -> Result<String, MappingError> {
        let key = normalise(&seen(&spelling));
        if let Some((first, other)) = self.so_far.get(&key)
            && *other != meaning
        {
            return Err(MappingError::Contradiction {
                path: self.path.to_owned(),
                table: self.table.clone(),
                first: first.clone(),
                second: spelling,
            });
        }
        self.so_far.insert(key.clone(), (spelling, meaning));
        Ok(key)
    }
}

/// The text with marks such as `<U+00A0>` turned back into the character they stand for. Reports write
/// invisible characters in this way, and people copy them into a mapping.
fn seen(text: &str) -> Cow<'_, str> {
    let mut parts = text.split("<U+");
    let mut seen = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let numbered = part.split_once('>').and_then(|(number, rest)| {
            let number = u32::from_str_radix(number, 16).ok()?;
            Some((char::from_u32(number)?, rest))
        });
        let Some((character, rest)) = numbered else {
            return Cow::Borrowed(text);
        };
        seen.push(character);
        seen.push_str(rest);
    }
    Cow::Owned(seen)
}

pub(super) fn attribute_of(field: Field) -> Option<&'static Attribute> {
    here::dictionary().attribute(field.attribute()?)
}

/// The attribute's codes, for error messages; for localities their names, because their codes are numbers.
pub(super) fn accepted(attribute: &Attribute) -> String {
    let name = match attribute.code() {
        "locality" => Category::label,
        _ => Category::code,
    };
    let names = attribute.categories().iter().map(name);
    names.collect::<Vec<_>>().join(", ")
}

/// The category that a code, or any spelling known to the dictionary, names.
fn category_of(attribute: &Attribute, category: &str) -> Option<u8> {
    let index = attribute
        .category(category)
        .or_else(|| attribute.resolve(category).category())?;
    Some(u8::try_from(index).expect("an attribute has at most 64 categories"))
}

fn unknown_category(
    source: &str,
    table: String,
    spelling: String,
    category: &Spanned<String>,
    attribute: &Attribute,
) -> UnknownCategory {
    let before = &source.as_bytes()[..category.span().start];
    let perhaps = attribute
        .nearest(category.as_ref())
        .map_or(String::new(), |nearest| format!("perhaps `{nearest}`; "));
    UnknownCategory {
        line: 1 + memchr::memchr_iter(b'\n', before).count(),
        table,
        spelling,
        category: category.as_ref().clone(),
        expected: format!("{perhaps}one of {}", accepted(attribute)),
    }
}

#[cfg(test)]
mod tests;
