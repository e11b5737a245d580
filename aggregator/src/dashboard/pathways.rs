use super::{Document, Gap, Reading};
use std::collections::BTreeSet;
pub(super) fn document(_: &Reading<'_>, _: &BTreeSet<String>) -> Result<Document, Gap> {
    Err(Gap::new("placeholder"))
}
