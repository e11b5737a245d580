//! One person, however a program or a person spells the number.
//!
//! Spreadsheets, databases and people decorate numbers: `'20000000` and `="20000000"` keep a spreadsheet
//! from reading it as a number, `20000000.0` comes of one that did, `20,000,000` and `2000 0000` of a
//! format for reading, full-width digits and no-break spaces of a copy from elsewhere. Two spellings of
//! one number would be two people: each bounded by itself, and together exposed to four times what
//! the ledger says. So every number is hashed in one form.

use std::borrow::Cow;

use vwis_model::text::plain;

/// The form in which numbers are hashed and compared. A number in this form stays as it is.
pub(crate) fn normal_form(raw: &[u8]) -> Cow<'_, [u8]> {
    let is_plain = raw
        .iter()
        .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    if is_plain {
        return Cow::Borrowed(without_leading_zeros(raw));
    }
    let text = String::from_utf8_lossy(raw);
    let mut number = folded(&text);
    // One decoration may hide another: `="20,000,000.0"`.
    while let Some(bare) = without_decoration(&number) {
        number = bare;
    }
    Cow::Owned(without_leading_zeros(number.as_bytes()).to_vec())
}

/// Whether it is written as ESR writes an assignment: a person's number, and which of the person's
/// assignments it is, such as `20000000-2`.
pub(crate) fn is_of_an_assignment(normal_form: &[u8]) -> bool {
    let Some(at) = normal_form.iter().position(|byte| !byte.is_ascii_digit()) else {
        return false;
    };
    let (person, rest) = normal_form.split_at(at);
    let is_between = |byte: u8| matches!(byte, b'-' | b'/' | b'_' | b'.' | b':' | b'#');
    !person.is_empty()
        && rest.len() > 1
        && is_between(rest[0])
        && rest[1..].iter().all(u8::is_ascii_digit)
}

/// Plain characters in lower case, with no blank; every dash is one, and so is every quotation mark.
fn folded(text: &str) -> String {
    let marks: String = text.chars().map(mark).collect();
    let mut folded = marks;
    // Lower case can make characters that are not plain, a few of them twice over.
    loop {
        let next: String = plain(&folded)
            .chars()
            .flat_map(char::to_lowercase)
            .filter(|c| *c != ' ')
            .map(mark)
            .collect();
        if next == folded {
            return folded;
        }
        folded = next;
    }
}

fn mark(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{02bc}' | '\u{00b4}' | '`' | '\u{2032}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201f}' | '\u{201e}' | '\u{2033}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '\u{066c}' => ',',
        other => other,
    }
}

/// The number inside one layer of decoration; none where it is bare.
fn without_decoration(number: &str) -> Option<String> {
    for mark in ['\'', '"', '='] {
        if let Some(rest) = number.strip_prefix(mark) {
            return Some(rest.to_owned());
        }
    }
    for mark in ['\'', '"'] {
        if let Some(rest) = number.strip_suffix(mark) {
            return Some(rest.to_owned());
        }
    }
    ungrouped(number).or_else(|| whole(number).map(str::to_owned))
}

/// `20,000,000`, `20'000'000`, `2,00,00,000` and `2000,0000`; with points only where there are two,
/// since `20.000` is twenty.
fn ungrouped(number: &str) -> Option<String> {
    let (grouped, decimals) = match number.split_once('.') {
        Some((grouped, decimals)) if grouped.contains([',', '\'']) && is_zeros(decimals) => {
            (grouped, true)
        }
        _ => (number, false),
    };
    let separator = grouped.chars().find(|c| !c.is_ascii_digit())?;
    let mut groups = grouped.split(separator);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let long = |group: &&str, length: usize| digits(group) && group.len() == length;
    let last = rest.last()?;
    let by_three = first.len() <= 3
        && long(last, 3)
        && rest.iter().all(|group| long(group, 3) || long(group, 2));
    let by_four = first.len() <= 4 && rest.iter().all(|group| long(group, 4));
    let is_grouped = match separator {
        ',' | '\'' => by_three || by_four,
        '.' => !decimals && rest.len() > 1 && rest.iter().all(|group| long(group, 3)),
        _ => false,
    };
    (is_grouped && !first.is_empty() && digits(first)).then(|| grouped.replace(separator, ""))
}

/// `20000000.0`, or with a decimal comma.
fn whole(number: &str) -> Option<&str> {
    let (whole, decimals) = number.split_once(['.', ','])?;
    let is_whole =
        !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit()) && is_zeros(decimals);
    is_whole.then_some(whole)
}

fn is_zeros(decimals: &str) -> bool {
    decimals.bytes().all(|b| b == b'0')
}

/// Spreadsheets drop leading zeros: one extract with and one without would make everyone a joiner.
fn without_leading_zeros(number: &[u8]) -> &[u8] {
    if !number.iter().all(u8::is_ascii_digit) {
        return number;
    }
    let zeros = number.iter().take_while(|digit| **digit == b'0').count();
    &number[zeros.min(number.len().saturating_sub(1))..]
}

#[cfg(test)]
mod tests;
