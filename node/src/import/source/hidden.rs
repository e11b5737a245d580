//! Finds what is hidden in a sheet. People filter a sheet or hide columns, save it and forget, and a program
//! reads all of it.

use std::{
    collections::HashMap,
    io::{self, Write},
    ops::RangeInclusive,
};

use super::elements::{Element, Elements};

/// Most ranges of hidden columns in a sheet, and most sheets, that are remembered.
const MOST: usize = 1 << 12;
/// The elements that say what is hidden, and in which sheet. `sheetFormatPr zeroHeight` is none of them: it hides
/// the rows that are empty ([MS-XLS] 2.4.87, fDyZero), and a sheet lists each row that has a cell, with a
/// `hidden` of its own.
const TELLING: [&str; 8] = [
    "row",
    "col",
    "sheet",
    "Relationship",
    "c",
    "f",
    "dimension",
    "mergeCell",
];
/// The last column (XFD) and row of a sheet.
const LAST: (u64, u64) = (16_384, 1 << 20);
/// Most characters of a reference that are kept.
const MOST_CHARACTERS: usize = 20;

/// The rows and columns of one sheet that are hidden, by hand or by a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    pub(super) rows: u64,
    /// Ranges of columns, from 0.
    pub(super) columns: Vec<RangeInclusive<usize>>,
}

/// Notes what is hidden in the parts of a workbook, which are written to it one after the other.
#[derive(Default)]
pub(super) struct HiddenParts {
    elements: Elements,
    /// File name of the current part.
    file: String,
    sheets: HashMap<String, Hidden>,
    /// The workbook's ids for the sheets' files, in the order of the sheets …
    ids: Vec<String>,
    /// … and the file name for each id.
    files: HashMap<String, String>,
    /// The end of the first reference to a cell that no sheet has. The workbook's reader counts columns and
    /// rows in 32 bits, and breaks off on more.
    beyond: Option<String>,
}

/// Whether the part says what is hidden, or in which sheet.
pub(super) fn is_telling(part: &str) -> bool {
    let file = file_of(part);
    part.starts_with("xl/worksheets/") || file == "workbook.xml" || file == "workbook.xml.rels"
}

fn file_of(part: &str) -> String {
    let file = part.rsplit(['/', '\\']).next().unwrap_or_default();
    file.to_ascii_lowercase()
}

// === impl HiddenParts ===

impl HiddenParts {
    /// Begins another part with its first bytes.
    pub(super) fn begin(&mut self, part: &str, start: &[u8]) {
        self.elements = Elements::default();
        self.file = file_of(part);
        self.look_at(start);
    }

    /// A reference to a cell or row that no sheet has, cut to a readable length.
    pub(super) fn beyond(&self) -> Option<&str> {
        self.beyond.as_deref()
    }

    /// What is hidden in sheet number `at`, from 0; what is hidden in any sheet where the workbook does not
    /// say which file is that sheet's.
    pub(super) fn in_sheet(mut self, at: usize) -> Hidden {
        let file = self.ids.get(at).and_then(|id| self.files.get(id));
        let own = file.and_then(|file| self.sheets.remove(file));
        own.unwrap_or_else(|| {
            let mut all = Hidden::default();
            for sheet in self.sheets.into_values() {
                all.rows += sheet.rows;
                all.columns.extend(sheet.columns);
            }
            all
        })
    }

    fn look_at(&mut self, bytes: &[u8]) {
        let Self {
            elements,
            file,
            sheets,
            ids,
            files,
            beyond,
        } = self;
        elements.read(bytes, &TELLING, |element| match element.name() {
            "c" | "f" | "dimension" | "mergeCell" => note_beyond(element, beyond),
            "sheet" if ids.len() < MOST => {
                ids.push(element.attribute("id").unwrap_or_default().to_owned());
            }
            "Relationship" if files.len() < MOST => {
                let of = |name| element.attribute(name).unwrap_or_default();
                files.insert(of("Id").to_owned(), file_of(of("Target")));
            }
            name => {
                if name == "row" {
                    note_beyond(element, beyond);
                }
                sheets.entry(file.clone()).or_default().note(element);
            }
        });
    }
}

