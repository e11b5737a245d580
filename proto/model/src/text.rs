//! Text that people read and decide by, which must hold nothing that cannot be seen.
//!
//! A character that is not drawn, or that turns what stands around it, makes two different texts look
//! alike and one text look like another. What comes from outside and stands in an agreement, a decision
//! or a token's name is refused with such a character in it ([`check`]); what is shown all the same, such
//! as a value of a file or a peer's answer, is shown with it spelt out ([`for_terminal`], [`shown`]).

mod compared;

pub use compared::{is_blank, is_invisible, plain, shown, trim};

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use unicode_normalization::is_nfc;

/// The most characters of a word that are compared with others.
const MOST_COMPARED: usize = 80;

/// Why a text is not one to decide by. Each message says what to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// No text at all.
    #[error("must not be empty")]
    Empty,
    /// More characters than there is room for.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// A character that is not drawn, or that turns what stands around it.
    #[error(
        "holds U+{:04X}, which cannot be seen or is drawn as a blank: take it out", u32::from(*.0)
    )]
    Unseen(char),
    /// A space at an end, where it cannot be seen, or two together, which push the rest away.
    #[error("must not begin or end with a space, nor hold two together")]
    Spaces,
    /// It spells a character in another way than Unicode's normalisation form C does.
    #[error(
        "must be in Unicode's normalisation form C (accents as one character with their letter)"
    )]
    NotNormal,
}

/// Whether a person who looks at a text cannot see that this character stands in it. A space is seen
/// between words; any other blank looks like a space.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    c != ' ' && (is_blank(c) || is_invisible(c))
}

/// Checks that `text` is one line of at most `most` characters, and is what it looks like.
///
/// # Errors
/// [`TextError`] says what to change.
pub fn check(text: &str, most: usize) -> Result<(), TextError> {
    if text.trim().is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > most {
        return Err(TextError::TooLong(most));
    }
    if let Some(unseen) = text.chars().find(|c| is_unseen(*c)) {
        return Err(TextError::Unseen(unseen));
    }
    if text.starts_with(' ') || text.ends_with(' ') || text.contains("  ") {
        return Err(TextError::Spaces);
    }
    if is_nfc(text) {
        Ok(())
    } else {
        Err(TextError::NotNormal)
    }
}

/// `text` for one line of a terminal: what cannot be seen, line breaks too, is spelt out as `\u{202e}` is.
#[must_use]
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    escaped(text, is_unseen, |out, c| {
        write!(out, "\\u{{{:x}}}", u32::from(c))
    })
}

/// [`for_terminal`] for whole pages: line breaks stay.
#[must_use]
pub fn lines_for_terminal(text: &str) -> Cow<'_, str> {
    let unseen = |c| c != '\n' && is_unseen(c);
    escaped(text, unseen, |out, c| {
        write!(out, "\\u{{{:x}}}", u32::from(c))
    })
}

/// [`for_terminal`] for JSON: what cannot be seen becomes JSON's own escape, so that the JSON means the same.
#[must_use]
pub fn json_for_terminal(json: &str) -> Cow<'_, str> {
    // Below U+007F nothing is left to do: outside strings stand JSON's own blanks, and in strings
    // JSON escapes controls.
    let unseen = |c: char| c >= '\u{7f}' && is_unseen(c);
    escaped(json, unseen, |out, c| {
        let mut units = [0; 2];
        c.encode_utf16(&mut units)
            .iter()
            .try_for_each(|unit| write!(out, "\\u{unit:04x}"))
    })
}

fn escaped(
    text: &str,
    unseen: impl Fn(char) -> bool,
    spell: impl Fn(&mut String, char) -> fmt::Result,
) -> Cow<'_, str> {
    if !text.contains(&unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if unseen(c) {
            spell(&mut out, c).expect("a string takes whatever is written to it");
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The candidate that is spelt most like `word`, if it takes few typing errors for its length: a third of its
/// letters at most.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: String = word.chars().take(MOST_COMPARED).collect();
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, candidate), candidate))
        .filter(|(errors, candidate)| *errors <= (candidate.len() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests;
