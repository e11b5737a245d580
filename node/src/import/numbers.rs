//! The employee numbers of one file compared: which of them belong to one person under several numbers.
//!
//! ESR gives an assignment the person's number with something after it, and reports write that in many ways:
//! `20000000-2`, `20000000 2`, `20000000(2)`, `20000000B`. Such a number looks like any other. It is
//! recognised because the bare number is in the same file, for somebody of the same age, gender and ethnic
//! group.

use std::collections::HashMap;

use super::seen::Seen;

/// Most characters that may follow a person's number, and fewest characters of that number.
const MOST_BEHIND: usize = 4;
const FEWEST_BEFORE: usize = 3;
/// From this many characters on, a number of half the length is suspiciously short.
const LONG: usize = 6;
/// At most one in this many numbers may be short; if more are, they are another list.
const FEW_OF: u64 = 20;
/// Fewest numbers of which a usual length can be told.
const ENOUGH_NUMBERS: usize = 4;

/// Every number once, in its normal form, in the order of the file.
#[derive(Default)]
pub(super) struct Numbers {
    text: Vec<u8>,
    ends: Vec<usize>,
    lines: Vec<u64>,
}

/// People whose number is another person's number with something before or after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extended {
    /// How many there are.
    pub(super) all: u64,
    /// Lines of those who are like the other person in age, gender and ethnic group.
    pub(super) alike: Vec<u64>,
    /// Whether one of these is a long number of the file with a letter before or after it; no running count
    /// looks so.
    pub(super) is_marked: bool,
    /// Whether most pairs of people in the file are alike, so that being alike proves nothing.
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

    /// Lines of numbers that are half as long as most, or shorter: `1` or `TBC1` beside numbers of eight
    /// digits. None where more than a few are so short or some are in between: those are numbers of another
    /// list or a running count.
    pub(super) fn short(&self) -> Seen {
        let length = |at: usize| self.get(at).len();
        let mut lengths: Vec<_> = (0..self.ends.len()).map(length).collect();
        lengths.sort_unstable();
        let usual = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
        let half = usual / 2;
        // A number that is one digit shorter has lost a leading zero.
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

    /// Lines of numbers with a letter where most numbers have a digit that looks like it, such as O for 0.
    pub(super) fn misread(&self) -> Seen {
        let mut shapes: HashMap<Vec<u8>, u64> = HashMap::new();
        for at in 0..self.ends.len() {
            *shapes.entry(shape(self.get(at))).or_default() += 1;
        }
        let mut misread = Seen::default();
        for at in 0..self.ends.len() {
            let number = self.get(at);
            if !number.iter().any(|byte| b"oil".contains(byte)) {
                continue;
            }
            let like = |byte: &u8| if b"oil".contains(byte) { b'0' } else { *byte };
            let read = shape(&number.iter().map(like).collect::<Vec<_>>());
            let (own, others) = (&shape(number), shapes.get(&read).copied().unwrap_or(0));
            if *own != read && others > shapes[own] {
                misread.add(self.lines[at]);
            }
        }
        misread
    }

    /// People whose number is another one with something before or after it. `are_alike` compares the people
    /// at two positions.
    pub(super) fn extended(&self, are_alike: impl Fn(usize, usize) -> bool) -> Extended {
        let mut extended = Extended::default();
        let whole: HashMap<&[u8], usize> =
            (0..self.ends.len()).map(|at| (self.get(at), at)).collect();
        // Where the bare number is not in the file, the first number made from it takes its place.
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
                extended.is_marked |=
                    bare.len() < number.len() && bare == self.get(other) && bare.len() >= LONG;
            }
        }
        extended
    }
}

/// The number with every digit replaced by 0. Numbers of digits alone have one shape, however many leading
/// zeros they lost.
fn shape(number: &[u8]) -> Vec<u8> {
    let digit = |byte: &u8| if byte.is_ascii_digit() { b'0' } else { *byte };
    let mut shape: Vec<u8> = number.iter().map(digit).collect();
    if shape.iter().all(|byte| *byte == b'0') {
        shape.truncate(1);
    }
    shape
}

/// The first run of digits from the first that is not 0.
fn digits(number: &[u8]) -> &[u8] {
    let begin = number.iter().position(|byte| (b'1'..=b'9').contains(byte));
    let from_first = &number[begin.unwrap_or(number.len())..];
    let length = from_first.iter().position(|byte| !byte.is_ascii_digit());
    &from_first[..length.unwrap_or(from_first.len())]
}

// === impl Extended ===

impl Extended {
    /// Whether these are several numbers of one person. More than half must be alike, because people whose
    /// numbers merely differ in length are alike by chance one time in ten.
    pub(super) fn are_of_one(&self) -> bool {
        let alike = self.alike.len() as u64;
        (alike > 1 || self.is_marked) && alike * 2 > self.all && !self.everybody_is_alike
    }

    /// Such as `3 people (line 2, 5, 9)`.
    pub(super) fn said(&self) -> String {
        let lines: Vec<_> = self.alike.iter().take(5).map(u64::to_string).collect();
        let people = crate::plural::people(self.alike.len() as u64);
        format!("{people} (line {})", lines.join(", "))
    }
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
            // People who differ in age, gender or ethnic group are different people.
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
    fn a_letter_in_a_digits_place_is_known_by_the_other_numbers() {
        let misread = |usual: &[&str], odd: &str| {
            let mut all = Numbers::default();
            for (line, number) in (2..).zip(usual.iter().chain([&odd])) {
                all.push(number.as_bytes(), line);
            }
            all.misread().rows
        };
        let digits = ["20000042", "20000043", "1234567"];
        let lettered = ["e0000042", "e0000043", "e0000044"];
        for odd in [
            "2ooooo42", "2000oo42", "oo00042", "2000004l", "2i000042", "o", "l",
        ] {
            assert_eq!(misread(&digits, odd), 1, "{odd}");
        }
        for odd in ["eooooo42", "e000004l", "eoo00042"] {
            assert_eq!(misread(&lettered, odd), 1, "{odd}");
        }
        for (usual, odd) in [
            (digits, "20000042b"),
            (digits, "e0000042"),
            (digits, "noo00042"),
            (lettered, "e0000045"),
            (["o1234567", "o1234568", "o1234569"], "o1234560"),
            (["o1234567", "o1234568", "12345678"], "o1234560"),
            (["il000001", "il000002", "il000003"], "il000004"),
        ] {
            assert_eq!(misread(&usual, odd), 0, "{odd}");
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
