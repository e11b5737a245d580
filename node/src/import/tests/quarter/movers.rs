//! Files of joiners and leavers compared with the staff at the two ends of the quarter.

use std::collections::HashSet;

use super::*;
use crate::{import::sense::Known, people::PersonTag};

fn tags(numbers: std::ops::Range<u32>) -> Vec<PersonTag> {
    let tagger = Desk::new().tagger;
    numbers
        .map(|n| tagger.tag(n.to_string().as_bytes()))
        .collect()
}

fn set_of(numbers: std::ops::Range<u32>) -> HashSet<PersonTag> {
    tags(numbers).into_iter().collect()
}

/// The number of questions for a file of `who`, where staff 0 to 300 were held before and 20 to 330 now.
fn asked(kind: Kind, who: std::ops::Range<u32>, others: Option<std::ops::Range<u32>>) -> usize {
    let known = Known {
        before: Some(set_of(0..300)),
        now: Some(set_of(20..330)),
        others: others.map(set_of),
    };
    let questions = sense::movers(kind, &tags(who), &known);
    for question in &questions {
        assert_eq!(question.allowance, Allowance::Movers);
    }
    questions.len()
}

#[test]
fn who_joined_was_not_there_and_is_and_who_left_was_and_is_not() {
    let (joiners, leavers) = (Kind::Joiners, Kind::Leavers);
    for (kind, who, others, expected) in [
        (joiners, 300..330, Some(0..20), 0),
        (leavers, 0..20, Some(300..330), 0),
        // Some people come and go within the quarter.
        (joiners, 300..338, None, 0),
        // These were there before, are there still, or were never there.
        (joiners, 0..60, None, 3),
        (joiners, 20..60, None, 2),
        (joiners, 300..345, None, 1),
        (leavers, 20..80, None, 2),
        (leavers, 1000..1060, None, 2),
        (leavers, 300..330, None, 3),
        // One file was given as both.
        (leavers, 0..20, Some(0..20), 1),
        (joiners, 300..330, Some(310..325), 1),
        // A single person raises no question about the share, only about where everybody else is.
        (leavers, 1000..1001, None, 1),
        (leavers, 0..1, None, 1),
        // A third of those who moved is missing, or a fifth.
        (leavers, 0..13, None, 1),
        (leavers, 0..16, None, 0),
        (joiners, 300..320, None, 1),
        (joiners, 300..324, None, 0),
    ] {
        assert_eq!(
            asked(kind, who.clone(), others),
            expected,
            "{kind:?} {who:?}"
        );
    }
    let nothing_held = Known {
        before: None,
        now: None,
        others: None,
    };
    assert_eq!(sense::movers(leavers, &tags(0..60), &nothing_held), []);
}

type Row = Vec<(&'static str, String)>;

/// Files of leavers and joiners are asked about the same faults as an extract of staff.
#[test]
fn a_file_of_leavers_or_joiners_is_held_against_itself() {
    for (kind, column) in [
        (Kind::Joiners, "Start Date"),
        (Kind::Leavers, "Termination Date"),
    ] {
        let of = |change: &dyn Fn(usize, &mut Row)| {
            let mut rows = people(0..40);
            for (at, person) in rows.iter_mut().enumerate() {
                person.push((column, format!("{:02}/08/2026", 1 + at % 28)));
                change(at, person);
            }
            let desk = Desk {
                kind,
                ..Desk::new()
            };
            let imported = desk.read(&text(&rows)).unwrap();
            let questions = sense::alone(kind, &imported).into_iter();
            questions
                .map(|question| question.allowance)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&|_, _| {}), [], "{kind:?}");
        let unknown = of(&|at, person| {
            if at % 4 > 0 {
                set(person, "Ethnic Origin", "");
            }
        });
        assert_eq!(unknown, [Allowance::Unknown], "{kind:?}");
        // Half of the dates are the first of a month in place of the first to the twelfth: another quarter's.
        let exchanged = of(&|at, person| {
            set(person, column, &format!("08/{:02}/2026", 1 + at % 12));
        });
        assert!(
            exchanged.contains(&Allowance::LeftOut),
            "{kind:?}: {exchanged:?}"
        );
    }
}
