use super::*;
use vwis_model::here;

use crate::{archive::ReleaseRank, indicator::testing::Workforce};

fn two_years() -> Workforce {
    let nurses = [("staff_group", "nursing_and_midwifery")];
    let mut workforce = Workforce::new();
    for (period, more) in [
        ("2025-06", 0),
        ("2025-09", 5),
        ("2025-12", 9),
        ("2026-03", 12),
        ("2026-06", 20),
    ] {
        workforce = workforce
            .period(period)
            .employer("R0A")
            .people(&nurses, 100 + more);
        if period != "2025-12" {
            workforce = workforce.employer("RM3").people(&nurses, 50 + more);
        }
    }
    workforce
}

fn archive() -> Archive {
    two_years().archive(r#"{ by = ["staff_group"] }"#, r#"{ by = ["staff_group"] }"#)
}

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

#[test]
fn counts_are_of_the_latest_period_not_after_the_one_asked_for() {
    let archive = archive();
    let value = |until, wanted: Cohort| {
        let estimator = Estimator::new(&archive, Whose::System, period(until));
        let joint = estimator.latest(&[wanted]).unwrap();
        (
            joint.period().to_string(),
            joint.estimate(0).value().round(),
        )
    };
    assert_eq!(
        value("2026-06", Cohort::staff()),
        ("2026-06".to_owned(), 190.0)
    );
    assert_eq!(
        value("2026-05", Cohort::staff()),
        ("2026-03".to_owned(), 174.0)
    );
    let estimator = Estimator::new(&archive, Whose::System, period("2025-01"));
    let error = estimator
        .latest(&[Cohort::staff()])
        .unwrap_err()
        .to_string();
    assert!(error.contains("nothing of it is, yet"), "{error}");
}

#[test]
fn a_comparison_is_of_the_employers_present_in_both() {
    let archive = archive();
    let estimator = Estimator::new(&archive, Whose::System, period("2026-06"));
    let compare = |a, b| {
        let (a, b) = (period(a), period(b));
        let common = estimator
            .of_those_in_all(&[(a, Cohort::staff()), (b, Cohort::staff())])
            .unwrap();
        let value = |period| {
            common
                .estimator
                .at(period, &[Cohort::staff()])
                .unwrap()
                .estimate(0)
                .value()
        };
        (
            value(a).round(),
            value(b).round(),
            common.organisations.len(),
        )
    };
    assert_eq!(compare("2026-03", "2026-06"), (174.0, 190.0, 2));
}

#[test]
fn an_organisation_that_is_in_no_release_is_named_with_those_that_are() {
    let archive = archive();
    let whose = Whose::Organisations(vec!["RW6".parse().unwrap()]);
    let estimator = Estimator::new(&archive, whose, period("2026-06"));
    let error = estimator
        .latest(&[Cohort::staff()])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("RW6 is not in any release of this; in releases are: R0A, RM3"),
        "{error}"
    );
    let error = estimator
        .latest(&[Cohort::staff().with("gender", "female")])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(
            "promises no table of staff (headcount) that tells gender apart; it promises: "
        ),
        "{error}"
    );
}

#[test]
fn a_year_is_four_quarters_without_a_gap() {
    let archive = archive();
    let quarters = |until| {
        let estimator = Estimator::new(&archive, Whose::System, period(until));
        let year = estimator.year(&[Cohort::staff()]).unwrap();
        year.iter()
            .map(|joint| joint.period().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        quarters("2026-06"),
        ["2025-09", "2025-12", "2026-03", "2026-06"]
    );
    assert_eq!(quarters("2025-09"), ["2025-06", "2025-09"]);
}

#[test]
fn all_categories_are_as_good_as_none_named() {
    let groups = here::dictionary().attribute("staff_group").unwrap();
    let all: Vec<_> = (0..groups.size()).collect();
    assert_eq!(Cohort::staff().among(groups, &all).table(), "total");
    let clinical = Cohort::staff().in_group("staff_group", "clinical", "clinical");
    assert_eq!(clinical.table(), "staff_group");
}

#[test]
fn a_release_without_an_employer_says_how_much_of_the_headcount_it_holds() {
    let archive = archive();
    let december = archive
        .releases()
        .iter()
        .find(|a| a.release.period == period("2025-12"));
    let mut archived = (**december.unwrap()).clone();
    archived.release.expected = vec!["R0A".parse().unwrap(), "RM3".parse().unwrap()];
    // R0A has 109 people now; RM3 had 55 in September.
    let reach = archive.reach(&archived);
    assert_eq!(
        reach.in_words(),
        "1 of 2 employers, about 66% of the last known headcount"
    );
    archived.release.expected.push("RW6".parse().unwrap());
    let unknown = archive.reach(&archived).in_words();
    assert!(
        unknown.contains("1 of 3 employers; how large the others are is not said"),
        "{unknown}"
    );
}

#[test]
fn what_would_be_one_employers_own_is_asked_for_by_name() {
    let archive = archive();
    // RM3 is missing in December.
    let wanted = [
        (period("2025-12"), Cohort::staff()),
        (period("2026-03"), Cohort::staff()),
    ];
    let system = Estimator::new(&archive, Whose::System, period("2026-06"));
    let error = system.of_those_in_all(&wanted).err().unwrap().to_string();
    assert!(
        error.contains("only R0A has all that this needs") && error.contains("org=R0A"),
        "{error}"
    );
    let own = system.of(Whose::Organisations(vec!["R0A".parse().unwrap()]));
    let common = own.of_those_in_all(&wanted).unwrap();
    let value = |at| {
        common
            .estimator
            .at(period(at), &[Cohort::staff()])
            .unwrap()
            .estimate(0)
            .value()
    };
    assert_eq!(
        (value("2025-12").round(), value("2026-03").round()),
        (109.0, 112.0)
    );
}

#[test]
fn of_a_period_the_release_with_the_most_employers_counts_not_the_one_with_the_least_noise() {
    let full = ReleaseRank::of(9, 9.0 * 62.0);
    let partial = ReleaseRank::of(5, 5.0 * 56.0);
    let finer = ReleaseRank::of(9, 9.0 * 56.0);
    assert!(full < partial && finer < full);
}

#[test]
fn who_is_in_no_release_of_something_is_not_told_that_they_are() {
    let archive = Workforce::new()
        .people(&[], 10)
        .employer("RM3")
        .people(&[], 10)
        .data_set("leavers")
        .people(&[], 1)
        .archive(r#"{ by = ["staff_group"] }"#, "{ by = [] }");
    let until = archive.latest_period().unwrap();
    let of = |codes: &[&str]| {
        let codes = codes.iter().map(|code| code.parse().unwrap()).collect();
        let estimator = Estimator::new(&archive, Whose::Organisations(codes), until);
        estimator
            .periods(&[Cohort::leavers()])
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        of(&["R0A"]),
        "R0A is not in any release of this; in releases are: RM3"
    );
    let both = of(&["R0A", "RM3"]);
    assert_eq!(
        both,
        "no release of this has all of R0A+RM3; in releases are: RM3"
    );
}
