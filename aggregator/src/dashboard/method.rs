use super::{Document, Reading};
pub(super) fn document(reading: &Reading<'_>) -> Document {
    Document::new(crate::page::layout::Shell::new(
        &reading.place().place,
        crate::page::layout::Section::Method,
        "placeholder",
    ))
}
