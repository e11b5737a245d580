//! The people of one snapshot, a column to each attribute.
//!
//! Columns, because everything that is done with people is done with all of them: counting reads a
//! few columns from end to end, and the store keeps them in blocks.

use std::fmt;

use aws_lc_rs::hmac;
use hashbrown::HashTable;

/// Keyed hash of an employee number: tells people of one organisation apart, and nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonTag(pub [u8; 16]);

/// Turns employee numbers into tags by the node's own key.
pub struct Tagger(hmac::Key);

/// People of one organisation on one date, each once.
///
/// # Privacy
/// Confidential. `Debug` shows nothing; the only way out is through counts and a mechanism.
#[derive(Clone, PartialEq, Eq)]
pub struct People {
    tags: Vec<PersonTag>,
    /// A category index for each person, for each attribute of the data set in its order.
    columns: Vec<Vec<u8>>,
    /// Summed over the person's assignments and clamped to 0..=100.
    fte_hundredths: Vec<u8>,
}

/// Where each person of a roll stands, by tag.
#[derive(Default)]
pub struct TagIndex(HashTable<u32>);

// === impl Tagger ===

impl Tagger {
    /// By the key that `init` made.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The first half of the number's HMAC-SHA-256.
    #[must_use]
    pub fn tag(&self, employee_number: &[u8]) -> PersonTag {
        let tag = hmac::sign(&self.0, employee_number);
        PersonTag(*tag.as_ref().first_chunk().expect("the tag is 32 bytes"))
    }
}

// === impl PersonTag ===

impl PersonTag {
    /// Uniform already, for anyone without the key.
    fn hash(self) -> u64 {
        u64::from_le_bytes(*self.0.first_chunk().expect("16 bytes hold 8"))
    }
}

// === impl TagIndex ===

impl TagIndex {
    /// The position under `tag`, or none yet, in which case `next` is put there.
    pub fn find_or_insert(&mut self, tags: &[PersonTag], tag: PersonTag, next: u32) -> Option<u32> {
        let at = |position: &u32| tags[*position as usize];
        let entry = self.0.entry(
            tag.hash(),
            |position| at(position) == tag,
            |position| at(position).hash(),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(found) => Some(*found.get()),
            hashbrown::hash_table::Entry::Vacant(vacant) => {
                vacant.insert(next);
                None
            }
        }
    }

    /// The position of `tag` among `tags`.
    #[must_use]
    pub fn find(&self, tags: &[PersonTag], tag: PersonTag) -> Option<usize> {
        let found = self
            .0
            .find(tag.hash(), |position| tags[*position as usize] == tag);
        found.map(|position| *position as usize)
    }
}

// === impl People ===

impl People {
    /// Nobody, with so many attributes.
    #[must_use]
    pub fn none(attributes: usize) -> Self {
        Self {
            tags: Vec::new(),
            columns: vec![Vec::new(); attributes],
            fte_hundredths: Vec::new(),
        }
    }

    /// Of columns that were made together; `None` where their lengths differ.
    #[must_use]
    pub fn of_columns(
        tags: Vec<PersonTag>,
        columns: Vec<Vec<u8>>,
        fte_hundredths: Vec<u8>,
    ) -> Option<Self> {
        let length = tags.len();
        let fits = fte_hundredths.len() == length && columns.iter().all(|c| c.len() == length);
        fits.then_some(Self {
            tags,
            columns,
            fte_hundredths,
        })
    }

    /// One more person.
    ///
    /// # Panics
    /// Where there are more or fewer codes than attributes.
    pub fn push(&mut self, tag: PersonTag, codes: &[u8], fte_hundredths: u8) {
        assert_eq!(codes.len(), self.columns.len(), "a code for each attribute");
        self.tags.push(tag);
        self.fte_hundredths.push(fte_hundredths);
        for (column, code) in self.columns.iter_mut().zip(codes) {
            column.push(*code);
        }
    }

    /// Number of people.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// Everyone's tag.
    #[must_use]
    pub fn tags(&self) -> &[PersonTag] {
        &self.tags
    }

    /// Everyone's category of the attribute at `position`.
    #[must_use]
    pub fn column(&self, position: usize) -> &[u8] {
        &self.columns[position]
    }

    /// Number of attributes.
    #[must_use]
    pub fn attributes(&self) -> usize {
        self.columns.len()
    }

    /// Everyone's FTE in hundredths, 0 to 100.
    #[must_use]
    pub fn fte_hundredths(&self) -> &[u8] {
        &self.fte_hundredths
    }

    /// All tags, indexed.
    ///
    /// # Panics
    /// Never: a node holds fewer than 2²² people.
    #[must_use]
    pub fn index(&self) -> TagIndex {
        let mut index = TagIndex::default();
        for (position, tag) in (0..).zip(&self.tags) {
            index.find_or_insert(&self.tags, *tag, position);
        }
        index
    }
}

impl fmt::Debug for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("People")
    }
}

impl fmt::Debug for PersonTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonTag")
    }
}
