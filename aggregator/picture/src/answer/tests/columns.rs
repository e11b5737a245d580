//! The columns of every exported file have distinct names.

use std::{collections::BTreeSet, sync::Arc};

use vwis_model::ods::OdsCode;

use super::*;
use crate::{
    establishment::Establishment,
    export::{Sheet, csvw::csvw},
    indicator::testing::STANDARD,
    indicator::{ALL, testing::a_year, tests::questions},
    picture::promised_tables,
};

/// Names that occur twice in the CSV or the CSVW beside it, and titles that occur twice in a workbook.
fn twice(sheet: &Sheet) -> Vec<String> {
    let file = csv(sheet);
    let header = file.lines().next().unwrap_or_default();
    let names = header.split(',').map(str::to_owned);
    let described = csvw(sheet, "it.csv");
    let described = described["tableSchema"]["columns"].as_array().unwrap();
    assert_eq!(described.len(), header.split(',').count());
    let titles = sheet.columns.iter().map(|column| column.title.clone());
    let mut twice = Vec::new();
    for all in [names.collect::<Vec<_>>(), titles.collect()] {
        let mut seen = BTreeSet::new();
        twice.extend(all.into_iter().filter(|name| !seen.insert(name.clone())));
    }
    twice
}

/// Checks that each row of a file for machines says which of `whose` it is about and which day was counted.
fn says_whose_and_when(sheet: &Sheet, what: &str, whose: &[&str]) {
    let file = csv(sheet);
    let mut reader = ::csv::Reader::from_reader(file.as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| {
        let mut names = header.iter();
        names.position(|one| one == name).expect(what)
    };
    let (organisation, as_of) = (place("organisation"), place("as_of"));
    for row in reader.records() {
        let row = row.unwrap();
        assert!(whose.contains(&&row[organisation]), "{what}: {row:?}");
        assert!(
            row[as_of].parse::<jiff::civil::Date>().is_ok(),
            "{what}: {row:?}"
        );
    }
    let text = as_json(sheet);
    let rows = text.matches("\"organisation\":").count();
    assert_eq!(rows, sheet.rows.len(), "{what}");
}

#[test]
fn every_file_says_whose_and_of_when_each_row_is_and_has_no_two_columns_of_one_name() {
    let posts = "ods_code,staff_group,locality,funded_fte\n\
        R0A,nursing_and_midwifery,Bolton,2700\nRMC,nursing_and_midwifery,Bolton,2700\n";
    let posts = Establishment::parse(posts, "2026-03".parse().unwrap()).unwrap();
    let archive = a_year()
        .archive_under(STANDARD)
        .with_establishment(Arc::new(posts));
    let one = Whose::Organisations(vec!["R0A".parse().unwrap()]);
    let both = Whose::Organisations(vec!["R0A".parse().unwrap(), "RMC".parse().unwrap()]);
    let organisations = archive.organisations();
    let everybody: Vec<_> = organisations.iter().map(OdsCode::as_str).collect();
    let mut found = BTreeSet::new();
    let mut answered = 0;
    let mut look = |what: String, whose: &[&str], answer: Result<Answer, AnswerError>| {
        let Ok(answer) = answer else { return };
        answered += 1;
        says_whose_and_when(&answer.sheet, &what, whose);
        found.extend(
            twice(&answer.sheet)
                .into_iter()
                .map(|name| (what.clone(), name)),
        );
    };
    for indicator in ALL {
        for question in questions(indicator) {
            let what = format!("{} {:?}", indicator.definition.name, question.by);
            let ask = |whose: &Whose| {
                super::super::indicator(&archive, indicator, whose, When::Latest, &question)
            };
            for whose in [&Whose::System, &one, &both] {
                look(what.clone(), &[&whose.name()], ask(whose));
            }
            look(format!("{what} each"), &everybody, each(&archive, ask));
        }
    }
    for series in archive.agreement().series() {
        for table in promised_tables(series) {
            for with_totals in [false, true] {
                let by: Vec<_> = table.by.iter().map(String::as_str).collect();
                let mut question = question(&by);
                question.series = Some(series.name().to_owned());
                question.measure = series.measure();
                question.with_totals = with_totals;
                let ask = |whose: &Whose| question.of(whose.clone()).answer(&archive);
                for whose in [&Whose::System, &one, &both] {
                    look(format!("{by:?}"), &[&whose.name()], ask(whose));
                }
                let answer = question.each(&archive, || false);
                look(format!("{by:?} each"), &everybody, answer);
            }
        }
    }
    assert!(answered > 400, "{answered}");
    assert_eq!(found, BTreeSet::new());
}
