//! Exact tables, and the exact vector that a strategy makes of them.

use std::{collections::BTreeMap, fmt};

use super::{
    AlgebraError, Domain, Levels, MAX_PEOPLE, MeasureUnit, Strategy,
    residual::{Coarser, apply_xi, coarsen},
};

/// The exact tables of one organisation: what only its own node ever holds.
///
/// Cells are integers: people, hundredths of an FTE, or differences from a public value. It is enough to hold
/// the workload's maximal marginals; all others are sums of their cells.
///
/// # Privacy
/// Confidential. `Debug` shows no number, there is no serialisation, and no error repeats a
/// value.
#[derive(Clone)]
pub struct Tables {
    domain: Domain,
    tables: BTreeMap<Levels, Vec<i64>>,
}

/// Why tables cannot be encoded. Says nothing about what they hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The tables and the strategy are over different categories or groups.
    #[error("the tables are over another domain than the strategy")]
    OtherDomain,
    /// A table over levels that the domain lacks.
    #[error("marginal {0} has levels that the domain lacks")]
    UnknownLevel(Levels),
    /// No table holds a marginal that is needed.
    #[error("no table holds marginal {0}")]
    Missing(Levels),
    /// The tables cannot be counts, or sums, of at most 2²² people: negative where nobody contributes less
    /// than nothing, too many, or with different totals.
    #[error("the tables are not counts of the same people, or of more than the bound")]
    NotCounts,
    /// A table of the wrong length, or an integer beyond 64 bits.
    #[error(transparent)]
    Algebra(#[from] AlgebraError),
}

impl Tables {
    /// No tables yet, over this domain.
    #[must_use]
    pub const fn new(domain: Domain) -> Self {
        Self {
            domain,
            tables: BTreeMap::new(),
        }
    }

    /// Adds the table over `marginal` (row-major, the last attribute fastest), in place of one
    /// that was there.
    ///
    /// # Errors
    /// Levels that the domain lacks, or the wrong number of cells.
    pub fn insert(&mut self, marginal: Levels, table: Vec<i64>) -> Result<(), EncodeError> {
        if !self.domain.holds(marginal) {
            return Err(EncodeError::UnknownLevel(marginal));
        }
        let expected = usize::try_from(self.domain.cells(marginal)).unwrap_or(usize::MAX);
        if table.len() != expected {
            let found = table.len();
            return Err(AlgebraError::Shape { expected, found }.into());
        }
        self.tables.insert(marginal, table);
        Ok(())
    }

    /// The exact table over `marginal`, from the smallest table held that covers it; `None`
    /// where none does.
    ///
    /// # Errors
    /// A sum beyond 64 bits.
    pub fn marginal(&self, marginal: Levels) -> Result<Option<Vec<i64>>, AlgebraError> {
        let covering = (self.tables.iter())
            .filter(|(held, _)| marginal.is_within(**held))
            .min_by_key(|(_, table)| table.len());
        let Some((&held, table)) = covering else {
            return Ok(None);
        };
        let axes: Vec<_> = (held.iter())
            .map(|(at, finer)| {
                let (tree, coarser) = (self.domain.tree(at), marginal.level(at));
                let ancestor = |node| tree.ancestor(finer, node, coarser);
                Coarser {
                    nodes: (0..tree.size(finer)).map(ancestor).collect(),
                    size: tree.size(coarser),
                }
            })
            .collect();
        coarsen(table, &axes).map(Some)
    }

    /// Whether all tables have the same total, the absolute values of their cells add up to at most `most`,
    /// and none is negative that `unit` counts without a sign. The strategy's bounds and its sensitivity hold
    /// only for such tables.
    fn are_sums(&self, unit: MeasureUnit, most: u64) -> bool {
        let mut totals = self.tables.values().map(|table| {
            let mut absolute = 0_u64;
            table.iter().try_fold(0_i64, |total, &sum| {
                absolute = absolute.checked_add(sum.unsigned_abs())?;
                (absolute <= most && (sum >= 0 || unit.is_signed())).then(|| total + sum)
            })
        });
        match totals.next() {
            None => true,
            Some(first) => first.is_some() && totals.all(|total| total == first),
        }
    }
}

/// Names the marginals, never a count.
impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables")
            .field("marginals", &self.tables.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl Strategy {
    /// The exact vector concat_ℓ(w · Ξ_ℓ · marg_ℓ) that the noise is added to.
    ///
    /// It is computed in checked integers, and has [`Strategy::entries`] entries in the order of
    /// [`Strategy::layout`], each of an absolute value below 2⁶² − 64γ.
    ///
    /// # Privacy
    /// The result is exact data without noise: it must not leave the mechanism.
    ///
    /// # Errors
    /// [`EncodeError`]. Only `NotCounts` depends on the counts, and no import within its bounds
    /// produces it.
    pub fn encode(&self, tables: &Tables) -> Result<Vec<i64>, EncodeError> {
        if tables.domain != *self.domain() {
            return Err(EncodeError::OtherDomain);
        }
        if !tables.are_sums(self.unit(), MAX_PEOPLE * self.unit().most()) {
            return Err(EncodeError::NotCounts);
        }
        let mut vector = Vec::with_capacity(self.entries());
        for (index, &(residual, _)) in self.residuals().iter().enumerate() {
            let table = tables
                .marginal(residual)?
                .ok_or(EncodeError::Missing(residual))?;
            let entries = apply_xi(&table, &self.domain().axes(residual))?;
            for (entry, weight) in entries.into_iter().zip(self.entry_weights(index)) {
                let weighted = i64::try_from(weight)
                    .ok()
                    .and_then(|weight| entry.checked_mul(weight));
                vector.push(weighted.ok_or(AlgebraError::Overflow)?);
            }
        }
        Ok(vector)
    }
}

#[cfg(test)]
mod tests;
