//! What the audit holds in its hands: answers beside the truth that the tests alone know.

use std::{ops::Range, sync::Arc};

use vwis_model::agreement::Agreement;
use vwis_tests::extract::Extract;

use super::data::{Arm, the_person};

/// The same part of every observation: one residual of one series.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// Series and residual, for people.
    pub(crate) name: String,
    /// Where it lies.
    pub(crate) cells: Range<usize>,
    /// The weight w of the residual.
    pub(crate) weight: u64,
    /// The noise scale γ of the series.
    pub(crate) gamma: u64,
}

/// One series' part of every observation.
#[derive(Clone, Debug)]
pub(crate) struct SeriesPart {
    /// Name of the series.
    pub(crate) name: String,
    /// Where it lies.
    pub(crate) cells: Range<usize>,
    /// The noise scale γ.
    pub(crate) gamma: u64,
    /// The privacy loss that the agreement states.
    pub(crate) stated_rho: f64,
    /// What the one person adds to it before noise, at an FTE of 1.00.
    pub(crate) person: Vec<i64>,
}

/// How an observation is laid out: public, from the agreement.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The series, one behind the other.
    pub(crate) series: Vec<SeriesPart>,
    /// All their residuals, in that order.
    pub(crate) spans: Vec<Span>,
}

/// One node's measurements of all series for one period.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    /// Which data set the node held.
    pub(crate) arm: Arm,
    /// The exact vector, from the definition.
    pub(crate) truth: Arc<Vec<i64>>,
    /// What came over the wire.
    pub(crate) answer: Vec<i64>,
    /// Their difference in units of γ.
    pub(crate) noise: Vec<f64>,
}

/// Observations in the order in which they were made.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) layout: Arc<Layout>,
    pub(crate) observations: Vec<Observation>,
}

// === impl Layout ===

impl Layout {
    /// That of all series of `agreement`.
    pub(crate) fn of(agreement: &Agreement) -> Self {
        let alone = Extract {
            people: vec![the_person()],
        };
        let mut series = Vec::new();
        let mut spans = Vec::new();
        let mut start = 0;
        for clause in agreement.series() {
            let strategy = clause.strategy();
            let gamma = strategy.gamma();
            spans.extend(strategy.layout().into_iter().map(|span| Span {
                name: format!("{} {}", clause.name(), span.residual),
                cells: start + span.offset..start + span.offset + span.len,
                weight: span.weight,
                gamma,
            }));
            let cells = start..start + strategy.entries();
            start = cells.end;
            series.push(SeriesPart {
                name: clause.name().to_owned(),
                cells,
                gamma,
                stated_rho: clause.stated_rho().nano() as f64 / 1e9,
                person: alone.exact(clause),
            });
        }
        Self { series, spans }
    }

    /// Number of draws in one observation.
    pub(crate) fn cells(&self) -> usize {
        self.spans.last().unwrap().cells.end
    }

    /// An observation of `answer` where `truth` is the exact vector.
    pub(crate) fn observe(&self, arm: Arm, truth: Arc<Vec<i64>>, answer: Vec<i64>) -> Observation {
        assert_eq!(truth.len(), self.cells());
        assert_eq!(answer.len(), self.cells());
        let noise = self
            .spans
            .iter()
            .flat_map(|span| {
                span.cells
                    .clone()
                    .map(move |cell| (cell, span.gamma as f64))
            })
            .map(|(cell, gamma)| (answer[cell] - truth[cell]) as f64 / gamma)
            .collect();
        Observation {
            arm,
            truth,
            answer,
            noise,
        }
    }
}

// === impl Observation ===

impl Observation {
    /// The noise at `cell` as an integer.
    pub(crate) fn integer(&self, cell: usize) -> i64 {
        self.answer[cell] - self.truth[cell]
    }
}

// === impl Sample ===

impl Sample {
    /// The first `count` observations.
    pub(crate) fn first(&self, count: usize) -> Self {
        Self {
            layout: Arc::clone(&self.layout),
            observations: self.observations[..count].to_vec(),
        }
    }

    /// Number of draws in all.
    pub(crate) fn draws(&self) -> usize {
        self.observations.len() * self.layout.cells()
    }

    /// All noise in `cells`, in units of γ.
    pub(crate) fn noise(&self, cells: Range<usize>) -> impl Iterator<Item = f64> + Clone {
        self.observations
            .iter()
            .flat_map(move |observation| observation.noise[cells.clone()].iter().copied())
    }

    /// All noise in `cells`, as integers.
    pub(crate) fn integers(&self, cells: Range<usize>) -> impl Iterator<Item = i64> {
        self.observations
            .iter()
            .flat_map(move |observation| cells.clone().map(|cell| observation.integer(cell)))
    }

    /// The cells of everything.
    pub(crate) fn all(&self) -> Range<usize> {
        0..self.layout.cells()
    }
}
