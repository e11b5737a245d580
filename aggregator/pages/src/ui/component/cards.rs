//! Summary cards, each with one figure and its doubt.

use askama::Template;

use crate::{
    estimate::{Figure, Unit},
    ui::{DisplayedFigure, Tag, markup::parts},
};

/// Up to four cards in a row.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/cards.html")]
pub struct Cards {
    cards: Vec<Card>,
    /// Whether the cards stand beneath the heading of a section, and not of the page.
    is_in_section: bool,
}

parts!(Cards);

/// A card of a row of cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    heading: String,
    big: String,
    /// The small word after the figure: `points`.
    unit: &'static str,
    between: String,
    tag: Option<Tag>,
    note: Option<String>,
}

// === impl Cards ===

impl Cards {
    /// Cards from left to right, at the head of a page.
    #[must_use]
    pub fn new(cards: Vec<Card>) -> Self {
        Self {
            cards,
            is_in_section: false,
        }
    }

    /// Puts the cards beneath the heading of a section.
    #[must_use]
    pub fn in_section(mut self) -> Self {
        self.is_in_section = true;
        self
    }
}

// === impl Card ===

impl Card {
    /// A card with a figure. Where the figure is too noisy the card says so, with the interval.
    #[must_use]
    pub fn new(heading: impl Into<String>, figure: &Figure) -> Self {
        let shown = DisplayedFigure::of(figure);
        let is_points = figure.unit() == Unit::Share && figure.reliability().is_none();
        let (big, unit) = match shown.value_text() {
            None => (shown.without_value(), ""),
            Some(text) if is_points => (text.trim_end_matches('%').to_owned(), "points"),
            Some(text) => (text, ""),
        };
        let between = shown.between();
        Self {
            heading: heading.into(),
            big,
            unit,
            between: if is_points {
                between.replace('%', "")
            } else {
                between
            },
            tag: None,
            note: None,
        }
    }

    /// A card with words instead of a figure, such as where a ladder narrows, and the numbers that show it.
    #[must_use]
    pub fn of_words(
        heading: impl Into<String>,
        big: impl Into<String>,
        between: impl Into<String>,
    ) -> Self {
        Self {
            heading: heading.into(),
            big: big.into(),
            unit: "",
            between: between.into(),
            tag: None,
            note: None,
        }
    }

    /// Adds a verdict.
    #[must_use]
    pub fn tagged(mut self, tag: Tag) -> Self {
        self.tag = Some(tag.plain());
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::markup::Part;

    #[test]
    fn a_card_has_its_doubt_and_no_number_where_it_is_too_noisy() {
        let change = Figure::difference(Unit::Share, 0.007, -0.025, 0.039);
        let noisy = Figure::level(Unit::Share, Some(0.26), 0.03, 0.49);
        let cards = Cards::new(vec![
            Card::new("Change", &change).tagged(Tag::CANNOT_TELL),
            Card::new("Consultants", &noisy),
        ]);
        let html = cards.html();
        assert!(
            html.as_str().contains("+0.7 <small>points</small>"),
            "{html}"
        );
        assert!(
            html.as_str().contains("between \u{2212}2.5 and +3.9"),
            "{html}"
        );
        assert!(html.as_str().contains("too noisy to show"), "{html}");
        assert!(!html.as_str().contains("26%"), "{html}");
    }
}
