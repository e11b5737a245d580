//! A sheet as CSV (RFC 4180): one row per cell of the table, every number in full, no comment lines.

use super::{Cell, Readers, Sheet};

/// A text that begins with one of these would be run as a formula by a spreadsheet.
const RUNS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

/// The CSV file. A number is the shortest decimal that reads back as the same double; it is `INF` where an
/// interval has no end, and empty where nothing can be said. A text that a spreadsheet could run as a formula
/// begins with `'`.
#[must_use]
pub fn csv(sheet: &Sheet) -> String {
    const IN_MEMORY: &str = "writing records of one length to memory cannot fail";
    let columns: Vec<_> = sheet.columns_for(Readers::Machines).collect();
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let header = columns.iter().map(|(_, column)| guarded(&column.name));
    writer.write_record(header).expect(IN_MEMORY);
    for row in &sheet.rows {
        let cells = columns
            .iter()
            .map(|(place, _)| field(row.get(*place).unwrap_or(&Cell::Empty)));
        writer.write_record(cells).expect(IN_MEMORY);
    }
    let bytes = writer.into_inner().expect(IN_MEMORY);
    String::from_utf8(bytes).expect("all that was written is text")
}

fn field(cell: &Cell) -> String {
    if let Cell::Text(text) = cell {
        return guarded(text);
    }
    match cell.number(super::Kind::Decimal) {
        None => String::new(),
        // XML Schema spells infinity like this, and so does CSVW.
        Some((_, number)) if number == f64::INFINITY => "INF".to_owned(),
        Some((_, number)) if number == f64::NEG_INFINITY => "-INF".to_owned(),
        Some((_, number)) => number.to_string(),
    }
}

fn guarded(text: &str) -> String {
    if text.starts_with(RUNS) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::export::{Column, Kind, testing};

    fn one_column(kind: Kind, cells: impl IntoIterator<Item = Cell>) -> Sheet {
        Sheet {
            columns: vec![Column::new("it", "It", kind, "What is tested.")],
            rows: cells.into_iter().map(|cell| vec![cell]).collect(),
            ..testing::sheet()
        }
    }

    #[test]
    fn a_file_has_codes_and_full_numbers_and_no_words_for_people() {
        assert_eq!(
            csv(&testing::sheet()),
            "staff_group,staff_group_label,estimate,sd,upper,display,reliability\r\n\
             students,Students,12.345678901234567,6.5,25.1,,too_noisy_to_show\r\n\
             estates_and_ancillary,\"Estates, and \"\"ancillary\"\"\",-3,6.5,INF,0,good\r\n\
             unknown,'=cmd|' /C calc'!A0,0.25,0.01,0.3,0.25,use_with_care\r\n"
        );
    }

    #[test]
    fn text_that_could_run_is_defused_and_a_negative_number_stays_one() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            let written = csv(&one_column(Kind::Text, [Cell::text(text)]));
            let mut reader = csv::Reader::from_reader(written.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            assert_eq!(&record[0], format!("'{text}"));
        }
        let written = csv(&one_column(Kind::People, [Cell::Number(-3.0)]));
        assert_eq!(written, "it\r\n-3\r\n");
        let written = csv(&one_column(Kind::Text, [Cell::text("a=b")]));
        assert_eq!(written, "it\r\na=b\r\n");
    }

    #[test]
    fn what_is_not_a_number_is_empty_and_zero_has_no_sign() {
        let cells = [f64::NAN, -0.0, f64::NEG_INFINITY].map(Cell::Number);
        let written = csv(&one_column(Kind::People, cells));
        assert_eq!(written, "it\r\n\"\"\r\n0\r\n-INF\r\n");
    }

    proptest! {
        #[test]
        fn every_number_reads_back_as_the_same_double(number in proptest::num::f64::NORMAL) {
            let written = csv(&one_column(Kind::Share, [Cell::Number(number)]));
            let read: f64 = written.lines().nth(1).unwrap().parse().unwrap();
            prop_assert_eq!(read.to_bits(), number.to_bits());
        }

        #[test]
        fn every_text_reads_back_and_none_begins_like_a_formula(text in ".*") {
            let written = csv(&one_column(Kind::Text, [Cell::text(&*text)]));
            let mut reader = csv::ReaderBuilder::new().from_reader(written.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            prop_assert!(!record[0].starts_with(RUNS));
            let guarded = format!("'{text}");
            prop_assert!(record[0] == *text || record[0] == guarded);
        }
    }
}
