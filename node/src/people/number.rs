//! The normal form of an employee number, however a program or a person spells it.
//!
//! Spreadsheets, databases and people decorate numbers: `'20000000` and `="20000000"` keep a spreadsheet from
//! converting it, `20000000.0` comes from one that did, `20,000,000` and `2000 0000` from a format for
//! reading, full-width digits and no-break spaces from a copy from elsewhere; `#20000000`, `20000000*` and
//! `Emp No: 20000000` are how people write one down. Two spellings of one number would be two people: each
//! bounded by itself, and together exposed to four times what the ledger says. So every number is hashed in
//! one form.

mod assignment;

pub(crate) use assignment::person_of;

use std::borrow::Cow;

use vwis_model::text::plain;

/// Fewest digits of a whole number. What stands apart after so many digits is no part of it.
const LONG: usize = 6;
/// Words before a number that mean an employee number.
const NAMES: [&str; 12] = [
    "employee",
    "emp",
    "empl",
    "esr",
    "staff",
    "person",
    "personnel",
    "number",
    "num",
    "no",
    "nr",
    "id",
];

/// The form in which numbers are hashed and compared. A number in this form stays unchanged.
pub(crate) fn normal_form(raw: &[u8]) -> Cow<'_, [u8]> {
    let is_plain = raw
        .iter()
        .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    if is_plain {
        return Cow::Borrowed(without_leading_zeros(raw));
    }
    let mut number = without_raised(&String::from_utf8_lossy(raw));
    // One decoration may hide another: `="20,000,000.0"`, `Emp No: *2000 0000`. So they are taken off until
    // none is left.
    loop {
        let folded = folded(&number);
        let named = without_name(&folded).map(str::to_owned);
        let bare = named.unwrap_or_else(|| {
            let near = without_far_blanks(&folded);
            without_decoration(&near).unwrap_or(near)
        });
        if bare == number {
            return Cow::Owned(without_leading_zeros(number.as_bytes()).to_vec());
        }
        number = bare;
    }
}

/// Writes raised, lowered and ringed digits after something, such as a footnote's, as `^2`, so that they do
/// not make the number longer.
fn without_raised(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut was_raised = true;
    for c in text.chars() {
        let zero = match c {
            '\u{b9}' => 0xb8,
            '\u{b2}' | '\u{b3}' => 0xb0,
            '\u{2070}' | '\u{2074}'..='\u{2079}' => 0x2070,
            '\u{2080}'..='\u{2089}' => 0x2080,
            '\u{2460}'..='\u{2468}' => 0x245f,
            '\u{2488}'..='\u{2490}' => 0x2487,
            _ => u32::MAX,
        };
        let digit = u32::from(c).checked_sub(zero);
        let digit = digit.and_then(|digit| char::from_digit(digit, 10));
        if digit.is_some() && !was_raised {
            plain.push('^');
        }
        was_raised = digit.is_some();
        plain.push(digit.unwrap_or(c));
    }
    plain
}

/// The text as plain characters in lower case, with one kind of dash and one of each quotation mark.
fn folded(text: &str) -> String {
    let mut folded: String = text.chars().map(mark).collect();
    // Lower case can give characters that are not plain, so this repeats until nothing changes.
    loop {
        let next: String = plain(&folded)
            .chars()
            .flat_map(char::to_lowercase)
            .map(mark)
            .collect();
        if next == folded {
            return folded;
        }
        folded = next;
    }
}

