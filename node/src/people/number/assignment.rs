//! Recognises numbers of assignments in place of people's.

use super::LONG;

/// Roman numerals that count assignments.
const ROMAN: [&[u8]; 7] = [b"ii", b"iii", b"iv", b"vi", b"vii", b"viii", b"ix"];

/// The person's number in a number that is written as an assignment's; `None` for any other. Such a number
/// has the person's number and which of the person's assignments it is, as in `20000000-2` of ESR,
/// `20000000(2)`, `20000000^2` or `20000000ii`. After a long number anything that stands apart counts, as in
/// `20000000-bank`.
pub(crate) fn person_of(normal_form: &[u8]) -> Option<&[u8]> {
    let letters = normal_form
        .iter()
        .position(|byte| !byte.is_ascii_lowercase())?;
    let digits = normal_form[letters..]
        .iter()
        .position(|byte| !byte.is_ascii_digit())?;
    let (person, behind) = normal_form.split_at(letters + digits);
    let is_counted = || {
        let count = behind[1..].strip_suffix(b")").unwrap_or(&behind[1..]);
        letters == 0
            && digits > 0
            && b"-/_.:#^(".contains(&behind[0])
            && !count.is_empty()
            && count.iter().all(u8::is_ascii_digit)
    };
    let is_apart = || !behind[0].is_ascii_alphanumeric() || ROMAN.contains(&behind);
    (is_counted() || (digits >= LONG && is_apart())).then_some(person)
}
