//! Which values a report may repeat, and in what form.
//!
//! A row whose fields have shifted holds a National Insurance number where the staff group belongs, and
//! reports are sent on. So a value is quoted only where it looks like a code, a word or a date. In place of
//! one that looks like a person's own, the report says what it looks like.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;
use vwis_model::{dictionary::normalise, text::shown};

use super::{
    date::{self, DateOrder},
    field::Field,
};
use crate::people::normal_form;

/// Most characters of a value that a report repeats.
const MOST_CHARACTERS: usize = 60;

/// A National Insurance number: two letters, six digits and a last letter, with any separators. Matches
/// temporary numbers too.
static NATIONAL_INSURANCE: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?i)(^|[^a-z0-9])[a-z]{2}([^a-z0-9]*[0-9]){6}[^a-z0-9]*[a-z]?($|[^a-z0-9])")
});
/// An e-mail address: an at sign between other characters.
static E_MAIL: LazyLock<Regex> = LazyLock::new(|| regex(r"\S@\S"));
/// Six digits or more, with single separators: employee, NHS, telephone and account numbers.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"[0-9]([ /\-]?[0-9]){5}"));
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?i)(^|[\s,(])(mr|mrs|ms|miss|mx|dr|prof|professor|rev|sir|dame)\.?\s+\p{L}")
});
/// A name such as `Côté, Zoë`: a few words, a comma, a few words.
static SURNAME_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"^\p{L}[\p{L}'’.-]*( \p{L}[\p{L}'’.-]*)?, ?\p{L}[\p{L}'’.-]*( \p{L}[\p{L}'’.-]*)?$")
});
/// Words of places, posts and groups. A text with one of them is taken for no person's name.
pub(super) const NO_NAME: [&str; 44] = [
    "academy",
    "admin",
    "assistant",
    "band",
    "bank",
    "building",
    "care",
    "centre",
    "clinic",
    "clinical",
    "college",
    "community",
    "contract",
    "consultant",
    "department",
    "dental",
    "doctor",
    "floor",
    "forename",
    "health",
    "hospice",
    "hospital",
    "house",
    "infirmary",
    "leave",
    "manager",
    "medical",
    "midwife",
    "name",
    "nhs",
    "nurse",
    "nursing",
    "office",
    "officer",
    "other",
    "registered",
    "road",
    "service",
    "services",
    "staff",
    "street",
    "surname",
    "unit",
    "ward",
];

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is well-formed")
}

/// What kind of personal detail a value looks like, so that it is not repeated; `None` where it looks like
/// none.
pub(super) fn looks_like(value: &str) -> Option<&'static str> {
    let plain = vwis_model::text::plain(value);
    if NATIONAL_INSURANCE.is_match(&plain) {
        return Some("a National Insurance number");
    }
    if E_MAIL.is_match(&plain) {
        return Some("an e-mail address");
    }
    if NUMBER.is_match(&plain) {
        return Some("a person's number or date");
    }
    let is_date = |order| date::parse(plain.as_bytes(), order, 2100).is_some();
    if plain.len() > 5 && (is_date(DateOrder::DayFirst) || is_date(DateOrder::MonthFirst)) {
        return Some("a person's number or date");
    }
    let has_a_name = TITLE.is_match(&plain) || SURNAME_FIRST.is_match(&plain);
    let is_of_a_place = || {
        let key = normalise(&plain);
        key.split(' ').any(|word| NO_NAME.contains(&word))
    };
    (has_a_name && !is_of_a_place()).then_some("a name")
}

/// Whether the whole value is a number, an address or a date such as only a person has; a heading is not.
pub(super) fn is_persons_number(value: &str) -> bool {
    let plain = vwis_model::text::plain(value);
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let is_date = |order| date::parse(plain.as_bytes(), order, 2100).is_some();
    let is_number = digits > 5 && digits == plain.len();
    let is_short = plain.len() < 16 && !plain.contains(' ');
    is_number
        || (E_MAIL.is_match(&plain) && !plain.contains(' '))
        || (is_short && NATIONAL_INSURANCE.is_match(&plain))
        || (plain.len() > 5 && (is_date(DateOrder::DayFirst) || is_date(DateOrder::MonthFirst)))
}

/// Whether the text is a notice in place of a value.
pub(super) fn is_kept_back(shown: &str) -> bool {
    shown.starts_with("(not shown")
}

