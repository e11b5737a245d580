//! What looks like a mistake and is refused, unless a person says that it is meant.

/// Something that an import takes only when it is told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Allowance {
    /// An extract in which nobody counts.
    Nobody,
    /// A file in which every row stands twice.
    Repeats,
    /// Rows of one person that tell of different people.
    Contradictions,
    /// A headcount more than a tenth from the snapshot before.
    Change,
    /// A last line that is short and has no end.
    CutOff,
}

// === impl Allowance ===

impl Allowance {
    /// The option that allows it, as errors propose it.
    #[must_use]
    pub fn option(self) -> &'static str {
        match self {
            Self::Nobody => "--allow nobody",
            Self::Repeats => "--allow repeats",
            Self::Contradictions => "--allow contradictions",
            Self::Change => "--allow change",
            Self::CutOff => "--allow cut-off",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_option_that_an_error_proposes_is_one_that_the_command_takes() {
        for allowance in Allowance::value_variants() {
            let value = allowance.to_possible_value().unwrap();
            assert_eq!(allowance.option(), format!("--allow {}", value.get_name()));
        }
    }
}
