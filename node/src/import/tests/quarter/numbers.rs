//! Numbers of assignments in place of people's, and texts that are no numbers.

use super::*;

const SIZE: u32 = 300;

#[test]
fn a_number_with_something_behind_it_is_asked_about_in_any_spelling() {
    for about in [
        "{} 2", "{}(2)", "{}B", "{}-B", "{}E0", "E{}", "{}/2", "{}.02", "{}_2", "A-{}",
    ] {
        let mut rows = people(0..SIZE);
        let further: Vec<_> = rows
            .iter()
            .step_by(18)
            .map(|person| {
                let mut further = person.clone();
                let number = about.replace("{}", &get(person, "Employee Number"));
                set(&mut further, "Employee Number", &number);
                set(&mut further, "FTE", "0.2");
                further
            })
            .collect();
        rows.extend(further);
        let asked = asked(None, &text(&rows));
        assert_eq!(asked.len(), 1, "{about}: {asked:?}");
        assert_eq!(asked[0].0, Allowance::AssignmentNumbers, "{about}");
    }
}

#[test]
fn numbers_of_different_lengths_raise_nothing() {
    for first in [1, 95, 9_990, 999_900] {
        let mut rows = people(0..SIZE);
        // One in ten has left, so that the numbers are no running count.
        let stayed = (first..).filter(|number| number % 10 != 3);
        for (number, person) in stayed.zip(&mut rows) {
            set(person, "Employee Number", &number.to_string());
        }
        // 999999 would be taken for equal digits.
        let text = text(&rows).replace(",999999,", ",2000000,");
        assert_eq!(asked(None, &text), [], "from {first}");
    }
}

#[test]
fn numbers_that_count_the_rows_are_asked_about_at_the_first_import() {
    let counted = |spell: &dyn Fn(u32) -> String| {
        let mut rows = people(0..SIZE);
        for (n, person) in (0..).zip(&mut rows) {
            set(person, "Employee Number", &spell(n));
        }
        rows
    };
    let plain = counted(&|n| (n + 1).to_string());
    let mut with_bank = plain.clone();
    // A row that is left out is still counted by the running numbers.
    with_bank[7].push(("Assignment Category", "Bank".to_owned()));
    let mut sorted = plain.clone();
    sorted.sort_by_key(|person| get(person, "Date Of Birth"));
    let mut deleted = plain.clone();
    deleted.remove(SIZE as usize / 2);
    for rows in [
        &plain,
        &with_bank,
        &sorted,
        &deleted,
        &counted(&|n| (SIZE - n).to_string()),
        &counted(&|n| format!("{:05}", n + 2)),
        &counted(&|n| format!("A{:04}", n + 1)),
        &counted(&|n| format!("R0A-{}", n + 1)),
    ] {
        let text = text(rows);
        let asked = asked(None, &text);
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert_eq!(asked[0].0, Allowance::RunningNumbers, "{asked:?}");
        let imported = Desk::new().read(&text).unwrap();
        let allowed = sense::check(&imported, None, &[Allowance::RunningNumbers]);
        assert_eq!(allowed, Ok(()));
    }
    // So is a small employer's, sorted by another column.
    for size in [5, 12, 39] {
        let mut few = plain[..size].to_vec();
        few.sort_by_key(|person| get(person, "Date Of Birth"));
        assert_ne!(few, plain[..size], "{size}");
        assert_eq!(
            raised(None, &text(&few)),
            [Allowance::RunningNumbers],
            "{size}"
        );
    }
    // A count from 0 also has a missing number, the 0.
    assert_eq!(
        raised(None, &text(&counted(&|n| n.to_string()))),
        [Allowance::MissingNumbers, Allowance::RunningNumbers]
    );
    // Real numbers have gaps where people left.
    let mut people = plain;
    people.retain(|person| !get(person, "Employee Number").ends_with('7'));
    assert_eq!(raised(None, &text(&people)), []);
}

