//! The data dictionary: which data sets exist, which attributes they carry, which categories an
//! attribute has, and how the values of a trust's extract are read (design §6).
//!
//! The dictionary is written as tables in `proto/model/dictionary/*.toml`, one file per attribute, and
//! compiled in. Categories are public and fixed here, always with an `unknown` one; none is ever
//! derived from data (design §3.1). Codes come from the NHS National Workforce Data Set, named with
//! its edition in every table; the underlying lists are Crown copyright and carry the Open
//! Government Licence v3.0.
//!
//! [`Editions`] say what the numbers in a vector mean: agreements and snapshots name an edition by
//! [`Dictionary::version`]. Labels, groupings and spellings belong to no edition.

mod attribute;
mod builtin;
mod editions;
mod error;
mod excluded;
mod index;
mod ladder;
mod localities;
mod read;
mod table;
mod version;
mod written;

use std::{collections::HashMap, sync::Arc};

use crate::{algebra::Domain, text};

pub use attribute::{Attribute, Category, Group, Grouping, Source};
pub use editions::{Editions, Recoding};
pub use error::DictionaryError;
pub use excluded::Excluded;
pub use ladder::ladder;
pub(crate) use localities::Localities;
pub use localities::{Area, Locality};
pub use read::{Resolution, normalise};

/// The number of categories an attribute can have: at least a known one and `unknown`, and few
/// enough that a table over three attributes stays small.
pub const CATEGORIES: std::ops::RangeInclusive<usize> = 2..=64;

/// The code of the category that every attribute has, last.
pub const UNKNOWN: &str = "unknown";

/// The attribute whose categories a place gives.
pub const LOCALITY: &str = "locality";

/// The locality of whoever works outside the place.
pub const ELSEWHERE: &str = "elsewhere";

/// All data sets and attributes, as one edition of the codes defines them.
#[derive(Debug)]
pub struct Dictionary {
    version: String,
    licence: String,
    attributes: Vec<Arc<Attribute>>,
    attribute_index: HashMap<String, usize>,
    data_sets: Vec<DataSet>,
}

/// What agreements draw from: rows of persons with the same attributes, in a fixed order.
#[derive(Clone, Debug)]
pub struct DataSet {
    code: String,
    label: String,
    description: String,
    attributes: Vec<Arc<Attribute>>,
    domain: Domain,
}

// === impl Dictionary ===

impl Dictionary {
    /// The edition's name with the first 8 hex digits of the SHA-256 of its codes, and the place's with
    /// those of its localities, such as `nwd-3.6+vwis.1.0a1b2c3d@greater_manchester.1.5f3a2b1c`: under one
    /// version every number in a vector means the same.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The attribution and licence that go with codes and labels wherever they are published.
    #[must_use]
    pub fn licence(&self) -> &str {
        &self.licence
    }

    /// All attributes, in the order of the manifest.
    #[must_use]
    pub fn attributes(&self) -> &[Arc<Attribute>] {
        &self.attributes
    }

    /// The attribute of that code, if there is one.
    #[must_use]
    pub fn attribute(&self, code: &str) -> Option<&Attribute> {
        Some(&self.attributes[*self.attribute_index.get(code)?])
    }

    /// All data sets, in the order of the manifest.
    #[must_use]
    pub fn data_sets(&self) -> &[DataSet] {
        &self.data_sets
    }

    /// The data set of that code, if there is one.
    #[must_use]
    pub fn data_set(&self, code: &str) -> Option<&DataSet> {
        self.data_sets.iter().find(|set| set.code == code)
    }

    /// The code of the attribute that a mistyped name probably means.
    #[must_use]
    pub fn nearest(&self, code: &str) -> Option<&str> {
        text::nearest(
            code,
            self.attributes.iter().map(|attribute| attribute.code()),
        )
    }

    /// The code of the data set that a mistyped name probably means.
    #[must_use]
    pub fn nearest_data_set(&self, code: &str) -> Option<&str> {
        text::nearest(code, self.data_sets.iter().map(DataSet::code))
    }
}

/// Compares versions: under one version every number in a vector means the same.
impl PartialEq for Dictionary {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Eq for Dictionary {}

// === impl DataSet ===

impl DataSet {
    /// The code, such as `staff` or `year_leavers`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The name that people read.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Which people have a row in it, in a sentence.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Its attributes, in order. Positions in this order are what `Levels` hold.
    #[must_use]
    pub fn attributes(&self) -> &[Arc<Attribute>] {
        &self.attributes
    }

    /// The attributes' category counts, in order, without groups.
    #[must_use]
    pub fn domain(&self) -> Domain {
        self.domain.clone()
    }

    /// The position at which an attribute stands in that order, if the data set has it.
    #[must_use]
    pub fn position(&self, attribute: &str) -> Option<usize> {
        self.attributes
            .iter()
            .position(|own| own.code() == attribute)
    }

    /// The code of this data set's attribute that a mistyped name probably means.
    #[must_use]
    pub fn nearest(&self, attribute: &str) -> Option<&str> {
        text::nearest(attribute, self.attributes.iter().map(|own| own.code()))
    }
}

#[cfg(test)]
mod tests;
