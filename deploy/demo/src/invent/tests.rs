//! Tests of what the node's importer makes of an invented extract, where both sides meet.

use std::collections::HashMap;

use vwis_node::{
    import::{
        Allowance, DEFAULT_MOST_REJECTED, Encoding, Imported, Kind, Mapping, Options, PathwayRule,
        Progress, read_extract,
        sense::{self, Last, Stands},
    },
    people::{People, PersonTag, Tagger},
    turnover,
};

use super::*;
use vwis_model::here;

use crate::{
    history::{Moved, Snapshot},
    person::ATTRIBUTES,
    trusts::Trust,
};

const SCALE: f64 = 0.2;

fn import(dir: &Path, trust: &Trust, period: Period, last: Period, tagger: &Tagger) -> Imported {
    let mapping = dir.join(format!("{}.mapping.toml", trust.ods_code));
    let options = Options {
        kind: Kind::Staff,
        organisation: &trust.ods_code.parse().unwrap(),
        period,
        mapping: &Mapping::read(&mapping).unwrap(),
        pathway_rule: &PathwayRule::builtin(),
        pathway_list: None,
        encoding: if trust.style.windows_1252 {
            Encoding::Windows1252
        } else {
            Encoding::Utf8
        },
        tagger,
        most_rejected: DEFAULT_MOST_REJECTED,
        sheet: None,
        allowed: &[],
    };
    let file = extract_file(dir, trust.ods_code, period, last);
    read_extract(&file, &options, &Progress::default()).unwrap()
}

/// Somebody's categories by code, for messages that can be read.
fn named(codes: &[(&str, u8)]) -> Vec<String> {
    let dictionary = here::dictionary();
    let name = |(attribute, code): &(&str, u8)| {
        let own = dictionary.attribute(attribute).unwrap();
        format!(
            "{attribute}={}",
            own.categories()[usize::from(*code)].code()
        )
    };
    codes.iter().map(name).collect()
}

/// The categories that a data set has, in its order, as a multiset.
fn sorted(data_set: &str, people: &[Moved]) -> Vec<Vec<String>> {
    let data_set = here::dictionary().data_set(data_set).unwrap();
    let of = |Moved { codes, .. }: &Moved| {
        let attributes = data_set.attributes().iter().map(|attribute| {
            let at = ATTRIBUTES
                .iter()
                .position(|own| *own == attribute.code())
                .unwrap();
            (attribute.code(), codes[at])
        });
        named(&attributes.collect::<Vec<_>>())
    };
    let mut all: Vec<_> = people.iter().map(of).collect();
    all.sort();
    all
}

fn sorted_import(data_set: &str, people: &People) -> Vec<Vec<String>> {
    let attributes = here::dictionary().data_set(data_set).unwrap().attributes();
    let of = |index: usize| {
        let codes = attributes.iter().enumerate();
        let codes = codes.map(|(at, own)| (own.code(), people.column(at)[index]));
        named(&codes.collect::<Vec<_>>())
    };
    let mut all: Vec<_> = (0..people.len()).map(of).collect();
    all.sort();
    all
}

fn each_person_is_as_invented(
    trust: &Trust,
    imported: &Imported,
    invented: &Snapshot,
    tagger: &Tagger,
) {
    let attributes = here::dictionary().data_set("staff").unwrap().attributes();
    let people = &imported.people;
    let by_tag: HashMap<PersonTag, usize> = people
        .tags()
        .iter()
        .enumerate()
        .map(|(at, tag)| (*tag, at))
        .collect();
    assert_eq!(people.len(), invented.staff.len(), "{}", trust.ods_code);
    for person in &invented.staff {
        let number = person.number.to_string();
        let at = *by_tag
            .get(&tagger.tag(number.as_bytes()))
            .expect("everyone was imported");
        let found: Vec<_> = attributes
            .iter()
            .enumerate()
            .map(|(position, own)| (own.code(), people.column(position)[at]))
            .collect();
        let expected: Vec<_> = ATTRIBUTES
            .into_iter()
            .zip(person.codes)
            .take(found.len())
            .collect();
        assert_eq!(
            named(&found),
            named(&expected),
            "{} {number}",
            trust.ods_code
        );
        assert_eq!(
            people.fte_hundredths()[at],
            person.fte_hundredths,
            "{number}"
        );
    }
}

/// The strongest test of both sides, as the importer and the inventor share no code but the dictionary.
#[test]
fn importing_the_extracts_gives_exactly_the_invented_people_joiners_and_leavers() {
    let folder = tempfile::tempdir().unwrap();
    let last: Period = "2026-09".parse().unwrap();
    let invented = invent(folder.path(), last, SCALE, 7, here::dictionary(), |_| ()).unwrap();
    let (before, now) = {
        let mut periods = invented.snapshots.keys().rev();
        let now = *periods.next().unwrap();
        (*periods.next().unwrap(), now)
    };
    let tagger = Tagger::new(&[7; 32]);
    for trust in trusts() {
        let earlier = import(folder.path(), trust, before, last, &tagger);
        let imported = import(folder.path(), trust, now, last, &tagger);
        let snapshot = &invented.snapshots[&now][trust.ods_code];
        each_person_is_as_invented(
            trust,
            &earlier,
            &invented.snapshots[&before][trust.ods_code],
            &tagger,
        );
        each_person_is_as_invented(trust, &imported, snapshot, &tagger);
        let joiners = turnover::joiners(
            &earlier.people,
            &imported.people,
            &imported.moving.joining_source,
            |tag| earlier.moving.absent.contains(&tag),
        );
        assert_eq!(
            sorted_import("joiners", &joiners),
            sorted("joiners", &snapshot.joiners),
            "{}",
            trust.ods_code
        );
        let leavers = turnover::leavers(
            &earlier.people,
            &imported.people,
            |tag| imported.moving.leavers.get(&tag).copied(),
            |tag| imported.moving.absent.contains(&tag),
        );
        assert_eq!(
            sorted_import("leavers", &leavers),
            sorted("leavers", &snapshot.leavers),
            "{}",
            trust.ods_code
        );
        let broken = imported.report.rejected_rows();
        assert!(
            broken * 1000 < imported.report.rows_read * 3,
            "{}: {broken}",
            trust.ods_code
        );
    }
}

/// The import must ask a person about mistakes only, and not about what real extracts are full of.
#[test]
fn no_extract_of_any_quarter_raises_a_question() {
    let folder = tempfile::tempdir().unwrap();
    let last: Period = "2026-09".parse().unwrap();
    let invented = invent(folder.path(), last, SCALE, 7, here::dictionary(), |_| ()).unwrap();
    let tagger = Tagger::new(&[7; 32]);
    let mut asked = Vec::new();
    for trust in trusts() {
        let mut before: Option<(Period, Imported)> = None;
        for period in invented.snapshots.keys() {
            let imported = import(folder.path(), trust, *period, last, &tagger);
            let held = before.as_ref().map(|(period, imported)| Last {
                period: *period,
                people: &imported.people,
                moving: &imported.moving,
                stands: Stands::QuarterBefore,
                is_coded_alike: true,
                is_hashed_alike: true,
            });
            if let Err(questions) =
                sense::check(&imported, held.as_ref(), &[Allowance::MissingNumbers])
            {
                asked.push(format!("{} {period}: {questions}", trust.ods_code));
            }
            before = Some((*period, imported));
        }
    }
    assert!(asked.is_empty(), "{}", asked.join("\n"));
}
