//! Corrections: ordered by a person, and charged like a first measurement when they are asked for.

use super::*;

/// The order of a correction, and the charge that follows it.
pub(super) fn correct(period: &str, correction: u32, charge: Rho) -> [Event; 2] {
    let charged = reserve(period, correction, charge);
    let Event::Reserved { snapshot, .. } = charged else {
        unreachable!("it is a charge")
    };
    let key = key(period, correction);
    let order = Event::Ordered {
        charge: Charge::of(&key, charge),
        snapshot,
        decided: Decided::new(
            "A. Caldicott".to_owned(),
            "the June extract missed a site".to_owned(),
        ),
    };
    [order, charged]
}

fn seal_of(period: &str, correction: u32) -> Event {
    Event::Sealed {
        identity: key(period, correction).identity(),
        payload_hash: PayloadHash::from_bytes([6; 32]),
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
    let order = |number| correct("2026-06", number, rho("0.1"))[0].clone();
    assert_eq!(append(order(1), &mut ledger), nothing);
    append(reserve("2026-06", 0, rho("0.1")), &mut ledger).unwrap();
    assert_eq!(append(order(1), &mut ledger), nothing);
    append(seal("2026-06"), &mut ledger).unwrap();
    assert_eq!(append(order(2), &mut ledger), nothing);
    let by_stealth = append(reserve("2026-06", 1, rho("0.1")), &mut ledger);
    assert_eq!(by_stealth, Err(Refusal::NotOrdered));

    let year = key("2026-06", 0).period.financial_year();
    let [ordered, charged] = correct("2026-06", 1, rho("0.1"));
    append(ordered, &mut ledger).unwrap();
    // Ordering alone costs nothing.
    assert_eq!(ledger.spent(year), rho("0.1"));
    let named = |ledger: &Ledger| ledger.corrections(&agreement()).into_values().max();
    assert_eq!(named(&ledger), Some(1));
    assert_eq!(append(order(2), &mut ledger), nothing);
    // A charge must match its order; this one is cheaper, and of another snapshot.
    let other = append(reserve("2026-06", 1, rho("0.05")), &mut ledger);
    assert_eq!(other, Err(Refusal::WrongCharge));
    append(charged, &mut ledger).unwrap();
    assert_eq!(ledger.spent(year), rho("0.2"));
    assert_eq!((named(&ledger), ledger.orders().count()), (Some(1), 0));
    // The first correction is not sealed yet.
    assert_eq!(append(order(2), &mut ledger), nothing);
    append(seal_of("2026-06", 1), &mut ledger).unwrap();
    let third = append(order(2), &mut ledger);
    assert!(
        matches!(third, Err(Refusal::OverBudget { .. })),
        "{third:?}"
    );
    let charge = ledger.latest(&agreement(), "headline", "2026-06".parse().unwrap());
    assert_eq!(charge.unwrap().ordered.as_ref().unwrap().by, "A. Caldicott");
    let replayed = Ledger::replay(entries).unwrap();
    assert_eq!(replayed.spent_by_year(), ledger.spent_by_year());
    assert!(replayed.reservations().eq(ledger.reservations()));
}

#[test]
fn orders_of_a_year_have_to_fit_into_it_together() {
    let (_, mut ledger) = book("0.4");
    let now = Timestamp::UNIX_EPOCH;
    for period in ["2026-06", "2026-09"] {
        ledger.append(reserve(period, 0, rho("0.1")), now).unwrap();
        ledger.append(seal(period), now).unwrap();
    }
    let [first, _] = correct("2026-06", 1, rho("0.15"));
    let [second, _] = correct("2026-09", 1, rho("0.15"));
    ledger.append(first, now).unwrap();
    let refused = ledger.append(second, now);
    assert_eq!(
        refused,
        Err(Refusal::OverBudget {
            cap: rho("0.4"),
            left: rho("0.05"),
            charge: rho("0.15")
        })
    );
}

/// The lost history may have given the number and paid for it.
#[test]
fn a_recovery_leaves_no_order_that_could_still_be_charged() {
    let (_, mut ledger) = book("1");
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    for event in [reserve("2026-06", 0, rho("0.1")), seal("2026-06")] {
        ledger.append(event, now).unwrap();
    }
    let [ordered, charged] = correct("2026-06", 1, rho("0.1"));
    ledger.append(ordered, now).unwrap();
    ledger.append(recovering::recover(90, "0.2"), now).unwrap();
    assert_eq!(ledger.append(charged, now), Err(Refusal::NotOrdered));
    let next = ledger.next_correction(&agreement(), "headline", "2026-06".parse().unwrap());
    assert_eq!(next, Some(91));
}
