//! A *place pack*: where the picture is of, as data. It names the localities that people work in, how many
//! residents live there, and which employers there are.
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

pub use employers::{Employer, Setting};
pub use error::{Fault, PlaceError};
pub(crate) use localities::Table as Localities;
pub use localities::{Area, Locality};
pub use pack::{FILES, Pack, PackHash};
pub use residents::Residents;
pub use skeleton::skeleton;

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use crate::{
    dictionary::{Attribute, Dictionary, Editions},
    ods::OdsCode,
};

static HERE: OnceLock<&'static Place> = OnceLock::new();

/// Of whom the picture is.
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
    /// The one that ships, for whoever sets up no other.
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

    /// The one that this process works for: the one that was [settled](Self::settle) before this is first
    /// asked, else the one that ships. A program is of one place as long as it runs, as it is of one time
    /// zone.
    #[must_use]
    pub fn here() -> &'static Self {
        HERE.get_or_init(Self::shipped)
    }

    /// Says for which place this process works; before anything is read by it. Whether it is that one now:
    /// not where something was read by another before.
    #[must_use]
    pub fn settle(place: &'static Self) -> bool {
        HERE.get_or_init(|| place).pack.hash() == place.pack.hash()
    }

    /// Reads a pack.
    ///
    /// # Errors
    /// [`PlaceError`] lists all that is wrong, each with file, line and column.
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

    /// `[a-z0-9_]+`, as versions name it.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.manifest.code
    }

    /// As sentences and headings name it: `Greater Manchester`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// What one locality is called, and several: `district`, `districts`.
    #[must_use]
    pub fn locality(&self) -> (&str, &str) {
        (&self.manifest.locality[0], &self.manifest.locality[1])
    }

    /// What goes wherever a figure of the pack goes.
    #[must_use]
    pub fn licence(&self) -> &str {
        &self.manifest.licence
    }

    /// All localities that any edition has, in order.
    #[must_use]
    pub fn localities(&self) -> &[Locality] {
        &self.localities
    }

    /// The employers of the place, in order.
    #[must_use]
    pub fn employers(&self) -> &[Employer] {
        &self.employers
    }

    /// Where the employers' headcounts come from.
    #[must_use]
    pub fn employers_source(&self) -> Option<&str> {
        self.manifest
            .employers
            .as_ref()
            .map(|employers| employers.source.as_str())
    }

    /// What an employer is called; whom the pack does not name is called by the code.
    #[must_use]
    pub fn employer<'a>(&'a self, ods_code: &'a OdsCode) -> &'a str {
        let mut employers = self.employers.iter();
        let named = employers.find(|employer| employer.ods_code == *ods_code);
        named.map_or(ods_code.as_str(), |employer| &employer.name)
    }

    /// Residents by an attribute of the dictionary, or by `wres`, the grouping of `ethnic_group`; none
    /// where the pack has no table of it.
    #[must_use]
    pub fn residents(&self, attribute: &str) -> Option<&Residents> {
        self.residents.get(attribute)
    }

    /// The files that it was read from.
    #[must_use]
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// What the dictionary's localities are made of.
    pub(crate) fn table(&self) -> Localities<'_> {
        self.manifest.table(&self.localities)
    }

    /// The dictionary with this place's localities, each edition.
    #[must_use]
    pub fn editions(&self) -> &Editions {
        &self.editions
    }

    /// The newest edition, by which extracts are read.
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
