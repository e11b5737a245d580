//! What was spent of what is agreed: exact bars, one row for each who spends, and the limit as a line through
//! all.

use askama::Template;

use super::{
    super::{
        Chart, Key,
        marks::{Anchor, Mark, Marks, Num},
        scale::{Extent, Scale},
    },
    axis::{Axis, ticks},
};
use crate::{
    estimate::Unit,
    ui::{
        DataTable, Html,
        markup::{Part, parts},
    },
};

/// Rows of exact amounts on one scale. There is no doubt to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    caption: String,
    /// The headings: what a row is, and what the two columns of numbers are.
    headings: [String; 3],
    limit: Amount,
    rows: Vec<Spending>,
}

/// One row: somebody who spends.
#[derive(Clone, Debug, PartialEq)]
pub struct Spending {
    /// The name of who spends.
    pub label: String,
    /// What to know about this row.
    pub notes: Vec<String>,
    /// What was spent.
    pub spent: Amount,
    /// What was spent, in another measure and in words.
    pub also: String,
    /// How much more may be spent, in the unit of `spent`.
    pub rest: f64,
}

/// An exact amount, with the words for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount {
    /// The amount, at least 0.
    pub value: f64,
    /// The words that people read.
    pub words: String,
}

// === impl Budget ===

impl Budget {
    /// Rows in the order in which they are given, compared with a limit.
    #[must_use]
    pub fn new(
        caption: impl Into<String>,
        headings: [&str; 3],
        limit: Amount,
        rows: Vec<Spending>,
    ) -> Self {
        Self {
            caption: caption.into(),
            headings: headings.map(str::to_owned),
            limit,
            rows,
        }
    }

    fn scale(&self) -> Scale {
        let mut extent = Extent::default();
        extent.hold_value(self.limit.value);
        for row in &self.rows {
            extent.hold_value(row.spent.value + row.rest);
        }
        Scale::over(Unit::Ratio, &extent, true)
    }

    fn head(&self, scale: &Scale) -> Axis {
        let mut marks = Marks::default();
        let x = 100.0 * scale.at(self.limit.value);
        let words = format!("Agreed {}", self.limit.words);
        marks.push(Mark::text("t-b", (x, 12.0), Anchor::at(x), words));
        marks.push(Mark::line("g-bench", (x, 16.0), (x, 44.0)));
        marks
            .marks
            .extend(ticks(scale, None, (36.0, 40.0, 44.0)).marks);
        Axis {
            marks,
            height: Num(44.0),
        }
    }

    fn grid(&self, scale: &Scale) -> Marks {
        let mut marks = Marks::default();
        for tick in scale.ticks() {
            let class = if scale.is_zero(tick) {
                "g-zero"
            } else {
                "g-grid"
            };
            let x = Num(100.0 * scale.at(tick));
            marks.push(Mark::Upright { class, x });
        }
        marks.push(Mark::Upright {
            class: "g-bench",
            x: Num(100.0 * scale.at(self.limit.value)),
        });
        marks
    }
}

/// Draws what was spent as a solid bar and what may still be spent as an outlined one.
fn bars(row: &Spending, scale: &Scale) -> Marks {
    let mut marks = Marks::default();
    let x = |value: f64| 100.0 * scale.at(value);
    let mut bar = |class, from: f64, to: f64| {
        if to > from {
            marks.push(Mark::Rect {
                class,
                x: Num(x(from)),
                y: Num(-9.0),
                width: Num(x(to) - x(from)),
                height: Num(18.0),
            });
        }
    };
    bar("g-bar-rest", row.spent.value, row.spent.value + row.rest);
    bar("g-bar-exact", 0.0, row.spent.value);
    marks
}

impl Chart for Budget {
    fn html(&self) -> Html {
        let scale = self.scale();
        Drawn {
            caption: &self.caption,
            headings: &self.headings,
            head: self.head(&scale),
            grid: self.grid(&scale),
            rows: self
                .rows
                .iter()
                .map(|row| (row, bars(row, &scale)))
                .collect(),
        }
        .html()
    }

    fn key(&self) -> Vec<Key> {
        let mut key = vec![Key::Spent];
        if self.rows.iter().any(|row| row.rest > 0.0) {
            key.push(Key::Agreed);
        }
        key
    }

    fn start_in_words(&self) -> Option<String> {
        None
    }

    fn table(&self) -> Option<DataTable> {
        None
    }
}

#[derive(Template)]
#[template(path = "ui/budget.html")]
struct Drawn<'a> {
    caption: &'a str,
    headings: &'a [String; 3],
    head: Axis,
    grid: Marks,
    rows: Vec<(&'a Spending, Marks)>,
}

parts!(Drawn<'_>);

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(value: f64) -> Amount {
        Amount {
            value,
            words: value.to_string(),
        }
    }

    fn spending(spent: f64, rest: f64) -> Spending {
        Spending {
            label: "Bolton <b>".to_owned(),
            notes: vec!["one correction".to_owned()],
            spent: amount(spent),
            also: "2.45".to_owned(),
            rest,
        }
    }

    fn budget(rows: Vec<Spending>) -> Budget {
        Budget::new("Spent", ["Employer", "Spent, ρ", "as ε"], amount(0.5), rows)
    }

    #[test]
    fn what_is_agreed_is_outlined_after_what_was_spent() {
        let chart = budget(vec![spending(0.2, 0.3)]);
        let marks = bars(&chart.rows[0], &chart.scale()).marks;
        let span = |mark: &Mark| match mark {
            Mark::Rect { x, width, .. } => (x.0, x.0 + width.0),
            other => panic!("{other:?}"),
        };
        let (rest, spent) = (span(&marks[0]), span(&marks[1]));
        assert!((spent.1 - rest.0).abs() < 1e-9 && spent.0.abs() < 1e-9);
        let limit = 100.0 * chart.scale().at(0.5);
        assert!((rest.1 - limit).abs() < 1e-9);
        assert_eq!(chart.key(), [Key::Spent, Key::Agreed]);
        let html = chart.html();
        assert!(html.as_str().contains("Bolton &#60;b&#62;"), "{html}");
        assert!(html.as_str().contains("Agreed 0.5"), "{html}");
        assert!(!html.as_str().contains("95%"), "{html}");
    }

    #[test]
    fn a_correction_can_lead_beyond_what_is_agreed_and_is_drawn_whole() {
        let chart = budget(vec![spending(0.7, 0.0)]);
        assert!(chart.scale().holds(0.7));
        assert_eq!(bars(&chart.rows[0], &chart.scale()).marks.len(), 1);
        assert_eq!(chart.key(), [Key::Spent]);
    }
}
