use super::*;
use crate::{
    archive::Archive,
    estimate::Figure,
    indicator::testing::{Workforce, close},
};

const NURSES: [(&str, &str); 1] = [("staff_group", "nursing_and_midwifery")];
const TABLES: &str = r#"{ by = ["staff_group"] }, { by = ["locality"] }"#;

fn figure(archive: &Archive, by: &str, measure: &str, category: &str) -> Option<Figure> {
    let question = Question {
        by: Some(vec![by.to_owned()]),
        ..Question::default()
    };
    let findings = Workforce::ask(archive, &LEAVERS, &question).unwrap();
    let row = findings
        .rows
        .iter()
        .find(|row| row.measure == measure && row.group[0].code == category);
    row.map(|row| row.figure)
}

/// Nurses and midwives of England: 432,723 in post in October 2024, of whom 36,795 left within a year (NHS
/// HCHS Workforce Statistics, Turnover, October 2025; all ages). The leavers are spread over four quarters,
/// and the number in post is the same at each quarter's end.
fn england() -> Workforce {
    let mut workforce = Workforce::new();
    for (period, left) in [
        ("2024-12", 9_199),
        ("2025-03", 9_199),
        ("2025-06", 9_199),
        ("2025-09", 9_198),
    ] {
        workforce = workforce
            .period(period)
            .data_set("staff")
            .people(&NURSES, 432_723)
            .data_set("leavers")
            .people(&[NURSES[0], ("leaving_reason", "retirement")], left / 3)
            .people(&NURSES, left - left / 3);
    }
    workforce
}

#[test]
fn the_published_leaver_rate_of_nurses_comes_out_of_four_quarters() {
    let archive = england().archive(TABLES, "{ by = [] }");
    let rate = figure(
        &archive,
        "staff_group",
        "leaver_rate",
        "nursing_and_midwifery",
    );
    // The published rate is 8.5%.
    close(rate.unwrap(), 36_795.0 / 432_723.0);
    assert_eq!(rate.unwrap().display_text(), "8.5%");
    close(
        figure(&archive, "staff_group", "leavers", "total").unwrap(),
        36_795.0,
    );
    assert!(figure(&archive, "staff_group", "stability_at_least", "total").is_none());
}

#[test]
fn stability_is_the_part_of_the_start_that_did_not_leave() {
    let workforce = england()
        .period("2024-09")
        .data_set("staff")
        .people(&NURSES, 432_723);
    let archive = workforce.archive(TABLES, "{ by = [] }");
    // The published stability of these nurses and midwives is 91.5%, where every leaver was in post at the
    // start.
    let stability = figure(&archive, "staff_group", "stability_at_least", "total");
    close(stability.unwrap(), 395_928.0 / 432_723.0);
}

#[test]
fn reasons_are_shares_of_all_leavers_and_rates_of_all_staff() {
    let archive = england().archive(TABLES, "{ by = [] }");
    // A third of each quarter's leavers, rounded down: 3 x 3,066 + 3,066.
    let share = figure(&archive, "leaving_reason", "share_of_leavers", "retirement");
    close(share.unwrap(), 12_264.0 / 36_795.0);
    let rate = figure(&archive, "leaving_reason", "leaver_rate", "retirement");
    close(rate.unwrap(), 12_264.0 / 432_723.0);
}

#[test]
fn fewer_than_four_quarters_are_brought_up_to_a_year_and_said() {
    let archive = Workforce::new()
        .people(&NURSES, 1_000)
        .data_set("leavers")
        .people(&NURSES, 20)
        .archive(TABLES, "{ by = [] }");
    let findings = Workforce::ask(&archive, &LEAVERS, &Question::default()).unwrap();
    assert!(
        findings.notes[0].contains("Only the quarter to 2026-03 is released"),
        "{:?}",
        findings.notes
    );
    close(
        figure(&archive, "staff_group", "leaver_rate", "total").unwrap(),
        0.08,
    );
}

#[test]
fn a_year_of_fewer_quarters_says_why_the_others_are_not_in_it() {
    let with = |workforce: Workforce, period, employers: &[&'static str]| {
        employers
            .iter()
            .fold(workforce.period(period), |workforce, code| {
                let own = workforce.employer(code).data_set("staff");
                let own = own.people(&NURSES, 1_000).data_set("leavers");
                own.people(&NURSES, 20)
            })
    };
    for (earlier, employers, said) in [
        // Beside the sum over all, the sum over the employers in both releases would be R0A's own.
        (
            "2025-12",
            &["R0A"][..],
            "can be told of the same employers:",
        ),
        ("2025-06", &["R0A", "RM3"], "is released without a gap:"),
    ] {
        let both = with(Workforce::new(), earlier, employers);
        let both = with(both, "2026-03", &["R0A", "RM3"]);
        let archive = both.archive(TABLES, "{ by = [] }");
        let findings = Workforce::ask(&archive, &LEAVERS, &Question::default()).unwrap();
        let whole = format!("Only the quarter to 2026-03 {said}");
        assert!(
            findings.notes[0].starts_with(&whole),
            "{:?}",
            findings.notes
        );
    }
}

