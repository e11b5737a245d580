//! Audits career movement over the wire: whoever moved up and left is one row, as they were when the year began
//! and as somebody who left, and one person more moves the answer by one person's length.

use vwis_model::agreement::{Agreement, Series};
use vwis_tests::{
    agreement::{CAREER_MOVEMENT, Clause, agreement},
    call::request,
    certificates::System,
    extract::{Extract, Person, staff},
    node::NodeFixture,
};

use super::apart::{SIGMAS, along, is_noise, less};

/// The programs of VWIS in one binary.
const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");

/// Career movement at a ρ at which a person more is nearly thirty times as long as the noise in their direction.
const MOVED: Clause = Clause {
    rho: "400",
    tables: "[{ by = [\"ethnic_group\", \"movement\"] }, { by = [\"band\", \"movement\"] }]\n\
        data_set = \"career_movement\"",
    ..CAREER_MOVEMENT
};

/// The ladder as the definition has it.
const LADDER: [&str; 13] = [
    "afc_1", "afc_2", "afc_3", "afc_4", "afc_5", "afc_6", "afc_7", "afc_8a", "afc_8b", "afc_8c",
    "afc_8d", "afc_9", "vsm",
];

/// The two ends of the year, and a day between.
const DAYS: [&str; 3] = ["2017-03", "2017-09", "2018-03"];

/// Somebody's band on each day, where they are in post.
type Course = [Option<&'static str>; 3];

/// The one person: moves up, and leaves.
const THE_ONE: Course = [Some("afc_5"), Some("afc_7"), None];
/// Everybody else who moves, and how many of each.
const OTHERS: [(Course, usize); 7] = [
    ([Some("afc_5"), Some("afc_5"), Some("afc_6")], 12),
    ([Some("afc_7"), Some("afc_8a"), Some("afc_6")], 9),
    ([Some("afc_6"), Some("afc_6"), None], 11),
    // Left and came back; came.
    ([Some("afc_5"), None, Some("afc_5")], 5),
    ([None, Some("afc_5"), Some("afc_6")], 7),
    (
        [Some("consultant"), Some("consultant"), Some("consultant")],
        4,
    ),
    ([Some("afc_4"), Some("unknown"), Some("unknown")], 3),
];

/// The index of a staff attribute's category.
fn category(attribute: &str, code: &str) -> usize {
    let position = staff().position(attribute).unwrap();
    staff().attributes()[position].category(code).unwrap()
}

/// Somebody on this band, of one of two kinds that differ in everything else.
fn person(number: usize, band: &str) -> Person {
    let attributes = staff().attributes().iter();
    let code = |attribute: &std::sync::Arc<vwis_model::dictionary::Attribute>| {
        if attribute.code() == "band" {
            category("band", band)
        } else {
            number % 2
        }
    };
    Person {
        number: format!("M{}", 2_000_000 + number),
        fte_hundredths: 100,
        codes: attributes.map(code).collect(),
    }
}

/// The courses of all who move, by number.
fn movers(with_the_one: bool) -> Vec<(usize, Course)> {
    let others = OTHERS.into_iter();
    let others = others.flat_map(|(course, many)| std::iter::repeat_n(course, many));
    let mut all: Vec<_> = (1..).zip(others).collect();
    if with_the_one {
        all.push((0, THE_ONE));
    }
    all
}

/// Those who stay as they are.
fn stayers() -> Vec<Person> {
    Extract::seeded(7, 300).people
}

/// The extract of one day: those who stay, and who of the movers is there.
fn extract(day: usize, with_the_one: bool) -> Extract {
    let there = movers(with_the_one).into_iter();
    let there = there.filter_map(|(number, course)| Some(person(number, course[day]?)));
    Extract {
        people: stayers().into_iter().chain(there).collect(),
    }
}

/// The movement between two bands by the definition.
fn movement(before: &str, now: Option<&str>) -> &'static str {
    let rung = |band: &str| LADDER.iter().position(|rung| *rung == band);
    match (rung(before), now.map(|band| (band, rung(band)))) {
        (_, None) => "left",
        (_, Some(("unknown", _))) => "unknown",
        (None, _) if before == "unknown" => "unknown",
        (Some(before), Some((_, Some(now)))) if now > before => "up",
        (Some(before), Some((_, Some(now)))) if now < before => "down",
        (Some(_), Some((_, Some(_)))) => "same",
        _ => "not_comparable",
    }
}

