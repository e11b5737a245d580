//! The employee numbers of one file beside each other: which of them stand for one person under several.
//!
//! ESR gives an assignment the person's number with something behind it, and reports put it there in many
//! ways: `20000000-2`, `20000000 2`, `20000000(2)`, `20000000B`. Such a number looks like any other; what
//! tells is that the bare one is in the same file, of somebody of the same age, gender and ethnic group.

use std::collections::HashMap;

use vwis_model::{dictionary::normalise, text::plain};

use super::signs::Seen;
use crate::people::is_of_an_assignment;

/// Most characters that stand behind a person's number, and fewest before them.
const MOST_BEHIND: usize = 4;
const FEWEST_BEFORE: usize = 3;
/// A number of so many characters is long beside one of half as many.
const LONG: usize = 6;
/// One in so many are few.
const FEW_OF: u64 = 20;
/// Of fewer numbers, none is usual.
const ENOUGH_NUMBERS: usize = 4;

/// Every number once, in its normal form, in the order in which they were met.
#[derive(Default)]
pub(super) struct Numbers {
    text: Vec<u8>,
    ends: Vec<usize>,
    lines: Vec<u64>,
}

/// What stands where a number is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missing {
    Nothing,
    /// Zeros, or one digit again and again.
    Digits,
    /// No digit, or a word with a count.
    Word,
}

/// People whose number is another one's with something about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extended {
    /// How many there are.
    pub(super) all: u64,
    /// Lines of those who are like the other one in what stays with a person.
    pub(super) alike: Vec<u64>,
    /// Of all pairs of people in the file, whether most are alike, so that being alike tells nothing.
    pub(super) everybody_is_alike: bool,
}

// === impl Numbers ===

impl Numbers {
    pub(super) fn push(&mut self, normal_form: &[u8], line: u64) {
        self.text.extend_from_slice(normal_form);
        self.ends.push(self.text.len());
        self.lines.push(line);
    }

    fn get(&self, at: usize) -> &[u8] {
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[begin..self.ends[at]]
    }

    /// Lines of those that are half as long as most, or shorter: `1` or `TBC1` beside numbers of eight digits.
    /// Where more than a few are, or some lie between, they are numbers of another list or a running count.
    pub(super) fn short(&self) -> Seen {
        let length = |at: usize| self.get(at).len();
        let mut lengths: Vec<_> = (0..self.ends.len()).map(length).collect();
        lengths.sort_unstable();
        let usual = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
        let half = usual / 2;
        // One digit less is a leading zero that was lost.
        let is_between = |length: &usize| (half + 1..usual.saturating_sub(1)).contains(length);
        let is_odd = usual >= LONG && lengths.len() >= ENOUGH_NUMBERS;
        if !is_odd || lengths.iter().any(is_between) {
            return Seen::default();
        }
        let mut short = Seen::default();
        for at in (0..self.ends.len()).filter(|at| length(*at) <= half) {
            short.add(self.lines[at]);
        }
        let few = (lengths.len() as u64 / FEW_OF).max(1);
        if short.rows > few {
            Seen::default()
        } else {
            short
        }
    }

    /// Those that are another one with something about it; `are_alike` compares the people at two positions.
    pub(super) fn extended(&self, are_alike: impl Fn(usize, usize) -> bool) -> Extended {
        let mut extended = Extended::default();
        let whole: HashMap<&[u8], usize> =
            (0..self.ends.len()).map(|at| (self.get(at), at)).collect();
        // Of numbers without the bare one, the first stands for it.
        let mut first: HashMap<&[u8], usize> = HashMap::new();
        for at in 0..self.ends.len() {
            let number = self.get(at);
            let bare = digits(number);
            let shorter = (1..=MOST_BEHIND)
                .filter_map(|behind| number.get(..number.len().checked_sub(behind)?))
                .take_while(|before| before.len() >= FEWEST_BEFORE)
                .find_map(|before| whole.get(before).copied());
            let other = shorter.or_else(|| {
                if bare.len() == number.len() || bare.len() < FEWEST_BEFORE {
                    return None;
                }
                let known = whole.get(bare).copied();
                known.or_else(|| {
                    let first = *first.entry(bare).or_insert(at);
                    (first != at).then_some(first)
                })
            });
            let Some(other) = other else {
                continue;
            };
            extended.all += 1;
            if are_alike(at, other) {
                extended.alike.push(self.lines[at]);
            }
        }
        extended
    }
}

