use crate::{
    View,
    archive::Reach,
    release::Coverage,
    testing::{changed, corrected, text, two_employers, without_bolton},
};

fn coverage(archive: &crate::archive::Archive) -> String {
    text(archive, &View::Coverage)
}

#[test]
fn where_nobody_is_missing_the_answer_is_no() {
    let page = coverage(&two_employers());
    assert!(page.contains("The answer is No"), "{page}");
    assert!(
        page.contains("All two employers are in the release of 30 June 2026."),
        "{page}"
    );
    assert!(
        page.contains("The same employers are in all two dates shown."),
        "{page}"
    );
}

#[test]
fn a_missing_employer_is_named_in_words_and_in_the_table() {
    let archive = changed(&two_employers(), |release| {
        if release.period.month() == 6 {
            without_bolton(release);
        }
    });
    let page = coverage(&archive);
    assert!(page.contains("The answer is Yes"), "{page}");
    assert!(
        page.contains("Bolton did not report for 30 June 2026: 1 of 2 employers"),
        "{page}"
    );
    assert!(
        page.contains("30 June 2026: Bolton did not report."),
        "{page}"
    );
    assert!(page.contains("Bolton missing ✓ in"), "{page}");
    assert!(
        page.contains("Employers in the release 1 of 2 2 of 2"),
        "{page}"
    );
}

#[test]
fn who_is_in_is_said_before_how_large_the_missing_are() {
    let codes = |text: &str| text.split(' ').map(|code| code.parse().unwrap()).collect();
    for (there, share, said) in [
        ("R0A RMC", Some(1.0), "2 of 2 employers are in"),
        (
            "R0A",
            Some(0.9),
            "1 of 2 employers are in, about 90% of the last known headcount",
        ),
        (
            "R0A",
            None,
            "1 of 2 employers are in; how large the others are is not said",
        ),
    ] {
        let reach = Reach {
            coverage: Coverage {
                contributors: codes(there),
                expected: codes("R0A RMC"),
                not_added: Vec::new(),
            },
            of_last_known_headcount: share,
        };
        assert_eq!(reach.who_is_in(), said);
        assert_eq!(reach.in_words(), said.replace(" are in", ""));
    }
}

#[test]
fn who_is_missing_from_another_series_alone_is_missing_too() {
    let archive = changed(&two_employers(), |release| {
        if release.series == "fte" {
            without_bolton(release);
        }
    });
    let page = coverage(&archive);
    assert!(page.contains("The answer is Yes"), "{page}");
    assert!(
        page.contains(
            "In the latest release of the series fte, of 30 June 2026, Bolton is missing."
        ),
        "{page}"
    );
}

#[test]
fn an_employer_that_was_not_yet_expected_is_not_called_missing() {
    let archive = changed(&two_employers(), |release| {
        if release.period.month() == 3 {
            without_bolton(release);
            release.expected.retain(|code| code.as_str() != "RMC");
        }
    });
    let page = coverage(&archive);
    assert!(page.contains("Bolton ✓ in not yet asked"), "{page}");
    assert!(page.contains("30 June 2026: Bolton came in."), "{page}");
    assert!(
        page.contains("Employers in the release 2 of 2 1 of 1"),
        "{page}"
    );
}

#[test]
fn a_correction_is_told_with_who_made_it_and_nothing_else_is() {
    let page = coverage(&two_employers());
    assert!(
        page.contains("Every release here is the first of its date."),
        "{page}"
    );
    let page = coverage(&corrected(two_employers()));
    assert!(page.contains("31 March 2026 2 Bolton corrected"), "{page}");
}

#[test]
fn how_much_is_not_known_is_told_for_each_attribute() {
    let page = coverage(&two_employers());
    // The gender of 20 of 460 people is unknown.
    assert!(page.contains("Gender 4.3%"), "{page}");
    assert!(page.contains("Staff group 0.0%"), "{page}");
}
