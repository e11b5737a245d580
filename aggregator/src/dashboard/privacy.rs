//! Privacy: what a person is exposed to, what leaves an employer, and what was spent by whom.

use vwis_proto::{
    agreement::Series,
    period::FinancialYear,
    rho::{DISPLAY_DELTA, Rho},
};

use super::{Document, Gap, Reading, guess::right_in_100, head, words};
use crate::{
    page::{
        Sentence,
        component::{
            Answer, Chance, Columns, DataTable, Heading, Hundreds, Inset, Layout, Link, Section,
            Step, Steps, TableCard, Terms,
        },
        layout,
        markup::Part,
    },
    spending,
};

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let heading = "Privacy";
    let agreement = reading.agreement();
    let latest = reading.archive().latest_period();
    let latest = latest.ok_or_else(|| Gap::new("nothing is released under this agreement yet"))?;
    let year = latest.financial_year();
    let agreed = spending::agreed(agreement, year);
    let spent = spending::spent(agreement, reading.archive().made(), year);
    let most = spent.values().map(|one| one.rho).max().unwrap_or(Rho::ZERO);
    let mut shell = head::shell(reading, layout::Section::Privacy, heading);
    shell.lead = vec![Sentence::words(
        "no record about a person leaves their employer. Each employer counts its own staff, adds random \
         noise to the counts, and sends only those. The noise is why every number here has an interval",
    )];
    shell.meta = vec![
        format!("Financial year {year}"),
        format!("Agreed: ρ {agreed} a year for each employer"),
    ];
    let mut document = Document::new(shell);
    document.push(&what_could_someone_learn(most, agreed));
    document.section(&hundreds(most, agreed, year));
    document.section(&what_leaves());
    document.section(&by_whom(reading, year, agreed));
    document.section(&what_it_buys(reading, year, agreed));
    document.section(&not_covered());
    document.section(&exact_words());
    Ok(document)
}

/// In 100, rounded up: no exposure is told smaller than it is.
fn in_100(rho: Rho) -> String {
    format!("{:.0}", (right_in_100(rho) - 1e-9).ceil())
}

fn what_could_someone_learn(most: Rho, agreed: Rho) -> Answer {
    Answer {
        id: "learn".to_owned(),
        question: "What could someone learn about me?".to_owned(),
        answered: None,
        says: vec![
            Sentence::words("little, and never more than a set limit"),
            Sentence::words(
                "suppose someone already knew every other member of staff and wanted to know only \
                 whether you are in the data. Tossing a coin, they would be right 50 times in 100",
            ),
            Sentence::words("with everything released this year, at most ")
                .strong(format!("{} times in 100", in_100(most)))
                .plain(format!(
                    "; with all that is agreed for a year, {}",
                    in_100(agreed)
                )),
        ],
        beside: None,
        drawing: None,
    }
}

fn hundreds(most: Rho, agreed: Rho, year: FinancialYear) -> Section {
    let of = |rho: Rho, what: &str| {
        let words = format!("{what} (ρ\u{a0}{rho}, ε\u{a0}{:.2})", rho.epsilon());
        Chance::new(right_in_100(rho), words)
    };
    Section::new("guess", "How often a guess about you would be right")
        .saying(Sentence::words(
            "at best, for the strongest possible guesser. Someone who knows less does worse",
        ))
        .with(&Hundreds {
            chances: vec![
                Chance::new(50.0, "With no data at all: a coin toss"),
                of(most, &format!("With what is released so far of {year}")),
                of(agreed, "If all that is agreed for the year is released"),
            ],
        })
}

fn what_leaves() -> Section {
    Section::new("leaves", "What leaves an employer, and what does not")
        .saying(Sentence::words("the first three steps happen inside the employer’s own network"))
        .with(&Steps {
            steps: vec![
                Step {
                    place: "Inside the employer",
                    name: "Read",
                    says: "Staff records are read into coded categories. Names, addresses, dates of birth \
                        and National Insurance numbers are not kept.",
                },
                Step {
                    place: "Inside the employer",
                    name: "Approve",
                    says: "A person at the employer approves what may leave, how often, and at what \
                        privacy cost.",
                },
                Step {
                    place: "Inside the employer",
                    name: "Add noise",
                    says: "The cost is written into a ledger first; then random noise is drawn once and \
                        added to the counts. The result is sealed, so asking again gives the same answer.",
                },
                Step {
                    place: "The shared system",
                    name: "Add up",
                    says: "The noisy counts are added up. Every page, chart and download is made from that \
                        sum, at no further cost.",
                },
            ],
        })
}

