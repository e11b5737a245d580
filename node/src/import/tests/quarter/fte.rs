//! FTE compared with that of the quarter before.

use super::*;

const SIZE: u32 = 300;

fn with_fte(fte: impl Fn(usize, &str) -> String) -> String {
    let mut now = next(SIZE);
    for (at, person) in now.iter_mut().enumerate() {
        let own = fte(at, &get(person, "FTE"));
        set(person, "FTE", &own);
    }
    text(&now)
}

#[test]
fn fte_that_moved_of_everybody_at_once_is_asked_about() {
    let before = text(&people(0..SIZE));
    let mut sorted: Vec<_> = next(SIZE).iter().map(|person| get(person, "FTE")).collect();
    sorted.sort_unstable();
    let of = |fte: &str, by: f64| format!("{:.4}", fte.parse::<f64>().unwrap() * by);
    for (what, now) in [
        ("hundredths", with_fte(|_, fte| of(fte, 0.01))),
        ("a fifth less", with_fte(|_, fte| of(fte, 0.8))),
        ("half as much again", with_fte(|_, fte| of(fte, 1.5))),
        ("all the same", with_fte(|_, _| "0.9".to_owned())),
        ("all one", with_fte(|_, _| "1".to_owned())),
        ("sorted alone", with_fte(|at, _| sorted[at].clone())),
    ] {
        assert_eq!(raised(Some(&before), &now), [Allowance::Fte], "{what}");
    }
    // As before: nobody moved.
    let same = text(&people(0..SIZE))
        .replace(",0.8,", ",1.0,")
        .replace(",0.6,", ",1.0,");
    assert_eq!(raised(Some(&same), &same), []);
}

#[test]
fn more_than_half_without_fte_is_asked_about_on_a_first_import_too() {
    for (without, is_asked) in [(5, false), (6, true), (10, true)] {
        let mut rows = people(0..10);
        for person in &mut rows[..without] {
            set(person, "FTE", "0");
        }
        let expected = [Allowance::Fte];
        let raised = raised(None, &text(&rows));
        assert_eq!(raised, &expected[..usize::from(is_asked)], "{without}");
    }
}

#[test]
fn of_a_few_people_two_may_change_their_hours() {
    let before = people(0..6);
    let mut now = before.clone();
    for person in &mut now[..2] {
        set(person, "FTE", "0.1");
    }
    assert_eq!(raised(Some(&text(&before)), &text(&now)), []);
}
