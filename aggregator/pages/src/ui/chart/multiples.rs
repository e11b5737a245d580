//! Small multiples: one change over time in each panel, with the same scale in all.

use askama::Template;

use super::{
    Chart, Key,
    drawing::{Drawing, Upwards, value_cell},
    marks::{Anchor, Mark, Marks, Num},
    scale::{Extent, Scale},
    series::{Point, Series, extent, key},
};
use crate::{
    estimate::Unit,
    ui::{
        DataTable, DisplayedFigure, Heading, Html, Sentence, Tag,
        markup::{Part, parts},
    },
};

/// Height of a panel, in pixels.
const HEIGHT: f64 = 150.0;
/// The most ticks of a panel.
const MOST_TICKS: usize = 4;

/// Panels side by side, in the order in which they are given.
#[derive(Clone, Debug, PartialEq)]
pub struct Multiples {
    id: String,
    name: String,
    value_heading: String,
    unit: Unit,
    panels: Vec<Panel>,
    is_change: bool,
}

/// A panel of small multiples.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// The name of what the panel shows.
    pub name: String,
    /// A sentence about the last point.
    pub says: Sentence,
    /// The verdict that the sentence rests on.
    pub tag: Tag,
    /// The points, the earliest first. A change begins with its base, which is 0 without doubt.
    pub points: Vec<Point>,
}

#[derive(Template)]
#[template(path = "ui/multiples.html")]
struct Drawn {
    panels: Vec<(Panel, Drawing)>,
}

parts!(Drawn);

// === impl Multiples ===

impl Multiples {
    /// Panels of quantities that cannot be negative.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        value_heading: impl Into<String>,
        unit: Unit,
        panels: Vec<Panel>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            value_heading: value_heading.into(),
            unit,
            panels,
            is_change: false,
        }
    }

    /// Makes them panels of a change since a base: 0 is on the scale, and ticks have a sign.
    #[must_use]
    pub fn of_change(mut self) -> Self {
        self.is_change = true;
        self
    }

    fn up(&self) -> Upwards {
        let mut reach = extent(self.panels.iter().flat_map(|panel| &panel.points));
        if self.panels.is_empty() {
            reach = Extent::default();
        }
        Upwards {
            scale: Scale::with_ticks(self.unit, &reach, self.is_change, MOST_TICKS),
            top: 20.0,
            bottom: HEIGHT - 28.0,
        }
    }

    pub(super) fn marks(&self, panel: &Panel) -> Marks {
        let mut marks = Marks::default();
        let series = Series {
            points: &panel.points,
            up: self.up(),
            every_dot: false,
        };
        series.up.grid(&mut marks, self.is_change);
        series.draw(&mut marks, HEIGHT);
        if let (Some(first), Some(last)) = (panel.points.first(), panel.points.last()) {
            let y = HEIGHT - 4.0;
            let x = series.x(first) - 4.0;
            marks.push(Mark::text(
                "t-soft",
                (x, y),
                Anchor::Start,
                first.label.clone(),
            ));
            if panel.points.len() > 1 {
                marks.push(Mark::text(
                    "t-soft",
                    (100.0, y),
                    Anchor::End,
                    last.label.clone(),
                ));
            }
        }
        marks
    }
}

impl Chart for Multiples {
    fn html(&self) -> Html {
        let drawing = |(index, panel): (usize, &Panel)| Drawing {
            id: format!("{}-{index}", self.id),
            name: format!("{}: {}", panel.name, self.name),
            about: panel.says.clone().whole().text(),
            height: Num(HEIGHT),
            marks: self.marks(panel),
        };
        let panels = self.panels.iter().enumerate();
        Drawn {
            panels: panels.map(|of| (of.1.clone(), drawing(of))).collect(),
        }
        .html()
    }

    fn key(&self) -> Vec<Key> {
        key(self.panels.iter().flat_map(|panel| &panel.points))
    }

    fn start_in_words(&self) -> Option<String> {
        self.up().scale.start_in_words()
    }

    fn table(&self) -> Option<DataTable> {
        let headings = [
            Heading::text("Of"),
            Heading::number(&self.value_heading),
            Heading::number("95% interval"),
            Heading::text("Verdict"),
        ];
        let rows = self.panels.iter().map(|panel| {
            let last = panel.points.last().and_then(|point| point.figure);
            let (value, interval) =
                last.map_or(("no release".to_owned(), "–".to_owned()), |last| {
                    (
                        value_cell(&last),
                        DisplayedFigure::of(&last).interval_text(),
                    )
                });
            vec![
                panel.name.clone(),
                value,
                interval,
                panel.tag.words().to_owned(),
            ]
        });
        Some(DataTable::new(&self.name, headings, rows.collect()))
    }
}
