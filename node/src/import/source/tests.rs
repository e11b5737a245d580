use std::fs;

use super::*;

/// All fields, row by row, with the line of each.
fn read_with(
    bytes: &[u8],
    encoding: Encoding,
    mapping: &Mapping,
) -> Result<Vec<(u64, Vec<String>)>, ImportError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extract");
    fs::write(&path, bytes).unwrap();
    let progress = Progress::default();
    let source = Source {
        path: &path,
        encoding,
        sheet: None,
        is_header: None,
        progress: &progress,
    };
    let mut rows = Vec::new();
    source.read(mapping, &mut |record| {
        let fields = record
            .iter()
            .map(|f| String::from_utf8(f.trim_ascii().to_vec()).unwrap());
        rows.push((record.position().unwrap().line(), fields.collect()));
        Ok(true)
    })?;
    assert_eq!(progress.bytes(), bytes.len() as u64);
    Ok(rows)
}

fn read(bytes: &[u8], encoding: Encoding) -> Result<Vec<Vec<String>>, ImportError> {
    let rows = read_with(bytes, encoding, &Mapping::builtin())?;
    Ok(rows.into_iter().map(|(_, fields)| fields).collect())
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect()
}

#[test]
fn the_same_text_reads_the_same_from_every_encoding() {
    let rows = vec![vec!["name", "café"], vec!["1", "Zoë"]];
    let text = "name,café\r\n1,Zoë\r\n";
    let windows = b"name,caf\xe9\r\n1,Zo\xeb\r\n";
    assert_eq!(read(text.as_bytes(), Encoding::Utf8).unwrap(), rows);
    let marked = format!("\u{feff}{text}");
    assert_eq!(read(marked.as_bytes(), Encoding::Utf8).unwrap(), rows);
    assert_eq!(read(windows, Encoding::Windows1252).unwrap(), rows);
    assert_eq!(read(&utf16(text), Encoding::Utf16).unwrap(), rows);
}

#[test]
fn the_wrong_encoding_is_refused_and_the_right_one_named() {
    for (bytes, encoding, expected) in [
        (
            &b"a,b\n1,caf\xe9\n"[..],
            Encoding::Utf8,
            "line 2: bytes that are not UTF-8",
        ),
        (
            b"a,b\n1,caf\xe9\n",
            Encoding::Utf8,
            "--encoding windows-1252",
        ),
        (&utf16("a,b\n"), Encoding::Utf8, "use --encoding utf-16"),
        (
            &utf16("a,b\n")[2..],
            Encoding::Utf8,
            "Try --encoding utf-16",
        ),
        (
            b"\xef\xbb\xbfa,b\n",
            Encoding::Windows1252,
            "use --encoding utf-8",
        ),
        (b"\x00\xd8\x00\xd8a\x00", Encoding::Utf16, "no characters"),
        (b"\xd0\xcf\x11\xe0old", Encoding::Utf8, "save it as .xlsx"),
        (b"PK\x03\x04broken", Encoding::Utf8, "cannot be read"),
        (
            b"\x1f\x8b\x08packed",
            Encoding::Utf8,
            "a gzip file: unpack it",
        ),
        (b"%PDF-1.7\n", Encoding::Utf8, "this is a PDF"),
    ] {
        let error = read(bytes, encoding).unwrap_err().to_string();
        assert!(error.contains(expected), "{bytes:?}: {error}");
    }
}

#[test]
fn a_quote_left_open_is_named_with_its_line_wherever_it_stands() {
    let mut breaks = Mapping::builtin();
    breaks.line_breaks = true;
    for (text, line) in [
        ("a,b\n1,\"x\n2,y\n", 2),
        ("a,b\n1,\"x", 2),
        ("a,b\n1,x\n2,\"", 3),
        ("\"a,b\n", 1),
    ] {
        for mapping in [&Mapping::builtin(), &breaks] {
            let error = read_with(text.as_bytes(), Encoding::Utf8, mapping).unwrap_err();
            let expected = format!("opened in line {line} ");
            assert!(error.to_string().contains(&expected), "{text:?}: {error}");
        }
    }
    for (text, is_cut) in [("a,b\n1,\"x", true), ("a,b\n1,\"x\n", false)] {
        let error = read(text.as_bytes(), Encoding::Utf8).unwrap_err();
        let says_so = error.to_string().ends_with("is the file cut off there?");
        assert_eq!(says_so, is_cut, "{text:?}: {error}");
    }
    let notes = b"a,b\n1,\"x\ny\"\n2,\"\"\"z\"\"\"\n";
    assert!(read(notes, Encoding::Utf8).is_err());
    let rows = read_with(notes, Encoding::Utf8, &breaks).unwrap();
    assert_eq!(rows[1].1, ["1", "x\ny"]);
    assert_eq!(rows[2], (4, vec!["2".to_owned(), "\"z\"".to_owned()]));
}

