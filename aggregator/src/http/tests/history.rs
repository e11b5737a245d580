//! Whatever happens in a small federation, nothing that a reader below analyst is ever answered tells
//! fewer than three employers apart.
//!
//! All people of an employer are in one cell. For the data set and period that is looked at, their number is
//! 101 times a power of three, a different one for each measurement; elsewhere there is nobody. So each
//! figure that is a sum or a difference of sums says, in base three, whose measurements of that day are in
//! it. All figures of all answers of a whole history, read as CSV over the real API and a real store, are
//! rows of a matrix. They must tell nothing of any pair of measurements: the matrix has the same rank without
//! the pair's columns. Two agreements count the same people; the second names the days on which it is
//! published.

mod figures;
mod questions;
mod system;

use proptest::{prelude::*, test_runner::contextualize_config};

use self::{
    figures::rank,
    system::{DATA_SETS, Day, EMPLOYERS, Event, PERIODS, System},
};

fn event() -> impl Strategy<Value = Event> {
    let (under, employer, period) = (0..2_usize, 0..EMPLOYERS.len(), 0..PERIODS.len());
    // A correction of the last two would count more people than a node can hold.
    let small = 0..EMPLOYERS.len() - 2;
    prop_oneof![
        1 => employer.clone().prop_map(Event::Joins),
        8 => (under.clone(), employer.clone(), period.clone())
            .prop_map(|(u, e, p)| Event::Measured(u, e, p)),
        3 => (under.clone(), employer.clone(), period.clone(), prop::sample::select(&DATA_SETS[..]))
            .prop_map(|(u, e, p, d)| Event::MeasuredOnly(u, e, p, d)),
        2 => (under.clone(), small).prop_map(|(u, e)| Event::Corrected(u, e)),
        2 => (under, period).prop_map(|(u, p)| Event::Published(u, p)),
        2 => employer.prop_map(Event::GivesPosts),
        2 => Just(Event::TimePasses),
    ]
}

/// The system after all of this happened, with what was read of the day `looked_at`.
fn run(events: &[Event], looked_at: Day) -> System {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut system = System::new(looked_at).await;
        for &event in events {
            system.happen(event).await;
            if !matches!(event, Event::Joins(_)) {
                system.read().await;
            }
        }
        // Permanent addresses are asked again at the end: they answer as before, or say what replaced them.
        let all = std::mem::take(&mut system.addresses);
        system.ask(all).await;
        system
    })
}

/// All of these employers join, and their measurements of these periods come in under the first agreement.
fn whole(periods: &[usize], employers: &[usize]) -> Vec<Event> {
    let join = employers.iter().map(|&employer| Event::Joins(employer));
    let measured = periods.iter().flat_map(|&period| {
        employers
            .iter()
            .map(move |&employer| Event::Measured(0, employer, period))
    });
    join.chain(measured).collect()
}

#[test]
fn what_is_published_can_be_read_at_all() {
    for data_set in DATA_SETS {
        let period = if data_set == "year_leavers" { 2 } else { 0 };
        let looked_at = Day { period, data_set };
        let system = run(&whole(&[period, 1], &[0, 1, 2, 3]), looked_at);
        system.check(&[]);
        assert_eq!(rank(&system.rows, &[]), 1, "{data_set}: {:?}", system.rows);
    }
}

