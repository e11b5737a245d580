//! Chooses the default agreement: the one that is meant where a request names none.
//!
//! It is the agreement that tells most of the system now. First counts the latest period for which it has a
//! headcount of staff, then the most employers in one such release, then the most tables, then which
//! agreement was kept last. Where that agreement does not measure what is asked, such as applicants, it is the
//! one that tells most of this.
//!
//! An agreement counts as small if it never had half as many employers in the last year as the largest one: a
//! pilot, or a successor that few have approved so far. A small agreement never takes the place of a large
//! one, however late its period. The time of collection does not count either, so a backfill takes over no
//! address.

use std::{collections::BTreeMap, sync::Arc};

use vwis_model::{
    agreement::{Agreement, AgreementHash, Measure, Series},
    period::Period,
};

use crate::estimator::STAFF;

/// How many months back the most employers of an agreement count, from the latest period of all.
const A_YEAR: u16 = 12;

/// A release that a reader may read: what it is, and over how many employers.
#[derive(Clone, Copy, Debug)]
pub struct Readable<'a> {
    /// The agreement that the release is under.
    pub agreement: AgreementHash,
    /// The name of its series in the agreement.
    pub series: &'a str,
    /// The period that it counts.
    pub period: Period,
    /// How many employers are in it.
    pub employers: usize,
}

/// How many employers are in the latest release of each agreement, period and series.
type Latest<'a> = BTreeMap<(AgreementHash, Period, &'a str), usize>;

/// The default agreement of `agreements`, which stand with the oldest first, for a question that is answered
/// from series that `tells` holds of. `releases` of the same series and period stand in the order in which
/// they were made. `None` where there is no release.
#[must_use]
pub fn default_agreement<'a>(
    agreements: &[Arc<Agreement>],
    releases: impl IntoIterator<Item = Readable<'a>>,
    tells: impl Fn(&Series) -> bool,
) -> Option<Arc<Agreement>> {
    let releases = releases.into_iter();
    let latest: Latest<'_> = releases
        .map(|one| ((one.agreement, one.period, one.series), one.employers))
        .collect();
    let of_staff = most_told(agreements, &latest, |series| {
        series.data_set().code() == STAFF && series.measure() == Measure::Headcount
    })?;
    let is_able = |agreement: &&Arc<Agreement>| agreement.series().iter().any(&tells);
    if is_able(&&of_staff) {
        return Some(of_staff);
    }
    let able: Vec<_> = agreements.iter().filter(is_able).cloned().collect();
    most_told(&able, &latest, &tells).or(Some(of_staff))
}

/// The one of `agreements` under which most is told by series that `counts` holds of. `None` where there is no
/// release.
fn most_told(
    agreements: &[Arc<Agreement>],
    latest: &Latest<'_>,
    counts: impl Fn(&Series) -> bool,
) -> Option<Arc<Agreement>> {
    let told = |agreement: &Arc<Agreement>| -> Option<Vec<(Period, usize)>> {
        let mut of_it = latest
            .iter()
            .filter(|((under, ..), _)| *under == agreement.hash())
            .peekable();
        of_it.peek()?;
        let counted =
            of_it.filter(|((_, _, series), _)| agreement.series_named(series).is_some_and(&counts));
        Some(
            counted
                .map(|((_, period, _), employers)| (*period, *employers))
                .collect(),
        )
    };
    let all: Vec<_> = agreements
        .iter()
        .filter_map(|agreement| Some((agreement, told(agreement)?)))
        .collect();
    let periods = all
        .iter()
        .flat_map(|(_, own)| own)
        .map(|(period, _)| *period);
    let since = periods.max().and_then(|last| last.months_before(A_YEAR));
    let most = |told: &[(Period, usize)]| {
        let recent = told.iter().filter(|(period, _)| Some(*period) > since);
        recent.map(|(_, employers)| *employers).max().unwrap_or(0)
    };
    let most_of_all = all.iter().map(|(_, own)| most(own)).max().unwrap_or(0);
    let there = all.iter().map(|(agreement, told)| {
        let is_large = 2 * most(told) >= most_of_all;
        let tables = agreement.series().iter().map(|one| one.tables().len());
        let best = told.iter().max().copied();
        ((is_large, best, tables.sum::<usize>()), *agreement)
    });
    // Of equal agreements `max_by_key` takes the last, which was kept last.
    let best = there.max_by_key(|(standing, _)| *standing);
    best.map(|(_, agreement)| Arc::clone(agreement))
}

#[cfg(test)]
mod tests {
    use vwis_model::agreement::Draft;

    use super::*;
    use crate::picture::testing::DRAFT;

    fn agreements() -> Vec<Arc<Agreement>> {
        let fewer = DRAFT.replace("    { by = [\"band\"] },\n", "");
        let drafts = [
            DRAFT.to_owned(),
            fewer.replace("version = 1", "version = 2"),
            DRAFT.replace("version = 1", "version = 3"),
        ];
        let compile = |text: &String| {
            let draft = Draft::parse(text).unwrap();
            Arc::new(draft.compile(vwis_model::here::dictionary()).unwrap().0)
        };
        drafts.iter().map(compile).collect()
    }

    const WHOLE: usize = 0;
    const FEWER_TABLES: usize = 1;
    const AS_MANY_TABLES: usize = 2;

    /// What the case is, the releases as (agreement, series, period, employers), and the agreement that is
    /// meant.
    type Case = (
        &'static str,
        &'static [(usize, &'static str, &'static str, usize)],
        Option<usize>,
    );

