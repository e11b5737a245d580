//! The cancer manager's own list of who works on which pathway. It overrides the rule.

use std::{collections::HashMap, path::Path};

use vwis_model::dictionary::normalise;

use super::{
    Encoding, Mapping,
    by_hand::{ByHand, ByHandError, text, unknown_value},
    employee_number::{IN_FULL, is_shortened},
    field::Field,
    mapping::{Mapped, attribute_of},
};
use crate::people::{PersonTag, Tagger};

/// Categories of `pathway` by person.
pub struct PathwayList(HashMap<PersonTag, u8>);

/// What would be accepted in a second row of one person that names another pathway.
const ONE_PATHWAY: &str = "the one of this person's row above: somebody is on one pathway, and nobody can tell \
     which of two";

// === impl PathwayList ===

impl PathwayList {
    /// Reads the file at `path`: a row for each person, with employee number and pathway. Several
    /// rows of one person must name the same.
    ///
    /// # Errors
    /// [`ByHandError`] names the line, the column and what is accepted.
    pub fn read(
        path: &Path,
        encoding: Encoding,
        mapping: &Mapping,
        tagger: &Tagger,
    ) -> Result<Self, ByHandError> {
        let file = ByHand {
            path,
            encoding,
            sheet: None,
            mapping,
            columns: "two columns: employee number, pathway",
        };
        let attribute = attribute_of(Field::Pathway).expect("pathways are an attribute");
        let mut list = HashMap::new();
        file.read(
            |headings| {
                let number = headings.position(Field::EmployeeNumber, mapping)?;
                Ok(number.zip(headings.position(Field::Pathway, mapping)?))
            },
            |record, (number, pathway)| {
                let number = text(record, *number);
                if number.is_empty() {
                    return Err(("employee number", number, "one".to_owned()));
                }
                if is_shortened(number.as_bytes()) {
                    return Err(("employee number", number, IN_FULL.to_owned()));
                }
                let value = text(record, *pathway);
                let own = match mapping.value(Field::Pathway, &normalise(&value)) {
                    Some(Mapped::Category(own)) => Some(usize::from(own)),
                    Some(Mapped::Excluded(_)) | None => attribute.resolve(&value).category(),
                };
                let Some(category) = own else {
                    return Err(unknown_value("pathway", value, attribute));
                };
                let category =
                    u8::try_from(category).expect("an attribute has at most 64 categories");
                match list.insert(tagger.tag(number.as_bytes()), category) {
                    Some(other) if other != category => {
                        Err(("single pathway", value, ONE_PATHWAY.to_owned()))
                    }
                    _ => Ok(()),
                }
            },
        )?;
        Ok(Self(list))
    }

    /// The pathway of a person; `None` where the list does not name them.
    #[must_use]
    pub fn pathway_of(&self, tag: PersonTag) -> Option<u8> {
        self.0.get(&tag).copied()
    }

    /// How many people are on it.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Whether nobody is on it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
