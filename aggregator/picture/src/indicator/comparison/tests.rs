use std::sync::Arc;

use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::{
    answer::{Asked, What},
    archive::Archive,
    export::{Cell, Readers, Sheet},
    indicator::{
        compared::testing::{BOLTON, BURY, NOISY, TABLES, at, of_bme, put, three_employers},
        testing::{Workforce, close, row},
    },
    picture::{Wanted, When},
};

fn against(other: &str) -> Question {
    let mut against = of_bme(Some(&[]));
    against.options.insert(WITH.to_owned(), other.to_owned());
    against
}

fn of_employer(workforce: &Workforce, code: &str) -> Result<Findings, IndicatorError> {
    let archive = workforce.archive(TABLES, "{ by = [] }");
    put(&COMPARISON, &archive, &[code], &of_bme(Some(&[])))
}

/// The answer for each employer side by side.
fn of_each(archive: &Archive, question: Question) -> Sheet {
    let asked = Asked {
        what: What::Indicator(&COMPARISON, question),
        whose: Wanted::Each,
        when: When::Latest,
    };
    asked.answer(archive, None, || false).unwrap().sheet
}

#[test]
fn an_employer_is_held_against_the_others_without_itself() {
    let findings = of_employer(&three_employers(), "R0A").unwrap();
    close(row(&findings, "share", &[]).figure, 0.2);
    close(
        row(&findings, "share_of_others", &[]).figure,
        140.0 / 2_000.0,
    );
    let difference = row(&findings, "difference", &[]);
    close(difference.figure, 0.13);
    assert_eq!(difference.verdict, Some(Verdict::Yes));
}

#[test]
fn a_locality_is_held_against_all_the_others() {
    let archive = three_employers().archive(TABLES, "{ by = [] }");
    let findings = Workforce::ask(&archive, &COMPARISON, &of_bme(Some(&["locality"]))).unwrap();
    close(row(&findings, "share", &[BOLTON]).figure, 0.2);
    close(row(&findings, "share_of_others", &[BOLTON]).figure, 0.07);
    close(row(&findings, "difference", &[BURY]).figure, 0.07 - 0.2);
}

#[test]
fn the_noise_of_both_sides_is_in_the_difference() {
    let findings = of_employer(&three_employers().doubted(), "R0A").unwrap();
    let half = |measure| row(&findings, measure, &[]).figure.half_width();
    let both = half("share").hypot(half("share_of_others"));
    assert!(
        (half("difference") / both - 1.0).abs() < 0.1,
        "{} {both}",
        half("difference")
    );
}

#[test]
fn one_other_employer_is_not_told_as_all_the_others() {
    let two = Workforce::new()
        .people(&at(BOLTON, "white"), 10)
        .employer("RM3")
        .people(&at(BOLTON, "white"), 10);
    let error = of_employer(&two, "R0A").unwrap_err().to_string();
    assert!(error.contains("RM3's own answer"), "{error}");
    let archive = three_employers().archive(TABLES, "{ by = [] }");
    let error = Workforce::ask(&archive, &COMPARISON, &of_bme(Some(&[]))).unwrap_err();
    assert!(error.to_string().contains("org=each"), "{error}");
}

#[test]
fn named_employers_are_compared_unless_a_breakdown_is_asked_for() {
    let archive = three_employers().archive(TABLES, "{ by = [] }");
    let mut unsaid = of_bme(Some(&[]));
    unsaid.by = None;
    let findings = put(&COMPARISON, &archive, &["R0A"], &unsaid).unwrap();
    close(row(&findings, "difference", &[]).figure, 0.13);
    let by_locality = put(
        &COMPARISON,
        &archive,
        &["R0A", "RM3"],
        &of_bme(Some(&["locality"])),
    )
    .unwrap();
    close(row(&by_locality, "difference", &[BOLTON]).figure, 0.2 - 0.1);
    // With a filter, localities are compared and not the employers.
    unsaid.filters = vec!["locality=e08000001".parse().unwrap()];
    let filtered = put(&COMPARISON, &archive, &["R0A", "RM3"], &unsaid).unwrap();
    assert_eq!(filtered.rows.len(), 3);
    assert_eq!(row(&filtered, "share", &[BOLTON]).verdict, None);
    // About the system, localities are compared as before.
    unsaid.filters.clear();
    let system = Workforce::ask(&archive, &COMPARISON, &unsaid).unwrap();
    assert_eq!(system.dimensions[0].code, "locality");
}