/// The vector of these people with these movements in `series`.
fn exact(series: &Series, rows: impl IntoIterator<Item = (Person, &'static str)>) -> Vec<i64> {
    let attributes = series.data_set().attributes();
    let people = rows.into_iter().map(|(person, moved)| {
        let code = |attribute: &std::sync::Arc<vwis_model::dictionary::Attribute>| {
            let own = staff().position(attribute.code());
            own.map_or_else(
                || attribute.category(moved).unwrap(),
                |own| person.codes[own],
            )
        };
        Person {
            codes: attributes.iter().map(code).collect(),
            ..person.clone()
        }
    });
    Extract {
        people: people.collect(),
    }
    .exact(series)
}

/// Everybody's row by the definition.
fn rows(with_the_one: bool) -> Vec<(Person, &'static str)> {
    let band = staff().position("band").unwrap();
    let stay = stayers().into_iter().map(|person| {
        let category = &staff().attributes()[band].categories()[person.codes[band]];
        let moved = movement(category.code(), Some(category.code()));
        (person, moved)
    });
    let movers = movers(with_the_one).into_iter();
    let moved = movers.filter_map(|(number, [start, _, end])| {
        let start = start?;
        Some((person(number, start), movement(start, end)))
    });
    stay.chain(moved).collect()
}

/// The one answer for the year, without or with the one person.
async fn answer(system: &System, agreement: &Agreement, with_the_one: bool) -> Vec<i64> {
    let node = NodeFixture::new(BINARY, system, "1000").await;
    node.without_answer_floor();
    let (server, caller) = node.serve_approved(system, &[agreement]).await;
    for (day, period) in DAYS.into_iter().enumerate() {
        let csv = extract(day, with_the_one).csv();
        let options = [
            "--allow",
            "change,changed-people,fte,gone,groups,old-joiners,period,shares",
        ];
        let imported = node.import_bytes(csv.as_bytes(), period, &options).await;
        imported.done();
    }
    let ask = request(agreement, MOVED.name, DAYS[2]);
    let measured = caller.measure(ask).await.unwrap();
    server.stop().await;
    measured.entries
}

#[tokio::test]
async fn whoever_moved_up_and_left_is_in_a_years_answer_once_as_somebody_who_left() {
    let (system, agreement) = (System::new(), agreement(&[MOVED]));
    let without = answer(&system, &agreement, false).await;
    let with = answer(&system, &agreement, true).await;
    let series = &agreement.series()[0];
    let gamma = series.strategy().gamma() as f64;
    let truth = |with_the_one| exact(series, rows(with_the_one));
    // The one person's row, and rows that they could be mistaken for: as they left, and as they had moved.
    let row = |band, moved| exact(series, [(person(0, band), moved)]);
    let (own, mistaken) = (
        row("afc_5", "left"),
        [row("afc_7", "left"), row("afc_5", "up")],
    );
    let directions = [std::slice::from_ref(&own), &mistaken[..]].concat();
    for (answer, with_the_one) in [(&without, false), (&with, true)] {
        let noise = less(answer, &truth(with_the_one));
        assert!(is_noise(&noise, gamma, &directions));
        // The checks would notice somebody who is there once more, or once too few.
        for once in &directions {
            let more: Vec<_> = noise.iter().zip(once).map(|(z, x)| z + x).collect();
            assert!(!is_noise(&more, gamma, &directions));
            assert!(!is_noise(&less(&noise, once), gamma, &directions));
        }
    }
    // One person more, with all their moves, is this very row, and not longer than what is charged.
    let (moved, scale) = (less(&with, &without), gamma * f64::sqrt(2.0));
    assert!(is_noise(&less(&moved, &own), scale, &directions));
    for other in &mistaken {
        assert!(!is_noise(&less(&moved, other), scale, &directions));
    }
    let squared: f64 = own.iter().map(|x| (*x as f64).powi(2)).sum();
    let charged = series.charge().nano() as f64 / 1e9;
    assert!(squared / (2.0 * gamma * gamma) <= charged);
    let (times, sd) = along(&moved, &own, scale);
    assert!((times - 1.0).abs() < SIGMAS * sd, "{times}");
}
