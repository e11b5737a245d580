//! Decides whether a value that no table knows may be repeated.
//!
//! In a row whose fields have shifted, a surname or a user name stands where the staff group belongs, and no
//! pattern tells it from a ward. So a value with letters is repeated only where it cannot be a person's own:
//! several people have it, or it is made of words of the dictionary and of headings; and no unread column of
//! the same file holds it. For any other value the report names line and column only.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher as _, Hasher as _},
    sync::LazyLock,
};

use foldhash::{fast::RandomState, quality::FixedState};
use vwis_model::{dictionary::normalise, here};

use super::{
    Mapping,
    field::Field,
    quoted::{NO_NAME, is_kept_back},
    spreadsheet,
};

/// From this many people on, a value they share is no person's own.
const SEVERAL: usize = 3;
/// Most values of unread columns that are remembered. Beyond that, a value is repeated only where it is made
/// of known words.
const MOST_UNREAD: usize = 1 << 22;
/// Notice in place of a value that is not shown.
pub(super) const KEPT_BACK: &str = "not shown: it may be a person's";
/// Small words that may stand between others.
const BETWEEN: [&str; 14] = [
    "and", "at", "body", "for", "in", "no", "not", "of", "or", "point", "range", "review", "the",
    "with",
];

/// Words of categories, attributes and headings, and of places and posts.
static WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut texts: Vec<String> = Vec::new();
    for attribute in here::dictionary().attributes() {
        texts.push(attribute.label().to_owned());
        for category in attribute.categories() {
            texts.extend([category.label(), category.code()].map(str::to_owned));
        }
        for rule in attribute.excluded() {
            texts.extend([rule.label(), rule.code()].map(str::to_owned));
        }
    }
    let headings = Mapping::builtin();
    for field in Field::ALL {
        texts.extend(headings.headings(field).iter().cloned());
    }
    let words = texts.iter().flat_map(|text| {
        let key = normalise(text);
        key.split([' ', '_']).map(str::to_owned).collect::<Vec<_>>()
    });
    let places = NO_NAME.into_iter().chain(BETWEEN);
    // These words are left out, because with a number before them they make an address.
    let places = places.filter(|word| !["road", "street", "house"].contains(word));
    words.chain(places.map(str::to_owned)).collect()
});

/// Who has which value, while a file is read. Only hashes of values are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vetting {
    /// Hash of the current row's number of a person, where it has one, and its line.
    row: (Option<u64>, u64),
    seen: HashMap<u64, Seen>,
    unread: HashSet<u64, RandomState>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// Hashes of the numbers of the first few people who have the value.
    people: Vec<u64>,
    line: u64,
    /// Hash of the value in the form in which values of unread columns are kept.
    folded: u64,
}

// === impl Vetting ===

impl Vetting {
    pub(super) fn begin_row(&mut self, number: &[u8], line: u64) {
        let is_somebody = !number.is_empty();
        self.row = (is_somebody.then(|| hash(number)), line);
    }

    /// Remembers a value of a column that is not read.
    pub(super) fn note_unread(&mut self, value: &[u8]) {
        if !value.is_empty() && self.unread.len() < MOST_UNREAD {
            self.unread.insert(folded(value));
        }
    }

    /// Remembers that the current row's person has a value that may have to be shown.
    pub(super) fn note(&mut self, raw: &str, shown: &str) {
        let (person, line) = self.row;
        let seen = self
            .seen
            .entry(hash(shown.as_bytes()))
            .or_insert_with(|| Seen {
                people: Vec::new(),
                line,
                folded: folded(raw.as_bytes()),
            });
        if let Some(person) = person
            && seen.people.len() < SEVERAL
            && !seen.people.contains(&person)
        {
            seen.people.push(person);
        }
    }

    pub(super) fn may_be_shown(&self, shown: &str, field: Option<Field>) -> bool {
        if is_nobodys(shown, field) {
            return true;
        }
        let Some(seen) = self.seen.get(&hash(shown.as_bytes())) else {
            return false;
        };
        let is_several = seen.people.len() >= SEVERAL && self.unread.len() < MOST_UNREAD;
        let words = words_of(shown);
        let own: Vec<_> = words
            .iter()
            .filter(|word| word.chars().count() > 1)
            .collect();
        let is_unread = |word: &&String| self.unread.contains(&folded(word.as_bytes()));
        let is_made_of_unread = !own.is_empty() && own.iter().all(is_unread);
        let is_organisation = field == Some(Field::Organisation) && is_code_of_one(shown);
        (is_several || is_of_words(shown) || is_organisation)
            && !self.unread.contains(&seen.folded)
            && !is_made_of_unread
    }

    /// The text that a report writes for a value: the value itself, or a notice with its first line.
    pub(super) fn said(&self, shown: &str, field: Option<Field>) -> String {
        if self.may_be_shown(shown, field) {
            return shown.to_owned();
        }
        match self.seen.get(&hash(shown.as_bytes())) {
            Some(seen) => format!("({KEPT_BACK}; line {})", seen.line),
            None => format!("({KEPT_BACK})"),
        }
    }
}

/// Whether the text cannot be a person's own: it has no letters, is a notice or a spreadsheet's error, or
/// stands in a column whose values were checked when they were quoted.
fn is_nobodys(shown: &str, field: Option<Field>) -> bool {
    let is_date = field.is_some_and(Field::is_date);
    let digits = shown.bytes().filter(u8::is_ascii_digit).count();
    is_kept_back(shown)
        || !shown.chars().any(char::is_alphabetic)
        || spreadsheet::is_error(shown.as_bytes())
        || field.is_some_and(Field::is_number)
        || (field == Some(Field::Fte) && shown.parse::<f64>().is_ok())
        || (is_date && digits > 2)
}

/// Whether it has the form of an organisation's code, such as `RMC` or `R0A01`.
fn is_code_of_one(shown: &str) -> bool {
    let is_code = shown.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let has_digit = shown.bytes().any(|byte| byte.is_ascii_digit());
    is_code && (shown.len() == 3 || (has_digit && shown.len() < 7))
}

/// Whether the value is made of words that every file has, with at most one short code among them.
pub(super) fn is_of_words(value: &str) -> bool {
    let words = words_of(value);
    let is_number = |word: &str| word.len() < 5 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_code = |word: &str| word.len() < 5 && word.bytes().any(|byte| byte.is_ascii_digit());
    let others = words.iter().filter(|word| {
        !WORDS.contains(word.as_str()) && !is_number(word) && word.chars().count() > 1
    });
    let (codes, others): (Vec<_>, Vec<_>) = others.partition(|word| is_code(word));
    others.is_empty() && codes.len() < 2
}

/// The value where it cannot be a person's own by itself, else a notice; nothing here tells how many people
/// have it.
pub(super) fn repeated(shown: &str, field: Option<Field>) -> String {
    if is_nobodys(shown, field) || is_of_words(shown) {
        shown.to_owned()
    } else {
        format!("({KEPT_BACK})")
    }
}

fn words_of(value: &str) -> Vec<String> {
    let key = normalise(value);
    let words = key.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Hash of the value's letters and digits, in lower case.
fn folded(value: &[u8]) -> u64 {
    let mut hasher = FixedState::with_seed(1).build_hasher();
    for byte in value {
        if byte.is_ascii_alphanumeric() || !byte.is_ascii() {
            hasher.write_u8(byte.to_ascii_lowercase());
        }
    }
    hasher.finish()
}

fn hash(value: &[u8]) -> u64 {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    hasher.write(value);
    hasher.finish()
}
