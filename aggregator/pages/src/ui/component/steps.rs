//! Steps: what happens in which order, and where.

use askama::Template;

use crate::ui::markup::parts;

/// Numbered steps, side by side where there is room.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/steps.html")]
pub struct Steps {
    /// The steps in their order.
    pub steps: Vec<Step>,
}

parts!(Steps);

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it happens: `Inside the employer`.
    pub place: &'static str,
    /// The name of the step in a word or two.
    pub name: &'static str,
    /// What happens.
    pub says: &'static str,
}
