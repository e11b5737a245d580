//! The marks that charts are drawn with. Marks are data, so that tests can say where each of them stands; a
//! template turns them into SVG.

use std::fmt;

use askama::Template;

use super::scale::Scale;
use crate::ui::{Comparison, markup::parts};

/// A number in SVG, with at most two decimals and never a negative zero.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Num(pub(super) f64);

/// The point of a text that stands at its x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// One mark. x and widths are in percent of the plot, y and heights in pixels.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    Line {
        class: &'static str,
        x1: Num,
        x2: Num,
        y1: Num,
        y2: Num,
    },
    /// A vertical line through the whole height of its row, which stretches with the row.
    Upright { class: &'static str, x: Num },
    Rect {
        class: &'static str,
        x: Num,
        y: Num,
        width: Num,
        height: Num,
    },
    Dot {
        class: &'static str,
        x: Num,
        y: Num,
        r: Num,
    },
    /// A horizontal stroke of fixed length; the length is in pixels to either side of x.
    Stroke {
        class: &'static str,
        x: Num,
        y: Num,
        half: Num,
    },
    Text {
        class: &'static str,
        x: Num,
        y: Num,
        anchor: Anchor,
        words: String,
    },
    /// A line or an area through points, in a frame as high as the chart.
    Path {
        class: &'static str,
        outline: Outline,
        height: Num,
    },
}

/// The points of a path; a closed path is an area.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outline {
    pub(super) points: Vec<(f64, f64)>,
    pub(super) is_closed: bool,
}

/// Marks that are drawn as SVG elements.
#[derive(Clone, Debug, Default, PartialEq, Template)]
#[template(path = "ui/marks.html")]
pub(super) struct Marks {
    pub(super) marks: Vec<Mark>,
}

parts!(Marks);

/// The colour of a series of marks: blue for the subject, teal for a second category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hue {
    First,
    Second,
}

// === impl Num ===

impl fmt::Display for Num {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.2}", self.0);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        out.write_str(if text == "-0" { "0" } else { text })
    }
}

// === impl Anchor ===

impl Anchor {
    /// The anchor of a text at this x, in percent, so that the text stays within the plot.
    pub(super) fn at(percent: f64) -> Self {
        if percent < 33.0 {
            Self::Start
        } else if percent > 67.0 {
            Self::End
        } else {
            Self::Middle
        }
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        })
    }
}

// === impl Mark ===

impl Mark {
    pub(super) fn line(class: &'static str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Self {
        Self::Line {
            class,
            x1: Num(x1),
            x2: Num(x2),
            y1: Num(y1),
            y2: Num(y2),
        }
    }

    pub(super) fn text(
        class: &'static str,
        (x, y): (f64, f64),
        anchor: Anchor,
        words: impl Into<String>,
    ) -> Self {
        Self::Text {
            class,
            x: Num(x),
            y: Num(y),
            anchor,
            words: words.into(),
        }
    }
}

// === impl Outline ===

/// The path's data: `M1 2 L3 4Z`.
impl fmt::Display for Outline {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (x, y)) in self.points.iter().enumerate() {
            let letter = if index == 0 { "M" } else { " L" };
            write!(out, "{letter}{} {}", Num(*x), Num(*y))?;
        }
        out.write_str(if self.is_closed { "Z" } else { "" })
    }
}

// === impl Marks ===

impl Marks {
    pub(super) fn push(&mut self, mark: Mark) {
        self.marks.push(mark);
    }
}

// === impl Hue ===

impl Hue {
    pub(super) fn bar(self) -> &'static str {
        match self {
            Self::First => "g-bar",
            Self::Second => "g-bar-2",
        }
    }

    pub(super) fn whisker(self) -> &'static str {
        match self {
            Self::First => "g-whisk",
            Self::Second => "g-whisk-2",
        }
    }

    pub(super) fn cap(self) -> &'static str {
        match self {
            Self::First => "g-cap",
            Self::Second => "g-cap-2",
        }
    }

    pub(super) fn dot(self) -> &'static str {
        match self {
            Self::First => "g-dot",
            Self::Second => "g-dot-2",
        }
    }
}

/// Which ends of an interval are drawn with a cap: those that are on the scale and not clipped.
///
/// A lower end at 0 may have been clipped there, so it has no cap.
pub(super) fn caps(scale: &Scale, (low, high): (f64, f64)) -> (bool, bool) {
    (
        scale.holds(low) && low != 0.0,
        high.is_finite() && scale.holds(high),
    )
}

/// The dot of an estimate. It is hollow where the estimate is not clearly different from its benchmark.
pub(super) fn dot(hue: Hue, (x, y): (f64, f64), r: f64, comparison: Option<Comparison>) -> Mark {
    let is_hollow = comparison.is_some_and(|comparison| !comparison.is_clear());
    Mark::Dot {
        class: if is_hollow { "g-hollow" } else { hue.dot() },
        x: Num(x),
        y: Num(y),
        // The hollow dot has a wider stroke.
        r: Num(if is_hollow { r - 1.0 } else { r }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::markup::Part;

    #[test]
    fn numbers_are_short_and_have_no_negative_zero() {
        assert_eq!(Num(33.333_33).to_string(), "33.33");
        assert_eq!(Num(-0.001).to_string(), "0");
        assert_eq!(Num(50.0).to_string(), "50");
    }

    #[test]
    fn words_in_a_drawing_are_escaped() {
        let marks = Marks {
            marks: vec![Mark::text(
                "t-b",
                (1.0, 2.0),
                Anchor::Start,
                "</text><script>",
            )],
        };
        assert!(!marks.html().as_str().contains("<script>"));
    }

    #[test]
    fn a_path_has_the_units_of_the_plot() {
        let marks = Marks {
            marks: vec![Mark::Path {
                class: "g-band",
                outline: Outline {
                    points: vec![(14.0, 10.5), (94.0, 20.0)],
                    is_closed: true,
                },
                height: Num(150.0),
            }],
        };
        let html = marks.html();
        assert!(html.as_str().contains(r#"viewBox="0 0 100 150""#), "{html}");
        assert!(html.as_str().contains(r#"d="M14 10.5 L94 20Z""#), "{html}");
    }
}
