//! The shell of every page: what stands above and beneath the content.
//!
//! A page is a template that extends `ui/shell.html` and has a field `shell`:
//!
//! ```text
//! {% extends "ui/shell.html" %}
//! {% block content %}…{% endblock %}
//! ```

use super::{Sentence, assets, component::Link};

/// What the shell must know about a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shell {
    /// The place that the numbers are about: `Greater Manchester`.
    pub place: String,
    /// The page's section in the navigation, if it is in one.
    pub section: Option<Section>,
    /// A notice above the page, only for a demonstration, test data or a withdrawn release.
    pub notice: Option<String>,
    /// If the page is not about everybody: whose staff it is about, and a link to the page about everybody.
    pub alone: Option<(String, Link)>,
    /// The query that links of the navigation keep: `?org=R0A`.
    pub kept: String,
    /// Links from the start page to this one; empty on pages of the first level.
    pub crumbs: Vec<Link>,
    /// The heading of the page.
    pub heading: String,
    /// One to three sentences that give the answer first.
    pub lead: Vec<Sentence>,
    /// Date, release and employers; the first of them stands out.
    pub meta: Vec<String>,
    /// Links to the page's sections, if it has four or more.
    pub on_page: Vec<Link>,
}

/// A section of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// How many people work here, in which groups and places.
    Overview,
    /// The localities, and a page for each.
    Localities,
    /// The staff groups, and a page for each.
    StaffGroups,
    /// Employers, localities or staff groups side by side.
    Compare,
    /// Who is on which band.
    Equality,
    /// The cancer pathways, and a page for each board.
    Pathways,
    /// Who is in the releases.
    Coverage,
    /// What was spent, and what that means.
    Privacy,
    /// How numbers are made and judged, with all definitions.
    Method,
    /// All releases.
    Releases,
}

// === impl Section ===

impl Section {
    /// The sections about the workforce.
    pub const WORKFORCE: [Self; 6] = [
        Self::Overview,
        Self::Localities,
        Self::StaffGroups,
        Self::Compare,
        Self::Equality,
        Self::Pathways,
    ];
    /// The sections about the data.
    pub const DATA: [Self; 4] = [Self::Coverage, Self::Privacy, Self::Method, Self::Releases];

    /// All sections in the order of the navigation, each with whether it is the first one about the data.
    pub fn all() -> impl Iterator<Item = (Self, bool)> {
        let data = Self::DATA.into_iter().enumerate();
        let workforce = Self::WORKFORCE.into_iter().map(|section| (section, false));
        workforce.chain(data.map(|(index, section)| (section, index == 0)))
    }

    /// The words that people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Localities => "Localities",
            Self::StaffGroups => "Staff groups",
            Self::Compare => "Compare",
            Self::Equality => "Equality",
            Self::Pathways => "Pathways",
            Self::Coverage => "Coverage",
            Self::Privacy => "Privacy",
            Self::Method => "Method",
            Self::Releases => "Releases",
        }
    }

    /// The path of the section's first page.
    #[must_use]
    pub fn href(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::Localities => "/localities",
            Self::StaffGroups => "/staff-groups",
            Self::Compare => "/compare",
            Self::Equality => "/equality",
            Self::Pathways => "/pathways",
            Self::Coverage => "/coverage",
            Self::Privacy => "/privacy",
            Self::Method => "/method",
            Self::Releases => "/releases",
        }
    }
}

// === impl Shell ===

impl Shell {
    /// The sections about the workforce, for the foot of a page.
    #[must_use]
    pub fn about_the_workforce(&self) -> &'static [Section] {
        &Section::WORKFORCE
    }

    /// The sections about the data, for the foot of a page.
    #[must_use]
    pub fn about_the_data(&self) -> &'static [Section] {
        &Section::DATA
    }

    /// The shell of a page of the first level, without lead.
    #[must_use]
    pub fn new(place: &str, section: Section, heading: &str) -> Self {
        Self {
            place: place.to_owned(),
            section: Some(section),
            notice: None,
            alone: None,
            kept: String::new(),
            crumbs: Vec::new(),
            heading: heading.to_owned(),
            lead: Vec::new(),
            meta: Vec::new(),
            on_page: Vec::new(),
        }
    }

    /// The title of the browser's window, with the page first.
    #[must_use]
    pub fn title(&self) -> String {
        let system = "Virtual Workforce Information System";
        if self.place.is_empty() {
            format!("{} – {system}", self.heading)
        } else {
            format!("{} – {system}, {}", self.heading, self.place)
        }
    }

    /// The path at which the stylesheet is served.
    #[must_use]
    pub fn stylesheet(&self) -> String {
        assets::STYLESHEET.path()
    }

    /// The path at which the icon is served.
    #[must_use]
    pub fn icon(&self) -> String {
        assets::ICON.path()
    }

    /// The path at which the script is served.
    #[must_use]
    pub fn script(&self) -> String {
        assets::SCRIPT.path()
    }

    /// The sections in the navigation, each with whether it begins a new group.
    pub fn navigation(&self) -> impl Iterator<Item = (Section, bool)> {
        Section::all()
    }

    /// Whether the page stands in this section.
    #[must_use]
    pub fn is_current(&self, section: Section) -> bool {
        self.section == Some(section)
    }
}
