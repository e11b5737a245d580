//! The shape of every indicator's answer: one number a row.

use serde::Serialize;
use vwis_model::dictionary::Attribute;

use crate::{
    estimate::{Figure, Reliability, Unit, Verdict},
    estimator::Source,
};

/// An answer in tidy form: one number a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// What tells rows apart, beside their measure.
    pub dimensions: Vec<Dimension>,
    /// The numbers.
    pub rows: Vec<Finding>,
    /// What to read before the numbers: assumptions, missing quarters, employers left out.
    pub notes: Vec<String>,
}

/// A column that tells rows apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dimension {
    /// The name of the column in files, such as `staff_group`.
    pub code: String,
    /// The heading that people read.
    pub label: String,
}

/// Where a row stands on a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Category {
    /// The code in files; `total` for all categories together.
    pub code: String,
    /// The words that people read.
    pub label: String,
}

/// A number of an answer, with all that is said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// One category for each dimension.
    pub group: Vec<Category>,
    /// The code of what is measured, such as `share_55_and_over`.
    pub measure: &'static str,
    /// What is measured, in words for people.
    pub label: &'static str,
    /// The number with its doubt.
    pub figure: Figure,
    /// The figure that it is compared with.
    pub benchmark: Option<Benchmark>,
    /// The answer to the indicator's yes-or-no question.
    pub verdict: Option<Verdict>,
    /// The release it comes from; where several are added up, the latest.
    pub source: Source,
    /// What to know about this number alone.
    pub note: Option<String>,
}

/// A published or computed figure that a number is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Benchmark {
    /// Its value, in the unit of the figure.
    pub value: f64,
    /// What the benchmark is: `Census 2021, all ages, Bolton`.
    pub label: String,
    /// The benchmark with its own doubt, where it is an estimate; `None` where it is published.
    pub figure: Option<Figure>,
}

// === impl Findings ===

impl Findings {
    /// Findings without rows, told apart by these attributes.
    #[must_use]
    pub fn by(attributes: &[&Attribute]) -> Self {
        Self {
            dimensions: attributes.iter().map(|a| Dimension::of(a)).collect(),
            ..Self::default()
        }
    }

    /// Adds a note, unless it is there already.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

// === impl Dimension ===

impl Dimension {
    /// The dimension of an attribute of the dictionary.
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

    /// A category that is not the dictionary's, such as a group or a horizon.
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
    /// A benchmark without doubt: published, or following from the definition.
    #[must_use]
    pub fn exact(value: f64, label: impl Into<String>) -> Self {
        Self {
            value,
            label: label.into(),
            figure: None,
        }
    }

    /// The benchmark as a figure of this unit, with its doubt if it has any.
    #[must_use]
    pub fn in_unit(&self, unit: Unit) -> Figure {
        self.figure
            .unwrap_or_else(|| Figure::exact(unit, self.value))
    }
}

// === impl Finding ===

impl Finding {
    /// A number about a group, without benchmark, verdict or note.
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

    /// Adds what the number is compared with, and the verdict. If the number is not shown, the verdict is
    /// that one cannot tell: the share of a group that may be empty would exclude most benchmarks, whatever
    /// they are.
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

    /// Adds a verdict without a benchmark.
    #[must_use]
    pub fn judged(mut self, verdict: Verdict) -> Self {
        self.verdict = Some(verdict);
        self
    }

    /// Adds a note about this number alone.
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
        // 10 people in the part and 12 outside it, each count with an sd of 10: the interval excludes 5%, and
        // still says nothing.
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
                pooled_with: Vec::new(),
            };
            let finding = Finding::new(Vec::new(), ("share", "Share"), figure, source);
            finding.against(benchmark, Verdict::No).verdict
        };
        assert_eq!(verdict(noisy), Some(Verdict::CannotTell));
        assert_eq!(verdict(shown), Some(Verdict::No));
    }
}
