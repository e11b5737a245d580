//! The pages that people look at, in parts: sentences, charts, components, and the shell around them.
//!
//! ```text
//! Figure + Verdict ─┬─► sentence ──────────────┐
//!                   ├─► chart ─► chart::Framed ┼─► a page's own template, which extends ui/shell.html
//!                   └─► component ─────────────┘
//! ```
//!
//! **Architecture invariants**: pure, no IO; every part takes plain data and is a template, so that
//! text is escaped by the template engine and nowhere else; a number is never written without its
//! doubt, and never at all where it is too noisy; no inline style and no inline script; nothing needs a
//! script to be read or done.

pub mod assets;
pub mod chart;
pub mod component;
pub mod layout;
pub mod markup;
pub mod sentence;
pub mod standing;

pub use crate::estimate::Shown;
pub use markup::Html;
pub use sentence::Sentence;
pub use standing::{Standing, Tag};

#[cfg(test)]
mod sample;
