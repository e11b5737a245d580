//! A column whose values are read by one attribute's table.

use csv::ByteRecord;
use vwis_proto::dictionary::{Attribute, Category, Resolution, normalise};

use super::rejection::Rejection;
use crate::import::{
    columns::Columns,
    field::Field,
    mapping::{Mapped, Mapping, attribute_of},
    memo::Memo,
    reason::Reason,
};

/// What a spelling means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Category(u8),
    /// A value that the headcount filter leaves out, by its position in the attribute's list.
    Excluded(usize),
    Unrecognised,
}

/// The column, if the extract has it; everyone is unknown otherwise.
pub(super) struct CodedColumn {
    field: Field,
    position: Option<usize>,
    attribute: &'static Attribute,
    memo: Memo<Meaning>,
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
        }
    }

    pub(super) fn field(&self) -> Field {
        self.field
    }

    /// The name of one of the attribute's exclusions.
    pub(super) fn rule(&self, number: usize) -> &'static str {
        self.attribute.excluded()[number].code()
    }

    pub(super) fn unknown(&self) -> u8 {
        narrow(self.attribute.unknown())
    }

    /// The value as it stands there, trimmed.
    pub(super) fn raw<'r>(&self, record: &'r ByteRecord) -> &'r [u8] {
        let field = self.position.and_then(|position| record.get(position));
        field.unwrap_or_default().trim_ascii()
    }

    pub(super) fn read(&mut self, record: &ByteRecord, mapping: &Mapping) -> Meaning {
        let raw = self.raw(record);
        let (attribute, field) = (self.attribute, self.field);
        self.memo
            .get(raw, || meaning(attribute, field, raw, mapping))
    }

    /// A category whatever stands there.
    pub(super) fn read_or_unknown(&mut self, record: &ByteRecord, mapping: &Mapping) -> u8 {
        match self.read(record, mapping) {
            Meaning::Category(code) => code,
            Meaning::Excluded(_) | Meaning::Unrecognised => self.unknown(),
        }
    }

    /// The rejection of a row for what stands there.
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

fn meaning(attribute: &'static Attribute, field: Field, raw: &[u8], mapping: &Mapping) -> Meaning {
    let text = String::from_utf8_lossy(raw);
    match mapping.value(field, &normalise(&text)) {
        Some(Mapped::Category(own)) => return Meaning::Category(own),
        Some(Mapped::Excluded(rule)) => return Meaning::Excluded(rule),
        None => {}
    }
    match attribute.resolve(&text) {
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
    }
}

/// The codes of an attribute, for error messages; the names of localities, whose codes are numbers.
pub(in crate::import) fn accepted(attribute: &Attribute) -> String {
    let name = match attribute.code() {
        "locality" => Category::label,
        _ => Category::code,
    };
    let names = attribute.categories().iter().map(name);
    names.collect::<Vec<_>>().join(", ")
}

pub(super) fn narrow(index: usize) -> u8 {
    u8::try_from(index).expect("an attribute has at most 64 categories")
}