#[test]
fn each_way_in_which_one_employers_own_figures_were_read_is_closed() {
    let mut posts_of_one = whole(&[0], &[0, 1, 2, 3]);
    posts_of_one.push(Event::GivesPosts(0));
    let mut posts_of_three = whole(&[0], &[0, 1, 2, 3]);
    posts_of_three.extend([0, 1, 2].map(Event::GivesPosts));
    let mut one_is_gone = whole(&[0], &[0, 1, 2, 3]);
    one_is_gone.extend([0, 1, 2].map(|employer| Event::Measured(0, employer, 1)));
    let mut one_is_new = whole(&[0], &[0, 1, 2]);
    one_is_new.extend(whole(&[1], &[0, 1, 2, 3]));
    let mut one_by_one = Vec::new();
    for employer in 0..4 {
        one_by_one.extend(whole(&[0], &[employer]));
    }
    let mut corrected = whole(&[0], &[0, 1, 2, 3]);
    corrected.push(Event::Corrected(0, 1));
    let mut corrected_and_published = corrected.clone();
    corrected_and_published.push(Event::Published(0, 0));
    let mut late_and_published = whole(&[0], &[0, 1, 2, 3]);
    late_and_published.extend(whole(&[0], &[4]));
    late_and_published.push(Event::Published(0, 0));
    // Those who stayed since the second period are a set of the first, too; then a person publishes a
    // correction of the first, and in the third others stayed.
    let mut others_stayed = whole(&[1], &[0, 1, 2]);
    others_stayed.extend(whole(&[0], &[0, 1, 2, 3, 4, 5]));
    others_stayed.extend([Event::Corrected(0, 1), Event::Published(0, 0)]);
    others_stayed.extend([2, 3, 4, 5].map(|employer| Event::Measured(0, employer, 2)));
    others_stayed.push(Event::Published(0, 2));
    // Under the second agreement there is one employer fewer, or more, than a person publishes under the
    // first.
    let under = |which, employers: &[usize]| -> Vec<Event> {
        let all = employers.iter();
        all.map(|&employer| Event::Measured(which, employer, 0))
            .collect()
    };
    let mut named_day_first = whole(&[], &[0, 1, 2, 3, 4]);
    named_day_first.extend(under(1, &[0, 1, 2, 3]));
    named_day_first.extend(under(0, &[0, 1, 2]));
    named_day_first.extend([Event::TimePasses, Event::Published(0, 0)]);
    let mut person_first = whole(&[], &[0, 1, 2, 3, 4]);
    person_first.extend(under(0, &[0, 1, 2]));
    person_first.push(Event::Published(0, 0));
    person_first.extend(under(1, &[0, 1, 2, 3]));
    person_first.push(Event::TimePasses);
    let mut fewer_on_the_day = whole(&[0], &[0, 1, 2, 3]);
    fewer_on_the_day.extend(under(1, &[0, 1, 2]));
    fewer_on_the_day.extend([Event::TimePasses, Event::Measured(1, 3, 0)]);
    for events in [
        named_day_first,
        person_first,
        fewer_on_the_day,
        posts_of_one,
        posts_of_three,
        one_is_gone,
        one_is_new,
        one_by_one,
        corrected,
        corrected_and_published,
        late_and_published,
        others_stayed,
    ] {
        for period in [0, 1] {
            for data_set in ["staff", "leavers"] {
                run(&events, Day { period, data_set }).check(&events);
            }
        }
    }
    // A year is over more employers than its quarters.
    let mut year = whole(&[0, 1, 2], &[0, 1, 2]);
    year.extend(whole(&[2], &[3, 4]));
    year.push(Event::Published(0, 2));
    for data_set in ["leavers", "year_leavers"] {
        let looked_at = Day {
            period: 2,
            data_set,
        };
        run(&year, looked_at).check(&year);
    }
}

proptest! {
    #![proptest_config(contextualize_config(ProptestConfig { cases: 8, max_shrink_iters: 40, ..ProptestConfig::default() }))]

    #[test]
    fn no_history_lets_a_reader_tell_fewer_than_three_employers_apart(
        members in 3_usize..6,
        period in 0..PERIODS.len(),
        data_set in prop::sample::select(&DATA_SETS[..]),
        mut events in proptest::collection::vec(event(), 1..18),
    ) {
        let mut all = whole(&[0], &(0..members).collect::<Vec<_>>());
        all.append(&mut events);
        run(&all, Day { period, data_set }).check(&all);
    }
}
