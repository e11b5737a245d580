//! The parts that pages are made of: each is a small template with its own struct.

mod answer;
mod cards;
mod coverage;
mod filters;
mod hundred;
mod inset;
mod link_table;
mod links;
mod matrix;
mod section;
mod steps;
mod table_card;
mod take;
mod terms;

pub use answer::{Answer, Answered};
pub use cards::{Card, Cards};
pub use coverage::{Attendance, CoverageStrip, Employer};
pub use filters::{Choice, Filters};
pub use hundred::{Chance, Hundreds};
pub use inset::Inset;
pub use link_table::LinkTable;
pub use links::Links;
pub use matrix::{Cell, Matrix};
pub use section::{Columns, Layout, Prose, Section};
pub use steps::{Step, Steps};
pub use table_card::TableCard;
pub use take::{Link, Take};
pub use terms::Terms;
