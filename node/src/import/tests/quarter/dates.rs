//! Dates in which a spreadsheet has exchanged day and month.

use super::*;

/// An extract of 90 people whose dates of birth are written as `born` gives them.
fn born(born: impl Fn(u32) -> String) -> String {
    let mut rows = people(0..90);
    for (n, person) in (0..).zip(&mut rows) {
        set(person, "Date Of Birth", &born(n));
    }
    text(&rows)
}

/// A day from 1 to 28.
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
    // Up to `most` dates of each kind were typed afterwards, on days that the spreadsheet would have treated
    // otherwise.
    let typed = |most: u32| {
        born(move |n| match n {
            n if n / 2 >= most => parted(n),
            n if n % 2 == 0 => "1970-03-13".to_owned(),
            _ => "12/03/1970".to_owned(),
        })
    };
    // Only the 1st to the 3rd, and the 26th to the 28th.
    let few = |typed: u32| {
        born(move |n| match n {
            n if n < typed => "1970-03-13".to_owned(),
            n if n % 2 == 0 => format!("1970-{:02}-{:02}", 1 + n % 12, 1 + n % 3),
            n => format!("{:02}/{:02}/1970", 26 + n % 3, 1 + n % 12),
        })
    };
    for (file, is_asked) in [
        (born(parted), true),
        (born(named), true),
        (born(iso), false),
        (born(text), false),
        (born(|n| if n % 2 == 0 { iso(n) } else { text(n) }), false),
        (typed(1), true),
        (typed(3), true),
        (typed(4), false),
        // With three days on each side, one typed date is enough for no question.
        (few(0), true),
        (few(1), false),
        // The dates fall on too few days to tell.
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

/// All dates can be read with either number as the day. A few that are mended by hand must not prove the
/// order for all.
#[test]
fn a_few_dates_that_prove_their_order_do_not_silence_all_that_could_be_turned() {
    let turned = |n: u32| format!("{:02}/{:02}/1970", 1 + n % 12, 1 + n * 5 % 12);
    let ambiguous = |n: u32| format!("{:02}/{:02}/19{}", 1 + n % 12, 1 + n * 5 % 12, 60 + n % 30);
    let proved = |proved: u32| {
        born(move |n| {
            if n < proved {
                "13/03/1970".to_owned()
            } else {
                ambiguous(n)
            }
        })
    };
    for (file, expected) in [
        (proved(0), Some("Of 90 dates none has a day above 12")),
        (proved(1), Some("Of 90 dates only one has a day above 12")),
        (proved(4), Some("Of 90 dates only 4 have a day above 12")),
        (proved(5), None),
        // These are only twelve different dates.
        (born(turned), None),
    ] {
        let asked = asked(None, &file);
        match expected {
            None => assert_eq!(asked, []),
            Some(expected) => {
                assert_eq!(asked[0].0, Allowance::MonthFirst);
                assert!(asked[0].1.starts_with(expected), "{asked:?}");
            }
        }
    }
}
