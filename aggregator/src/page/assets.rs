//! The one stylesheet of all pages, under a name that changes with its content.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// The stylesheet itself.
pub const CSS: &str = include_str!("look.css");

/// Bytes of the hash in its name: enough to tell versions of one file apart.
const HASH_BYTES: usize = 8;

static NAME: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest(CSS);
    let mut hash = [0; HASH_BYTES];
    hash.copy_from_slice(&digest[..HASH_BYTES]);
    format!("look-{:016x}.css", u64::from_be_bytes(hash))
});

/// Its file name, `look-0123456789abcdef.css`: it may be cached for ever, since another content has
/// another name.
#[must_use]
pub fn name() -> &'static str {
    &NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_content() {
        let hash = name().strip_prefix("look-").unwrap();
        let hash = hash.strip_suffix(".css").unwrap();
        assert_eq!(hash.len(), 2 * HASH_BYTES);
        assert!(hash.chars().all(|c| c.is_ascii_hexdigit()));
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        assert!(!CSS.contains("@import") && !CSS.contains("@font-face"));
        assert!(!CSS.contains("http:") && !CSS.contains("https:"));
    }
}
