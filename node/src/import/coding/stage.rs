//! How far an application went: by its status, by columns of yes and no, or by whichever of them says more.

use csv::ByteRecord;
use vwis_model::text::plain;

use super::{
    column::{CodedColumn, Meaning, narrow},
    fields::Fields,
    rejection::Rejection,
};
use crate::import::{
    applications::Stage, columns::Columns, field::Field, mapping::attribute_of, reason::Reason,
};

/// Reads the stage of an application.
pub(super) struct StageReader {
    status: CodedColumn,
    applied: Stage,
    shortlisted: Stage,
    appointed: Stage,
}

// === impl StageReader ===

impl StageReader {
    pub(super) fn new(columns: &Columns) -> Self {
        let status = CodedColumn::new(Field::Stage, columns);
        let attribute = attribute_of(Field::Stage).expect("the stage has an attribute");
        let stage = |code| {
            let category = attribute.category(code);
            let category = category.expect("the dictionary has this category");
            Stage::of(narrow(category), status.unknown())
        };
        Self {
            applied: stage("applied"),
            shortlisted: stage("shortlisted"),
            appointed: stage("appointed"),
            status,
        }
    }

    /// The column of the status.
    pub(super) fn status(&self) -> &CodedColumn {
        &self.status
    }

    /// The category of the furthest stage that the row speaks of: somebody who withdrew may have been
    /// shortlisted before.
    pub(super) fn read<'r>(
        &mut self,
        record: &'r ByteRecord,
        fields: &Fields<'_>,
    ) -> Result<u8, Rejection<'r>> {
        let unknown = self.status.unknown();
        let by_status = match self.status.read(record, fields.mapping()) {
            Meaning::Category(code) => Stage::of(code, unknown),
            Meaning::Excluded(_) | Meaning::Unrecognised => {
                return Err(self.status.unrecognised(record));
            }
        };
        let shortlisted = yes_or_no(record, fields, Field::Shortlisted)?;
        let appointed = yes_or_no(record, fields, Field::Appointed)?;
        let by_answers = match (shortlisted, appointed) {
            (_, Some(true)) => self.appointed,
            (Some(true), _) => self.shortlisted,
            (Some(false), _) => self.applied,
            // Not to be appointed tells nothing of the shortlist.
            (None, _) => Stage::of(unknown, unknown),
        };
        Ok(by_status.max(by_answers).category(unknown))
    }
}

/// What a column of yes and no says; `None` where it says nothing.
fn yes_or_no<'r>(
    record: &'r ByteRecord,
    fields: &Fields<'_>,
    field: Field,
) -> Result<Option<bool>, Rejection<'r>> {
    let raw = fields.get(record, field);
    let text = String::from_utf8_lossy(raw);
    match plain(&text).to_lowercase().as_str() {
        "" => Ok(None),
        "y" | "yes" | "true" | "1" => Ok(Some(true)),
        "n" | "no" | "false" | "0" => Ok(Some(false)),
        _ => {
            let expected = "Y or N, Yes or No, or nothing".to_owned();
            Err(Rejection::new(
                Reason::UnrecognisedValue,
                field,
                raw,
                expected,
            ))
        }
    }
}
