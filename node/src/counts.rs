//! Exact tables: what a node knows and never says.

use std::fmt;

use vwis_proto::{
    agreement::{Measure, Series},
    algebra::{AttributeSet, Strategy, Tables},
};

use crate::store::StaffRecord;

/// The exact tables over a series' maximal marginals; every other one follows from them.
///
/// # Privacy
/// Confidential. There is no `Serialize`, `Debug` shows nothing, and the only way out is a
/// [`crate::mechanism::Mechanism`].
#[derive(Clone)]
pub struct ConfidentialCounts {
    maximal: Vec<AttributeSet>,
    exact: Tables,
}

// === impl ConfidentialCounts ===

impl ConfidentialCounts {
    /// Counts `people` over the tables of `series`: persons, or hundredths of FTE.
    ///
    /// # Panics
    /// Where a record's codes are not of the series' data set: import codes by the same dictionary.
    #[must_use]
    pub fn count(series: &Series, people: &[StaffRecord]) -> Self {
        let domain = series.strategy().domain();
        let count = |attributes: AttributeSet| {
            let sizes = domain.sizes(attributes);
            let positions: Vec<usize> = attributes.iter().collect();
            let mut table = vec![0_i64; sizes.iter().product()];
            for person in people {
                let cell = positions
                    .iter()
                    .zip(&sizes)
                    .fold(0, |cell, (position, size)| {
                        cell * size + usize::from(person.codes[*position])
                    });
                table[cell] += match series.measure() {
                    Measure::Headcount => 1,
                    Measure::Fte => i64::from(person.fte_hundredths),
                };
            }
            table
        };
        Self::new(series, count).expect("tables were made to the series' own shape")
    }

    fn new(series: &Series, mut table: impl FnMut(AttributeSet) -> Vec<i64>) -> Option<Self> {
        let maximal = maximal(series);
        let mut exact = Tables::new(series.strategy().domain().clone());
        for attributes in &maximal {
            exact.insert(*attributes, table(*attributes)).ok()?;
        }
        Some(Self { maximal, exact })
    }

    /// The exact tables, for a mechanism to add noise to, and for `preview` to show on the
    /// terminal of the organisation itself.
    #[must_use]
    pub fn exact(&self) -> &Tables {
        &self.exact
    }

    /// The exact residual vector of `strategy`; `None` where these are other tables' counts.
    #[must_use]
    pub fn encode(&self, strategy: &Strategy) -> Option<Vec<i64>> {
        strategy.encode(&self.exact).ok()
    }

    /// The cells of all tables, little-endian, one after another, for the node's own store.
    #[must_use]
    pub(crate) fn to_store(&self) -> Vec<u8> {
        self.maximal
            .iter()
            .flat_map(|attributes| {
                let table = self.exact.marginal(*attributes);
                table
                    .ok()
                    .flatten()
                    .expect("every maximal table was inserted")
            })
            .flat_map(i64::to_le_bytes)
            .collect()
    }

    /// What [`Self::to_store`] wrote for the same series; `None` for anything else.
    #[must_use]
    pub(crate) fn from_store(series: &Series, bytes: &[u8]) -> Option<Self> {
        let domain = series.strategy().domain();
        let (words, []) = bytes.as_chunks::<8>() else {
            return None;
        };
        let mut cells = words.iter().map(|word| i64::from_le_bytes(*word));
        let counts = Self::new(series, |attributes| {
            let size = domain.sizes(attributes).iter().product();
            cells.by_ref().take(size).collect()
        })?;
        cells.next().is_none().then_some(counts)
    }
}

/// The tables of a series that are part of no other.
fn maximal(series: &Series) -> Vec<AttributeSet> {
    let all: Vec<_> = series
        .tables()
        .iter()
        .map(|table| table.attributes)
        .collect();
    let mut maximal: Vec<_> = all
        .iter()
        .filter(|set| {
            !all.iter()
                .any(|other| *set != other && set.is_subset_of(*other))
        })
        .copied()
        .collect();
    maximal.sort();
    maximal
}

/// Says that there are counts, and nothing of them.
impl fmt::Debug for ConfidentialCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfidentialCounts")
    }
}
