//! Markup that is safe to stand in a page as it is.

use std::fmt;

use askama::{Template, filters::HtmlSafe};

/// Markup that a template of this crate made: it is not escaped again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

/// A part of a page: a template whose markup may stand in another as it is.
pub trait Part: Template {
    /// The part as markup, where parts of several kinds stand in one list.
    fn html(&self) -> Html {
        Html(
            self.render()
                .expect("a part writes texts and numbers into a String, which takes them"),
        )
    }
}

/// Says of templates that they are parts: what they hold is escaped by the template engine already.
macro_rules! parts {
    ($($part:ty),+ $(,)?) => {$(
        impl askama::filters::HtmlSafe for $part {}
        impl $crate::ui::markup::Part for $part {}
    )+};
}
pub(super) use parts;

// === impl Html ===

impl Html {
    /// As it stands in a page.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}
