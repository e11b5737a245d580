//! A *place pack* is data about the place that the picture is of. It names the localities that people work
//! in, how many residents live there, and which employers there are.
//!
//! ```text
//! folder of TOML and CSV ─► Pack (files, hash) ─► Place (checked) ─► Editions of the dictionary
//! ```
//!
//! A pack is set up at the aggregator, handed to nodes at enrolment, and pinned by agreements: the version
//! of a [`Dictionary`] ends in the place's own, such as `@greater_manchester.1.5f3a2b1c`, whose last part
//! is a hash of its localities' codes. Names, residents and employers may be mended at any time without
//! ending an agreement; the hash of the whole pack tells whether two people have the same one.
//!
//! A locality that comes or goes says so as a category of the dictionary does: `since`, `until` and `was`
//! number the place's editions, so that agreements over the old localities are still read.

mod employers;
mod error;
mod localities;
mod manifest;
mod pack;
mod residents;
mod rows;
mod skeleton;
mod summary;

use manifest::Manifest;

pub use crate::dictionary::{Area, Locality};
pub use employers::{Employer, Setting};
pub use error::{Fault, PlaceError};
pub use pack::{FILES, Pack, PackHash};
pub use residents::Residents;
pub use skeleton::skeleton;

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    dictionary::{Attribute, Dictionary, DictionaryError, Editions, Localities},
    ods::OdsCode,
};

/// The place that the picture is of: its localities, residents and employers, read from a pack.
#[derive(Debug)]
pub struct Place {
    manifest: Manifest,
    localities: Vec<Locality>,
    residents: BTreeMap<String, Residents>,
    employers: Vec<Employer>,
    pack: Pack,
    editions: Editions,
}

// === impl Place ===

impl Place {
    /// The place that ships with the programs, for whoever sets up no other.
    ///
    /// # Panics
    /// Never in a program whose tests passed: they parse the shipped pack.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Place> = LazyLock::new(|| {
            Place::parse(Pack::shipped()).expect("the shipped pack is parsed by tests")
        });
        &SHIPPED
    }

    /// Reads a pack.
    ///
    /// # Errors
    /// [`PlaceError`] lists what is wrong, each with file, line and column. Residents are looked at once all
    /// else is right, and tables once `place.toml` parses.
    pub fn parse(pack: Pack) -> Result<Self, PlaceError> {
        let mut faults = Vec::new();
        let manifest = manifest::read(pack.file(pack::MANIFEST), &mut faults);
        let Some(manifest) = manifest else {
            return Err(PlaceError(faults));
        };
        let localities = localities::read(pack.file(pack::LOCALITIES), &manifest.area, &mut faults);
        let employers = employers::read(pack.file(pack::EMPLOYERS), &localities, &mut faults);
        if !faults.is_empty() {
            return Err(PlaceError(faults));
        }
        let editions = Editions::of(&manifest.table(&localities));
        let editions = editions.map_err(|error| Fault::of(pack::LOCALITIES, error))?;
        let dictionary = editions.current();
        let residents = residents::read(&pack, &manifest.residents, dictionary, &mut faults);
        if !faults.is_empty() {
            return Err(PlaceError(faults));
        }
        Ok(Self {
            manifest,
            localities,
            residents,
            employers,
            pack,
            editions,
        })
    }

    /// The code, `[a-z0-9_]+`, by which versions name it.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.manifest.code
    }

    /// The name in sentences and headings, such as `Greater Manchester`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// What one locality is called, and what several are: `district`, `districts`.
    #[must_use]
    pub fn locality(&self) -> (&str, &str) {
        (&self.manifest.locality[0], &self.manifest.locality[1])
    }

    /// The attribution and licence, which go wherever a figure of the pack goes.
    #[must_use]
    pub fn licence(&self) -> &str {
        &self.manifest.licence
    }

    /// The localities of all editions, in order.
    #[must_use]
    pub fn localities(&self) -> &[Locality] {
        &self.localities
    }

    /// The employers of the place, in order.
    #[must_use]
    pub fn employers(&self) -> &[Employer] {
        &self.employers
    }

    /// Where the employers' headcounts come from, if the pack says so.
    #[must_use]
    pub fn employers_source(&self) -> Option<&str> {
        self.manifest
            .employers
            .as_ref()
            .map(|employers| employers.source.as_str())
    }

    /// What an employer is called: the pack's name for it, else its code.
    #[must_use]
    pub fn employer<'a>(&'a self, ods_code: &'a OdsCode) -> &'a str {
        let mut employers = self.employers.iter();
        let named = employers.find(|employer| employer.ods_code == *ods_code);
        named.map_or(ods_code.as_str(), |employer| &employer.name)
    }

    /// Residents by an attribute of the dictionary, or by `wres`, a grouping of `ethnic_group`. `None` if the
    /// pack has no such table.
    #[must_use]
    pub fn residents(&self, attribute: &str) -> Option<&Residents> {
        self.residents.get(attribute)
    }

    /// The files that the place was read from.
    #[must_use]
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// Reads editions from other tables than those that are compiled in, with this place's localities.
    ///
    /// # Errors
    /// The first rule of the dictionary that a table breaks.
    pub fn editions_of(
        &self,
        manifest: &str,
        attributes: &[(&str, &str)],
    ) -> Result<Editions, DictionaryError> {
        Editions::parse(manifest, attributes, Some(&self.table()))
    }

    /// The data that the dictionary's attribute `locality` is made of.
    pub(crate) fn table(&self) -> Localities<'_> {
        self.manifest.table(&self.localities)
    }

    /// Every edition of the dictionary, with this place's localities.
    #[must_use]
    pub fn editions(&self) -> &Editions {
        &self.editions
    }

    /// The dictionary's newest edition, by which extracts are read.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary {
        self.editions.current()
    }

    /// The attribute `locality`, in its newest edition.
    ///
    /// # Panics
    /// Never: every dictionary of a place has it.
    #[must_use]
    pub fn locality_attribute(&self) -> &Attribute {
        let attribute = self.dictionary().attribute(crate::dictionary::LOCALITY);
        attribute.expect("the dictionary of a place has its localities")
    }
}

#[cfg(test)]
mod tests;
