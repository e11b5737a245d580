//! Recruitment and careers: who is shortlisted, who is appointed, who moves up.
//!
//! An agreement of its own asks employers for this, which some of them may decline. So the page is made from
//! another agreement's releases than the others, and from those alone.

use vwis_model::agreement::Series;

use super::{Document, Gap, Reading, head};
use crate::{indicator::named, ui::layout};

pub(super) const HEADING: &str = "Recruitment and careers";
/// The indicators that the page shows.
const INDICATORS: [&str; 2] = ["recruitment", "career-movement"];

/// Whether any of its indicators reads the people that a series counts.
pub(super) fn is_told_by(series: &Series) -> bool {
    let mut indicators = INDICATORS.into_iter().filter_map(|name| named(name).ok());
    indicators.any(|indicator| indicator.definition.reads_people_of(series))
}

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let _ = head::shell_beneath(reading, layout::Section::Equality, HEADING);
    Err(Gap::new("the agreement does not ask employers for this"))
}
