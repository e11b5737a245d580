//! Measurements that come back from a lost history: they were paid for, come back once, and change no
//! balance.

use super::{recovering::recover, *};

fn reinstate(period: &str, charge: &str) -> Event {
    let key = key(period, 0);
    Event::Reinstated {
        charge: Charge::of(&key, rho(charge)),
        payload_hash: PayloadHash::from_bytes([6; 32]),
        decided: Decided::new(
            "A. Caldicott".to_owned(),
            "the aggregator kept it".to_owned(),
        ),
    }
}

#[test]
fn nothing_comes_back_to_a_book_that_lost_nothing() {
    let (_, mut ledger) = book("1");
    let now = Timestamp::UNIX_EPOCH;
    let refused = ledger.append(reinstate("2026-06", "0.1"), now);
    assert_eq!(refused, Err(Refusal::NothingLost));
}

#[test]
fn what_comes_back_was_paid_for_and_comes_back_once() {
    let (mut entries, mut ledger) = book("1");
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let year = key("2026-06", 0).period.financial_year();
    let append = |ledger: &mut Ledger, entries: &mut Vec<Entry>, event| {
        entries.push(ledger.append(event, now)?);
        Ok::<_, Refusal>(())
    };
    append(&mut ledger, &mut entries, reserve("2026-06", 0, rho("0.1"))).unwrap();
    append(&mut ledger, &mut entries, seal("2026-06")).unwrap();
    append(&mut ledger, &mut entries, reserve("2026-09", 0, rho("0.1"))).unwrap();
    // Somebody proves that 0.3 was spent: the 0.2 of this ledger, and 0.1 more.
    append(&mut ledger, &mut entries, recover(90, "0.3")).unwrap();

    let sealed = append(&mut ledger, &mut entries, reinstate("2026-06", "0.1"));
    assert_eq!(sealed, Err(Refusal::AlreadySealed));
    // It was charged here, and sealed in the lost history.
    append(&mut ledger, &mut entries, reinstate("2026-09", "0.1")).unwrap();
    append(&mut ledger, &mut entries, reinstate("2026-07", "0.1")).unwrap();
    let beyond = append(&mut ledger, &mut entries, reinstate("2026-08", "0.1"));
    assert_eq!(beyond, Err(Refusal::NotPaidFor));
    let twice = append(&mut ledger, &mut entries, reinstate("2026-07", "0.1"));
    assert_eq!(twice, Err(Refusal::AlreadySealed));

    assert_eq!(ledger.spent(year), rho("0.3"));
    let replayed = Ledger::replay(entries).unwrap();
    assert_eq!(replayed.spent(year), rho("0.3"));
    let july = replayed.reservation(&key("2026-07", 0).identity()).unwrap();
    assert_eq!(
        july.seal.unwrap().payload_hash,
        PayloadHash::from_bytes([6; 32])
    );
    // A person may correct it, like anything that is sealed.
    let next = replayed.next_correction(&agreement(), "headline", "2026-07".parse().unwrap());
    assert_eq!(next, Some(91));
}

#[test]
fn what_was_ordered_anew_is_drawn_and_not_put_back() {
    let (_, mut ledger) = book("1");
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    ledger.append(recover(90, "0.3"), now).unwrap();
    // This period ends after the recovery, so it is charged for the first time.
    ledger
        .append(reserve("2026-12", 0, rho("0.1")), now)
        .unwrap();
    let refused = ledger.append(reinstate("2026-12", "0.1"), now);
    assert_eq!(refused, Err(Refusal::OrderedAnew));
}

#[test]
fn what_was_withdrawn_with_its_yes_in_a_lost_history_is_never_approved_again() {
    let now = Timestamp::UNIX_EPOCH;
    let opened = Ledger::open("R0A".parse().unwrap(), rho("1"), [1; 32], now);
    let mut ledger = Ledger::replay([opened.clone()]).unwrap();
    let Event::Recovered {
        heads,
        spent,
        receipt_public_key,
        decided,
        ..
    } = recover(90, "0.3")
    else {
        unreachable!("it is a recovery")
    };
    let recovered = Event::Recovered {
        heads,
        spent,
        receipt_public_key,
        barred: vec![agreement()],
        decided,
    };
    let recovered = ledger.append(recovered, now).unwrap();
    assert_eq!(ledger.append(approve(), now), Err(Refusal::Withdrawn));
    assert_eq!(ledger.stopped()[&agreement()], ApprovalState::Withdrawn);
    let replayed = Ledger::replay([opened, recovered]).unwrap();
    assert_eq!(replayed.stopped(), ledger.stopped());
}

#[test]
fn what_was_charged_since_a_recovery_is_told_apart_from_what_it_adopted() {
    let (_, mut ledger) = book("1");
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let year = key("2026-12", 0).period.financial_year();
    ledger
        .append(reserve("2026-06", 0, rho("0.1")), now)
        .unwrap();
    assert_eq!(ledger.spent_since_recovery(year), Rho::ZERO);
    ledger.append(recover(90, "0.3"), now).unwrap();
    ledger
        .append(reserve("2026-12", 0, rho("0.2")), now)
        .unwrap();
    assert_eq!(ledger.spent(year), rho("0.5"));
    assert_eq!(ledger.spent_since_recovery(year), rho("0.2"));
}
