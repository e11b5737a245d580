//! Dates as extracts hold them: several formats in one column, sometimes as a spreadsheet's serial number.

use jiff::civil::Date;
use serde::Deserialize;

/// What `01/02/2026` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DateOrder {
    /// 1 February.
    DayFirst,
    /// 2 January.
    MonthFirst,
}

/// The accepted forms of a date, for error messages.
pub(super) fn expected(order: DateOrder) -> &'static str {
    match order {
        DateOrder::DayFirst => {
            "a date that exists: day first such as 31/12/1979 or 31121979, or 1979-12-31, 31-Dec-1979, 19791231"
        }
        DateOrder::MonthFirst => {
            "a date that exists: month first such as 12/31/1979 or 12311979, as the mapping says, or \
             1979-12-31, 31-Dec-1979, 19791231"
        }
    }
}

/// Words that databases and spreadsheets write for a missing date.
const NONE: [&str; 12] = [
    "null",
    "none",
    "nil",
    "n/a",
    "-",
    "--",
    "0",
    "00/00/0000",
    "00/01/1900",
    "0000-00-00",
    "1900-01-00",
    "00-jan-1900",
];

/// Whether the value stands for a missing date.
pub(super) fn is_none(value: &[u8]) -> bool {
    NONE.iter()
        .any(|none| value.eq_ignore_ascii_case(none.as_bytes()))
}

/// Serial numbers of spreadsheets that are read as dates: 1927 to 2091, which covers a working life.
const SERIALS: std::ops::RangeInclusive<i32> = 10_000..=70_000;

/// A date, and how it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) date: Date,
    pub(super) form: Form,
}

/// How a date was written, as far as its meaning can be in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As a spreadsheet's serial number.
    Serial,
    /// With day and month as two numbers, whose order only a day above 12 proves.
    Numbers {
        /// Whether this date has a day above 12.
        proves_order: bool,
    },
    /// In a form that can be read in one way only.
    Plain,
}

/// How to read dates that are ambiguous.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) order: DateOrder,
    /// A year of two digits lies in the hundred years up to the end of this year.
    pub(super) latest_year: i16,
    /// Whether serial numbers count days from 1904, and not from 1900.
    pub(super) from_1904: bool,
}

/// Days between the 1900 and the 1904 date system.
const DAYS_TO_1904: i32 = 1462;

/// Reads one date as [`read`] does, with serial numbers counted from 1900.
pub(super) fn parse(text: &[u8], order: DateOrder, latest_year: i16) -> Option<Date> {
    let reading = Reading {
        order,
        latest_year,
        from_1904: false,
    };
    read(text, reading).map(|written| written.date)
}

/// Reads one date.
///
/// Accepted: numbers with `/`, `-` or `.` between them, the year first or last; names of months in English,
/// whole or of three letters; eight digits, the year first or last, or seven where a spreadsheet dropped the
/// leading zero; a spreadsheet's serial number, with a fraction for the time of day. A time of day after the
/// date is ignored.
pub(super) fn read(text: &[u8], reading: Reading) -> Option<Written> {
    if !text.is_ascii() {
        let text = String::from_utf8_lossy(text);
        let plain = vwis_model::text::plain(&text);
        return if plain.is_ascii() {
            read(plain.as_bytes(), reading)
        } else {
            None
        };
    }
    if let Some(serial) = serial(text.trim_ascii()) {
        let days = serial + if reading.from_1904 { DAYS_TO_1904 } else { 0 };
        return Some(Written {
            date: from_serial(days)?,
            form: Form::Serial,
        });
    }
    let text = without_time(text.trim_ascii());
    let mut parts = [&text[..0]; 3];
    let mut count = 0;
    for part in text.split(|b| matches!(b, b'/' | b'-' | b'.' | b' ')) {
        *parts.get_mut(count)? = part;
        count += 1;
    }
    match (count, parts) {
        (1, [digits, ..]) => run_together(digits, reading.order),
        // A spreadsheet added decimals to eight digits.
        (2, [digits, zeros, ..]) if text.contains(&b'.') && zeros.iter().all(|b| *b == b'0') => {
            run_together(digits, reading.order)
        }
        (3, [year, month, day]) if year.len() == 4 => {
            date(number(year)?, month_number(month)?, number(day)?).map(in_no_doubt)
        }
        (3, [first, second, year]) => {
            let year = full_year(year, reading.latest_year)?;
            if !second.iter().all(u8::is_ascii_digit) {
                return date(year, month_number(second)?, number(first)?).map(in_no_doubt);
            }
            in_order(number(first)?, number(second)?, year, reading.order)
        }
        _ => None,
    }
}

