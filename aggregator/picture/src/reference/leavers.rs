//! Yearly rates of leaving by staff group and ten-year age band, for retirement outlooks.
//!
//! The rates count leavers of **all causes**, not retirements alone: NHS England, October 2024 to October
//! 2025, of the people in post at the start. A user can replace them with [`Hazards::parse`].

use std::{collections::BTreeMap, sync::OnceLock};

use vwis_model::{
    dictionary::{Attribute, Grouping, UNKNOWN},
    here,
};

pub use self::parse::HazardsError;

mod parse;

/// The publication that the built-in rates come from.
pub const SOURCE: &str = "NHS HCHS Workforce Statistics, Turnover, NHS England: England, October 2024 \
    to October 2025";

/// The built-in rates in the format that [`Hazards::parse`] reads: a template for a user's own file.
pub const TABLE: &str = include_str!("../../reference/leavers.csv");

/// The notes that must stand beside anything that follows from the built-in rates.
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

/// How many people were in post at the start of a year, and how many of them left within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hazard {
    /// The people in post at the start, at least 1.
    pub headcount: u32,
    /// Those of them who left within the year.
    pub leavers: u32,
}

/// The rates of leaving for every staff group and ten-year age band of the dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hazards {
    /// By the codes of staff group and age band.
    by_group: BTreeMap<(&'static str, &'static str), Hazard>,
    notes: Vec<String>,
    is_builtin: bool,
}

// === impl Hazard ===

impl Hazard {
    /// The share of the people who left within the year, 0 to 1.
    #[must_use]
    pub fn rate(self) -> f64 {
        f64::from(self.leavers) / f64::from(self.headcount)
    }

    /// The variance of the rate: that of its posterior under a uniform prior. It is nearly p(1 − p)/n where n
    /// is large, and not 0 where few people were watched and none of them left.
    #[must_use]
    pub fn variance(self) -> f64 {
        let (people, left) = (f64::from(self.headcount), f64::from(self.leavers));
        (left + 1.0) * (people - left + 1.0) / ((people + 2.0).powi(2) * (people + 3.0))
    }
}

// === impl Hazards ===

impl Hazards {
    /// The built-in rates.
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

    /// Reads a user's own rates from a CSV with the columns `staff_group`, `age_band` (ten-year bands, as in
    /// the dictionary's grouping `turnover`), `headcount` and `leavers`, in any order. Rates that the file
    /// does not give stay built in, and [`Hazards::notes`] says so.
    ///
    /// # Errors
    /// [`HazardsError`] names the line, the column, the value and what is expected.
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

    /// The rate of a staff group and a ten-year age band (such as `55_64`), by their codes. A code that the
    /// dictionary does not have counts as `unknown`.
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

    /// The notes that must stand beside anything that follows from these rates.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether these are the built-in rates, unchanged.
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
    here::dictionary()
        .attribute("staff_group")
        .expect("the dictionary has staff groups")
}

fn turnover_bands() -> &'static Grouping {
    here::dictionary()
        .attribute("age_band")
        .and_then(|attribute| attribute.grouping("turnover"))
        .expect("the dictionary has ten-year age bands")
}

#[cfg(test)]
mod tests;
