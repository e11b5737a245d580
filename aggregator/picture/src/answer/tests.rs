mod columns;
mod displayed;
mod releases;
mod when;
mod years;

use std::sync::Arc;

use vwis_model::agreement::Measure;

use super::{table::Table, *};
use crate::{
    export::{Cell, Kind, csv::csv, json::json as as_json},
    indicator::{self, testing::Workforce},
    picture::{Query, When},
};

fn archive() -> Archive {
    let at = |band: &'static str, gender: &'static str| [("band", band), ("gender", gender)];
    Workforce::new()
        .people(&at("afc_5", "female"), 4310)
        .people(&at("afc_5", "male"), 690)
        .people(&at("afc_6", "female"), 1000)
        .employer("RM3")
        .people(&at("afc_6", "male"), 500)
        .archive(r#"{ by = ["band", "gender"] }"#, r#"{ by = ["band"] }"#)
}

fn question(by: &[&str]) -> Table {
    Table {
        query: Query {
            by: by.iter().map(|&code| code.to_owned()).collect(),
            filters: Vec::new(),
        },
        whose: Whose::System,
        measure: Measure::Headcount,
        series: None,
        when: When::Latest,
        with_totals: false,
        years: 1,
    }
}

#[test]
fn a_table_says_what_it_is_of_and_where_it_comes_from() {
    let answer = question(&["band"]).answer(&archive()).unwrap();
    let sheet = &answer.sheet;
    assert!(
        sheet.title.contains("by band") && sheet.title.contains("system on 2026-03-31"),
        "{}",
        sheet.title
    );
    assert_eq!(sheet.metadata["series"], "headline");
    assert_eq!(sheet.metadata["coverage_in_words"], "2 of 2 employers");
    assert_eq!(sheet.metadata["by"], serde_json::json!(["band"]));
    assert!(
        sheet
            .notes
            .iter()
            .any(|note| note.contains("People by employer")),
        "{:?}",
        sheet.notes
    );
    assert_eq!(answer.releases.len(), 1);
}

/// A reader of an employer's own table could otherwise work out the headcount of the one missing employer.
#[test]
fn an_employers_own_table_tells_no_part_of_anybodys_headcount() {
    let both = || ["R0A", "RM3"].map(|code| code.parse().unwrap());
    let archive = Workforce::new()
        .people(&[("band", "afc_5")], 600)
        .period("2026-06")
        .people(&[("band", "afc_5")], 600)
        .period("2026-03")
        .employer("RM3")
        .people(&[("band", "afc_5")], 300)
        .archive(r#"{ by = ["band"] }"#, r#"{ by = ["band"] }"#);
    let releases = archive.releases().iter().map(|archived| {
        let mut archived = (**archived).clone();
        archived.release.expected = both().into();
        Arc::new(archived)
    });
    let archive = Archive::new(Arc::clone(archive.agreement()), releases.collect());
    let question = question(&["band"]);
    let of_the_system = question.answer(&archive).unwrap().sheet.metadata;
    assert_eq!(of_the_system["of_last_known_headcount"], 0.67);
    let own = Whose::Organisations(both()[..1].to_vec());
    let own = question.of(own).answer(&archive).unwrap().sheet;
    assert_eq!(own.metadata["period"], "2026-06");
    assert!(own.metadata["of_last_known_headcount"].is_null());
    let text = as_json(&own);
    assert!(!text.contains("of the last known headcount"), "{text}");
}

#[test]
fn a_total_stands_before_what_it_sums_at_every_level() {
    let mut question = question(&["band", "gender"]);
    question.with_totals = true;
    question.query.filters = vec!["band=afc_5,afc_6".parse().unwrap()];
    let answer = question.answer(&archive()).unwrap();
    let place = |name: &str| {
        answer
            .sheet
            .columns
            .iter()
            .position(|c| c.name == name)
            .unwrap()
    };
    let (band, gender, display) = (place("band"), place("gender"), place("display"));
    let row = |row: &Vec<Cell>| (row[band].clone(), row[gender].clone(), row[display].clone());
    let text = |text: &str| Cell::text(text);
    let rows: Vec<_> = answer.sheet.rows.iter().map(row).collect();
    assert_eq!(
        rows[0],
        (text("total"), text("total"), Cell::Of(Kind::People, 6500.0))
    );
    assert_eq!(
        rows[1],
        (text("afc_5"), text("total"), Cell::Of(Kind::People, 5000.0))
    );
    assert_eq!(
        rows[2],
        (
            text("afc_5"),
            text("female"),
            Cell::Of(Kind::People, 4310.0)
        )
    );
    // Each band has five rows: its total, then four genders.
    assert_eq!(
        rows[6],
        (text("afc_6"), text("total"), Cell::Of(Kind::People, 1500.0))
    );
    assert_eq!(rows.len(), 11);
}

#[test]
fn a_period_or_an_organisation_that_is_not_there_is_answered_with_those_that_are() {
    let archive = archive();
    let mut wrong = question(&["band"]);
    wrong.when = When::At("2030-03".parse().unwrap());
    let error = wrong.answer(&archive).unwrap_err().to_string();
    assert_eq!(
        error,
        "this is not released for 2030-03; it is for: headline 2026-03. `up_to` asks for the latest until then"
    );
    let mut wrong = question(&["band"]);
    wrong.whose = Whose::Organisations(vec!["RW6".parse().unwrap()]);
    let error = wrong.answer(&archive).unwrap_err().to_string();
    assert!(
        error.contains("RW6 is not in this release; in it are: R0A, RM3"),
        "{error}"
    );
    let empty = Archive::new(Arc::clone(archive.agreement()), Vec::new());
    let error = question(&["band"]).answer(&empty).unwrap_err().to_string();
    assert!(error.contains("(headline) is released yet"), "{error}");
}

#[test]
fn an_indicator_carries_its_definition_and_its_limits() {
    let composition = indicator::named("composition").unwrap();
    let by = Question {
        by: Some(vec!["band".to_owned()]),
        ..Question::default()
    };
    let answer = indicator(&archive(), composition, &Whose::System, When::Latest, &by).unwrap();
    let text = as_json(&answer.sheet);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["metadata"]["indicator"]["name"], "composition");
    assert_eq!(json["metadata"]["releases"].as_array().unwrap().len(), 2);
    let rows = json["rows"].as_array().unwrap();
    let band_5 = rows
        .iter()
        .find(|row| row["band"] == "afc_5" && row["measure"] == "headcount")
        .unwrap();
    assert_eq!(
        (&band_5["unit"], &band_5["display"]),
        (&"people".into(), &5000.0.into())
    );
    let csv = csv(&answer.sheet);
    let header = csv.lines().next().unwrap();
    assert!(
        header.starts_with(
            "organisation,band,band_label,measure,measure_label,unit,estimate,sd,lower,upper,display"
        ),
        "{header}"
    );
    assert!(
        answer
            .sheet
            .notes
            .iter()
            .any(|note| note.contains("not unique people") || note.contains("counts twice"))
    );
}
