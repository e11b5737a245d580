//! The linear maps between tables and residuals, axis by axis: no Kronecker product is ever
//! written out.
//!
//! Tables are row-major, the last axis fastest; `axes` are the levels whose nodes they count, and a
//! table without axes has one cell. Along an axis, siblings are the nodes of one parent; at the level
//! below everybody, all nodes are.

use super::Level;

/// Why a table could not be transformed. Says nothing about what the table holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AlgebraError {
    /// The table's length is not the product of its axes' sizes.
    #[error("the table has {found} cells where its axes make {expected}")]
    Shape {
        /// ∏ sizes, saturating.
        expected: usize,
        /// The table's length.
        found: usize,
    },
    /// An integer left 64 bits.
    #[error("a residual leaves 64 bits")]
    Overflow,
}

/// Ξ applied to a table: along every axis x ↦ m·x − Σ siblings (itself included), with m the number of
/// siblings. Exact.
///
/// # Errors
/// [`AlgebraError::Shape`], or [`AlgebraError::Overflow`] where a step leaves 64 bits.
pub(super) fn apply_xi(table: &[i64], axes: &[&Level]) -> Result<Vec<i64>, AlgebraError> {
    check_shape(table.len(), axes)?;
    let mut result = table.to_vec();
    let mut sums = Vec::new();
    for (axis, &level) in axes.iter().enumerate() {
        let inner = cells(&axes[axis + 1..]);
        for slab in result.chunks_exact_mut(level.size() * inner) {
            sums.clear();
            sums.resize(level.groups() * inner, 0_i128);
            for (node, row) in slab.chunks_exact(inner).enumerate() {
                let sums = &mut sums[level.parent(node) * inner..][..inner];
                for (sum, &x) in sums.iter_mut().zip(row) {
                    *sum += i128::from(x);
                }
            }
            for (node, row) in slab.chunks_exact_mut(inner).enumerate() {
                let sums = &sums[level.parent(node) * inner..][..inner];
                let times = i128::from(level.children()[level.parent(node)]);
                for (&sum, x) in sums.iter().zip(row) {
                    // In 128 bits nothing wraps: |x| < 2^63, and m and the number of summands are
                    // below 2^32.
                    *x = i64::try_from(i128::from(*x) * times - sum)
                        .map_err(|_| AlgebraError::Overflow)?;
                }
            }
        }
    }
    Ok(result)
}

/// P applied to a table in place: along every axis x ↦ x − mean of the siblings.
///
/// # Errors
/// [`AlgebraError::Shape`].
pub(super) fn project(table: &mut [f64], axes: &[&Level]) -> Result<(), AlgebraError> {
    check_shape(table.len(), axes)?;
    let mut means = Vec::new();
    for (axis, &level) in axes.iter().enumerate() {
        let inner = cells(&axes[axis + 1..]);
        for slab in table.chunks_exact_mut(level.size() * inner) {
            means.clear();
            means.resize(level.groups() * inner, 0.0);
            for (node, row) in slab.chunks_exact(inner).enumerate() {
                let share = 1.0 / f64::from(level.children()[level.parent(node)]);
                let means = &mut means[level.parent(node) * inner..][..inner];
                for (mean, &x) in means.iter_mut().zip(row) {
                    *mean += share * x;
                }
            }
            for (node, row) in slab.chunks_exact_mut(inner).enumerate() {
                let means = &means[level.parent(node) * inner..][..inner];
                for (&mean, x) in means.iter().zip(row) {
                    *x -= mean;
                }
            }
        }
    }
    Ok(())
}

/// An axis of a coarser table, seen from a finer one: for each of the finer table's nodes, the node of
/// the coarser axis that holds it, and the number of those.
pub(super) struct Coarser {
    pub(super) nodes: Vec<usize>,
    pub(super) size: usize,
}