/// The text without blanks, except those between letters and digits.
fn without_far_blanks(folded: &str) -> String {
    let mut near = String::with_capacity(folded.len());
    let mut rest = folded.chars().peekable();
    while let Some(c) = rest.next() {
        let is_between = near.ends_with(char::is_alphanumeric)
            && rest.peek().is_some_and(|c| c.is_alphanumeric());
        if c != ' ' || is_between {
            near.push(c);
        }
    }
    near
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

/// The number inside one layer of decoration; `None` where it has none.
fn without_decoration(number: &str) -> Option<String> {
    let inside = without_marks(number);
    if inside.len() < number.len() && !inside.is_empty() {
        return Some(inside.to_owned());
    }
    ungrouped(number)
        .or_else(|| whole(number).map(str::to_owned))
        .or_else(|| without_blanks(number))
}

/// The number without signs at its ends, as in `#20000000`, `-20000000`, `20000000*`, `(20000000)`. A closing
/// bracket stays where its opening one comes after the first digits, as in `20000000(2)`.
fn without_marks(number: &str) -> &str {
    let bare = number.trim_start_matches(|c: char| !c.is_alphanumeric());
    bare.trim_end_matches(|c: char| match c {
        ')' => !bare.contains('('),
        ']' => !bare.contains('['),
        _ => !c.is_alphanumeric(),
    })
}

/// The number after words for one, as in `Emp 20000000`, `Employee No: 20000000`. Words right before the
/// digits may be part of the number, as in `EMP001`.
fn without_name(number: &str) -> Option<&str> {
    let bare = number.trim_start_matches(|c: char| !c.is_alphanumeric());
    let (word, rest) = bare.split_at(bare.find(|c: char| !c.is_alphabetic())?);
    let is_apart = !rest.starts_with(['-', '_', '/']) && !rest.starts_with(char::is_numeric);
    let is_number = rest.bytes().any(|byte| byte.is_ascii_digit());
    (NAMES.contains(&word) && is_apart && is_number).then(|| rest.trim_start())
}

/// The number without separators of groups: `20,000,000`, `20 000 000`, `20'000'000`, `2,00,00,000` and
/// `2000,0000`. Points count as separators only where there are two, because `20.000` is twenty.
fn ungrouped(number: &str) -> Option<String> {
    let (grouped, decimals) = match number.split_once('.') {
        Some((grouped, decimals)) if grouped.contains([',', '\'', ' ']) && is_zeros(decimals) => {
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
    let leading = first.trim_start_matches('0').len();
    let by_three =
        leading <= 3 && long(last, 3) && rest.iter().all(|group| long(group, 3) || long(group, 2));
    let by_four = leading <= 4 && rest.iter().all(|group| long(group, 4));
    // A single group of two may be a count of assignments.
    let by_two = leading <= 2 && rest.len() > 1 && rest.iter().all(|group| long(group, 2));
    let is_grouped = match separator {
        ',' | '\'' => by_three || by_four,
        ' ' => by_three || by_four || by_two,
        '.' => !decimals && rest.len() > 1 && rest.iter().all(|group| long(group, 3)),
        _ => false,
    };
    (is_grouped && !first.is_empty() && digits(first)).then(|| grouped.replace(separator, ""))
}

/// The whole number of `20000000.0`, also with a decimal comma.
fn whole(number: &str) -> Option<&str> {
    let (whole, decimals) = number.split_once(['.', ','])?;
    let is_whole =
        !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit()) && is_zeros(decimals);
    is_whole.then_some(whole)
}

fn is_zeros(decimals: &str) -> bool {
    decimals.bytes().all(|b| b == b'0')
}

/// The number without blanks that group nothing. A blank that parts a person's number from what follows, as
/// in `20000000 2` or `2000 0000 Bank`, becomes `-`; all others are dropped, as in `E000 0007`.
fn without_blanks(number: &str) -> Option<String> {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let last = number.rfind(' ')?;
    for (at, _) in number.rmatch_indices(' ') {
        let (before, behind) = (&number[..at], &number[at + 1..]);
        let digits =
            |text: &mut dyn Iterator<Item = u8>| text.take_while(u8::is_ascii_digit).count();
        // Another group of digits would begin with several digits.
        let is_count = digits(&mut behind.bytes()) < 2 || (at == last && is_digits(behind));
        let person = ungrouped(before).filter(|_| is_count).or_else(|| {
            let is_whole = digits(&mut before.bytes().rev()) >= LONG
                || (at == last && is_digits(before) && is_digits(behind));
            is_whole.then(|| before.to_owned())
        });
        if let Some(person) = person {
            return Some(format!("{person}-{behind}"));
        }
    }
    Some(number.replace(' ', ""))
}

/// The number without leading zeros. Spreadsheets drop them, and one extract with and one without would make
/// everyone a joiner.
fn without_leading_zeros(number: &[u8]) -> &[u8] {
    if !number.iter().all(u8::is_ascii_digit) {
        return number;
    }
    let zeros = number.iter().take_while(|digit| **digit == b'0').count();
    &number[zeros.min(number.len().saturating_sub(1))..]
}

#[cfg(test)]
mod tests;
