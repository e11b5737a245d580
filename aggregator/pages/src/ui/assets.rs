//! The files that all pages load: a stylesheet, a script and an icon, each under a name that changes with its
//! content.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// How many bytes of the hash stand in a name: enough to tell versions of a file apart.
const HASH_BYTES: usize = 8;

/// The stylesheet of all pages.
pub static STYLESHEET: Asset = Asset {
    content: include_str!("look.css"),
    media_type: "text/css; charset=utf-8",
    name: LazyLock::new(|| named("look", "css", include_str!("look.css"))),
};

/// The script of all pages. It makes them nicer; without it nothing is missing.
pub static SCRIPT: Asset = Asset {
    content: include_str!("page.js"),
    media_type: "text/javascript; charset=utf-8",
    name: LazyLock::new(|| named("page", "js", include_str!("page.js"))),
};

/// The icon of the pages in a browser's tab: two intervals.
pub static ICON: Asset = Asset {
    content: include_str!("icon.svg"),
    media_type: "image/svg+xml",
    name: LazyLock::new(|| named("icon", "svg", include_str!("icon.svg"))),
};

/// A file that pages load.
pub struct Asset {
    /// The content of the file.
    pub content: &'static str,
    /// The value of the header `Content-Type`.
    pub media_type: &'static str,
    name: LazyLock<String>,
}

fn named(stem: &str, ending: &str, content: &str) -> String {
    let digest = Sha256::digest(content);
    let mut hash = [0; HASH_BYTES];
    hash.copy_from_slice(&digest[..HASH_BYTES]);
    format!("{stem}-{:016x}.{ending}", u64::from_be_bytes(hash))
}

// === impl Asset ===

impl Asset {
    /// The path at which the file is served: `/assets/look-0123456789abcdef.css`. Caches may keep it for
    /// ever, because other content has another name.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/assets/{}", *self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_content() {
        let name = STYLESHEET.path();
        let hash = name.strip_prefix("/assets/look-").unwrap();
        let hash = hash.strip_suffix(".css").unwrap();
        assert_eq!(hash.len(), 2 * HASH_BYTES);
        assert!(hash.chars().all(|c| c.is_ascii_hexdigit()));
        assert_ne!(named("a", "js", "one"), named("a", "js", "other"));
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        for asset in [&STYLESHEET, &SCRIPT] {
            for way in [
                "@import",
                "@font-face",
                "http:",
                "https:",
                "import(",
                "fetch(",
            ] {
                assert!(!asset.content.contains(way), "{}: {way}", asset.path());
            }
        }
    }
}