/// Reads `19791231` or `31121979`. No text fits both: with the year last, `19791231` would have a year before
/// 1900, and with the year first, the month of `31121979` would be 19.
fn run_together(digits: &[u8], order: DateOrder) -> Option<Written> {
    /// Years that are accepted at the end of eight digits, up to the "end of time" of Oracle (4712) and SAP
    /// (9999).
    const YEARS: std::ops::RangeInclusive<i32> = 1900..=9999;
    /// Years that are accepted at the end of seven digits. These may also be eight digits that lost their
    /// last one, so the range is narrower.
    const YEARS_OF_SEVEN: std::ops::RangeInclusive<i32> = 1900..=2100;
    let run = number(digits)?;
    let year_first = || date(run / 10_000, run / 100 % 100, run % 100).map(in_no_doubt);
    let year_last = |years: std::ops::RangeInclusive<i32>| {
        let year = run % 10_000;
        let is_year = years.contains(&year);
        is_year.then(|| in_order(run / 1_000_000, run / 10_000 % 100, year, order))?
    };
    match digits.len() {
        8 => year_first().or_else(|| year_last(YEARS)),
        7 => year_last(YEARS_OF_SEVEN),
        _ => None,
    }
}

/// Reads day and month, two numbers, in the given order.
fn in_order(first: i32, second: i32, year: i32, order: DateOrder) -> Option<Written> {
    let (day, month) = match order {
        DateOrder::DayFirst => (first, second),
        DateOrder::MonthFirst => (second, first),
    };
    let form = Form::Numbers {
        proves_order: day > 12,
    };
    date(year, month, day).map(|date| Written { date, form })
}

fn in_no_doubt(date: Date) -> Written {
    Written {
        date,
        form: Form::Plain,
    }
}

/// Reads five digits as a serial number; a fraction for the time of day is ignored.
fn serial(text: &[u8]) -> Option<i32> {
    let (days, time) = match text.iter().position(|b| *b == b'.') {
        Some(point) => (&text[..point], &text[point + 1..]),
        None => (text, &text[..0]),
    };
    (days.len() == 5 && time.iter().all(u8::is_ascii_digit)).then(|| number(days))?
}

/// The text without its time of day: that starts at the last space, or the last `T` after a digit, before a
/// colon.
fn without_time(text: &[u8]) -> &[u8] {
    let Some(colon) = text.iter().position(|b| *b == b':') else {
        return text;
    };
    let cut = (1..colon)
        .rev()
        .find(|at| text[*at] == b' ' || (text[*at] == b'T' && text[*at - 1].is_ascii_digit()));
    cut.map_or(text, |cut| text[..cut].trim_ascii())
}

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    let year = i16::try_from(year).ok()?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn number(digits: &[u8]) -> Option<i32> {
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    digits.iter().try_fold(0, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + i32::from(digit - b'0'))
    })
}

fn full_year(digits: &[u8], latest_year: i16) -> Option<i32> {
    let year = number(digits)?;
    match digits.len() {
        4 => Some(year),
        2 => {
            let latest_year = i32::from(latest_year);
            let same_century = latest_year / 100 * 100 + year;
            Some(if same_century > latest_year {
                same_century - 100
            } else {
                same_century
            })
        }
        _ => None,
    }
}

fn month_number(text: &[u8]) -> Option<i32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if let Some(number) = number(text) {
        return Some(number);
    }
    let is = |name: &str| {
        let short = text.eq_ignore_ascii_case(&name.as_bytes()[..3]);
        short || text.eq_ignore_ascii_case(name.as_bytes())
    };
    if text.eq_ignore_ascii_case(b"sept") {
        return Some(9);
    }
    (1..).zip(MONTHS).find(|(_, name)| is(name)).map(|(n, _)| n)
}

/// Whether all words in `text` are of a date: months, days of the week, `st` and `th`, and those of a time of
/// day. Digits and signs are no words. A month beside a date in numbers is a name, such as April.
pub(super) fn is_of_words(text: &str) -> bool {
    const OTHERS: [&str; 26] = [
        "st",
        "nd",
        "rd",
        "th",
        "am",
        "pm",
        "utc",
        "gmt",
        "bst",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thur",
        "thurs",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let plain = vwis_model::text::plain(text).to_lowercase();
    let is_in_numbers = || {
        let parts: Vec<_> = plain
            .split(|c: char| !matches!(c, '0'..='9' | '/' | '-' | '.'))
            .collect();
        parts.iter().any(|part| {
            let numbers = part.split(['/', '-', '.']);
            numbers.filter(|number| !number.is_empty()).count() > 2
        })
    };
    let mut start = None;
    let mut previous = ' ';
    let ends = plain.char_indices().chain([(plain.len(), ' ')]);
    for (at, c) in ends {
        match (start, c.is_alphabetic()) {
            (None, true) => start = Some((at, previous)),
            (Some((from, before)), false) => {
                let word = &plain[from..at];
                let is_month = || month_number(word.as_bytes()).is_some();
                // `1980-02-31T00:00Z`, or a number that a spreadsheet has shortened.
                let is_letter = matches!(word, "t" | "z" | "e") && before.is_ascii_digit();
                let is_other = OTHERS.contains(&word);
                if !is_letter && !is_other && (!is_month() || is_in_numbers()) {
                    return false;
                }
                start = None;
            }
            _ => {}
        }
        previous = c;
    }
    true
}

/// The date of a serial number in the 1900 date system. Its day 1 is 1 January 1900, and it believes in 29
/// February 1900, so after that day counting from 30 December 1899 comes out right.
fn from_serial(serial: i32) -> Option<Date> {
    SERIALS
        .contains(&serial)
        .then(|| Date::constant(1899, 12, 30).checked_add(jiff::Span::new().days(serial)))?
        .ok()
}

#[cfg(test)]
mod tests;
