//! Jointly estimated counts, and the shares, ratios and differences computed from them.
//!
//! The counts of one release are jointly normal with an exactly known covariance (design §3.3). What is not
//! linear in them is estimated by the posterior of the true counts, under a flat prior on all counts that are
//! not negative: the normal distribution truncated at 0 (design §3.8). Three methods give its intervals:
//!
//! - Every count is clear of 0: the truncation changes nothing, and the ratio of two has Fieller's interval
//!   in closed form (Fieller, JRSS B 16, 1954).
//! - A quotient of two counts otherwise: the posterior is integrated over the direction of the two.
//! - A function of more counts: sequential conditioning (Genz, J. Comp. Graph. Stat. 1, 1992) on a fixed,
//!   evenly spread sequence of points, so that the same release always gives the same interval.

mod orthant;
mod quotient;
mod tables;

use quotient::Quotient;
use vwis_model::agreement::Measure;

use super::{
    Estimate, Figure, Unit,
    thresholds::{CLEAR_OF_ZERO_SDS, Z_95},
};

/// Estimates of several counts with their covariance. No true count is negative.
#[derive(Clone, Debug)]
pub struct Parts {
    values: Vec<f64>,
    /// Symmetric; entry (i, j) stands at `i * len + j`.
    covariance: Vec<f64>,
}

// === impl Parts ===

impl Parts {
    /// Counts with their covariance. `covariance(i, j)` is asked once for each pair with i ≤ j.
    #[must_use]
    pub fn new(values: Vec<f64>, mut covariance: impl FnMut(usize, usize) -> f64) -> Self {
        let n = values.len();
        let mut matrix = vec![0.0; n * n];
        for i in 0..n {
            for j in i..n {
                let c = covariance(i, j);
                matrix[i * n + j] = c;
                matrix[j * n + i] = c;
            }
        }
        Self {
            values,
            covariance: matrix,
        }
    }

    /// The number of counts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no counts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The unbiased value of count `i`.
    #[must_use]
    pub fn value(&self, i: usize) -> f64 {
        self.values[i]
    }

    /// The covariance of counts `i` and `j`.
    #[must_use]
    pub fn covariance(&self, i: usize, j: usize) -> f64 {
        self.covariance[i * self.len() + j]
    }

    /// The standard deviation of count `i`.
    #[must_use]
    pub fn sd(&self, i: usize) -> f64 {
        self.covariance(i, i).max(0.0).sqrt()
    }

    /// Count `i` as an estimate.
    #[must_use]
    pub fn estimate(&self, measure: Measure, i: usize) -> Estimate {
        Estimate::new(measure, self.value(i), self.covariance(i, i).max(0.0))
    }

    /// New counts that are weighted sums of these; each row holds the weights of one new count.
    #[must_use]
    pub fn combined(&self, rows: &[&[f64]]) -> Self {
        let dot = |row: &[f64]| row.iter().zip(&self.values).map(|(w, v)| w * v).sum();
        let values = rows.iter().map(|row| dot(row)).collect();
        Self::new(values, |i, j| {
            let mut sum = 0.0;
            for (a, wa) in rows[i].iter().enumerate().filter(|(_, w)| **w != 0.0) {
                for (b, wb) in rows[j].iter().enumerate().filter(|(_, w)| **w != 0.0) {
                    sum += wa * wb * self.covariance(a, b);
                }
            }
            sum
        })
    }

