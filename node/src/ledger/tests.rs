mod cap;
mod reinstate;

use proptest::prelude::*;
use vwis_proto::measurement::MeasurementKey;

use super::*;
use jiff::Timestamp;
use vwis_proto::{agreement::AgreementHash, measurement::PayloadHash, period::Period, rho::Rho};

fn rho(text: &str) -> Rho {
    text.parse().unwrap()
}

fn agreement() -> AgreementHash {
    AgreementHash::of(b"an agreement")
}

fn key(period: &str, correction: u32) -> MeasurementKey {
    MeasurementKey {
        ods_code: "R0A".parse().unwrap(),
        agreement: agreement(),
        series: "headline".to_owned(),
        period: period.parse().unwrap(),
        correction,
    }
}

fn reserve(period: &str, correction: u32, charge: Rho) -> Event {
    let key = key(period, correction);
    Event::Reserved {
        identity: key.identity(),
        agreement: key.agreement,
        series: key.series,
        period: key.period,
        correction,
        financial_year: key.period.financial_year(),
        rho_nano: charge,
        snapshot: SnapshotId::random(),
    }
}

fn seal(period: &str) -> Event {
    Event::Sealed {
        identity: key(period, 0).identity(),
        payload_hash: PayloadHash::from_bytes([5; 32]),
    }
}

fn approve() -> Event {
    Event::Approved {
        agreement: agreement(),
        aggregator: "gm-icb".parse().unwrap(),
        by: "A. Caldicott".to_owned(),
        reason: "board paper 12".to_owned(),
    }
}

fn pause() -> Event {
    Event::Paused {
        agreement: agreement(),
        by: "A. Caldicott".to_owned(),
        reason: "a question from staff side".to_owned(),
    }
}

fn resume() -> Event {
    Event::Resumed {
        agreement: agreement(),
        by: "A. Caldicott".to_owned(),
        reason: "answered".to_owned(),
    }
}

fn withdraw() -> Event {
    Event::Withdrawn {
        agreement: agreement(),
        by: "The board".to_owned(),
        reason: "minutes of May".to_owned(),
    }
}

/// A book with one approval, as its stored entries and as its state.
fn book(cap: &str) -> (Vec<Entry>, Ledger) {
    let now = Timestamp::UNIX_EPOCH;
    let mut entries = vec![Ledger::open("R0A".parse().unwrap(), rho(cap), [1; 32], now)];
    let mut ledger = Ledger::replay(entries.clone()).unwrap();
    entries.push(ledger.append(approve(), now).unwrap());
    (entries, ledger)
}

#[test]
fn a_year_is_never_charged_beyond_its_cap_and_a_refusal_changes_nothing() {
    let (_, mut ledger) = book("0.5");
    let now = Timestamp::UNIX_EPOCH;
    ledger
        .append(reserve("2026-06", 0, rho("0.3")), now)
        .unwrap();
    let before = (ledger.sequence(), ledger.head());
    let refusal = ledger.append(reserve("2026-09", 0, rho("0.200000001")), now);
    assert_eq!(
        refusal,
        Err(Refusal::OverBudget {
            cap: rho("0.5"),
            left: rho("0.2"),
            charge: rho("0.200000001")
        })
    );
    assert_eq!((ledger.sequence(), ledger.head()), before);
    ledger
        .append(reserve("2026-09", 0, rho("0.2")), now)
        .unwrap();
    // March of the next calendar year is still this financial year; April is not.
    assert!(
        ledger
            .append(reserve("2027-03", 0, rho("0.1")), now)
            .is_err()
    );
    ledger
        .append(reserve("2027-04", 0, rho("0.5")), now)
        .unwrap();
}

#[test]
fn a_measurement_is_charged_once_and_sealed_once() {
    let (_, mut ledger) = book("1");
    let now = Timestamp::UNIX_EPOCH;
    assert_eq!(
        ledger.append(seal("2026-06"), now),
        Err(Refusal::NotReserved)
    );
    ledger
        .append(reserve("2026-06", 0, rho("0.1")), now)
        .unwrap();
    assert_eq!(
        ledger.append(reserve("2026-06", 0, rho("0.1")), now),
        Err(Refusal::AlreadyReserved)
    );
    ledger.append(seal("2026-06"), now).unwrap();
    assert_eq!(
        ledger.append(seal("2026-06"), now),
        Err(Refusal::AlreadySealed)
    );
    assert_eq!(
        ledger.spent(key("2026-06", 0).period.financial_year()),
        rho("0.1")
    );
    assert!(ledger.has_sealed_for(&"gm-icb".parse().unwrap()));
    assert!(!ledger.has_sealed_for(&"another".parse().unwrap()));
}

