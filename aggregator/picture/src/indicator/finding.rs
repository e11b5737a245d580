//! What an indicator answers: one row a number.

use serde::Serialize;
use vwis_model::dictionary::Attribute;

use crate::{
    estimate::{Figure, Reliability, Unit, Verdict},
    facts::Source,
};

/// An answer in tidy form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// What rows are told apart by, beside their measure.
    pub dimensions: Vec<Dimension>,
    /// The numbers.
    pub rows: Vec<Finding>,
    /// What is to be read before them: assumptions made, quarters missing, employers left out.
    pub notes: Vec<String>,
}

/// A column that tells rows apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dimension {
    /// As files spell it.
    pub code: String,
    /// For people.
    pub label: String,
}

/// Where a row stands on a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Category {
    /// As files spell it; `total` for all.
    pub code: String,
    /// For people.
    pub label: String,
}

/// One number.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// One category for each dimension.
    pub group: Vec<Category>,
    /// What is measured: `share_55_and_over`.
    pub measure: &'static str,
    /// The same for people.
    pub label: &'static str,
    /// The number with its doubt.
    pub figure: Figure,
    /// What it is held against.
    pub benchmark: Option<Benchmark>,
    /// The answer to the indicator's yes-or-no question.
    pub verdict: Option<Verdict>,
    /// The release it comes from; the latest of them where there are several.
    pub source: Source,
    /// What is to be known of this number alone.
    pub note: Option<String>,
}

/// A published or computed figure that a number is held against.
#[derive(Clone, Debug, PartialEq)]
pub struct Benchmark {
    /// Its value, in the unit of the figure.
    pub value: f64,
    /// What it is: `Census 2021, all ages, Bolton`.
    pub label: String,
    /// Its own doubt, where it is an estimate as well; nothing where it is published.
    pub figure: Option<Figure>,
}

// === impl Findings ===

impl Findings {
    /// Without rows yet, told apart by these attributes.
    #[must_use]
    pub fn by(attributes: &[&Attribute]) -> Self {
        Self {
            dimensions: attributes.iter().map(|a| Dimension::of(a)).collect(),
            ..Self::default()
        }
    }

    /// Adds a note, once.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

// === impl Dimension ===

impl Dimension {
    /// An attribute of the dictionary.
    #[must_use]
    pub fn of(attribute: &Attribute) -> Self {
        Self {
            code: attribute.code().to_owned(),
            label: attribute.label().to_owned(),
        }
    }
}

// === impl Category ===

impl Category {
    /// All categories together.
    #[must_use]
    pub fn total() -> Self {
        Self {
            code: "total".to_owned(),
            label: "All".to_owned(),
        }
    }

    /// A category of the dictionary.
    #[must_use]
    pub fn of(attribute: &Attribute, category: usize) -> Self {
        let category = &attribute.categories()[category];
        Self {
            code: category.code().to_owned(),
            label: category.label().to_owned(),
        }
    }

    /// One that is not in the dictionary as a category: a group, a horizon.
    #[must_use]
    pub fn named(code: &str, label: &str) -> Self {
        Self {
            code: code.to_owned(),
            label: label.to_owned(),
        }
    }
}

// === impl Benchmark ===

impl Benchmark {
    /// A figure that is published or follows from the definition: without doubt.
    #[must_use]
    pub fn exact(value: f64, label: impl Into<String>) -> Self {
        Self {
            value,
            label: label.into(),
            figure: None,
        }
    }

    /// It, with its doubt where it has any.
    #[must_use]
    pub fn in_unit(&self, unit: Unit) -> Figure {
        self.figure
            .unwrap_or_else(|| Figure::exact(unit, self.value))
    }
}

// === impl Finding ===

impl Finding {
    /// A number of a group, without benchmark, verdict or note.
    #[must_use]
    pub fn new(
        group: Vec<Category>,
        measure: (&'static str, &'static str),
        figure: impl Into<Figure>,
        source: Source,
    ) -> Self {
        Self {
            group,
            measure: measure.0,
            label: measure.1,
            figure: figure.into(),
            benchmark: None,
            verdict: None,
            source,
            note: None,
        }
    }

    /// Held against a figure, with the answer. Of a number that is not shown nothing is said: a share of
    /// a group in which there may be nobody excludes most figures, whatever it is.
    #[must_use]
    pub fn against(mut self, benchmark: Benchmark, verdict: Verdict) -> Self {
        let is_shown = match self.figure.reliability() {
            Some(Reliability::TooNoisyToShow | Reliability::OnlyABound) => false,
            Some(Reliability::Good | Reliability::UseWithCare) | None => true,
        };
        self.benchmark = Some(benchmark);
        self.verdict = Some(if is_shown {
            verdict
        } else {
            Verdict::CannotTell
        });
        self
    }

    /// With a verdict alone.
    #[must_use]
    pub fn judged(mut self, verdict: Verdict) -> Self {
        self.verdict = Some(verdict);
        self
    }

    /// With a note of its own.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Parts;

    #[test]
    fn of_a_number_that_is_not_shown_nothing_is_said() {
        // Ten of twelve, known to some ten people each: the interval excludes 5%, and says nothing.
        let parts = Parts::new(vec![10.0, 12.0], |i, j| if i == j { 100.0 } else { 90.0 });
        let noisy = parts.share(0, 1);
        assert_eq!(noisy.reliability(), Some(Reliability::TooNoisyToShow));
        let parts = Parts::new(
            vec![1_000.0, 1_200.0],
            |i, j| if i == j { 100.0 } else { 90.0 },
        );
        let shown = parts.share(0, 1);
        let verdict = |figure: Figure| {
            let benchmark = Benchmark {
                value: 0.05,
                label: "residents".to_owned(),
                figure: None,
            };
            let source = Source {
                series: "detail".to_owned(),
                period: "2026-03".to_owned(),
                release: uuid::Uuid::nil(),
            };
            let finding = Finding::new(Vec::new(), ("share", "Share"), figure, source);
            finding.against(benchmark, Verdict::No).verdict
        };
        assert_eq!(verdict(noisy), Some(Verdict::CannotTell));
        assert_eq!(verdict(shown), Some(Verdict::No));
    }
}
