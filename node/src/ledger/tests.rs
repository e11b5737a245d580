mod cap;
mod correcting;
mod deciding;
mod recovering;
mod reinstate;

use proptest::prelude::*;
use vwis_model::measurement::MeasurementKey;

use super::*;
use jiff::Timestamp;
use vwis_model::{agreement::AgreementHash, measurement::PayloadHash, period::Period, rho::Rho};

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
        charge: Charge::of(&key, charge),
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
        decided: Decided::new("A. Caldicott", "board paper 12"),
    }
}

fn pause() -> Event {
    Event::Paused {
        agreement: agreement(),
        decided: Decided::new(
            "A. Caldicott".to_owned(),
            "a question from staff side".to_owned(),
        ),
    }
}

fn resume() -> Event {
    Event::Resumed {
        agreement: agreement(),
        decided: Decided::new("A. Caldicott", "answered"),
    }
}

fn withdraw() -> Event {
    Event::Withdrawn {
        agreement: agreement(),
        decided: Decided::new("The board", "minutes of May"),
    }
}

/// A ledger with one approval, as its stored entries and as its state.
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
    if let Event::Reserved { charge, .. } = &mut booked_elsewhere {
        charge.financial_year.0 += 1;
    }
    assert_eq!(
        ledger.append(booked_elsewhere, now),
        Err(Refusal::WrongCharge)
    );
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

/// A ledger of `quarters` charges, every second one sealed.
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

proptest! {
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