#[test]
fn only_employers_in_every_quarter_count_and_the_others_are_named() {
    // RMC has no staff. It is there so that two employers are in every release.
    let nobody = |workforce: Workforce, period| {
        let workforce = workforce.period(period).employer("RMC").data_set("staff");
        workforce
            .people(&NURSES, 0)
            .data_set("leavers")
            .people(&NURSES, 0)
    };
    let both = nobody(nobody(Workforce::new(), "2025-12"), "2026-03");
    let archive = both
        .employer("R0A")
        .data_set("staff")
        .period("2025-12")
        .people(&NURSES, 1_000)
        .data_set("leavers")
        .people(&NURSES, 30)
        .period("2026-03")
        .data_set("staff")
        .people(&NURSES, 1_000)
        .employer("RM3")
        .people(&NURSES, 500)
        .data_set("leavers")
        .people(&NURSES, 400)
        .employer("R0A")
        .people(&NURSES, 20)
        .archive(TABLES, "{ by = [] }");
    let findings = Workforce::ask(&archive, &LEAVERS, &Question::default()).unwrap();
    assert!(
        findings.notes[1].contains("2 of 3 employers") && findings.notes[1].contains("RM3"),
        "{:?}",
        findings.notes
    );
    // Two quarters with 30 and 20 leavers, scaled to a year, of R0A's 1,000.
    close(
        figure(&archive, "staff_group", "leaver_rate", "total").unwrap(),
        0.1,
    );
}

/// A year in which 100 of 1,000 nurses left for good, 25 of them to retire, and whose quarters' lists are of
/// 120: some left twice, and some came back.
fn whole_year() -> Workforce {
    let mut workforce = Workforce::new();
    for (period, in_post) in [
        ("2025-03", 1_000),
        ("2025-06", 1_000),
        ("2025-09", 900),
        ("2025-12", 1_100),
        ("2026-03", 1_000),
    ] {
        workforce = workforce
            .period(period)
            .data_set("staff")
            .people(&NURSES, in_post)
            .data_set("leavers")
            .people(&NURSES, 30);
    }
    workforce
        .data_set("year_leavers")
        .people(&[NURSES[0], ("leaving_reason", "retirement")], 25)
        .people(&NURSES, 75)
}

#[test]
fn a_years_leavers_count_once_and_no_quarter_is_added_to_them() {
    // A quarter after the year, and one that would be part of a later one, change nothing.
    let workforce = whole_year()
        .period("2026-06")
        .data_set("staff")
        .people(&NURSES, 5_000)
        .data_set("leavers")
        .people(&NURSES, 500);
    let archive = workforce.archive(TABLES, "{ by = [] }");
    for (measure, expected) in [
        ("leavers", 100.0),
        // The mean of the ends of the year's quarters is 1,000.
        ("leaver_rate", 0.1),
        ("stability_at_least", 0.9),
    ] {
        for group in ["total", "nursing_and_midwifery"] {
            let figure = figure(&archive, "staff_group", measure, group);
            close(figure.unwrap(), expected);
        }
    }
    let share = figure(&archive, "leaving_reason", "share_of_leavers", "retirement");
    close(share.unwrap(), 0.25);
    let findings = Workforce::ask(&archive, &LEAVERS, &Question::default()).unwrap();
    assert_eq!(
        findings.notes,
        ["The year is the twelve months to 2026-03, in which each person is counted once."]
    );
}

#[test]
fn the_staff_of_a_year_are_those_of_the_ends_that_are_released_which_is_said() {
    let workforce = Workforce::new()
        .people(&NURSES, 2_000)
        .data_set("year_leavers")
        .people(&NURSES, 100);
    let archive = workforce.archive(TABLES, "{ by = [] }");
    let findings = Workforce::ask(&archive, &LEAVERS, &Question::default()).unwrap();
    let rate = figure(&archive, "staff_group", "leaver_rate", "total");
    close(rate.unwrap(), 0.05);
    let said = "The staff in post are those of 2026-03 alone";
    assert!(findings.notes[0].contains(said), "{:?}", findings.notes);
}

#[test]
fn before_the_first_year_is_released_it_is_what_is_missing_where_quarters_do_not_tell() {
    let archive = Workforce::new()
        .period("2026-06")
        .people(&NURSES, 1_000)
        .data_set("leavers")
        .people(&NURSES, 30)
        .archive_under(crate::indicator::testing::STANDARD);
    let total = figure(&archive, "staff_group", "leaver_rate", "total");
    close(total.unwrap(), 0.12);
    let by_reason = Question {
        by: Some(vec!["leaving_reason".to_owned()]),
        ..Question::default()
    };
    let error = Workforce::ask(&archive, &LEAVERS, &by_reason).unwrap_err();
    assert!(error.to_string().contains("is not released"), "{error}");
}
