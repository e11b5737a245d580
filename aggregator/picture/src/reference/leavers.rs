//! Yearly rates of leaving by staff group and ten-year age band: what a retirement outlook starts
//! from.
//!
//! Leavers of **all causes**, not retirements alone: NHS England, October 2024 to October 2025, over
//! the people in post at the start. A user can replace them with [`Hazards::parse`].

use std::{collections::BTreeMap, sync::OnceLock};

use vwis_model::dictionary::{Attribute, Dictionary, Grouping, UNKNOWN};

pub use self::parse::HazardsError;

mod parse;

/// Where the built-in rates come from.
pub const SOURCE: &str = "NHS HCHS Workforce Statistics, Turnover, NHS England: England, October 2024 \
    to October 2025";

/// The built-in rates as the file that [`Hazards::parse`] reads: a template for one's own.
pub const TABLE: &str = include_str!("../../reference/leavers.csv");

/// What is to be said beside anything that follows from the built-in rates.
pub const NOTES: [&str; 3] = [
    "Rates of leaving are England's, of all causes: retirement, other sectors, emigration, death and \
     doctors between training posts. Rates of retirement alone are not published.",
    "Who moves between NHS employers is no leaver in these rates; who retires and comes back within \
     the year is none either.",
    "The publication groups by occupation code: allied health professionals, healthcare scientists and \
     additional professional scientific and technical staff share one rate (qualified clinical staff \
     less doctors, nurses and midwives), and all who are not professionally qualified clinical staff \
     share another.",
];

/// People in post at the start of a year and those of them who left within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hazard {
    /// In post at the start; at least 1.
    pub headcount: u32,
    /// Of them, left within the year.
    pub leavers: u32,
}

/// Rates for every staff group and ten-year age band of the dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hazards {
    /// By codes of staff group and age band.
    by_group: BTreeMap<(&'static str, &'static str), Hazard>,
    notes: Vec<String>,
    is_builtin: bool,
}

// === impl Hazard ===

impl Hazard {
    /// The share that leaves in a year.
    #[must_use]
    pub fn rate(self) -> f64 {
        f64::from(self.leavers) / f64::from(self.headcount)
    }

    /// The binomial variance of the rate, as the posterior's under a uniform prior: nearly
    /// p(1 − p)/n where n is large, and not 0 where few people were watched and none of them left.
    #[must_use]
    pub fn variance(self) -> f64 {
        let (people, left) = (f64::from(self.headcount), f64::from(self.leavers));
        (left + 1.0) * (people - left + 1.0) / ((people + 2.0).powi(2) * (people + 3.0))
    }
}

// === impl Hazards ===

impl Hazards {
    /// The published rates.
    #[must_use]
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Hazards> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            let by_group = parse::lines(TABLE)
                .expect("tests read every line of the shipped table")
                .by_group;
            Self {
                by_group,
                notes: NOTES.map(str::to_owned).to_vec(),
                is_builtin: true,
            }
        })
    }

    /// Reads rates of one's own: CSV with the columns `staff_group`, `age_band` (ten-year bands, as
    /// the dictionary's grouping `turnover`), `headcount` and `leavers`, in any order. What the file
    /// does not give stays built in, and [`Hazards::notes`] says so.
    ///
    /// # Errors
    /// [`HazardsError`] names line, column, value and what is expected.
    pub fn parse(csv: &str) -> Result<Self, HazardsError> {
        let file = parse::lines(csv)?;
        let mut notes = file.notes();
        let mut by_group = file.by_group;
        let given = by_group.len();
        for (codes, hazard) in &Self::builtin().by_group {
            by_group.entry(*codes).or_insert(*hazard);
        }
        if given < by_group.len() {
            notes.extend(Self::builtin().notes.iter().cloned());
        }
        Ok(Self {
            by_group,
            notes,
            is_builtin: false,
        })
    }

    /// The rate of a staff group and a ten-year age band (`55_64`), by their codes. A code that is
    /// not the dictionary's is taken as `unknown`.
    #[must_use]
    pub fn hazard(&self, staff_group: &str, turnover_band: &str) -> Hazard {
        let known = |codes: &(&str, &str)| self.by_group.contains_key(codes);
        let group = if known(&(staff_group, UNKNOWN)) {
            staff_group
        } else {
            UNKNOWN
        };
        let band = if known(&(group, turnover_band)) {
            turnover_band
        } else {
            UNKNOWN
        };
        self.by_group[&(group, band)]
    }

    /// What is to be said beside anything that follows from these rates.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether they are the published ones, untouched.
    #[must_use]
    pub fn is_builtin(&self) -> bool {
        self.is_builtin
    }
}

/// The built-in rate of a staff group and a ten-year age band, by their codes.
#[must_use]
pub fn hazard(staff_group: &str, turnover_band: &str) -> Hazard {
    Hazards::builtin().hazard(staff_group, turnover_band)
}

fn staff_groups() -> &'static Attribute {
    Dictionary::builtin()
        .attribute("staff_group")
        .expect("the dictionary has staff groups")
}

fn turnover_bands() -> &'static Grouping {
    Dictionary::builtin()
        .attribute("age_band")
        .and_then(|attribute| attribute.grouping("turnover"))
        .expect("the dictionary has ten-year age bands")
}

#[cfg(test)]
mod tests;