/// The coarser table: every cell of a table added to the cell that holds it. Exact.
///
/// # Errors
/// [`AlgebraError::Shape`] or [`AlgebraError::Overflow`].
pub(super) fn coarsen(table: &[i64], axes: &[Coarser]) -> Result<Vec<i64>, AlgebraError> {
    let lengths = axes.iter().map(|axis| axis.nodes.len());
    let expected = lengths.fold(1, usize::saturating_mul);
    if table.len() != expected {
        let found = table.len();
        return Err(AlgebraError::Shape { expected, found });
    }
    let mut result = table.to_vec();
    // From the last axis to the first: `inner` is the number of coarser cells behind this axis.
    let mut inner = 1;
    for axis in axes.iter().rev() {
        if !axis.is_unchanged() {
            result = axis.coarsen(&result, inner)?;
        }
        inner *= axis.size;
    }
    Ok(result)
}

impl Coarser {
    fn is_unchanged(&self) -> bool {
        self.size == self.nodes.len()
    }

    /// A table that has `inner` cells behind this axis, coarsened along it.
    fn coarsen(&self, table: &[i64], inner: usize) -> Result<Vec<i64>, AlgebraError> {
        let mut result = vec![0_i64; table.len() / self.nodes.len() * self.size];
        let slabs = table.chunks_exact(self.nodes.len() * inner);
        for (slab, result) in slabs.zip(result.chunks_exact_mut(self.size * inner)) {
            for (row, &node) in slab.chunks_exact(inner).zip(&self.nodes) {
                for (sum, &x) in result[node * inner..][..inner].iter_mut().zip(row) {
                    *sum = sum.checked_add(x).ok_or(AlgebraError::Overflow)?;
                }
            }
        }
        Ok(result)
    }
}

/// One axis along which a coarser table is spread over a finer one: for each of the finer table's nodes
/// the index of the coarser axis that it takes its value from, and the factor that it takes it with.
pub(super) struct Spread {
    /// How many nodes the coarser axis has.
    pub(super) size: usize,
    /// (index, factor) of each finer node.
    pub(super) from: Vec<(usize, f64)>,
}

/// Adds to every cell of `out` the cell of `source` that `axes` say, times the product of their factors.
pub(super) fn spread(out: &mut [f64], axes: &[Spread], source: &[f64]) {
    spread_slab(out, axes, source, 1.0);
}

fn spread_slab(out: &mut [f64], axes: &[Spread], source: &[f64], factor: f64) {
    match axes {
        [] => out[0] += factor * source[0],
        [last] => {
            for (cell, &(index, own)) in out.iter_mut().zip(&last.from) {
                *cell += factor * own * source[index];
            }
        }
        [first, behind @ ..] => {
            let (slab, inner) = (out.len() / first.from.len(), source.len() / first.size);
            for (out, &(index, own)) in out.chunks_exact_mut(slab).zip(&first.from) {
                spread_slab(out, behind, &source[index * inner..][..inner], factor * own);
            }
        }
    }
}

/// A product over the axes for every block of a residual, row-major over the parents: `times` takes in
/// the number m of siblings along one axis.
pub(super) fn per_block<T: Copy>(axes: &[&Level], one: T, times: impl Fn(T, u32) -> T) -> Vec<T> {
    axes.iter().fold(vec![one], |products, level| {
        let longer = products
            .iter()
            .flat_map(|&product| level.children().iter().map(move |&m| (product, m)));
        longer.map(|(product, m)| times(product, m)).collect()
    })
}

/// For every cell of a residual what `per_block` has for its block.
pub(super) fn per_cell<T: Copy>(axes: &[&Level], per_block: &[T]) -> Vec<T> {
    if let [only] = per_block {
        return vec![*only; cells(axes)];
    }
    let blocks = axes.iter().fold(vec![0], |blocks: Vec<usize>, level| {
        let parents = (0..level.size()).map(|node| level.parent(node));
        let behind = |&block: &usize| {
            parents
                .clone()
                .map(move |parent| block * level.groups() + parent)
        };
        blocks.iter().flat_map(behind).collect()
    });
    blocks.into_iter().map(|block| per_block[block]).collect()
}

fn cells(axes: &[&Level]) -> usize {
    axes.iter().map(|level| level.size()).product()
}

/// Checks a table's length against its axes.
fn check_shape(found: usize, axes: &[&Level]) -> Result<(), AlgebraError> {
    let sizes = axes.iter().map(|level| level.size());
    let expected = sizes.fold(1, usize::saturating_mul);
    if expected == found {
        Ok(())
    } else {
        Err(AlgebraError::Shape { expected, found })
    }
}

#[cfg(test)]
mod tests;
