//! What is behind a chart or a table.

use askama::Template;

use super::DataTable;
use crate::ui::{chart::Foot, markup::parts};

/// The line under a chart or a table: its numbers as a table, as a file and for ever, and a note. It is
/// nothing where there is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/behind.html")]
pub(in crate::ui) struct Behind<'a> {
    /// What it is behind of, for who hears the links alone.
    pub title: &'a str,
    pub table: Option<&'a DataTable>,
    pub foot: &'a Foot,
}

parts!(Behind<'_>);
