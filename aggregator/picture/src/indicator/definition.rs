//! What an indicator says about itself to whoever reads its numbers.

use serde::Serialize;
use vwis_model::agreement::Series;

use super::KeyFigure;

/// An indicator in words. All of it is shown beside the indicator's numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Definition {
    /// The name in addresses, in kebab case: `age-profile`.
    pub name: &'static str,
    /// The heading that people read.
    pub title: &'static str,
    /// The question that it answers.
    pub question: &'static str,
    /// What it says, in a sentence or two.
    pub definition: &'static str,
    /// How it is computed, as a formula in words.
    pub formula: &'static str,
    /// The people that its shares are shares of.
    pub denominator: &'static str,
    /// The people and things that it leaves out.
    pub excluded: &'static str,
    /// The origin of the definition: a standard, a publication, or our own judgement.
    pub source: &'static str,
    /// What it cannot say, in one sentence each.
    pub limits: &'static [&'static str],
    /// The codes of the attributes that it reads, whatever it is broken down by.
    pub reads: &'static [&'static str],
    /// The breakdowns that it allows. The first is the default.
    pub breakdowns: &'static [Breakdown],
    /// Its options.
    pub options: &'static [OptionDefinition],
    /// The counts that it needs most. The price tag of an agreement judges them.
    #[serde(skip)]
    pub key_figures: fn() -> Vec<KeyFigure>,
}

/// The codes of the attributes of a breakdown; empty for one answer about everybody.
pub type Breakdown = &'static [&'static str];

/// An option that a question may set.
#[derive(Clone, Debug, Serialize)]
pub struct OptionDefinition {
    /// The name of the parameter in addresses.
    pub name: &'static str,
    /// What the option chooses, in words.
    pub description: &'static str,
    /// The value where a question does not set it.
    pub default: &'static str,
    /// The allowed values; empty where any text is allowed.
    pub values: &'static [&'static str],
}

// === impl Definition ===

impl Definition {
    /// Whether it is computed from funded posts, too: its answers change when posts are given anew, whatever
    /// release they name.
    #[must_use]
    pub fn rests_on_posts(&self) -> bool {
        ["vacancy-rate", "resilience"].contains(&self.name)
    }

    /// Whether it reads the people that a series counts.
    #[must_use]
    pub fn reads_people_of(&self, series: &Series) -> bool {
        let figures = (self.key_figures)();
        figures.is_empty()
            || figures
                .iter()
                .any(|one| one.is_of(series.data_set().code()))
    }
}
