//! Ranked rows: a table whose second column is drawn.

mod axis;
mod budget;
mod row;

pub use budget::{Amount, Budget, Spending};
pub use row::{Content, Row};

use askama::Template;

use axis::{Axis, ticks, two_lines};

use super::{
    Chart, Key,
    marks::{Anchor, Hue, Mark, Marks, Num, caps, dot},
    scale::{Extent, Scale},
};
use crate::{
    estimate::{Figure, Reliability, Unit},
    ui::{
        DataTable, DisplayedFigure, Html, Tag,
        markup::{Part, parts},
    },
};

/// An interval that is narrower than this part of the axis is drawn as its bar's end mark, which is about as
/// wide.
const THIN_INTERVAL: f64 = 0.012;
/// With more rows than this, the axis stands beneath them as well as above.
const FEW_ROWS: usize = 12;
/// With more rows than this, the last ones are folded away.
const MANY_ROWS: usize = 30;
/// How many rows are not folded away then.
const FIRST_ROWS: usize = 20;
/// The least width of a hatched box, in percent: a narrower one could not be seen.
const LEAST_BOX: f64 = 0.8;

/// Ranked rows in one unit, drawn on one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct RowChart {
    caption: String,
    heading: String,
    value_heading: String,
    comparison_heading: Option<String>,
    unit: Unit,
    rows: Vec<Row>,
    order: Order,
    start: Start,
    benchmark: Option<Benchmark>,
    comparator: Option<String>,
}

/// The order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The largest first; rows that are too noisy, unknown or missing stand last.
    ByEstimate,
    /// As the rows are given.
    AsGiven,
}

/// Where the scale starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At 0. Counts always start there, because their bars would mean nothing otherwise.
    Zero,
    /// Near the lowest value.
    Near,
    /// Logarithmic, for ratios: ½ and 2 are equally far from 1.
    Multiples,
}

/// A value that all rows are compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Benchmark {
    /// The value, in the unit of the rows.
    pub value: f64,
    /// A few words that say what it is: `Population`.
    pub label: String,
}

// === impl RowChart ===

impl RowChart {
    /// A chart of rows in one unit, with the largest first, on a scale from 0. `heading` says what a row is,
    /// `value_heading` what is counted.
    #[must_use]
    pub fn new(
        caption: impl Into<String>,
        (heading, value_heading): (&str, &str),
        unit: Unit,
        rows: Vec<Row>,
    ) -> Self {
        Self {
            caption: caption.into(),
            heading: heading.to_owned(),
            value_heading: value_heading.to_owned(),
            comparison_heading: None,
            unit,
            rows,
            order: Order::ByEstimate,
            start: Start::Zero,
            benchmark: None,
            comparator: None,
        }
    }

