//! An age pyramid: two counts for each age band, back to back on one scale.

use super::{
    Chart, Key,
    drawing::{Drawing, told, value_cell},
    marks::{Anchor, Hue, Mark, Marks, Num, caps},
    scale::{Extent, Scale},
};
use crate::{
    estimate::{Figure, Unit},
    ui::{DataTable, DisplayedFigure, Heading, Html, markup::Part},
};

/// Where the two sides start, in percent of the width; the ages stand between them.
const LEFT_ZERO: f64 = 40.0;
const RIGHT_ZERO: f64 = 60.0;
/// Height of a band, in pixels.
const BAND: f64 = 28.0;
/// Room above and beneath the bands, in pixels.
const TOP: f64 = 26.0;
const BOTTOM: f64 = 28.0;
/// An interval that is narrower than this part of a side is drawn as its bar's end mark.
const THIN_INTERVAL: f64 = 0.03;

/// An age pyramid: the age bands of two sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Pyramid {
    id: String,
    name: String,
    sides: (String, String),
    unit: Unit,
    bands: Vec<AgeBand>,
}

/// An age band with a figure on each side.
#[derive(Clone, Debug, PartialEq)]
pub struct AgeBand {
    /// The ages: `30–34`.
    pub label: String,
    /// The figure of the left side.
    pub left: Figure,
    /// The figure of the right side.
    pub right: Figure,
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

// === impl Side ===

impl Side {
    fn x(self, scale: &Scale, value: f64) -> f64 {
        match self {
            Self::Left => LEFT_ZERO * (1.0 - scale.at(value)),
            Self::Right => RIGHT_ZERO + (100.0 - RIGHT_ZERO) * scale.at(value),
        }
    }

    fn hue(self) -> Hue {
        match self {
            Self::Left => Hue::First,
            Self::Right => Hue::Second,
        }
    }
}

// === impl Pyramid ===

impl Pyramid {
    /// A pyramid of two sides, which are named from left to right, with bands from the youngest to the
    /// oldest.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        (left, right): (&str, &str),
        unit: Unit,
        bands: Vec<AgeBand>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            sides: (left.to_owned(), right.to_owned()),
            unit,
            bands,
        }
    }

    fn scale(&self) -> Scale {
        let mut extent = Extent::default();
        for band in &self.bands {
            extent.hold(&band.left);
            extent.hold(&band.right);
        }
        Scale::with_ticks(self.unit, &extent, true, 3)
    }

    fn height(&self) -> f64 {
        TOP + BAND * super::scale::as_f64(self.bands.len()) + BOTTOM
    }

    pub(super) fn marks(&self) -> Marks {
        let (scale, height) = (self.scale(), self.height());
        let bottom = height - BOTTOM + 2.0;
        let mut marks = Marks::default();
        let last = scale.ticks().len() - 1;
        for (index, tick) in scale.ticks().enumerate() {
            for side in [Side::Left, Side::Right] {
                let x = side.x(&scale, tick);
                let class = if index == 0 { "g-zero" } else { "g-grid" };
                marks.push(Mark::line(class, (x, TOP), (x, bottom)));
                let anchor = match (side, index) {
                    (Side::Left, _) if index == last => Anchor::Start,
                    (Side::Right, _) if index == last => Anchor::End,
                    _ => Anchor::Middle,
                };
                let words = scale.text(tick);
                marks.push(Mark::text("t-soft", (x, height - 8.0), anchor, words));
            }
        }
        let (left, right) = self.sides.clone();
        for (class, x, anchor, words) in [
            ("t-b", LEFT_ZERO, Anchor::End, left),
            ("t-soft", 50.0, Anchor::Middle, "Age".to_owned()),
            ("t-b", RIGHT_ZERO, Anchor::Start, right),
        ] {
            marks.push(Mark::text(class, (x, 14.0), anchor, words));
        }
        // The youngest stand at the bottom.
        for (index, band) in self.bands.iter().rev().enumerate() {
            let y = TOP + BAND * (super::scale::as_f64(index) + 0.5);
            let label = band.label.clone();
            marks.push(Mark::text("t-age", (50.0, y + 5.0), Anchor::Middle, label));
            draw(&mut marks, &scale, Side::Left, &band.left, y);
            draw(&mut marks, &scale, Side::Right, &band.right, y);
        }
        marks
    }
}

/// Draws a bar with its interval, around the height `y`.
fn draw(marks: &mut Marks, scale: &Scale, side: Side, figure: &Figure, y: f64) {
    let hue = side.hue();
    let x = |value| side.x(scale, value);
    let (low, high) = figure.interval();
    let rect = |class, a: f64, b: f64, half: f64| Mark::Rect {
        class,
        x: Num(a.min(b)),
        y: Num(y - half),
        width: Num((a - b).abs()),
        height: Num(2.0 * half),
    };
    let Some(value) = figure.point() else {
        marks.push(rect("g-noisy", x(low), x(high), 7.0));
        return;
    };
    marks.push(rect(hue.bar(), x(0.0), x(value), 11.0));
    if scale.at(high) - scale.at(low) < THIN_INTERVAL {
        let end = x(value);
        marks.push(Mark::line(hue.whisker(), (end, y - 12.0), (end, y + 12.0)));
        return;
    }
    marks.push(Mark::line(hue.whisker(), (x(low), y), (x(high), y)));
    let (has_low, has_high) = caps(scale, (low, high));
    for (end, has_cap) in [(low, has_low), (high, has_high)] {
        if has_cap {
            let end = x(end);
            marks.push(Mark::line(hue.cap(), (end, y - 5.0), (end, y + 5.0)));
        }
    }
    marks.push(super::marks::dot(hue, (x(value), y), 5.0, None));
}

impl Chart for Pyramid {
    fn html(&self) -> Html {
        let (left, right) = &self.sides;
        let told = self.bands.iter().map(|band| {
            let AgeBand { label, .. } = band;
            format!(
                "{label}: {left} {}; {right} {}",
                told(&band.left),
                told(&band.right)
            )
        });
        Drawing {
            id: self.id.clone(),
            name: self.name.clone(),
            about: told.collect::<Vec<_>>().join(". "),
            height: Num(self.height()),
            marks: self.marks(),
        }
        .html()
    }

    fn key(&self) -> Vec<Key> {
        let figures = self.bands.iter().flat_map(|band| [&band.left, &band.right]);
        let is_noisy = figures.clone().any(|figure| !figure.is_shown());
        let scale = self.scale();
        let is_wide = figures.filter(|figure| figure.is_shown()).any(|figure| {
            let (low, high) = figure.interval();
            scale.at(high) - scale.at(low) >= THIN_INTERVAL
        });
        let mut key = vec![if is_wide { Key::Bar } else { Key::ThinBar }];
        if is_noisy {
            key.push(Key::Noisy);
        }
        key
    }

    fn start_in_words(&self) -> Option<String> {
        None
    }

    fn table(&self) -> Option<DataTable> {
        let (left, right) = &self.sides;
        let headings = [
            Heading::text("Age"),
            Heading::number(left),
            Heading::number("95% interval"),
            Heading::number(right),
            Heading::number("95% interval"),
        ];
        let rows = self.bands.iter().map(|band| {
            let mut cells = vec![band.label.clone()];
            for figure in [&band.left, &band.right] {
                cells.extend([
                    value_cell(figure),
                    DisplayedFigure::of(figure).interval_text(),
                ]);
            }
            cells
        });
        Some(DataTable::new(&self.name, headings, rows.collect()))
    }
}

#[cfg(test)]
mod tests;
