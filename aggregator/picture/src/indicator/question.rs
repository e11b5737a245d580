//! A question to an indicator: by what its answer is broken down, for which categories, with which options.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use vwis_model::{
    dictionary::{Attribute, Dictionary},
    here,
    ods::OdsCode,
};

use super::{Category, Definition, IndicatorError};
use crate::{
    access::{PATHWAY, pathways_of_nobody},
    estimator::Cohort,
    picture::{self, Filter, QueryError, Wanted, Whose},
    reference::leavers::Hazards,
};

/// The option that names one more employer whose own tables the answer uses.
pub(super) const WITH: &str = "with";

/// A question to an indicator. The facts it is put to say whose numbers are asked for, and up to when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The attributes to break down by; `None` for the indicator's first breakdown.
    pub by: Option<Vec<String>>,
    /// Filters that keep only some categories of the attributes of the breakdown.
    pub filters: Vec<Filter>,
    /// The options that were set, by name.
    pub options: BTreeMap<String, String>,
    /// The user's own leaver rates, used by indicators that look ahead instead of the published ones.
    pub hazards: Option<Arc<Hazards>>,
    /// The edition of the dictionary whose categories are meant; `None` for the newest.
    pub edition: Option<&'static Dictionary>,
}

/// The people that a row is about: those in one category of each attribute of the breakdown, or all.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) categories: Vec<Category>,
    /// The attributes with the index of the category that is wanted.
    pub(super) wanted: Vec<(&'static Attribute, usize)>,
}

// === impl Question ===

