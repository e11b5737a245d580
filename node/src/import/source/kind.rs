//! Tells what kind of file it is by its first bytes. People have many kinds, and an error must name theirs.

/// Bytes at the file's beginning that are looked at.
pub(super) const START_BYTES: usize = 4096;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// A zip archive of parts: a workbook, or another format that is packed in this way.
    Zip,
    /// A file of Microsoft's old compound format: an old workbook, or a protected new one.
    Compound,
    /// Text, as far as its beginning tells.
    Text,
    /// Anything else, with a sentence on what to do about it.
    Other(&'static str),
}

const ZIP: &[&[u8]] = &[b"PK\x03\x04"];
const COMPOUND: &[&[u8]] = &[b"\xd0\xcf\x11\xe0"];

/// Formats that begin with certain bytes, each with its sentence.
const BEGINNINGS: [(&[&[u8]], &str); 14] = [
    (
        &[b"\x1f\x8b"],
        "this is a gzip file: unpack it first, with gunzip or by opening it",
    ),
    (
        &[
            b"BZh",
            b"\xfd7zXZ",
            b"\x28\xb5\x2f\xfd",
            b"7z\xbc\xaf\x27\x1c",
            b"Rar!",
        ],
        "this is a packed file (bzip2, xz, zstd, 7z or RAR): unpack it first",
    ),
    (
        &[b"PK\x05\x06", b"PK\x07\x08"],
        "this is an empty or divided .zip archive: pack the extract again, or give it unpacked",
    ),
    (
        &[b"%PDF"],
        "this is a PDF, which holds no table: export the extract as CSV or .xlsx",
    ),
    (
        &[b"PAR1", b"Obj\x01", b"ARROW1"],
        "this is a Parquet, Avro or Arrow file: export the extract as CSV or .xlsx",
    ),
    (
        &[b"SQLite format 3\0", b"\x00\x01\x00\x00Standard"],
        "this is a database (SQLite or Access): export the extract from it as CSV",
    ),
    (
        &[
            b"$FL2",
            b"$FL3",
            b"<stata_dta>",
            b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60",
        ],
        "this is a file of SPSS, Stata or SAS: export the extract as CSV",
    ),
    (
        &[
            b"-----BEGIN PGP",
            b"age-encryption.org/",
            b"\x85\x01",
            b"\x85\x02",
            b"\x84\x5e",
            b"\x8c\x0d",
            b"\xc1\xc0",
            b"\xc3\x0d",
        ],
        "this is an encrypted file (PGP, gpg or age): decrypt it, and pipe it in, as in `gpg -d FILE | vwis-node import -`",
    ),
    (
        &[b"-----BEGIN "],
        "this is a key or certificate, and no extract",
    ),
    (
        &[b"{\\rtf"],
        "this is a document (RTF): export the extract as CSV or .xlsx",
    ),
    (
        &[b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"],
        "this is a picture: export the extract as CSV or .xlsx",
    ),
    (
        &[b"\xff\xfe\0\0", b"\0\0\xfe\xff"],
        "this text is in UTF-32: save it as \"CSV UTF-8\"",
    ),
    (
        &[b"\x7fELF", b"MZ\x90"],
        "this is a program, and no extract",
    ),
    (
        &[b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\0\x04"],
        "this is a workbook of the oldest kind (.xls): save it as .xlsx or as \"CSV UTF-8\"",
    ),
];

/// Formats that have certain words near the beginning, in lower case, each with its sentence. The first match
/// counts.
const WORDS: [(&[&str], &str); 7] = [
    (
        &["mime-version:"],
        "this is a web page in one file (MHTML), whatever its name says: open it in a spreadsheet and save it as .xlsx or as \"CSV UTF-8\"",
    ),
    (
        &["urn:oasis:names:tc:opendocument"],
        "this is a flat OpenDocument file (.fods): save it as .xlsx or as \"CSV UTF-8\"",
    ),
    (
        &["urn:schemas-microsoft-com:office:spreadsheet"],
        "this is an XML spreadsheet of 2003, whatever its name says: save it as .xlsx or as \"CSV UTF-8\"",
    ),
    (
        &[
            "<html",
            "<!doctype html",
            "<table",
            "<meta ",
            "<head",
            "<body",
        ],
        "this is a web page, whatever its name says (reports are often exported as .xls so): open it in a spreadsheet and save it as .xlsx or as \"CSV UTF-8\"",
    ),
    (
        &["<?xml"],
        "this is XML: export the extract as CSV or .xlsx",
    ),
    (
        &["{\"", "[{", "[\"", "[[", "{ \""],
        "this is JSON: export the extract as CSV or .xlsx",
    ),
    (
        &["received: ", "return-path: "],
        "this is an e-mail: save the extract that it brings, and import that",
    ),
];

const EBCDIC: &str = "this text is in EBCDIC, as mainframes write it: have it converted to UTF-8";

/// What kind of file has this beginning.
pub(super) fn of(start: &[u8]) -> FileKind {
    let begins = |with: &[&[u8]]| with.iter().any(|bytes| start.starts_with(bytes));
    if begins(ZIP) {
        return FileKind::Zip;
    }
    if begins(COMPOUND) {
        return FileKind::Compound;
    }
    if let Some((_, sentence)) = BEGINNINGS.iter().find(|(bytes, _)| begins(bytes)) {
        return FileKind::Other(sentence);
    }
    let text = as_text(start);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    // In a file of rows such words may stand in a value, so they count only at the very beginning or after a
    // `<` there.
    for (words, sentence) in WORDS {
        let is_marked = text.starts_with('<');
        let found = words
            .iter()
            .any(|word| text.starts_with(word) || (is_marked && text.contains(word)));
        if found {
            return FileKind::Other(sentence);
        }
    }
    if is_ebcdic(start) {
        return FileKind::Other(EBCDIC);
    }
    FileKind::Text
}

/// The beginning in lower case, in any encoding.
fn as_text(start: &[u8]) -> String {
    let bytes: Vec<u8> = match start {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => {
            rest.iter().copied().filter(|byte| *byte != 0).collect()
        }
        other => other.to_vec(),
    };
    String::from_utf8_lossy(&bytes).to_ascii_lowercase()
}

/// Whether the bytes read as EBCDIC: nearly all are its blanks, digits and letters, and most are outside of
/// ASCII.
fn is_ebcdic(start: &[u8]) -> bool {
    let of_text = |byte: &&u8| {
        matches!(byte, 0x40 | 0x4b | 0x6b | 0x61 | 0x60 | 0x15 | 0x25 | 0x0d | 0x81..=0x89
            | 0x91..=0x99 | 0xa2..=0xa9 | 0xc1..=0xc9 | 0xd1..=0xd9 | 0xe2..=0xe9 | 0xf0..=0xf9)
    };
    let letters = start.iter().filter(|byte| **byte >= 0x81).count();
    let all = start.len();
    all >= 16 && letters * 2 > all && start.iter().filter(of_text).count() * 100 >= all * 95
}

/// What a zip archive is that is not a workbook which can be read, by the names of its parts.
pub(super) fn of_parts(names: &[&str]) -> Option<&'static str> {
    let has = |start: &str| names.iter().any(|name| name.starts_with(start));
    if has("xl/workbook.bin") {
        Some("this is a binary workbook (.xlsb): save it as .xlsx or as \"CSV UTF-8\"")
    } else if has("xl/") {
        None
    } else if has("word/") || has("ppt/") {
        Some(
            "this is a document or a presentation, and no workbook: export the extract as CSV or .xlsx",
        )
    } else if has("Index/") {
        Some("this is a workbook of Numbers: export it as .xlsx or as \"CSV UTF-8\"")
    } else if has("mimetype") || has("content.xml") {
        Some("this is an OpenDocument file (.ods): save it as .xlsx or as \"CSV UTF-8\"")
    } else if has("[Content_Types].xml") {
        None
    } else {
        Some("this is a .zip archive: unpack it, and import the extract that is in it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_file_that_is_no_extract_is_named() {
        let ebcdic = b"\xc5\x94\x97\x93\x96\xa8\x85\x85\x40\xd5\xa4\x94\x82\x85\x99\x6b\xc6\xe3\xc5\x15\xf2\xf0\xf0\xf0";
        for (start, expected) in [
            (&b"\x1f\x8b\x08"[..], "gzip"),
            (b"BZh9", "bzip2"),
            (b"7z\xbc\xaf\x27\x1c\0", "7z"),
            (b"%PDF-1.7", "PDF"),
            (b"PAR1\x15", "Parquet"),
            (b"SQLite format 3\0", "SQLite"),
            (b"-----BEGIN PGP MESSAGE-----", "gpg -d FILE"),
            (b"\x85\x02\x0c\x03", "encrypted"),
            (b"\xc1\xc0\x4c\x03", "encrypted"),
            (b"age-encryption.org/v1", "encrypted"),
            (b"-----BEGIN CERTIFICATE-----", "certificate"),
            (b"{\\rtf1", "RTF"),
            (b"\x89PNG\r\n", "picture"),
            (b"<html><body>", "web page"),
            (b"\xef\xbb\xbf\r\n<HTML xmlns:x=\"urn\">", "web page"),
            (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "web page"),
            (b"<meta http-equiv=\"Content-Type\">", "web page"),
            (b"<style>a{}</style><table>", "web page"),
            (b"MIME-Version: 1.0\r\n", "MHTML"),
            (b"<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns\"", ".fods"),
            (b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">", "of 2003"),
            (b"<?xml version=\"1.0\"?><rows>", "XML"),
            (b"[{\"a\": 1}]", "JSON"),
            (b" {\"rows\": []}", "JSON"),
            (b"Return-Path: <hr@trust>\r\nSubject: extract", "e-mail"),
            (b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
            (ebcdic, "EBCDIC"),
        ] {
            let FileKind::Other(sentence) = of(start) else {
                panic!("{:?}", String::from_utf8_lossy(start));
            };
            assert!(sentence.contains(expected), "{expected}: {sentence}");
        }
    }

    #[test]
    fn rows_are_text_whatever_is_in_them() {
        for start in [
            &b"Employee Number,FTE\n1,1"[..],
            b"",
            b"\n\n",
            b"name,note\n1,<html> and {\"json\"}\n",
            b"Formula,Made in,Obj\n",
            b"\xff\xfea\0,\0",
            "Zoë,Côté\n".as_bytes(),
            b"caf\xe9;\xe8\xe9\xea\xeb\xec\xed\n1;2;3;4;5;6;7;8\n",
            b"\"{quoted}\",b\n",
        ] {
            assert_eq!(
                of(start),
                FileKind::Text,
                "{:?}",
                String::from_utf8_lossy(start)
            );
        }
    }

    #[test]
    fn an_archive_is_told_by_its_parts() {
        assert_eq!(of_parts(&["[Content_Types].xml", "xl/workbook.xml"]), None);
        for (names, expected) in [
            (&["xl/workbook.bin"][..], ".xlsb"),
            (&["mimetype", "content.xml"], ".ods"),
            (&["word/document.xml", "[Content_Types].xml"], "document"),
            (&["staff.csv"], ".zip archive"),
            (&["Index/Document.iwa"], "Numbers"),
        ] {
            assert!(of_parts(names).unwrap().contains(expected), "{names:?}");
        }
    }
}
