//! How many rows of a sheet are hidden: people filter a sheet, save it, and forget, and a program reads
//! the rows all the same.

use std::io::{self, Write};

/// Longest beginning of a row's element that is looked at.
const MOST_BYTES: usize = 1024;

/// Counts the rows that are marked as hidden in the XML of sheets that is written to it.
#[derive(Default)]
pub(super) struct HiddenRows {
    rows: u64,
    /// The element at hand, from its name on; none between elements.
    element: Option<Vec<u8>>,
}

// === impl HiddenRows ===

impl HiddenRows {
    /// Begins another sheet, whose first bytes these are.
    pub(super) fn begin(&mut self, start: &[u8]) {
        self.element = None;
        self.look_at(start);
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    fn look_at(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let Some(element) = &mut self.element else {
                let Some(begin) = memchr::memchr(b'<', bytes) else {
                    return;
                };
                self.element = Some(Vec::new());
                bytes = &bytes[begin + 1..];
                continue;
            };
            let end = memchr::memchr(b'>', bytes);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            let room = MOST_BYTES.saturating_sub(element.len()).min(part.len());
            element.extend_from_slice(&part[..room]);
            let Some(end) = end else {
                return;
            };
            self.rows += u64::from(is_hidden_row(element));
            self.element = None;
            bytes = &bytes[end + 1..];
        }
    }
}

impl Write for HiddenRows {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.look_at(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether the element is a row, with or without a prefix of its name, that says it is hidden.
fn is_hidden_row(element: &[u8]) -> bool {
    let text = String::from_utf8_lossy(element);
    let mut words = text.split_ascii_whitespace();
    let name = words.next().unwrap_or_default();
    let name = name.rsplit(':').next().unwrap_or_default();
    name == "row"
        && words.any(|word| {
            let word = word.trim_end_matches('/').replace('\'', "\"");
            matches!(word.as_str(), "hidden=\"1\"" | "hidden=\"true\"")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: &str = "<sheetData><row r=\"1\"><c><v>1</v></c></row><row r=\"2\" hidden=\"1\"/>\
        <x:row hidden='true' r='3'></x:row><row r=\"4\" hidden=\"0\"></row><col hidden=\"1\"/>";

    #[test]
    fn hidden_rows_are_counted_however_the_bytes_arrive() {
        for size in 1..SHEET.len() {
            let mut hidden = HiddenRows::default();
            let (start, rest) = SHEET.as_bytes().split_at(size.min(7));
            hidden.begin(start);
            for piece in rest.chunks(size) {
                hidden.write_all(piece).unwrap();
            }
            assert_eq!(hidden.rows(), 2, "{size}");
        }
    }
}
