//! Broken rows. Each belongs to nobody, and has a fault that no reading repairs, so that the truth is
//! not in doubt.

use rand::Rng;
use rand_chacha::ChaCha20Rng;

use super::{
    line::Line,
    row::{Assignment, Flag, Row},
};
use crate::person::Person;

/// The kinds of faults: the heading of each broken column, and what it holds.
pub(super) const FAULTS: [&[(&str, &str)]; 9] = [
    &[("ODS Code", "RJX")],
    &[("Employee Number", "")],
    &[("FTE", "37.5")],
    &[("FTE", "-1")],
    &[("FTE", "1,0")],
    &[("Staff Group", "Clinical Wizardry")],
    &[("Ethnic Origin", "Martian")],
    &[("Gender", "Q"), ("Date Of Birth", "31/02/1980")],
    &[("Grade", "Band Eleventy"), ("Start Date", "2026-13-01")],
];

/// Writes a broken row that is like one of `model`, under a number that nobody has.
pub(super) fn write(
    row: &Row<'_>,
    kind: u64,
    model: &Person,
    line: &mut Line,
    rng: &mut ChaCha20Rng,
) {
    let mut person = model.clone();
    person.number = 90_000_000 + rng.random_range(0..9_999_999);
    (person.left, person.status) = (None, crate::person::Status::Active);
    person.contract = 0;
    let assignment = Assignment {
        post: person.post,
        fte: 100,
        has_odd_hours: false,
        contract: person.contract,
        flag: Flag::Primary,
        number: 1,
        is_bank: false,
    };
    let mut whole = Line::default();
    row.write(&person, &assignment, &mut whole, rng);
    let fields: Vec<String> = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(whole.text().as_bytes())
        .into_records()
        .next()
        .and_then(Result::ok)
        .map(|record| record.iter().map(str::to_owned).collect())
        .unwrap_or_default();
    // Every trust begins at another kind, so that all kinds occur in a small system.
    let offset = row.trust.ods_code.bytes().map(u64::from).sum::<u64>();
    let kinds = u64::try_from(FAULTS.len()).expect("there are few kinds");
    let faults =
        FAULTS[usize::try_from((kind + offset) % kinds).expect("below the number of kinds")];
    for (heading, field) in super::HEADINGS.iter().zip(&fields) {
        let fault = faults.iter().find(|(column, _)| column == heading);
        line.field(fault.map_or(field, |(_, value)| value));
    }
}
