//! The line under a chart or a table.

use askama::Template;

use super::Foot;
use crate::ui::{DataTable, markup::parts};

/// The line under a chart or a table, which leads to its numbers: as a table, as a file, and at an address
/// that stays; and a note. It is empty where there is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/behind.html")]
pub(in crate::ui) struct Behind<'a> {
    /// The title of the chart or table, for people who hear the links without seeing it.
    pub title: &'a str,
    pub table: Option<&'a DataTable>,
    pub foot: &'a Foot,
}

parts!(Behind<'_>);
