//! The editions of the codes, and how one counts what another coded.
//!
//! An *edition* says what the numbers in a vector mean: which data sets there are, which attributes they
//! carry, and which categories those have, each in its order. Agreements and snapshots name one by its
//! version, whose last part is a hash of these codes and of nothing else: labels, groupings and spellings
//! are read by code and may improve without a new edition.
//!
//! Editions that were released stay compiled in. All are views of one set of tables: a category or an
//! attribute of a data set says `since` which edition it is there, and `until` which; a category that was
//! part of another before says so with `was`. So a snapshot that was coded by a newer edition is counted
//! for an older agreement by going back along `was`, and nothing has to be imported twice.

use super::{Attribute, DataSet, Dictionary, DictionaryError, Localities, builtin, table};

/// All editions, the oldest first. A place can have several editions of its own: then every one of
/// them, the oldest first, is there with every edition of the codes.
#[derive(Debug)]
pub struct Editions(pub(super) Vec<Dictionary>);

/// How people who were coded by one edition are counted by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recoding {
    /// By position in the data set that is counted: the position at which the people have the attribute, and
    /// for each of their categories its index in the data set that is counted. `None` for an attribute that
    /// is not counted.
    columns: Vec<Option<(usize, Vec<u8>)>>,
}

// === impl Editions ===

impl Editions {
    /// The editions that are compiled into this program, with the localities of a place.
    ///
    /// # Errors
    /// Two localities share a spelling, or an edition of the place breaks another rule of the dictionary.
    pub(crate) fn of(localities: &Localities<'_>) -> Result<Self, DictionaryError> {
        builtin::editions(localities)
    }

    /// Reads tables given as (name, TOML text): `manifest` is `dictionary.toml`, and each of
    /// `attributes` is named by its attribute's code. `locality` is made of a place's `localities`.
    ///
    /// # Errors
    /// The first rule of the dictionary that a table breaks.
    pub(crate) fn parse(
        manifest: &str,
        attributes: &[(&str, &str)],
        localities: Option<&Localities<'_>>,
    ) -> Result<Self, DictionaryError> {
        table::parse(manifest, attributes, localities).map(Self)
    }

    /// The newest edition, by which extracts are read.
    ///
    /// # Panics
    /// Never: tables without an edition do not parse.
    #[must_use]
    pub fn current(&self) -> &Dictionary {
        self.0.last().expect("a manifest names an edition")
    }

    /// The edition of that version, if it is one of these.
    #[must_use]
    pub fn edition(&self, version: &str) -> Option<&Dictionary> {
        self.0.iter().find(|edition| edition.version() == version)
    }

    /// The versions of the editions, the oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Dictionary::version)
    }

    /// How people who were coded by the edition `from` are counted over the attributes at these positions of the data set `to`,
    /// which can be of another edition. `None` where `from` is unknown, or does not tell apart what is
    /// counted.
    #[must_use]
    pub fn recoding(
        &self,
        from: &str,
        to: &DataSet,
        attributes: impl IntoIterator<Item = usize>,
    ) -> Option<Recoding> {
        let from = self.edition(from)?.data_set(to.code())?;
        let mut columns = vec![None; to.attributes().len()];
        for position in attributes {
            let wanted = &to.attributes()[position];
            let had = from.position(wanted.code())?;
            columns[position] = Some((had, categories(&from.attributes()[had], wanted)?));
        }
        Some(Recoding { columns })
    }
}

/// For each category of `had`, its index in `wanted`, another edition of the attribute. `None` where a
/// category has no index there, or where `wanted` tells more apart.
fn categories(had: &Attribute, wanted: &Attribute) -> Option<Vec<u8>> {
    let there: Vec<usize> = had
        .categories()
        .iter()
        .map(|category| {
            let mut codes = std::iter::once(&category.code).chain(&category.was);
            codes.find_map(|code| wanted.category(code))
        })
        .collect::<Option<_>>()?;
    let is_told = |(index, category): (usize, &super::Category)| {
        had.category(category.code()).is_some() || there.contains(&index)
    };
    let all_told = wanted.categories().iter().enumerate().all(is_told);
    let bytes = there.into_iter().map(|index| u8::try_from(index).ok());
    all_told.then(|| bytes.collect())?
}

// === impl Recoding ===

impl Recoding {
    /// Whether every attribute that is counted keeps its position, and each of its categories its index.
    #[must_use]
    pub fn changes_nothing(&self) -> bool {
        let mut columns = self.columns().enumerate();
        columns.all(|(position, column)| {
            column.is_none_or(|(at, there)| {
                at == position && (0..).zip(there).all(|(index, is)| index == *is)
            })
        })
    }

    /// For each attribute of the data set that is counted, in order: the position at which the people have
    /// it, and for each of their categories its index in that data set. `None` for one that is not counted.
    pub fn columns(&self) -> impl Iterator<Item = Option<(usize, &[u8])>> {
        let columns = self.columns.iter();
        columns.map(|column| column.as_ref().map(|(at, map)| (*at, map.as_slice())))
    }
}

#[cfg(test)]
pub(crate) mod tests;
