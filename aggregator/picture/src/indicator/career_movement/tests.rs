use super::*;
use crate::{
    archive::Archive,
    estimate::Verdict,
    estimator::EstimatorError,
    indicator::testing::{Workforce, close, row},
};

/// Releases these people under an agreement that tells them apart by these tables.
fn released(workforce: &Workforce, tables: &str) -> Archive {
    let draft = format!(
        r#"
name = "Career movement"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Tests."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "career_movement"
data_set = "career_movement"
measure = "headcount"
cadence = "yearly"
rho = 0.02
{tables}
"#
    );
    workforce.archive_under(&draft)
}

const BY_ETHNIC_GROUP: &str = r#"tables = [{ by = ["ethnic_group", "movement"] }]"#;
/// BME people apart from all others, and no more.
const BY_BME: &str = r#"trees = ["ethnic_group"]
tables = [{ by = ["ethnic_group:1", "movement"] }]"#;

fn workforce() -> Workforce {
    Workforce::new().data_set("career_movement")
}

/// White: 1,000 people, of whom 90 of 900 moved up. BME: 400, of whom 15 of 300 did. Invented numbers; what
/// is expected was counted by hand.
fn two_groups() -> Workforce {
    let moved = |ethnic, movement| [("ethnic_group", ethnic), ("movement", movement)];
    workforce()
        .people(&moved("white", "up"), 90)
        .people(&moved("white", "same"), 792)
        .people(&moved("white", "down"), 18)
        .people(&moved("white", "not_comparable"), 20)
        .people(&moved("white", "unknown"), 20)
        .people(&moved("white", "left"), 60)
        .people(&moved("asian", "up"), 10)
        .people(&moved("black", "up"), 5)
        .people(&moved("asian", "same"), 285)
        .people(&moved("black", "left"), 80)
        .people(&moved("mixed", "not_comparable"), 20)
        .people(&moved("unknown", "up"), 5)
        .people(&moved("unknown", "same"), 45)
}

fn of(characteristic: &str) -> Question {
    Question {
        options: [("of".to_owned(), characteristic.to_owned())].into(),
        ..Question::default()
    }
}

#[test]
fn shares_who_moved_are_of_those_who_can_be_compared_and_shares_who_left_of_all() {
    let archive = released(&two_groups(), BY_ETHNIC_GROUP);
    let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &Question::default()).unwrap();
    let figure = |measure, group| row(&findings, measure, &[group]).figure;
    for (group, people, compared, up) in [
        ("white", 1_000.0, 900.0, 90.0),
        ("bme", 400.0, 300.0, 15.0),
        ("unknown", 50.0, 50.0, 5.0),
        ("total", 1_450.0, 1_250.0, 110.0),
    ] {
        close(figure("people", group), people);
        close(figure("compared", group), compared);
        close(figure("moved_up", group), up);
        close(figure("share_moved_up", group), up / compared);
    }
    close(figure("share_moved_down", "white"), 0.02);
    close(figure("share_moved_down", "bme"), 0.0);
    close(figure("share_left", "white"), 0.06);
    close(figure("share_left", "bme"), 0.2);
    // 10% of White staff and 5% of BME staff moved up.
    let likelihood = row(&findings, "relative_likelihood", &["total"]);
    close(likelihood.figure, 2.0);
    assert_eq!(likelihood.verdict, Some(Verdict::No));
    let which = "White over Black and minority ethnic";
    assert_eq!(likelihood.note.as_deref(), Some(which));
    let year = "People in post on the last day of 2025-03, by where they stood on the last day of 2026-03.";
    assert_eq!(findings.notes, [year]);
}

#[test]
fn where_only_bme_people_are_told_apart_they_are_compared_with_all_others() {
    let archive = released(&two_groups(), BY_BME);
    let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &Question::default()).unwrap();
    let figure = |measure, group| row(&findings, measure, &[group]).figure;
    close(figure("share_moved_up", "bme"), 0.05);
    close(figure("compared", "all_others"), 950.0);
    close(figure("moved_up", "all_others"), 95.0);
    close(figure("share_left", "total"), 140.0 / 1_450.0);
    close(figure("relative_likelihood", "total"), 2.0);
    let said = findings
        .notes
        .iter()
        .any(|note| note.contains("compared with all others"));
    assert!(said, "{:?}", findings.notes);
    assert!(findings.rows.iter().all(|row| row.group[0].code != "white"));
}

