use proptest::prelude::*;

use super::*;

fn normal(text: &str) -> String {
    String::from_utf8(normal_form(text.as_bytes()).into_owned()).unwrap()
}

/// What programs and people do to a number; each takes the number and decorates it.
const DECORATIONS: [fn(&str) -> String; 47] = [
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
    |n| format!("+{n}"),
    |n| format!("-{n}"),
    |n| format!("\u{2013} {n}"),
    |n| format!("#{n}"),
    |n| format!("# {n}"),
    |n| format!("*{n}"),
    |n| format!("{n}*"),
    |n| format!("{n} **"),
    |n| format!("{n}#"),
    |n| format!("{n}."),
    |n| format!("{n},"),
    |n| format!("{n};"),
    |n| format!("{n}\u{2020}"),
    |n| format!("({n})"),
    |n| format!("[{n}]"),
    |n| format!("<{n}>"),
    |n| format!("Emp {n}"),
    |n| format!("EMP: {n}"),
    |n| format!("Employee No: {n}"),
    |n| format!("Employee Number = {n}"),
    |n| format!("Emp.No.{n}"),
    |n| format!("ID {n}"),
    |n| format!("Staff ID #{n}"),
    |n| format!("no. {n}"),
    |n| format!("0{n}"),
    |n| format!("000{n}"),
    |n| format!("{n}.0"),
    |n| format!("{n}.000000"),
    |n| format!("{n},0"),
    |n| grouped(n, 3, ","),
    |n| grouped(n, 3, "\u{a0}"),
    |n| grouped(n, 3, "'"),
    |n| grouped(n, 4, " "),
    |n| format!("0{}", grouped(n, 3, " ")),
    |n| grouped(n, 4, "\u{200b}"),
    |n| {
        n.chars()
            .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
            .collect()
    },
];

/// The digits in groups of `size`, counted from the right.
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
        "20",
        "200",
        "2000",
        "20000",
        "20.5",
        "20,5",
        "1,2",
        "a1",
        "0a1",
        "1a",
        "20-1",
        "20-2",
        "20/1",
        "e20",
        "20e",
        "20_1",
        "20.01",
        "q1",
        "201",
        "20 3",
        "20(4)",
        "20\u{b2}\u{b3}",
        "emp20",
        "id20",
        "no20",
        "emp-20",
        "bank 20",
        "emp",
        "2000 2",
        "20 2000 3",
    ];
    for (at, one) in numbers.iter().enumerate() {
        for other in &numbers[at + 1..] {
            assert_ne!(normal(one), normal(other), "{one} and {other}");
        }
    }
    // It is twenty, and no group of three.
    assert_eq!(normal("20.000"), "20");
    assert_eq!(normal("20,000"), "20000");
}

#[test]
fn a_number_of_an_assignment_is_told_from_a_persons() {
    let person = |spelt: &str| {
        let number = normal(spelt);
        let person = person_of(number.as_bytes()).map(<[u8]>::to_vec);
        person.map(|person| String::from_utf8(person).unwrap())
    };
    for behind in [
        "-2",
        " - 2",
        "\u{2013}2",
        "/2",
        "_02",
        ".2",
        " 2",
        "  2",
        "\u{a0}2",
        "(2)",
        " (2)",
        " ( 2 )",
        "[2]",
        " II",
        "-iii",
        " VI",
        "\u{2161}",
        "\u{b2}",
        "\u{2082}",
        " \u{2461}",
        "\u{2475}",
        " no 2",
        " 2nd post",
        " (second post)",
        " Bank",
        "-B",
        " B",
        "*2",
        ":2",
        "^2",
        "+2",
    ] {
        for before in [
            "20000000",
            "'20000000",
            "2000 0000",
            "20 000 000",
            "Emp 20000000",
            "#20000000",
        ] {
            let spelt = format!("{before}{behind}");
            assert_eq!(person(&spelt).as_deref(), Some("20000000"), "{spelt}");
        }
        let spelt = format!("E0000007{behind}");
        assert_eq!(person(&spelt).as_deref(), Some("e0000007"), "{spelt}");
    }
    for spelt in ["20-2", "20 2", "20(2)", "20\u{b2}"] {
        assert_eq!(person(spelt).as_deref(), Some("20"), "{spelt}");
    }
    for spelt in [
        "20000000",
        "20000000.0",
        "20,000,000",
        "20 000 000",
        "20 00 00 00",
        "20000000*",
        "2.00062E+07",
        "20000000B",
        "A-2",
        "2-A",
        "-2",
        "2-",
        "E1-2",
        "E000 0007",
        "QQ 12 34 56 C",
        "30/09/2026",
        "",
    ] {
        assert_eq!(person(spelt), None, "{spelt}");
    }
}

proptest! {
    #[test]
    fn any_two_decorations_of_any_number_give_the_number(
        number in 1..100_000_000_000_u64,
        inner in 0..DECORATIONS.len(),
        outer in 0..35_usize,
    ) {
        let number = number.to_string();
        let spelt = DECORATIONS[outer](&DECORATIONS[inner](&number));
        prop_assert_eq!(normal(&spelt), number, "{:?}", spelt);
    }

    #[test]
    fn the_normal_form_of_a_normal_form_is_itself(text in any::<String>(), near in "[0-9.,'\"= eE#()*²IiNnOo-]{0,14}") {
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
        let _ = person_of(&normal_form(&bytes));
    }
}
