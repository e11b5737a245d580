//! Sections: a heading and the parts beneath it, one under the other or side by side.

use askama::Template;

use crate::ui::{Html, Sentence, markup::Part, markup::parts};

/// A section: a heading, sentences that introduce it, and parts.
#[derive(Clone, Debug, PartialEq, Template)]
#[template(path = "ui/section.html")]
pub struct Section {
    id: String,
    heading: String,
    intro: Vec<Sentence>,
    parts: Vec<Html>,
    is_column: bool,
}

parts!(Section);

/// How parts stand side by side where there is room. On a phone one follows the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Two parts of the same width.
    Halves,
    /// A main part, and one beside it of half the width.
    MainAndAside,
}

/// Parts side by side.
#[derive(Clone, Debug, PartialEq, Template)]
#[template(path = "ui/columns.html")]
pub struct Columns {
    layout: Layout,
    are_sections: bool,
    parts: Vec<Html>,
}

parts!(Columns);

/// Prose: plain paragraphs.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/prose.html")]
pub struct Prose {
    paragraphs: Vec<Sentence>,
}

parts!(Prose);

// === impl Section ===

impl Section {
    /// A section under a heading. `id` is unique on the page, for links to the section.
    #[must_use]
    pub fn new(id: impl Into<String>, heading: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            heading: heading.into(),
            intro: Vec::new(),
            parts: Vec::new(),
            is_column: false,
        }
    }

    /// Adds a sentence that introduces the section.
    #[must_use]
    pub fn saying(mut self, sentence: Sentence) -> Self {
        self.intro.push(sentence);
        self
    }

    /// Adds a part.
    #[must_use]
    pub fn with(mut self, part: &impl Part) -> Self {
        self.parts.push(part.html());
        self
    }

    /// Adds a part that is markup already.
    #[must_use]
    pub fn with_html(mut self, part: Html) -> Self {
        self.parts.push(part);
        self
    }

    /// A link to the section, with its heading.
    #[must_use]
    pub fn link(&self) -> super::Link {
        super::Link::new(&self.heading, format!("#{}", self.id))
    }
}

// === impl Columns ===

impl Columns {
    /// Parts of one section side by side.
    #[must_use]
    pub fn of(layout: Layout, parts: Vec<Html>) -> Self {
        Self {
            layout,
            are_sections: false,
            parts,
        }
    }

    /// Whole sections side by side.
    #[must_use]
    pub fn of_sections(layout: Layout, sections: Vec<Section>) -> Self {
        let column = |mut section: Section| {
            section.is_column = true;
            section.html()
        };
        Self {
            layout,
            are_sections: true,
            parts: sections.into_iter().map(column).collect(),
        }
    }
}

// === impl Prose ===

impl Prose {
    /// Prose with one paragraph for each of these.
    #[must_use]
    pub fn of(paragraphs: Vec<Sentence>) -> Self {
        Self { paragraphs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_named_by_its_heading_and_holds_its_parts_in_order() {
        let one = Prose::of(vec![Sentence::words("first <b>")]);
        let two = Prose::of(vec![Sentence::words("second")]);
        let section = Section::new("who", "Who works here")
            .saying(Sentence::words("nine employers"))
            .with(&one)
            .with(&two);
        assert_eq!(section.link().href, "#who");
        let html = section.html();
        let html = html.as_str();
        assert!(html.contains("aria-labelledby=\"who\""), "{html}");
        assert!(
            html.contains("<h2 id=\"who\">Who works here</h2>"),
            "{html}"
        );
        assert!(html.contains("Nine employers."), "{html}");
        let (first, second) = (html.find("First &#60;b&#62;."), html.find("Second."));
        assert!(first.unwrap() < second.unwrap(), "{html}");
    }
}