    /// Puts the rows into this order.
    #[must_use]
    pub fn ordered(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Starts the scale here.
    #[must_use]
    pub fn starting(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    /// Compares the rows with a benchmark, which is a line through all of them.
    #[must_use]
    pub fn against(mut self, benchmark: Benchmark) -> Self {
        self.benchmark = Some(benchmark);
        self
    }

    /// Adds a column that says where each row stands, under this heading.
    #[must_use]
    pub fn judged(mut self, heading: impl Into<String>) -> Self {
        self.comparison_heading = Some(heading.into());
        self
    }

    /// Says what the grey ticks of the rows are.
    #[must_use]
    pub fn beside(mut self, comparator: impl Into<String>) -> Self {
        self.comparator = Some(comparator.into());
        self
    }

    /// Whether the rows have bars: they are counts that cannot be negative.
    fn has_bars(&self) -> bool {
        let is_level =
            |figure: &Figure| figure.reliability().is_some() && figure.interval().0 >= 0.0;
        matches!(self.unit, Unit::People | Unit::Fte)
            && self.rows.iter().filter_map(Row::figure).all(is_level)
    }

    pub(super) fn scale(&self) -> Scale {
        let mut extent = Extent::default();
        for row in &self.rows {
            row.figure()
                .into_iter()
                .for_each(|figure| extent.hold(figure));
            let comparator = row.comparator.as_ref().filter(|figure| figure.is_shown());
            comparator
                .and_then(Figure::value)
                .into_iter()
                .for_each(|value| extent.hold_value(value));
        }
        if let Some(benchmark) = &self.benchmark {
            extent.hold_value(benchmark.value);
        }
        if self.start == Start::Multiples {
            return Scale::of_multiples(self.unit, &extent);
        }
        let with_zero = self.has_bars() || self.start == Start::Zero;
        Scale::over(self.unit, &extent, with_zero)
    }

    fn in_order(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        if self.order == Order::ByEstimate {
            // Rows of equal rank stay in the order in which they were given.
            rows.sort_by(|a, b| {
                let ((kind, value), (other_kind, other)) = (a.rank(), b.rank());
                kind.cmp(&other_kind).then(value.total_cmp(&other))
            });
        }
        rows
    }

    fn benchmark_label(&self) -> Vec<String> {
        self.benchmark.as_ref().map_or(Vec::new(), |benchmark| {
            let exact = DisplayedFigure::of(&Figure::exact(self.unit, benchmark.value));
            let words = format!("{} {}", benchmark.label, exact.text(benchmark.value));
            two_lines(&words)
        })
    }

    /// The axis above the rows, with ticks and the benchmark's label over them.
    fn head(&self, scale: &Scale) -> Axis {
        let label = self.benchmark_label();
        let height = match label.len() {
            0 => 24.0,
            1 => 44.0,
            _ => 60.0,
        };
        let mut marks = Marks::default();
        if let Some(benchmark) = &self.benchmark {
            let x = 100.0 * scale.at(benchmark.value);
            for (line, words) in (0_u8..).zip(label) {
                let y = 12.0 + 16.0 * f64::from(line);
                marks.push(Mark::text("t-b", (x, y), Anchor::at(x), words));
            }
            marks.push(Mark::line("g-bench", (x, height - 28.0), (x, height)));
        }
        // Draw the ticks over the benchmark's line, so that the line does not strike a label through.
        let benchmark = self.benchmark.as_ref().map(|benchmark| benchmark.value);
        let ticks = ticks(scale, benchmark, (height - 8.0, height - 4.0, height));
        marks.marks.extend(ticks.marks);
        Axis {
            marks,
            height: Num(height),
        }
    }

    /// The vertical lines behind every row.
    fn lines(&self, scale: &Scale) -> Marks {
        let mut marks = Marks::default();
        for tick in scale.ticks() {
            marks.push(Mark::Upright {
                class: if scale.is_zero(tick) {
                    "g-zero"
                } else {
                    "g-grid"
                },
                x: Num(100.0 * scale.at(tick)),
            });
        }
        if let Some(benchmark) = &self.benchmark {
            marks.push(Mark::Upright {
                class: "g-bench",
                x: Num(100.0 * scale.at(benchmark.value)),
            });
        }
        marks
    }

    /// The marks of one row, around the middle of its height.
    pub(super) fn marks(&self, row: &Row, scale: &Scale) -> Marks {
        let mut marks = Marks::default();
        let Some(figure) = row.figure() else {
            marks.push(Mark::line("g-missing", (0.0, 0.0), (100.0, 0.0)));
            return marks;
        };
        let comparator = row.comparator.filter(Figure::is_shown);
        let tick = comparator.and_then(|figure| figure.value()).map(|value| {
            let x = 100.0 * scale.at(value);
            Mark::line("g-tick", (x, -9.0), (x, 9.0))
        });
        let x = |value: f64| 100.0 * scale.at(value);
        let (low, high) = figure.interval();
        let Some(value) = figure.point() else {
            if figure.is_shown() {
                whisker(&mut marks, scale, (low, high));
            } else {
                marks.push(noisy_box((x(low), x(high))));
                break_marks(&mut marks, scale, (low, high));
            }
            marks.marks.extend(tick);
            return marks;
        };
        marks.marks.extend(tick);
        if self.has_bars() {
            let class = if is_exact(figure) {
                "g-bar-exact"
            } else {
                Hue::First.bar()
            };
            marks.push(Mark::Rect {
                class,
                x: Num(x(0.0)),
                y: Num(-9.0),
                width: Num(x(value) - x(0.0)),
                height: Num(18.0),
            });
            if is_exact(figure) {
                return marks;
            }
            if is_thin(figure, scale) {
                marks.push(Mark::line("g-whisk", (x(value), -11.0), (x(value), 11.0)));
                return marks;
            }
        }
        if !is_exact(figure) {
            whisker(&mut marks, scale, (low, high));
        }
        marks.push(dot(Hue::First, (x(value), 0.0), 7.0, row.comparison));
        marks
    }

    fn line(&self, row: &Row, scale: &Scale) -> Line {
        let (value, interval) = match &row.content {
            Content::Missing(why) => (Err(why.clone()), "–".to_owned()),
            Content::Figure(figure) => {
                let shown = DisplayedFigure::of(figure);
                let value = shown.value_text().ok_or_else(|| shown.without_value());
                (value, shown.interval_text())
            }
        };
        let care = row
            .figure()
            .and_then(Figure::reliability)
            .filter(|reliability| *reliability == Reliability::UseWithCare);
        let notes = row.note.iter().cloned();
        Line {
            label: row.label.clone(),
            href: row.href.clone(),
            notes: notes
                .chain(care.map(|care| care.in_words().to_owned()))
                .collect(),
            marks: self.marks(row, scale),
            value,
            interval,
            tag: row.comparison.map(|comparison| comparison.tag().plain()),
        }
    }
}

impl Chart for RowChart {
    fn html(&self) -> Html {
        let scale = self.scale();
        let mut lines: Vec<_> = self
            .in_order()
            .into_iter()
            .map(|row| self.line(row, &scale))
            .collect();
        let rest = if lines.len() > MANY_ROWS {
            lines.split_off(FIRST_ROWS)
        } else {
            Vec::new()
        };
        let table = |caption: String, lines: Vec<Line>| Table {
            caption,
            heading: self.heading.clone(),
            value_heading: self.value_heading.clone(),
            comparison_heading: self.comparison_heading.clone(),
            head: self.head(&scale),
            grid: self.lines(&scale),
            foot: (lines.len() > FEW_ROWS).then(|| Axis {
                marks: ticks(&scale, None, (18.0, 0.0, 4.0)),
                height: Num(24.0),
            }),
            lines,
        };
        let rest = (!rest.is_empty()).then(|| {
            let count = rest.len();
            (count, table(format!("{}, continued", self.caption), rest))
        });
        Drawn {
            table: table(self.caption.clone(), lines),
            rest,
        }
        .html()
    }

    fn key(&self) -> Vec<Key> {
        let scale = self.scale();
        let mut key = Vec::new();
        let mut add = |item: Key| {
            if !key.contains(&item) {
                key.push(item);
            }
        };
        for row in self.in_order() {
            match row.figure() {
                None => add(Key::Missing),
                Some(figure) if !figure.is_shown() => add(Key::Noisy),
                Some(figure) if self.has_bars() && is_exact(figure) => add(Key::Exact),
                Some(figure) if self.has_bars() && is_thin(figure, &scale) => add(Key::ThinBar),
                Some(_) if self.has_bars() => add(Key::Bar),
                Some(_) => add(match row.comparison {
                    Some(comparison) if comparison.is_clear() => Key::Clear,
                    Some(_) => Key::Same,
                    None => Key::Estimate,
                }),
            }
        }
        let is_beside = self.rows.iter().any(|row| row.comparator.is_some());
        if let Some(comparator) = self.comparator.as_ref().filter(|_| is_beside) {
            add(Key::Comparator(comparator.clone()));
        }
        key.sort_by_key(Key::place);
        key
    }

    fn start_in_words(&self) -> Option<String> {
        self.scale().start_in_words()
    }

    fn table(&self) -> Option<DataTable> {
        None
    }
}

fn is_exact(figure: &Figure) -> bool {
    DisplayedFigure::of(figure).is_exact()
}

fn is_thin(figure: &Figure, scale: &Scale) -> bool {
    let (low, high) = figure.interval();
    scale.at(high) - scale.at(low) < THIN_INTERVAL
}

/// Draws an interval. An end that is clipped has no cap.
fn whisker(marks: &mut Marks, scale: &Scale, (low, high): (f64, f64)) {
    let x = |value: f64| 100.0 * scale.at(value);
    marks.push(Mark::line("g-whisk", (x(low), 0.0), (x(high), 0.0)));
    let (has_low, has_high) = caps(scale, (low, high));
    for (end, has_cap) in [(low, has_low), (high, has_high)] {
        if has_cap {
            marks.push(Mark::line("g-cap", (x(end), -6.0), (x(end), 6.0)));
        }
    }
}

/// The hatched box of a figure that is too noisy. It is visible even where the interval is very narrow.
fn noisy_box((left, right): (f64, f64)) -> Mark {
    let width = (right - left).max(LEAST_BOX);
    Mark::Rect {
        class: "g-noisy",
        x: Num(left.min(100.0 - width)),
        y: Num(-7.0),
        width: Num(width),
        height: Num(14.0),
    }
}

/// Two strokes across each end of a box that goes on beyond the scale: they show that only the drawing ends
/// there.
fn break_marks(marks: &mut Marks, scale: &Scale, (low, high): (f64, f64)) {
    let ends = [(low, 1.5), (high, 97.0)];
    for (_, at) in ends.into_iter().filter(|(end, _)| !scale.holds(*end)) {
        for x in [at, at + 1.5] {
            marks.push(Mark::line("g-break", (x, 10.0), (x + 0.8, -10.0)));
        }
    }
}

struct Line {
    label: String,
    href: Option<String>,
    notes: Vec<String>,
    marks: Marks,
    /// The value that is shown, or why none is.
    value: Result<String, String>,
    interval: String,
    tag: Option<Tag>,
}

#[derive(Template)]
#[template(path = "ui/rows.html")]
struct Table {
    caption: String,
    heading: String,
    value_heading: String,
    comparison_heading: Option<String>,
    head: Axis,
    grid: Marks,
    foot: Option<Axis>,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "{{ table }}{% if let Some((count, rest)) = rest %}<details><summary>Show the other {{ count }}</summary>{{ rest }}</details>{% endif %}"
)]
struct Drawn {
    table: Table,
    rest: Option<(usize, Table)>,
}

parts!(Table, Drawn);

#[cfg(test)]
mod tests;
