//! What stands where an employee number is missing: nothing, zeros, a word, a total, a note.

use vwis_model::{dictionary::normalise, text::plain};

use crate::people::person_of;

/// Kinds of text that stand where an employee number is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missing {
    Nothing,
    /// Zeros, or one digit again and again.
    Digits,
    /// No digit at all, or a word, perhaps followed by a count.
    Word,
}

// === impl Missing ===

impl Missing {
    /// The kind in words, for people.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Digits => "zeros or equal digits",
            Self::Word => "a word or sign such as TBC, N/A or -",
        }
    }
}

/// Which kind of missing number `number` is; `None` where it may be somebody's.
pub(super) fn missing(number: &[u8], normal_form: &[u8]) -> Option<Missing> {
    let text = String::from_utf8_lossy(number);
    if number.is_empty() {
        Some(Missing::Nothing)
    } else if !normal_form.iter().any(u8::is_ascii_digit) || is_word(&text) || is_total(&text) {
        Some(Missing::Word)
    } else {
        is_filler(normal_form).then_some(Missing::Digits)
    }
}

/// Whether all digits are zeros or equal, such as `0`, `00000000-2` or `99999999`: a filler for a missing
/// number.
pub(super) fn is_filler(normal_form: &[u8]) -> bool {
    /// With fewer equal digits, the number may be somebody's.
    const ENOUGH: usize = 6;
    if let Some(person) = person_of(normal_form) {
        return is_filler(person);
    }
    let Some(first) = normal_form.first() else {
        return true;
    };
    if first.is_ascii_digit() && normal_form.iter().all(|byte| byte == first) {
        return *first == b'0' || normal_form.len() >= ENOUGH;
    }
    // Letters make a number of it: `E0000000` is the first of a list.
    normal_form.contains(&b'0')
        && normal_form
            .iter()
            .all(|byte| *byte == b'0' || byte.is_ascii_punctuation())
}

/// Whether it is a word that stands for a missing number, perhaps followed by a count, as in `TBC 2`.
pub(super) fn is_word(value: &str) -> bool {
    /// Most digits of a count; with more, the word is the beginning of somebody's number.
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
    // A count after a word of two letters is a number: `NA001` is as good as any.
    let is_counted = count > 0;
    let word = word.trim_end();
    WORDS.contains(&word) && count <= MOST_COUNT && !(is_counted && word.len() < 3)
}

/// Whether it names a total: `Ward 109 Total`, `Subtotal: 12`.
fn is_total(value: &str) -> bool {
    const TOTALS: [&str; 4] = ["total", "totals", "subtotal", "subtotals"];
    let key = normalise(&plain(value));
    let mut words = key.split(|c: char| !c.is_alphabetic());
    words.any(|word| TOTALS.contains(&word))
}

/// Whether, in a row that tells of nobody, this is a note and no number: `Ward 109`, `Count of 12`,
/// `30/09/2026`.
pub(super) fn is_note(number: &[u8], normal_form: &[u8]) -> bool {
    /// Fewest letters of a word; fewer are a mark before or after a number.
    const WORD: usize = 4;
    let text = String::from_utf8_lossy(number);
    let key = normalise(&plain(&text));
    let mut words = key.split(|c: char| !c.is_alphabetic());
    let is_named = person_of(normal_form)
        .unwrap_or(normal_form)
        .iter()
        .all(u8::is_ascii_digit);
    let parts = normal_form
        .split(|byte| !byte.is_ascii_digit())
        .filter(|part| !part.is_empty());
    parts.count() > 2 || (!is_named && words.any(|word| word.chars().count() >= WORD))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "Total",
            "Ward 109 Total",
            "Grand total",
            "Grand Total 1204",
            "Subtotal: 12",
            "Sub-total 12",
            "Total12",
            "TOTALS 20000000",
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
    fn in_a_row_that_tells_of_nobody_words_and_dates_are_notes() {
        let is_noted = |value: &str| {
            let normal = crate::people::normal_form(value.as_bytes());
            missing(value.as_bytes(), &normal).is_some() || is_note(value.as_bytes(), &normal)
        };
        for note in [
            "Ward 109",
            "Count of 12",
            "Count: 12",
            "12 rows selected",
            "(38 rows affected)",
            "Page 1 of 3",
            "30/09/2026",
            "30-09-2026 08:00",
            "2026-09-30",
            "Cost centre 123456",
            "Bolton 2",
            "End of report R0A",
        ] {
            assert!(is_noted(note), "{note}");
        }
        for number in [
            "20000000",
            "E0000007",
            "EMP0001",
            "TBC20000000",
            "20000000-2",
            "20000000 (2)",
            "Employee No: 20000000",
            "Emp 20000000",
            "20 000 000",
            "20000000B",
            "12",
            "20000000 Bank",
        ] {
            assert!(!is_noted(number), "{number}");
        }
    }
}
