//! Finds the character that separates fields.

use csv::ByteRecord;

use super::HEADER_ROWS;
use crate::import::{columns::known_headings, mapping::Mapping};

/// Possible delimiters, the likelier ones first.
const CANDIDATES: [u8; 7] = [b',', b';', b'\t', b'|', b'~', b'^', b':'];

/// The delimiter of a file with this beginning. It is the one by which a line has the most headings that the
/// mapping knows; among equals, the one that most lines hold equally often. Titles above the header, with
/// commas of their own, do not matter.
pub(super) fn likely(sample: &[u8], mapping: &Mapping) -> u8 {
    let known = CANDIDATES.map(|candidate| most_known(sample, candidate, mapping));
    let most = known.iter().copied().max().unwrap_or(0);
    // Several delimiters may be equal: a title such as `Location` alone in a line is one known heading by any
    // of them.
    let best: Vec<u8> = (CANDIDATES.iter().zip(known))
        .filter(|(_, known)| *known == most)
        .map(|(candidate, _)| *candidate)
        .collect();
    let regularity = |candidate: u8| regularity(sample, candidate);
    // Among equals the first candidate wins, because it is the likelier.
    let mut chosen = best[0];
    for candidate in best {
        if regularity(candidate) > regularity(chosen) {
            chosen = candidate;
        }
    }
    chosen
}

fn most_known(sample: &[u8], delimiter: u8, mapping: &Mapping) -> usize {
    let lines = first_lines(sample).map(|line| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .from_reader(line);
        let mut record = ByteRecord::new();
        let read = reader.read_byte_record(&mut record).unwrap_or(false);
        if read {
            known_headings(&record, mapping)
        } else {
            0
        }
    });
    lines.max().unwrap_or(0)
}

/// The number of lines that hold the delimiter equally often, and how often that is.
fn regularity(sample: &[u8], delimiter: u8) -> (usize, usize) {
    let counts: Vec<usize> = first_lines(sample)
        .map(|line| {
            let mut quoted = false;
            line.iter()
                .filter(|byte| {
                    quoted ^= **byte == b'"';
                    !quoted && **byte == delimiter
                })
                .count()
        })
        .filter(|count| *count > 0)
        .collect();
    let lines_with = |count: usize| counts.iter().filter(|other| **other == count).count();
    // Times of day hold colons too, so several colons in a line count no more than one.
    let weight = |count: usize| if delimiter == b':' { 0 } else { count };
    counts
        .iter()
        .map(|count| (lines_with(*count), weight(*count)))
        .max()
        .unwrap_or_default()
}

fn first_lines(sample: &[u8]) -> impl Iterator<Item = &[u8]> {
    let rows = usize::try_from(HEADER_ROWS).unwrap_or(usize::MAX);
    sample
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .take(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: [&str; 6] = [
        "Employee Number",
        "FTE",
        "Band",
        "Gender",
        "Date Of Birth",
        "Location",
    ];

    #[test]
    fn the_delimiter_is_the_one_by_which_a_line_is_a_header() {
        let mapping = Mapping::builtin();
        for delimiter in [",", ";", "\t", "|", "~", "^", ":"] {
            for title in [
                "",
                ";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;\n",
                "Staff in post, by site, by band, by group, as of, 30 September\n",
                "a|b|c|d|e|f|g|h|i|j|k|l|m\n",
                "Run at: 10:20:30:40:50:60:70:80\n\n",
                "Location\n",
            ] {
                let text = format!(
                    "{title}{}\n{}\n",
                    HEADER.join(delimiter),
                    ["1", "1", "5", "F", "x", "\"a,b;c\""].join(delimiter)
                );
                let found = likely(text.as_bytes(), &mapping);
                assert_eq!(char::from(found).to_string(), delimiter, "{text}");
            }
        }
    }

    #[test]
    fn where_no_heading_is_known_it_is_the_most_regular_character() {
        let mapping = Mapping::builtin();
        for (text, delimiter) in [
            ("a;b;c\n1,0;2;3\n1,0;2;3\n", ';'),
            (
                "Title, with, many, commas, in, it\na\tb\tc\n1\t2\t3\n4\t5\t6\n",
                '\t',
            ),
            ("7:30,8:30\n7:45,9:00\n", ','),
            ("alone\n", ','),
            ("", ','),
        ] {
            assert_eq!(
                char::from(likely(text.as_bytes(), &mapping)),
                delimiter,
                "{text}"
            );
        }
    }
}
