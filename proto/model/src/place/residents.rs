//! `residents_….csv`: who lives in each locality, by an attribute of the dictionary.

use std::collections::BTreeMap;

use super::{
    error::Fault,
    manifest::ResidentsText,
    pack::{FILES, MANIFEST, Pack},
    rows::Table,
};
use crate::dictionary::{Attribute, Dictionary, ELSEWHERE, LOCALITY, UNKNOWN};

/// An attribute and its grouping: residents are known by the grouping, too.
const WRES: (&str, &str) = ("ethnic_group", "wres");

/// The residents of each locality, by the categories of an attribute. Categories that no census has, such
/// as `unknown`, are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residents {
    /// Where the figures come from.
    pub source: String,
    /// The name of the comparison, which stands before the place's: `Census 2021, all ages`.
    pub label: String,
    /// What pages must say beside a comparison.
    pub note: String,
    /// The categories' codes, in the dictionary's order.
    categories: Vec<String>,
    /// The numbers of people by locality, in the order of `categories`.
    people: BTreeMap<String, Vec<u32>>,
}

/// Reads every table of residents that the pack has; what is wrong goes to `faults`.
pub(super) fn read(
    pack: &Pack,
    texts: &BTreeMap<String, ResidentsText>,
    dictionary: &Dictionary,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, Residents> {
    let mut all = BTreeMap::new();
    let tables = FILES
        .iter()
        .filter_map(|file| Some((*file, attribute_of(file)?)));
    for (file, code) in tables.clone().filter(|(file, _)| pack.has(file)) {
        let Some(text) = texts.get(code) else {
            let problem = format!("{file} is there: say its `source`, `label` and `note`");
            let field = format!("residents.{code}");
            faults.push(Fault::of(MANIFEST, problem).field(&field));
            continue;
        };
        let attributes = (dictionary.attribute(code), dictionary.attribute(LOCALITY));
        let (Some(attribute), Some(localities)) = attributes else {
            continue;
        };
        let residents = table(file, pack.file(file), text, attribute, localities, faults);
        if code == WRES.0 && faults.is_empty() {
            all.insert(WRES.1.to_owned(), residents.grouped(attribute, WRES.1));
        }
        all.insert(code.to_owned(), residents);
    }
    for code in texts.keys() {
        let mut read = tables.clone().filter(|(file, _)| pack.has(file));
        if !read.any(|(_, attribute)| attribute == code) {
            let problem = format!("residents_{code}.csv is not there, or no table of residents");
            let field = format!("residents.{code}");
            faults.push(Fault::of(MANIFEST, problem).field(&field));
        }
    }
    all
}

/// The attribute that a file's residents are counted by.
fn attribute_of(file: &'static str) -> Option<&'static str> {
    file.strip_prefix("residents_")?.strip_suffix(".csv")
}

fn table(
    file: &'static str,
    csv: &str,
    text: &ResidentsText,
    attribute: &Attribute,
    localities: &Attribute,
    faults: &mut Vec<Fault>,
) -> Residents {
    let known: Vec<_> = attribute
        .categories()
        .iter()
        .map(crate::dictionary::Category::code)
        .filter(|code| *code != UNKNOWN)
        .collect();
    let table = Table::read(file, csv, &[LOCALITY], &known, faults);
    let categories: Vec<String> = known
        .iter()
        .filter(|code| table.headings.iter().any(|heading| heading == *code))
        .map(|code| (*code).to_owned())
        .collect();
    let mut people: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for row in table.rows() {
        let code = row.get(LOCALITY);
        if localities.category(code).is_none() || code == UNKNOWN || code == ELSEWHERE {
            let problem = format!("`{code}` is no code of localities.csv");
            faults.push(row.fault(LOCALITY, problem));
        }
        let mut counts = Vec::new();
        for category in &categories {
            if row.get(category).is_empty() {
                faults.push(row.fault(category, "is empty: 0 where nobody lives"));
            }
            counts.push(row.number(category, faults).unwrap_or(0));
        }
        if counts.iter().all(|people| *people == 0) {
            faults.push(row.fault(LOCALITY, "nobody lives there by this table"));
        }
        if people.insert(code.to_owned(), counts).is_some() {
            faults.push(row.fault(LOCALITY, format!("`{code}` is there twice")));
        }
    }
    for locality in localities.categories() {
        let code = locality.code();
        if code != UNKNOWN && code != ELSEWHERE && !people.contains_key(code) {
            let problem = format!("has no line for `{code}` ({})", locality.label());
            faults.push(Fault::of(file, problem));
        }
    }
    Residents {
        source: text.source.clone(),
        label: text.label.clone(),
        note: text.note.clone(),
        categories,
        people,
    }
}

// === impl Residents ===

impl Residents {
    /// One locality's category codes and numbers of people, in the dictionary's order. `None` for a locality
    /// that has no residents here, such as `elsewhere`.
    #[must_use]
    pub fn of(&self, locality: &str) -> Option<Vec<(&str, u32)>> {
        Some(self.named(self.people.get(locality)?))
    }

    /// The whole place's category codes and numbers of people: the sum over its localities.
    #[must_use]
    pub fn of_all(&self) -> Vec<(&str, u32)> {
        let mut sums = vec![0; self.categories.len()];
        for people in self.people.values() {
            sums.iter_mut()
                .zip(people)
                .for_each(|(sum, own)| *sum += own);
        }
        self.named(&sums)
    }

    fn named(&self, people: &[u32]) -> Vec<(&str, u32)> {
        let categories = self.categories.iter().map(String::as_str);
        categories.zip(people.iter().copied()).collect()
    }

    /// The same residents by a coarser grouping of the attribute.
    fn grouped(&self, attribute: &Attribute, grouping: &str) -> Self {
        let Some(grouping) = attribute.grouping(grouping) else {
            return self.clone();
        };
        let group = |code: &String| Some(grouping.group_of(attribute.category(code)?)?.code());
        let groups: Vec<_> = self.categories.iter().map(group).collect();
        let mut categories: Vec<String> = Vec::new();
        for code in groups.iter().flatten() {
            if !categories.iter().any(|known| known == code) {
                categories.push((*code).to_owned());
            }
        }
        let sum = |people: &Vec<u32>, code: &String| {
            let own = groups
                .iter()
                .zip(people)
                .filter(|(group, _)| **group == Some(code));
            own.map(|(_, people)| people).sum()
        };
        let people = self.people.iter().map(|(locality, people)| {
            let sums = categories.iter().map(|code| sum(people, code)).collect();
            (locality.clone(), sums)
        });
        Self {
            people: people.collect(),
            categories: categories.clone(),
            ..self.clone()
        }
    }
}
