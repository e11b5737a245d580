//! Exact tables, which a node knows and never sends.

use std::fmt;

use vwis_model::{
    agreement::{Measure, Series},
    algebra::{Levels, Strategy, Tables},
    dictionary::Recoding,
    here,
    measurement::Payload,
};
use vwis_noise::{Drawing, Mechanism, MechanismError};

use crate::people::People;

/// The exact tables over a series' maximal marginals; every other table is a sum over one of these.
///
/// # Privacy
/// Confidential. There is no `Serialize`, `Debug` shows nothing, and the only way out is
/// [`Self::draw`] by a [`Mechanism`].
#[derive(Clone)]
pub struct ConfidentialCounts {
    maximal: Vec<Levels>,
    exact: Tables,
}

// === impl ConfidentialCounts ===

impl ConfidentialCounts {
    /// Counts `people` over the tables of `series`: persons, or hundredths of FTE.
    ///
    /// # Panics
    /// Where a record's codes are not of the series' data set: import codes by the same dictionary.
    #[must_use]
    pub fn count(series: &Series, people: &People) -> Self {
        let domain = series.strategy().domain();
        let count = |levels: Levels| {
            let weights = match series.measure() {
                Measure::Headcount => None,
                Measure::Fte => Some(people.fte_hundredths()),
            };
            let axis = |(at, level)| {
                let nodes = domain.tree(at).labels(level).into_iter();
                let node =
                    |node| u32::try_from(node).expect("an attribute has at most 64 categories");
                (people.column(at), nodes.map(node).collect())
            };
            count_table(
                &levels.iter().map(axis).collect::<Vec<_>>(),
                &domain.sizes(levels),
                weights,
                people.len(),
            )
        };
        Self::new(series, count).expect("tables were made to the series' own shape")
    }

    /// Counts people whom edition `dictionary` of the data dictionary coded, by the edition of `series`;
    /// `None` where their codes do not tell what the series counts.
    #[must_use]
    pub fn coded(series: &Series, people: &People, dictionary: &str) -> Option<Self> {
        let recoding = recoding(dictionary, series)?;
        if recoding.changes_nothing() {
            return Some(Self::count(series, people));
        }
        Some(Self::count(series, &people.recoded(&recoding)))
    }

    fn new(series: &Series, mut table: impl FnMut(Levels) -> Vec<i64>) -> Option<Self> {
        let maximal = maximal(series);
        let mut exact = Tables::new(series.strategy().domain().clone());
        for levels in &maximal {
            exact.insert(*levels, table(*levels)).ok()?;
        }
        Some(Self { maximal, exact })
    }

    /// The exact tables, for `preview` to show on the terminal of the organisation itself.
    #[must_use]
    pub fn exact(&self) -> &Tables {
        &self.exact
    }

    /// Whether both hold the same numbers of the same tables.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.maximal == other.maximal && self.to_store() == other.to_store()
    }

    /// The residuals of `strategy`, with the noise of `mechanism` on them. May block for milliseconds.
    ///
    /// # Privacy
    /// As for [`Mechanism::draw`].
    ///
    /// # Errors
    /// These are other tables' counts, or nothing could be drawn.
    pub fn draw(
        &self,
        mechanism: &dyn Mechanism,
        drawing: &Drawing<'_>,
        strategy: &Strategy,
    ) -> Result<Payload, MechanismError> {
        let exact = strategy.encode(&self.exact);
        let exact = exact.map_err(|_| MechanismError::CountsDoNotMatch)?;
        mechanism.draw(drawing, strategy, &exact)
    }

    /// The cells of all tables, little-endian, one after another, for the node's own store.
    #[must_use]
    pub(crate) fn to_store(&self) -> Vec<u8> {
        self.maximal
            .iter()
            .flat_map(|levels| {
                let table = self.exact.marginal(*levels);
                table
                    .ok()
                    .flatten()
                    .expect("every maximal table was inserted")
            })
            .flat_map(i64::to_le_bytes)
            .collect()
    }

    /// Reads what [`Self::to_store`] wrote for the same series; `None` for any other bytes.
    #[must_use]
    pub(crate) fn from_store(series: &Series, bytes: &[u8]) -> Option<Self> {
        let domain = series.strategy().domain();
        let (words, []) = bytes.as_chunks::<8>() else {
            return None;
        };
        let mut cells = words.iter().map(|word| i64::from_le_bytes(*word));
        let counts = Self::new(series, |levels| {
            let size = domain.sizes(levels).iter().product();
            cells.by_ref().take(size).collect()
        })?;
        cells.next().is_none().then_some(counts)
    }
}

/// Whether people whom the edition `dictionary` coded can be counted as `series` counts them.
#[must_use]
pub fn is_coded_for(dictionary: &str, series: &Series) -> bool {
    recoding(dictionary, series).is_some()
}

fn recoding(dictionary: &str, series: &Series) -> Option<Recoding> {
    here::editions().recoding(dictionary, series.data_set(), series.attributes())
}

/// The table over `axes`, each a column of categories with the node of every category, of which there are
/// `sizes`: people, or the sum of their `weights`.
///
/// Cell numbers are computed for a block of people at a time, column after column, so that each loop is one
/// look at a short list, one multiplication and one addition over adjacent bytes.
fn count_table(
    axes: &[(&[u8], Vec<u32>)],
    sizes: &[usize],
    weights: Option<&[u8]>,
    people: usize,
) -> Vec<i64> {
    const BLOCK: usize = 1024;
    let mut table = vec![0_i64; sizes.iter().product()];
    let mut cells = [0_u32; BLOCK];
    for start in (0..people).step_by(BLOCK) {
        let block = start..people.min(start + BLOCK);
        let cells = &mut cells[..block.len()];
        cells.fill(0);
        for ((column, nodes), size) in axes.iter().zip(sizes) {
            let size = u32::try_from(*size).expect("an attribute has at most 64 categories");
            for (cell, code) in cells.iter_mut().zip(&column[block.clone()]) {
                *cell = *cell * size + nodes[usize::from(*code)];
            }
        }
        match weights {
            None => cells.iter().for_each(|cell| table[*cell as usize] += 1),
            Some(weights) => {
                for (cell, weight) in cells.iter().zip(&weights[block]) {
                    table[*cell as usize] += i64::from(*weight);
                }
            }
        }
    }
    table
}

/// The tables of a series that are a margin of no other.
fn maximal(series: &Series) -> Vec<Levels> {
    let all: Vec<_> = series.tables().iter().map(|table| table.levels).collect();
    let is_margin = |levels: &Levels| {
        all.iter()
            .any(|other| levels != other && levels.is_within(*other))
    };
    let mut maximal: Vec<_> = all
        .iter()
        .filter(|levels| !is_margin(levels))
        .copied()
        .collect();
    maximal.sort();
    maximal
}

/// Prints that there are counts, and nothing of them.
impl fmt::Debug for ConfidentialCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfidentialCounts")
    }
}

#[cfg(test)]
mod tests;
