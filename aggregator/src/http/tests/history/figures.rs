//! Figures as rows over measurements: decoding from base three, and the rank of many rows.

use std::collections::BTreeSet;

use super::system::EMPLOYERS;

/// Every count is a multiple of this, which tells counts from shares and scores.
pub(super) const UNIT: i64 = 101;

/// The column of a measurement, which is its place in base three: all employers first, then their
/// corrections.
pub(super) fn column(employer: usize, correction: u32) -> usize {
    employer + usize::try_from(correction).unwrap() * EMPLOYERS.len()
}

pub(super) const COLUMNS: usize = 2 * EMPLOYERS.len();

/// Factors that scale flows to a year: two quarters by two, and so on.
const YEARS: [f64; 4] = [1.0, 2.0, 4.0, 4.0 / 3.0];

/// The measurements in a figure, each with its sign; nothing where it is no sum or difference of them.
pub(super) fn decoded(value: f64) -> Option<[i64; COLUMNS]> {
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    let units = value / UNIT as f64;
    if (units - units.round()).abs() > 1e-4 || units.round().abs() < 1.0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 2^53")]
    let mut left = units.round() as i64;
    let mut row = [0; COLUMNS];
    for digit in &mut row {
        *digit = match left.rem_euclid(3) {
            2 => -1,
            other => other,
        };
        left = (left - *digit) / 3;
    }
    (left == 0).then_some(row)
}

/// The measurements in a figure that may be scaled to a year: as a sum under the first factor that makes it
/// one, else as a difference. Measurements that did not come in are in none.
pub(super) fn decoded_of_a_year(value: f64, came_in: &BTreeSet<usize>) -> Option<[i64; COLUMNS]> {
    let is_possible = |row: &[i64; COLUMNS]| {
        let mut digits = row.iter().enumerate();
        digits.all(|(column, digit)| *digit == 0 || came_in.contains(&column))
    };
    let mut all = YEARS
        .iter()
        .filter_map(|by| decoded(value / by))
        .filter(is_possible);
    let first = all.next()?;
    let is_sum = |row: &[i64; COLUMNS]| {
        row.iter().all(|digit| *digit >= 0) || row.iter().all(|digit| *digit <= 0)
    };
    if is_sum(&first) {
        return Some(first);
    }
    all.find(is_sum).or(Some(first))
}

/// The rank of a matrix, modulo a large prime.
pub(super) fn rank(rows: &BTreeSet<[i64; COLUMNS]>, without: &[usize]) -> usize {
    const PRIME: i64 = 1_000_000_007;
    let power = |mut base: i64, mut exponent: i64| {
        let mut result = 1;
        while exponent > 0 {
            if exponent % 2 == 1 {
                result = result * base % PRIME;
            }
            base = base * base % PRIME;
            exponent /= 2;
        }
        result
    };
    let mut rows: Vec<Vec<i64>> = rows
        .iter()
        .map(|row| {
            let kept = row
                .iter()
                .enumerate()
                .filter(|(at, _)| !without.contains(at));
            kept.map(|(_, digit)| digit.rem_euclid(PRIME)).collect()
        })
        .collect();
    let mut rank = 0;
    for column in 0..COLUMNS - without.len() {
        let Some(pivot) = (rank..rows.len()).find(|&row| rows[row][column] != 0) else {
            continue;
        };
        rows.swap(rank, pivot);
        let inverse = power(rows[rank][column], PRIME - 2);
        let pivot = rows[rank].clone();
        for row in &mut rows[rank + 1..] {
            let factor = row[column] * inverse % PRIME;
            for (value, own) in row.iter_mut().zip(&pivot) {
                *value = (*value - factor * own).rem_euclid(PRIME);
            }
        }
        rank += 1;
    }
    rank
}
