use proptest::prelude::*;

use super::*;

fn day_first(text: &str) -> Option<String> {
    parse(text.as_bytes(), DateOrder::DayFirst, 2026).map(|date| date.to_string())
}

#[test]
fn the_formats_of_real_extracts_are_one_date() {
    for text in [
        "31/12/1979",
        "1979-12-31",
        "31-DEC-1979",
        "31-Dec-79",
        "31 December 1979",
        "31.12.1979",
        "31/12/79",
        "19791231",
        "31121979",
        "31121979.0",
        "19791231.00",
        "1979-12-31 00:00:00",
        "1979-12-31T00:00:00",
        "31/12/1979 00:00",
        "31-DEC-1979 00:00:00",
        "31 Dec 1979 00:00",
        " 31/12/1979 ",
        "29220",
        "29220.5",
        "31-DECEMBER-79",
        "31/12/\u{ff11}\u{ff19}79",
        "\u{a0}31\u{a0}Dec\u{a0}1979\u{200b}",
    ] {
        assert_eq!(day_first(text).as_deref(), Some("1979-12-31"), "{text}");
    }
    for text in ["05071970", "5071970", "5071970.0", "05071970 00:00"] {
        assert_eq!(day_first(text).as_deref(), Some("1970-07-05"), "{text}");
        let other = parse(text.as_bytes(), DateOrder::MonthFirst, 2026);
        assert_eq!(other, Some(Date::constant(1970, 5, 7)), "{text}");
    }
    assert_eq!(day_first("31129999").as_deref(), Some("9999-12-31"));
    assert_eq!(day_first("31124712").as_deref(), Some("4712-12-31"));
    assert_eq!(day_first("1 Sept 1979").as_deref(), Some("1979-09-01"));
    let month_first = parse(b"12/31/1979", DateOrder::MonthFirst, 2026);
    assert_eq!(month_first, Some(Date::constant(1979, 12, 31)));
}

#[test]
fn a_date_that_does_not_exist_is_none() {
    for text in [
        "31/02/2026",
        "2026-13-01",
        "00/01/2026",
        "12/31/1979",
        "1979",
        "37.5",
        "31/12",
        "31/12/1979/1",
        "yesterday",
        "3x/12/1979",
        "31-Smarch-1979",
        "31 Marry 1979",
        "31-Decem-1979",
        "1 Mayor 1979",
        "12345-6",
        "45000 x",
        "45000-",
        "45000.5.1",
        "45000.x",
        "9999",
        "120000",
        "31021979",
        "31131979",
        "00121979",
        "31120979",
        "31121879",
        "3112197",
        "311279",
        "20000000",
        "31121979.5",
        "31121979-0",
        "",
        "99999999999999999999",
    ] {
        assert_eq!(day_first(text), None, "{text}");
    }
}

#[test]
fn a_spreadsheets_numbers_count_from_its_own_epoch() {
    let read_from = |from_1904| {
        let reading = Reading {
            order: DateOrder::DayFirst,
            latest_year: 2026,
            from_1904,
        };
        read(b"27758", reading).unwrap().date.to_string()
    };
    assert_eq!(read_from(false), "1975-12-30");
    assert_eq!(read_from(true), "1979-12-31");
}

#[test]
fn only_a_day_above_12_proves_which_number_is_the_month() {
    for (text, order, expected) in [
        (
            "13/01/1979",
            DateOrder::DayFirst,
            Form::Numbers { proves_order: true },
        ),
        (
            "12/01/1979",
            DateOrder::DayFirst,
            Form::Numbers {
                proves_order: false,
            },
        ),
        (
            "01/13/1979",
            DateOrder::MonthFirst,
            Form::Numbers { proves_order: true },
        ),
        (
            "12011979",
            DateOrder::DayFirst,
            Form::Numbers {
                proves_order: false,
            },
        ),
        (
            "01131979",
            DateOrder::MonthFirst,
            Form::Numbers { proves_order: true },
        ),
        ("19790112", DateOrder::DayFirst, Form::Plain),
        ("1979-01-12", DateOrder::DayFirst, Form::Plain),
        ("12-Jan-1979", DateOrder::DayFirst, Form::Plain),
        ("29220", DateOrder::DayFirst, Form::Serial),
    ] {
        let reading = Reading {
            order,
            latest_year: 2026,
            from_1904: false,
        };
        assert_eq!(
            read(text.as_bytes(), reading).unwrap().form,
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_month_whose_name_holds_a_t_keeps_it_before_a_time() {
    assert_eq!(
        day_first("31-OCT-1979 00:00:00").as_deref(),
        Some("1979-10-31")
    );
}

#[test]
fn years_of_two_digits_are_not_behind_the_latest_year() {
    assert_eq!(day_first("01/01/26").as_deref(), Some("2026-01-01"));
    assert_eq!(day_first("01/01/27").as_deref(), Some("1927-01-01"));
    let near = parse(b"01/01/27", DateOrder::DayFirst, 2076);
    assert_eq!(near, Some(Date::constant(2027, 1, 1)));
}

proptest! {
    #[test]
    fn every_day_reads_back_in_every_format(days in 0..73_000_i32) {
        let date = Date::constant(1901, 1, 1)
            .checked_add(jiff::Span::new().days(days))
            .unwrap();
        for format in [
            "%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d", "%-d.%-m.%Y", "%d%m%Y", "%-d%m%Y",
        ] {
            let text = date.strftime(format).to_string();
            let read = parse(text.as_bytes(), DateOrder::DayFirst, 2026);
            prop_assert_eq!(read, Some(date), "{}", text);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(text in prop::collection::vec(any::<u8>(), 0..24)) {
        let _ = parse(&text, DateOrder::DayFirst, 2026);
    }
}
