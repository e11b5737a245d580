//! Dates that a spreadsheet has turned round.

use super::*;

/// People of whom each was born on the day that `born` gives, as it stands in the file.
fn born(born: impl Fn(u32) -> String) -> String {
    let mut rows = people(0..90);
    for (n, person) in (0..).zip(&mut rows) {
        set(person, "Date Of Birth", &born(n));
    }
    text(&rows)
}

/// The 1st to the 28th.
fn day(n: u32) -> u32 {
    1 + n * 5 % 28
}

#[test]
fn dates_of_which_a_spreadsheet_has_turned_those_that_it_could_read_are_asked_about() {
    let iso = |n| format!("1970-{:02}-{:02}", 1 + n % 12, day(n));
    let text = |n| format!("{:02}/{:02}/1970", day(n), 1 + n % 12);
    let parted = |n| if day(n) < 13 { iso(n) } else { text(n) };
    let named = |n| {
        if day(n) < 13 {
            format!("{}-Mar-1970", day(n))
        } else {
            text(n)
        }
    };
    for (file, is_asked) in [
        (born(parted), true),
        (born(named), true),
        (born(iso), false),
        (born(text), false),
        (born(|n| if n % 2 == 0 { iso(n) } else { text(n) }), false),
        // One that the spreadsheet could not have turned.
        (
            born(|n| {
                if n == 1 {
                    "1970-03-13".to_owned()
                } else {
                    parted(n)
                }
            }),
            false,
        ),
        (
            born(|n| {
                if n == 1 {
                    "12/03/1970".to_owned()
                } else {
                    parted(n)
                }
            }),
            false,
        ),
        // Too few days to tell.
        (
            born(|n| {
                if n < 80 {
                    "1970-03-01".to_owned()
                } else {
                    text(18)
                }
            }),
            false,
        ),
    ] {
        let expected = [Allowance::TurnedDates];
        let raised = raised(None, &file);
        assert_eq!(
            raised,
            &expected[..usize::from(is_asked)],
            "{}",
            &file[..600]
        );
    }
}
