//! The shell of every page: what stands above and beneath its content.
//!
//! A page is a template of its own that extends `ui/shell.html` and has a field `shell`:
//!
//! ```text
//! {% extends "ui/shell.html" %}
//! {% block content %}…{% endblock %}
//! ```

use super::{Sentence, assets, component::Link};

/// What the shell needs to know of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shell {
    /// Of whom the picture is: `Greater Manchester`.
    pub place: String,
    /// Where in the navigation the page stands.
    pub section: Option<Section>,
    /// Only for a demo, test data or a withdrawn release.
    pub notice: Option<String>,
    /// Whose staff the page is of, where it is not everybody's, and where everybody's is.
    pub alone: Option<(String, Link)>,
    /// The query that links of the navigation keep: `?org=R0A`.
    pub kept: String,
    /// From the start page to this one; empty on pages of the first level.
    pub crumbs: Vec<Link>,
    /// What the page is called.
    pub heading: String,
    /// One to three sentences that answer first.
    pub lead: Vec<Sentence>,
    /// Date, release, employers: the first stands out.
    pub meta: Vec<String>,
    /// The sections of a page that has four or more.
    pub on_page: Vec<Link>,
}

/// What stands in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// How many, of whom, where.
    Overview,
    /// One locality after the other.
    Localities,
    /// One staff group after the other.
    StaffGroups,
    /// Employers or localities side by side.
    Compare,
    /// Who is in which band.
    Equality,
    /// Pathway boards.
    Pathways,
    /// Who is in the releases.
    Coverage,
    /// What was spent, and what it means.
    Privacy,
    /// How numbers are made and judged.
    Method,
    /// All releases.
    Releases,
}

// === impl Section ===

impl Section {
    /// About the workforce.
    pub const WORKFORCE: [Self; 6] = [
        Self::Overview,
        Self::Localities,
        Self::StaffGroups,
        Self::Compare,
        Self::Equality,
        Self::Pathways,
    ];
    /// About the data.
    pub const DATA: [Self; 4] = [Self::Coverage, Self::Privacy, Self::Method, Self::Releases];

    /// In the order of the navigation, with whether it is the first about the data.
    pub fn all() -> impl Iterator<Item = (Self, bool)> {
        let data = Self::DATA.into_iter().enumerate();
        let workforce = Self::WORKFORCE.into_iter().map(|section| (section, false));
        workforce.chain(data.map(|(index, section)| (section, index == 0)))
    }

    /// For people.
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

    /// Where its first page is.
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

    /// The sections about the data, likewise.
    #[must_use]
    pub fn about_the_data(&self) -> &'static [Section] {
        &Section::DATA
    }

    /// A page of the first level, without lead.
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

    /// Of the browser's window, the page first.
    #[must_use]
    pub fn title(&self) -> String {
        let system = "Virtual Workforce Information System";
        if self.place.is_empty() {
            format!("{} – {system}", self.heading)
        } else {
            format!("{} – {system}, {}", self.heading, self.place)
        }
    }

    /// Where the stylesheet is served.
    #[must_use]
    pub fn stylesheet(&self) -> String {
        assets::STYLESHEET.path()
    }

    /// Where the icon is served.
    #[must_use]
    pub fn icon(&self) -> String {
        assets::ICON.path()
    }

    /// Where the script is served.
    #[must_use]
    pub fn script(&self) -> String {
        assets::SCRIPT.path()
    }

    /// The navigation, with whether an entry begins a group of its own.
    pub fn navigation(&self) -> impl Iterator<Item = (Section, bool)> {
        Section::all()
    }

    /// Whether the page stands there.
    #[must_use]
    pub fn is_current(&self, section: Section) -> bool {
        self.section == Some(section)
    }
}
