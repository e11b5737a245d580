//! Decodes the bytes of a CSV file into characters.

use std::io::Read;

use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

/// How the characters of a CSV file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, clap::ValueEnum)]
pub enum Encoding {
    /// "CSV UTF-8", with or without a byte-order mark.
    #[default]
    #[serde(rename = "utf-8")]
    #[value(name = "utf-8")]
    Utf8,
    /// What Excel's plain "CSV" is in western Europe.
    #[serde(rename = "windows-1252")]
    #[value(name = "windows-1252")]
    Windows1252,
    /// What Excel's "Unicode text" is.
    #[serde(rename = "utf-16")]
    #[value(name = "utf-16")]
    Utf16,
}

/// What to do about bytes that are not UTF-8.
pub(super) const NOT_UTF8: &str = "bytes that are not UTF-8: Excel's plain \"CSV\" is windows-1252, so \
     try --encoding windows-1252, or save the extract as \"CSV UTF-8\"";
const IS_UTF16: &str =
    "a byte-order mark of UTF-16, as Excel's \"Unicode text\" has: use --encoding utf-16";
const IS_UTF8: &str = "a byte-order mark of UTF-8: use --encoding utf-8";

// === impl Encoding ===

impl Encoding {
    /// Its name in commands and mappings.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::Utf16 => "utf-16",
        }
    }

    /// Checks that the file's byte-order mark, if it has one, is of this encoding; the error says what to do.
    pub(super) fn fits(self, start: &[u8]) -> Result<(), &'static str> {
        match start {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] if self != Self::Utf16 => Err(IS_UTF16),
            [0xef, 0xbb, 0xbf, ..] if self != Self::Utf8 => Err(IS_UTF8),
            _ => Ok(()),
        }
    }
}

/// Decodes the file into UTF-8. UTF-8 itself passes through unchecked, without its mark: each record is
/// checked later, so that an error can name the line.
pub(super) fn decode<R: Read>(file: R, encoding: Encoding) -> DecodeReaderBytes<R, Vec<u8>> {
    let encoding = match encoding {
        // Without an encoding here, bytes pass through unchanged.
        Encoding::Utf8 => None,
        Encoding::Windows1252 => Some(encoding_rs::WINDOWS_1252),
        Encoding::Utf16 => Some(encoding_rs::UTF_16LE),
    };
    DecodeReaderBytesBuilder::new()
        .encoding(encoding)
        // UTF-16 is little-endian unless the mark says otherwise.
        .bom_override(true)
        .strip_bom(true)
        .utf8_passthru(true)
        .build(file)
}