fn correct(period: &str, correction: u32, charge: Rho) -> Event {
    let key = key(period, correction);
    Event::Corrected {
        identity: key.identity(),
        agreement: key.agreement,
        series: key.series,
        period: key.period,
        correction,
        financial_year: key.period.financial_year(),
        rho_nano: charge,
        snapshot: SnapshotId::random(),
        by: "A. Caldicott".to_owned(),
        reason: "the June extract missed a site".to_owned(),
    }
}

#[test]
fn a_correction_follows_a_seal_and_costs_what_a_first_measurement_costs() {
    let (mut entries, mut ledger) = book("0.25");
    let now = Timestamp::UNIX_EPOCH;
    let mut append = |event, ledger: &mut Ledger| {
        let entry = ledger.append(event, now)?;
        entries.push(entry);
        Ok::<_, Refusal>(())
    };
    let nothing = Err(Refusal::NothingToCorrect);
    assert_eq!(
        append(correct("2026-06", 1, rho("0.1")), &mut ledger),
        nothing
    );
    append(reserve("2026-06", 0, rho("0.1")), &mut ledger).unwrap();
    assert_eq!(
        append(correct("2026-06", 1, rho("0.1")), &mut ledger),
        nothing
    );
    append(seal("2026-06"), &mut ledger).unwrap();
    assert_eq!(
        append(correct("2026-06", 2, rho("0.1")), &mut ledger),
        nothing
    );
    let by_stealth = append(reserve("2026-06", 1, rho("0.1")), &mut ledger);
    assert_eq!(by_stealth, Err(Refusal::NotOrdered));
    append(correct("2026-06", 1, rho("0.1")), &mut ledger).unwrap();
    // The first correction is not sealed yet.
    assert_eq!(
        append(correct("2026-06", 2, rho("0.1")), &mut ledger),
        nothing
    );
    let sealed = Event::Sealed {
        identity: key("2026-06", 1).identity(),
        payload_hash: PayloadHash::from_bytes([6; 32]),
    };
    append(sealed, &mut ledger).unwrap();
    let third = append(correct("2026-06", 2, rho("0.1")), &mut ledger);
    assert!(
        matches!(third, Err(Refusal::OverBudget { .. })),
        "{third:?}"
    );
    let year = key("2026-06", 0).period.financial_year();
    assert_eq!(ledger.spent(year), rho("0.2"));
    let corrections: Vec<_> = ledger.corrections(&agreement()).collect();
    assert_eq!(corrections.len(), 1);
    assert_eq!(corrections[0].ordered.as_ref().unwrap().by, "A. Caldicott");
    let replayed = Ledger::replay(entries).unwrap();
    assert_eq!(replayed.spent_by_year(), ledger.spent_by_year());
    assert!(replayed.reservations().eq(ledger.reservations()));
}

fn recover(sequence: u64, spent: &str) -> Event {
    let year = key("2026-06", 0).period.financial_year();
    Event::Recovered {
        heads: vec![KnownHead {
            sequence,
            head: EntryHash::from_bytes([7; 32]),
        }],
        spent: vec![YearSpent {
            financial_year: year,
            spent_rho_nano: rho(spent),
        }],
        receipt_public_key: [2; 32],
        barred: Vec::new(),
        by: "A. Caldicott".to_owned(),
        reason: "disk failed".to_owned(),
    }
}

