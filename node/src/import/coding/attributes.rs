//! The attributes of a person, in the data set's order: which column each is read from, and what becomes of a
//! value that no table knows.

use csv::ByteRecord;
use vwis_model::dictionary::Attribute;

use super::{
    Coder, MOST_ATTRIBUTES,
    column::{CodedColumn, Meaning},
    oddities::Oddities,
    rejection::Rejection,
};
use crate::import::{columns::Columns, field::Field, report::Report};

/// How one attribute is read.
pub(super) enum Reading {
    /// From a column of its own, whose values must all be known.
    Coded(CodedColumn),
    /// From a column of free text, of which no table knows all.
    FreeText(CodedColumn),
    /// From the column that the headcount filter reads.
    Contract,
    Age,
    Role,
    Site,
    Pathway,
}

// === impl Coder ===

impl Coder<'_> {
    /// Codes the attributes for which a value that no table knows rejects the row.
    pub(super) fn strict_codes<'r>(
        &mut self,
        record: &'r ByteRecord,
        oddities: &mut Oddities,
    ) -> Result<[u8; MOST_ATTRIBUTES], Rejection<'r>> {
        let mut codes = [0; MOST_ATTRIBUTES];
        for (code, reading) in codes.iter_mut().zip(&mut self.readings) {
            match reading {
                Reading::Coded(column) => {
                    *code = match column.read(record, self.fields.mapping()) {
                        Meaning::Category(code) => code,
                        Meaning::Excluded(_) | Meaning::Unrecognised => {
                            return Err(column.unrecognised(record));
                        }
                    };
                }
                Reading::Age => *code = self.age.read(record, &self.fields, oddities)?,
                Reading::FreeText(_)
                | Reading::Contract
                | Reading::Role
                | Reading::Site
                | Reading::Pathway => {}
            }
        }
        Ok(codes)
    }

    /// Codes the attributes for which such a value counts as unknown and is listed. Returns the line of the
    /// pathway rule that caught the post.
    pub(super) fn lenient_codes(
        &mut self,
        record: &ByteRecord,
        codes: &mut [u8; MOST_ATTRIBUTES],
        report: &mut Report,
    ) -> Option<u16> {
        let mut line = None;
        let mut role = None;
        // The pathway rule reads the role. A role that comes after the pathway in the data set is read when
        // the rule needs it.
        for (code, reading) in codes.iter_mut().zip(&mut self.readings) {
            match reading {
                Reading::Coded(_) | Reading::Age => {}
                Reading::FreeText(column) => {
                    *code = match column.read(record, self.fields.mapping()) {
                        Meaning::Category(code) => code,
                        Meaning::Excluded(_) | Meaning::Unrecognised => {
                            report.unrecognised(
                                self.fields.heading(column.field()),
                                &String::from_utf8_lossy(column.raw(record)),
                            );
                            column.unknown()
                        }
                    };
                }
                Reading::Contract => {
                    *code = self.contract.read_or_unknown(record, self.fields.mapping());
                }
                Reading::Site => *code = self.site.read(record, &self.fields, report),
                Reading::Role => {
                    *code =
                        *role.get_or_insert_with(|| self.role.read(record, &self.fields, report));
                }
                Reading::Pathway => {
                    let role =
                        role.get_or_insert_with(|| self.role.read(record, &self.fields, report));
                    let placed = self.pathway.read(record, &self.fields, *role);
                    *code = placed.pathway;
                    line = placed.line;
                }
            }
        }
        line
    }
}

pub(super) fn reading(attribute: &Attribute, columns: &Columns) -> Reading {
    match attribute.code() {
        "contract" => Reading::Contract,
        "age_band" => Reading::Age,
        "role" => Reading::Role,
        "locality" => Reading::Site,
        "nationality_group" => Reading::FreeText(CodedColumn::new(Field::Nationality, columns)),
        "pathway" if columns.position(Field::Pathway).is_none() => Reading::Pathway,
        code => {
            let field = Field::ALL
                .into_iter()
                .find(|field| field.attribute() == Some(code))
                .expect("every attribute is read from some column");
            Reading::Coded(CodedColumn::new(field, columns))
        }
    }
}
