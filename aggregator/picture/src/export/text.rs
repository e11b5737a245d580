//! A sheet for a terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use vwis_model::text::is_unseen;

use super::{Cell, Kind, Readers, Sheet, display};

/// Title and facts, then the table, then the notes. Lines are broken at `width` columns; `None` breaks none.
#[must_use]
pub fn text(sheet: &Sheet, width: Option<u16>) -> String {
    let mut parts = vec![headline(sheet, width), table(sheet, width)];
    if !sheet.notes.is_empty() {
        let notes = sheet
            .notes
            .iter()
            .map(|note| wrapped(&format!("- {}", printable(note)), width, "  "));
        parts.push(notes.collect::<Vec<_>>().join("\n"));
    }
    parts.join("\n\n") + "\n"
}

/// The width of the terminal in columns; `None` where the output is not a terminal.
#[must_use]
pub fn terminal_width() -> Option<u16> {
    Table::new().width()
}

fn headline(sheet: &Sheet, width: Option<u16>) -> String {
    let facts: Vec<_> = sheet
        .facts
        .iter()
        .map(|(name, value)| format!("{}: {}", printable(name), printable(value)))
        .collect();
    let lines = [printable(&sheet.title), facts.join("; ")];
    let lines = lines.iter().filter(|line| !line.is_empty());
    let wrapped = lines.map(|line| wrapped(line, width, "  "));
    wrapped.collect::<Vec<_>>().join("\n")
}

fn table(sheet: &Sheet, width: Option<u16>) -> String {
    let columns: Vec<_> = sheet.columns_for(Readers::People).collect();
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    match width {
        Some(width) => table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    table.set_header(columns.iter().map(|(_, column)| printable(&column.title)));
    for row in &sheet.rows {
        let cells = columns.iter().map(|(place, column)| {
            let cell = row.get(*place).unwrap_or(&Cell::Empty);
            match (cell, cell.number(column.kind)) {
                (Cell::Text(text), _) => printable(text),
                (_, Some((kind, number))) => display::number(kind, number),
                (_, None) => "–".to_owned(),
            }
        });
        table.add_row(cells);
    }
    for (own, (place, column)) in table.column_iter_mut().zip(&columns) {
        // A column of intervals is text, but stands to the right like numbers.
        let is_number = column.kind != Kind::Text
            || (column.readers == Readers::People
                && sheet.rows.iter().all(|row| is_interval(row, *place)));
        if is_number {
            own.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

fn is_interval(row: &[Cell], place: usize) -> bool {
    match row.get(place) {
        Some(Cell::Text(text)) => {
            let is_end = |c: char| c.is_ascii_digit() || "-−–+".contains(c);
            text.starts_with(is_end) || text.starts_with("above 0") || text == "exact"
        }
        _ => true,
    }
}

/// Replaces invisible characters, because a terminal would obey some of them.
fn printable(text: &str) -> String {
    let shown = |c: char| if is_unseen(c) { '\u{fffd}' } else { c };
    text.chars().map(shown).collect()
}

/// Breaks a text between words; a word longer than a line stays whole.
fn wrapped(text: &str, width: Option<u16>, indent: &str) -> String {
    let Some(width) = width.map(usize::from) else {
        return text.to_owned();
    };
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        let line = lines.last_mut().expect("there is a line from the start");
        if used == 0 || used + 1 + length <= width {
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
        } else {
            lines.push(format!("{indent}{word}"));
            used = indent.chars().count() + length;
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::testing;

    #[test]
    fn people_see_words_and_rounded_numbers_under_a_headline() {
        assert_eq!(
            text(&testing::sheet(), None),
            "Staff in post\n\
             Release: 1; Period: 2026-09\n\
             \n \
             Staff group               95% interval  About\n \
             Students                       0 to 26      –\n \
             Estates, and \"ancillary\"        0 to –      0\n \
             =cmd|' /C calc'!A0          20% to 30%  25.0%\n\
             \n\
             - People by employer: who works for two counts twice.\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let mut sheet = testing::sheet();
        sheet.facts.push(("Missing".to_owned(), "R0A, ".repeat(40)));
        for width in [40, 60, 80] {
            let text = text(&sheet, Some(width));
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= usize::from(width), "{width}: {widest}\n{text}");
        }
    }

    #[test]
    fn no_cell_can_command_the_terminal() {
        let mut sheet = testing::sheet();
        sheet.title = "\u{1b}[2Jgone".to_owned();
        sheet.rows[0][1] = Cell::text("\u{1b}]0;owned\u{7}");
        sheet.notes = vec!["a\rb".to_owned()];
        let text = text(&sheet, Some(80));
        assert!(
            text.chars().all(|c| c == '\n' || !c.is_control()),
            "{text:?}"
        );
    }
}
