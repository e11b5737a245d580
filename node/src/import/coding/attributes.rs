//! The attributes of a person, in the data set's order: which column each is read from, and what becomes of a
//! value that no table knows.

use csv::ByteRecord;
use vwis_model::dictionary::Attribute;

use super::{
    Coder, MOST_ATTRIBUTES,
    column::{CodedColumn, Meaning},
    rejection::Rejection,
    stage::StageReader,
};
use crate::import::{columns::Columns, field::Field, oddity::Oddities};

/// What the lenient attributes of a row tell beside their codes.
#[derive(Default)]
pub(super) struct Lenient<'r> {
    /// The line of the pathway rule that caught the post.
    pub(super) pathway_line: Option<u16>,
    /// Values that no table knows, each with its column.
    pub(super) unknown: Vec<(Field, &'r [u8])>,
}

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
    /// From the status of an application, or from columns of yes and no.
    Stage(StageReader),
}

// === impl Coder ===

impl Coder<'_> {
    /// Codes the attributes for which a value that no table knows rejects the row, and says what is odd about
    /// them.
    pub(super) fn strict_codes<'r>(
        &mut self,
        record: &'r ByteRecord,
    ) -> Result<([u8; MOST_ATTRIBUTES], Oddities), Rejection<'r>> {
        let mut codes = [0; MOST_ATTRIBUTES];
        let mut oddities = Oddities::default();
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
                Reading::Age => (*code, oddities) = self.age.read(record, &self.fields)?,
                Reading::Stage(stage) => *code = stage.read(record, &self.fields)?,
                Reading::FreeText(_)
                | Reading::Contract
                | Reading::Role
                | Reading::Site
                | Reading::Pathway => {}
            }
        }
        Ok((codes, oddities))
    }

    /// Codes the attributes for which such a value counts as unknown and is listed.
    pub(super) fn lenient_codes<'r>(
        &mut self,
        record: &'r ByteRecord,
        codes: &mut [u8; MOST_ATTRIBUTES],
    ) -> Lenient<'r> {
        let mut told = Lenient::default();
        let mut role = None;
        // The pathway rule reads the role. A role that comes after the pathway in the data set is read when
        // the rule needs it.
        for (code, reading) in codes.iter_mut().zip(&mut self.readings) {
            match reading {
                Reading::Coded(_) | Reading::Age | Reading::Stage(_) => {}
                Reading::FreeText(column) => {
                    *code = match column.read(record, self.fields.mapping()) {
                        Meaning::Category(code) => code,
                        Meaning::Excluded(_) | Meaning::Unrecognised => {
                            told.unknown.push((column.field(), column.raw(record)));
                            column.unknown()
                        }
                    };
                }
                Reading::Contract => {
                    *code = self.contract.read_or_unknown(record, self.fields.mapping());
                }
                Reading::Site => {
                    let (locality, is_known) = self.site.read(record, &self.fields);
                    *code = locality;
                    if !is_known {
                        let site = self.fields.get(record, Field::Site);
                        told.unknown.push((Field::Site, site));
                    }
                }
                Reading::Role => {
                    let read = || self.role.read(record, &self.fields);
                    (*code, _) = *role.get_or_insert_with(read);
                }
                Reading::Pathway => {
                    let read = || self.role.read(record, &self.fields);
                    let (role, _) = *role.get_or_insert_with(read);
                    let placed = self.pathway.read(record, &self.fields, role);
                    *code = placed.pathway;
                    told.pathway_line = placed.line;
                }
            }
        }
        if let Some((_, false)) = role {
            let job = self.fields.get(record, self.role.job());
            told.unknown.push((self.role.job(), job));
        }
        told
    }
}

pub(super) fn reading(attribute: &Attribute, columns: &Columns) -> Reading {
    match attribute.code() {
        "contract" => Reading::Contract,
        "age_band" => Reading::Age,
        "role" => Reading::Role,
        "locality" => Reading::Site,
        "furthest_stage" => Reading::Stage(StageReader::new(columns)),
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
