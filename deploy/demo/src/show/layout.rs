//! Lays out aligned columns and readable numbers.

use std::{fmt::Write as _, io::Write};

/// Rows of columns: the first column is text, the others are numbers.
pub(super) struct Columns {
    rows: Vec<Vec<String>>,
}

// === impl Columns ===

impl Columns {
    pub(super) fn new(header: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let header = header.into_iter().map(Into::into).collect();
        Self { rows: vec![header] }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    pub(super) fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let count = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..count).map(width).collect();
        let is_filled = |row: &&Vec<String>| row.iter().any(|cell| !cell.is_empty());
        for row in self.rows.iter().filter(is_filled) {
            let mut line = String::from(" ");
            for (column, cell) in row.iter().enumerate() {
                let width = widths[column];
                if column == 0 {
                    let _ = write!(line, " {cell:<width$}");
                } else {
                    let _ = write!(line, "  {cell:>width$}");
                }
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A number with commas, such as `12,345`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count as people are shown it: whole, and never negative.
pub(super) fn people(estimate: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and far below 2⁵³"
    )]
    let whole = estimate.max(0.0).round() as u64;
    grouped(whole)
}

/// A difference of counts as people are shown it: whole, with its sign.
pub(super) fn signed(difference: f64) -> String {
    let sign = if difference < -0.5 { "−" } else { "+" };
    format!("{sign}{}", people(difference.abs()))
}

/// The last day of a period, such as "30 September 2026".
pub(super) fn day(period: vwis_model::period::Period) -> String {
    let day = period.last_day();
    format!("{} {}", day.day(), month(day.month(), day.year()))
}

/// A month of a year, such as "September 2026".
pub(super) fn month(month: i8, year: i16) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let name = MONTHS[usize::from(month.unsigned_abs()) - 1];
    format!("{name} {year}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_easily() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(people(-3.2), "0");
        assert_eq!(signed(-1234.0), "−1,234");
        assert_eq!(signed(12.0), "+12");
        assert_eq!(day("2026-09".parse().unwrap()), "30 September 2026");
    }

    #[test]
    fn columns_line_up() {
        let mut columns = Columns::new(["who", "people"]);
        columns.row(["all", "1,000"]);
        let mut out = Vec::new();
        columns.print(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "  who  people\n  all   1,000\n"
        );
    }
}
