//! Lists the sampled values that no table knows, ready to be filled in.

use std::collections::{BTreeMap, BTreeSet};

use vwis_model::dictionary::{Attribute, Resolution, normalise};

use super::{Evidence, sample::Sampled};
use crate::{
    import::{
        columns::is_of_places, field::Field, mapping::attribute_of, quoted::looks_like,
        spreadsheet, vetting::Vetting,
    },
    people::normal_form,
};

/// Most sites that are listed to be filled in.
const MOST_SITES: usize = 500;
/// Most values of one column that are listed to be filled in.
const MOST_VALUES: usize = 100;

/// Values of a column that no table knows, ready to be filled in.
pub(super) fn unknown_values<'c>(
    columns: &'c [Sampled],
    proposed: &BTreeMap<Field, (usize, Evidence)>,
    field: Field,
) -> BTreeSet<&'c str> {
    let (Some((at, _)), Some(attribute)) = (proposed.get(&field), attribute_of(field)) else {
        return BTreeSet::new();
    };
    unknown(columns, proposed, *at, attribute, MOST_VALUES)
}

pub(super) fn unmapped_sites<'c>(
    columns: &'c [Sampled],
    proposed: &BTreeMap<Field, (usize, Evidence)>,
) -> BTreeSet<&'c str> {
    let locality = attribute_of(Field::Site).expect("localities are an attribute");
    let site = proposed.get(&Field::Site);
    site.map_or_else(BTreeSet::new, |(at, _)| {
        unknown(columns, proposed, *at, locality, MOST_SITES)
    })
}

/// Values of a column that are not understood. Left out are values that may be a person's own, and errors of
/// a spreadsheet, which are to be mended there.
fn unknown<'c>(
    columns: &'c [Sampled],
    proposed: &BTreeMap<Field, (usize, Evidence)>,
    at: usize,
    attribute: &Attribute,
    most: usize,
) -> BTreeSet<&'c str> {
    let numbers = [Field::EmployeeNumber, Field::CandidateId];
    let number = numbers.iter().find_map(|field| proposed.get(field));
    let number_of = |row: u32| {
        let numbers = &columns[number?.0];
        let found = numbers.rows.binary_search(&row).ok()?;
        Some(normal_form(numbers.values[found].as_bytes()))
    };
    let mut vetting = Vetting::default();
    let is_read = |at: &usize| proposed.values().any(|(read, _)| read == at);
    let may_be_peoples = |at: &usize| !is_read(at) && !is_of_places(&columns[*at].heading);
    for column in (0..columns.len()).filter(may_be_peoples) {
        for value in &columns[column].values {
            vetting.note_unread(value.as_bytes());
        }
    }
    let column = &columns[at];
    let mut unknown = BTreeSet::new();
    for (row, value) in column.rows.iter().zip(&column.values) {
        if matches!(attribute.resolve(value), Resolution::Unrecognised) {
            let whose = number_of(*row).unwrap_or_default();
            vetting.begin_row(&whose, u64::from(*row));
            vetting.note(value, value);
            unknown.insert(value.as_str());
        }
    }
    let mut keys = BTreeSet::new();
    unknown.retain(|value| {
        let is_ours = looks_like(value).is_none()
            && !spreadsheet::is_error(value.as_bytes())
            && vetting.may_be_shown(value, None);
        // Spellings that are read as one need one entry.
        is_ours && keys.len() < most && keys.insert(normalise(value))
    });
    unknown
}