#[test]
fn zeros_and_equal_digits_are_a_missing_number_and_nobody() {
    for filler in ["0", "00000000", "99999999", "000000.0"] {
        let mut rows = people(0..SIZE);
        for person in [20, 120, 220] {
            set(&mut rows[person], "Employee Number", filler);
        }
        let report = Desk::new().read(&text(&rows)).unwrap().report;
        assert_eq!(report.rejected["missing_employee_number"], 3, "{filler}");
        assert_eq!(report.kept, u64::from(SIZE) - 3, "{filler}");
        // The value is shown, because it has to be mended and is nobody's own.
        assert!(report.errors[0].value == filler, "{:?}", report.errors[0]);
    }
}

/// At less than one row in a hundred nothing else refuses the file, and the person would leave silently.
#[test]
fn one_row_of_somebody_without_a_number_is_asked_about_by_kind_at_whatever_share() {
    for (placeholder, kind) in [
        ("", "nothing, in 1 row (line 122)"),
        ("0", "zeros or equal digits, in 1 row (line 122)"),
        ("00000000", "zeros or equal digits"),
        ("00000000-2", "zeros or equal digits"),
        ("99999999", "zeros or equal digits"),
        (
            "N/A",
            "a word or sign such as TBC, N/A or -, in 1 row (line 122)",
        ),
        ("-", "a word or sign"),
        ("TBC 3", "a word or sign"),
        ("Ward 109 Total", "a word or sign"),
        ("Subtotal: 12", "a word or sign"),
        ("1", "1 person (line 122) has a number that is half as long"),
        ("99", "half as long as most"),
        ("NEW1", "half as long as most"),
    ] {
        let mut rows = people(0..SIZE);
        set(&mut rows[120], "Employee Number", placeholder);
        let text = text(&rows);
        let asked = asked(None, &text);
        assert_eq!(asked.len(), 1, "{placeholder}: {asked:?}");
        assert_eq!(asked[0].0, Allowance::MissingNumbers, "{placeholder}");
        assert!(asked[0].1.contains(kind), "{placeholder}: {asked:?}");
        let imported = Desk::new().read(&text).unwrap();
        let allowed = sense::check(&imported, None, &[Allowance::MissingNumbers]);
        assert_eq!(allowed, Ok(()), "{placeholder}");
    }
}

#[test]
fn totals_notes_and_a_second_header_are_nobodys_rows() {
    let plain = text(&people(0..SIZE));
    let (header, _) = plain.split_once('\n').unwrap();
    let commas = ",".repeat(HEADINGS.len() - 2);
    for further in [
        format!(",Grand Total{commas}"),
        format!(",0{commas}"),
        format!(",-{commas}"),
        format!(",Run by A. Clerk on 1 October{commas}"),
        header.to_owned(),
    ] {
        let text = format!("{plain}{further}\n");
        assert_eq!(asked(None, &text), [], "{further}");
        let report = Desk::new().read(&text).unwrap().report;
        assert_eq!(report.rejected_rows(), 1, "{further}");
    }
}

/// With an FTE of less than 1.5, a total looks like a person's row.
#[test]
fn a_total_or_note_with_a_count_is_nobodys_row_whatever_fte_it_has() {
    let plain = text(&people(0..SIZE));
    for label in [
        "Ward 109 Total",
        "Grand total",
        "Subtotal: 12",
        "Ward 109",
        "Count 12",
        "Total: 300",
        "30/09/2026",
        "12 rows selected",
    ] {
        let total = format!(",{label},,,,,,,0.8{}", ",".repeat(HEADINGS.len() - 9));
        for further in [
            total.clone(),
            total.replace(",0.8,", ",0.8,Nursing and Midwifery Registered,"),
        ] {
            let text = format!("{plain}{further}\n");
            let report = Desk::new().read(&text).unwrap().report;
            assert_eq!(report.kept, u64::from(SIZE), "{further}");
            assert_eq!(report.rejected["missing_employee_number"], 1, "{further}");
            assert_eq!(report.errors[0].line, u64::from(SIZE) + 2, "{further}");
        }
    }
}

