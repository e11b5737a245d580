//! Which page is looked at: an address that there is, whom it shows, and how it is made.

use std::collections::{BTreeMap, BTreeSet};

use vwis_model::{
    dictionary::{Category, Dictionary},
    place::Place,
};

use super::{
    Ask, Document, Gap, Reading, accessibility, compare, coverage, equality, head, localities,
    locality, method, overview, pathway, pathways, privacy, releases, staff_group, staff_groups,
};
use crate::{
    access::{self, PATHWAY},
    archive::Archive,
    indicator::Indicator,
    picture::Whose,
    ui::layout,
};

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// How many, of whom, where.
    Overview,
    /// All localities.
    Localities,
    /// One of them.
    Locality(&'static Category),
    /// All staff groups.
    StaffGroups,
    /// One of them.
    StaffGroup(&'static Category),
    /// Employers or localities side by side.
    Compare(Choices),
    /// Who is on which band.
    Equality,
    /// The pathways there are; with how many work on those that the reader may see.
    Pathways(BTreeSet<String>),
    /// One of them.
    Pathway(&'static Category),
    /// Who is in the releases, and how many did not say.
    Coverage,
    /// What was spent, and what it means.
    Privacy,
    /// How numbers are made and judged.
    Method,
    /// All releases; two dates side by side.
    Releases(Choices),
    /// How these pages can be used by everybody.
    Accessibility,
}

/// What was chosen on a page, by name; what is not chosen is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices(BTreeMap<&'static str, String>);

// === impl Choices ===

impl Choices {
    /// From the names and values chosen.
    #[must_use]
    pub fn new(chosen: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self(chosen.into_iter().collect())
    }

    /// What was chosen, or `otherwise`.
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

    /// The page that was chosen on the overview, by its path; none where none was, or there is none.
    #[must_use]
    pub fn chosen_on_overview(choices: &Choices) -> Option<Self> {
        let path = choices.or(overview::GO_TO, "");
        let of = |folder: &str, attribute| {
            let text = path.strip_prefix(folder)?;
            Self::meant(attribute, text)
        };
        of("/localities/", "locality").or_else(|| of("/staff-groups/", "staff_group"))
    }

    /// What can be chosen on the overview beside whose numbers and the date.
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
    /// Where there is no such choice.
    pub fn compare(choices: Choices) -> Result<Self, Gap> {
        compare::chosen(&choices)?;
        Ok(Self::Compare(choices))
    }

    /// All releases, with what was chosen to be compared.
    ///
    /// # Errors
    /// Where that is no date.
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

    /// Its path.
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
            Self::Pathways(_) => "/pathways".to_owned(),
            Self::Pathway(one) => format!("/pathways/{}", one.code()),
            Self::Coverage => "/coverage".to_owned(),
            Self::Privacy => "/privacy".to_owned(),
            Self::Method => "/method".to_owned(),
            Self::Releases(_) => "/releases".to_owned(),
            Self::Accessibility => "/accessibility".to_owned(),
        }
    }

    /// What is chosen on it, as its address spells it, in the order of the address.
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

    /// What can be chosen on it.
    #[must_use]
    pub fn choices(&self) -> &'static [&'static str] {
        match self {
            Self::Compare(_) => &compare::CHOICES,
            Self::Releases(_) => &releases::CHOICES,
            _ => &[],
        }
    }

    /// Whose numbers it shows where `whose` is asked for, and which pathways: who may see them is
    /// decided by that.
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

    /// The page itself.
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

    /// The page, or in its place what it has nothing to show of yet: links lead to it all the same, from
    /// the menu and from lists. Who is in no release at all has no page.
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
        let (section, heading) = self.standing();
        let mut document = Document::new(head::shell(reading, section, &heading));
        document.push_html(gap.in_place_of("Not here yet"));
        document
    }

    /// Where it stands in the navigation, and what it is called.
    fn standing(&self) -> (layout::Section, String) {
        use layout::Section;
        let (section, heading) = match self {
            Self::Overview | Self::Accessibility => (Section::Overview, "Overview"),
            Self::Localities => (Section::Localities, "Localities"),
            Self::Locality(one) => (Section::Localities, one.label()),
            Self::StaffGroups => (Section::StaffGroups, "Staff groups"),
            Self::StaffGroup(one) => (Section::StaffGroups, one.label()),
            Self::Compare(_) => (Section::Compare, "Compare"),
            Self::Equality => (Section::Equality, "Equality"),
            Self::Pathways(_) => (Section::Pathways, "Cancer pathways"),
            Self::Pathway(one) => return (Section::Pathways, pathway::name(one)),
            Self::Coverage => (Section::Coverage, "Coverage"),
            Self::Privacy => (Section::Privacy, "Privacy"),
            Self::Method => (Section::Method, "Method and definitions"),
            Self::Releases(_) => (Section::Releases, "Releases"),
        };
        (section, heading.to_owned())
    }

    /// The page before anything is released, where it says nothing of releases.
    #[must_use]
    pub fn without_releases(&self, notice: Option<&str>) -> Option<Document> {
        let (section, heading) = self.standing();
        let mut shell = layout::Shell::new(Place::here().name(), section, &heading);
        shell.notice = notice.map(str::to_owned);
        match self {
            Self::Method => Some(method::document(shell, |_| None)),
            Self::Accessibility => Some(accessibility::document(shell)),
            _ => None,
        }
    }

    /// The page of a group of that attribute, by its code.
    #[must_use]
    pub fn named(attribute: &str, code: &str) -> Option<Self> {
        match attribute {
            "locality" => Self::locality(code),
            "staff_group" => Self::staff_group(code),
            PATHWAY => Self::pathway(code),
            _ => None,
        }
    }

    /// The page that a text means which may not be quite its code: in capitals, with other joints, a
    /// name.
    #[must_use]
    pub fn meant(attribute: &str, text: &str) -> Option<Self> {
        let known = Dictionary::builtin().attribute(attribute)?;
        let text = joined(text);
        let is_meant = |category: &&Category| {
            joined(category.code()) == text || joined(category.label()) == text
        };
        let code = known.categories().iter().find(is_meant)?.code();
        Self::named(attribute, code)
    }
}

/// In small letters, and however its words are joined.
fn joined(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '_', '+'], "-")
}

fn category(attribute: &str, code: &str) -> Option<&'static Category> {
    let attribute = Dictionary::builtin().attribute(attribute)?;
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