    #[test]
    fn the_agreement_that_tells_most_of_the_system_now_is_meant_whatever_was_collected_last() {
        let cases: [Case; 9] = [
            ("nothing is released", &[], None),
            (
                "one that is alone",
                &[(FEWER_TABLES, "fte", "2026-03", 3)],
                Some(FEWER_TABLES),
            ),
            (
                "a later period, over fewer employers",
                &[
                    (WHOLE, "headline", "2026-06", 12),
                    (FEWER_TABLES, "headline", "2026-09", 9),
                ],
                Some(FEWER_TABLES),
            ),
            (
                "a backfill",
                &[
                    (WHOLE, "headline", "2026-09", 12),
                    (AS_MANY_TABLES, "headline", "2026-03", 12),
                ],
                Some(WHOLE),
            ),
            (
                "a backfill of its own",
                &[
                    (WHOLE, "headline", "2026-09", 12),
                    (FEWER_TABLES, "headline", "2026-06", 12),
                    (WHOLE, "headline", "2026-03", 12),
                ],
                Some(WHOLE),
            ),
            (
                "fewer employers of the same day",
                &[
                    (WHOLE, "headline", "2026-09", 12),
                    (AS_MANY_TABLES, "headline", "2026-09", 9),
                    (AS_MANY_TABLES, "fte", "2026-09", 12),
                ],
                Some(WHOLE),
            ),
            (
                "fewer employers since a later release of the same day",
                &[
                    (WHOLE, "headline", "2026-09", 12),
                    (WHOLE, "headline", "2026-09", 8),
                    (FEWER_TABLES, "headline", "2026-09", 9),
                ],
                Some(FEWER_TABLES),
            ),
            (
                "fewer tables over the same employers",
                &[
                    (WHOLE, "headline", "2026-09", 12),
                    (FEWER_TABLES, "headline", "2026-09", 12),
                ],
                Some(WHOLE),
            ),
            (
                "all alike",
                &[
                    (AS_MANY_TABLES, "headline", "2026-09", 12),
                    (WHOLE, "detail", "2026-09", 12),
                ],
                Some(AS_MANY_TABLES),
            ),
        ];
        are_meant(&cases);
    }

    #[test]
    fn a_pilot_is_not_meant_while_a_large_agreement_goes_on() {
        let cases: [Case; 3] = [
            (
                "a later period of a small pilot",
                &[
                    (WHOLE, "headline", "2026-06", 12),
                    (FEWER_TABLES, "headline", "2026-09", 5),
                ],
                Some(WHOLE),
            ),
            (
                "a day that few of the large one have reported so far, beside a pilot",
                &[
                    (WHOLE, "headline", "2026-06", 12),
                    (WHOLE, "headline", "2026-09", 2),
                    (FEWER_TABLES, "headline", "2026-09", 5),
                ],
                Some(WHOLE),
            ),
            (
                "what went on over few employers a year after the large one ended",
                &[
                    (WHOLE, "headline", "2025-09", 12),
                    (FEWER_TABLES, "headline", "2026-09", 5),
                ],
                Some(FEWER_TABLES),
            ),
        ];
        are_meant(&cases);
    }

    fn are_meant(cases: &[Case]) {
        let agreements = agreements();
        for (what, releases, expected) in cases {
            let releases = releases
                .iter()
                .map(|&(agreement, series, period, employers)| Readable {
                    agreement: agreements[agreement].hash(),
                    series,
                    period: period.parse().unwrap(),
                    employers,
                });
            let found =
                default_agreement(&agreements, releases, |_| true).map(|found| found.hash());
            let expected = expected.map(|index| agreements[index].hash());
            assert_eq!(found, expected, "{what}");
        }
    }

    #[test]
    fn what_the_usual_agreement_does_not_measure_is_told_by_the_one_that_tells_most_of_it() {
        let mut agreements = agreements();
        let flows = |version| {
            let draft = format!(
                "{}\n[[series]]\nname = \"left\"\ndata_set = \"leavers\"\nmeasure = \"headcount\"\n\
                 cadence = \"quarterly\"\nrho = 0.01\ntables = [{{ by = [] }}]\n",
                DRAFT.replace("version = 1", &format!("version = {version}"))
            );
            let draft = Draft::parse(&draft).unwrap();
            Arc::new(draft.compile(vwis_model::here::dictionary()).unwrap().0)
        };
        let (pilot, large) = (agreements.len(), agreements.len() + 1);
        agreements.extend([flows(4), flows(5)]);
        let release = |agreement: usize, series, period: &str, employers| Readable {
            agreement: agreements[agreement].hash(),
            series,
            period: period.parse().unwrap(),
            employers,
        };
        let meant = |releases: &[Readable<'_>], data_set: &str| {
            let tells = |series: &Series| series.data_set().code() == data_set;
            let found = default_agreement(&agreements, releases.iter().copied(), tells).unwrap();
            agreements.iter().position(|one| one.hash() == found.hash())
        };
        let staff = release(WHOLE, "headline", "2026-09", 12);
        let there = [
            staff,
            release(large, "left", "2026-06", 9),
            release(pilot, "left", "2026-09", 3),
        ];
        assert_eq!(meant(&there, "staff"), Some(WHOLE));
        assert_eq!(meant(&there, "leavers"), Some(large));
        // Nobody measures these, or nothing of it is released: the usual one says so.
        assert_eq!(meant(&there, "joiners"), Some(WHOLE));
        assert_eq!(meant(&[staff], "leavers"), Some(WHOLE));
        // The usual one goes first where it measures them itself.
        let own = [release(large, "headline", "2026-09", 12), there[2]];
        assert_eq!(meant(&own, "leavers"), Some(large));
    }
}
