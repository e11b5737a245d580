//! The audit's sample: answers beside the truth, which the tests alone know.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use vwis_model::agreement::{Agreement, Series};
use vwis_tests::extract::Extract;

use super::data::{Arm, NEIGHBOURS};

/// One residual of one series, as a part of every observation.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// Name of series and residual, for people.
    pub(crate) name: String,
    /// Indices of its cells in an observation.
    pub(crate) cells: Range<usize>,
    /// The weight w of the residual.
    pub(crate) weight: u64,
    /// The noise scale γ of the series.
    pub(crate) gamma: u64,
}

/// One block of a residual whose blocks differ in weight.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Name of series, residual and block, for people.
    pub(crate) name: String,
    /// Indices of its cells in an observation.
    pub(crate) cells: Vec<usize>,
}

/// One series' part of every observation.
#[derive(Clone, Debug)]
pub(crate) struct SeriesPart {
    /// Name of the series.
    pub(crate) name: String,
    /// Indices of its cells in an observation.
    pub(crate) cells: Range<usize>,
    /// The noise scale γ.
    pub(crate) gamma: u64,
    /// The privacy loss that the agreement states.
    pub(crate) stated_rho: f64,
    /// What the one person of each pair of neighbours adds to this part before noise, at an FTE of 1.00.
    pub(crate) people: [Vec<i64>; NEIGHBOURS.len()],
}

/// The layout of an observation, which is public and follows from the agreement.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The series, one after another.
    pub(crate) series: Vec<SeriesPart>,
    /// All their residuals, in the order of the series.
    pub(crate) spans: Vec<Span>,
    /// The blocks of those residuals that have more than one.
    pub(crate) blocks: Vec<Block>,
}

/// One node's measurements of all series for one period.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    /// The data set that the node held.
    pub(crate) arm: Arm,
    /// The exact vector, computed from the definition.
    pub(crate) truth: Arc<Vec<i64>>,
    /// The noisy vector that came over the wire.
    pub(crate) answer: Vec<i64>,
    /// The difference of the two, in units of γ.
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
    /// The layout for all series of `agreement`.
    pub(crate) fn of(agreement: &Agreement) -> Self {
        let alone = NEIGHBOURS.map(|(_, with)| Extract {
            people: with.person().into_iter().collect(),
        });
        let mut series = Vec::new();
        let mut spans = Vec::new();
        let mut blocks = Vec::new();
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
            blocks.extend(blocks_of(clause, start));
            let cells = start..start + strategy.entries();
            start = cells.end;
            series.push(SeriesPart {
                name: clause.name().to_owned(),
                cells,
                gamma,
                stated_rho: clause.stated_rho().nano() as f64 / 1e9,
                people: alone.each_ref().map(|alone| alone.exact(clause)),
            });
        }
        Self {
            series,
            spans,
            blocks,
        }
    }

    /// Number of draws in one observation.
    pub(crate) fn cells(&self) -> usize {
        self.spans.last().unwrap().cells.end
    }

    /// An observation of `answer`, with `truth` as the exact vector.
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

/// The blocks of a series whose part of an observation begins at `start`: cells with the same parents.
fn blocks_of(clause: &Series, start: usize) -> Vec<Block> {
    let domain = clause.strategy().domain();
    let mut blocks = Vec::new();
    for span in clause.strategy().layout() {
        let mut cells: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
        for cell in 0..span.len {
            let nodes = domain.cell_nodes(span.residual, cell).unwrap();
            let axes = span.residual.iter().zip(nodes);
            let parents = axes.map(|((at, level), node)| domain.tree(at).level(level).parent(node));
            let parents: Vec<_> = parents.collect();
            cells
                .entry(parents)
                .or_default()
                .push(start + span.offset + cell);
        }
        if cells.len() > 1 {
            blocks.extend(cells.into_iter().map(|(parents, cells)| Block {
                name: format!("{} {} under {parents:?}", clause.name(), span.residual),
                cells,
            }));
        }
    }
    blocks
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

    /// Number of draws in the sample.
    pub(crate) fn draws(&self) -> usize {
        self.observations.len() * self.layout.cells()
    }

    /// All noise in `cells`, in units of γ.
    pub(crate) fn noise(&self, cells: Range<usize>) -> impl Iterator<Item = f64> + Clone {
        self.observations
            .iter()
            .flat_map(move |observation| observation.noise[cells.clone()].iter().copied())
    }

    /// All noise in a block, in units of γ.
    pub(crate) fn noise_of(&self, block: &Block) -> impl Iterator<Item = f64> {
        let observations = self.observations.iter();
        observations.flat_map(|observation| block.cells.iter().map(|&cell| observation.noise[cell]))
    }

    /// All noise in `cells`, as integers.
    pub(crate) fn integers(&self, cells: Range<usize>) -> impl Iterator<Item = i64> {
        self.observations
            .iter()
            .flat_map(move |observation| cells.clone().map(|cell| observation.integer(cell)))
    }

    /// The indices of all cells.
    pub(crate) fn all(&self) -> Range<usize> {
        0..self.layout.cells()
    }
}
