//! How numbers, dates and losses read on a terminal.

use std::fmt::Write as _;

use comfy_table::CellAlignment;
use jiff::Timestamp;
use vwis_model::rho::Rho;

use super::plain_table;
use crate::explain::{Amount, in_millionths};
pub(super) use crate::plural::{people, several};

/// Longest line of running text, in characters.
const WIDTH: usize = 80;
/// From this factor on, a bound on odds is of no use to anybody and is not printed.
const MOST_TIMES: f64 = 1e6;

/// `-12,345.6`: thousands apart, as many decimals as asked for.
pub(super) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let whole = text.find('.').unwrap_or(text.len());
    let mut grouped = String::new();
    // What rounds to zero is written without a sign.
    if value < 0.0 && text.bytes().any(|digit| matches!(digit, b'1'..=b'9')) {
        grouped.push('-');
    }
    for (index, digit) in text.char_indices() {
        if index > 0 && index < whole && (whole - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `2026-11-25`, in UTC.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// What would be left of a year's budget, if all that is promised fits in it.
pub(super) fn left_then(fits: bool, rho: Rho) -> String {
    if fits {
        in_millionths(rho)
    } else {
        "DOES NOT FIT".to_owned()
    }
}

/// A loss as `ρ 0.04 (ε 1.54)`.
pub(super) fn loss(amount: impl Into<Amount>) -> String {
    let amount = amount.into();
    format!(
        "ρ {} (ε {:.2})",
        in_millionths(amount.rho_nano),
        amount.epsilon
    )
}

/// What an ε bounds, in words: the factor by which anybody's odds change.
pub(super) fn odds(epsilon: f64) -> String {
    let times = epsilon.exp();
    if times > MOST_TIMES {
        "more than a million times".to_owned()
    } else if times < 10.0 {
        format!("{times:.1} times")
    } else {
        format!("{} times", number(times, 0))
    }
}

/// The sentence that explains what ρ and ε mean.
pub(super) fn what_a_loss_is(of: Rho) -> String {
    format!(
        "Privacy loss is counted in ρ (rho), which simply adds up; ε (epsilon) says what it comes \
         to: whatever somebody knows already, seeing what was released changes the odds they would \
         give on whether one person is among those counted by a factor of at most e^ε, which for ε {:.2} \
         is {}, but for a chance of 1 in 100 million. It is the worst case, not the usual one. Of somebody \
         who is known to be there, what they are like (a band, a disability) may cost more: `agreement \
         show` says up to how many times the ρ. A person who stands in the extract under m numbers costs \
         m² times the ρ, and one who works for k organisations k times.",
        of.epsilon(),
        odds(of.epsilon())
    )
}

/// Running text wrapped into lines, each with `indent` before it.
pub(super) fn wrapped(text: &str, indent: &str) -> String {
    hanging(text, indent, indent)
}

/// One point of a list, its lines aligned behind the dash.
pub(super) fn point(text: &str) -> String {
    hanging(text, "  - ", "    ")
}

fn hanging(text: &str, first: &str, rest: &str) -> String {
    let mut lines = first.to_owned();
    let mut width = first.chars().count();
    let mut begins = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !begins && width + 1 + length > WIDTH {
            let _ = write!(lines, "\n{rest}");
            width = rest.chars().count();
            begins = true;
        }
        if !begins {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += length;
        begins = false;
    }
    lines
}

/// A table whose first `texts` columns are texts and whose others are numbers, indented by two.
pub(super) fn table_of_numbers(header: &[&str], texts: usize, rows: Vec<Vec<String>>) -> String {
    let mut table = plain_table(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(texts) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    // Cells have one space before them already, so one more makes two.
    let lines: Vec<_> = table.lines().map(|line| format!(" {line}")).collect();
    let trimmed: Vec<_> = lines.iter().map(|line| line.trim_end()).collect();
    trimmed.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_and_nothing_has_no_sign() {
        for (value, decimals, expected) in [
            (0.0, 0, "0"),
            (-0.2, 0, "0"),
            (999.0, 0, "999"),
            (1733.0, 0, "1,733"),
            (-12_345.67, 1, "-12,345.7"),
            (1_234_567.0, 0, "1,234,567"),
            (999.96, 1, "1,000.0"),
        ] {
            assert_eq!(number(value, decimals), expected);
        }
    }

    #[test]
    fn odds_are_said_as_far_as_they_mean_something() {
        assert_eq!(odds(0.0), "1.0 times");
        assert_eq!(odds(2.86), "17 times");
        assert_eq!(odds(50.0), "more than a million times");
    }

    #[test]
    fn text_is_wrapped_between_words_and_keeps_them_all() {
        let text = "word ".repeat(60) + &"x".repeat(100);
        let lines = point(&text);
        let (first, rest) = lines.split_once('\n').unwrap();
        assert!(first.starts_with("  - word"));
        assert!(rest.lines().all(|line| line.starts_with("    ")));
        assert!(
            lines
                .lines()
                .filter(|l| !l.contains('x'))
                .all(|l| l.len() <= WIDTH)
        );
        let words = |text: &str| text.split_whitespace().count();
        assert_eq!(words(&lines), words(&text) + 1, "the words and a dash");
    }
}
