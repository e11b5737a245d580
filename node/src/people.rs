//! The people of one snapshot, one column for each attribute.
//!
//! Everything that is done with people is done with all of them, so they are held in columns: counting reads
//! a few columns from end to end, and the store keeps them in blocks.

mod employee_key;
mod number;

pub use employee_key::{EmployeeKey, EmployeeKeyError};

use std::fmt;

use aws_lc_rs::hmac;
use hashbrown::HashTable;
use vwis_model::dictionary::Recoding;

pub(crate) use self::number::{normal_form, person_of};

/// Keyed hash of an employee number, or of a candidate id. It tells people of one organisation apart, and
/// nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonTag(pub [u8; 16]);

/// Keyed hash of an extract's rows. It tells that the same rows were given again.
///
/// # Privacy
/// Computed from data that were never released, so it stays in the store: it is part of no identity, ledger
/// entry, signature or message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RowsTag(pub [u8; 32]);

/// Turns employee numbers and candidate ids into tags, under the node's own key.
pub struct Tagger(hmac::Key);

/// People of one organisation on one date, each of them once.
///
/// # Privacy
/// Confidential. `Debug` shows nothing; the only way out is through counts and a mechanism.
#[derive(Clone, PartialEq, Eq)]
pub struct People {
    tags: Vec<PersonTag>,
    /// For each attribute of the data set, in its order, a category index for each person.
    columns: Vec<Vec<u8>>,
    /// Sum over the person's assignments, in hundredths, clamped to 0..=100.
    fte_hundredths: Vec<u8>,
}

/// Finds a person's position in a list by tag.
#[derive(Default)]
pub struct TagIndex(HashTable<u32>);

// === impl Tagger ===

impl Tagger {
    /// Hashes under 32 random bytes; a node's own are an [`EmployeeKey`].
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The first half of the HMAC-SHA-256 of the number's normal form, so that one person has one tag however
    /// the number is spelt.
    #[must_use]
    pub fn tag(&self, employee_number: &[u8]) -> PersonTag {
        let tag = hmac::sign(&self.0, &normal_form(employee_number));
        PersonTag(*tag.as_ref().first_chunk().expect("the tag is 32 bytes"))
    }

    /// The tag of a candidate id, made as that of an employee number is.
    ///
    /// # Privacy
    /// Candidate 12345 is not employee 12345, and must not be linked with them: the two kinds of tags are hashed
    /// apart.
    #[must_use]
    pub fn candidate_tag(&self, candidate_id: &[u8]) -> PersonTag {
        let tag = hmac::sign(&self.0, &[CANDIDATE, &normal_form(candidate_id)].concat());
        PersonTag(*tag.as_ref().first_chunk().expect("the tag is 32 bytes"))
    }

    /// The HMAC-SHA-256 of a sketch of an extract's rows.
    #[must_use]
    pub fn rows_tag(&self, sketch: &[u8]) -> RowsTag {
        let tag = hmac::sign(&self.0, &[ROWS, sketch].concat());
        RowsTag(*tag.as_ref().first_chunk().expect("the tag is 32 bytes"))
    }
}

/// Begins the input of a rows tag. No number's normal form begins so, which keeps both kinds of tags apart.
const ROWS: &[u8] = b"\0rows";
/// Begins the input of a candidate's tag, likewise.
const CANDIDATE: &[u8] = b"\0candidate";

// === impl PersonTag ===

impl PersonTag {
    /// The tag itself is the hash: without the key it looks uniform.
    fn hash(self) -> u64 {
        u64::from_le_bytes(*self.0.first_chunk().expect("16 bytes hold 8"))
    }
}

// === impl TagIndex ===

impl TagIndex {
    /// The position under `tag`; `None` where there was none, and then `next` is put there.
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

    /// The position of `tag` among `tags`; `None` where it is not there.
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
    /// No people, with room for this many attributes.
    #[must_use]
    pub fn none(attributes: usize) -> Self {
        Self {
            tags: Vec::new(),
            columns: vec![Vec::new(); attributes],
            fte_hundredths: Vec::new(),
        }
    }

    /// People from columns; `None` where their lengths differ.
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

    /// Adds one person.
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

    /// Adds the person at a position of `other`, which has as many attributes.
    ///
    /// # Panics
    /// Where `other` has more or fewer attributes, or nobody at the position.
    pub fn push_from(&mut self, other: &Self, position: usize) {
        let codes: Vec<u8> = (other.columns.iter())
            .map(|column| column[position])
            .collect();
        self.push(other.tags[position], &codes, other.fte_hundredths[position]);
    }