#[test]
fn a_line_without_end_is_refused_without_reading_it_into_memory() {
    let long = vec![b'x'; 3 << 20];
    for start in ["a,b\n1,", "a,b\n1,\""] {
        let bytes = [start.as_bytes(), &long].concat();
        let error = read(&bytes, Encoding::Utf8).unwrap_err().to_string();
        assert!(error.contains("longer than 65536 bytes"), "{error}");
        assert!(error.contains("after line 1"), "{error}");
    }
}

#[test]
fn the_delimiter_is_found_below_a_title() {
    for delimiter in [",", ";", "\t", "|"] {
        let text = format!("Staff in post, 30 September\n\na{delimiter}b{delimiter}\"c,d,e,f\"\n");
        let rows = read(text.as_bytes(), Encoding::Utf8).unwrap();
        assert_eq!(
            rows.last().unwrap(),
            &["a", "b", "c,d,e,f"],
            "{delimiter:?}"
        );
    }
}

/// The same workbook with `from` replaced by `to` in the text of each part.
fn with_text_replaced(workbook: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut read_from = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for part in 0..read_from.len() {
        let mut part = read_from.by_index(part).unwrap();
        let mut content = String::new();
        part.read_to_string(&mut content).unwrap();
        written.start_file(part.name(), options).unwrap();
        io::Write::write_all(&mut written, content.replace(from, to).as_bytes()).unwrap();
    }
    written.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_that_claims_more_than_it_holds_is_refused() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().write(0, 0, "a text").unwrap();
    let honest = workbook.save_to_buffer().unwrap();
    let bomb = with_text_replaced(
        &honest,
        "uniqueCount=\"1\"",
        "uniqueCount=\"1000000000000\"",
    );
    assert!(read(&honest, Encoding::Utf8).is_ok());
    let error = read(&bomb, Encoding::Utf8).unwrap_err().to_string();
    assert!(
        error.contains("claims more texts than it can hold"),
        "{error}"
    );
}

#[test]
fn a_workbook_reads_as_its_first_sheet_with_dates_and_whole_numbers() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let date = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    let sheet = workbook.add_worksheet();
    sheet
        .merge_range(0, 0, 0, 1, "Assignment", &rust_xlsxwriter::Format::new())
        .unwrap();
    sheet.write(1, 0, "Employee Number").unwrap();
    sheet.write(1, 1, "Date Of Birth").unwrap();
    sheet.write(3, 0, 20_001_234).unwrap();
    sheet
        .write_number_with_format(3, 1, 29_220.0, &date)
        .unwrap();
    sheet.write(3, 2, 0.6).unwrap();
    sheet.write(4, 0, 20_001_235).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let rows = read_with(&bytes, Encoding::Utf8, &Mapping::builtin()).unwrap();
    assert_eq!(rows[0].1[0], "Assignment (merged over several columns)");
    assert_eq!(rows[1].1, ["Employee Number", "Date Of Birth"]);
    assert_eq!(rows[2].0, 4);
    assert_eq!(rows[2].1, ["20001234", "1979-12-31", "0.6"]);
    assert_eq!(rows[3].1, ["20001235", "", ""]);
}

