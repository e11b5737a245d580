//! A matrix: a table with names along both sides, each cell with its doubt.

use askama::Template;

use crate::{
    estimate::Figure,
    ui::{
        Comparison, DisplayedFigure, Tag,
        chart::{Behind, Foot},
        markup::parts,
    },
};

/// A table in a card. Its cells are figures, or compare the row with the column in a word, a shape and an
/// interval. It scrolls sideways within itself where it does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/matrix.html")]
pub struct Matrix {
    caption: String,
    heading: String,
    columns: Vec<String>,
    rows: Vec<Row>,
    foot: Foot,
}

parts!(Matrix);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    name: String,
    href: Option<String>,
    cells: Vec<Option<Cell>>,
}

/// The content of a place where a row and a column meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    head: Head,
    interval: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Head {
    Tag(Tag),
    Value(String),
    /// Why the cell has no figure.
    Without(String),
}

// === impl Matrix ===

impl Matrix {
    /// A matrix whose caption says what is compared and in which unit; `heading` says what a row is.
    #[must_use]
    pub fn new(caption: impl Into<String>, heading: &str, columns: Vec<String>) -> Self {
        Self {
            caption: caption.into(),
            heading: heading.to_owned(),
            columns,
            rows: Vec::new(),
            foot: Foot::default(),
        }
    }

    /// Adds a row, linked if it has its own page. It has a cell for each column, empty where the row meets
    /// itself.
    pub fn push(
        &mut self,
        name: impl Into<String>,
        href: Option<String>,
        mut cells: Vec<Option<Cell>>,
    ) {
        cells.resize(self.columns.len(), None);
        self.rows.push(Row {
            name: name.into(),
            href,
            cells,
        });
    }

    /// Adds the foot, which says where the numbers can be got.
    #[must_use]
    pub fn behind(mut self, foot: Foot) -> Self {
        self.foot = foot;
        self
    }

    fn behind_it(&self) -> Behind<'_> {
        Behind {
            title: &self.caption,
            table: None,
            foot: &self.foot,
        }
    }
}

// === impl Cell ===

impl Cell {
    /// A cell with a figure and its interval.
    #[must_use]
    pub fn of(figure: &Figure) -> Self {
        let shown = DisplayedFigure::of(figure);
        Self {
            head: match shown.value_text() {
                Some(value) => Head::Value(value),
                None => Head::Without(shown.without_value()),
            },
            interval: shown.interval_text(),
        }
    }

    /// A cell that compares the row with the column, by the difference of their shares and where that stands.
    #[must_use]
    pub fn of_pair(difference: &Figure, comparison: Comparison) -> Self {
        Self {
            head: Head::Tag(comparison.tag().plain()),
            // A difference of shares is in points, not in percent.
            interval: DisplayedFigure::of(difference)
                .interval_text()
                .replace('%', ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{estimate::Unit, ui::markup::Part};

    #[test]
    fn a_row_is_read_against_each_column_and_is_nothing_against_itself() {
        let columns = vec!["Bolton".to_owned(), "Bury".to_owned()];
        let mut matrix = Matrix::new("Share of women: in points", "Locality", columns);
        let more = Figure::difference(Unit::Share, 0.031, 0.012, 0.05);
        let cells = vec![None, Some(Cell::of_pair(&more, Comparison::Higher))];
        matrix.push("Bolton", Some("/localities/bolton".to_owned()), cells);
        let less = Figure::difference(Unit::Share, -0.031, -0.05, -0.012);
        matrix.push(
            "Bury & around",
            None,
            vec![Some(Cell::of_pair(&less, Comparison::Lower))],
        );
        let html = matrix.html();
        let html = html.as_str();
        assert!(html.contains(">Higher<"), "{html}");
        assert!(html.contains("+1.2 to +5.0"), "{html}");
        assert!(html.contains("\u{2212}5.0 to \u{2212}1.2"), "{html}");
        assert!(html.contains("<a href=\"/localities/bolton\">Bolton</a>"));
        assert!(html.contains("<th scope=\"row\">Bury &#38; around</th>"));
        assert_eq!(html.matches("class=\"self\"").count(), 2, "{html}");
    }

    #[test]
    fn a_figure_that_is_too_noisy_has_an_interval_and_no_number() {
        let mut matrix = Matrix::new(
            "Share",
            "Band",
            vec!["Asian".to_owned(), "Black".to_owned()],
        );
        let cells = [(0.171, 0.149, 0.193), (0.26, 0.03, 0.49)].map(|(value, low, high)| {
            let share = Figure::level(Unit::Share, Some(value), low, high);
            Some(Cell::of(&share))
        });
        matrix.push("Band 9", None, cells.into());
        let html = matrix.html();
        let html = html.as_str();
        assert!(html.contains("<b>17.1%</b>"), "{html}");
        assert!(html.contains(">14.9% to 19.3%<"), "{html}");
        assert!(
            html.contains(">too noisy to show<") && html.contains(">3% to 49%<"),
            "{html}"
        );
        assert!(!html.contains("26%"), "{html}");
    }
}
