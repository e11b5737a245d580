//! Rows that show one thing, with examples.

/// Most lines that are named as examples.
const MOST_EXAMPLES: usize = 5;

/// Rows that show a sign of a mistake, with examples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) rows: u64,
    /// Lines of the first of these rows.
    pub(super) lines: Vec<u64>,
}

// === impl Seen ===

impl Seen {
    pub(super) fn add(&mut self, line: u64) {
        self.rows += 1;
        if self.lines.len() < MOST_EXAMPLES {
            self.lines.push(line);
        }
    }

    pub(super) fn at(lines: impl Iterator<Item = u64>) -> Self {
        let mut seen = Self::default();
        lines.for_each(|line| seen.add(line));
        seen
    }

    /// Such as `3 rows (line 2, 5, 9)`.
    pub(super) fn said(&self) -> String {
        format!(
            "{} ({})",
            crate::plural::several(self.rows, "row"),
            self.lines_said()
        )
    }

    /// Such as `line 2, 5, 9`.
    pub(super) fn lines_said(&self) -> String {
        let lines: Vec<_> = self.lines.iter().map(u64::to_string).collect();
        format!("line {}", lines.join(", "))
    }
}