#[test]
fn of_several_sheets_the_one_with_the_header_is_read_or_the_one_that_is_named() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let cover = workbook.add_worksheet().set_name("Cover").unwrap();
    cover.write(0, 0, "Staff in post").unwrap();
    for name in ["September", "June"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (column, heading) in (0..).zip(["Employee Number", "FTE", "Band"]) {
            sheet.write(2, column, heading).unwrap();
        }
        sheet.write(3, 0, name).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("extract.xlsx");
    fs::write(&path, workbook.save_to_buffer().unwrap()).unwrap();
    let read = |sheet| {
        let progress = Progress::default();
        let source = Source {
            path: &path,
            encoding: Encoding::Utf8,
            sheet,
            is_header: None,
            progress: &progress,
        };
        let mut last = String::new();
        let ended = source.read(&Mapping::builtin(), &mut |record| {
            last = String::from_utf8(record[0].to_vec()).unwrap();
            Ok(true)
        });
        ended.map(|ended| (ended.sheet.unwrap(), last))
    };
    let of = |sheet: &str, last: &str| (sheet.to_owned(), last.to_owned());
    assert_eq!(read(None).unwrap(), of("September", "September"));
    assert_eq!(read(Some("June")).unwrap(), of("June", "June"));
    assert_eq!(read(Some("Cover")).unwrap(), of("Cover", "Staff in post"));
    let error = read(Some("july")).unwrap_err().to_string();
    assert!(
        error.contains("no sheet `july`; it has `Cover`, `September`, `June`"),
        "{error}"
    );
    fs::write(&path, "a,b\n").unwrap();
    let error = read(Some("June")).unwrap_err().to_string();
    assert!(error.contains("leave --sheet out"), "{error}");
}

/// A spreadsheet shows 15 digits of a number. What was never calculated shows nothing, and a text says so.
#[test]
fn numbers_and_formulas_read_as_a_spreadsheet_shows_them() {
    use rust_xlsxwriter::Formula;

    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let numbers = [
        (0.1 + 0.2, "0.3"),
        (0.07 * 100.0, "7"),
        (123_456_789_012_345.0, "123456789012345"),
        (1_234_567_890_123_456.0, "1234567890123460"),
        (0.6, "0.6"),
        (37.5, "37.5"),
        (20_001_234.0, "20001234"),
    ];
    for (column, (number, _)) in (0..).zip(numbers) {
        sheet.write(0, column, number).unwrap();
    }
    let formula = |result: &str| Formula::new("=A1&B1").set_result(result);
    sheet.write(1, 0, formula("Ward 7")).unwrap();
    sheet.write(1, 1, formula("424242")).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let bytes = with_text_replaced(&bytes, "<v>424242</v>", "");
    let rows = read_with(&bytes, Encoding::Utf8, &Mapping::builtin()).unwrap();
    assert_eq!(rows[0].1, numbers.map(|(_, shown)| shown));
    assert_eq!(rows[1].1[0], "Ward 7");
    assert!(rows[1].1[1].starts_with("#NO VALUE"), "{:?}", rows[1]);
}

#[test]
fn a_date_beyond_all_years_and_a_cell_beyond_all_columns_end_no_program() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let date = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "Date Of Birth").unwrap();
    sheet
        .write_number_with_format(1, 0, 424_242.0, &date)
        .unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let as_number =
        |number: &str| with_text_replaced(&bytes, "<v>424242</v>", &format!("<v>{number}</v>"));
    for number in ["1e20", "1e300", "inf", "-inf", "NaN", "2958466", "-1e300"] {
        let rows = read(&as_number(number), Encoding::Utf8).unwrap();
        let reading = crate::import::date::DateOrder::DayFirst;
        assert_eq!(
            crate::import::date::parse(rows[1][0].as_bytes(), reading, 2100),
            None,
            "{number}: {rows:?}"
        );
    }
    assert_eq!(
        read(&as_number("2958465"), Encoding::Utf8).unwrap()[1],
        ["9999-12-31"]
    );
    assert_eq!(
        read(&as_number("0.5"), Encoding::Utf8).unwrap()[1],
        ["12:00:00"]
    );
    for (from, to) in [
        ("r=\"A2\"", "r=\"ZZZZZZZ5\""),
        ("r=\"A2\"", "r=\"XFE5\""),
        ("r=\"A2\"", "r=\"A99999999999\""),
        ("<row r=\"2\"", "<row r=\"99999999999\""),
        ("ref=\"A1:A2\"", "ref=\"A1:ZZZZZZZ5\""),
    ] {
        let changed = with_text_replaced(&bytes, from, to);
        assert_ne!(changed, bytes, "{from}");
        let error = read(&changed, Encoding::Utf8).unwrap_err().to_string();
        let named = to.rsplit('"').nth(1).unwrap().rsplit(':').next().unwrap();
        assert!(error.contains(named), "{to}: {error}");
    }
}