#[test]
fn disabled_people_and_women_are_compared_by_band() {
    let moved = |band, disability, gender, movement| {
        [
            ("band", band),
            ("disability", disability),
            ("gender", gender),
            ("movement", movement),
        ]
    };
    let workforce = workforce()
        .people(&moved("afc_5", "no", "male", "up"), 20)
        .people(&moved("afc_5", "no", "male", "same"), 180)
        .people(&moved("afc_5", "yes", "female", "up"), 10)
        .people(&moved("afc_5", "yes", "female", "same"), 90)
        .people(&moved("afc_6", "no", "female", "up"), 30)
        .people(&moved("afc_6", "no", "female", "down"), 70);
    let tables = r#"tables = [{ by = ["band", "disability", "movement"] }, { by = ["gender", "movement"] }]"#;
    let archive = released(&workforce, tables);
    let by_band = Question {
        by: Some(vec!["band".to_owned()]),
        ..of("disability")
    };
    let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &by_band).unwrap();
    let likelihood = |band| row(&findings, "relative_likelihood", &[band, "total"]);
    // On band 5 both move up alike, one in ten; over all bands 50 of 300 do, and 10 of 100.
    close(likelihood("afc_5").figure, 1.0);
    assert_eq!(likelihood("afc_5").verdict, Some(Verdict::Yes));
    close(likelihood("total").figure, (50.0 / 300.0) / 0.1);
    let down = row(&findings, "share_moved_down", &["afc_6", "no"]);
    close(down.figure, 0.7);
    // Men 20 of 200, women 40 of 200.
    let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &of("gender")).unwrap();
    let likelihood = row(&findings, "relative_likelihood", &["total"]);
    close(likelihood.figure, 0.5);
    assert_eq!(likelihood.note.as_deref(), Some("Male over Female"));
}

#[test]
fn where_nobody_moved_up_there_is_no_ratio_and_one_cannot_tell() {
    let moved = |ethnic, movement| [("ethnic_group", ethnic), ("movement", movement)];
    let workforce = workforce()
        .people(&moved("white", "same"), 100)
        .people(&moved("asian", "same"), 100);
    let archive = released(&workforce, BY_ETHNIC_GROUP);
    let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &Question::default()).unwrap();
    let likelihood = row(&findings, "relative_likelihood", &["total"]);
    assert_eq!(likelihood.figure.value(), None);
    assert_eq!(likelihood.verdict, Some(Verdict::CannotTell));
    close(row(&findings, "share_moved_up", &["white"]).figure, 0.0);
    // Nobody is of unknown ethnic group, so there is no share.
    let nobody = row(&findings, "share_moved_up", &["unknown"]);
    assert_eq!(nobody.figure.value(), None);
}

#[test]
fn a_few_people_at_one_employer_are_too_few_to_tell() {
    let moved = |ethnic, movement| [("ethnic_group", ethnic), ("movement", movement)];
    let workforce = workforce()
        .people(&moved("white", "up"), 60)
        .people(&moved("white", "same"), 900)
        .people(&moved("asian", "up"), 12)
        .people(&moved("asian", "same"), 300)
        .doubted();
    let archive = released(&workforce, BY_ETHNIC_GROUP);
    let findings = Workforce::ask(&archive, &CAREER_MOVEMENT, &Question::default()).unwrap();
    let likelihood = row(&findings, "relative_likelihood", &["total"]);
    assert_eq!(likelihood.verdict, Some(Verdict::CannotTell));
    let (lower, upper) = likelihood.figure.interval();
    assert!(lower < 1.0 && upper > 2.0, "{lower} {upper}");
}

#[test]
fn it_is_refused_where_it_is_not_promised() {
    let archive = released(&two_groups(), BY_ETHNIC_GROUP);
    let by_band = Question {
        by: Some(vec!["band".to_owned()]),
        ..Question::default()
    };
    for question in [of("gender"), of("disability"), by_band] {
        let refused = Workforce::ask(&archive, &CAREER_MOVEMENT, &question).unwrap_err();
        let is_not_promised = matches!(
            refused,
            IndicatorError::Estimator(EstimatorError::NotPromised { .. })
        );
        assert!(is_not_promised, "{refused}");
    }
}
