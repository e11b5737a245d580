//! Staff who do not exist, and the one among them whom the attacks are after.

use std::fmt::Write as _;

use crate::import::Kind;

/// Number of people at the throw-away organisation, the target among them.
pub(super) const PEOPLE: u16 = 400;
/// The target's staff group, which has no other members.
pub(super) const TARGET_GROUP: &str = "students";

/// Staff groups of everybody else, taken in turn.
const GROUPS: [&str; 5] = [
    "nursing_and_midwifery",
    "additional_clinical_services",
    "administrative_and_clerical",
    "medical_and_dental",
    "allied_health_professionals",
];
const GENDERS: [&str; 4] = ["female", "female", "female", "male"];

/// An extract of all of them, or, without the target, of the day after that person left.
pub(super) fn extract(with_target: bool) -> String {
    let attributes = Kind::Staff.data_set().attributes();
    let mut csv = String::from("employee_number,fte");
    for attribute in attributes {
        let _ = write!(csv, ",{}", attribute.code());
    }
    let mut person = |n: u16, group: &str, gender: &str| {
        let _ = write!(csv, "\n{n:06},1.00");
        for attribute in attributes {
            let code = match attribute.code() {
                "staff_group" => group,
                "gender" => gender,
                // The attacks use no other attribute.
                _ => attribute.categories().last().map_or("", |last| last.code()),
            };
            let _ = write!(csv, ",{code}");
        }
    };
    for n in 1..PEOPLE {
        let of = |codes: &[&'static str]| codes[usize::from(n) % codes.len()];
        person(n, of(&GROUPS), of(&GENDERS));
    }
    if with_target {
        person(PEOPLE, TARGET_GROUP, "female");
    }
    csv.push('\n');
    csv
}
