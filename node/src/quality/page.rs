//! The quality report as a page to print.

use askama::Template;

use super::{GroupAgainst, QualityReport};

#[derive(Template)]
#[template(path = "quality.html")]
struct Page<'a> {
    report: &'a QualityReport,
}

/// The report as one whole HTML page: no script, no image, nothing to load.
///
/// # Panics
/// Never: the template takes texts and numbers.
#[must_use]
pub fn page(report: &QualityReport) -> String {
    Page { report }
        .render()
        .expect("texts and numbers can be written to a String")
}

fn number(number: impl std::fmt::Display) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.char_indices() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn change(row: &GroupAgainst) -> String {
    if row.difference == 0 {
        return "no change".to_owned();
    }
    let percent = row
        .percent
        .map_or(String::new(), |percent| format!(" ({percent:+.1}%)"));
    let sign = if row.difference < 0 { '-' } else { '+' };
    let people = number(row.difference.unsigned_abs());
    // A number has a minus sign, not a hyphen.
    format!("{sign}{people}{percent}").replace('-', "\u{2212}")
}
