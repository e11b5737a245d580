//! What an indicator is, for whoever reads its numbers.

use serde::Serialize;

use crate::facts::Who;

/// An indicator in words. Everything here is shown beside its numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Definition {
    /// Kebab case, as addresses spell it: `age-profile`.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// The question that it answers.
    pub question: &'static str,
    /// What it says, in a sentence or two.
    pub definition: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Of whom shares are taken.
    pub denominator: &'static str,
    /// Who and what is left out.
    pub excluded: &'static str,
    /// Whose definition it is: standard, publication, or our own judgement.
    pub source: &'static str,
    /// What it cannot say.
    pub limits: &'static [&'static str],
    /// The attributes that it reads, whatever it is broken down by.
    pub reads: &'static [&'static str],
    /// The attributes that it can be broken down by; the first if nothing is said.
    pub breakdowns: &'static [Breakdown],
    /// What else can be chosen.
    pub options: &'static [OptionDefinition],
    /// The counts that it stands or falls with: what a price tag judges an agreement by.
    #[serde(skip)]
    pub key_figures: fn() -> Vec<KeyFigure>,
}

/// Attribute codes; none for one answer in all.
pub type Breakdown = &'static [&'static str];

/// Something that can be chosen by name.
#[derive(Clone, Debug, Serialize)]
pub struct OptionDefinition {
    /// As addresses spell it.
    pub name: &'static str,
    /// What it chooses.
    pub description: &'static str,
    /// What it is if nothing is said.
    pub default: &'static str,
    /// The values that there are; none where it is free.
    pub values: &'static [&'static str],
}

/// One count that an indicator needs.
#[derive(Clone, Debug)]
pub struct KeyFigure {
    /// For people: `people of 55 and over in one staff group`.
    pub label: &'static str,
    /// Whom it counts, in one example of the cells.
    pub who: Who,
    /// How large it typically is, as a share of an employer's headcount; from published figures.
    pub typical_share: f64,
    /// Releases that are added up: 4 where a year's flow is.
    pub releases: u32,
}

// === impl Definition ===

impl Definition {
    /// Whether it is computed from funded posts, too: its answers change when posts are given anew, whatever
    /// release they name.
    #[must_use]
    pub fn rests_on_posts(&self) -> bool {
        ["vacancy-rate", "resilience"].contains(&self.name)
    }
}