#[test]
fn each_employer_is_held_against_all_the_others_in_one_answer() {
    let archive = three_employers().archive(TABLES, "{ by = [] }");
    let mut unsaid = of_bme(Some(&[]));
    unsaid.by = None;
    let sheet = of_each(&archive, unsaid);
    let place = |name: &str| sheet.columns.iter().position(|c| c.name == name).unwrap();
    let (employer, measure, estimate) =
        (place("organisation"), place("measure"), place("estimate"));
    let differences: Vec<_> = sheet
        .rows
        .iter()
        .filter(|row| row[measure] == Cell::text("difference"))
        .map(|row| match (&row[employer], &row[estimate]) {
            (Cell::Text(code), Cell::Of(_, value)) => (code.clone(), *value),
            other => panic!("{other:?}"),
        })
        .collect();
    // 200, 100 and 40 of 1,000; each is compared with the two others together.
    let expected = [("R0A", 0.13), ("RM3", -0.02), ("RMC", -0.11)];
    assert_eq!(differences.len(), expected.len());
    for ((code, value), (expected_code, expected)) in differences.iter().zip(expected) {
        assert_eq!(code, expected_code);
        assert!((value - expected).abs() < 1e-9, "{code}: {value}");
    }
    let told = sheet
        .notes
        .iter()
        .filter(|note| note.contains("3 employers"));
    assert_eq!(told.count(), 1, "{:?}", sheet.notes);
}

#[test]
fn an_employer_is_held_against_one_other_by_name() {
    let archive = three_employers().archive(TABLES, "{ by = [] }");
    let findings = put(&COMPARISON, &archive, &["R0A"], &against("rm3")).unwrap();
    close(row(&findings, "share", &[]).figure, 0.2);
    close(row(&findings, "share_of_other", &[]).figure, 0.1);
    let difference = row(&findings, "difference", &[]);
    close(difference.figure, 0.1);
    assert_eq!(difference.verdict, Some(Verdict::Yes));
    assert!(
        findings.notes.iter().any(|note| note.contains("RM3")),
        "{:?}",
        findings.notes
    );
    // In an answer about each employer, the other employer's own share is shown without a comparison.
    let itself = put(&COMPARISON, &archive, &["RM3"], &against("RM3")).unwrap();
    assert_eq!(itself.rows.len(), 1);
    assert!(itself.rows[0].note.is_some());
}

#[test]
fn a_verdict_is_shown_where_the_first_employer_has_none() {
    let archive = three_employers().archive(TABLES, "{ by = [] }");
    let with_the_first = against("R0A");
    let sheet = of_each(&archive, with_the_first);
    let mut columns = sheet.columns.iter();
    let verdict = columns.find(|column| column.name == "verdict_label");
    assert_ne!(verdict.unwrap().readers, Readers::Machines);
}

#[test]
fn a_comparison_that_cannot_be_is_refused_with_what_can() {
    let archive = three_employers().archive(TABLES, "{ by = [] }");
    let refused = |codes: &[&str], question: &Question| {
        put(&COMPARISON, &archive, codes, question)
            .unwrap_err()
            .to_string()
    };
    let both = refused(&["R0A", "RM3"], &against("RM3"));
    assert!(both.contains("RM3 is on both sides"), "{both}");
    let unknown = refused(&["R0A"], &against("RW6"));
    assert!(unknown.contains("there are: R0A, RM3, RMC"), "{unknown}");
    let no_code = refused(&["R0A"], &against("R-A"));
    assert!(no_code.contains("with: "), "{no_code}");
    let mut by_locality = against("RM3");
    by_locality.by = Some(vec!["locality".to_owned()]);
    let no_groups = refused(&["R0A"], &by_locality);
    assert!(no_groups.contains("no breakdown"), "{no_groups}");
}

#[test]
fn a_question_with_another_employer_reads_the_tables_of_both() {
    let of = |codes: &[&str]| {
        let codes = codes.iter().map(|code| code.parse().unwrap()).collect();
        Whose::Organisations(codes)
    };
    let both = against("rm3").reads(&of(&["R0A"]));
    assert_eq!(both, of(&["R0A", "RM3"]));
    assert_eq!(against("RM3").reads(&of(&["RM3"])), of(&["RM3"]));
    assert_eq!(against("RM3").reads(&Whose::System), of(&["RM3"]));
    assert_eq!(of_bme(Some(&[])).reads(&Whose::System), Whose::System);
    assert_eq!(against("").reads(&of(&["R0A"])), of(&["R0A"]));
}

/// Two series with the same tables. The second has less noise for each employer.
const TWO_SERIES: &str = r#"
name = "Twice"
version = 1
aggregator = "gm-icb"
purpose = "To compare."
readers = "Tests."
first_period = "2026-03"
last_period = "2027-03"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["locality", "ethnic_group"] }]

[[series]]
name = "detail"
measure = "headcount"
cadence = "quarterly"
rho = 0.2
tables = [{ by = ["locality", "ethnic_group"] }]
"#;

