//! What is wrong with a pack, and where.

use std::fmt;

/// One thing that is wrong, or that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file's name.
    pub file: String,
    /// The line of the file, from 1, if it is about one line.
    pub line: Option<u64>,
    /// The column of a table or the field of `place.toml`, if it is about one.
    pub field: Option<String>,
    /// What is wrong, and what would be right.
    pub problem: String,
}

/// Why files are no place pack: all that is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceError(pub Vec<Fault>);

// === impl Fault ===

impl Fault {
    /// A fault of a whole file.
    pub(super) fn of(file: &str, problem: impl fmt::Display) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            field: None,
            problem: problem.to_string(),
        }
    }

    /// Places the fault in a line of the file.
    pub(super) fn at(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Places the fault in a column or a field.
    pub(super) fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", `{field}`")?;
        }
        write!(f, ": {}", self.problem)
    }
}

// === impl PlaceError ===

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PlaceError {}

impl From<Fault> for PlaceError {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}