fn note_beyond(element: &Element<'_>, beyond: &mut Option<String>) {
    let references = ["r", "ref"]
        .into_iter()
        .filter_map(|name| element.attribute(name));
    let mut ends = references.flat_map(|reference| reference.split(':'));
    if beyond.is_none() {
        *beyond = ends
            .find(|end| is_beyond(end))
            .map(|end| end.chars().take(MOST_CHARACTERS).collect());
    }
}

/// Whether the reference `XFD1048576`, `XFD` or `1048576` is to a column or row that no sheet has.
fn is_beyond(reference: &str) -> bool {
    let (mut column, mut row) = (0_u64, 0_u64);
    for byte in reference.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' => {
                let letter = u64::from(byte.to_ascii_uppercase() - b'A') + 1;
                column = column.saturating_mul(26).saturating_add(letter);
            }
            b'0'..=b'9' => {
                row = row
                    .saturating_mul(10)
                    .saturating_add(u64::from(byte - b'0'));
            }
            _ => {}
        }
    }
    column > LAST.0 || row > LAST.1
}

impl Write for HiddenParts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.look_at(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// === impl Hidden ===

impl Hidden {
    /// Notes a hidden row or hidden columns. A width of 0 hides columns too.
    fn note(&mut self, element: &Element<'_>) {
        let number = |name| element.attribute(name)?.parse::<f64>().ok();
        let is_hidden = |size| element.is("hidden") || number(size) == Some(0.0);
        match element.name() {
            "row" if is_hidden("ht") => self.rows += 1,
            "col" if is_hidden("width") && self.columns.len() < MOST => {
                let number = |name| element.attribute(name)?.parse::<usize>().ok();
                let (Some(first), Some(last)) = (number("min"), number("max")) else {
                    return;
                };
                self.columns
                    .push(first.saturating_sub(1)..=last.saturating_sub(1));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKBOOK: &str = "<sheets><sheet name=\"Notes\" sheetId=\"1\" r:id=\"rId7\"/>\
        <sheet name=\"Data\" sheetId=\"2\" r:id=\"rId2\"/></sheets>";
    const TARGETS: &str = "<Relationship Id=\"rId2\" Target=\"/xl/worksheets/Sheet1.xml\"/>\
        <Relationship Id=\"rId7\" Target=\"worksheets/sheet2.xml\"/>";
    const DATA: &str = "<sheetFormatPr defaultRowHeight=\"15\" zeroHeight=\"1\"/><cols><col min=\"2\" max=\"3\" hidden=\"1\"/><col min=\"4\" max=\"4\" width=\"9\"/>\
        <col min=\"6\" max=\"6\" width=\"0\"/></cols><sheetData><row r=\"1\"><c><v>1</v></c></row>\
        <row r=\"2\" hidden=\"1\"/><x:row hidden='true' r='3'></x:row><row r=\"4\" hidden=\"0\"></row>\
        <row r=\"5\" ht=\"0\"/>";
    const NOTES: &str = "<row r=\"1\" hidden=\"1\"/>";

    fn read(parts: &[(&str, &str)]) -> HiddenParts {
        let mut hidden = HiddenParts::default();
        for (part, text) in parts {
            let (start, rest) = text.as_bytes().split_at(text.len().min(7));
            hidden.begin(part, start);
            hidden.write_all(rest).unwrap();
        }
        hidden
    }

    #[test]
    fn what_is_hidden_is_told_by_sheet_in_whatever_order_their_files_stand() {
        let parts = [
            ("xl/worksheets/sheet1.xml", DATA),
            ("xl/worksheets/sheet2.xml", NOTES),
            ("xl/workbook.xml", WORKBOOK),
            ("xl/_rels/workbook.xml.rels", TARGETS),
        ];
        let data = read(&parts).in_sheet(1);
        assert_eq!((data.rows, data.columns), (3, vec![1..=2, 5..=5]));
        let notes = read(&parts).in_sheet(0);
        assert_eq!((notes.rows, notes.columns), (1, vec![]));
        // Without the list of files, whatever is hidden in any sheet counts.
        let anywhere = read(&parts[..3]).in_sheet(1);
        assert_eq!((anywhere.rows, anywhere.columns.len()), (4, 2));
    }
}