/// The first digits of a number, from the first that is no zero.
fn digits(number: &[u8]) -> &[u8] {
    let begin = number.iter().position(|byte| (b'1'..=b'9').contains(byte));
    let from_first = &number[begin.unwrap_or(number.len())..];
    let length = from_first.iter().position(|byte| !byte.is_ascii_digit());
    &from_first[..length.unwrap_or(from_first.len())]
}

// === impl Extended ===

impl Extended {
    /// Whether they are of one person: where numbers are merely of different lengths, people are alike by
    /// chance, one in ten.
    pub(super) fn are_of_one(&self) -> bool {
        let alike = self.alike.len() as u64;
        alike > 1 && alike * 2 > self.all && !self.everybody_is_alike
    }

    /// `3 people (line 2, 5, 9)`.
    pub(super) fn said(&self) -> String {
        let lines: Vec<_> = self.alike.iter().take(5).map(u64::to_string).collect();
        let people = crate::plural::people(self.alike.len() as u64);
        format!("{people} (line {})", lines.join(", "))
    }
}

// === impl Missing ===

impl Missing {
    /// What stands there, for people.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Digits => "zeros or equal digits",
            Self::Word => "a word or sign such as TBC, N/A or -",
        }
    }
}

/// What stands where a number is missing; `None` where it may be somebody's.
pub(super) fn missing(number: &[u8], normal_form: &[u8]) -> Option<Missing> {
    if number.is_empty() {
        Some(Missing::Nothing)
    } else if !normal_form.iter().any(u8::is_ascii_digit)
        || is_word(&String::from_utf8_lossy(number))
    {
        Some(Missing::Word)
    } else {
        is_filler(normal_form).then_some(Missing::Digits)
    }
}

/// Whether the number is none, such as `0`, `00000000-2` or `99999999`: it stands where one is missing.
pub(super) fn is_filler(normal_form: &[u8]) -> bool {
    /// Of fewer digits, it may be somebody's.
    const ENOUGH: usize = 6;
    if is_of_an_assignment(normal_form) {
        let person = normal_form.split(|byte| !byte.is_ascii_digit()).next();
        return person.is_some_and(is_filler);
    }
    let Some(first) = normal_form.first() else {
        return true;
    };
    if first.is_ascii_digit() && normal_form.iter().all(|byte| byte == first) {
        return *first == b'0' || normal_form.len() >= ENOUGH;
    }
    // `E0000000` is the first of a list.
    normal_form.contains(&b'0')
        && normal_form
            .iter()
            .all(|byte| *byte == b'0' || byte.is_ascii_punctuation())
}