#[test]
fn a_recovery_adopts_the_most_and_the_longest_and_loses_what_was_not_sealed() {
    let (mut entries, mut ledger) = book("1");
    // Behind every period of this test.
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let year = key("2026-06", 0).period.financial_year();
    let mut append = |event, ledger: &mut Ledger| {
        let entry = ledger.append(event, now)?;
        entries.push(entry);
        Ok::<_, Refusal>(())
    };
    append(reserve("2026-06", 0, rho("0.1")), &mut ledger).unwrap();
    append(seal("2026-06"), &mut ledger).unwrap();
    append(reserve("2026-09", 0, rho("0.1")), &mut ledger).unwrap();
    assert!(!ledger.may_have_forgotten("2026-09".parse().unwrap()));
    append(recover(90, "0.5"), &mut ledger).unwrap();

    assert_eq!(ledger.sequence(), 91);
    assert_eq!(ledger.spent(year), rho("0.5"));
    assert!(ledger.contains(90, EntryHash::from_bytes([7; 32])));
    assert!(!ledger.contains(89, EntryHash::from_bytes([7; 32])));
    assert!(ledger.knows_receipt_key(&[2; 32]) && *ledger.receipt_public_key() == [2; 32]);
    let lost: Vec<_> = ledger
        .reservations()
        .filter(|(_, charge)| charge.lost)
        .collect();
    assert_eq!(lost.len(), 1);
    assert!(ledger.may_have_forgotten("2026-09".parse().unwrap()));
    assert!(!ledger.may_have_forgotten("2026-11".parse().unwrap()));
    let next = |series, period: &str| {
        ledger.next_correction(&agreement(), series, period.parse().unwrap())
    };
    assert_eq!(next("headline", "2026-06"), Some(1));
    assert_eq!(next("headline", "2026-09"), Some(1));
    assert_eq!(next("detail", "2026-06"), Some(1));
    assert_eq!(next("headline", "2026-11"), None);
    // A smaller claim later takes nothing back.
    append(recover(50, "0.2"), &mut ledger).unwrap();
    assert_eq!((ledger.sequence(), ledger.spent(year)), (92, rho("0.5")));
    assert!(ledger.contains(90, EntryHash::from_bytes([7; 32])));
    assert!(!ledger.has_sealed_for(&"gm-icb".parse().unwrap()));

    let replayed = Ledger::replay(entries.clone()).unwrap();
    assert_eq!((replayed.sequence(), replayed.head()), (92, ledger.head()));
    assert_eq!(replayed.spent_by_year(), ledger.spent_by_year());
    // An entry that leaps without being a recovery is a gap.
    let mut leaping = entries;
    leaping.remove(3);
    assert!(Ledger::replay(leaping).is_err());
}

#[test]
fn a_period_that_ends_on_the_day_of_the_recovery_may_have_been_drawn_that_day() {
    let (_, mut ledger) = book("1");
    let at = "2026-09-30T00:00:00Z".parse().unwrap();
    ledger.append(recover(90, "0.5"), at).unwrap();
    assert!(ledger.may_have_forgotten("2026-09".parse().unwrap()));
    assert!(!ledger.may_have_forgotten("2026-10".parse().unwrap()));
}

#[test]
fn nothing_is_charged_without_an_approval_or_in_another_year() {
    let now = Timestamp::UNIX_EPOCH;
    let opened = Ledger::open("R0A".parse().unwrap(), rho("1"), [1; 32], now);
    let mut ledger = Ledger::replay([opened]).unwrap();
    assert_eq!(
        ledger.append(reserve("2026-06", 0, rho("0.1")), now),
        Err(Refusal::NotApproved)
    );
    ledger.append(approve(), now).unwrap();
    assert_eq!(ledger.append(approve(), now), Err(Refusal::AlreadyApproved));
    assert_eq!(
        ledger.append(reserve("2026-06", 0, Rho::ZERO), now),
        Err(Refusal::WrongCharge)
    );
    let mut booked_elsewhere = reserve("2026-06", 0, rho("0.1"));
    if let Event::Reserved { financial_year, .. } = &mut booked_elsewhere {
        financial_year.0 += 1;
    }
    assert_eq!(
        ledger.append(booked_elsewhere, now),
        Err(Refusal::WrongCharge)
    );
}

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
    // Paid for before the pause: it is not lost.
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
    assert_eq!(approval.standing(), Standing::InForce);
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
        // Its aggregator has an answer all the same, and must show its receipt.
        assert!(ledger.has_sealed_for(&"gm-icb".parse().unwrap()));
    }
}

/// Chains outlive software: what is written once is read for ever.
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
        assert!(entry.body.contains(r#""by":""#) && entry.body.contains(r#""reason":""#));
        assert!(expected.contains(word));
    }
}