#[test]
fn both_sides_come_from_the_release_that_compares_most() {
    let two = Workforce::new()
        .people(&at(BOLTON, "asian"), 500)
        .employer("RM3")
        .people(&at(BOLTON, "white"), 500)
        .doubted();
    let all = three_employers().doubted().released_under(TWO_SERIES, None);
    let of_two = two.released_under(TWO_SERIES, None);
    let headline = Arc::clone(&all.releases()[0]);
    let detail = Arc::clone(&of_two.releases()[1]);
    assert_eq!((headline.series, detail.series), (0, 1));
    let agreement = Arc::clone(all.agreement());
    let archive = Archive::new(agreement, vec![headline, detail]);
    // The release with less noise has R0A and only one other, and all of R0A's people in it are from minority
    // groups.
    let findings = put(&COMPARISON, &archive, &["R0A"], &of_bme(Some(&[]))).unwrap();
    let told = |measure| row(&findings, measure, &[]).figure.value().unwrap();
    assert!((told("share") - 0.2).abs() < 1e-9);
    assert!((told("share_of_others") - 0.07).abs() < 1e-9);
    assert!(
        findings
            .rows
            .iter()
            .all(|row| row.source.series == "headline")
    );
}

#[test]
fn a_group_that_is_everybody_has_nobody_to_be_held_against() {
    let archive = Workforce::new()
        .people(&at(BOLTON, "white"), 80)
        .people(&at(BOLTON, "asian"), 20)
        .archive(TABLES, "{ by = [] }");
    let findings = Workforce::ask(&archive, &COMPARISON, &of_bme(Some(&["locality"]))).unwrap();
    let others = row(&findings, "share_of_others", &[BOLTON]);
    assert_eq!(others.figure.value(), None);
    let difference = row(&findings, "difference", &[BOLTON]);
    assert_eq!(difference.verdict, Some(Verdict::CannotTell));
}

#[test]
fn alike_is_said_only_where_the_whole_interval_is_within_two_points() {
    let employers = |people: i64, bme_at_rm3: i64| {
        Workforce::new()
            .people(&at(BURY, "white"), 80 * people)
            .people(&at(BURY, "asian"), 20 * people)
            .employer("RM3")
            .people(&at(BURY, "white"), 100 * people - bme_at_rm3)
            .people(&at(BURY, "asian"), bme_at_rm3)
            .employer("RMC")
            .people(&at(BURY, "white"), 80 * people)
            .people(&at(BURY, "asian"), 20 * people)
            .doubted()
    };
    let verdict = |workforce: &Workforce| {
        let findings = of_employer(workforce, "RM3").unwrap();
        row(&findings, "difference", &[]).verdict
    };
    // Shares are 20% everywhere. With 20,000 people each that can be told, with 200 it cannot.
    assert_eq!(verdict(&employers(200, 4_000)), Some(Verdict::No));
    assert_eq!(verdict(&employers(2, 40)), Some(Verdict::CannotTell));
    // A real difference counts, however small: 21% of 200,000.
    assert_eq!(verdict(&employers(2_000, 42_000)), Some(Verdict::Yes));
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say_under_real_noise() {
    let employer = |workforce: Workforce, white: i64, asian: i64| {
        [BOLTON, BURY].into_iter().fold(workforce, |all, place| {
            all.people(&at(place, "white"), white)
                .people(&at(place, "asian"), asian)
        })
    };
    let workforce = employer(Workforce::new(), 700, 300);
    let workforce = employer(workforce.employer("RM3"), 800, 200);
    let workforce = employer(workforce.employer("RMC"), 850, 150);
    let mut noise = ChaCha20Rng::seed_from_u64(20_260_930);
    let (mut missed, mut called_different) = (0, 0);
    for _ in 0..1_000 {
        let drawn = ChaCha20Rng::from_rng(&mut noise);
        let archive = workforce.released_under(NOISY, Some(drawn));
        let findings = put(&COMPARISON, &archive, &["R0A"], &of_bme(Some(&[]))).unwrap();
        let (low, high) = row(&findings, "difference", &[]).figure.interval();
        // The true shares are 30% at R0A and 17.5% (350 of 2,000 in each locality) at the two others.
        missed += u32::from(!(low..=high).contains(&(0.3 - 0.175)));
        let findings = Workforce::ask(&archive, &COMPARISON, &of_bme(Some(&["locality"]))).unwrap();
        let verdict = row(&findings, "difference", &[BOLTON]).verdict;
        called_different += u32::from(verdict == Some(Verdict::Yes));
    }
    // Of 1,000 at 5% each, fewer than 21 or more than 87 occur with one of a million seeds.
    assert!((21..=87).contains(&missed), "missed {missed}");
    assert!(
        (21..=87).contains(&called_different),
        "called different {called_different}"
    );
}
