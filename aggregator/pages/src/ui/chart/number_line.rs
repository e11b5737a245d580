//! A number line: one figure, its benchmark, and other figures to compare with.

use super::{
    Benchmark, Chart, Key,
    drawing::{Drawing, told},
    marks::{Anchor, Hue, Mark, Marks, Num, caps, dot},
    scale::{Extent, Scale},
};
use crate::{
    estimate::{Figure, Unit},
    ui::{Comparison, DataTable, DisplayedFigure, Html, markup::Part},
};

/// Height of the lane of each figure, in pixels.
const LANE: f64 = 56.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 30.0;

/// A subject and its comparators on one scale from 0. It stands beside an answer in large letters.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberLine {
    id: String,
    name: String,
    unit: Unit,
    subject: Beside,
    comparison: Comparison,
    comparators: Vec<Beside>,
    benchmark: Benchmark,
}

/// A figure with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// The name in a few words: `This pathway`.
    pub label: String,
    /// The figure.
    pub figure: Figure,
}

// === impl NumberLine ===

impl NumberLine {
    /// A number line with a subject, and where it stands against a benchmark.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        subject: Beside,
        benchmark: Benchmark,
        comparison: Comparison,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            unit: subject.figure.unit(),
            subject,
            comparison,
            comparators: Vec::new(),
            benchmark,
        }
    }

    /// Adds a comparator beneath.
    #[must_use]
    pub fn beside(mut self, comparator: Beside) -> Self {
        self.comparators.push(comparator);
        self
    }

    fn scale(&self) -> Scale {
        let mut extent = Extent::default();
        extent.hold(&self.subject.figure);
        self.comparators
            .iter()
            .for_each(|one| extent.hold(&one.figure));
        extent.hold_value(self.benchmark.value);
        Scale::over(self.unit, &extent, true)
    }

    fn lanes(&self) -> f64 {
        1.0 + super::scale::as_f64(self.comparators.len())
    }

    fn benchmark_words(&self) -> String {
        let exact = DisplayedFigure::of(&Figure::exact(self.unit, self.benchmark.value));
        format!(
            "{} {}",
            self.benchmark.label,
            exact.text(self.benchmark.value)
        )
    }

    pub(super) fn marks(&self) -> Marks {
        let (scale, bottom) = (self.scale(), TOP + LANE * self.lanes());
        let mut marks = Marks::default();
        let last = scale.ticks().len() - 1;
        for (index, tick) in scale.ticks().enumerate() {
            let x = 100.0 * scale.at(tick);
            let class = if scale.is_zero(tick) {
                "g-zero"
            } else {
                "g-grid"
            };
            let anchor = match index {
                0 => Anchor::Start,
                _ if index == last => Anchor::End,
                _ => Anchor::Middle,
            };
            marks.push(Mark::line(class, (x, TOP), (x, bottom)));
            marks.push(Mark::text(
                "t-soft",
                (x, bottom + 20.0),
                anchor,
                scale.text(tick),
            ));
        }
        let x = 100.0 * scale.at(self.benchmark.value);
        marks.push(Mark::line("g-bench", (x, TOP - 4.0), (x, bottom)));
        marks.push(Mark::text(
            "t-b",
            (x, 12.0),
            Anchor::at(x),
            self.benchmark_words(),
        ));
        let subject = (&self.subject, "t-b t-halo");
        let others = self.comparators.iter().map(|one| (one, "t-halo"));
        for (lane, (one, class)) in [subject].into_iter().chain(others).enumerate() {
            let top = TOP + LANE * super::scale::as_f64(lane);
            let shown = DisplayedFigure::of(&one.figure);
            let value = shown.value_text().unwrap_or_else(|| shown.without_value());
            let words = format!("{} {value}", one.label);
            marks.push(Mark::text(class, (1.5, top + 22.0), Anchor::Start, words));
            if lane == 0 {
                self.draw_subject(&mut marks, &scale, top + 40.0);
            } else {
                draw_comparator(&mut marks, &scale, &one.figure, top + 40.0);
            }
        }
        marks
    }

    fn draw_subject(&self, marks: &mut Marks, scale: &Scale, y: f64) {
        let figure = &self.subject.figure;
        let x = |value| 100.0 * scale.at(value);
        let (low, high) = figure.interval();
        let Some(value) = figure.point() else {
            marks.push(box_of((x(low), x(high)), y));
            return;
        };
        marks.push(Mark::line("g-whisk", (x(low), y), (x(high), y)));
        let (has_low, has_high) = caps(scale, (low, high));
        for (end, has_cap) in [(low, has_low), (high, has_high)] {
            if has_cap {
                marks.push(Mark::line("g-cap", (x(end), y - 7.0), (x(end), y + 7.0)));
            }
        }
        marks.push(dot(Hue::First, (x(value), y), 8.0, Some(self.comparison)));
    }
}

/// Draws a comparator: a grey tick, with its interval as a thin line.
fn draw_comparator(marks: &mut Marks, scale: &Scale, figure: &Figure, y: f64) {
    let x = |value| 100.0 * scale.at(value);
    let (low, high) = figure.interval();
    let Some(value) = figure.point() else {
        marks.push(box_of((x(low), x(high)), y));
        return;
    };
    marks.push(Mark::line("g-other", (x(low), y), (x(high), y)));
    marks.push(Mark::line(
        "g-tick",
        (x(value), y - 10.0),
        (x(value), y + 10.0),
    ));
}

fn box_of((left, right): (f64, f64), y: f64) -> Mark {
    Mark::Rect {
        class: "g-noisy",
        x: Num(left),
        y: Num(y - 7.0),
        width: Num(right - left),
        height: Num(14.0),
    }
}

impl Chart for NumberLine {
    fn html(&self) -> Html {
        let all = [&self.subject].into_iter().chain(&self.comparators);
        let told = all.map(|one| format!("{}: {}", one.label, told(&one.figure)));
        let told: Vec<_> = told.chain([self.benchmark_words()]).collect();
        Drawing {
            id: self.id.clone(),
            name: self.name.clone(),
            about: told.join(". "),
            height: Num(TOP + LANE * self.lanes() + BOTTOM),
            marks: self.marks(),
        }
        .html()
    }

    fn key(&self) -> Vec<Key> {
        Vec::new()
    }

    fn start_in_words(&self) -> Option<String> {
        self.scale().start_in_words()
    }

    fn table(&self) -> Option<DataTable> {
        None
    }
}
