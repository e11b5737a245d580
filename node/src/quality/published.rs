//! A published headcount to compare with.

use std::path::Path;

use vwis_model::dictionary::Attribute;

use crate::import::{
    Encoding, Field, Mapping,
    by_hand::{ByHand, ByHandError, text, unknown_value},
};

/// People by staff group, in the dictionary's order; `None` for a group that the file does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published(Vec<Option<u64>>);

// === impl Published ===

impl Published {
    /// Reads a file whose first row names staff group and headcount.
    ///
    /// # Errors
    /// [`ByHandError`] names the line, the column and what is accepted.
    pub fn read(path: &Path, staff_group: &Attribute) -> Result<Self, ByHandError> {
        let mapping = Mapping::builtin();
        let file = ByHand {
            path,
            encoding: Encoding::Utf8,
            sheet: None,
            mapping: &mapping,
            columns: "two columns: staff group, headcount",
        };
        let mut counts = vec![None; staff_group.size()];
        file.read(
            |headings| {
                let group = headings.position(Field::StaffGroup, &mapping)?;
                let people = headings.position_of(["headcount", "people", "staff"])?;
                Ok(group.zip(people))
            },
            |record, (group, people)| {
                let group = text(record, *group);
                let Some(category) = staff_group.resolve(&group).category() else {
                    return Err(unknown_value("staff group", group, staff_group));
                };
                let number = text(record, *people);
                let Ok(people) = number.replace(',', "").parse::<u64>() else {
                    return Err(("headcount", number, "a whole number".to_owned()));
                };
                let own = counts[category].unwrap_or(0_u64);
                counts[category] = Some(own.saturating_add(people));
                Ok(())
            },
        )?;
        Ok(Self(counts))
    }

    /// People by staff group, in the dictionary's order; `None` for a group without a published number.
    #[must_use]
    pub fn by_group(&self) -> &[Option<u64>] {
        &self.0
    }
}
