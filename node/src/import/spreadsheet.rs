//! What a spreadsheet leaves in or about a value: an error in its place, a mark that keeps it from being
//! converted, a note on its cell.

use vwis_model::text;

/// Appended to a cell that is merged over several columns, so that no header is read from it.
pub(super) const MERGED: &str = " (merged over several columns)";
/// Stands for a formula that was never calculated: its cell shows nothing, but means something.
pub(super) const NO_VALUE: &str = "#NO VALUE (a formula that was never calculated)";

/// Whether the value is what a spreadsheet shows where it could calculate none.
pub(super) fn is_error(value: &[u8]) -> bool {
    const ERRORS: [&[u8]; 13] = [
        b"#N/A",
        b"#REF!",
        b"#VALUE!",
        b"#DIV/0!",
        b"#NAME?",
        b"#NULL!",
        b"#NUM!",
        b"#SPILL!",
        b"#CALC!",
        b"#FIELD!",
        b"#BLOCKED!",
        b"#GETTING_DATA",
        b"#UNKNOWN!",
    ];
    value.first() == Some(&b'#')
        && (value == NO_VALUE.as_bytes() || ERRORS.iter().any(|e| value.eq_ignore_ascii_case(e)))
}

/// The value without blanks and invisible characters at its ends, and without marks that keep a spreadsheet
/// from converting it, as in `="01/04/2007"` and `'01/04/2007`.
pub(super) fn trimmed(value: &[u8]) -> &[u8] {
    let value = within_blanks(value);
    let formula = value
        .strip_prefix(b"=\"")
        .and_then(|rest| rest.strip_suffix(b"\""));
    let bare = formula.or_else(|| {
        let rest = value.strip_prefix(b"'")?;
        Some(rest.strip_suffix(b"'").unwrap_or(rest))
    });
    bare.map_or(value, within_blanks)
}

fn within_blanks(value: &[u8]) -> &[u8] {
    let value = value.trim_ascii();
    let is_plain = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    if is_plain(value.first()) && is_plain(value.last()) {
        return value;
    }
    // The record was checked to be UTF-8 before, so this always succeeds.
    std::str::from_utf8(value).map_or(value, |text| text::trim(text).as_bytes())
}
