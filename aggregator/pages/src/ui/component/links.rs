//! A list of pages to go to.

use askama::Template;

use super::Link;
use crate::ui::markup::parts;

/// Links one under the other, in columns where there is room.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/links.html")]
pub struct Links {
    /// The links in their order.
    pub links: Vec<Link>,
}

parts!(Links);
