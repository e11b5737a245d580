//! Pauses, resumptions and withdrawals: what they stop, and that they change no balance.

use super::*;

#[test]
fn nothing_is_charged_while_paused_and_a_draw_under_way_is_sealed() {
    let (_, mut ledger) = book("1");
    let now = Timestamp::UNIX_EPOCH;
    ledger
        .append(reserve("2026-06", 0, rho("0.1")), now)
        .unwrap();
    ledger.append(pause(), now).unwrap();
    let june = key("2026-06", 0).identity();
    assert_eq!(
        ledger.append(reserve("2026-09", 0, rho("0.1")), now),
        Err(Refusal::Paused)
    );
    // It was paid for before the pause, so it must not be lost.
    ledger.append(seal("2026-06"), now).unwrap();
    assert!(ledger.reservation(&june).unwrap().seal.is_some());
    ledger.append(resume(), now).unwrap();
    ledger
        .append(reserve("2026-09", 0, rho("0.1")), now)
        .unwrap();
}

#[test]
fn a_pause_follows_a_yes_and_a_resumption_a_pause() {
    let now = Timestamp::UNIX_EPOCH;
    let opened = Ledger::open("R0A".parse().unwrap(), rho("1"), [1; 32], now);
    let mut ledger = Ledger::replay([opened]).unwrap();
    for early in [pause(), resume(), withdraw()] {
        assert_eq!(ledger.append(early, now), Err(Refusal::NotApproved));
    }
    ledger.append(approve(), now).unwrap();
    assert_eq!(ledger.append(resume(), now), Err(Refusal::NotPaused));
    ledger.append(pause(), now).unwrap();
    assert_eq!(ledger.append(pause(), now), Err(Refusal::Paused));
    assert_eq!(ledger.append(approve(), now), Err(Refusal::AlreadyApproved));
    ledger.append(resume(), now).unwrap();
    assert_eq!(ledger.append(resume(), now), Err(Refusal::NotPaused));
    let approval = ledger.approval(&agreement()).unwrap();
    assert_eq!(approval.state(), ApprovalState::InForce);
    assert_eq!(approval.yes().by, "A. Caldicott");
    let turns: Vec<_> = approval.later().iter().map(|(turn, _)| *turn).collect();
    assert_eq!(turns, [Turn::Paused, Turn::Resumed]);
}

#[test]
fn nothing_follows_a_withdrawal_and_its_history_stays() {
    for before in [vec![], vec![pause()], vec![pause(), resume()]] {
        let (_, mut ledger) = book("1");
        let now = Timestamp::UNIX_EPOCH;
        ledger
            .append(reserve("2026-06", 0, rho("0.1")), now)
            .unwrap();
        ledger.append(seal("2026-06"), now).unwrap();
        for event in before {
            ledger.append(event, now).unwrap();
        }
        ledger.append(withdraw(), now).unwrap();
        let stood = (ledger.sequence(), ledger.head());
        for after in [
            approve(),
            pause(),
            resume(),
            withdraw(),
            reserve("2026-09", 0, rho("0.1")),
        ] {
            assert_eq!(ledger.append(after, now), Err(Refusal::Withdrawn));
        }
        assert_eq!((ledger.sequence(), ledger.head()), stood);
        let year = key("2026-06", 0).period.financial_year();
        assert_eq!(ledger.spent(year), rho("0.1"));
        // Its aggregator has an answer already, so it must show its receipt.
        assert!(ledger.has_sealed_for(&"gm-icb".parse().unwrap()));
    }
}

/// Chains outlive software, so what was written once can be read for ever.
#[test]
fn decisions_are_spelled_in_the_chain_as_they_always_were() {
    let (_, mut ledger) = book("1");
    let now = Timestamp::UNIX_EPOCH;
    for (event, expected) in [
        (pause(), r#""what":{"event":"paused","agreement":""#),
        (resume(), r#""what":{"event":"resumed","agreement":""#),
        (withdraw(), r#""what":{"event":"withdrawn","agreement":""#),
    ] {
        let word = event.word();
        let entry = ledger.append(event, now).unwrap();
        assert!(entry.body.contains(expected), "{}", entry.body);
        assert!(
            entry.body.contains(r#""decided":{"by":[{"name":""#),
            "{}",
            entry.body
        );
        assert!(expected.contains(word));
    }
}

/// Steps that a person or an aggregator may try, in any order.
#[derive(Clone, Copy, Debug)]
enum Attempt {
    Pause,
    Resume,
    Withdraw,
    Reserve(u8),
    Seal(u8),
}

fn attempt() -> impl Strategy<Value = Attempt> {
    prop_oneof![
        4 => Just(Attempt::Pause),
        4 => Just(Attempt::Resume),
        1 => Just(Attempt::Withdraw),
        4 => (1_u8..13).prop_map(Attempt::Reserve),
        4 => (1_u8..13).prop_map(Attempt::Seal),
    ]
}

proptest! {
    #[test]
    fn pauses_and_withdrawals_never_change_what_was_spent(
        attempts in prop::collection::vec(attempt(), 0..60),
    ) {
        let (mut entries, mut ledger) = book("1000");
        let now = Timestamp::UNIX_EPOCH;
        let year = key("2026-06", 0).period.financial_year();
        let mut withdrawn = false;
        for attempt in attempts {
            let before = (ledger.spent(year), ledger.sequence());
            let state = ledger.approval(&agreement()).unwrap().state();
            let period = |month: u8| {
                // The twelve months of one financial year.
                if month < 4 { format!("2027-{month:02}") } else { format!("2026-{month:02}") }
            };
            let event = match attempt {
                Attempt::Pause => pause(),
                Attempt::Resume => resume(),
                Attempt::Withdraw => withdraw(),
                Attempt::Reserve(month) => reserve(&period(month), 0, rho("0.1")),
                Attempt::Seal(month) => seal(&period(month)),
            };
            let taken = ledger.append(event, now);
            let charged = taken.is_ok() && matches!(attempt, Attempt::Reserve(_));
            prop_assert!(!charged || state == ApprovalState::InForce);
            let expected = if charged { before.0.checked_add(rho("0.1")).unwrap() } else { before.0 };
            prop_assert_eq!(ledger.spent(year), expected);
            prop_assert_eq!(ledger.sequence(), before.1 + u64::from(taken.is_ok()));
            entries.extend(taken);
            let now_withdrawn = ledger.approval(&agreement()).unwrap().state() == ApprovalState::Withdrawn;
            prop_assert!(now_withdrawn || !withdrawn, "a withdrawal is for good");
            withdrawn = now_withdrawn;
        }
        let replayed = Ledger::replay(entries).unwrap();
        prop_assert_eq!(replayed.spent_by_year(), ledger.spent_by_year());
        prop_assert_eq!(replayed.approval(&agreement()), ledger.approval(&agreement()));
        prop_assert_eq!(replayed.head(), ledger.head());
    }
}
