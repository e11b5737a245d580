//! Values that the headcount filter leaves out.

/// A value that the tables know and the headcount filter leaves out, such as a bank contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) national: Vec<String>,
}

// === impl Excluded ===

impl Excluded {
    /// The name of the filter's rule in import reports.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The label that people read.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The codes of the quoted national list that the rule leaves out.
    #[must_use]
    pub fn national(&self) -> &[String] {
        &self.national
    }
}
