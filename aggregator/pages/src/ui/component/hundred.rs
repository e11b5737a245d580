//! A chance as dots in a hundred, which people can count.

use askama::Template;

use crate::ui::markup::parts;

/// The number of dots in a row, and of rows.
const SIDE: u32 = 10;

/// Some chances side by side, each as dots in a hundred.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/hundreds.html")]
pub struct Hundreds {
    /// The chances from left to right.
    pub chances: Vec<Chance>,
}

parts!(Hundreds);

/// A chance, with words for what it is a chance of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chance {
    in_100: u32,
    of_what: String,
}

// === impl Chance ===

impl Chance {
    /// A chance of this many in 100, rounded up so that it is not shown smaller than it is.
    #[must_use]
    pub fn new(in_100: f64, of_what: impl Into<String>) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is clamped to 0 to 100"
        )]
        let in_100 = (in_100 - 1e-9).ceil().clamp(0.0, 100.0) as u32;
        Self {
            in_100,
            of_what: of_what.into(),
        }
    }

    /// The dots: x, y, and whether the dot is filled.
    fn dots(&self) -> impl Iterator<Item = (u32, u32, bool)> {
        let place = |index: u32| (10 + 20 * (index % SIDE), 10 + 20 * (index / SIDE));
        let filled = self.in_100;
        (0..SIDE * SIDE).map(move |index| {
            let (x, y) = place(index);
            (x, y, index < filled)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::markup::Part;

    #[test]
    fn so_many_dots_are_filled_and_no_chance_is_made_smaller() {
        let hundreds = Hundreds {
            chances: vec![Chance::new(56.2, "with one release")],
        };
        let html = hundreds.html();
        assert_eq!(html.as_str().matches("g-on").count(), 57);
        assert_eq!(html.as_str().matches("g-off").count(), 43);
        assert!(html.as_str().contains("57 in 100"), "{html}");
        assert_eq!(Chance::new(50.0, "").in_100, 50);
    }
}
