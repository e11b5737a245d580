use proptest::prelude::*;

use super::*;

/// The entry of ⊗ f(i = j, n) at (row, column), by the categories of both.
fn kronecker(sizes: &[usize], row: usize, column: usize, f: impl Fn(bool, usize) -> f64) -> f64 {
    let (mut row, mut column) = (row, column);
    sizes.iter().rev().fold(1.0, |product, &n| {
        let factor = f(row % n == column % n, n);
        row /= n;
        column /= n;
        product * factor
    })
}

fn tables() -> impl Strategy<Value = (Vec<usize>, Vec<i64>)> {
    prop::collection::vec(2_usize..=4, 0..=4).prop_flat_map(|sizes| {
        let cells = sizes.iter().product::<usize>();
        (Just(sizes), prop::collection::vec(-1000_i64..1000, cells))
    })
}

proptest! {
    #[test]
    fn xi_is_the_kronecker_product((sizes, table) in tables()) {
        let found = apply_xi(&table, &sizes).unwrap();
        for (row, &found) in found.iter().enumerate() {
            let dense: f64 = (table.iter().enumerate())
                .map(|(column, &x)| {
                    let xi = |same, n| if same { n as f64 - 1.0 } else { -1.0 };
                    kronecker(&sizes, row, column, xi) * x as f64
                })
                .sum();
            prop_assert_eq!(found, dense as i64);
        }
    }

    #[test]
    fn projecting_is_xi_over_the_number_of_cells((sizes, table) in tables()) {
        let mut projected: Vec<_> = table.iter().map(|&x| x as f64).collect();
        project(&mut projected, &sizes).unwrap();
        let xi = apply_xi(&table, &sizes).unwrap();
        for (p, xi) in projected.into_iter().zip(xi) {
            prop_assert!((p - xi as f64 / table.len() as f64).abs() < 1e-9);
        }
    }

    #[test]
    fn margins_are_sums_over_the_other_axes((sizes, table) in tables(), mask in any::<u32>()) {
        let keep: Vec<_> = (0..sizes.len()).filter(|axis| mask >> axis & 1 == 1).collect();
        let kept = |index: usize| {
            let mut rest = index;
            let mut categories = vec![0; sizes.len()];
            for axis in (0..sizes.len()).rev() {
                categories[axis] = rest % sizes[axis];
                rest /= sizes[axis];
            }
            keep.iter().fold(0, |index, &axis| index * sizes[axis] + categories[axis])
        };
        let mut expected = vec![0; keep.iter().map(|&axis| sizes[axis]).product()];
        for (index, x) in table.iter().enumerate() {
            expected[kept(index)] += x;
        }
        prop_assert_eq!(marginalise(&table, &sizes, &keep).unwrap(), expected);
    }
}

#[test]
fn integers_beyond_64_bits_are_refused() {
    assert_eq!(
        apply_xi(&[i64::MAX, 0], &[2]).unwrap(),
        [i64::MAX, -i64::MAX]
    );
    assert_eq!(apply_xi(&[i64::MAX, -1], &[2]), Err(AlgebraError::Overflow));
    assert_eq!(
        marginalise(&[i64::MAX, 1], &[2], &[]),
        Err(AlgebraError::Overflow)
    );
}

#[test]
fn tables_of_another_shape_are_refused() {
    let shape = |expected, found| AlgebraError::Shape { expected, found };
    assert_eq!(apply_xi(&[1, 2, 3], &[2]), Err(shape(2, 3)));
    assert_eq!(apply_xi(&[], &[0]), Err(shape(0, 0)));
    assert_eq!(apply_xi(&[], &[]), Err(shape(1, 0)));
    assert_eq!(marginalise(&[1], &[2, 2], &[]), Err(shape(4, 1)));
    assert_eq!(
        project(&mut [1.0], &[usize::MAX, 2]),
        Err(shape(usize::MAX, 1))
    );
}

#[test]
fn axes_must_be_ascending_axes_of_the_table() {
    for keep in [&[2][..], &[1, 0], &[0, 0]] {
        assert_eq!(marginalise(&[1; 4], &[2, 2], keep), Err(AlgebraError::Axes));
    }
}
