//! Detects a running count in place of employee numbers.
//!
//! Whoever has no numbers, or may not show them, numbers the rows: 1, 2, 3. In the next extract other people
//! have the same numbers. A count shows in either of two ways, and is asked about and not refused:
//!
//! - in rows as they were numbered, the numbers go up or down by one from the first person's row to the last,
//!   or by as many as there are lines between;
//! - in rows that were sorted since, or some of which were deleted, they are nearly all from 1 to the last.
//!   Real numbers lack those of everybody who ever left. Of NHS staff in England 9.9% left within the year to
//!   October 2025 (NHS Workforce Statistics, turnover), so where fewer than one in twenty are missing, the
//!   employer is half a year old, or small. Of fewer than twenty people none may be missing.
//!
//! A small employer may really number its staff 1 to 12: nobody of twelve leaves within a year in 29 cases of
//! 100. It is asked all the same, because no file can tell, and the two mistakes cost differently. An answer is
//! one word, and is kept for as long as the numbers run; a count that was taken for numbers makes everybody
//! somebody else at the next import. Fewer than five are not asked, because their numbers run most often: nobody
//! of four leaves within a year in two cases of three. What the next extract changes of them is asked about then.

use vwis_model::algebra::MAX_PEOPLE;

use super::bits::Bits;

/// Fewest numbers that are taken for a count.
const ENOUGH: u64 = 5;
/// In whatever order they stand, one may be missing beside this many.
const ONE_MISSING_OF: u64 = 20;
/// Largest number at which a count may begin: 0 or 1, or 2 where the header is row 1. Numbers that an
/// employer gave in sequence, and of whom nobody ever left, begin higher.
const BEGINS_WITHIN: u64 = 2;
/// Largest number of a count. It bounds memory.
const MOST: u64 = 2 * MAX_PEOPLE;

/// The numbers of the rows so far, as far as they may be a running count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Running {
    /// What stands before and behind the count in every number, as `a` does in `a0001`; `None` before the
    /// first.
    around: Option<[Box<[u8]>; 2]>,
    /// The last row's count, and its line.
    last: (u64, u64),
    /// Whether the count goes up; `None` before the second number.
    is_upwards: Option<bool>,
    is_out_of_order: bool,
    counts: Bits,
    is_broken: bool,
}

// === impl Running ===

impl Running {
    /// Notes the number of the next row that has one, in its normal form.
    pub(super) fn note(&mut self, normal_form: &[u8], line: u64) {
        if self.is_broken {
            return;
        }
        let split = split(normal_form).filter(|(_, count)| *count <= MOST);
        let is_alike = |around: [&[u8]; 2]| match &self.around {
            None => true,
            Some([before, behind]) => around == [&**before, &**behind],
        };
        let Some((around, count)) = split.filter(|(around, _)| is_alike(*around)) else {
            self.is_broken = true;
            self.counts = Bits::default();
            return;
        };
        if self.around.is_none() {
            self.around = Some(around.map(Into::into));
        } else {
            self.step_to(count, line);
        }
        self.last = (count, line);
        self.counts.insert(count);
    }

    /// Goes on to the next row's count. In order the difference is 0 for another row of the same person, else
    /// ±1 or as large as the difference of their lines: a spreadsheet's own row numbers go on where a row
    /// between is nobody's.
    fn step_to(&mut self, count: u64, line: u64) {
        let (last, last_line) = self.last;
        let step = count.abs_diff(last);
        let is_upwards = count > last;
        if step == 0 {
            return;
        }
        let goes_on = step == 1 || step == line.saturating_sub(last_line);
        if goes_on && self.is_upwards.is_none_or(|up| up == is_upwards) {
            self.is_upwards = Some(is_upwards);
        } else {
            self.is_out_of_order = true;
        }
    }

    /// The first and the last number of a running count that is long enough to ask about; `None` where the
    /// numbers are no count.
    pub(super) fn count(&self) -> Option<(u64, u64)> {
        let (first, last) = self.counts.bounds()?;
        let numbers = self.counts.len();
        let missing = last - first + 1 - numbers;
        let is_nearly_all = missing * ONE_MISSING_OF <= numbers;
        let is_count =
            numbers >= ENOUGH && first <= BEGINS_WITHIN && (!self.is_out_of_order || is_nearly_all);
        is_count.then_some((first, last))
    }
}

