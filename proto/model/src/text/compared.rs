//! Text that people typed or programs exported: how it is compared, and how it is shown.
//!
//! Two texts that look the same must mean the same, and a text that is shown must look like what it
//! is. Unicode breaks both: a no-break space is no space to a program, a zero-width one is nothing to
//! a person, and an escape sequence is neither.

use std::{borrow::Cow, fmt::Write as _};

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// Whether the character leaves no mark of its own, so that nobody can tell whether it is there:
/// controls, formats (bidirectional ones among them), selectors and fillers.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    match c {
        // Nothing draws these, although Unicode counts them as letters, marks or symbols: what it
        // calls default ignorable (the grapheme joiner, fillers, selectors), what has an empty glyph,
        // and what stands where something else was.
        '\u{034f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{fffc}'
        | '\u{13441}'
        | '\u{13442}'
        | '\u{16fe4}'
        | '\u{1d159}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => matches!(
            c.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
        ),
    }
}

/// Whether the character is a blank: any white space, and what is drawn as wide as one.
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{13441}' | '\u{13442}'
        )
}

/// The text without blanks and invisible characters at either end.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c| is_blank(c) || is_invisible(c))
}

/// The text as it is compared: compatibility forms, such as full-width digits and ligatures, become
/// plain ones (NFKC), every run of blanks becomes one space, blanks at the ends and invisible
/// characters are left out. A text that is plain already is borrowed.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
    {
        return Cow::Borrowed(text);
    }
    let visible = |c: char| {
        if is_blank(c) {
            Some(' ')
        } else {
            (!is_invisible(c)).then_some(c)
        }
    };
    // NFKC turns some symbols into text with blanks, which are split off here, and joins letters
    // to accents that an invisible character kept apart.
    let composed: String = text.chars().filter_map(visible).nfkc().collect();
    let words: Vec<_> = composed
        .split(is_blank)
        .filter(|word| !word.is_empty())
        .collect();
    Cow::Owned(words.join(" "))
}

/// The text as it is shown to people, on one line: whatever cannot be seen, breaks lines, turns the
/// direction of writing or moves a terminal's cursor stands there by its number, such as `<U+00A0>`.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    let is_seen = |c: char| c == ' ' || !(is_blank(c) || is_invisible(c));
    let is_whole = text.chars().all(is_seen) && !text.starts_with(' ') && !text.ends_with(' ');
    if is_whole {
        return Cow::Borrowed(text);
    }
    let last = text.chars().count().saturating_sub(1);
    let mut shown = String::with_capacity(text.len() + 8);
    for (at, c) in text.chars().enumerate() {
        // Nobody sees a space at an end.
        if is_seen(c) && !(c == ' ' && (at == 0 || at == last)) {
            shown.push(c);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(shown, "<U+{:04X}>", u32::from(c));
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests;
