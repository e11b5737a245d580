//! A fan: what is expected at some horizons, with two intervals, one around the other.

use super::{
    Chart, Key,
    drawing::{Drawing, Upwards, told, value_cell},
    marks::{Anchor, Mark, Marks, Num, Outline},
    scale::{Extent, Scale},
};
use crate::{
    estimate::{Figure, Unit},
    ui::{DataTable, DisplayedFigure, Heading, Html, markup::Part},
};

const HEIGHT: f64 = 300.0;
/// Where "now" and the last horizon stand, in percent of the width.
const NOW_X: f64 = 14.0;
const LAST_X: f64 = 90.0;

/// What is expected to have happened by each horizon, as a running total from now.
#[derive(Clone, Debug, PartialEq)]
pub struct Fan {
    id: String,
    name: String,
    value_heading: String,
    unit: Unit,
    horizons: Vec<Horizon>,
}

/// What is expected by one horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct Horizon {
    /// Years from now.
    pub years: u8,
    /// The expectation with the doubt from privacy noise alone.
    pub noise: Figure,
    /// The expectation with the doubt of the rates as well as of the noise.
    pub rates: Figure,
}

// === impl Horizon ===

impl Horizon {
    fn label(&self) -> String {
        match self.years {
            1 => "1 year".to_owned(),
            years => format!("{years} years"),
        }
    }

    /// The outer interval, which always holds the inner one.
    fn outer(&self) -> (f64, f64) {
        let ((low, high), (noise_low, noise_high)) = (self.rates.interval(), self.noise.interval());
        (low.min(noise_low), high.max(noise_high))
    }
}

// === impl Fan ===

impl Fan {
    /// A fan of these horizons, from the nearest to the farthest.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        value_heading: impl Into<String>,
        unit: Unit,
        horizons: Vec<Horizon>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            value_heading: value_heading.into(),
            unit,
            horizons,
        }
    }

    fn up(&self) -> Upwards {
        let mut extent = Extent::default();
        for horizon in &self.horizons {
            extent.hold(&horizon.noise);
            extent.hold(&horizon.rates);
        }
        Upwards {
            scale: Scale::over(self.unit, &extent, true),
            top: 24.0,
            bottom: HEIGHT - 48.0,
        }
    }

    /// Where a horizon stands, in percent of the width: distances are in proportion to years.
    fn x(&self, years: u8) -> f64 {
        let last = self
            .horizons
            .last()
            .map_or(1, |horizon| horizon.years.max(1));
        NOW_X + (LAST_X - NOW_X) * f64::from(years.min(last)) / f64::from(last)
    }

    pub(super) fn marks(&self) -> Marks {
        let up = self.up();
        let mut marks = Marks::default();
        up.grid(&mut marks, false);
        let start = (NOW_X, up.y(0.0));
        // The bands end before the first horizon that is too noisy to show.
        let shown: Vec<_> = self
            .horizons
            .iter()
            .take_while(|horizon| horizon.noise.is_shown())
            .collect();
        let band = |interval: &dyn Fn(&Horizon) -> (f64, f64)| {
            let upper = shown.iter().map(|h| (self.x(h.years), up.y(interval(h).1)));
            let lower = shown
                .iter()
                .rev()
                .map(|h| (self.x(h.years), up.y(interval(h).0)));
            [start]
                .into_iter()
                .chain(upper)
                .chain(lower)
                .collect::<Vec<_>>()
        };
        let line = shown
            .iter()
            .map(|h| (self.x(h.years), up.y(h.noise.value().unwrap_or(0.0))));
        if !shown.is_empty() {
            let outer = band(&|horizon| horizon.outer());
            for (class, points, is_closed) in [
                ("g-band-wide", outer.clone(), true),
                ("g-band-edge", outer, true),
                ("g-band", band(&|horizon| horizon.noise.interval()), true),
                ("g-line", [start].into_iter().chain(line).collect(), false),
            ] {
                marks.push(Mark::Path {
                    class,
                    outline: Outline { points, is_closed },
                    height: Num(HEIGHT),
                });
            }
        }
        marks.push(Mark::text(
            "t-soft",
            (NOW_X, HEIGHT - 28.0),
            Anchor::Middle,
            "now",
        ));
        for horizon in &self.horizons {
            self.horizon(&mut marks, &up, horizon);
        }
        marks
    }

    fn horizon(&self, marks: &mut Marks, up: &Upwards, horizon: &Horizon) {
        let x = self.x(horizon.years);
        let (low, high) = horizon.outer();
        marks.push(Mark::text(
            "t-soft",
            (x, HEIGHT - 28.0),
            Anchor::Middle,
            horizon.label(),
        ));
        let value = horizon.noise.point();
        let Some(value) = value else {
            marks.push(Mark::Rect {
                class: "g-noisy",
                x: Num(x - 1.5),
                y: Num(up.y(high)),
                width: Num(3.0),
                height: Num((up.y(low) - up.y(high)).max(2.0)),
            });
            return;
        };
        up.whisker(marks, x, (low, high));
        marks.push(super::marks::dot(
            super::marks::Hue::First,
            (x, up.y(value)),
            6.0,
            None,
        ));
        // The number stands under its year. At the whisker's end it would be read as the upper limit.
        let words = value_cell(&horizon.noise);
        marks.push(Mark::text("t-b", (x, HEIGHT - 8.0), Anchor::Middle, words));
    }
}

impl Chart for Fan {
    fn html(&self) -> Html {
        let told = self.horizons.iter().map(|horizon| {
            let rates = DisplayedFigure::of(&horizon.rates);
            let years = horizon.label();
            format!(
                "Within {years}: {} from privacy noise alone, {} with leaver rates as well",
                told(&horizon.noise),
                rates.between()
            )
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
        let mut key = vec![Key::NoiseBand, Key::RatesBand];
        if self
            .horizons
            .iter()
            .any(|horizon| !horizon.noise.is_shown())
        {
            key.push(Key::Noisy);
        }
        key
    }

    fn start_in_words(&self) -> Option<String> {
        None
    }

    fn table(&self) -> Option<DataTable> {
        let headings = [
            Heading::text("Within"),
            Heading::number(&self.value_heading),
            Heading::number("Noise only"),
            Heading::number("With leaver rates"),
        ];
        let rows = self.horizons.iter().map(|horizon| {
            vec![
                horizon.label(),
                value_cell(&horizon.noise),
                DisplayedFigure::of(&horizon.noise).interval_text(),
                DisplayedFigure::of(&horizon.rates).interval_text(),
            ]
        });
        Some(DataTable::new(&self.name, headings, rows.collect()))
    }
}
