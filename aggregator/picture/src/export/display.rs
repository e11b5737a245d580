//! Numbers as people read them.

use super::Kind;
use crate::estimate::Unit;

/// The text of a number, rounded as its kind is: like [`Unit::text`] of the unit that it counts.
pub(super) fn number(kind: Kind, number: f64) -> String {
    match kind {
        Kind::People => Unit::People.text(number),
        Kind::Text | Kind::Fte | Kind::Decimal => Unit::Fte.text(number),
        Kind::Share => Unit::Share.text(number),
        Kind::Percent => format!("{:.0}%", 100.0 * number + 0.0),
        Kind::Ratio => Unit::Ratio.text(number),
    }
}

/// The spreadsheet format that shows a number like [`number`].
pub(super) fn format_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "General",
        Kind::People => "#,##0",
        Kind::Fte | Kind::Decimal => "#,##0.0",
        Kind::Share => "0.0%",
        Kind::Percent => "0%",
        Kind::Ratio => "0.00",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_rounded_as_its_kind_is() {
        assert_eq!(number(Kind::People, 1_234.6), "1,235");
        assert_eq!(number(Kind::People, -0.4), "0");
        assert_eq!(number(Kind::People, -3.0), "-3");
        assert_eq!(number(Kind::Fte, 12.34), "12.3");
        assert_eq!(number(Kind::Share, 0.2361), "23.6%");
        assert_eq!(number(Kind::Ratio, 1.275_1), "1.28");
        assert_eq!(number(Kind::Ratio, f64::INFINITY), "no limit");
    }
}