fn by_whom(reading: &Reading<'_>, year: FinancialYear, agreed: Rho) -> Section {
    let spent = spending::spent(reading.agreement(), reading.archive().made(), year);
    let rows = spent.iter().map(|(ods_code, spent)| {
        let part = 100.0 * spent.rho.as_f64() / agreed.as_f64().max(f64::MIN_POSITIVE);
        let corrected = spent.corrected.iter();
        let corrected: Vec<_> = corrected
            .map(|(series, period)| format!("{series} of {}", words::date(*period)))
            .collect();
        vec![
            reading.employer(ods_code).to_owned(),
            spent.rho.to_string(),
            format!("{:.2}", spent.rho.epsilon()),
            format!("{part:.0}%"),
            if corrected.is_empty() {
                "none".to_owned()
            } else {
                corrected.join(", ")
            },
        ]
    });
    let headings = [
        Heading::text("Employer"),
        Heading::number("Spent, ρ"),
        Heading::number("as ε"),
        Heading::number("of what is agreed"),
        Heading::text("Corrections, charged again"),
    ];
    let caption = format!("Privacy spent by each employer in {year}, of ρ {agreed} agreed");
    Section::new("spent", "What was spent, by whom")
        .saying(Sentence::words(
            "these figures are exact: they describe the system, not people. Each employer's own ledger is \
             the record, and only the employer can raise or pause what it allows",
        ))
        .with(&TableCard::new(DataTable::new(caption, headings, rows.collect())))
}

fn what_it_buys(reading: &Reading<'_>, year: FinancialYear, agreed: Rho) -> Section {
    let agreement = reading.agreement();
    let row = |series: &Series| {
        let periods = agreement.periods_of(series);
        let times = periods
            .filter(|period| period.financial_year() == year)
            .count();
        let in_year = series
            .charge()
            .checked_mul(u64::try_from(times).unwrap_or(u64::MAX));
        vec![
            series.name().to_owned(),
            series.cadence().in_words().to_owned(),
            series.tables().len().to_string(),
            series.charge().to_string(),
            in_year.map_or_else(String::new, |rho| rho.to_string()),
        ]
    };
    let rows = agreement.series().iter().map(row).collect();
    let headings = [
        Heading::text("Series"),
        Heading::text("When"),
        Heading::number("Tables"),
        Heading::number("ρ each"),
        Heading::number("ρ in the year"),
    ];
    let total = ["Total", "", "", "", &agreed.to_string()]
        .map(str::to_owned)
        .to_vec();
    let caption = format!("Releases agreed for {year}, for each employer");
    let table = TableCard::new(DataTable::new(caption, headings, rows).totalled(total));
    let free = Inset::information(
        "Asking questions is free",
        vec![Sentence::words(
            "filters, charts, comparisons and downloads use what has already been released. No question \
             reaches an employer",
        )],
    )
    .more("What is agreed, in full", "/api/v1/agreements");
    Section::new("buys", "What the year buys").with(&Columns::of(
        Layout::MainAndAside,
        vec![table.html(), free.html()],
    ))
}

fn not_covered() -> Section {
    let terms = Terms::new("Four things to know")
        .term(
            "More than one employer",
            "Someone with two employers appears in two sets of counts, so their exposure is up to twice the \
             ρ shown; with k employers, k times.",
        )
        .term(
            "A changed detail",
            "The promise is about being in the data at all. Learning one detail of someone known to be in it \
             can cost more: about twice the ρ shown, and never more than four times.",
        )
        .term(
            "Year after year",
            "The figures are of one year, and years add up. Each employer's lifetime total is in its own \
             statement.",
        )
        .term(
            "Facts about groups",
            "These pages can show that a group is large or small. What that suggests about its members holds \
             whether or not your own record was counted.",
        );
    Section::new("not", "What the promise does not cover").with(&terms)
}

fn exact_words() -> Section {
    let terms = Terms::new("ρ, ε, the statement, and how the guessing figures are worked out")
        .term(
            "What ρ and ε mean",
            format!(
                "ρ (rho) is the privacy loss of zero-concentrated differential privacy (Bun and Steinke, \
                 2016). Losses add up exactly, so ledgers are kept in ρ. ε (epsilon) is worked out from it \
                 for comparison with other systems, at δ = {DISPLAY_DELTA}."
            ),
        )
        .term(
            "The statement",
            "For any two data sets that differ in one person at one employer, added or removed, each \
             measurement satisfies ρ-zCDP with the ρ shown. The noise is a discrete Gaussian from the \
             OpenDP library.",
        )
        .term(
            "How the guessing figures are worked out",
            "They are the best possible rate of a guesser who starts with even odds, for Gaussian noise of \
             this size: Φ(√(2ρ) ÷ 2) (Dong, Roth and Su, 2022). They are rounded up.",
        )
        .link(Link::new("How numbers are made and judged", "/method"))
        .folded();
    Section::new("exact", "In exact words").with(&terms)
}
