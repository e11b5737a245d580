//! Signs that an extract may not be of the period it was given for.

use vwis_model::period::Period;

use crate::{
    import::{Imported, Kind},
    turnover::MONTHS,
};

/// Fewest people among whom somebody is nearly sure to be new. Of NHS staff in England 9.9% left within the
/// year to October 2025 (NHS Workforce Statistics, turnover), which is 2.5% a quarter. If as many start, then
/// among 200 people nobody does once in 160 times.
const ENOUGH_PEOPLE: u64 = 200;

/// Sentences about an extract of `period` that may be of another one. They do not keep anybody from storing
/// it.
#[must_use]
pub fn doubts(kind: Kind, period: Period, imported: &Imported) -> Vec<String> {
    if kind != Kind::Staff || !nobody_is_new(imported) {
        return Vec::new();
    }
    vec![format!(
        "Nobody started in the {MONTHS} months up to {}: is this an older extract?",
        period.last_day()
    )]
}

fn nobody_is_new(imported: &Imported) -> bool {
    imported.report.kept >= ENOUGH_PEOPLE && imported.report.began_in_quarter == Some(0)
}