impl Question {
    /// The attribute with this code, in the edition that is meant.
    ///
    /// # Panics
    /// If the dictionary has none. Code names only what the dictionary has.
    pub(super) fn attribute(&self, code: &str) -> &'static Attribute {
        let edition = self.edition.unwrap_or_else(here::dictionary);
        let found = edition.attribute(code);
        found.unwrap_or_else(|| panic!("{code} is an attribute of the dictionary"))
    }

    /// Checks that the indicator has the breakdown, filters and options of the question.
    pub(super) fn check(&self, definition: &Definition) -> Result<(), IndicatorError> {
        let breakdown = self.breakdown(definition)?;
        for (index, filter) in self.filters.iter().enumerate() {
            let same = |other: &Filter| other.attribute == filter.attribute;
            if self.filters[..index].iter().any(same) {
                return Err(QueryError::FilteredTwice(filter.attribute.clone()).into());
            }
            if !breakdown.contains(&filter.attribute.as_str()) {
                return Err(IndicatorError::Filter {
                    attribute: filter.attribute.chars().take(60).collect(),
                    indicator: definition.name,
                    there: breakdown.iter().map(|&code| code.to_owned()).collect(),
                });
            }
        }
        for (name, value) in &self.options {
            let option = definition.options.iter().find(|option| option.name == name);
            let option = option.ok_or_else(|| IndicatorError::UnknownOption {
                option: name.chars().take(60).collect(),
                indicator: definition.name,
                there: definition
                    .options
                    .iter()
                    .map(|o| o.name.to_owned())
                    .collect(),
            })?;
            if !option.values.is_empty() && !option.values.contains(&value.as_str()) {
                return Err(IndicatorError::BadOption {
                    option: option.name,
                    value: value.chars().take(60).collect(),
                    there: option.values.iter().map(|&v| v.to_owned()).collect(),
                });
            }
        }
        Ok(())
    }

    /// The breakdown asked for, with its attributes in the indicator's order.
    pub(super) fn breakdown(
        &self,
        definition: &Definition,
    ) -> Result<&'static [&'static str], IndicatorError> {
        let Some(by) = &self.by else {
            return Ok(definition.breakdowns.first().copied().unwrap_or_default());
        };
        let mut wanted: Vec<_> = by.iter().map(String::as_str).collect();
        wanted.sort_unstable();
        let found = definition.breakdowns.iter().find(|breakdown| {
            let mut there = breakdown.to_vec();
            there.sort_unstable();
            there == wanted
        });
        found.copied().ok_or_else(|| IndicatorError::Breakdown {
            by: by.join(",").chars().take(120).collect(),
            indicator: definition.name,
            there: definition
                .breakdowns
                .iter()
                .map(|b| {
                    if b.is_empty() {
                        "''".to_owned()
                    } else {
                        b.join(",")
                    }
                })
                .collect(),
        })
    }

    /// The attributes of the breakdown.
    pub(super) fn attributes(
        &self,
        definition: &Definition,
    ) -> Result<Vec<&'static Attribute>, IndicatorError> {
        Ok(self
            .breakdown(definition)?
            .iter()
            .map(|code| self.attribute(code))
            .collect())
    }

    /// How many groups the breakdown has, all together aside.
    ///
    /// # Errors
    /// As the answer itself.
    pub(crate) fn group_count(&self, definition: &Definition) -> Result<u64, IndicatorError> {
        let attributes = self.attributes(definition)?;
        let sizes = attributes.into_iter().map(|one| self.categories(one));
        sizes.map(|wanted| Ok(wanted?.len() as u64)).product()
    }

    /// The groups of the breakdown: all people together first, unless there is a filter; then each
    /// combination of categories, the last attribute varying fastest.
    pub(super) fn groups(&self, definition: &Definition) -> Result<Vec<Group>, IndicatorError> {
        let breakdown = self.breakdown(definition)?;
        let mut groups = vec![Group {
            categories: Vec::new(),
            wanted: Vec::new(),
        }];
        for code in breakdown {
            let attribute = self.attribute(code);
            let wanted = self.categories(attribute)?;
            let longer = |group: Group| {
                let extended = wanted.iter().map(move |&category| {
                    let mut longer = group.clone();
                    longer.categories.push(Category::of(attribute, category));
                    longer.wanted.push((attribute, category));
                    longer
                });
                extended.collect::<Vec<_>>()
            };
            groups = groups.into_iter().flat_map(longer).collect();
        }
        if self.filters.is_empty() && !breakdown.is_empty() {
            let all = Group {
                categories: breakdown.iter().map(|_| Category::total()).collect(),
                wanted: Vec::new(),
            };
            groups.insert(0, all);
        }
        Ok(groups)
    }

    /// The categories of an attribute that the answer is about: those a filter names, or all.
    pub(super) fn categories(&self, attribute: &Attribute) -> Result<Vec<usize>, IndicatorError> {
        let mut filters = self.filters.iter();
        let named = filters.find(|filter| filter.attribute == attribute.code());
        match named {
            None => Ok((0..attribute.size()).collect()),
            Some(filter) => Ok(picture::categories(attribute, &filter.categories)?),
        }
    }

    /// The codes of the categories of an attribute that the answer tells apart; `None` where it does not use
    /// the attribute.
    ///
    /// # Errors
    /// The error that the answer itself would have.
    pub fn categories_shown(
        &self,
        definition: &Definition,
        code: &str,
    ) -> Result<Option<Vec<String>>, IndicatorError> {
        let breakdown = self.breakdown(definition)?;
        if !breakdown.contains(&code) {
            return Ok(None);
        }
        let attribute = self.attribute(code);
        let shown = self.categories(attribute)?;
        let codes = shown
            .into_iter()
            .map(|c| attribute.categories()[c].code().to_owned());
        Ok(Some(codes.collect()))
    }

    /// The pathways that the answer tells apart; `None` where it reads no pathway. An indicator that reads
    /// pathways without being broken down by them tells apart those that are nobody's, and sums up all others.
    ///
    /// # Errors
    /// [`IndicatorError`] where the indicator has no such breakdown.
    pub fn pathways(
        &self,
        definition: &Definition,
    ) -> Result<Option<BTreeSet<String>>, IndicatorError> {
        let shown = self.categories_shown(definition, PATHWAY)?;
        let read = || definition.reads.contains(&PATHWAY).then(pathways_of_nobody);
        Ok(shown.map(BTreeSet::from_iter).or_else(read))
    }

    /// Whether the question is about named employers and says nothing of a breakdown or filter. Indicators
    /// that compare things then compare these employers.
    pub(super) fn names_employers_alone(&self, whose: &Whose) -> bool {
        let is_said = self.by.is_some() || !self.filters.is_empty();
        matches!(whose, Whose::Organisations(_)) && !is_said
    }

    /// The organisations whose tables the answer uses if it is asked about `whose`: also the employer that
    /// the option `with` names. Rights and the access log go by this.
    #[must_use]
    pub fn reads(&self, whose: &Whose) -> Whose {
        // A text that is not an ODS code names no tables; it is refused with the rest of the question.
        let Ok(Some(other)) = self.other_employer() else {
            return whose.clone();
        };
        let mut all = match whose {
            Whose::System => Vec::new(),
            Whose::Organisations(codes) => codes.clone(),
        };
        if !all.contains(&other) {
            all.push(other);
        }
        Whose::Organisations(all)
    }

    /// The employer that the option [`WITH`] names; its case does not matter.
    pub(super) fn other_employer(&self) -> Result<Option<OdsCode>, IndicatorError> {
        let named = self.options.get(WITH).map(|text| text.trim());
        let Some(text) = named.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let bad = |why: String| IndicatorError::BadInput(format!("{WITH}: {why}"));
        match Wanted::parse([text]) {
            Ok(Wanted::Sum(Whose::Organisations(codes))) => Ok(codes.into_iter().next()),
            Ok(_) => Err(bad(format!(
                "`{text}` is no employer: name one by its code; without `{WITH}` it is all the others"
            ))),
            Err(error) => Err(bad(error.to_string())),
        }
    }

    /// The value of an option, or its default.
    pub(super) fn option<'a>(&'a self, definition: &Definition, name: &str) -> &'a str
    where
        'static: 'a,
    {
        let chosen = self.options.get(name).map(String::as_str);
        let default = definition.options.iter().find(|option| option.name == name);
        chosen
            .or(default.map(|option| option.default))
            .unwrap_or_default()
    }
}

// === impl Group ===

impl Group {
    /// The last of these groups, which is in a category of every attribute of the breakdown.
    pub(super) fn finest(groups: &[Self]) -> &Self {
        groups.last().expect("a breakdown has a group at least")
    }

    /// Those of `cohort` that are in this group.
    pub(super) fn of(&self, cohort: Cohort) -> Cohort {
        let among = |cohort: Cohort, &(attribute, category): &(&Attribute, usize)| {
            cohort.among(attribute, &[category])
        };
        self.wanted.iter().fold(cohort, among)
    }
}
