//! The columns of whatever leaves: each has a name of its own.

use std::{collections::BTreeSet, sync::Arc};

use super::*;
use crate::{
    establishment::Establishment,
    export::{Sheet, csvw::csvw},
    indicator::testing::STANDARD,
    indicator::{
        ALL,
        tests::{a_year, questions},
    },
    picture::promised_tables,
};

/// Names that stand twice, in CSV and in the CSVW beside it; titles that do, in a workbook.
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

#[test]
fn no_file_has_two_columns_of_one_name() {
    let posts = "ods_code,staff_group,locality,funded_fte\n\
        R0A,nursing_and_midwifery,Bolton,2700\nRMC,nursing_and_midwifery,Bolton,2700\n";
    let posts = Establishment::parse(posts, "2026-03".parse().unwrap()).unwrap();
    let archive = a_year()
        .archive_under(STANDARD)
        .with_establishment(Arc::new(posts));
    let one = Whose::Organisations(vec!["R0A".parse().unwrap()]);
    let both = Whose::Organisations(vec!["R0A".parse().unwrap(), "RMC".parse().unwrap()]);
    let mut found = BTreeSet::new();
    let mut answered = 0;
    let mut look = |what: String, answer: Result<Answer, AnswerError>| {
        let Ok(answer) = answer else { return };
        answered += 1;
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
                look(what.clone(), ask(whose));
            }
            look(format!("{what} each"), each(&archive, ask));
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
                    look(format!("{by:?}"), ask(whose));
                }
                look(format!("{by:?} each"), question.each(&archive, || false));
            }
        }
    }
    assert!(answered > 400, "{answered}");
    assert_eq!(found, BTreeSet::new());
}
