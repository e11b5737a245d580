//! Recoveries: they adopt the largest spending that anybody proves, and draw nothing again.

use super::*;

pub(super) fn recover(sequence: u64, spent: &str) -> Event {
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
        decided: Decided::new("A. Caldicott", "disk failed"),
    }
}

#[test]
fn a_recovery_adopts_the_most_and_the_longest_and_loses_what_was_not_sealed() {
    let (mut entries, mut ledger) = book("1");
    // This is after every period of the test.
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
    // The number is above any that the lost history can have given.
    assert_eq!(next("headline", "2026-06"), Some(91));
    assert_eq!(next("headline", "2026-09"), Some(91));
    assert_eq!(next("detail", "2026-06"), Some(91));
    assert_eq!(next("headline", "2026-11"), None);
    // A smaller claim later lowers nothing.
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

/// Whatever is corrected, lost and recovered, and however often, no correction number is given twice, and
/// each is below the number of the next recovery's entry.
#[test]
fn no_correction_of_any_history_has_the_number_of_another() {
    let at: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let (_, mut ledger) = book("1000");
    for event in [reserve("2026-06", 0, rho("0.1")), seal("2026-06")] {
        ledger.append(event, at).unwrap();
    }
    let mut given = std::collections::BTreeSet::new();
    for lost in [1, 4, 2, 7] {
        let backup = ledger.clone();
        for _ in 0..lost {
            let period = "2026-06".parse().unwrap();
            let number = ledger
                .next_correction(&agreement(), "headline", period)
                .unwrap();
            assert!(given.insert(number), "{number} was given before");
            for event in correcting::correct("2026-06", number, rho("0.1")) {
                ledger.append(event, at).unwrap();
            }
            assert!(u64::from(number) <= ledger.sequence());
            let sealed = Event::Sealed {
                identity: key("2026-06", number).identity(),
                payload_hash: PayloadHash::from_bytes([6; 32]),
            };
            ledger.append(sealed, at).unwrap();
        }
        // The backup is restored, and the last receipt is shown.
        let proven = ledger.sequence();
        ledger = backup;
        ledger.append(recover(proven, "900"), at).unwrap();
    }
}
