//! The parts that pages are made of: sentences, charts, components, and the shell around them.
//!
//! ```text
//! Figure + Verdict ─┬─► sentence ──────────────┐
//!                   ├─► chart ─► chart::Framed ┼─► a page's own template, which extends ui/shell.html
//!                   └─► component ─────────────┘
//! ```
//!
//! **Architecture invariants**: pure, no IO. Every part takes plain data and is a template, so text is
//! escaped by the template engine and nowhere else. A number is never written without its doubt, and not at
//! all where it is too noisy. There is no inline style and no inline script, and nothing needs a script to be
//! read or done.

pub mod assets;
pub mod chart;
pub mod comparison;
pub mod component;
pub mod layout;
pub mod markup;
pub mod sentence;
mod table;

pub use crate::estimate::DisplayedFigure;
pub use comparison::{Comparison, Tag};
pub use markup::Html;
pub use sentence::Sentence;
pub use table::{DataTable, Heading};

#[cfg(test)]
mod sample;
