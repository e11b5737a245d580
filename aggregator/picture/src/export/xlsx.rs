//! A sheet as a spreadsheet (.xlsx): one page to read first, one with the numbers.

use jiff::Timestamp;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatPattern,
    Workbook, Worksheet, XlsxError,
};
use thiserror::Error;

use super::{Cell, Column, Kind, Readers, Sheet, display};

/// The most rows that a spreadsheet holds, with the header.
const MOST_ROWS: usize = 1_048_576;
/// The most characters that a spreadsheet's cell holds.
const LONGEST_TEXT: usize = 32_767;
/// The narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (8, 48);
/// The number by which spreadsheets know the paper size A4.
const A4: u8 = 9;
const GREY: Color = Color::RGB(0x00_76_76_76);
const LIGHT_GREY: Color = Color::RGB(0x00_d9_d9_d9);

/// Why there is no spreadsheet.
#[derive(Debug, Error)]
pub enum SpreadsheetError {
    /// The sheet has more rows than a spreadsheet holds.
    #[error("{rows} rows do not fit into a spreadsheet, which holds 1,048,575; ask for CSV")]
    TooManyRows {
        /// How many rows the sheet has.
        rows: usize,
    },
    /// The library that writes the file failed.
    #[error("the spreadsheet cannot be written")]
    Writing(#[from] XlsxError),
}

/// The cell formats, made once because a file may have a million cells.
struct Formats(Vec<(Kind, bool, Format)>);

/// The file. The same sheet and `made_at`, the time of the release, give the same bytes. All text is written
/// as text, whatever it looks like. Columns for people stand at the left, those for machines right of them.
/// Rows that are too noisy to show are hatched on white.
///
/// # Errors
/// [`SpreadsheetError`] where there are too many rows, or the library fails.
pub fn xlsx(sheet: &Sheet, made_at: Timestamp) -> Result<Vec<u8>, SpreadsheetError> {
    if sheet.rows.len() >= MOST_ROWS {
        let rows = sheet.rows.len();
        return Err(SpreadsheetError::TooManyRows { rows });
    }
    let mut workbook = Workbook::new();
    let properties = DocProperties::new()
        .set_title(sheet.title.as_str())
        .set_creation_datetime(&ExcelDateTime::from_timestamp(made_at.as_second())?);
    workbook.set_properties(&properties);
    read_this_first(sheet, workbook.add_worksheet())?;
    // A row is on its way to the file when the next begins, however many there are.
    numbers(sheet, workbook.add_worksheet_with_constant_memory())?;
    Ok(workbook.save_to_buffer()?)
}

fn numbers(sheet: &Sheet, page: &mut Worksheet) -> Result<(), XlsxError> {
    page.set_name("Numbers")?;
    let columns = columns(sheet);
    let mut widths: Vec<_> = columns
        .iter()
        .map(|(_, column)| column.title.chars().count() + 3)
        .collect();
    for ((_, column), place) in columns.iter().zip(0..) {
        page.write_string_with_format(0, place, &column.title, &header(column))?;
    }
    let formats = Formats::new();
    for (row, line) in sheet.rows.iter().zip(1..) {
        let is_too_noisy = sheet.is_too_noisy(row);
        for (((own, column), place), width) in columns.iter().zip(0..).zip(&mut widths) {
            let cell = row.get(*own).unwrap_or(&Cell::Empty);
            let kind = cell
                .number(column.kind)
                .map_or(Kind::Text, |(kind, _)| kind);
            let format = formats.of(kind, is_too_noisy);
            let written = match (cell, cell.number(column.kind)) {
                (_, Some((_, number))) if number.is_finite() => {
                    page.write_number_with_format(line, place, number, format)?;
                    display::number(kind, number)
                }
                (_, Some((_, number))) => {
                    let text = display::number(kind, number);
                    page.write_string_with_format(line, place, &text, format)?;
                    text
                }
                (Cell::Text(text), _) if !text.is_empty() => {
                    let text = fitting(text);
                    page.write_string_with_format(line, place, &text, format)?;
                    text
                }
                _ => {
                    page.write_blank(line, place, format)?;
                    String::new()
                }
            };
            *width = (*width).max(written.chars().count() + 2);
        }
    }
    for (width, place) in widths.iter().zip(0..) {
        page.set_column_width(place, points(*width))?;
    }
    let last_column = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let last_row = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
    page.set_freeze_panes(1, 0)?;
    // Print the columns for people, fitted to the page's width, with the header on each page.
    let read = columns
        .iter()
        .filter(|(_, column)| column.readers != Readers::Machines);
    let read = u16::try_from(read.count().saturating_sub(1)).unwrap_or(u16::MAX);
    page.set_landscape()
        .set_paper_size(A4)
        .set_print_fit_to_pages(1, 0)
        .set_repeat_rows(0, 0)?
        .set_print_area(0, 0, last_row, read)?;
    if !columns.is_empty() {
        page.autofilter(0, 0, last_row, last_column)?;
    }
    Ok(())
}

fn read_this_first(sheet: &Sheet, page: &mut Worksheet) -> Result<(), XlsxError> {
    page.set_name("Read this first")?;
    page.set_landscape()
        .set_paper_size(A4)
        .set_print_fit_to_pages(1, 0);
    page.set_column_width(0, 28)?.set_column_width(1, 100)?;
    let title = Format::new().set_bold().set_font_size(14);
    let heading = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let mut line = 0;
    page.write_string_with_format(line, 0, fitting(&sheet.title), &title)?;
    line += 2;
    for note in &sheet.notes {
        page.write_string_with_format(line, 0, "Note", &heading)?;
        page.write_string_with_format(line, 1, fitting(note), &wrapped)?;
        line += 1;
    }
    line += 1;
    for (name, value) in &sheet.facts {
        page.write_string_with_format(line, 0, fitting(name), &heading)?;
        page.write_string_with_format(line, 1, fitting(value), &wrapped)?;
        line += 1;
    }
    line += 1;
    page.write_string_with_format(line, 0, "Column", &heading)?;
    page.write_string_with_format(line, 1, "What stands in it", &heading)?;
    for (_, column) in columns(sheet) {
        line += 1;
        page.write_string_with_format(line, 0, fitting(&column.title), &wrapped)?;
        page.write_string_with_format(line, 1, fitting(&column.description), &wrapped)?;
    }
    Ok(())
}

/// The columns for people, then those for machines, each with its index in a row.
fn columns(sheet: &Sheet) -> Vec<(usize, &Column)> {
    let mut columns: Vec<_> = sheet.columns.iter().enumerate().collect();
    columns.sort_by_key(|(_, column)| column.readers == Readers::Machines);
    columns
}

fn header(column: &Column) -> Format {
    let format = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin);
    if column.readers == Readers::Machines {
        format.set_font_color(GREY)
    } else {
        format
    }
}

