//! Puts together lines of CSV.

use std::fmt::{self, Write as _};

/// A line, field by field.
#[derive(Default)]
pub(super) struct Line {
    text: String,
    fields: usize,
}

// === impl Line ===

impl Line {
    /// Adds a field, in quotes if it needs them.
    pub(super) fn field(&mut self, value: &str) {
        self.separate();
        if value.contains([',', '"']) {
            self.text.push('"');
            self.text.push_str(&value.replace('"', "\"\""));
            self.text.push('"');
        } else {
            self.text.push_str(value);
        }
    }

    /// Adds a field that needs no quotes.
    pub(super) fn plain(&mut self, value: fmt::Arguments<'_>) {
        self.separate();
        self.text
            .write_fmt(value)
            .expect("writing to a text cannot fail");
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.fields = 0;
    }

    fn separate(&mut self) {
        if self.fields > 0 {
            self.text.push(',');
        }
        self.fields += 1;
    }
}

/// The bytes of a text in windows-1252, which has all the characters that extracts hold.
pub(super) fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '\u{2013}' => 0x96,
        '\u{2019}' => 0x92,
        _ => u8::try_from(u32::from(c)).unwrap_or(b'?'),
    };
    text.chars().map(byte).collect()
}
