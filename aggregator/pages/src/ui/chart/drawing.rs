//! A drawn chart: one image with a title and a description.

use askama::Template;

use super::{
    marks::{Anchor, Mark, Marks, Num},
    scale::Scale,
};
use crate::{
    estimate::Figure,
    ui::{DisplayedFigure, markup::parts},
};

/// A drawn chart.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/drawing.html")]
pub(super) struct Drawing {
    /// The image's id, unique on the page.
    pub(super) id: String,
    /// What the image shows, in a few words.
    pub(super) name: String,
    /// The numbers in words, as the image's description.
    pub(super) about: String,
    pub(super) height: Num,
    pub(super) marks: Marks,
}

parts!(Drawing);

/// A vertical scale between two heights, the larger values above.
#[derive(Clone, Debug)]
pub(super) struct Upwards {
    pub(super) scale: Scale,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

// === impl Upwards ===

impl Upwards {
    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom - self.scale.at(value) * (self.bottom - self.top)
    }

    /// Adds a gridline for each tick, with its label at the left, above the line.
    pub(super) fn grid(&self, marks: &mut Marks, is_change: bool) {
        for tick in self.scale.ticks() {
            let y = self.y(tick);
            let words = if is_change {
                self.scale.signed(tick)
            } else {
                self.scale.text(tick)
            };
            let is_zero = words.chars().all(|c| !('1'..='9').contains(&c));
            let class = if is_zero { "g-zero" } else { "g-grid" };
            marks.push(Mark::line(class, (0.0, y), (100.0, y)));
            marks.push(Mark::text("t-soft", (0.0, y - 4.0), Anchor::Start, words));
        }
    }

    /// Adds a vertical whisker. An end that is clipped has no cap.
    pub(super) fn whisker(&self, marks: &mut Marks, x: f64, interval: (f64, f64)) {
        let (low, high) = interval;
        let (y_low, y_high) = (self.y(low), self.y(high));
        marks.push(Mark::line("g-cap", (x, y_low), (x, y_high)));
        let (has_low, has_high) = super::marks::caps(&self.scale, interval);
        for (y, has_cap) in [(y_low, has_low), (y_high, has_high)] {
            if has_cap {
                marks.push(Mark::Stroke {
                    class: "g-cap",
                    x: Num(x),
                    y: Num(y),
                    half: Num(5.0),
                });
            }
        }
    }
}

/// A figure in words, for a description: `84,920, between 84,845 and 84,995`.
pub(super) fn told(figure: &Figure) -> String {
    let shown = DisplayedFigure::of(figure);
    match shown.value_text() {
        Some(value) => format!("{value}, {}", shown.between()),
        None => format!("{}, {}", shown.between(), shown.without_value()),
    }
}

/// A figure's value for a table: `84,920`, or why there is none.
pub(super) fn value_cell(figure: &Figure) -> String {
    let shown = DisplayedFigure::of(figure);
    shown.value_text().unwrap_or_else(|| shown.without_value())
}
