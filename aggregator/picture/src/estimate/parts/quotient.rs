//! Quantiles of the quotient of two counts that are jointly normal and truncated at 0.
//!
//! A quotient is a direction seen from the point where both counts are 0. In coordinates in which the normal
//! distribution is round, the density of directions has a closed form (the projected normal distribution:
//! Mardia and Jupp, Directional Statistics, 2000, chapter 3). It falls to both sides of the direction of the
//! estimates. Gauss-Legendre integrates it on panels that start where it is largest and double in width.

use std::f64::consts::{FRAC_PI_2, PI, SQRT_2, TAU};

use statrs::{
    distribution::{ContinuousCDF as _, Normal},
    function::erf::erfc,
};

use super::{Parts, orthant, tables};

/// Nodes above 0 and weights of the Gauss-Legendre rule of ten points on [-1, 1] (Abramowitz and
/// Stegun, Handbook of Mathematical Functions, 1964, table 25.4).
const NODES: [(f64, f64); 5] = [
    (0.148_874_338_981_631, 0.295_524_224_714_753),
    (0.433_395_394_129_247, 0.269_266_719_309_996),
    (0.679_409_568_299_024, 0.219_086_362_515_982),
    (0.865_063_366_688_985, 0.149_451_349_150_581),
    (0.973_906_528_517_172, 0.066_671_344_308_688),
];
/// The last panel is the one with less than this part of the mass so far: the panels behind it hold less
/// still.
const NEGLIGIBLE: f64 = 1e-12;
/// The widest first panel, in radians: the density is smooth on that scale.
const WIDEST: f64 = 0.5;

/// The posterior distribution of the quotient of two counts, by the case that their noise makes.
pub(super) enum Quotient {
    /// Both counts have noise of their own: integrate over directions.
    Directions(Directions),
    /// At most one count has noise: the quantile of the quotient follows from that of the count.
    Line(Line),
    /// One count follows from the other: the 2.5% and 97.5% quantiles, by the points of [`orthant`].
    Points((f64, f64)),
}

/// The directions of the two counts, as angles from the direction of the estimates, in coordinates in which
/// the normal distribution is round. The quotient falls as the angle grows.
pub(super) struct Directions {
    /// The lower triangular Cholesky root of the covariance: (0, 0), (1, 0) and (1, 1).
    root: [f64; 3],
    /// The angle of the direction of the estimates.
    towards: f64,
    /// How far the estimates are from the point where both counts are 0, in sds.
    distance: f64,
    /// Sine and cosine of the angle at which the density is largest; (1, 0) where that is beyond a right
    /// angle.
    nearest: (f64, f64),
    /// The density at a right angle, up to the same factor as [`Directions::density`].
    floor: f64,
    /// In ascending order. The gaps between them hold no mass worth counting.
    panels: Vec<Panel>,
}

/// Two counts, as (value, sd), of which at most one has noise.
pub(super) struct Line {
    over: (f64, f64),
    under: (f64, f64),
}

#[derive(Clone, Copy)]
struct Panel {
    from: f64,
    to: f64,
    mass: f64,
}

/// The integral of `f` from `from` to `to`, by the Gauss-Legendre rule.
fn integral(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (middle, half) = (f64::midpoint(from, to), (to - from) / 2.0);
    let pair =
        |(node, weight): (f64, f64)| weight * (f(middle - half * node) + f(middle + half * node));
    half * NODES.into_iter().map(pair).sum::<f64>()
}

/// 1 − x·Φ(−x)/φ(x), for x of 0 or more.
fn beyond(x: f64) -> f64 {
    // Above 20 the series is as exact as the difference below, and it does not overflow.
    if x > 20.0 {
        let inverse = (x * x).recip();
        return inverse * (1.0 - inverse * (3.0 - inverse * (15.0 - inverse * 105.0)));
    }
    1.0 - x * FRAC_PI_2.sqrt() * (x * x / 2.0).exp() * erfc(x / SQRT_2)
}

// === impl Quotient ===

impl Quotient {
    /// The quotient of count `over` and count `under`.
    pub(super) fn of(parts: &Parts, over: usize, under: usize) -> Self {
        let (xx, xy, yy) = (
            parts.covariance(over, over),
            parts.covariance(over, under),
            parts.covariance(under, under),
        );
        let (x, y) = (parts.value(over), parts.value(under));
        if xx <= 0.0 || yy <= 0.0 {
            return Self::Line(Line {
                over: (x, parts.sd(over)),
                under: (y, parts.sd(under)),
            });
        }
        let rest = yy - xy * xy / xx;
        if rest <= orthant::NEGLIGIBLE * yy {
            let both = parts.chosen(&[over, under]);
            return Self::Points(orthant::credible_interval(&both, |x| x[0] / x[1]));
        }
        let sd = xx.sqrt();
        Self::Directions(Directions::new([sd, xy / sd, rest.sqrt()], (x, y)))
    }

    /// The 2.5% quantile.
    pub(super) fn low(&self) -> f64 {
        match self {
            Self::Directions(directions) => directions.quantile(0.025),
            Self::Line(line) => line.quantile(0.025),
            Self::Points((low, _)) => *low,
        }
    }

    /// The 97.5% quantile.
    pub(super) fn high(&self) -> f64 {
        match self {
            Self::Directions(directions) => directions.quantile(0.975),
            Self::Line(line) => line.quantile(0.975),
            Self::Points((_, high)) => *high,
        }
    }
}

// === impl Line ===

