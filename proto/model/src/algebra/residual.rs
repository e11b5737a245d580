//! The linear maps between tables and residuals, axis by axis: no Kronecker product is ever
//! written out.
//!
//! Tables are row-major, the last axis fastest; `sizes` are the axes' category counts, and a
//! table without axes has one cell.

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
    /// An axis to keep that the table does not have, or axes out of order.
    #[error("the axes to keep are not ascending axes of the table")]
    Axes,
}

/// Ξ = ⊗ (n_i·I − 1·1ᵀ) applied to a table: along every axis x ↦ n·x − sum. Exact.
///
/// # Errors
/// [`AlgebraError::Shape`], or [`AlgebraError::Overflow`] where a step leaves 64 bits.
pub fn apply_xi(table: &[i64], sizes: &[usize]) -> Result<Vec<i64>, AlgebraError> {
    check_shape(table.len(), sizes)?;
    let mut result = table.to_vec();
    let mut sums = Vec::new();
    for (axis, &size) in sizes.iter().enumerate() {
        let inner: usize = sizes[axis + 1..].iter().product();
        let times = i128::try_from(size).map_err(|_| AlgebraError::Overflow)?;
        for slab in result.chunks_exact_mut(size * inner) {
            sums.clear();
            sums.resize(inner, 0_i128);
            for row in slab.chunks_exact(inner) {
                for (sum, &x) in sums.iter_mut().zip(row) {
                    *sum += i128::from(x);
                }
            }
            for row in slab.chunks_exact_mut(inner) {
                for (&sum, x) in sums.iter().zip(row) {
                    // In 128 bits nothing wraps: |x| < 2^63, and both size and the number of
                    // summands are below 2^63 too.
                    *x = i64::try_from(i128::from(*x) * times - sum)
                        .map_err(|_| AlgebraError::Overflow)?;
                }
            }
        }
    }
    Ok(result)
}

/// The marginal of a table over the axes `keep` (ascending indices into `sizes`): the sum over
/// all other axes. Exact.
///
/// # Errors
/// [`AlgebraError::Shape`], [`AlgebraError::Axes`], or [`AlgebraError::Overflow`].
pub fn marginalise(
    table: &[i64],
    sizes: &[usize],
    keep: &[usize],
) -> Result<Vec<i64>, AlgebraError> {
    check_shape(table.len(), sizes)?;
    let ascending = keep.is_sorted_by(|a, b| a < b);
    if !ascending || keep.last().is_some_and(|&axis| axis >= sizes.len()) {
        return Err(AlgebraError::Axes);
    }
    let mut result = table.to_vec();
    // From the last axis to the first: `inner` is the number of cells of the kept axes behind this one.
    let mut inner = 1;
    for (axis, &size) in sizes.iter().enumerate().rev() {
        if keep.binary_search(&axis).is_ok() {
            inner *= size;
        } else {
            result = sum_axis(&result, size, inner)?;
        }
    }
    Ok(result)
}

/// Sums a table over an axis of `size` categories, which has `inner` cells behind it.
fn sum_axis(table: &[i64], size: usize, inner: usize) -> Result<Vec<i64>, AlgebraError> {
    let mut result = Vec::with_capacity(table.len() / size);
    for slab in table.chunks_exact(size * inner) {
        let start = result.len();
        result.extend_from_slice(&slab[..inner]);
        for row in slab[inner..].chunks_exact(inner) {
            for (sum, &x) in result[start..].iter_mut().zip(row) {
                *sum = i64::checked_add(*sum, x).ok_or(AlgebraError::Overflow)?;
            }
        }
    }
    Ok(result)
}

/// P = ⊗ (I − 11ᵀ/n_i) applied to a table in place: along every axis x ↦ x − mean.
///
/// # Errors
/// [`AlgebraError::Shape`].
pub fn project(table: &mut [f64], sizes: &[usize]) -> Result<(), AlgebraError> {
    check_shape(table.len(), sizes)?;
    let mut means = Vec::new();
    for (axis, &size) in sizes.iter().enumerate() {
        let inner: usize = sizes[axis + 1..].iter().product();
        #[expect(
            clippy::cast_precision_loss,
            reason = "category counts are far below 2^53"
        )]
        let share = 1.0 / size as f64;
        for slab in table.chunks_exact_mut(size * inner) {
            means.clear();
            means.resize(inner, 0.0);
            for row in slab.chunks_exact(inner) {
                for (mean, &x) in means.iter_mut().zip(row) {
                    *mean += share * x;
                }
            }
            for row in slab.chunks_exact_mut(inner) {
                for (&mean, x) in means.iter().zip(row) {
                    *x -= mean;
                }
            }
        }
    }
    Ok(())
}

/// Checks a table's length against its axes. Refuses axes without categories, so that no chunk is
/// empty.
fn check_shape(found: usize, sizes: &[usize]) -> Result<(), AlgebraError> {
    let expected = sizes
        .iter()
        .fold(1, |product: usize, &size| product.saturating_mul(size));
    if expected == found && expected > 0 {
        Ok(())
    } else {
        Err(AlgebraError::Shape { expected, found })
    }
}

#[cfg(test)]
mod tests;
