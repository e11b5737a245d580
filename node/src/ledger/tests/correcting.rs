//! Corrections: ordered by a person, charged like a first measurement.

use super::*;

pub(super) fn correct(period: &str, correction: u32, charge: Rho) -> Event {
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
