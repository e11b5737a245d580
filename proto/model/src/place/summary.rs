//! The summary of a place that `place show` prints.

use std::fmt::{self, Display};

use super::Place;
use crate::dictionary::{ELSEWHERE, LOCALITY, UNKNOWN};

/// The largest difference between two tables' totals of one locality, as a share of the first: the census
/// rounds each table by itself.
const APART: f64 = 0.01;

/// The place on one page, for people.
impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, several) = self.locality();
        let current: Vec<_> = self.current().collect();
        let called = if current.len() == 1 { one } else { several };
        writeln!(
            f,
            "{} ({}): {} {called}",
            self.name(),
            self.code(),
            current.len()
        )?;
        writeln!(f, "pack     {}", self.pack.hash())?;
        writeln!(f, "version  {}", self.version())?;
        writeln!(f, "\nLOCALITIES")?;
        for code in current {
            let Some(locality) = self.localities.iter().find(|one| one.code == code) else {
                continue;
            };
            let known = locality.other_names.join("; ");
            writeln!(f, "  {code:<12} {}{}", locality.name, in_brackets(&known))?;
        }
        writeln!(f, "\nEMPLOYERS")?;
        for employer in &self.employers {
            let people = employer
                .headcount
                .map_or("-".to_owned(), |people| people.to_string());
            writeln!(
                f,
                "  {:<10} {people:>7}  {}",
                employer.ods_code, employer.name
            )?;
        }
        if let Some(source) = self.employers_source() {
            writeln!(f, "  {source}")?;
        }
        writeln!(f, "\nRESIDENTS")?;
        for (attribute, residents) in &self.residents {
            let all: u64 = residents
                .of_all()
                .iter()
                .map(|(_, people)| u64::from(*people))
                .sum();
            writeln!(f, "  {attribute:<14} {all:>10}  {}", residents.source)?;
        }
        write!(f, "\n{}", self.licence())
    }
}

fn in_brackets(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(" ({text})")
    }
}

// === impl Place ===

impl Place {
    /// The place's part of a dictionary's version, such as `greater_manchester.1.5f3a2b1c`.
    #[must_use]
    pub fn version(&self) -> &str {
        let version = self.dictionary().version();
        version.split_once('@').map_or("", |(_, place)| place)
    }

    /// The codes of the newest edition's localities, in order.
    pub fn current(&self) -> impl Iterator<Item = &str> {
        let categories = self.locality_attribute().categories().iter();
        let codes = categories.map(crate::dictionary::Category::code);
        codes.filter(|code| *code != UNKNOWN && *code != ELSEWHERE)
    }

    /// What whoever filled the pack in should look at again, although the pack can be read: residents whose
    /// totals differ, employers without a locality, tables that are missing.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let total = |attribute: &str, locality: &str| -> Option<f64> {
            let people = self.residents.get(attribute)?.of(locality)?;
            Some(people.iter().map(|(_, people)| f64::from(*people)).sum())
        };
        for locality in self.current() {
            let Some(first) = total("ethnic_group", locality) else {
                continue;
            };
            for attribute in ["gender", "disability"] {
                let Some(other) = total(attribute, locality) else {
                    continue;
                };
                if (first - other).abs() > APART * first {
                    remarks.push(format!(
                        "{locality} has {first} residents by ethnic_group and {other} by {attribute}: both \
                         count everybody, is one line another {LOCALITY}'s?"
                    ));
                }
            }
        }
        for employer in self
            .employers
            .iter()
            .filter(|one| one.localities.is_empty())
        {
            remarks.push(format!(
                "employers.csv names no {LOCALITY} of {}",
                employer.ods_code
            ));
        }
        if self.employers.is_empty() {
            let text = "employers.csv names nobody: pages call employers by their ODS codes";
            remarks.push(text.to_owned());
        }
        if self.residents.is_empty() {
            remarks.push(
                "there is no table of residents: pages compare the workforce with nobody"
                    .to_owned(),
            );
        }
        remarks
    }
}
