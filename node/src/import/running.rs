//! Detects a running count in place of employee numbers.
//!
//! Whoever has no numbers, or may not show them, numbers the rows: 1, 2, 3. In the next extract other people
//! have the same numbers. A count shows in numbers that go up or down by one from the first person's row to
//! the last. At a small employer real numbers may do so by chance: five in any order once in sixty times;
//! five in sorted order, where nobody ever left. So it is asked about and not refused.

/// Fewest numbers that are taken for a count.
const ENOUGH: u64 = 5;
/// Largest number at which a count may begin: 0 or 1, or 2 where the header is row 1. Numbers that an
/// employer gave in sequence, and of whom nobody ever left, begin higher.
const BEGINS_WITHIN: u64 = 2;

/// The numbers of the rows so far, as far as they may be a running count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Running {
    last: Option<Counted>,
    /// Whether the count goes up; `None` before the second number.
    is_upwards: Option<bool>,
    /// The least number so far.
    least: u64,
    /// Different numbers so far.
    numbers: u64,
    is_broken: bool,
}

/// A number, split into its last digits and what stands around them, such as `a0001`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Counted {
    before: Box<[u8]>,
    count: u64,
    behind: Box<[u8]>,
    line: u64,
}

// === impl Running ===

impl Running {
    /// Notes the number of the next row that has one, in its normal form.
    pub(super) fn note(&mut self, normal_form: &[u8], line: u64) {
        if self.is_broken {
            return;
        }
        let next = Counted::of(normal_form, line);
        match (&self.last, &next) {
            (_, None) => self.is_broken = true,
            (None, Some(_)) => self.numbers = 1,
            (Some(last), Some(next)) => match last.step_to(next) {
                // The row is another assignment of the same person.
                Some(0) => {}
                Some(step) if self.is_upwards.is_none_or(|up| up == (step > 0)) => {
                    self.is_upwards = Some(step > 0);
                    self.numbers += 1;
                }
                _ => self.is_broken = true,
            },
        }
        let least = if self.last.is_none() {
            u64::MAX
        } else {
            self.least
        };
        self.least = next.as_ref().map_or(least, |next| least.min(next.count));
        self.last = next;
    }

    /// Whether the numbers are a running count that is long enough to ask about.
    pub(super) fn is_count(&self) -> bool {
        !self.is_broken && self.numbers >= ENOUGH && self.least <= BEGINS_WITHIN
    }
}

// === impl Counted ===

impl Counted {
    fn of(number: &[u8], line: u64) -> Option<Self> {
        let end = number.iter().rposition(u8::is_ascii_digit)? + 1;
        let other = number[..end]
            .iter()
            .rposition(|byte| !byte.is_ascii_digit());
        let begin = other.map_or(0, |other| other + 1);
        let digits = str::from_utf8(&number[begin..end]).expect("digits are ASCII");
        Some(Self {
            before: number[..begin].into(),
            count: digits.parse().ok()?,
            behind: number[end..].into(),
            line,
        })
    }

    /// The difference to the next row's number, if it is 0, ±1 or as large as the difference of their lines;
    /// `None` for any other. A spreadsheet's own row numbers go on where a row between is nobody's.
    fn step_to(&self, next: &Self) -> Option<i64> {
        if (&self.before, &self.behind) != (&next.before, &next.behind) {
            return None;
        }
        let step = i64::try_from(next.count).ok()? - i64::try_from(self.count).ok()?;
        let lines = next.line.saturating_sub(self.line);
        (step.unsigned_abs() <= 1 || step.unsigned_abs() == lines).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_count(numbers: &[(&str, u64)]) -> bool {
        let mut running = Running::default();
        for (number, line) in numbers {
            running.note(number.as_bytes(), *line);
        }
        running.is_count()
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

    #[test]
    fn other_numbers_are_no_count() {
        for numbers in [
            &["1", "2", "3", "4", "6"][..],
            &["20000000", "20000001", "20000002", "20000003", "20000004"],
            &["a0998", "a0999", "a1000", "a1001", "a1002"],
            &["1", "2", "3", "5", "4", "6"],
            &["1", "2", "3", "2", "1", "0"],
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
}