/// Whether it is a word that stands where a number is missing, perhaps with a count behind it: `TBC 2`.
pub(super) fn is_word(value: &str) -> bool {
    /// With more digits behind it, it begins somebody's number.
    const MOST_COUNT: usize = 3;
    const WORDS: [&str; 15] = [
        "employee number",
        "grand total",
        "total",
        "not known",
        "not applicable",
        "unknown",
        "none",
        "null",
        "nil",
        "tbc",
        "tba",
        "n a",
        "na",
        "pending",
        "vacant",
    ];
    let key = normalise(&plain(value));
    let word = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let count = key.len() - word.len();
    // `NA001` is as good a number as any.
    let is_counted = count > 0;
    let word = word.trim_end();
    WORDS.contains(&word) && count <= MOST_COUNT && !(is_counted && word.len() < 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extended(numbers: &[&str], are_alike: impl Fn(usize, usize) -> bool) -> bool {
        let mut all = Numbers::default();
        for (line, number) in (2..).zip(numbers) {
            all.push(number.as_bytes(), line);
        }
        all.extended(are_alike).are_of_one()
    }

    #[test]
    fn a_number_with_something_about_it_is_known_beside_the_bare_one_and_beside_others() {
        for numbers in [
            &["20000000", "e20000000", "20000001", "e20000001"][..],
            &["20000000b", "20000000", "20000001", "20000001c"],
            &["20000000a", "20000000b", "20000000c"],
            &["20000001", "200000001", "20000000", "200000002"],
            &["20000000", "20000000/01", "20000001", "20000001(2)"],
            &["20000000(1)", "20000000(2)", "20000000(3)"],
            &["20000000e0", "20000000", "20000001e0", "20000001"],
        ] {
            assert!(extended(numbers, |_, _| true), "{numbers:?}");
            // Whoever differs is somebody else.
            assert!(!extended(numbers, |_, _| false), "{numbers:?}");
        }
    }

    #[test]
    fn numbers_of_different_lengths_are_not_one_persons() {
        let numbers: Vec<_> = (1..2000).map(|n: u32| n.to_string()).collect();
        let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
        assert!(!extended(&numbers, |one, other| (one * 7 + other) % 10 == 0));
        assert!(!extended(&["1", "10", "11", "12"], |_, _| true));
        assert!(!extended(&["e1000001", "e1000002", "n1000003"], |_, _| {
            true
        }));
    }

    #[test]
    fn what_stands_where_a_number_is_missing_is_no_number() {
        let found = |value: &str| {
            let normal = crate::people::normal_form(value.as_bytes());
            missing(value.as_bytes(), &normal)
        };
        assert_eq!(found(""), Some(Missing::Nothing));
        for filler in [
            "0",
            "000000",
            "999999",
            "99999999",
            "11111111",
            "0.00",
            "0000-0000",
            "00000000-2",
            "99999999/1",
            "'0",
            "=\"00000000\"",
            "(0)",
            "\u{ff10}\u{ff10}",
        ] {
            assert_eq!(found(filler), Some(Missing::Digits), "{filler}");
        }
        for word in [
            "-",
            "--",
            "?",
            ".",
            "TBC",
            "tbc ",
            "N/A",
            "n.a.",
            "#N/A",
            "NULL",
            "Unknown",
            "TBC1",
            "tbc-02",
            "Unknown 12",
            "VACANT 3",
            "Pending",
        ] {
            assert_eq!(found(word), Some(Missing::Word), "{word}");
        }
        for number in [
            "1",
            "99",
            "11111",
            "20000000",
            "E0",
            "E0000000",
            "aaaaaaa1",
            "E0007",
            "NA001",
            "TBC20000000",
            "20000000-2",
            "E1111111",
            "\u{ff12}\u{ff10}\u{ff10}\u{ff10}",
            "100000",
        ] {
            assert_eq!(found(number), None, "{number}");
        }
    }

    #[test]
    fn a_few_short_numbers_beside_long_ones_are_placeholders_and_many_are_a_list_of_their_own() {
        let short = |numbers: &[String]| {
            let mut all = Numbers::default();
            for (line, number) in (2..).zip(numbers) {
                all.push(number.as_bytes(), line);
            }
            all.short().lines
        };
        let long = |count: u32| (20_000_000..20_000_000 + count).map(|n| n.to_string());
        let with = |count, others: &[&str]| {
            let others = others.iter().map(|other| (*other).to_owned());
            long(count).chain(others).collect::<Vec<_>>()
        };
        for placeholder in ["1", "99", "123", "9999", "new1", "e0"] {
            assert_eq!(short(&with(5, &[placeholder])), [7], "{placeholder}");
        }
        assert_eq!(short(&with(60, &["1", "2", "3", "2000000"])), [62, 63, 64]);
        for fine in [
            with(60, &["1", "2", "3", "4"]),
            with(5, &["10000"]),
            with(60, &["1", "10000"]),
            with(0, &["1", "2", "3", "10000"]),
            with(2, &["1"]),
            (1..200_000).map(|n| n.to_string()).collect(),
        ] {
            assert_eq!(short(&fine), [] as [u64; 0]);
        }
    }
}
