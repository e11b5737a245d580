//! A series over time: a band, a line, and a dot for each release.

use super::{
    Key,
    drawing::Upwards,
    marks::{Mark, Marks, Num, Outline},
    scale::Extent,
};
use crate::estimate::Figure;

/// Where the first and the last release stand, in percent of the width.
const FIRST_X: f64 = 14.0;
const LAST_X: f64 = 94.0;
/// Half the width of the box of a figure that is too noisy, in percent.
const BOX_HALF: f64 = 1.5;
/// An interval that is less high than this, in pixels, has no whisker beside its band.
const LEAST_WHISKER: f64 = 12.0;

/// One release of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The label under the axis: `Sep 2026`.
    pub label: String,
    /// The time, in any unit that is even, such as years.
    pub at: f64,
    /// The figure; `None` where there was no release, which breaks the line.
    pub figure: Option<Figure>,
    /// Whether this release has fewer employers than the others.
    pub has_fewer: bool,
}

/// Points on a horizontal axis of time and a vertical axis of values.
pub(super) struct Series<'a> {
    pub(super) points: &'a [Point],
    pub(super) up: Upwards,
    /// Whether each release has a dot, or only the last.
    pub(super) every_dot: bool,
}

/// The extent of the values of these points.
pub(super) fn extent<'a>(points: impl IntoIterator<Item = &'a Point>) -> Extent {
    let mut extent = Extent::default();
    for figure in points.into_iter().filter_map(|point| point.figure.as_ref()) {
        extent.hold(figure);
    }
    extent
}

/// The key of these series.
pub(super) fn key<'a>(points: impl IntoIterator<Item = &'a Point>) -> Vec<Key> {
    let points: Vec<_> = points.into_iter().collect();
    let any = |test: fn(&Point) -> bool| points.iter().any(|point| test(point));
    let is_noisy = |point: &Point| point.figure.is_some_and(|figure| !figure.is_shown());
    let mut key = vec![Key::Band];
    if any(|point| point.has_fewer && point.figure.is_some()) {
        key.push(Key::Fewer);
    }
    if any(is_noisy) {
        key.push(Key::Noisy);
    }
    key
}

/// A point that a line passes through: place, value and interval.
type Stop = (f64, f64, (f64, f64));

// === impl Series ===

impl Series<'_> {
    /// Where a point stands, in percent of the width.
    pub(super) fn x(&self, point: &Point) -> f64 {
        let ends = self.points.first().zip(self.points.last());
        let (first, last) = ends.map_or((0.0, 0.0), |(first, last)| (first.at, last.at));
        if last > first {
            FIRST_X + (LAST_X - FIRST_X) * ((point.at - first) / (last - first)).clamp(0.0, 1.0)
        } else {
            f64::midpoint(FIRST_X, LAST_X)
        }
    }

    /// The unbroken runs of points that may be shown.
    fn runs(&self) -> Vec<Vec<Stop>> {
        let mut runs = vec![Vec::new()];
        for point in self.points {
            let shown = point.figure.filter(Figure::is_shown);
            match shown.and_then(|figure| figure.value().zip(Some(figure.interval()))) {
                Some((value, interval)) => {
                    let run = runs.last_mut().expect("there is a run from the start");
                    run.push((self.x(point), value, interval));
                }
                None => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    pub(super) fn draw(&self, marks: &mut Marks, height: f64) {
        for run in self.runs() {
            if let [(x, _, interval)] = run[..] {
                self.up.whisker(marks, x, interval);
                continue;
            }
            let y = |value| self.up.y(value);
            let upper = run.iter().map(|(x, _, (_, high))| (*x, y(*high)));
            let lower = run.iter().rev().map(|(x, _, (low, _))| (*x, y(*low)));
            for (class, points, is_closed) in [
                ("g-band", upper.chain(lower).collect(), true),
                (
                    "g-line",
                    run.iter().map(|(x, value, _)| (*x, y(*value))).collect(),
                    false,
                ),
            ] {
                marks.push(Mark::Path {
                    class,
                    outline: Outline { points, is_closed },
                    height: Num(height),
                });
            }
        }
        let last_shown = self
            .points
            .iter()
            .rposition(|point| point.figure.is_some_and(|figure| figure.is_shown()));
        for (index, point) in self.points.iter().enumerate() {
            let Some(figure) = point.figure else { continue };
            let is_last = Some(index) == last_shown;
            self.draw_point(marks, point, &figure, is_last);
        }
    }

    fn draw_point(&self, marks: &mut Marks, point: &Point, figure: &Figure, is_last: bool) {
        let x = self.x(point);
        let (low, high) = figure.interval();
        let (y_low, y_high) = (self.up.y(low), self.up.y(high));
        let Some(value) = figure.point() else {
            marks.push(Mark::Rect {
                class: "g-noisy",
                x: Num(x - BOX_HALF),
                y: Num(y_high),
                width: Num(2.0 * BOX_HALF),
                height: Num((y_low - y_high).max(2.0)),
            });
            return;
        };
        if is_last && y_low - y_high >= LEAST_WHISKER {
            self.up.whisker(marks, x, (low, high));
        }
        if self.every_dot || is_last || point.has_fewer {
            let (class, r) = if point.has_fewer {
                ("g-hollow", 4.5)
            } else {
                ("g-dot", 5.5)
            };
            marks.push(Mark::Dot {
                class,
                x: Num(x),
                y: Num(self.up.y(value)),
                r: Num(r),
            });
        }
    }
}
