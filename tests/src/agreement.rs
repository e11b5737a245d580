//! Small agreements for tests.

use std::fmt::Write as _;

use vwis_model::{
    agreement::{Agreement, Draft},
    here,
};

use crate::certificates::AGGREGATOR;

/// A small agreement, as its authors write it: one series, two tables.
pub const SMALL_DRAFT: &str = r#"
name = "A small agreement"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Testers."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = [] }, { by = ["staff_group"] }]
"#;

/// A series of an agreement, as a test writes it.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Name of the series.
    pub name: &'static str,
    /// `headcount` or `fte`.
    pub measure: &'static str,
    /// `monthly`, `quarterly` or `yearly`.
    pub cadence: &'static str,
    /// ρ of each measurement, as a decimal.
    pub rho: &'static str,
    /// The tables in TOML, as a draft has them.
    pub tables: &'static str,
}

/// Headcount each quarter, rho 0.04, some 100 integers.
pub const HEADLINE: Clause = Clause {
    name: "headline",
    measure: "headcount",
    cadence: "quarterly",
    rho: "0.04",
    tables: r#"[{ by = [] }, { by = ["staff_group"] }, { by = ["gender", "age_band"] }]"#,
};

/// Joiners of each quarter, rho 0.02.
pub const JOINERS: Clause = Clause {
    name: "joiners",
    measure: "headcount",
    cadence: "quarterly",
    rho: "0.02",
    // The data set takes a line of its own in the draft.
    tables: "[{ by = [\"staff_group\"] }]\ndata_set = \"joiners\"",
};

/// A year's leavers each 31 March, rho 0.02.
pub const YEAR_LEAVERS: Clause = Clause {
    name: "year_leavers",
    measure: "headcount",
    cadence: "yearly",
    rho: "0.02",
    tables: "[{ by = [\"staff_group\"] }, { by = [\"band\"] }]\ndata_set = \"year_leavers\"",
};

/// A year's applicants each 31 March, rho 0.02, BME people and all others at each stage.
pub const APPLICANTS: Clause = Clause {
    name: "applicants",
    measure: "headcount",
    cadence: "yearly",
    rho: "0.02",
    tables: "[{ by = [] }, { by = [\"ethnic_group:1\", \"furthest_stage\"] }, { by = [\"band\", \"furthest_stage\"] }]\n\
        data_set = \"applicants\"\ntrees = [\"ethnic_group\"]",
};

/// Career movement of each year to 31 March, rho 0.02.
pub const CAREER_MOVEMENT: Clause = Clause {
    name: "career_movement",
    measure: "headcount",
    cadence: "yearly",
    rho: "0.02",
    tables: "[{ by = [\"ethnic_group\", \"movement\"] }]\ndata_set = \"career_movement\"",
};

/// FTE each 31 March, rho 0.02.
pub const FTE: Clause = Clause {
    name: "fte",
    measure: "fte",
    cadence: "yearly",
    rho: "0.02",
    tables: r#"[{ by = ["staff_group"] }]"#,
};

/// Headcount each month, rho 0.02, some 45,000 integers. Drawing them takes long enough for something to
/// happen meanwhile.
pub const LARGE: Clause = Clause {
    name: "large",
    measure: "headcount",
    cadence: "monthly",
    rho: "0.02",
    tables: r#"[{ by = ["role", "staff_group", "band", "ethnic_group"] }]"#,
};

/// Headcount each month at rho 8, whose noise is small enough to show a wrong scale.
pub const PRECISE: Clause = Clause {
    name: "precise",
    measure: "headcount",
    cadence: "monthly",
    rho: "8",
    tables: r#"[{ by = ["staff_group", "gender"] }, { by = ["age_band"] }, { by = ["disability"] }]"#,
};

/// FTE each month at rho 8.
pub const PRECISE_FTE: Clause = Clause {
    name: "precise_fte",
    measure: "fte",
    tables: r#"[{ by = ["staff_group"] }, { by = ["gender", "disability"] }]"#,
    ..PRECISE
};

/// An agreement of these series with the test's aggregator, from 2017-04 to 2027-03.
#[must_use]
pub fn agreement(clauses: &[Clause]) -> Agreement {
    named_agreement("An agreement for tests", AGGREGATOR, clauses)
}

/// Like [`agreement`], under another name and with another aggregator.
#[must_use]
pub fn named_agreement(name: &str, aggregator: &str, clauses: &[Clause]) -> Agreement {
    versioned_agreement(name, 1, aggregator, clauses)
}

/// Like [`named_agreement`], with another version.
#[must_use]
pub fn versioned_agreement(
    name: &str,
    version: u32,
    aggregator: &str,
    clauses: &[Clause],
) -> Agreement {
    let mut draft = format!(
        "name = \"{name}\"\nversion = {version}\naggregator = \"{aggregator}\"\n\
         purpose = \"To test.\"\nreaders = \"Tests.\"\n\
         first_period = \"2017-04\"\nlast_period = \"2027-03\"\n"
    );
    for clause in clauses {
        let _ = write!(
            draft,
            "[[series]]\nname = \"{}\"\nmeasure = \"{}\"\ncadence = \"{}\"\nrho = {}\ntables = {}\n",
            clause.name, clause.measure, clause.cadence, clause.rho, clause.tables
        );
    }
    let draft = Draft::parse(&draft).unwrap();
    draft.compile(here::dictionary()).unwrap().0
}
