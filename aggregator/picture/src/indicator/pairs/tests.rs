use rand::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

use super::*;
use crate::indicator::{
    compared::testing::{BOLTON, BURY, NOISY, TABLES, at, of_bme, put, three_employers},
    testing::{Workforce, close, row},
};

#[test]
fn each_employer_is_held_against_each_other_and_never_against_itself() {
    let archive = three_employers().archive(TABLES, "{ by = [] }");
    let findings = put(&PAIRS, &archive, &["R0A", "RM3", "RMC"], &of_bme(None)).unwrap();
    assert_eq!(findings.rows.len(), 6);
    let difference = |one, other| row(&findings, "difference", &[one, other]);
    close(difference("R0A", "RM3").figure, 0.1);
    close(difference("RM3", "R0A").figure, -0.1);
    close(difference("RMC", "R0A").figure, -0.16);
    assert_eq!(difference("R0A", "RMC").verdict, Some(Verdict::Yes));
    assert!(findings.rows.iter().all(|row| row.group[0] != row.group[1]));
    assert!(
        findings
            .notes
            .contains(&"Pairs compared here: 3.".to_owned())
    );
}

#[test]
fn localities_are_pairs_of_one_staff_and_the_unknown_one_is_no_side() {
    let workforce = three_employers().people(&at("unknown", "asian"), 30);
    let archive = workforce.archive(TABLES, "{ by = [] }");
    let findings = Workforce::ask(&archive, &PAIRS, &of_bme(None)).unwrap();
    close(row(&findings, "difference", &[BOLTON, BURY]).figure, 0.13);
    assert!(findings.rows.iter().all(|row| {
        let mut sides = row.group.iter();
        sides.all(|side| side.code != "unknown")
    }));
    // A filter that names the unknown category includes it.
    let mut with_unknown = of_bme(None);
    with_unknown.filters = vec![format!("locality={BOLTON},unknown").parse().unwrap()];
    let findings = Workforce::ask(&archive, &PAIRS, &with_unknown).unwrap();
    assert_eq!(findings.rows.len(), 2);
    close(
        row(&findings, "difference", &["unknown", BOLTON]).figure,
        0.8,
    );
}

#[test]
fn both_ways_of_a_pair_say_the_same() {
    let archive = three_employers().doubted().archive(TABLES, "{ by = [] }");
    let findings = put(&PAIRS, &archive, &["R0A", "RM3", "RMC"], &of_bme(None)).unwrap();
    for finding in &findings.rows {
        let turned = [
            finding.group[1].code.as_str(),
            finding.group[0].code.as_str(),
        ];
        let other = row(&findings, "difference", &turned);
        let ((low, high), (other_low, other_high)) =
            (finding.figure.interval(), other.figure.interval());
        assert!((low + other_high).abs() < 1e-9 && (high + other_low).abs() < 1e-9);
        assert_eq!(finding.verdict, other.verdict);
    }
}

#[test]
fn fewer_than_two_are_no_pair() {
    let archive = three_employers().archive(TABLES, "{ by = [] }");
    let one = put(&PAIRS, &archive, &["R0A"], &of_bme(None)).unwrap_err();
    assert!(one.to_string().contains("org=CODE,CODE"), "{one}");
    let system = Workforce::ask(&archive, &PAIRS, &of_bme(Some(&[]))).unwrap_err();
    assert!(system.to_string().contains("org=CODE,CODE"), "{system}");
    let absent = put(&PAIRS, &archive, &["R0A", "RW6"], &of_bme(None)).unwrap_err();
    assert!(absent.to_string().contains("RW6"), "{absent}");
}

#[test]
fn alike_employers_are_called_different_one_time_in_twenty() {
    let employer = |workforce: Workforce| {
        [BOLTON, BURY].into_iter().fold(workforce, |all, place| {
            all.people(&at(place, "white"), 800)
                .people(&at(place, "asian"), 200)
        })
    };
    let workforce = employer(employer(Workforce::new()).employer("RM3"));
    let mut noise = ChaCha20Rng::seed_from_u64(20_261_128);
    let mut called_different = 0;
    for _ in 0..1_000 {
        let drawn = ChaCha20Rng::from_rng(&mut noise);
        let archive = workforce.released_under(NOISY, Some(drawn));
        let findings = put(&PAIRS, &archive, &["R0A", "RM3"], &of_bme(None)).unwrap();
        called_different += u32::from(findings.rows[0].verdict == Some(Verdict::Yes));
    }
    // Of 1,000 at 5% each, fewer than 21 or more than 87 occur with one of a million seeds.
    assert!(
        (21..=87).contains(&called_different),
        "called different {called_different}"
    );
}
