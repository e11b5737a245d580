//! The key under which employee numbers are hashed.
//!
//! Under another key everybody is somebody else, so the whole staff would leave and join. Under a key that
//! can be guessed, such as that of an empty file, numbers could be read back from the store by trying all. So
//! the key must be exactly what `init` made, and the store keeps a check value of it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use aws_lc_rs::hmac;
use vwis_host::files::{self, FileError};
use zeroize::Zeroizing;

use super::Tagger;

const LENGTH: usize = 32;
/// Input of the check value. No number's normal form begins so, nor does the input of a rows tag.
const CHECK: &[u8] = b"\0vwis employee key, check value 1";

/// This node's own key: 32 random bytes.
pub struct EmployeeKey(Zeroizing<[u8; LENGTH]>);

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EmployeeKeyError {
    /// The file is missing.
    #[error(
        "{0} is missing: without it nobody of the earlier periods is known again. Put it back from \
         wherever `keep/` is copied; if it is lost, `ledger recover --new-receipt-key` makes both keys anew"
    )]
    Missing(PathBuf),
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is empty, cut off, or something else than a key.
    #[error(
        "{path} is no key: {found}, where `init` wrote 32 random ones. Put it back from the backup of \
         this node"
    )]
    NoKey {
        /// The file.
        path: PathBuf,
        /// What the file holds.
        found: String,
    },
    /// The file holds another key than the store's people were hashed with.
    #[error(
        "{0} is another key than this node's people were hashed with: everybody would leave and \
         somebody else join. Put the node's own back from its backup"
    )]
    Another(PathBuf),
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The system gave no randomness.
    #[error("no randomness for the key of employee numbers")]
    Randomness,
}

// === impl EmployeeKey ===

impl EmployeeKey {
    /// Makes a key and writes it to `path`.
    ///
    /// # Errors
    /// Where there is no randomness, or the file cannot be written.
    pub fn create(path: &Path) -> Result<Self, EmployeeKeyError> {
        let mut key = Zeroizing::new([0; LENGTH]);
        aws_lc_rs::rand::fill(&mut *key).map_err(|_| EmployeeKeyError::Randomness)?;
        files::write_private(path, &*key)?;
        Ok(Self(key))
    }

    /// Reads the key at `path`, whose check value in the store is `check`.
    ///
    /// # Errors
    /// [`EmployeeKeyError`] names the file and the cure.
    pub fn read(path: &Path, check: &[u8]) -> Result<Self, EmployeeKeyError> {
        let bytes = fs::read(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => EmployeeKeyError::Missing(path.to_owned()),
            _ => EmployeeKeyError::Unreadable {
                path: path.to_owned(),
                source,
            },
        })?;
        let bytes = Zeroizing::new(bytes);
        let no_key = |found: String| EmployeeKeyError::NoKey {
            path: path.to_owned(),
            found,
        };
        let key: [u8; LENGTH] = bytes[..]
            .try_into()
            .map_err(|_| no_key(format!("{} bytes", bytes.len())))?;
        if key.iter().all(|byte| *byte == key[0]) {
            return Err(no_key("32 equal bytes".to_owned()));
        }
        let key = Self(Zeroizing::new(key));
        // The comparison takes constant time, although nobody who can ask needs to be kept from the key.
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &*key.0), CHECK, check)
            .map_err(|_| EmployeeKeyError::Another(path.to_owned()))?;
        Ok(key)
    }

    /// The value by which the store recognises the key. It tells nothing about the key or any number.
    #[must_use]
    pub fn check_value(&self) -> [u8; 32] {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*self.0), CHECK);
        *tag.as_ref().first_chunk().expect("the tag is 32 bytes")
    }

    /// Hashes numbers under this key.
    #[must_use]
    pub fn tagger(&self) -> Tagger {
        Tagger::new(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_that_init_made_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("employee.key");
        let own = EmployeeKey::create(&path).unwrap();
        let check = own.check_value();
        let again = EmployeeKey::read(&path, &check).unwrap();
        assert!(again.tagger().tag(b"7") == own.tagger().tag(b"7"));
        assert_ne!(check[..16], own.tagger().tag(CHECK).0);

        let mut flipped = *own.0;
        flipped[31] ^= 1;
        for (bytes, expected) in [
            (&[][..], "is no key: 0 bytes"),
            (&own.0[..5], "is no key: 5 bytes"),
            (&own.0[..31], "is no key: 31 bytes"),
            (&[&own.0[..], b"\n"].concat(), "is no key: 33 bytes"),
            (&[0; 32], "32 equal bytes"),
            (&[0xff; 32], "32 equal bytes"),
            (&flipped, "is another key"),
        ] {
            fs::write(&path, bytes).unwrap();
            let error = EmployeeKey::read(&path, &check).err().unwrap().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(error.contains("employee.key"), "{error}");
            assert!(error.contains("backup"), "{error}");
        }
        fs::remove_file(&path).unwrap();
        let error = EmployeeKey::read(&path, &check).err().unwrap().to_string();
        assert!(error.contains("employee.key is missing"), "{error}");
    }
}