#[test]
fn a_number_in_two_spellings_is_one_person_or_asked_about() {
    for spelt in [
        "+{}",
        "-{}",
        "#{}",
        "{}*",
        "{}.",
        "({})",
        "Emp {}",
        "Employee No: {}",
        "ID {}",
        "\"{} ,\"",
    ] {
        let mut rows = people(0..SIZE);
        let mut further = person(7);
        set(&mut further, "FTE", "0.2");
        further.push(("Primary Assignment", "N".to_owned()));
        set(
            &mut further,
            "Employee Number",
            &spelt.replace("{}", "20000007"),
        );
        rows.push(further);
        let report = Desk::new().read(&text(&rows)).unwrap().report;
        assert_eq!(
            (report.kept, report.merged),
            (u64::from(SIZE), 1),
            "{spelt}"
        );
    }
    for (spelt, allowance) in [
        ("{} (2)", Allowance::AssignmentNumbers),
        ("{} 2", Allowance::AssignmentNumbers),
        ("{} II", Allowance::AssignmentNumbers),
        ("{}\u{b2}", Allowance::AssignmentNumbers),
        ("{} bank", Allowance::AssignmentNumbers),
        // One such number is enough where a letter is all that differs.
        ("{}B", Allowance::AssignmentNumbers),
        ("EMP{}", Allowance::AssignmentNumbers),
        ("2OOOOOO7", Allowance::MisreadNumbers),
        ("2000000 7", Allowance::AssignmentNumbers),
        ("20000OO7", Allowance::MisreadNumbers),
        ("2000000l", Allowance::MisreadNumbers),
    ] {
        let mut rows = people(0..SIZE);
        let mut further = person(7);
        set(&mut further, "FTE", "0.2");
        set(
            &mut further,
            "Employee Number",
            &spelt.replace("{}", "20000007"),
        );
        rows.push(further);
        let text = text(&rows);
        let asked = asked(None, &text);
        let raised: Vec<_> = asked.iter().map(|(allowance, _)| *allowance).collect();
        assert_eq!(raised, [allowance], "{spelt}: {asked:?}");
        assert!(asked[0].1.contains("line 302"), "{spelt}: {asked:?}");
        let imported = Desk::new().read(&text).unwrap();
        assert_eq!(
            sense::check(&imported, None, &[allowance]),
            Ok(()),
            "{spelt}"
        );
    }
}

#[test]
fn full_width_digits_are_a_number() {
    let mut rows = people(0..SIZE);
    // Another spelling of a number that is there: the rows contradict each other, but are read.
    rows[7] = person(99);
    set(&mut rows[7], "Employee Number", "\u{ff12}0000099");
    let report = Desk::new().read(&text(&rows)).unwrap().report;
    assert_eq!((report.kept, report.merged), (u64::from(SIZE) - 1, 1));
}

#[test]
fn contradictions_in_all_further_rows_are_asked_about_however_few() {
    let of = |further: usize, contradicting: usize| {
        let mut rows = people(0..SIZE);
        for at in 0..further {
            let mut row = rows[at].clone();
            set(&mut row, "FTE", "0.2");
            row.push(("Primary Assignment", "N".to_owned()));
            if at < contradicting {
                set(&mut row, "Date Of Birth", "01/01/2000");
            }
            rows.push(row);
        }
        Desk::new().read(&text(&rows)).is_err()
    };
    for (further, contradicting, is_asked) in [
        (1, 1, false),
        (2, 2, true),
        (3, 2, false),
        (20, 3, true),
        (20, 2, false),
    ] {
        assert_eq!(
            of(further, contradicting),
            is_asked,
            "{contradicting} of {further}"
        );
    }
}
