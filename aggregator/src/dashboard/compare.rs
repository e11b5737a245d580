use super::{Choices, Document, Gap, Reading};
pub(super) const CHOICES: [&str; 3] = ["between", "measure", "group"];
pub(super) fn is_of_employers(choices: &Choices) -> bool {
    choices.or("between", "localities") == "employers"
}
pub(super) fn document(_: &Reading<'_>, _: &Choices) -> Result<Document, Gap> {
    Err(Gap::new("placeholder"))
}
