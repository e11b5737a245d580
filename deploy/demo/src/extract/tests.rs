use std::collections::{BTreeMap, HashMap};

use vwis_model::{dictionary::Resolution, here};

use super::*;
use crate::{
    history::{History, Snapshot, quarters_up_to},
    person::ATTRIBUTES,
    trusts::trusts,
};

/// One trust's extract of the last quarter, as bytes, and who is in it.
struct Sample {
    ods_code: &'static str,
    bytes: Vec<u8>,
    snapshot: Snapshot,
    rows: u64,
}

fn samples(scale: f64, seed: u64) -> Vec<Sample> {
    let dictionary = here::dictionary();
    let published = Published::load().unwrap();
    let catalogue = Catalogue::load(dictionary).unwrap();
    let periods = quarters_up_to("2026-09".parse().unwrap()).unwrap();
    let mut history =
        History::begin(&published, &catalogue, dictionary, periods, scale, seed).unwrap();
    history.count();
    while history.advance() {
        if history.period().to_string() != "2026-09" {
            history.count();
        }
    }
    let extract = Extract {
        published: &published,
        catalogue: &catalogue,
        period: history.period(),
        seed,
    };
    let written: Vec<_> = history
        .workforces()
        .iter()
        .map(|workforce| {
            let mut bytes = Vec::new();
            let rows = extract.write_to(&mut bytes, workforce).unwrap();
            (workforce.trust.ods_code, bytes, rows)
        })
        .collect();
    let mut snapshots = history.count();
    let sample = |(ods_code, bytes, rows)| Sample {
        ods_code,
        bytes,
        snapshot: snapshots.remove(ods_code).unwrap(),
        rows,
    };
    written.into_iter().map(sample).collect()
}

/// The rows of an extract, decoded, each by heading.
fn rows(bytes: &[u8]) -> Vec<HashMap<String, String>> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        // This is windows-1252, near enough: only names and job titles hold what differs from Latin-1.
        Err(_) => bytes
            .iter()
            .map(|byte| match byte {
                0x96 => '–',
                other => char::from(*other),
            })
            .collect(),
    };
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let rows = csv.deserialize().collect::<Result<Vec<_>, _>>();
    rows.unwrap()
}

/// Reads a row as an import does, by the dictionary alone; `None` if it does not count.
fn read(row: &HashMap<String, String>, ods_code: &str, sites: &toml::Table) -> Option<Vec<String>> {
    let dictionary = here::dictionary();
    let resolve = |attribute: &str, value: &str| {
        let attribute = dictionary.attribute(attribute).unwrap();
        match attribute.resolve(value) {
            Resolution::Excluded(_) | Resolution::Unrecognised => None,
            Resolution::Blank => Some("unknown".to_owned()),
            Resolution::Firm(index) | Resolution::Weak(index) => {
                Some(attribute.categories()[index].code().to_owned())
            }
        }
    };
    let last_day: Date = "2026-09-30".parse().unwrap();
    let day = |heading: &str| parse(&row[heading]);
    let fte: f64 = row["FTE"].parse().ok()?;
    let counts = row["ODS Code"] == ods_code
        && !row["Employee Number"].is_empty()
        && (0.0..=1.5).contains(&fte)
        && day("Termination Date").is_none_or(|left| left > last_day)
        && day("Start Date").is_none_or(|start| start <= last_day);
    if !counts {
        return None;
    }
    resolve("assignment_status", &row["Assignment Status"])?;
    let role = dictionary.attribute("role").unwrap();
    let both = if row["Job Role"].is_empty() {
        String::new()
    } else {
        format!("{}|{}", row["Staff Group"], row["Job Role"])
    };
    let found = role.resolve_first([&*row["Job Role"], &both, &row["Occupation Code"]]);
    let found = found.category().unwrap_or(role.unknown());
    let age = dictionary.attribute("age_band").unwrap();
    let years = day("Date Of Birth").and_then(|born| {
        let had_birthday = (last_day.month(), last_day.day()) >= (born.month(), born.day());
        u32::try_from(last_day.year() - born.year() - i16::from(!had_birthday)).ok()
    });
    let band = years
        .and_then(|years| age.category_of_number(years))
        .unwrap_or(age.unknown());
    let locality = sites.get(&row["Location"]).and_then(toml::Value::as_str);
    Some(vec![
        resolve("staff_group", &row["Staff Group"])?,
        resolve("band", &row["Grade"])?,
        resolve("ethnic_group", &row["Ethnic Origin"])?,
        resolve("gender", &row["Gender"])?,
        age.categories()[band].code().to_owned(),
        resolve("disability", &row["Disabled"])?,
        locality.unwrap_or("unknown").to_owned(),
        resolve("contract", &row["Assignment Category"])?,
        resolve("nationality_group", &row["Nationality"])?,
        role.categories()[found].code().to_owned(),
    ])
}

