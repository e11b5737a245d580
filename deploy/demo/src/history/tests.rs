#![expect(clippy::float_cmp, reason = "whole numbers of people")]

use super::*;
use vwis_model::here;

use crate::posts::attribute;

fn periods() -> Vec<Period> {
    quarters_up_to("2026-09".parse().unwrap()).unwrap()
}

/// The snapshots of all eight quarters.
fn history(scale: f64, seed: u64) -> Vec<(Period, Snapshots)> {
    let dictionary = here::dictionary();
    let published = Published::load().unwrap();
    let catalogue = Catalogue::load(dictionary).unwrap();
    let mut history =
        History::begin(&published, &catalogue, dictionary, periods(), scale, seed).unwrap();
    let mut snapshots = Vec::new();
    loop {
        snapshots.push((history.period(), history.count()));
        if !history.advance() {
            return snapshots;
        }
    }
}

fn of_role_at(snapshot: &Snapshot, role: &str, locality: &str) -> usize {
    let dictionary = here::dictionary();
    let code = |name: &str, code: &str| {
        u8::try_from(attribute(dictionary, name).unwrap().category(code).unwrap()).unwrap()
    };
    let (role, locality) = (code("role", role), code("locality", locality));
    let staff = snapshot.staff.iter();
    staff
        .filter(|person| person.codes[10] == role && person.codes[6] == locality)
        .count()
}

#[test]
fn eight_quarters_end_with_the_one_asked_for() {
    let periods: Vec<String> = periods().iter().map(ToString::to_string).collect();
    assert_eq!(periods.len(), QUARTERS);
    assert_eq!(periods[0], "2024-12");
    assert_eq!(periods[1], "2025-03");
    assert_eq!(periods[7], "2026-09");
}

/// Several promises in one test, because a full-scale history takes seconds to invent.
#[test]
fn at_scale_1_headcounts_are_as_published_people_add_up_and_one_change_is_true() {
    let published = Published::load().unwrap();
    let history = history(1.0, 1);
    let changing = history[QUARTERS - 3].0;
    for (period, snapshots) in &history {
        for (ods_code, snapshot) in snapshots {
            for group in Group::ALL {
                let changed = *ods_code == change().ods_code
                    && group == Group::SupportClinical
                    && *period > changing;
                let people = snapshot.staff.iter().filter(|person| person.group == group);
                let people = u32::try_from(people.count()).unwrap();
                let expected = published
                    .headcount(ods_code, group, period.last_day())
                    .round();
                if changed {
                    assert!(f64::from(people) < expected, "{period}");
                } else {
                    assert_eq!(f64::from(people), expected, "{period} {ods_code} {group:?}");
                }
            }
        }
    }
    for pair in history.windows(2) {
        for (ods_code, after) in &pair[1].1 {
            let before = &pair[0].1[ods_code];
            // People who went on leave or came back from it are neither joiners nor leavers.
            let expected = before.staff.len() + after.joiners.len() - after.leavers.len();
            let away = expected.abs_diff(after.staff.len());
            assert!(100 * away < after.staff.len(), "{ods_code}: {away}");
        }
    }
    // About a tenth of staff leave in a year, as in England; leave of absence comes on top.
    let leavers: usize = history[4..]
        .iter()
        .flat_map(|(_, all)| all.values())
        .map(|s| s.leavers.len())
        .sum();
    let staff: usize = history[4].1.values().map(|s| s.staff.len()).sum();
    let tenths = 100 * leavers / staff;
    assert!((9..=17).contains(&tenths), "{tenths}%");

    let [before, after] =
        [QUARTERS - 3, QUARTERS - 1].map(|quarter| &history[quarter].1[change().ods_code]);
    let count = |snapshot: &Snapshot, locality| of_role_at(snapshot, change().role, locality);
    let (then, now) = (
        count(before, change().locality),
        count(after, change().locality),
    );
    assert!(then > 600 && now * 4 < then * 3, "{then} to {now}");
    let (then, now) = (count(before, "e08000006"), count(after, "e08000006"));
    assert!(now * 10 > then * 9, "elsewhere {then} to {now}");
}

#[test]
fn a_seed_invents_the_same_people_and_another_seed_others() {
    let codes = |seed| -> Vec<Vec<Codes>> {
        let history = history(0.01, seed);
        let all = history.iter().flat_map(|(_, snapshots)| snapshots.values());
        all.map(|s| s.staff.iter().map(|person| person.codes).collect())
            .collect()
    };
    let one = codes(1);
    assert_eq!(one, codes(1));
    assert_ne!(one, codes(2));
    assert!(
        one.iter().all(|trust| trust.len() > 20),
        "a small scale still has every trust"
    );
}

#[test]
fn ethnic_groups_by_band_follow_the_published_table() {
    let history = history(0.3, 1);
    let nurse_of = |band: &str| {
        let dictionary = here::dictionary();
        let band = attribute(dictionary, "band")
            .unwrap()
            .category(band)
            .unwrap();
        let staff = history[0].1.values().flat_map(|s| &s.staff);
        let of_band: Vec<u8> = staff
            .filter(|p| p.group == Group::Nurses && usize::from(p.codes[1]) == band)
            .map(|p| p.codes[2])
            .collect();
        let white = of_band
            .iter()
            .map(|code| usize::from(*code == 0))
            .sum::<usize>();
        100 * white / of_band.len()
    };
    // England, June 2022: 50% of nurses on band 5 are White, 83% on band 8a.
    assert!(
        (45..=55).contains(&nurse_of("afc_5")),
        "{}",
        nurse_of("afc_5")
    );
    assert!(
        (76..=90).contains(&nurse_of("afc_8a")),
        "{}",
        nurse_of("afc_8a")
    );
}