impl Line {
    fn quantile(&self, share: f64) -> f64 {
        let at = |(value, sd): (f64, f64), share: f64| {
            if sd <= 0.0 {
                return value.max(0.0);
            }
            let normal = Normal::standard();
            let above = normal.cdf((value / sd).max(tables::LOWEST));
            let tail = (above * (1.0 - share)).max(f64::MIN_POSITIVE);
            (value - sd * normal.inverse_cdf(tail)).max(0.0)
        };
        at(self.over, share) / at(self.under, 1.0 - share)
    }
}

// === impl Directions ===

impl Directions {
    fn new(root: [f64; 3], (x, y): (f64, f64)) -> Self {
        let first = x / root[0];
        let second = (y - root[1] * first) / root[2];
        // From where `under` is 0 to where `over` is 0: half a turn at most.
        let (from, to) = ((-root[1] / root[2]).atan(), FRAC_PI_2);
        let middle = f64::midpoint(from, to);
        let mut towards = second.atan2(first);
        if towards <= middle - PI {
            towards += TAU;
        } else if towards > middle + PI {
            towards -= TAU;
        }
        let (from, to) = (from - towards, to - towards);
        let nearest = if from <= 0.0 && to >= 0.0 {
            0.0
        } else if from.cos() > to.cos() {
            from
        } else {
            to
        };
        let distance = first.hypot(second);
        let (sine, cosine) = nearest.sin_cos();
        let nearest = if cosine > 0.0 {
            (sine, cosine)
        } else {
            (1.0, 0.0)
        };
        let mut directions = Self {
            root,
            towards,
            distance,
            nearest,
            floor: (-(distance * nearest.1).powi(2) / 2.0).exp(),
            panels: Vec::with_capacity(16),
        };
        directions.fill(from, to);
        directions
    }

    /// Fills the panels over all directions. The density falls from angle 0 to half a turn away.
    fn fill(&mut self, from: f64, to: f64) {
        let turns = [-PI, 0.0, PI].into_iter();
        let mut ends = vec![from];
        ends.extend(turns.filter(|&turn| from < turn && turn < to));
        ends.push(to);
        for ends in ends.windows(2) {
            let (from, to) = (ends[0], ends[1]);
            let falls = from.cos() >= to.cos();
            let start = self.panels.len();
            self.march(if falls { (from, to) } else { (to, from) });
            if !falls {
                self.panels[start..].reverse();
            }
        }
    }

    /// Adds panels from the end where the density is largest to where it is negligible.
    fn march(&mut self, (start, end): (f64, f64)) {
        let slope = self.distance * start.sin().abs() * start.cos().max(0.0);
        let scale = (self.distance * (1.0 + slope)).recip();
        let mut width = scale.min(WIDEST);
        let (mut at, mut sum) = (start, 0.0);
        loop {
            let is_last = width >= (end - at).abs();
            let next = if is_last {
                end
            } else {
                at + width.copysign(end - at)
            };
            let (from, to) = (at.min(next), at.max(next));
            let mass = integral(from, to, |angle| self.density(angle));
            self.panels.push(Panel { from, to, mass });
            sum += mass;
            if is_last || mass <= NEGLIGIBLE * sum {
                break;
            }
            at = next;
            width *= 2.0;
        }
    }

    /// The density of the posterior in a direction, up to a factor.
    fn density(&self, angle: f64) -> f64 {
        let (sine, cosine) = angle.sin_cos();
        let ahead = self.distance * cosine;
        if ahead < 0.0 {
            return self.floor * beyond(-ahead);
        }
        // A difference of squared cosines, written with sines: near angle 0 nothing cancels.
        let fallen =
            (self.nearest.0 - sine) * (self.nearest.0 + sine) * self.distance.powi(2) / 2.0;
        let mass = erfc(-ahead / SQRT_2) / 2.0;
        self.floor + ahead * TAU.sqrt() * mass * fallen.exp()
    }

    /// The quotient below which this share of the posterior lies.
    fn quantile(&self, share: f64) -> f64 {
        let total: f64 = self.panels.iter().map(|panel| panel.mass).sum();
        let mut rest = (1.0 - share) * total;
        let mut last = 0.0;
        for panel in &self.panels {
            last = panel.to;
            if rest <= panel.mass {
                last = self.within(panel, rest);
                break;
            }
            rest -= panel.mass;
        }
        let (sine, cosine) = (last + self.towards).sin_cos();
        let over = self.root[0] * cosine;
        let under = self.root[1] * cosine + self.root[2] * sine;
        over.max(0.0) / under.max(0.0)
    }

    /// The angle at which the mass of a panel, added up from its lower end, reaches `wanted`. Takes Newton's
    /// steps, and bisects where a step would leave the bracket.
    fn within(&self, panel: &Panel, wanted: f64) -> f64 {
        /// The precision of the angle, as a part of the panel's width: far finer than any number is shown.
        const WITHIN: f64 = 1e-10;
        /// The most steps: bisection alone would be precise enough by then.
        const MOST: u32 = 40;
        let (mut low, mut high) = (panel.from, panel.to);
        let width = high - low;
        let mut at = low + width * (wanted / panel.mass).clamp(0.0, 1.0);
        for _ in 0..MOST {
            let excess = integral(panel.from, at, |angle| self.density(angle)) - wanted;
            if excess > 0.0 {
                high = at;
            } else {
                low = at;
            }
            let newton = at - excess / self.density(at);
            let next = if low <= newton && newton <= high {
                newton
            } else {
                f64::midpoint(low, high)
            };
            let moved = (next - at).abs();
            at = next;
            if moved <= WITHIN * width {
                break;
            }
        }
        at
    }
}
