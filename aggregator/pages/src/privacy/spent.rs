//! What was spent, by whom, and what it buys. The figures are exact: they describe the system, not people.

use std::collections::BTreeMap;

use vwis_model::{agreement::Series, ods::OdsCode, period::Period, rho::Rho};

use super::{Account, words};
use crate::{
    Reading,
    export::{
        canonical::{BASE, Canonical},
        media::Format,
    },
    spending::{self, Spent},
    ui::{
        DataTable, Heading, Sentence,
        chart::{Amount, Budget, Foot, Framed, Spending},
        component::{Inset, Section, TableCard},
    },
};

/// The chart of what each employer spent of what is agreed, in the order of the employers' names.
pub(super) fn by_whom(reading: &Reading<'_>, year: &Account) -> Section {
    let mut rows: Vec<_> = year
        .spent
        .iter()
        .map(|(ods_code, spent)| spending_of(reading, ods_code, spent))
        .collect();
    rows.sort_by(|a, b| a.label.cmp(&b.label));
    let chart = Budget::new(
        format!("Privacy spent by each employer in {}", year.year),
        ["Employer", "Spent, ρ", "As ε"],
        amount(year.agreed),
        rows,
    );
    let unit = format!(
        "Exact figures: privacy loss (ρ) in the financial year {}, under this agreement",
        year.year
    );
    Section::new("spent", "What was spent, by whom")
        .saying(Sentence::words(
            "these figures are exact: they describe the system, not people. Each employer’s own ledger is \
             the record, and only the employer can raise or pause what it allows",
        ))
        .with(&Framed::around(&chart, title(year), unit).behind(foot(reading, spending::COUNTED)))
}

/// The foot of the chart, with the addresses of the same figures as files.
fn foot(reading: &Reading<'_>, note: &str) -> Foot {
    let mut address = Canonical::new(format!("{BASE}/spending"), Vec::new());
    address.add("period", reading.period());
    let newest = Some(reading.newest());
    Foot {
        csv: Some(address.permalink(newest, Format::Csv)),
        permalink: Some(address.permalink(newest, Format::Json)),
        note: note.to_owned(),
    }
}

/// A title that says what is true of all employers.
fn title(year: &Account) -> String {
    let mut spent = year.spent.values();
    let beyond = year.spent.values().filter(|one| one.rho > year.agreed);
    match beyond.count() {
        0 if spent.all(|one| one.rho == year.agreed) => {
            "Every employer has spent all that is agreed for the year".to_owned()
        }
        0 => "No employer has spent more than is agreed for the year".to_owned(),
        1 => "One employer has spent more than is agreed: it sent corrections".to_owned(),
        several => format!(
            "{} employers have spent more than is agreed: they sent corrections",
            words::number(several)
        ),
    }
}

fn amount(rho: Rho) -> Amount {
    Amount {
        value: rho.as_f64(),
        words: words::rho(rho),
    }
}

fn spending_of(reading: &Reading<'_>, ods_code: &OdsCode, spent: &Spent) -> Spending {
    let corrected = spent.corrected.iter();
    let corrections = corrected
        .map(|(series, period)| format!("corrected: {series} of {}", words::date(*period)));
    let late = late(reading, spent).into_iter().map(|(period, series)| {
        let date = words::date(period);
        format!("in no release for {date}: {}", series.join(", "))
    });
    Spending {
        label: reading.employer(ods_code).to_owned(),
        notes: corrections.chain(late).collect(),
        spent: amount(spent.rho),
        also: format!("ε\u{a0}{:.2}", spent.rho.epsilon()),
        rest: spent.rest.as_f64(),
    }
}

/// What others are in and this employer is not, by period: it sent nothing, or what it sent is left out.
fn late<'a>(reading: &Reading<'_>, spent: &'a Spent) -> BTreeMap<Period, Vec<&'a str>> {
    let mut late: BTreeMap<Period, Vec<&str>> = BTreeMap::new();
    for (series, period) in &spent.open {
        let mut held = reading.archive().held().iter();
        if held.any(|release| release.series == *series && release.period == *period) {
            late.entry(*period).or_default().push(series);
        }
    }
    late
}

/// The section with the releases that are agreed for the year, and what each is charged.
pub(super) fn what_it_buys(reading: &Reading<'_>, year: &Account) -> Section {
    let agreement = reading.agreement();
    let row = |series: &Series| {
        let times = spending::in_year(agreement, series, year.year).count();
        let in_year = u64::try_from(times).ok();
        let in_year = in_year.and_then(|times| series.charge().checked_mul(times));
        vec![
            words::series(series),
            series.cadence().in_words().to_owned(),
            series.tables().len().to_string(),
            words::rho(series.charge()),
            match times {
                0 => "none".to_owned(),
                _ => times.to_string(),
            },
            in_year.map_or_else(String::new, words::rho),
        ]
    };
    let rows = agreement.series().iter().map(row).collect();
    let headings = [
        Heading::text("Series"),
        Heading::text("When"),
        Heading::number("Tables"),
        Heading::number("ρ each"),
        Heading::number("In the year"),
        Heading::number("ρ in the year"),
    ];
    let total = ["Total", "", "", "", "", &words::rho(year.agreed)].map(str::to_owned);
    let caption = format!("Releases agreed for {}, for each employer", year.year);
    let table = DataTable::new(caption, headings, rows).totalled(total.to_vec());
    let table = TableCard::new(table).behind(Foot {
        note: term(reading),
        ..Foot::default()
    });
    let free = Inset::information(
        "Asking questions is free",
        vec![Sentence::words(
            "filters, charts, comparisons and downloads use what has already been released. No question \
             reaches an employer",
        )],
    )
    .more("What is agreed, in full (JSON)", "/api/v1/agreements");
    Section::new("buys", "What the year buys")
        .with(&table)
        .with(&free)
}

/// A sentence about the term of the agreement: a year at its edge has fewer releases.
fn term(reading: &Reading<'_>) -> String {
    let (first, last) = reading.agreement().term();
    format!(
        "The agreement is for releases from {} to {}.",
        words::date(first),
        words::date(last)
    )
}
