//! Views: which pages there are, what their addresses are, whom they show, and how they are made.

use std::collections::{BTreeMap, BTreeSet};

use vwis_model::{agreement::Series, dictionary::Category, here};

use super::{
    Ask, Document, Gap, Reading, accessibility, careers, compare, coverage, equality, head,
    localities, locality, method, overview, pathway, pathways, privacy, releases, staff_group,
    staff_groups,
};
use crate::{
    access::{self, PATHWAY},
    archive::Archive,
    indicator::Indicator,
    picture::Whose,
    ui::layout,
};

/// A page that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// How many people work here, in which groups and places.
    Overview,
    /// All localities.
    Localities,
    /// One locality.
    Locality(&'static Category),
    /// All staff groups.
    StaffGroups,
    /// One staff group.
    StaffGroup(&'static Category),
    /// Employers, localities or staff groups side by side.
    Compare(Choices),
    /// Who is on which band.
    Equality,
    /// Who is recruited, and who moves up.
    Careers,
    /// All pathways. Holds the codes of those for which the reader may see how many people work on them.
    Pathways(BTreeSet<String>),
    /// One pathway.
    Pathway(&'static Category),
    /// Who is in the releases, and how many did not say.
    Coverage,
    /// What was spent, and what that means.
    Privacy,
    /// How numbers are made and judged.
    Method,
    /// All releases; two dates side by side.
    Releases(Choices),
    /// The accessibility statement.
    Accessibility,
}

/// What was chosen on a page: values by the names of the choices. What was not chosen is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices(BTreeMap<&'static str, String>);

// === impl Choices ===

impl Choices {
    /// The choices with these names and values.
    #[must_use]
    pub fn new(chosen: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self(chosen.into_iter().collect())
    }

    /// The value that was chosen under `name`, or `otherwise`.
    #[must_use]
    pub fn or<'a>(&'a self, name: &str, otherwise: &'a str) -> &'a str {
        self.0.get(name).map_or(otherwise, String::as_str)
    }
}

// === impl View ===

impl View {
    /// The page of a locality, by its code.
    #[must_use]
    pub fn locality(code: &str) -> Option<Self> {
        category("locality", code).map(Self::Locality)
    }

    /// The page that was chosen on the overview, by its path; `None` if none was chosen, or the path leads
    /// nowhere.
    #[must_use]
    pub fn chosen_on_overview(choices: &Choices) -> Option<Self> {
        let path = choices.or(overview::GO_TO, "");
        let of = |folder: &str, attribute| {
            let text = path.strip_prefix(folder)?;
            Self::matching(attribute, text)
        };
        of("/localities/", "locality").or_else(|| of("/staff-groups/", "staff_group"))
    }

    /// The names of what can be chosen on the overview, apart from organisations and date.
    #[must_use]
    pub fn choices_on_overview() -> &'static [&'static str] {
        &[overview::GO_TO]
    }

    /// The page of a staff group, by its code.
    #[must_use]
    pub fn staff_group(code: &str) -> Option<Self> {
        category("staff_group", code).map(Self::StaffGroup)
    }

    /// The page of a pathway, by its code.
    #[must_use]
    pub fn pathway(code: &str) -> Option<Self> {
        category(PATHWAY, code).map(Self::Pathway)
    }

    /// The page that compares, with what was chosen on it.
    ///
    /// # Errors
    /// A gap where there is no such choice.
    pub fn compare(choices: Choices) -> Result<Self, Gap> {
        compare::chosen(&choices)?;
        Ok(Self::Compare(choices))
    }

    /// The page of all releases, with the dates that were chosen to be compared.
    ///
    /// # Errors
    /// A gap where what was chosen is not a date.
    pub fn releases(choices: Choices) -> Result<Self, Gap> {
        releases::since(&choices)?;
        Ok(Self::Releases(choices))
    }

    /// The page at a path, with nothing chosen on it.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        let fixed = [
            Self::Overview,
            Self::Localities,
            Self::StaffGroups,
            Self::Compare(Choices::default()),
            Self::Equality,
            Self::Careers,
            Self::Pathways(BTreeSet::new()),
            Self::Coverage,
            Self::Privacy,
            Self::Method,
            Self::Releases(Choices::default()),
            Self::Accessibility,
        ];
        let of = |folder: &str, attribute| {
            let code = path.strip_prefix(folder)?;
            Self::named(attribute, code)
        };
        let mut fixed = fixed.into_iter();
        fixed
            .find(|view| view.path() == path)
            .or_else(|| of("/localities/", "locality"))
            .or_else(|| of("/staff-groups/", "staff_group"))
            .or_else(|| of("/pathways/", PATHWAY))
    }

    /// The same with what was chosen on it.
    ///
    /// # Errors
    /// Where there is no such choice.
    pub fn with(self, choices: Choices) -> Result<Self, Gap> {
        match self {
            Self::Compare(_) => Self::compare(choices),
            Self::Releases(_) => Self::releases(choices),
            other => Ok(other),
        }
    }

    /// Whether it can be had as one document, to print and to file.
    #[must_use]
    pub fn has_pack(&self) -> bool {
        matches!(self, Self::Locality(_) | Self::Pathway(_))
    }

    /// The path of the page.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Overview => "/".to_owned(),
            Self::Localities => "/localities".to_owned(),
            Self::Locality(one) => format!("/localities/{}", one.code()),
            Self::StaffGroups => "/staff-groups".to_owned(),
            Self::StaffGroup(one) => format!("/staff-groups/{}", one.code()),
            Self::Compare(_) => "/compare".to_owned(),
            Self::Equality => "/equality".to_owned(),
            Self::Careers => "/equality/careers".to_owned(),
            Self::Pathways(_) => "/pathways".to_owned(),
            Self::Pathway(one) => format!("/pathways/{}", one.code()),
            Self::Coverage => "/coverage".to_owned(),
            Self::Privacy => "/privacy".to_owned(),
            Self::Method => "/method".to_owned(),
            Self::Releases(_) => "/releases".to_owned(),
            Self::Accessibility => "/accessibility".to_owned(),
        }
    }

    /// What was chosen on the page, as names and values in the order of its address.
    #[must_use]
    pub fn chosen(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Compare(Choices(chosen)) | Self::Releases(Choices(chosen)) => {
                let chosen = chosen.iter();
                chosen.map(|(&name, value)| (name, value.clone())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The names of what can be chosen on the page.
    #[must_use]
    pub fn choices(&self) -> &'static [&'static str] {
        match self {
            Self::Compare(_) => &compare::CHOICES,
            Self::Releases(_) => &releases::CHOICES,
            _ => &[],
        }
    }

    /// The organisations and pathways whose numbers the page shows if it is asked for `whose`. It is decided
    /// by this who may see the page. Pathways are `None` if it shows none.
    #[must_use]
    pub fn subject(&self, archive: &Archive, whose: &Whose) -> (Whose, Option<BTreeSet<String>>) {
        let pathways = match self {
            Self::Pathways(shown) if !shown.is_empty() => Some(shown.clone()),
            Self::Pathway(one) => {
                let mut shown = access::pathways_of_nobody();
                shown.insert(one.code().to_owned());
                Some(shown)
            }
            _ => None,
        };
        let whose = match self {
            Self::Compare(choices) if compare::is_of_employers(choices) => {
                Whose::Organisations(archive.organisations().into_iter().collect())
            }
            _ => whose.clone(),
        };
        (whose, pathways)
    }

    /// Whether the page is made from a series: where its address names no agreement, the default one is chosen
    /// among those that have such a series.
    #[must_use]
    pub fn is_told_by(&self, series: &Series) -> bool {
        match self {
            Self::Careers => careers::is_told_by(series),
            _ => true,
        }
    }

    /// The page itself, made from the releases.
    ///
    /// # Errors
    /// [`Gap`], where the releases hold nothing of what it is about.
    pub fn document(&self, reading: &Reading<'_>) -> Result<Document, Gap> {
        match self {
            Self::Overview => overview::document(reading),
            Self::Localities => localities::document(reading),
            Self::Locality(one) => locality::document(reading, one),
            Self::StaffGroups => staff_groups::document(reading),
            Self::StaffGroup(one) => staff_group::document(reading, one),
            Self::Compare(choices) => compare::document(reading, choices),
            Self::Equality => equality::document(reading),
            Self::Careers => careers::document(reading),
            Self::Pathways(shown) => Ok(pathways::document(reading, shown)),
            Self::Pathway(one) => pathway::document(reading, one),
            Self::Coverage => coverage::document(reading),
            Self::Privacy => privacy::document(reading),
            Self::Method => {
                let heading = "Method and definitions";
                let shell = head::shell(reading, layout::Section::Method, heading);
                let numbers = |one: &Indicator| {
                    let name = one.definition.name;
                    let is_told = reading.ask(&Ask::of(name)).is_ok();
                    is_told.then(|| reading.numbers_of(name))
                };
                Ok(method::document(shell, numbers))
            }
            Self::Releases(choices) => releases::document(reading, choices),
            Self::Accessibility => {
                let shell = head::shell(reading, layout::Section::Overview, "");
                Ok(accessibility::document(shell))
            }
        }
    }

    /// The page, or in its place a page that says what is not there yet: links from the menu and from lists
    /// lead to it all the same. An organisation that is in no release at all has no page.
    ///
    /// # Errors
    /// As [`Self::document`].
    pub fn document_or_gap(&self, reading: &Reading<'_>) -> Result<Document, Gap> {
        let there = reading.archive().organisations();
        let is_known = match reading.whose() {
            Whose::System => true,
            Whose::Organisations(codes) => codes.iter().all(|code| there.contains(code)),
        };
        match self.document(reading) {
            Err(gap) if is_known && gap.is_of_releases() => Ok(self.in_place(reading, &gap)),
            other => other,
        }
    }

    fn in_place(&self, reading: &Reading<'_>, gap: &Gap) -> Document {
        let (section, heading) = self.section_and_heading();
        let mut document = Document::new(head::shell(reading, section, &heading));
        document.push_html(gap.in_place_of("Not here yet"));
        document
    }

    /// The section in which the page stands, and its heading.
    fn section_and_heading(&self) -> (layout::Section, String) {
        use layout::Section;
        let (section, heading) = match self {
            Self::Overview | Self::Accessibility => (Section::Overview, "Overview"),
            Self::Localities => (Section::Localities, "Localities"),
            Self::Locality(one) => (Section::Localities, one.label()),
            Self::StaffGroups => (Section::StaffGroups, "Staff groups"),
            Self::StaffGroup(one) => (Section::StaffGroups, one.label()),
            Self::Compare(_) => (Section::Compare, "Compare"),
            Self::Equality => (Section::Equality, "Equality"),
            Self::Careers => (Section::Equality, careers::HEADING),
            Self::Pathways(_) => (Section::Pathways, "Cancer pathways"),
            Self::Pathway(one) => return (Section::Pathways, pathway::name(one)),
            Self::Coverage => (Section::Coverage, "Coverage"),
            Self::Privacy => (Section::Privacy, "Privacy"),
            Self::Method => (Section::Method, "Method and definitions"),
            Self::Releases(_) => (Section::Releases, "Releases"),
        };
        (section, heading.to_owned())
    }

    /// The page before anything is released; `None` if the page needs releases.
    #[must_use]
    pub fn without_releases(&self, notice: Option<&str>) -> Option<Document> {
        let (section, heading) = self.section_and_heading();
        let mut shell = layout::Shell::new(here::place().name(), section, &heading);
        shell.notice = notice.map(str::to_owned);
        match self {
            Self::Method => Some(method::document(shell, |_| None)),
            Self::Accessibility => Some(accessibility::document(shell)),
            _ => None,
        }
    }

    /// The page of the category with this code, of `attribute`.
    #[must_use]
    pub fn named(attribute: &str, code: &str) -> Option<Self> {
        match attribute {
            "locality" => Self::locality(code),
            "staff_group" => Self::staff_group(code),
            PATHWAY => Self::pathway(code),
            _ => None,
        }
    }

    /// The page that a text means, although it may not be the code exactly: it may have capitals or other
    /// joints, or be the label.
    #[must_use]
    pub fn matching(attribute: &str, text: &str) -> Option<Self> {
        let known = here::dictionary().attribute(attribute)?;
        let text = joined(text);
        let matches = |category: &&Category| {
            joined(category.code()) == text || joined(category.label()) == text
        };
        let code = known.categories().iter().find(matches)?.code();
        Self::named(attribute, code)
    }
}

/// A text in small letters, with all joints between its words alike.
fn joined(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '_', '+'], "-")
}

fn category(attribute: &str, code: &str) -> Option<&'static Category> {
    let attribute = here::dictionary().attribute(attribute)?;
    let index = attribute.category(code)?;
    Some(&attribute.categories()[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_dictionary_knows_has_a_page() {
        let bolton = View::locality("e08000001").unwrap();
        assert_eq!(bolton.path(), "/localities/e08000001");
        assert_eq!(View::locality("bolton"), None);
        assert_eq!(View::pathway("breast").unwrap().path(), "/pathways/breast");
        assert_eq!(View::staff_group("../etc"), None);
        let chosen =
            |path: &str| View::chosen_on_overview(&Choices::new([("show", path.to_owned())]));
        assert_eq!(chosen("/localities/e08000001"), Some(bolton));
        for nowhere in [
            "",
            "//evil.example",
            "/localities/",
            "/localities/e08000001/pack",
        ] {
            assert_eq!(chosen(nowhere), None, "{nowhere}");
        }
    }
}
