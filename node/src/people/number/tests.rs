use proptest::prelude::*;

use super::*;

fn normal(text: &str) -> String {
    String::from_utf8(normal_form(text.as_bytes()).into_owned()).unwrap()
}

/// What programs and people do to a number, one after the other.
const DECORATIONS: [fn(&str) -> String; 22] = [
    |n| n.to_owned(),
    |n| format!(" {n}\t"),
    |n| format!("\u{a0}{n}\u{a0}"),
    |n| format!("\u{feff}{n}"),
    |n| format!("{n}\u{200b}"),
    |n| format!("\u{202a}{n}\u{202c}"),
    |n| format!("'{n}"),
    |n| format!("\u{2019}{n}"),
    |n| format!("\"{n}\""),
    |n| format!("=\"{n}\""),
    |n| format!("={n}"),
    |n| format!("0{n}"),
    |n| format!("000{n}"),
    |n| format!("{n}.0"),
    |n| format!("{n}.000000"),
    |n| format!("{n},0"),
    |n| grouped(n, 3, ","),
    |n| grouped(n, 3, "\u{a0}"),
    |n| grouped(n, 3, "'"),
    |n| grouped(n, 4, " "),
    |n| grouped(n, 4, "\u{200b}"),
    |n| {
        n.chars()
            .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
            .collect()
    },
];

/// Digits in groups from the right.
fn grouped(number: &str, size: usize, separator: &str) -> String {
    let bytes: Vec<u8> = number.bytes().collect();
    let groups: Vec<_> = bytes
        .rchunks(size)
        .rev()
        .map(|group| String::from_utf8(group.to_vec()).unwrap())
        .collect();
    groups.join(separator)
}

#[test]
fn every_decoration_of_a_number_gives_the_number() {
    for number in ["20000000", "1", "123", "123456", "1234567", "98765432101"] {
        for (at, decorate) in DECORATIONS.iter().enumerate() {
            let spelt = decorate(number);
            assert_eq!(normal(&spelt), number, "{at}: {spelt:?}");
        }
    }
    for spelt in [
        "e0000007",
        "E0000007",
        " E0000007",
        "'E0000007",
        "Ｅ0000007",
        "E000 0007",
    ] {
        assert_eq!(normal(spelt), "e0000007", "{spelt:?}");
    }
    assert_eq!(normal("20.000.000"), "20000000");
    assert_eq!(normal("2,00,00,000"), "20000000");
    assert_eq!(normal("=\"20,000,000.00\""), "20000000");
    assert_eq!(normal("0"), "0");
    assert_eq!(normal("000"), "0");
}

#[test]
fn numbers_that_differ_in_more_than_their_dress_stay_different() {
    let numbers = [
        "20", "200", "2000", "20000", "20.5", "20,5", "1,2", "a1", "0a1", "1a", "20-1", "20-2",
        "20/1", "e20", "20e", "20_1", "20.01", "q1", "201",
    ];
    for (at, one) in numbers.iter().enumerate() {
        for other in &numbers[at + 1..] {
            assert_ne!(normal(one), normal(other), "{one} and {other}");
        }
    }
    // Twenty, and no group of three.
    assert_eq!(normal("20.000"), "20");
    assert_eq!(normal("20,000"), "20000");
}

#[test]
fn a_number_of_an_assignment_is_told_from_a_persons() {
    for spelt in [
        "20000000-2",
        "20000000 - 2",
        "20000000\u{2013}2",
        "20000000/2",
        "20000000_02",
        "20000000.2",
        "'20000000-2",
    ] {
        assert!(
            is_of_an_assignment(&normal_form(spelt.as_bytes())),
            "{spelt}"
        );
    }
    for spelt in [
        "20000000",
        "20000000.0",
        "20,000,000",
        "A-2",
        "2-A",
        "-2",
        "2-",
        "E1-2",
        "",
    ] {
        assert!(
            !is_of_an_assignment(&normal_form(spelt.as_bytes())),
            "{spelt}"
        );
    }
}

proptest! {
    #[test]
    fn any_two_decorations_of_any_number_give_the_number(
        number in 1..100_000_000_000_u64,
        inner in 0..DECORATIONS.len(),
        outer in 0..11_usize,
    ) {
        let number = number.to_string();
        let spelt = DECORATIONS[outer](&DECORATIONS[inner](&number));
        prop_assert_eq!(normal(&spelt), number, "{:?}", spelt);
    }

    #[test]
    fn the_normal_form_of_a_normal_form_is_itself(text in any::<String>(), near in "[0-9.,'\"= eE-]{0,12}") {
        for text in [text, near] {
            let once = normal(&text);
            prop_assert_eq!(normal(&once), once.clone());
        }
    }

    #[test]
    fn different_numbers_stay_different(one in any::<u64>(), other in any::<u64>(), dress in 0..DECORATIONS.len()) {
        prop_assume!(one != other);
        let spelt = DECORATIONS[dress](&other.to_string());
        prop_assert_ne!(normal(&one.to_string()), normal(&spelt));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        let _ = is_of_an_assignment(&normal_form(&bytes));
    }
}
