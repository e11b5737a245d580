//! Dates as extracts hold them: several formats in one column, now and then a spreadsheet's number.

use jiff::civil::Date;

use super::mapping::DateOrder;

/// What is accepted, for error messages.
pub(super) const EXPECTED: &str =
    "a date that exists: day first such as 31/12/1979, or 1979-12-31, 31-Dec-1979";

/// Serial numbers of spreadsheets that are dates of a working life: 1927 to 2091.
const SERIALS: std::ops::RangeInclusive<i32> = 10_000..=70_000;

/// Reads one date. Years of two digits lie in the hundred years up to the end of `latest_year`.
///
/// Accepted: numbers with `/`, `-` or `.` between them, the year first or last; names of months in
/// English; eight digits `YYYYMMDD`; a spreadsheet's serial number (1900 date system). A time of day
/// behind the date is read over.
pub(super) fn parse(text: &[u8], order: DateOrder, latest_year: i16) -> Option<Date> {
    let text = without_time(text.trim_ascii());
    let mut parts = [&text[..0]; 3];
    let mut count = 0;
    for part in text.split(|b| matches!(b, b'/' | b'-' | b'.' | b' ')) {
        *parts.get_mut(count)? = part;
        count += 1;
    }
    match (count, parts) {
        (1, [digits, ..]) if digits.len() == 8 => {
            let number = number(digits)?;
            date(number / 10_000, number / 100 % 100, number % 100)
        }
        (1 | 2, [serial, ..]) => from_serial(number(serial)?),
        (3, [year, month, day]) if year.len() == 4 => {
            date(number(year)?, month_number(month)?, number(day)?)
        }
        (3, [day, month, year]) => {
            let year = full_year(year, latest_year)?;
            if month.iter().all(u8::is_ascii_digit) && order == DateOrder::MonthFirst {
                date(year, number(day)?, number(month)?)
            } else {
                date(year, month_number(month)?, number(day)?)
            }
        }
        _ => None,
    }
}

/// Without a time of day: what follows the last space, or a `T` behind a digit, before a colon.
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
    const MONTHS: [&[u8; 3]; 12] = [
        b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov",
        b"dec",
    ];
    if let Some(number) = number(text) {
        return Some(number);
    }
    let start: &[u8; 3] = text.first_chunk()?;
    if !text.iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    let start = start.map(|b| b.to_ascii_lowercase());
    (1..)
        .zip(MONTHS)
        .find(|(_, name)| **name == start)
        .map(|(n, _)| n)
}

/// Day 1 of the 1900 date system is 1 January 1900, and it believes in 29 February 1900: behind that
/// day, counting from 30 December 1899 comes out right.
fn from_serial(serial: i32) -> Option<Date> {
    SERIALS
        .contains(&serial)
        .then(|| Date::constant(1899, 12, 30).checked_add(jiff::Span::new().days(serial)))?
        .ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day_first(text: &str) -> Option<String> {
        parse(text.as_bytes(), DateOrder::DayFirst, 2026).map(|date| date.to_string())
    }

    #[test]
    fn the_formats_of_real_extracts_are_one_date() {
        for text in [
            "31/12/1979",
            "1979-12-31",
            "31-DEC-1979",
            "31-Dec-79",
            "31 December 1979",
            "31.12.1979",
            "31/12/79",
            "19791231",
            "1979-12-31 00:00:00",
            "1979-12-31T00:00:00",
            "31/12/1979 00:00",
            "31-DEC-1979 00:00:00",
            "31 Dec 1979 00:00",
            " 31/12/1979 ",
            "29220",
            "29220.5",
        ] {
            assert_eq!(day_first(text).as_deref(), Some("1979-12-31"), "{text}");
        }
        let month_first = parse(b"12/31/1979", DateOrder::MonthFirst, 2026);
        assert_eq!(month_first, Some(Date::constant(1979, 12, 31)));
    }

    #[test]
    fn a_date_that_does_not_exist_is_none() {
        for text in [
            "31/02/2026",
            "2026-13-01",
            "00/01/2026",
            "12/31/1979",
            "1979",
            "37.5",
            "31/12",
            "31/12/1979/1",
            "yesterday",
            "3x/12/1979",
            "31-Smarch-1979",
            "",
            "99999999999999999999",
        ] {
            assert_eq!(day_first(text), None, "{text}");
        }
    }

    #[test]
    fn a_month_whose_name_holds_a_t_keeps_it_before_a_time() {
        assert_eq!(
            day_first("31-OCT-1979 00:00:00").as_deref(),
            Some("1979-10-31")
        );
    }

    #[test]
    fn years_of_two_digits_are_not_behind_the_latest_year() {
        assert_eq!(day_first("01/01/26").as_deref(), Some("2026-01-01"));
        assert_eq!(day_first("01/01/27").as_deref(), Some("1927-01-01"));
        let near = parse(b"01/01/27", DateOrder::DayFirst, 2076);
        assert_eq!(near, Some(Date::constant(2027, 1, 1)));
    }

    proptest! {
        #[test]
        fn every_day_reads_back_in_every_format(days in 0..40_000_i32) {
            let date = Date::constant(1930, 1, 1)
                .checked_add(jiff::Span::new().days(days))
                .unwrap();
            for format in ["%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d", "%-d.%-m.%Y"] {
                let text = date.strftime(format).to_string();
                let read = parse(text.as_bytes(), DateOrder::DayFirst, 2026);
                prop_assert_eq!(read, Some(date), "{}", text);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(text in prop::collection::vec(any::<u8>(), 0..24)) {
            let _ = parse(&text, DateOrder::DayFirst, 2026);
        }
    }
}
