//! The dashboard: every page that people look at, made from releases alone.
//!
//! ```text
//! Archive ─► Reading ─ ask(Ask) ─► IndicatorAnswer (findings, where the same numbers are as CSV)
//!               │                    │
//!               │                    ▼
//!            View ─────────────► Document (shell, parts of `ui` in order) ─► HTML
//! ```
//!
//! A [`View`] is an address that exists. It says whose numbers and which pathways it shows
//! ([`View::subject`]: access is decided from that before anything is computed), and makes its [`Document`]
//! from a [`Reading`]. Each page has a file of its own and asks only indicators: a number on a page is the
//! number that the API gives, and every chart links to it as CSV. What an agreement does not promise, or what
//! is not released yet, leaves a [`Gap`] that says so; the rest of the page stands.
//!
//! **Architecture invariants**: pure, no IO, no clock, and nothing depends on who looks: the same view of the
//! same releases has the same bytes for everybody.

mod accessibility;
mod ask;
mod careers;
mod changes;
mod charts;
mod compare;
mod coverage;
mod document;
mod equality;
mod gap;
mod group;
mod guess;
mod head;
mod indicator_answer;
mod ladders;
mod likeness;
mod localities;
mod locality;
mod method;
mod overview;
mod pack;
mod parity;
mod pathway;
mod pathways;
mod privacy;
mod reading;
mod releases;
mod resilience;
mod shares;
mod staff_group;
mod staff_groups;
pub mod ui;
mod view;
mod words;

use vwis_picture::{
    access, answer, archive, estimate, estimator, export, indicator, picture, release, spending,
};

pub use ask::Ask;
pub use document::Document;
pub use gap::Gap;
pub use indicator_answer::{At, IndicatorAnswer};
pub use pack::pack;
pub use reading::Reading;
pub use view::{Choices, View};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