// === impl Formats ===

impl Formats {
    fn new() -> Self {
        let kinds = [
            Kind::Text,
            Kind::People,
            Kind::Fte,
            Kind::Share,
            Kind::Percent,
            Kind::Ratio,
            Kind::Decimal,
        ];
        let both = kinds.into_iter().flat_map(|kind| {
            // The format "@" keeps text as text when a person edits the cell.
            let code = match kind {
                Kind::Text => "@",
                _ => display::format_code(kind),
            };
            let plain = Format::new().set_num_format(code);
            let hatched = plain
                .clone()
                .set_pattern(FormatPattern::LightUp)
                // Without a background colour, LibreOffice draws the hatching on black.
                .set_background_color(Color::White)
                .set_foreground_color(LIGHT_GREY);
            [
                (kind, false, plain),
                (kind, true, hatched.set_font_color(GREY)),
            ]
        });
        Self(both.collect())
    }

    fn of(&self, kind: Kind, is_too_noisy: bool) -> &Format {
        let wanted =
            |(own, noisy, _): &&(Kind, bool, Format)| (*own, *noisy) == (kind, is_too_noisy);
        let (_, _, format) = self
            .0
            .iter()
            .find(wanted)
            .expect("every kind has both formats");
        format
    }
}

fn fitting(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}

fn points(characters: usize) -> f64 {
    let characters = characters.clamp(WIDTHS.0, WIDTHS.1);
    f64::from(u8::try_from(characters).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests;