/// The value as a report repeats it: cut to a readable length, with invisible characters written by their
/// code point, and not at all where it looks like a person's own. Where a person's number belongs, only
/// texts that stand for a missing number are repeated, such as `TBC`.
pub(super) fn quoted(value: &str, field: Option<Field>) -> Cow<'_, str> {
    let is_date = field.is_some_and(Field::is_date);
    let looks_like = looks_like(value);
    let kept_back = match (field, looks_like) {
        (Some(field), _) if field.is_number() && is_placeholder(value) => None,
        // A number in the FTE column is hours, or a figure with all its decimals, however long.
        (Some(Field::Fte), _) if value.parse().is_ok_and(|fte: f64| fte.abs() < 10_000.0) => None,
        // In a column of dates, a date that cannot be read is repeated, because it is what has to be mended,
        // unless it may be somebody's number.
        (_, Some("a person's number or date")) if is_date && date::is_of_words(value) => {
            let separators = value
                .bytes()
                .filter(|b| matches!(b, b'/' | b'-' | b'.'))
                .count();
            (separators < 2).then_some("a person's number or date")
        }
        // A date that cannot be read and has other words beside it may have a name there.
        (_, None) if is_date && has_digits(value) && !date::is_of_words(value) => {
            Some("a date with other words beside it")
        }
        (Some(field), None) if field.is_number() => Some("a person's"),
        (_, found) => found,
    };
    if let Some(what) = kept_back {
        return Cow::Owned(format!("(not shown: it looks like {what})"));
    }
    let value = value.trim_matches(' ');
    match value.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => shown(&value[..end]),
        None => shown(value),
    }
}

fn has_digits(value: &str) -> bool {
    vwis_model::text::plain(value)
        .bytes()
        .any(|byte| byte.is_ascii_digit())
}

/// Whether the value stands for a missing number.
fn is_placeholder(value: &str) -> bool {
    let plain = vwis_model::text::plain(value);
    !plain.chars().any(char::is_alphanumeric)
        || plain.starts_with('#')
        || super::missing::is_word(&plain)
        || super::employee_number::is_shortened(plain.as_bytes())
        || super::missing::is_filler(&normal_form(plain.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_looks_like_a_persons_is_repeated() {
        for value in [
            "QQ123456C",
            "qq 12 34 56 c",
            "QQ-12-34-56-C",
            "QQ\u{a0}123456C",
            "NI: QQ123456C",
            "\u{ff31}\u{ff31}123456C",
            "QQ12345\u{200b}6C",
            "zoe@example.org",
            "z.c@nhs",
            "20000000",
            "2000 0000",
            "020 7946 0000",
            "999 000 0000",
            "07/06/1973",
            "07-JUN-1973",
            "Dr Zoë Côté",
            "Ms. Lomax",
            "Côté, Zoë",
            "Lomax, Kezia Ann",
            "O\u{2019}Neil, Una",
        ] {
            for field in [
                Some(Field::StaffGroup),
                Some(Field::EmployeeNumber),
                Some(Field::Fte),
                None,
            ] {
                let said = quoted(value, field);
                assert!(
                    said.starts_with("(not shown: it looks like "),
                    "{value}: {said}"
                );
            }
        }
        for value in ["20000000", "QQ123456C", "Lomax, Kezia"] {
            assert!(
                quoted(value, Some(Field::BirthDate)).starts_with("(not shown"),
                "{value}"
            );
        }
        for value in ["Lomax", "Zoë Côté", "E-seven"] {
            assert!(
                quoted(value, Some(Field::EmployeeNumber)).starts_with("(not shown"),
                "{value}"
            );
        }
    }

    #[test]
    fn a_date_with_other_words_beside_it_is_not_repeated() {
        for value in [
            "Jane Smith 3/4/21",
            "since Ann left 3/4/21",
            "3 April 1971 Ann",
            "Ann, 3 April 1971",
            "dob 3/4/71",
            "3/4/71 (Zoë)",
            "3/4/1971 J",
            "3/4/1971 T",
            "April 3/4/1971",
            "E 1971",
        ] {
            for field in [Field::BirthDate, Field::StartDate, Field::LeavingDate] {
                let said = quoted(value, Some(field));
                assert!(said.starts_with("(not shown"), "{value}: {said}");
            }
        }
        for value in [
            "31 February 1980",
            "31-FEB-1980",
            "Mon 31st Feb 1980",
            "31/02/1980 12:00 PM",
            "1980-02-31T00:00:00Z",
            "1.98E+07",
        ] {
            assert_eq!(quoted(value, Some(Field::BirthDate)), value);
        }
    }

    #[test]
    fn what_a_mapping_or_a_date_needs_is_repeated() {
        for (value, field) in [
            ("Band Eleventy", Some(Field::Band)),
            ("NHS|XR05|Review Body Band 5", Some(Field::Band)),
            ("Ward 7, Minerva Road", None),
            ("Withington Hospital, Manchester", None),
            ("Nurse, Registered", Some(Field::JobRole)),
            ("37.50000", Some(Field::Fte)),
            ("31/02/1980", Some(Field::BirthDate)),
            ("1980-13-40", Some(Field::BirthDate)),
            ("TBC", Some(Field::EmployeeNumber)),
            ("#N/A", Some(Field::EmployeeNumber)),
            ("2.00062E+07", Some(Field::EmployeeNumber)),
            ("XX99", Some(Field::Band)),
        ] {
            assert_eq!(quoted(value, field), value);
        }
        assert_eq!(
            quoted("\u{1b}[2JFem", Some(Field::Gender)),
            "<U+001B>[2JFem"
        );
        assert_eq!(
            quoted("Fe\u{a0}male", Some(Field::Gender)),
            "Fe<U+00A0>male"
        );
        assert_eq!(quoted(&"x".repeat(100), None).len(), 60);
    }
}