#[test]
fn an_empty_book_and_one_that_does_not_begin_with_opened_are_refused() {
    assert_eq!(Ledger::replay([]).unwrap_err(), LedgerError::Empty);
    let (entries, _) = book("1");
    let error = Ledger::replay(entries[1..].to_vec()).unwrap_err();
    assert_eq!(
        error,
        LedgerError::Gap {
            expected: 1,
            found: 2
        }
    );
}

/// A book of `quarters` charges, every second one sealed.
fn long_book(quarters: i16) -> (Vec<Entry>, Ledger) {
    let (mut entries, mut ledger) = book("1000");
    let now = Timestamp::UNIX_EPOCH;
    for year in 0..quarters {
        let period = format!("{}-06", 2000 + year);
        entries.push(ledger.append(reserve(&period, 0, rho("0.1")), now).unwrap());
        if year % 2 == 0 {
            entries.push(ledger.append(seal(&period), now).unwrap());
        }
    }
    (entries, ledger)
}

/// What a person or an aggregator may try, in any order.
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
            let standing = ledger.approval(&agreement()).unwrap().standing();
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
            prop_assert!(!charged || standing == Standing::InForce);
            let expected = if charged { before.0.checked_add(rho("0.1")).unwrap() } else { before.0 };
            prop_assert_eq!(ledger.spent(year), expected);
            prop_assert_eq!(ledger.sequence(), before.1 + u64::from(taken.is_ok()));
            entries.extend(taken);
            let now_withdrawn = ledger.approval(&agreement()).unwrap().standing() == Standing::Withdrawn;
            prop_assert!(now_withdrawn || !withdrawn, "a withdrawal is for good");
            withdrawn = now_withdrawn;
        }
        let replayed = Ledger::replay(entries).unwrap();
        prop_assert_eq!(replayed.spent_by_year(), ledger.spent_by_year());
        prop_assert_eq!(replayed.approval(&agreement()), ledger.approval(&agreement()));
        prop_assert_eq!(replayed.head(), ledger.head());
    }

    #[test]
    fn a_replayed_chain_adds_up_to_the_state_that_wrote_it(quarters in 0_i16..12) {
        let (entries, ledger) = long_book(quarters);
        let hashes: Vec<_> = entries.iter().map(|entry| entry.hash).collect();
        let replayed = Ledger::replay(entries).unwrap();
        prop_assert_eq!(replayed.spent_by_year(), ledger.spent_by_year());
        prop_assert_eq!(replayed.head(), ledger.head());
        prop_assert!(replayed.reservations().eq(ledger.reservations()));
        for (sequence, hash) in (1..).zip(hashes) {
            prop_assert!(replayed.contains(sequence, hash));
        }
        prop_assert!(!replayed.contains(0, ledger.head()));
        prop_assert!(!replayed.contains(ledger.sequence() + 1, ledger.head()));
    }

    #[test]
    fn any_flipped_bit_is_found_at_the_entry_that_has_it(
        quarters in 1_i16..6,
        place in any::<prop::sample::Index>(),
        byte in any::<prop::sample::Index>(),
        bit in 0_u8..7,
    ) {
        let (mut entries, _) = long_book(quarters);
        let index = place.index(entries.len());
        let mut body = entries[index].body.clone().into_bytes();
        let at = byte.index(body.len());
        body[at] ^= 1 << bit;
        entries[index].body = String::from_utf8(body).unwrap();
        let sequence = index as u64 + 1;
        prop_assert_eq!(Ledger::replay(entries).unwrap_err(), LedgerError::Hash(sequence));
    }

    #[test]
    fn a_removed_or_swapped_entry_is_found(quarters in 2_i16..6, place in any::<prop::sample::Index>()) {
        let (entries, _) = long_book(quarters);
        let index = place.index(entries.len() - 1);
        let mut removed = entries.clone();
        removed.remove(index);
        prop_assert!(Ledger::replay(removed).is_err());
        let mut swapped = entries;
        swapped.swap(index, index + 1);
        prop_assert!(Ledger::replay(swapped).is_err());
    }
}

#[test]
fn a_period_is_stored_as_it_is_written() {
    let (entries, _) = long_book(1);
    let period: Period = "2000-06".parse().unwrap();
    assert!(
        entries[2]
            .body
            .contains(&format!("\"period\":\"{period}\""))
    );
}
