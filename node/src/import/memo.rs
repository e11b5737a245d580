//! Remembers how spellings were read: an extract has a million rows and a few hundred spellings.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Most spellings that are remembered, so that a column of free text cannot fill the memory. All others are
/// read each time.
const MOST: usize = 1 << 16;

/// Longest spelling that is remembered, in bytes.
const LONGEST: usize = 512;

/// Values as read, by spelling.
pub(super) struct Memo<V> {
    known: HashMap<Box<[u8]>, V, RandomState>,
}

// === impl Memo ===

impl<V: Copy> Memo<V> {
    pub(super) fn new() -> Self {
        Self {
            known: HashMap::default(),
        }
    }

    /// The value of the spelling `raw`, from memory or else by `read`.
    pub(super) fn get(&mut self, raw: &[u8], read: impl FnOnce() -> V) -> V {
        if let Some(known) = self.known.get(raw) {
            return *known;
        }
        let value = read();
        if self.known.len() < MOST && raw.len() <= LONGEST {
            self.known.insert(raw.into(), value);
        }
        value
    }
}