    /// Number of people.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    /// Whether there are no people.
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

    /// Number of attributes of each person.
    #[must_use]
    pub fn attributes(&self) -> usize {
        self.columns.len()
    }

    /// Everyone's FTE in hundredths, 0 to 100.
    #[must_use]
    pub fn fte_hundredths(&self) -> &[u8] {
        &self.fte_hundredths
    }

    /// Whether both hold the same people with the same codes and FTE, in any order.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        let index = other.index();
        let is_there = |(position, tag): (usize, &PersonTag)| {
            index.find(&other.tags, *tag).is_some_and(|at| {
                self.fte_hundredths[position] == other.fte_hundredths[at]
                    && self
                        .columns
                        .iter()
                        .zip(&other.columns)
                        .all(|(own, others)| own[position] == others[at])
            })
        };
        self.len() == other.len()
            && self.attributes() == other.attributes()
            && self.tags.iter().enumerate().all(is_there)
    }

    /// The same people, coded by another edition of the dictionary. An attribute that `recoding`
    /// leaves out has its first category for everyone.
    #[must_use]
    pub fn recoded(&self, recoding: &Recoding) -> Self {
        let column = |column: Option<(usize, &[u8])>| match column {
            Some((at, there)) => {
                let codes = self.columns[at].iter();
                codes.map(|code| there[usize::from(*code)]).collect()
            }
            None => vec![0; self.len()],
        };
        Self {
            tags: self.tags.clone(),
            columns: recoding.columns().map(column).collect(),
            fte_hundredths: self.fte_hundredths.clone(),
        }
    }

    /// An index of all tags.
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

impl fmt::Debug for RowsTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RowsTag")
    }
}

impl fmt::Debug for PersonTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonTag")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_person_with_and_without_leading_zeros() {
        let tagger = Tagger::new(&[7; 32]);
        let tag = |number: &str| tagger.tag(number.as_bytes());
        assert!(tag("00123") == tag("123"));
        assert!(tag("0") == tag("000"));
        assert!(tag("0A1") != tag("A1"));
        assert!(tag("=\"20,000,000\"") == tag("20000000.0"));
        assert!(tag("123") != tag("1230"));
        assert!(Tagger::new(&[8; 32]).tag(b"123") != tag("123"));
    }

    #[test]
    fn a_candidate_is_never_linked_with_the_employee_of_the_same_number() {
        let tagger = Tagger::new(&[7; 32]);
        let candidate = |id: &str| tagger.candidate_tag(id.as_bytes());
        for number in ["12345", "7", "C-100023", ""] {
            assert!(
                candidate(number) != tagger.tag(number.as_bytes()),
                "{number}"
            );
        }
        // Nor with an employee whose number spells out how the two are told apart.
        assert!(candidate("12345") != tagger.tag(b"\0candidate12345"));
        // One candidate has one tag, however the id is spelt.
        assert!(candidate("00012345") == candidate("=\"12,345\""));
        assert!(candidate("12345") != candidate("12346"));
        assert!(Tagger::new(&[8; 32]).candidate_tag(b"12345") != candidate("12345"));
    }

    #[test]
    fn the_same_people_are_the_same_in_any_order() {
        let of = |rows: &[(u8, u8, u8)]| {
            let mut people = People::none(1);
            for (number, code, fte) in rows {
                people.push(PersonTag([*number; 16]), &[*code], *fte);
            }
            people
        };
        let people = of(&[(1, 7, 100), (2, 8, 50)]);
        assert!(people.is_same_as(&of(&[(2, 8, 50), (1, 7, 100)])));
        for others in [
            &[(1, 7, 100)][..],
            &[(1, 7, 100), (3, 8, 50)],
            &[(1, 7, 100), (2, 7, 50)],
            &[(1, 7, 100), (2, 8, 60)],
        ] {
            assert!(!people.is_same_as(&of(others)), "{others:?}");
        }
    }

    #[test]
    fn people_and_tags_show_nothing_of_themselves() {
        let mut people = People::none(1);
        people.push(PersonTag([0x5a; 16]), &[7], 100);
        assert_eq!(
            format!("{people:?} {:?}", people.tags()[0]),
            "People PersonTag"
        );
        let index = people.index();
        assert_eq!(index.find(people.tags(), PersonTag([0x5a; 16])), Some(0));
        assert_eq!(index.find(people.tags(), PersonTag([0; 16])), None);
    }
}