/// A number's last digits as a count, and what stands before and behind them.
fn split(number: &[u8]) -> Option<([&[u8]; 2], u64)> {
    let end = number.iter().rposition(u8::is_ascii_digit)? + 1;
    let other = number[..end]
        .iter()
        .rposition(|byte| !byte.is_ascii_digit());
    let begin = other.map_or(0, |other| other + 1);
    let digits = str::from_utf8(&number[begin..end]).expect("digits are ASCII");
    Some(([&number[..begin], &number[end..]], digits.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, test_runner::contextualize_config};

    use super::*;

    fn is_count(numbers: &[(&str, u64)]) -> bool {
        let mut running = Running::default();
        for (number, line) in numbers {
            running.note(number.as_bytes(), *line);
        }
        running.count().is_some()
    }

    fn in_lines(numbers: &[&str]) -> bool {
        let numbers: Vec<_> = numbers.iter().copied().zip(2..).collect();
        is_count(&numbers)
    }

    #[test]
    fn numbers_that_go_by_one_from_the_first_row_to_the_last_are_a_count() {
        for numbers in [
            ["1", "2", "3", "4", "5"],
            ["5", "4", "3", "2", "1"],
            ["0", "1", "2", "3", "4"],
            ["a0001", "a0002", "a0003", "a0004", "a0005"],
            ["p99001-1", "p99001-2", "p99001-3", "p99001-4", "p99001-5"],
            ["1/x", "2/x", "3/x", "4/x", "5/x"],
        ] {
            assert!(in_lines(&numbers), "{numbers:?}");
            assert!(!in_lines(&numbers[1..]), "{numbers:?}");
        }
        // A count with several rows for one person, and with lines between that are nobody's.
        assert!(in_lines(&["1", "2", "2", "2", "3", "4", "5"]));
        assert!(is_count(&[
            ("2", 2),
            ("3", 3),
            ("6", 6),
            ("7", 7),
            ("8", 8)
        ]));
        assert!(is_count(&[
            ("1", 2),
            ("2", 3),
            ("3", 9),
            ("4", 10),
            ("5", 11)
        ]));
    }

    /// Numbers from 1 to `last`, sorted by what has nothing to do with them, without those of which `is_gone`
    /// is true.
    fn shuffled(last: u64, is_gone: impl Fn(u64) -> bool) -> Vec<String> {
        let mut numbers: Vec<u64> = (1..=last).filter(|number| !is_gone(*number)).collect();
        numbers.sort_by_key(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        numbers.iter().map(u64::to_string).collect()
    }

    #[test]
    fn a_count_is_known_in_any_order_and_with_rows_deleted_but_not_where_people_left() {
        let is_known = |numbers: &[String]| {
            let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
            in_lines(&numbers)
        };
        for last in [50, 300, 5000] {
            assert!(is_known(&shuffled(last, |_| false)), "{last}");
            assert!(
                is_known(&shuffled(last, |number| number % 30 == 7)),
                "{last}"
            );
            // Within a year more than one in twenty leaves.
            assert!(
                !is_known(&shuffled(last, |number| number % 15 == 7)),
                "{last}"
            );
        }
        let in_order: Vec<_> = (1..300)
            .filter(|n| *n != 150)
            .map(|n| n.to_string())
            .collect();
        assert!(is_known(&in_order));
        let begun_later: Vec<_> = shuffled(302, |number| number <= 2);
        assert!(!is_known(&begun_later));
        // Of a small employer nobody may have left yet, and no file can tell.
        assert!(is_known(&shuffled(12, |_| false)));
        assert!(is_known(&shuffled(21, |number| number == 7)));
        assert!(!is_known(&shuffled(20, |number| number == 7)));
        let lettered = |number: String| format!("a{number}");
        assert!(is_known(
            &shuffled(40, |_| false)
                .into_iter()
                .map(lettered)
                .collect::<Vec<_>>()
        ));
    }

    #[test]
    fn other_numbers_are_no_count() {
        for numbers in [
            &["1", "2", "3", "4", "6"][..],
            &["20000000", "20000001", "20000002", "20000003", "20000004"],
            &["a0998", "a0999", "a1000", "a1001", "a1002"],
            &["1", "2", "3", "5", "4", "7"],
            &["1", "2", "3", "2", "1", "3"],
            &["1", "1", "1", "1", "2"],
            &["10", "20", "30", "40", "50"],
            &["a1", "a2", "b3", "b4", "b5"],
            &["1", "2", "3", "4", "5", "x"],
            &["1", "2", "3", "4", "5", "99999999999999999999"],
            &[
                "18446744073709551614",
                "18446744073709551615",
                "0",
                "1",
                "2",
            ],
        ] {
            assert!(!in_lines(numbers), "{numbers:?}");
        }
    }

    /// The numbers from `first` on, of as many people as `people` says, in any order, some of them in several
    /// rows.
    fn in_any_order(people: std::ops::Range<u64>) -> impl Strategy<Value = (u64, Vec<u64>)> {
        (0..=BEGINS_WITHIN, people).prop_flat_map(|(first, people)| {
            let numbers: Vec<_> = (first..first + people).collect();
            let again = prop::collection::vec(prop::sample::select(numbers.clone()), 0..4);
            let rows = again.prop_map(move |again| [numbers.clone(), again].concat());
            (Just(people), rows.prop_shuffle())
        })
    }

    fn is_known(numbers: &[u64], spell: impl Fn(&u64) -> String) -> bool {
        let numbers: Vec<_> = numbers.iter().map(spell).collect();
        in_lines(&numbers.iter().map(String::as_str).collect::<Vec<_>>())
    }

    proptest! {
        #![proptest_config(contextualize_config(ProptestConfig::with_cases(256)))]

        #[test]
        fn no_order_of_a_count_of_five_people_or_more_goes_unasked((_, rows) in in_any_order(5..90)) {
            prop_assert!(is_known(&rows, u64::to_string), "{:?}", rows);
            prop_assert!(is_known(&rows, |number| format!("p99001-{number:03}")), "{:?}", rows);
        }

        #[test]
        fn no_order_of_fewer_than_five_people_is_asked_about((_, rows) in in_any_order(1..5)) {
            prop_assert!(!is_known(&rows, u64::to_string), "{:?}", rows);
        }

        #[test]
        fn one_number_of_somebody_who_left_is_enough_among_twenty_in_any_order(
            (people, rows) in in_any_order(6..40),
            at in any::<prop::sample::Index>(),
        ) {
            let first = rows.iter().copied().min().expect("there are rows");
            // Without its first or last number a count is a shorter count.
            let gone = first + 1 + at.index(usize::try_from(people).expect("it is small") - 2) as u64;
            let stayed: Vec<_> = rows.into_iter().filter(|number| *number != gone).collect();
            let is_nearly_all = people > 20;
            prop_assert_eq!(is_known(&stayed, u64::to_string), is_nearly_all, "{:?}", stayed);
        }
    }
}
