//! The audit's agreement and the tiny data sets it measures.

use vwis_model::{agreement::Agreement, period::Period};
use vwis_tests::{
    agreement::{Clause, PRECISE, agreement},
    extract::{Extract, Person, header, row, staff},
};

/// Headcount: 303 integers of 11 residuals, up to three attributes across.
const HEADCOUNT: Clause = Clause {
    name: "headcount",
    tables: r#"[{ by = [] }, { by = ["staff_group", "age_band"] },
        { by = ["gender", "ethnic_group", "disability"] }]"#,
    ..PRECISE
};

/// FTE, with the groups of bands and ages beside them: 14 residuals, most of them in blocks of unequal
/// weight.
const FTE: Clause = Clause {
    name: "fte",
    measure: "fte",
    // What the draft has beside its tables takes a line of its own.
    tables: "[{ by = [] }, { by = [\"staff_group\", \"band\"] }, { by = [\"age_band\", \"disability\"] }, \
        { by = [\"band:1\", \"age_band:1\"] }, { by = [\"gender\"] }]\ntrees = [\"band\", \"age_band\"]",
    ..PRECISE
};

/// Headcount: 8,436 integers, so that a hundred measurements hold what is rare.
const WIDE: Clause = Clause {
    name: "wide",
    tables: r#"[{ by = [] }, { by = ["role", "band", "age_band"] }]"#,
    ..PRECISE
};

/// ρ a year: enough for twelve months of both series.
pub(crate) const RHO_PER_YEAR: &str = "200";

/// The data sets: two pairs of neighbours. The two of each pair differ in one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arm {
    /// Nobody: one row of bank staff, which the standard filter leaves out.
    Empty,
    /// The one person alone.
    One,
    /// Two hundred people of the same kind and twenty others.
    Skewed,
    /// The people of `Skewed` and one person of another kind.
    SkewedAndOne,
}

/// The neighbouring data sets: without one person, and with them. The one of the first pair stands in small
/// blocks, which weigh most, the one of the second in large ones.
pub(crate) const NEIGHBOURS: [(Arm, Arm); 2] =
    [(Arm::Empty, Arm::One), (Arm::Skewed, Arm::SkewedAndOne)];

// === impl Arm ===

impl Arm {
    /// All data sets, in the order in which periods take turns.
    pub(crate) const ALL: [Self; 4] = [Self::Empty, Self::One, Self::Skewed, Self::SkewedAndOne];

    /// The people whom a correct import counts.
    pub(crate) fn counted(self) -> Extract {
        let mut people = match self {
            Self::Empty | Self::One => Vec::new(),
            Self::Skewed | Self::SkewedAndOne => skewed(),
        };
        people.extend(self.person());
        Extract { people }
    }

    /// The person whose presence must stay hidden, full time; `None` where they are not in it.
    pub(crate) fn person(self) -> Option<Person> {
        let codes = |category: fn(usize) -> usize| {
            let attributes = staff().attributes().iter();
            attributes.map(|a| category(a.size())).collect()
        };
        let codes = match self {
            Self::Empty | Self::Skewed => return None,
            Self::One => codes(|categories| categories - 1),
            Self::SkewedAndOne => codes(|_| 0),
        };
        Some(Person {
            number: "P1".to_owned(),
            fte_hundredths: 100,
            codes,
        })
    }

    /// The file to import, in which the one person has three full-time assignments.
    pub(crate) fn csv(self) -> String {
        let mut lines = vec![header(), bank_row()];
        lines.extend(self.counted().people.iter().map(row));
        if let Some(person) = self.person() {
            lines.extend([row(&person), row(&person)]);
        }
        lines.join("\n") + "\n"
    }
}

/// The agreement: ρ 8 for each series and month, over ten years.
pub(crate) fn audited() -> Agreement {
    agreement(&[HEADCOUNT, FTE])
}

/// An agreement with many draws in each measurement, to show faults that take hundreds of thousands of draws.
pub(crate) fn wide() -> Agreement {
    agreement(&[WIDE])
}

/// The first months of the term, all of them in the past.
pub(crate) fn periods(count: usize) -> Vec<Period> {
    let first: Period = "2017-04".parse().unwrap();
    let last: Period = "2026-03".parse().unwrap();
    let periods: Vec<_> = first.through(last).take(count).collect();
    assert_eq!(periods.len(), count);
    periods
}

fn skewed() -> Vec<Person> {
    let mut people = Extract::seeded(7, 220).people;
    let alike = people[0].codes.clone();
    for person in &mut people[..200] {
        person.codes.clone_from(&alike);
    }
    people
}

fn bank_row() -> String {
    let person = Person {
        number: "B1".to_owned(),
        ..Arm::One.person().unwrap()
    };
    let contract = staff().position("contract").unwrap();
    let row = row(&person);
    let mut fields: Vec<_> = row.split(',').collect();
    // The first two fields are the number and the FTE.
    fields[2 + contract] = "bank";
    fields.join(",")
}
