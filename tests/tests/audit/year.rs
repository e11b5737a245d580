//! Audits joiners and leavers of a year over the wire: whoever moved several times counts once, with the row
//! that the definition says, and one person more moves the answer by one person's length.

use vwis_model::{
    agreement::{Agreement, Series},
    here,
};
use vwis_tests::{
    agreement::{Clause, YEAR_LEAVERS, agreement},
    call::{request, with_receipt},
    certificates::System,
    extract::{Extract, Person, staff},
    node::NodeFixture,
};

use super::apart::{SIGMAS, along, is_noise, less};

/// The programs of VWIS in one binary.
const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");

/// Leavers at a ρ at which a person more is nearly thirty times as long as the noise in their direction.
const LEFT: Clause = Clause {
    rho: "400",
    tables: "[{ by = [] }, { by = [\"staff_group\", \"band\"] }, { by = [\"ethnic_group\"] }]\n\
        data_set = \"year_leavers\"",
    ..YEAR_LEAVERS
};
/// Joiners likewise.
const JOINED: Clause = Clause {
    name: "year_joiners",
    tables: "[{ by = [] }, { by = [\"staff_group\", \"band\"] }, { by = [\"ethnic_group\"] }]\n\
        data_set = \"year_joiners\"",
    ..LEFT
};

const ENDS: [&str; 5] = ["2017-03", "2017-06", "2017-09", "2017-12", "2018-03"];

/// When somebody is in post, at each end, and as which of two kinds of person.
type Course = [Option<usize>; 5];

/// The one person: leaves, returns as another kind, and leaves again.
const RESTLESS: Course = [Some(0), None, Some(1), None, None];
/// Everybody else who moves, and how many of each.
const OTHERS: [(Course, usize); 5] = [
    ([Some(0), Some(0), Some(0), None, None], 12),
    ([Some(0), None, None, None, None], 9),
    // Left and came back; came and left; came.
    ([Some(0), None, None, Some(1), Some(1)], 5),
    ([None, Some(1), Some(1), None, None], 7),
    ([None, None, Some(0), Some(0), Some(0)], 11),
];

/// Somebody of one of two kinds that differ in everything.
fn person(number: usize, kind: usize) -> Person {
    let attributes = staff().attributes().iter();
    Person {
        number: format!("M{}", 2_000_000 + number),
        fte_hundredths: 100,
        codes: attributes
            .map(|attribute| (kind + number % 2) % attribute.size())
            .collect(),
    }
}

/// The courses of all who move, by number.
fn movers(with_the_one: bool) -> Vec<(usize, Course)> {
    let others = OTHERS.into_iter();
    let others = others.flat_map(|(course, many)| std::iter::repeat_n(course, many));
    let mut all: Vec<_> = (1..).zip(others).collect();
    if with_the_one {
        all.push((0, RESTLESS));
    }
    all
}

/// The extract at one end: those who stay, and who of the movers is there.
fn extract(end: usize, with_the_one: bool) -> Extract {
    let mut extract = Extract::seeded(7, 300);
    let there = movers(with_the_one).into_iter();
    extract
        .people
        .extend(there.filter_map(|(number, course)| Some(person(number, course[end]?))));
    extract
}

/// The vector of these people in `series`, of which a row holds what the staff's has, and nothing else.
fn exact(series: &Series, people: impl IntoIterator<Item = Person>) -> Vec<i64> {
    let attributes = series.data_set().attributes();
    let codes = |person: &Person| {
        let code = |attribute: &std::sync::Arc<vwis_model::dictionary::Attribute>| {
            let own = staff().position(attribute.code());
            own.map_or(attribute.unknown(), |own| person.codes[own])
        };
        attributes.iter().map(code).collect()
    };
    let people = people.into_iter().map(|person| Person {
        codes: codes(&person),
        ..person
    });
    Extract {
        people: people.collect(),
    }
    .exact(series)
}

