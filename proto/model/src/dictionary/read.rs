//! Reading raw values of an extract into categories.

use std::collections::HashMap;

use super::excluded::Excluded;
use crate::text::plain;

/// What an attribute makes of a raw value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution<'a> {
    /// It means this category.
    Firm(usize),
    /// It means this category unless another column says more: the job role "Staff Nurse" leaves
    /// the branch of nursing open. `unknown` is never firmer than this.
    Weak(usize),
    /// It means someone whom the headcount filter leaves out.
    Excluded(&'a Excluded),
    /// The value is blank.
    Blank,
    /// The attribute's table does not know it. Count it as `unknown`, and tell the trust.
    Unrecognised,
}

/// An attribute's spellings, indexed.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// What each spelling means, by its normalised form.
    pub(super) spellings: HashMap<String, Meaning>,
    /// Sorted: those with the most literal characters first.
    pub(super) patterns: Vec<Pattern>,
    pub(super) numbers: Vec<(std::ops::RangeInclusive<u32>, usize)>,
    pub(super) national_prefix: Option<NationalPrefix>,
    pub(super) national_digits: Option<usize>,
    pub(super) separator: Option<char>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Firm(usize),
    Weak(usize),
    Excluded(usize),
}

/// Codes of up to `length` characters, of which the first `national` are a national code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NationalPrefix {
    pub(super) national: usize,
    pub(super) length: usize,
}

/// A code in which `?` stands for any one letter or digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    pub(super) category: usize,
}

// === impl Resolution ===

impl Resolution<'_> {
    /// The category that the value means, if it means one.
    #[must_use]
    pub fn category(self) -> Option<usize> {
        match self {
            Self::Firm(index) | Self::Weak(index) => Some(index),
            Self::Excluded(_) | Self::Blank | Self::Unrecognised => None,
        }
    }
}

// === impl Reader ===

impl Reader {
    pub(super) fn read<'a>(&self, raw: &str, excluded: &'a [Excluded]) -> Resolution<'a> {
        let raw = plain(raw);
        let key = normalise(&raw);
        if key.is_empty() {
            return Resolution::Blank;
        }
        let meaning = self
            .whole(&key)
            .or_else(|| self.by_national_prefix(&raw))
            .or_else(|| self.by_part(&raw));
        match meaning {
            Some(Meaning::Firm(index)) => Resolution::Firm(index),
            Some(Meaning::Weak(index)) => Resolution::Weak(index),
            Some(Meaning::Excluded(index)) => Resolution::Excluded(&excluded[index]),
            None => Resolution::Unrecognised,
        }
    }

    fn whole(&self, key: &str) -> Option<Meaning> {
        self.spellings
            .get(key)
            .copied()
            .or_else(|| self.by_digits(key))
            .or_else(|| self.by_pattern(key))
            .or_else(|| self.by_number(key))
    }

    /// Reads a code whose leading zeros a spreadsheet dropped, such as `5` for `05`.
    fn by_digits(&self, key: &str) -> Option<Meaning> {
        let width = self.national_digits?;
        let short = key.len() < width && key.bytes().all(|b| b.is_ascii_digit());
        short.then(|| self.spellings.get(&format!("{key:0>width$}")).copied())?
    }

    fn by_pattern(&self, key: &str) -> Option<Meaning> {
        self.patterns
            .iter()
            .find(|pattern| pattern.matches(key))
            .map(|pattern| Meaning::Firm(pattern.category))
    }

    fn by_number(&self, key: &str) -> Option<Meaning> {
        let number: u32 = key.parse().ok()?;
        self.numbers
            .iter()
            .find(|(range, _)| range.contains(&number))
            .map(|(_, category)| Meaning::Firm(*category))
    }

    /// Reads a value that begins with a code, such as `CA White English`, by that code or by its first
    /// characters, which are national. A code is capitals and digits: else `No answer` would have one.
    /// Small letters are a code if the words behind it mean the same, as in `a white - british`.
    fn by_national_prefix(&self, raw: &str) -> Option<Meaning> {
        let prefix = self.national_prefix?;
        let (code, words) = raw.split_once(' ').unwrap_or((raw, ""));
        let is_code =
            code.len() <= prefix.length && code.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_code {
            return None;
        }
        let meaning = self
            .spellings
            .get(&normalise(code))
            .or_else(|| self.spellings.get(&normalise(code.get(..prefix.national)?)))
            .copied()?;
        let is_sure = !code.bytes().any(|b| b.is_ascii_lowercase())
            || self.whole(&normalise(words)) == Some(meaning);
        is_sure.then_some(meaning)
    }

    /// Reads a value such as `Group|Role` by the last part that is understood by itself.
    fn by_part(&self, raw: &str) -> Option<Meaning> {
        let separator = self.separator?;
        raw.contains(separator).then(|| {
            raw.rsplit(separator)
                .find_map(|part| self.whole(&normalise(part)))
        })?
    }
}

// === impl Pattern ===

impl Pattern {
    pub(super) fn new(text: &str, category: usize) -> Option<Self> {
        let well_formed = text.bytes().any(|b| b != b'?')
            && text
                .bytes()
                .all(|b| b == b'?' || b.is_ascii_uppercase() || b.is_ascii_digit());
        well_formed.then(|| Self {
            text: text.to_ascii_lowercase(),
            category,
        })
    }

    pub(super) fn literals(&self) -> usize {
        self.text.bytes().filter(|b| *b != b'?').count()
    }

    fn matches(&self, key: &str) -> bool {
        self.text.len() == key.len()
            && self
                .text
                .bytes()
                .zip(key.bytes())
                .all(|(pattern, b)| pattern == b || (pattern == b'?' && b.is_ascii_alphanumeric()))
    }

    /// Whether there can be a value that matches both.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.text.len() == other.text.len()
            && self
                .text
                .bytes()
                .zip(other.text.bytes())
                .all(|(a, b)| a == b || a == b'?' || b == b'?')
    }
}

/// The form in which spellings are compared: characters as [`plain`] writes them; lower case; `&`, `+`,
/// `<` and `>` as words; no apostrophes; every other run of punctuation and space as one space.
#[must_use]
pub fn normalise(raw: &str) -> String {
    let mut spaced = String::with_capacity(raw.len());
    for c in plain(raw).chars() {
        match c {
            '\'' | '\u{2018}' | '\u{2019}' => {}
            '&' => spaced.push_str(" and "),
            '+' => spaced.push_str(" plus "),
            '<' => spaced.push_str(" under "),
            '>' => spaced.push_str(" over "),
            _ if c.is_alphanumeric() => spaced.extend(c.to_lowercase()),
            _ => spaced.push(' '),
        }
    }
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
