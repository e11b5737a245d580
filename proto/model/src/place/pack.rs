//! Packs: the files of a place, as they are handed on and hashed.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::error::{Fault, PlaceError};
use crate::named_by_hash;

pub(super) const MANIFEST: &str = "place.toml";
pub(super) const LOCALITIES: &str = "localities.csv";
pub(super) const EMPLOYERS: &str = "employers.csv";
const SOURCES: &str = "SOURCES.md";

/// The files that a pack can hold. `place.toml` and `localities.csv` must be there.
pub const FILES: [&str; 8] = [
    MANIFEST,
    LOCALITIES,
    EMPLOYERS,
    "residents_ethnic_group.csv",
    "residents_gender.csv",
    "residents_disability.csv",
    "residents_age_band.csv",
    SOURCES,
];

/// The most bytes that all files may have together: thirty times what forty localities take, and less than
/// the message that hands them to a node may have.
const MOST_BYTES: usize = 512 * 1024;

/// The name of a pack: the SHA-256 of its files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackHash([u8; 32]);

named_by_hash!(PackHash);

/// The texts of a pack by file name, without byte-order marks and with plain line feeds, so that a pack
/// stays the same one when a spreadsheet saves it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack(BTreeMap<String, String>);

// === impl Pack ===

impl Pack {
    /// The pack that is compiled in.
    pub(super) fn shipped() -> Self {
        macro_rules! file {
            ($name:literal) => {
                (
                    $name.to_owned(),
                    include_str!(concat!("../../place/", $name)).to_owned(),
                )
            };
        }
        Self(BTreeMap::from([
            file!("place.toml"),
            file!("localities.csv"),
            file!("employers.csv"),
            file!("residents_ethnic_group.csv"),
            file!("residents_gender.csv"),
            file!("residents_disability.csv"),
            file!("residents_age_band.csv"),
            file!("SOURCES.md"),
        ]))
    }

    /// Makes a pack of files, given by name.
    ///
    /// # Errors
    /// A file that a pack does not have, that is there twice, too long, or no UTF-8; or one is missing.
    pub fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, PlaceError> {
        let mut faults = Vec::new();
        let mut texts = BTreeMap::new();
        for (name, bytes) in files {
            if texts.contains_key(&name) {
                faults.push(Fault::of(&name, "is there twice"));
                continue;
            }
            match text(&name, bytes) {
                Ok(text) => drop(texts.insert(name, text)),
                Err(problem) => faults.push(Fault::of(&name, problem)),
            }
        }
        for needed in [MANIFEST, LOCALITIES] {
            if !texts.contains_key(needed) && !faults.iter().any(|fault| fault.file == needed) {
                faults.push(Fault::of(
                    needed,
                    "is not there: `vwis-aggregator place new` writes one to fill in",
                ));
            }
        }
        let size: usize = texts.values().map(String::len).sum();
        if size > MOST_BYTES {
            let problem = format!("all files together have {size} bytes: at most {MOST_BYTES}");
            faults.push(Fault::of(MANIFEST, problem));
        }
        if faults.is_empty() {
            Ok(Self(texts))
        } else {
            Err(PlaceError(faults))
        }
    }

    /// The text of a file; empty where the pack has none of that name.
    pub(super) fn file(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether the pack has that file.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The files' names and texts, sorted by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The pack's name: the SHA-256 over its files in the order of their names, each with the lengths of name
    /// and text.
    #[must_use]
    pub fn hash(&self) -> PackHash {
        let mut digest = Sha256::new();
        for (name, text) in &self.0 {
            digest.update(format!("{} {}\n{name}{text}", name.len(), text.len()));
        }
        PackHash(digest.finalize().into())
    }
}

/// A file's text as the pack keeps it, or what is wrong with it.
fn text(name: &str, bytes: Vec<u8>) -> Result<String, String> {
    if !FILES.contains(&name) {
        return Err(format!(
            "is no file of a place pack: it has {}",
            FILES.join(", ")
        ));
    }
    if bytes.len() > MOST_BYTES {
        return Err(format!(
            "has {} bytes: at most {MOST_BYTES} are read",
            bytes.len()
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count();
        format!("is not UTF-8 from line {line} on: save it as \"CSV UTF-8\"")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(text.replace("\r\n", "\n"))
}
