//! Changes of the cap.

use std::collections::BTreeMap;

use super::*;

fn cap(text: &str) -> Event {
    Event::CapChanged {
        cap_rho_nano_per_year: rho(text),
        decided: Decided::new("A. Caldicott", "minutes of the board"),
    }
}

#[test]
fn a_cap_holds_from_the_decision_on_and_nothing_spent_comes_back() {
    let (mut entries, mut ledger) = book("0.5");
    let now = Timestamp::UNIX_EPOCH;
    let append = |ledger: &mut Ledger, entries: &mut Vec<Entry>, event| {
        entries.push(ledger.append(event, now)?);
        Ok::<_, Refusal>(())
    };
    append(&mut ledger, &mut entries, reserve("2026-06", 0, rho("0.3"))).unwrap();
    // A cap below what is spent: nothing more is charged, and nothing is given back.
    append(&mut ledger, &mut entries, cap("0.2")).unwrap();
    let more = reserve("2026-09", 0, rho("0.1"));
    let refused = append(&mut ledger, &mut entries, more.clone());
    assert!(
        matches!(
            refused,
            Err(Refusal::OverBudget {
                left: Rho::ZERO,
                ..
            })
        ),
        "{refused:?}"
    );
    assert_eq!(
        append(&mut ledger, &mut entries, cap("0.2")),
        Err(Refusal::SameCap(rho("0.2")))
    );
    append(&mut ledger, &mut entries, seal("2026-06")).unwrap();
    append(&mut ledger, &mut entries, cap("0.4")).unwrap();
    append(&mut ledger, &mut entries, more).unwrap();
    let replayed = Ledger::replay(entries).unwrap();
    assert_eq!(replayed.cap(), rho("0.4"));
    let caps: Vec<_> = replayed.cap_changes().iter().map(|(cap, _)| *cap).collect();
    assert_eq!(caps, [rho("0.2"), rho("0.4")]);
}

#[test]
fn a_lost_history_bounds_what_is_read_and_never_what_is_appended_to() {
    let (_, mut ledger) = book("0.5");
    let stopped = BTreeMap::from([(agreement(), ApprovalState::Paused)]);
    ledger.keep_bounds(rho("0.1"), &stopped);
    assert_eq!(ledger.cap(), rho("0.1"));
    let state = ledger.approval(&agreement()).unwrap().state();
    assert_eq!(state, ApprovalState::Paused);
    // A higher cap and a better state change nothing.
    ledger.keep_bounds(rho("9"), &BTreeMap::new());
    assert_eq!(ledger.cap(), rho("0.1"));
    assert_eq!(
        ledger.approval(&agreement()).unwrap().state(),
        ApprovalState::Paused
    );
}
