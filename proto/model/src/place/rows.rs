//! Rows of a pack's tables, read by their headings.

use super::error::Fault;

/// One line of a table.
pub(super) struct Row<'a> {
    file: &'static str,
    line: u64,
    headings: &'a [String],
    fields: csv::StringRecord,
}

/// A table of a pack: its headings and its lines.
pub(super) struct Table {
    file: &'static str,
    pub(super) headings: Vec<String>,
    lines: Vec<(u64, csv::StringRecord)>,
}

// === impl Table ===

impl Table {
    /// Reads a table that must have the columns `needed` and may have `optional`.
    pub(super) fn read(
        file: &'static str,
        text: &str,
        needed: &[&str],
        optional: &[&str],
        faults: &mut Vec<Fault>,
    ) -> Self {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let headings: Vec<String> = match reader.headers() {
            Ok(headings) => headings.iter().map(str::to_owned).collect(),
            Err(error) => {
                faults.push(Fault::of(file, error));
                Vec::new()
            }
        };
        if headings.len() == 1 && headings[0].contains([';', '\t']) {
            let problem = "the columns are parted by semicolons or tabs: save it with commas, as \"CSV UTF-8\"";
            faults.push(Fault::of(file, problem).at(1));
            return Self {
                file,
                headings,
                lines: Vec::new(),
            };
        }
        for column in needed {
            if !headings.iter().any(|heading| heading == column) {
                let expected = [needed, optional].concat().join(",");
                let problem = format!("is not there: the first line is {expected}");
                faults.push(Fault::of(file, problem).at(1).field(column));
            }
        }
        for (at, heading) in headings.iter().enumerate() {
            let is_known =
                needed.contains(&heading.as_str()) || optional.contains(&heading.as_str());
            if !is_known || headings[..at].contains(heading) {
                let known = [needed, optional].concat().join(", ");
                let problem = format!("is no column of this table, or there twice: it has {known}");
                faults.push(Fault::of(file, problem).at(1).field(heading));
            }
        }
        let mut lines = Vec::new();
        for record in reader.into_records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    if record.iter().all(str::is_empty) {
                        continue;
                    }
                    if record.len() != headings.len() {
                        let problem = format!(
                            "has {} values and the first line {}: put a value with a comma in quotes",
                            record.len(),
                            headings.len()
                        );
                        faults.push(Fault::of(file, problem).at(line));
                        continue;
                    }
                    lines.push((line, record));
                }
                Err(error) => faults.push(Fault::of(file, error)),
            }
        }
        if lines.is_empty() {
            faults.push(Fault::of(file, "has no line under the headings"));
        }
        Self {
            file,
            headings,
            lines,
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.lines.iter().map(|(line, fields)| Row {
            file: self.file,
            line: *line,
            headings: &self.headings,
            fields: fields.clone(),
        })
    }
}

// === impl Row ===

impl Row<'_> {
    /// The value in a column; empty where the table has no such column.
    pub(super) fn get(&self, column: &str) -> &str {
        let at = self.headings.iter().position(|heading| heading == column);
        at.and_then(|at| self.fields.get(at)).unwrap_or("")
    }

    /// The values in a column that holds several, parted by `;`.
    pub(super) fn list(&self, column: &str) -> impl Iterator<Item = &str> {
        let parts = self.get(column).split(';').map(str::trim);
        parts.filter(|part| !part.is_empty())
    }

    /// The whole number in a column; `None` if the column is empty or holds something else.
    pub(super) fn number(&self, column: &str, faults: &mut Vec<Fault>) -> Option<u32> {
        let text = self.get(column);
        if text.is_empty() {
            return None;
        }
        let number = text.replace([',', ' '], "").parse().ok();
        if number.is_none() {
            let problem = format!("`{text}` is no whole number of people");
            faults.push(self.fault(column, problem));
        }
        number
    }

    /// A fault in a column of this line.
    pub(super) fn fault(&self, column: &str, problem: impl std::fmt::Display) -> Fault {
        Fault::of(self.file, problem).at(self.line).field(column)
    }
}
