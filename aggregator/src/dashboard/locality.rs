use super::{Document, Gap, Reading};
use vwis_proto::dictionary::Category;
pub(super) fn document(_: &Reading<'_>, _: &'static Category) -> Result<Document, Gap> {
    Err(Gap::new("placeholder"))
}