fn parse(text: &str) -> Option<Date> {
    const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";
    let text = text.trim_end_matches(" 00:00:00");
    let parts: Vec<&str> = text.split(['/', '-']).collect();
    let month = |text: &str| {
        let named = MONTHS
            .find(&text.to_lowercase())
            .map(|at| i8::try_from(at / 3 + 1).unwrap());
        named.or_else(|| text.parse().ok())
    };
    match parts.as_slice() {
        [""] => None,
        [serial] => {
            let days: i64 = serial.parse().ok()?;
            Some(Date::constant(1899, 12, 30).saturating_add(jiff::Span::new().days(days)))
        }
        [year, m, day] if year.len() == 4 => {
            Date::new(year.parse().ok()?, month(m)?, day.parse().ok()?).ok()
        }
        [day, m, year] => {
            let mut whole: i16 = year.parse().ok()?;
            if year.len() == 2 {
                whole += if whole > 26 { 1900 } else { 2000 };
            }
            Date::new(whole, month(m)?, day.parse().ok()?).ok()
        }
        _ => None,
    }
}

#[test]
fn a_seed_writes_the_same_extracts_byte_for_byte() {
    let bytes = |seed| {
        samples(0.01, seed)
            .into_iter()
            .map(|s| s.bytes)
            .collect::<Vec<_>>()
    };
    let one = bytes(1);
    assert_eq!(one, bytes(1));
    assert_ne!(one, bytes(2));
}

#[test]
fn reading_an_extract_back_gives_exactly_the_invented_people() {
    let dictionary = here::dictionary();
    let catalogue = Catalogue::load(dictionary).unwrap();
    for sample in samples(0.05, 1) {
        let mapping: toml::Table = mapping(&catalogue, sample.ods_code).parse().unwrap();
        let sites = mapping["sites"].as_table().unwrap();
        // By employee number: the attributes of the primary assignment, and the FTE of all.
        let mut people: BTreeMap<String, (bool, Vec<String>, u32)> = BTreeMap::new();
        for row in rows(&sample.bytes) {
            let Some(read) = read(&row, sample.ods_code, sites) else {
                continue;
            };
            let is_primary = ["Y", "Yes", "Primary"].contains(&&*row["Primary Assignment"]);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 150"
            )]
            let fte = (row["FTE"].parse::<f64>().unwrap() * 100.0).round() as u32;
            let known = people.entry(row["Employee Number"].clone());
            let known = known.or_insert_with(|| (is_primary, read.clone(), 0));
            if is_primary && !known.0 {
                (known.0, known.1) = (true, read);
            }
            known.2 += fte;
        }
        let count = |of: Vec<(Vec<String>, u32)>| {
            let mut counts: BTreeMap<_, usize> = BTreeMap::new();
            for key in of {
                *counts.entry(key).or_default() += 1;
            }
            counts
        };
        let found = count(
            people
                .into_values()
                .map(|(_, codes, fte)| (codes, fte.min(100)))
                .collect(),
        );
        let invented = sample.snapshot.staff.iter().map(|person| {
            // After the staff's own attributes come reasons, destinations and sources. Pathways are left out,
            // since they need the rule of the import.
            let codes = ATTRIBUTES[..11]
                .iter()
                .zip(person.codes)
                .filter(|(name, _)| **name != "pathway");
            let codes = codes.map(|(name, code)| {
                let attribute = dictionary.attribute(name).unwrap();
                attribute.categories()[usize::from(code)].code().to_owned()
            });
            (codes.collect(), u32::from(person.fte_hundredths))
        });
        let invented = count(invented.collect());
        for (key, number) in &invented {
            assert_eq!(found.get(key), Some(number), "{} {key:?}", sample.ods_code);
        }
        assert_eq!(found.len(), invented.len(), "{}", sample.ods_code);
    }
}

