//! A trend: one series over releases, with a label at the last value.

use super::{
    Benchmark, Chart, Key,
    drawing::{Drawing, Upwards, told, value_cell},
    marks::{Anchor, Mark, Marks, Num},
    scale::Scale,
    series::{Point, Series, extent, key},
};
use crate::{
    estimate::{Figure, Unit},
    ui::{DataTable, DisplayedFigure, Heading, Html, markup::Part},
};

/// Height of the drawing, in pixels.
const HEIGHT: f64 = 260.0;
/// The most labels under the axis: what a phone has room for.
const MOST_LABELS: usize = 4;

/// A series over time, drawn as a trend.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    id: String,
    name: String,
    value_heading: String,
    unit: Unit,
    points: Vec<Point>,
    benchmark: Option<Benchmark>,
    with_zero: bool,
}

// === impl Trend ===

impl Trend {
    /// A trend through points in one unit, the earliest first. `id` is unique on the page, `name` says what
    /// is drawn, `value_heading` what is counted.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        value_heading: impl Into<String>,
        unit: Unit,
        points: Vec<Point>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            value_heading: value_heading.into(),
            unit,
            points,
            benchmark: None,
            with_zero: false,
        }
    }

    /// Starts the scale at 0.
    #[must_use]
    pub fn from_zero(mut self) -> Self {
        self.with_zero = true;
        self
    }

    /// Compares the series with a benchmark, which is a line across.
    #[must_use]
    pub fn against(mut self, benchmark: Benchmark) -> Self {
        self.benchmark = Some(benchmark);
        self
    }

    fn up(&self) -> Upwards {
        let mut reach = extent(&self.points);
        if let Some(benchmark) = &self.benchmark {
            reach.hold_value(benchmark.value);
        }
        Upwards {
            scale: Scale::over(self.unit, &reach, self.with_zero),
            top: 30.0,
            bottom: HEIGHT - 34.0,
        }
    }

    pub(super) fn marks(&self) -> Marks {
        let mut marks = Marks::default();
        let series = Series {
            points: &self.points,
            up: self.up(),
            every_dot: true,
        };
        series.up.grid(&mut marks, false);
        series.draw(&mut marks, HEIGHT);
        if let Some(benchmark) = &self.benchmark {
            let y = series.up.y(benchmark.value);
            let exact = DisplayedFigure::of(&Figure::exact(self.unit, benchmark.value));
            let words = format!("{} {}", benchmark.label, exact.text(benchmark.value));
            marks.push(Mark::line("g-bench", (0.0, y), (100.0, y)));
            // The label stands on the side of the line where the series is not.
            let last = self
                .points
                .iter()
                .rev()
                .find_map(|point| point.figure?.value());
            let is_above = last.is_some_and(|value| value > benchmark.value);
            let beside = if is_above { 16.0 } else { -6.0 };
            let place = (100.0, y + beside);
            marks.push(Mark::text("t-b t-halo", place, Anchor::End, words));
        }
        let last = self.points.len().saturating_sub(1);
        for index in labelled(self.points.len()) {
            let point = &self.points[index];
            let (x, anchor) = match index {
                0 if last > 0 => (series.x(point) - 6.0, Anchor::Start),
                _ if index == last && last > 0 => (100.0, Anchor::End),
                _ => (series.x(point), Anchor::Middle),
            };
            // A narrow drawing has no room for the labels in between.
            let class = match anchor {
                Anchor::Middle => "t-soft t-between",
                _ => "t-soft",
            };
            let place = (x, HEIGHT - 8.0);
            marks.push(Mark::text(class, place, anchor, point.label.clone()));
        }
        self.label_last(&series, &mut marks);
        marks
    }

    /// Labels the last value, above its interval.
    fn label_last(&self, series: &Series<'_>, marks: &mut Marks) {
        let shown = |point: &&Point| point.figure.is_some_and(|figure| figure.is_shown());
        let Some(point) = self.points.iter().rev().find(shown) else {
            return;
        };
        let Some(figure) = point.figure else { return };
        let Some(text) = DisplayedFigure::of(&figure).value_text() else {
            return;
        };
        let y = (series.up.y(figure.interval().1) - 12.0).max(12.0);
        let x = series.x(point);
        let (x, anchor) = if x > 85.0 {
            (100.0, Anchor::End)
        } else {
            (x, Anchor::Middle)
        };
        marks.push(Mark::text("t-b t-halo", (x, y), anchor, text));
    }
}

/// Which points have a label: all of a few, otherwise the first, the last and some in between.
fn labelled(count: usize) -> Vec<usize> {
    if count <= MOST_LABELS {
        return (0..count).collect();
    }
    let gaps = MOST_LABELS - 1;
    (0..=gaps).map(|gap| gap * (count - 1) / gaps).collect()
}

impl Chart for Trend {
    fn html(&self) -> Html {
        let told = self.points.iter().map(|point| {
            let figure = point.figure.as_ref();
            let words = figure.map_or("no release".to_owned(), told);
            format!("{}: {words}", point.label)
        });
        Drawing {
            id: self.id.clone(),
            name: self.name.clone(),
            about: told.collect::<Vec<_>>().join(". "),
            height: Num(HEIGHT),
            marks: self.marks(),
        }
        .html()
    }

    fn key(&self) -> Vec<Key> {
        key(&self.points)
    }

    fn start_in_words(&self) -> Option<String> {
        self.up().scale.start_in_words()
    }

    fn table(&self) -> Option<DataTable> {
        let headings = [
            Heading::text("Release"),
            Heading::number(&self.value_heading),
            Heading::number("95% interval"),
        ];
        let rows = self.points.iter().map(|point| {
            let mut label = point.label.clone();
            if point.has_fewer {
                label += ", fewer employers";
            }
            match &point.figure {
                Some(figure) => vec![
                    label,
                    value_cell(figure),
                    DisplayedFigure::of(figure).interval_text(),
                ],
                None => vec![label, "no release".to_owned(), "–".to_owned()],
            }
        });
        Some(DataTable::new(&self.name, headings, rows.collect()))
    }
}

#[cfg(test)]
mod tests;
