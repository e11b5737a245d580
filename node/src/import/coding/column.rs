//! A column whose values are read by one attribute's table.

use csv::ByteRecord;
use vwis_model::{
    dictionary::{Attribute, Resolution, normalise},
    text::plain,
};

use super::rejection::Rejection;
use crate::import::{
    columns::Columns,
    field::Field,
    mapping::{Mapped, Mapping, accepted, attribute_of},
    memo::Memo,
    reason::Reason,
    signs::{Codes, ExplainedBy},
    spreadsheet::trimmed,
};

/// Most characters of a code such as `W`, `5` or `BA`. A longer value is a word, or says itself which list it
/// is from.
const LONGEST_CODE: usize = 2;

/// What a spelling means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Category(u8),
    /// A value that the headcount filter leaves out, by its position in the attribute's list.
    Excluded(usize),
    Unrecognised,
}

/// A column with a table for its values. Where the extract has no such column, everyone is unknown.
pub(super) struct CodedColumn {
    field: Field,
    position: Option<usize>,
    attribute: &'static Attribute,
    memo: Memo<Meaning>,
    sign: Sign,
}

/// What the values read so far show about the column.
struct Sign {
    all_digits: bool,
    explained_by: ExplainedBy,
    /// Who explains those values that are codes and no words.
    codes_explained_by: ExplainedBy,
}

// === impl CodedColumn ===

impl CodedColumn {
    /// The column of a field that has an attribute of its own.
    pub(super) fn new(field: Field, columns: &Columns) -> Self {
        Self {
            field,
            position: columns.position(field),
            attribute: attribute_of(field).expect("the field has an attribute"),
            memo: Memo::new(),
            sign: Sign {
                all_digits: true,
                explained_by: ExplainedBy::default(),
                codes_explained_by: ExplainedBy::default(),
            },
        }
    }

    pub(super) fn field(&self) -> Field {
        self.field
    }

    /// The name of exclusion number `number` of the attribute.
    pub(super) fn rule(&self, number: usize) -> &'static str {
        self.attribute.excluded()[number].code()
    }

    pub(super) fn unknown(&self) -> u8 {
        narrow(self.attribute.unknown())
    }

    /// The value in the row, trimmed.
    pub(super) fn raw<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        let field = self.position.and_then(|position| record.get(position));
        trimmed(field.unwrap_or_default())
    }

    pub(super) fn read(&mut self, record: &ByteRecord, mapping: &Mapping) -> Meaning {
        let raw = self.raw(record);
        let (attribute, field, sign) = (self.attribute, self.field, &mut self.sign);
        self.memo.get(raw, || {
            let (meaning, is_mapped) = meaning(attribute, field, raw, mapping);
            sign.note(raw, meaning, is_mapped);
            meaning
        })
    }

    /// The column's heading, with who says what its codes mean.
    pub(super) fn codes(&self, heading: &str) -> Codes {
        let sign = &self.sign;
        Codes {
            heading: heading.to_owned(),
            field: self.field.code(),
            are_numbers: sign.all_digits,
            explained_by: if sign.all_digits {
                sign.explained_by
            } else {
                sign.codes_explained_by
            },
        }
    }

    /// The value's category; `unknown` for a value that is excluded or that no table knows.
    pub(super) fn read_or_unknown(&mut self, record: &ByteRecord, mapping: &Mapping) -> u8 {
        match self.read(record, mapping) {
            Meaning::Category(code) => code,
            Meaning::Excluded(_) | Meaning::Unrecognised => self.unknown(),
        }
    }

    /// Rejects a row for its value in this column.
    pub(super) fn unrecognised<'r>(&self, record: &'r ByteRecord) -> Rejection<'r> {
        let expected = accepted(self.attribute);
        Rejection::new(
            Reason::UnrecognisedValue,
            self.field,
            self.raw(record),
            expected,
        )
    }
}

// === impl Sign ===

impl Sign {
    fn note(&mut self, raw: &[u8], meaning: Meaning, is_mapped: bool) {
        let text = String::from_utf8_lossy(raw);
        let value = plain(&text);
        if value.is_empty() {
            return;
        }
        self.all_digits &= value.bytes().all(|byte| byte.is_ascii_digit());
        self.explained_by.note(meaning, is_mapped);
        if value.len() <= LONGEST_CODE && value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            self.codes_explained_by.note(meaning, is_mapped);
        }
    }
}

// === impl ExplainedBy ===

impl ExplainedBy {
    fn note(&mut self, meaning: Meaning, is_mapped: bool) {
        match meaning {
            Meaning::Unrecognised => self.nobody = true,
            _ if is_mapped => self.mapping = true,
            _ => self.dictionary = true,
        }
    }
}

/// What a value means, and whether the mapping (rather than the dictionary) says so.
fn meaning(
    attribute: &'static Attribute,
    field: Field,
    raw: &[u8],
    mapping: &Mapping,
) -> (Meaning, bool) {
    let text = String::from_utf8_lossy(raw);
    match mapping.value(field, &normalise(&text)) {
        Some(Mapped::Category(own)) => return (Meaning::Category(own), true),
        Some(Mapped::Excluded(rule)) => return (Meaning::Excluded(rule), true),
        None => {}
    }
    let meaning = match attribute.resolve(&text) {
        Resolution::Firm(index) | Resolution::Weak(index) => Meaning::Category(narrow(index)),
        Resolution::Blank => Meaning::Category(narrow(attribute.unknown())),
        Resolution::Excluded(rule) => Meaning::Excluded(
            attribute
                .excluded()
                .iter()
                .position(|own| own.code() == rule.code())
                .expect("the rule is one of the attribute's"),
        ),
        Resolution::Unrecognised => Meaning::Unrecognised,
    };
    (meaning, false)
}

pub(super) fn narrow(index: usize) -> u8 {
    u8::try_from(index).expect("an attribute has at most 64 categories")
}
