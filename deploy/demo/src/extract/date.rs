//! Dates as extracts write them.

use jiff::civil::Date;

use super::line::Line;
use crate::trusts::Dates;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Adds a date.
pub(super) fn write(line: &mut Line, day: Date, dates: Dates) {
    let (y, m, d) = (day.year(), day.month(), day.day());
    let month = MONTHS[usize::from(m.unsigned_abs()) - 1];
    match dates {
        Dates::Slashes => line.plain(format_args!("{d:02}/{m:02}/{y}")),
        Dates::Iso => line.plain(format_args!("{y}-{m:02}-{d:02}")),
        Dates::Month => line.plain(format_args!("{d:02}-{month}-{y}")),
        Dates::Oracle => {
            line.plain(format_args!(
                "{d:02}-{}-{:02}",
                month.to_uppercase(),
                y % 100
            ));
        }
        Dates::Timestamp => line.plain(format_args!("{y}-{m:02}-{d:02} 00:00:00")),
        Dates::Serial => {
            let days = (day - Date::constant(1899, 12, 30)).get_days();
            line.plain(format_args!("{days}"));
        }
    }
}

/// The same way of writing dates with all four digits of the year: two digits would be read as the past.
pub(super) fn with_whole_year(dates: Dates) -> Dates {
    match dates {
        Dates::Oracle => Dates::Month,
        other => other,
    }
}