#[test]
fn a_small_system_holds_every_kind_of_mess() {
    let samples = samples(0.1, 1);
    let all: Vec<_> = samples.iter().flat_map(|s| rows(&s.bytes)).collect();
    let any = |what: &str, test: &dyn Fn(&HashMap<String, String>) -> bool| {
        assert!(all.iter().any(test), "no {what}");
    };
    for column_faults in junk::FAULTS {
        for (heading, value) in column_faults {
            any(&format!("{heading} {value}"), &|row| {
                row[*heading] == *value
            });
        }
    }
    let broken = all.iter().filter(|row| {
        junk::FAULTS.iter().any(|faults| {
            faults
                .iter()
                .all(|(heading, value)| row[*heading] == *value)
        })
    });
    assert!(
        broken.count() * 1000 < all.len() * 3,
        "fewer than 0.3% of rows are broken"
    );
    any("bank row", &|row| {
        row["Assignment Category"].starts_with("Bank")
    });
    any("honorary contract", &|row| {
        row["Assignment Category"] == "Honorary"
    });
    any("maternity", &|row| {
        row["Assignment Status"].contains("Maternity")
    });
    any("past leaver", &|row| {
        row["Assignment Status"] == "Terminate Assignment"
    });
    any("leaver with a reason", &|row| {
        row["Leaving Reason"].contains("Retirement")
    });
    any("future starter", &|row| {
        row["Employee Number"].starts_with("80")
    });
    any("further assignment", &|row| {
        row["Assignment Number"].ends_with("-2")
    });
    any("local ethnic code", &|row| {
        row["Ethnic Origin"].starts_with("SC")
    });
    any("synonym", &|row| row["Staff Group"] == "Admin & Clerical");
    any("missing date of birth", &|row| {
        row["Date Of Birth"].is_empty()
    });
    any("unmapped site", &|row| row["Location"] == "Cobbett House");
    let length = |separator: char, at: usize, wanted: usize| {
        any("date format", &|row| {
            row["Date Of Birth"]
                .split(separator)
                .nth(at)
                .is_some_and(|part| part.len() == wanted)
        });
    };
    length('/', 2, 4);
    length('-', 0, 4);
    length('-', 2, 2);
    length('-', 2, 4);
    any("serial number", &|row| {
        row["Date Of Birth"].parse::<u32>().is_ok()
    });
    let has_bom = |s: &&Sample| s.bytes.starts_with("\u{feff}".as_bytes());
    assert_eq!(samples.iter().filter(has_bom).count(), 3);
    for sample in &samples {
        assert_eq!(
            std::str::from_utf8(&sample.bytes).is_err(),
            sample.ods_code == "RWJ"
        );
        assert_eq!(sample.rows, rows(&sample.bytes).len() as u64);
    }
    // Some extracts list a further assignment before the primary one.
    let position = |row: &HashMap<String, String>| row["Assignment Number"].ends_with("-2");
    assert!(
        all.windows(2)
            .any(|pair| position(&pair[0])
                && pair[0]["Employee Number"] == pair[1]["Employee Number"])
    );
}

#[test]
fn leavers_of_the_quarter_are_still_listed_with_the_day_and_the_reason() {
    let samples = samples(0.05, 1);
    let listed = samples
        .iter()
        .flat_map(|sample| rows(&sample.bytes))
        .filter(|row| {
            parse(&row["Termination Date"]).is_some_and(|day| day <= "2026-09-30".parse().unwrap())
        });
    let left: usize = samples.iter().map(|s| s.snapshot.leavers.len()).sum();
    assert!(listed.count() * 10 > left * 7);
}

#[test]
fn a_mapping_names_the_localities_of_the_mapped_sites_and_of_no_others() {
    let dictionary = here::dictionary();
    let catalogue = Catalogue::load(dictionary).unwrap();
    let locality = dictionary.attribute("locality").unwrap();
    for trust in trusts() {
        let mapping: toml::Table = mapping(&catalogue, trust.ods_code).parse().unwrap();
        let sites = mapping["sites"].as_table().unwrap();
        let own = || {
            catalogue
                .sites
                .iter()
                .filter(|site| site.ods_code == trust.ods_code)
        };
        assert!(
            sites.len() < own().count(),
            "{} has an unmapped site",
            trust.ods_code
        );
        for site in own() {
            let code = sites.get(&site.name).and_then(toml::Value::as_str);
            assert_eq!(code.unwrap_or("unknown"), site.locality_code);
            assert!(locality.category(&site.locality_code).is_some());
        }
    }
}