/// Who left in the year by the definition: absent at its end, and there at an end before, as they were then.
fn left(course: &Course) -> Option<usize> {
    let last_seen = course.iter().rev().find_map(|kind| *kind);
    last_seen.filter(|_| course[4].is_none())
}

/// Who joined by the definition: absent at its beginning, and as they were when first there.
fn joined(course: &Course) -> Option<usize> {
    let first_seen = course.iter().find_map(|kind| *kind);
    first_seen.filter(|_| course[0].is_none())
}

/// The one answer of each series for the year, without or with the one person.
async fn answers(system: &System, agreement: &Agreement, with_the_one: bool) -> Vec<Vec<i64>> {
    let node = NodeFixture::new(BINARY, system, "1000").await;
    node.without_answer_floor();
    let (server, caller) = node.serve_approved(system, &[agreement]).await;
    for (end, period) in ENDS.into_iter().enumerate() {
        let csv = extract(end, with_the_one).csv();
        let options = [
            "--allow",
            "change,changed-people,fte,gone,groups,old-joiners,period,shares",
        ];
        let imported = node.import_bytes(csv.as_bytes(), period, &options).await;
        imported.done();
    }
    let (mut all, mut receipt) = (Vec::new(), None);
    for series in agreement.series() {
        let mut ask = request(agreement, series.name(), ENDS[4]);
        if let Some(receipt) = &receipt {
            ask = with_receipt(ask, receipt);
        }
        let measured = caller.measure(ask).await.unwrap();
        all.push(measured.entries);
        receipt = Some(measured.receipt);
    }
    server.stop().await;
    all
}

#[tokio::test]
async fn whoever_left_returned_and_left_again_is_in_a_years_answer_once() {
    // Otherwise the names in this file mean something else.
    for data_set in ["year_leavers", "year_joiners"] {
        assert!(here::dictionary().data_set(data_set).is_some());
    }
    let (system, agreement) = (System::new(), agreement(&[LEFT, JOINED]));
    let without = answers(&system, &agreement, false).await;
    let with = answers(&system, &agreement, true).await;
    for (at, series) in agreement.series().iter().enumerate() {
        let gamma = series.strategy().gamma() as f64;
        let by_definition = if series.name() == LEFT.name {
            left
        } else {
            joined
        };
        let truth = |with_the_one| {
            let movers = movers(with_the_one).into_iter();
            let rows =
                movers.filter_map(|(number, course)| Some(person(number, by_definition(&course)?)));
            exact(series, rows)
        };
        // The one person as they were when they left first, and when they left last.
        let as_then = [0, 1].map(|kind| exact(series, [person(0, kind)]));
        for (answer, with_the_one) in [(&without[at], false), (&with[at], true)] {
            let noise = less(answer, &truth(with_the_one));
            assert!(is_noise(&noise, gamma, &as_then), "{}", series.name());
            // The checks would notice somebody who is there once more, or once too few.
            for once in &as_then {
                let more: Vec<_> = noise.iter().zip(once).map(|(z, x)| z + x).collect();
                assert!(!is_noise(&more, gamma, &as_then), "{}", series.name());
                assert!(!is_noise(&less(&noise, once), gamma, &as_then));
            }
        }
        // One person more, with all their moves, is one row at most, and so not longer than what is charged.
        let moved = less(&with[at], &without[at]);
        let scale = gamma * f64::sqrt(2.0);
        let added = less(&truth(true), &truth(false));
        assert!(is_noise(&less(&moved, &added), scale, &as_then));
        let squared: f64 = added.iter().map(|x| (*x as f64).powi(2)).sum();
        let charged = series.charge().nano() as f64 / 1e9;
        assert!(squared / (2.0 * gamma * gamma) <= charged);
        let expected = if series.name() == LEFT.name { 1.0 } else { 0.0 };
        let (times, sd) = along(&moved, &as_then[1], scale);
        assert!((times - expected).abs() < SIGMAS * sd, "{times}");
    }
}
