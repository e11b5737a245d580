//! A number as people read it.

use super::Kind;

/// Where an interval has no end.
pub(super) const UNBOUNDED: &str = "unbounded";

/// Rounded as its kind is, in the words of a terminal.
pub(super) fn number(kind: Kind, number: f64) -> String {
    if number.is_infinite() {
        return UNBOUNDED.to_owned();
    }
    let text = match kind {
        Kind::People => format!("{number:.0}"),
        Kind::Text | Kind::Fte | Kind::Decimal => format!("{number:.1}"),
        Kind::Share => format!("{:.1}%", number * 100.0),
        Kind::Ratio => format!("{number:.2}"),
    };
    let is_zero = !text.contains(|c: char| ('1'..='9').contains(&c));
    match text.strip_prefix('-') {
        Some(positive) if is_zero => positive.to_owned(),
        _ => text,
    }
}

/// The same, as a spreadsheet's number format.
pub(super) fn format_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "General",
        Kind::People => "#,##0",
        Kind::Fte | Kind::Decimal => "#,##0.0",
        Kind::Share => "0.0%",
        Kind::Ratio => "0.00",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_rounded_as_its_kind_is() {
        assert_eq!(number(Kind::People, 12.6), "13");
        assert_eq!(number(Kind::People, -0.4), "0");
        assert_eq!(number(Kind::People, -3.0), "-3");
        assert_eq!(number(Kind::Fte, 12.34), "12.3");
        assert_eq!(number(Kind::Share, 0.2361), "23.6%");
        assert_eq!(number(Kind::Share, -0.0001), "0.0%");
        assert_eq!(number(Kind::Ratio, 1.275_1), "1.28");
        assert_eq!(number(Kind::Ratio, f64::INFINITY), "unbounded");
    }
}