    /// The sums of the same counts from two independent releases: values and covariances add.
    ///
    /// # Panics
    /// If the two do not have equally many counts.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        assert_eq!(self.len(), other.len(), "the same counts are added");
        let add = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x + y).collect();
        Self {
            values: add(&self.values, &other.values),
            covariance: add(&self.covariance, &other.covariance),
        }
    }

    /// These counts followed by those of an independent release, with no covariance between the two.
    #[must_use]
    pub fn beside(&self, other: &Self) -> Self {
        let n = self.len();
        let values = [self.values.clone(), other.values.clone()].concat();
        Self::new(values, |i, j| match (i < n, j < n) {
            (true, true) => self.covariance(i, j),
            (false, false) => other.covariance(i - n, j - n),
            _ => 0.0,
        })
    }

    /// For each pair (part, whole that holds it): the part, then the rest of the whole.
    #[must_use]
    pub fn split(&self, pairs: &[(usize, usize)]) -> Self {
        let mut rows = Vec::with_capacity(2 * pairs.len());
        for &(inside, whole) in pairs {
            let mut part = vec![0.0; self.len()];
            part[inside] = 1.0;
            let mut rest = vec![0.0; self.len()];
            rest[whole] = 1.0;
            rest[inside] -= 1.0;
            rows.extend([part, rest]);
        }
        let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        self.combined(&rows)
    }

    /// The share that the part `inside` has of `whole`, which holds it.
    #[must_use]
    pub fn part_of(&self, inside: usize, whole: usize) -> Figure {
        self.split(&[(inside, whole)]).share(0, 1)
    }

    /// All counts, each multiplied by `factor`.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let values = self.values.iter().map(|value| factor * value).collect();
        Self::new(values, |i, j| factor * factor * self.covariance(i, j))
    }

    /// A yearly flow (joiners, leavers) divided by the stock that it flows into or out of.
    #[must_use]
    pub fn rate(&self, flow: usize, stock: usize) -> Figure {
        self.ratio(&[flow], &[stock]).in_unit(Unit::Rate)
    }

    /// The share that `inside` has of `inside` and `outside` together.
    #[must_use]
    pub fn share(&self, inside: usize, outside: usize) -> Figure {
        let (a, b) = (self.value(inside).max(0.0), self.value(outside).max(0.0));
        let value = (a + b > 0.0).then(|| a / (a + b));
        let is_at_end = self.value(inside) < 0.0 || self.value(outside) < 0.0;
        let (low, high) = self.quotient(inside, outside);
        // A quotient r of inside and outside is a share of r/(1+r).
        let upper = if high.is_finite() {
            high / (1.0 + high)
        } else {
            1.0
        };
        let lower = if low.is_finite() {
            low / (1.0 + low)
        } else {
            1.0
        };
        Figure::level(Unit::Share, value, lower, upper).at_end(is_at_end)
    }

    /// The product of the parts `over`, divided by the product of the parts `under`. It has no value if one
    /// of `under` is not above 0.
    #[must_use]
    pub fn ratio(&self, over: &[usize], under: &[usize]) -> Figure {
        let product = |parts: &[usize]| {
            parts
                .iter()
                .map(|&i| self.value(i).max(0.0))
                .product::<f64>()
        };
        let value = (product(under) > 0.0).then(|| product(over) / product(under));
        let touched = |parts: &[usize]| parts.iter().any(|&i| self.touches_zero(i));
        let (lower, upper) = if let (&[a], &[b]) = (over, under) {
            self.quotient(a, b)
        } else {
            let all = [over, under].concat();
            let (lower, upper) = self.posterior(&all, |x| {
                let (over, under) = x.split_at(over.len());
                over.iter().product::<f64>() / under.iter().product::<f64>()
            });
            (
                if touched(over) { 0.0 } else { lower },
                if touched(under) { f64::INFINITY } else { upper },
            )
        };
        Figure::level(Unit::Ratio, value, lower, upper)
    }

    /// The second share minus the first; each is a pair (inside, outside).
    ///
    /// Where all parts are clear of 0, the interval follows in closed form from the intervals of the two
    /// shares and their correlation. Otherwise it is the posterior's, and at least as wide as recovery of
    /// variance estimates makes it from the two shares' own intervals (Zou and Donner, Statistics in Medicine
    /// 27, 2008). Where a part touches 0, its whole error may lie on one side: on that side the two errors
    /// are added, not their squares.
    #[must_use]
    pub fn difference_of_shares(&self, first: (usize, usize), second: (usize, usize)) -> Figure {
        let all = [first.0, first.1, second.0, second.1];
        if self.is_clear(&all) {
            return self.difference_recovered(first, second);
        }
        let (mut lower, mut upper) =
            self.posterior(&all, |x| x[2] / (x[2] + x[3]) - x[0] / (x[0] + x[1]));
        let (a, b) = (self.share(first.0, first.1), self.share(second.0, second.1));
        let (Some(p), Some(q)) = (a.value(), b.value()) else {
            return Figure::difference(Unit::Share, None, -1.0, 1.0);
        };
        let difference = q - p;
        let ((al, au), (bl, bu)) = (a.interval(), b.interval());
        let touched = |i: usize, j: usize| self.touches_zero(i) || self.touches_zero(j);
        // Where the first share may truly be 0, or the second 1, the difference may be as large as possible.
        upper = upper.max(if touched(first.0, second.1) {
            bu - al
        } else {
            difference + (bu - q).hypot(p - al)
        });
        lower = lower.min(if touched(first.1, second.0) {
            bl - au
        } else {
            difference - (q - bl).hypot(au - p)
        });
        Figure::difference(
            Unit::Share,
            difference,
            lower.min(difference),
            upper.max(difference),
        )
    }

    /// The difference of two shares whose parts are all clear of 0, by recovery of variance estimates from
    /// their own intervals and their correlation (Zou and Donner 2008, section 3; the delta method gives the
    /// correlation).
    fn difference_recovered(&self, first: (usize, usize), second: (usize, usize)) -> Figure {
        let own = |(inside, outside)| {
            let (low, high) = self.fieller(inside, outside);
            let (a, b) = (self.value(inside), self.value(outside));
            (a / (a + b), low / (1.0 + low), high / (1.0 + high))
        };
        let gradient = |(inside, outside): (usize, usize)| {
            let (a, b) = (self.value(inside), self.value(outside));
            [(inside, b), (outside, -a)].map(|(i, slope)| (i, slope / ((a + b) * (a + b))))
        };
        let covariance = |one: (usize, usize), other: (usize, usize)| -> f64 {
            let pairs = gradient(one)
                .into_iter()
                .flat_map(|u| gradient(other).map(|v| (u, v)));
            pairs
                .map(|((i, x), (j, y))| x * y * self.covariance(i, j))
                .sum()
        };
        let spread = (covariance(first, first) * covariance(second, second)).sqrt();
        let correlation = if spread > 0.0 {
            (covariance(first, second) / spread).clamp(-1.0, 1.0)
        } else {
            0.0
        };
        let together = |x: f64, y: f64| (x * x + y * y - 2.0 * correlation * x * y).max(0.0).sqrt();
        let ((p, p_low, p_high), (q, q_low, q_high)) = (own(first), own(second));
        Figure::difference(
            Unit::Share,
            q - p,
            q - p - together(q - q_low, p_high - p),
            q - p + together(q_high - q, p - p_low),
        )
    }

    /// Whether all these parts are so far above 0 that truncation at 0 changes nothing.
    fn is_clear(&self, parts: &[usize]) -> bool {
        parts
            .iter()
            .all(|&i| self.value(i) > CLEAR_OF_ZERO_SDS * self.sd(i))
    }

    fn touches_zero(&self, i: usize) -> bool {
        self.value(i) - Z_95 * self.sd(i) <= 0.0
    }

    /// The interval of a/b. It begins at 0 where the true a may be 0, and has no upper end where b may be 0.
    fn quotient(&self, a: usize, b: usize) -> (f64, f64) {
        if self.is_clear(&[a, b]) {
            return self.fieller(a, b);
        }
        match (self.touches_zero(a), self.touches_zero(b)) {
            (true, true) => (0.0, f64::INFINITY),
            (true, false) => (0.0, Quotient::of(self, a, b).high()),
            (false, true) => (Quotient::of(self, a, b).low(), f64::INFINITY),
            (false, false) => {
                let quotient = Quotient::of(self, a, b);
                (quotient.low(), quotient.high())
            }
        }
    }

    /// Fieller's interval of a/b, for two counts that are clear of 0.
    fn fieller(&self, a: usize, b: usize) -> (f64, f64) {
        let z2 = Z_95 * Z_95;
        let (x, y) = (self.value(a), self.value(b));
        let (xx, xy, yy) = (
            self.covariance(a, a),
            self.covariance(a, b),
            self.covariance(b, b),
        );
        let squared = y * y - z2 * yy;
        let crossed = x * y - z2 * xy;
        // The discriminant, multiplied out so that nothing cancels where there is no noise.
        let spread = y * y * xx - 2.0 * x * y * xy + x * x * yy - z2 * (xx * yy - xy * xy);
        let root = (z2 * spread.max(0.0)).sqrt();
        ((crossed - root) / squared, (crossed + root) / squared)
    }

    /// The 95% interval of a function of these parts under the truncated posterior.
    fn posterior(&self, parts: &[usize], f: impl Fn(&[f64]) -> f64) -> (f64, f64) {
        orthant::credible_interval(&self.chosen(parts), f)
    }

    fn chosen(&self, parts: &[usize]) -> Self {
        let values = parts.iter().map(|&i| self.value(i)).collect();
        Self::new(values, |i, j| self.covariance(parts[i], parts[j]))
    }
}

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod integrals;
#[cfg(test)]
mod tests;
