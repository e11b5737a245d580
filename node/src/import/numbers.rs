//! The employee numbers of one file beside each other: which of them stand for one person under several.
//!
//! ESR gives an assignment the person's number with something behind it, and reports put it there in many
//! ways: `20000000-2`, `20000000 2`, `20000000(2)`, `20000000B`. Such a number looks like any other; what
//! tells is that the bare one is in the same file, of somebody of the same age, gender and ethnic group.

use std::collections::HashMap;

/// Most characters that stand behind a person's number, and fewest before them.
const MOST_BEHIND: usize = 4;
const FEWEST_BEFORE: usize = 3;

/// Every number once, in its normal form, in the order in which they were met.
#[derive(Default)]
pub(super) struct Numbers {
    text: Vec<u8>,
    ends: Vec<usize>,
    lines: Vec<u64>,
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

/// Whether the number is none, such as `0`, `00000000` or `99999999`: it stands where one is missing.
pub(super) fn is_filler(normal_form: &[u8]) -> bool {
    /// Of fewer digits, it may be somebody's.
    const ENOUGH: usize = 6;
    let Some(first) = normal_form.first() else {
        return true;
    };
    let is_one_digit = first.is_ascii_digit() && normal_form.iter().all(|byte| byte == first);
    is_one_digit && (*first == b'0' || normal_form.len() >= ENOUGH)
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
    fn zeros_and_many_equal_digits_are_no_number() {
        for filler in ["0", "", "000000", "999999", "99999999", "11111111"] {
            assert!(is_filler(filler.as_bytes()), "{filler}");
        }
        for number in ["1", "99", "11111", "20000000", "e0", "aaaaaaaa"] {
            assert!(!is_filler(number.as_bytes()), "{number}");
        }
    }
}
