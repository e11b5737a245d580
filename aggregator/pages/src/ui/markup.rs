//! Markup that may stand in a page without being escaped.

use std::fmt;

use askama::{Template, filters::HtmlSafe};

/// Markup that a template of this crate made, so it is not escaped again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

/// A part of a page: a template whose markup may stand in another template without being escaped.
pub trait Part: Template {
    /// The markup of the part, for lists with parts of several kinds.
    fn html(&self) -> Html {
        Html(
            self.render()
                .expect("a part writes texts and numbers into a String, which takes them"),
        )
    }
}

/// Makes templates parts. Their markup is safe because the template engine has escaped what they hold.
macro_rules! parts {
    ($($part:ty),+ $(,)?) => {$(
        impl askama::filters::HtmlSafe for $part {}
        impl $crate::ui::markup::Part for $part {}
    )+};
}
pub(super) use parts;

// === impl Html ===

impl Html {
    /// The markup as text.
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
