//! The format a sheet is written in, chosen by a file's ending, by name, or by an `Accept` header.

use std::{ffi::OsStr, path::Path, str::FromStr};

use thiserror::Error;

/// A form that a sheet is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people, at a terminal
    Table,
    /// One row per cell, every number in full
    Csv,
    /// What goes beside the CSV: columns, caveats, release
    Csvw,
    /// Flat rows, with all that is said beside them
    Json,
    /// A spreadsheet (.xlsx): numbers, and what to read first
    Xlsx,
}

/// A name that is not a format's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no format `{0}`; there are table, csv, csvw, json and xlsx")]
pub struct UnknownFormat(String);

// === impl Format ===

impl Format {
    /// All formats, in the order in which messages name them.
    pub const ALL: [Self; 5] = [Self::Table, Self::Csv, Self::Csvw, Self::Json, Self::Xlsx];

    /// The name in `format=` and `--format`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Csvw => "csvw",
            Self::Json => "json",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format that a file name's ending asks for, in any case: `.csv`, `.json`, `.xlsx`, `.txt`, or
    /// `.csv-metadata.json`.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Self> {
        let name = path.file_name().and_then(OsStr::to_str)?.to_lowercase();
        if name.ends_with("-metadata.json") {
            return Some(Self::Csvw);
        }
        match name.rsplit_once('.')?.1 {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "xlsx" => Some(Self::Xlsx),
            "txt" => Some(Self::Table),
            _ => None,
        }
    }

    /// The format that an `Accept` header (RFC 9110) prefers: the one with the highest `q`, and of several
    /// the first. A wildcard gets JSON (`text/*` gets CSV). `None` where the header accepts no format.
    #[must_use]
    pub fn of_accept(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts
                .filter_map(|parameter| parameter.split_once('='))
                .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
                .map_or(Some(1.0), |(_, value)| value.trim().parse().ok());
            let format = match media.as_str() {
                "*/*" | "application/*" => Some(Self::Json),
                "text/*" => Some(Self::Csv),
                media => Self::ALL
                    .into_iter()
                    .find(|format| format.media_type().split(';').next() == Some(media)),
            };
            if let (Some(quality), Some(format)) = (quality, format)
                && quality > best.map_or(0.0, |(best, _)| best)
            {
                best = Some((quality, format));
            }
        }
        best.map(|(_, format)| format)
    }

    /// The value of the header `Content-Type`.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Table => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Csvw => "application/csvm+json",
            Self::Json => "application/json",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The file name for a sheet of this name, such as `staff_group+locality.csv`. Characters other than
    /// letters, digits and `._+-` become `_`, so that the name is valid on every system.
    #[must_use]
    pub fn file_name(self, sheet: &str) -> String {
        const LONGEST: usize = 120;
        let plain = |c: char| match c {
            c if c.is_ascii_alphanumeric() || "_+-".contains(c) => c,
            '.' => c,
            _ => '_',
        };
        let stem: String = sheet.chars().take(LONGEST).map(plain).collect();
        let stem = stem.trim_matches('.');
        let stem = if stem.is_empty() { "table" } else { stem };
        let ending = match self {
            Self::Table => "txt",
            Self::Csv => "csv",
            Self::Csvw => "csv-metadata.json",
            Self::Json => "json",
            Self::Xlsx => "xlsx",
        };
        format!("{stem}.{ending}")
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let named = |format: &Self| format.name() == name;
        Self::ALL
            .into_iter()
            .find(named)
            .ok_or_else(|| UnknownFormat(name.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_says_the_format_it_was_made_for() {
        for format in Format::ALL {
            let name = format.file_name("staff_group+locality");
            assert_eq!(Format::of_file(Path::new(&name)), Some(format), "{name}");
            assert_eq!(format.name().parse(), Ok(format));
            assert_eq!(Format::of_accept(format.media_type()), Some(format));
        }
        assert_eq!(
            Format::of_file(Path::new("/a.csv/STAFF.CSV")),
            Some(Format::Csv)
        );
        assert_eq!(Format::of_file(Path::new("staff")), None);
        assert_eq!(Format::of_file(Path::new("staff.pdf")), None);
        let unknown = "parquet".parse::<Format>().unwrap_err().to_string();
        assert!(
            unknown.contains("`parquet`; there are table, csv"),
            "{unknown}"
        );
    }

    #[test]
    fn a_file_name_is_one_plain_name_whatever_the_sheet_is_called() {
        let name = |sheet| Format::Csv.file_name(sheet);
        assert_eq!(name("../../etc/passwd\r\nX: y"), "_.._etc_passwd__X__y.csv");
        assert_eq!(name("…"), "_.csv");
        assert_eq!(name(".."), "table.csv");
        assert_eq!(name(&"a".repeat(500)).len(), 124);
    }

    #[test]
    fn an_accept_header_is_weighed() {
        let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        for (header, expected) in [
            ("text/csv", Some(Format::Csv)),
            ("application/json;q=0.5, text/csv;q=0.9", Some(Format::Csv)),
            ("Text/CSV; charset=utf-8", Some(Format::Csv)),
            (xlsx, Some(Format::Xlsx)),
            ("*/*", Some(Format::Json)),
            (
                "text/html,application/xml;q=0.9,*/*;q=0.8",
                Some(Format::Json),
            ),
            ("text/*", Some(Format::Csv)),
            ("image/png", None),
            ("text/csv;q=0", None),
            ("text/csv;q=nonsense", None),
            ("", None),
        ] {
            assert_eq!(Format::of_accept(header), expected, "{header}");
        }
    }
}
