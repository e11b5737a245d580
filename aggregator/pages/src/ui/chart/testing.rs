//! What the tests of several charts share.

use proptest::prelude::*;
use vwis_model::agreement::Measure;

use super::marks::{Mark, Marks};
use crate::estimate::{Estimate, Figure, Unit, thresholds::Z_95};

/// Counts of all sizes and with all doubts, also negative ones and too noisy ones.
pub(super) fn counts() -> impl Strategy<Value = Figure> {
    (-100.0..30_000.0_f64, 0.0..400.0_f64).prop_map(|(value, half)| people(value, half))
}

/// Shares with any interval.
pub(super) fn shares() -> impl Strategy<Value = Figure> {
    (0.0..=1.0_f64, 0.0..0.4_f64).prop_map(|(value, half)| {
        Figure::level(Unit::Share, Some(value), value - half, value + half)
    })
}

pub(super) fn people(value: f64, half: f64) -> Figure {
    let sd = half / Z_95;
    Estimate::new(Measure::Headcount, value, sd * sd).into()
}

pub(super) fn share(value: f64, half: f64) -> Figure {
    Figure::level(Unit::Share, Some(value), value - half, value + half)
}

/// The corners of every mark: x in percent, y in pixels.
pub(super) fn places(marks: &Marks) -> Vec<(f64, f64)> {
    let mut places = Vec::new();
    for mark in &marks.marks {
        match mark {
            Mark::Line { x1, x2, y1, y2, .. } => places.extend([(x1.0, y1.0), (x2.0, y2.0)]),
            Mark::Upright { x, .. } => places.push((x.0, 0.0)),
            Mark::Rect {
                x,
                y,
                width,
                height,
                ..
            } => {
                assert!(width.0 >= 0.0 && height.0 >= 0.0, "{mark:?}");
                places.extend([(x.0, y.0), (x.0 + width.0, y.0 + height.0)]);
            }
            Mark::Dot { x, y, .. } | Mark::Stroke { x, y, .. } | Mark::Text { x, y, .. } => {
                places.push((x.0, y.0));
            }
            Mark::Path { outline, .. } => places.extend(&outline.points),
        }
    }
    places
}

/// Whether all marks stand within a plot from `top` to `bottom`.
pub(super) fn are_within(marks: &Marks, (top, bottom): (f64, f64)) -> bool {
    let slack = 1e-6;
    places(marks)
        .into_iter()
        .all(|(x, y)| x >= -slack && x <= 100.0 + slack && y >= top - slack && y <= bottom + slack)
}

/// The marks of this class.
pub(super) fn of_class<'a>(marks: &'a Marks, wanted: &str) -> Vec<&'a Mark> {
    let class_of = |mark: &Mark| match mark {
        Mark::Line { class, .. }
        | Mark::Upright { class, .. }
        | Mark::Rect { class, .. }
        | Mark::Dot { class, .. }
        | Mark::Stroke { class, .. }
        | Mark::Text { class, .. }
        | Mark::Path { class, .. } => *class,
    };
    let marks = marks.marks.iter();
    marks.filter(|mark| class_of(mark) == wanted).collect()
}

/// The least and the greatest x of some marks.
pub(super) fn x_span(marks: &[&Mark]) -> Option<(f64, f64)> {
    let marks = Marks {
        marks: marks.iter().map(|mark| (*mark).clone()).collect(),
    };
    let xs = places(&marks).into_iter().map(|(x, _)| (x, x));
    xs.reduce(|(low, high), (x, _)| (low.min(x), high.max(x)))
}
