//! Privacy: what a person is exposed to, what leaves an employer, and who spent how much.

mod spent;

use std::collections::BTreeMap;

use vwis_model::{
    here,
    ods::OdsCode,
    period::{FinancialYear, Period},
    rho::{DISPLAY_DELTA, Rho},
};

use super::{Choices, Document, Gap, Reading, View, guess::right_in_100, head, words};
use crate::{
    export::canonical::BASE,
    spending::{self, Spent},
    ui::{
        Sentence,
        component::{
            Answer, Chance, Choice, Columns, Filters, Hundreds, Inset, Layout, Link, Section, Step,
            Steps, Take, Terms,
        },
        layout,
        markup::Part,
    },
};

/// Below this many right guesses in 100 at best, the page says that one can learn little.
const LITTLE_BELOW: f64 = 75.0;

/// What was agreed and spent in one financial year.
struct Account {
    year: FinancialYear,
    agreed: Rho,
    spent: BTreeMap<OdsCode, Spent>,
    /// The ρ of the employer that spent the most.
    most: Rho,
    /// The financial year in which the most is agreed, with that ρ.
    fullest: (FinancialYear, Rho),
}

pub(super) fn document(reading: &Reading<'_>) -> Result<Document, Gap> {
    let heading = "Privacy";
    let until = reading.period().or(reading.archive().latest_period());
    let until = until.ok_or_else(|| Gap::new("nothing is released under this agreement yet"))?;
    let year = Account::of(reading, until.financial_year());
    let mut shell = head::shell(reading, layout::Section::Privacy, heading);
    shell.lead = vec![Sentence::words(
        "no record about a person leaves their employer. Each employer counts its own staff, adds random \
         noise to the counts, and sends only those. The noise is why every number here has an interval",
    )];
    shell.meta = vec![
        format!("Financial year {}", year.year),
        format!("Agreed: ρ {} for each employer", words::rho(year.agreed)),
        format!("Agreement: {}", reading.agreement().name()),
    ];
    let mut document = Document::new(shell);
    document.push(&years(reading, until));
    document.push(&what_could_someone_learn(&year));
    document.section(&hundreds(&year));
    document.section(&what_leaves());
    document.section(&spent::by_whom(reading, &year));
    document.section(&spent::what_it_buys(reading, &year));
    document.section(&not_covered());
    document.section(&exact_words());
    document.push(&take(reading, &year));
    Ok(document)
}

// === impl Account ===

impl Account {
    fn of(reading: &Reading<'_>, year: FinancialYear) -> Self {
        let agreement = reading.agreement();
        let agreed = spending::agreed(agreement, year);
        let spent = spending::spent(agreement, reading.archive().held(), year);
        Self {
            year,
            agreed,
            most: spent.values().map(|one| one.rho).max().unwrap_or(Rho::ZERO),
            spent,
            fullest: spending::fullest(agreement).unwrap_or((year, agreed)),
        }
    }
}

/// The form to choose a financial year, with the years that have a release.
fn years(reading: &Reading<'_>, until: Period) -> Filters {
    let releases = reading.archive().releases().iter();
    let last_of: BTreeMap<FinancialYear, Period> = releases
        .map(|archived| archived.release.period)
        .map(|period| (period.financial_year(), period))
        .collect();
    let chosen = last_of.get(&until.financial_year()).unwrap_or(&until);
    Filters {
        action: View::Privacy.path(),
        kept: head::kept_beside(reading, "period"),
        choices: vec![Choice {
            name: "period".to_owned(),
            label: "Financial year".to_owned(),
            chosen: chosen.to_string(),
            options: last_of
                .iter()
                .rev()
                .map(|(year, last)| (last.to_string(), year.to_string()))
                .collect(),
        }],
    }
}

fn take(reading: &Reading<'_>, year: &Account) -> Take {
    let permalink = head::permalink(reading, &View::Privacy);
    Take {
        links: vec![
            Link::new(
                "All releases and their downloads",
                reading.link(&View::Releases(Choices::default())),
            ),
            Link::new("All releases (JSON)", format!("{BASE}/releases")),
        ],
        cite: format!(
            "Virtual Workforce Information System, {}. Privacy, financial year {}. Exact figures of the \
             system. {permalink}",
            here::place().name(),
            year.year
        ),
        permalink,
    }
}

/// Right guesses in 100, rounded up so that no exposure is shown smaller than it is.
fn in_100(rho: Rho) -> String {
    format!("{:.0}", (right_in_100(rho) - 1e-9).ceil())
}

fn what_could_someone_learn(year: &Account) -> Answer {
    let (fullest, most_agreed) = year.fullest;
    let little = if right_in_100(year.most.max(most_agreed)) < LITTLE_BELOW {
        "little, and never more than a set limit"
    } else {
        "less than they could be sure of, and never more than a set limit"
    };
    let so_far = Sentence::words(format!(
        "with everything released for {}, at most ",
        year.year
    ))
    .strong(format!("{} times in 100", in_100(year.most)));
    let all = if fullest == year.year && in_100(most_agreed) == in_100(year.most) {
        Sentence::words("in no year is more agreed")
    } else {
        let all = format!("with all that is agreed for the fullest year, {fullest}, ");
        Sentence::words(all).strong(in_100(most_agreed))
    };
    Answer {
        id: "learn".to_owned(),
        question: "What could someone learn about me?".to_owned(),
        answered: None,
        says: vec![
            Sentence::words(little),
            Sentence::words(
                "suppose someone already knew every other member of staff and wanted to know only \
                 whether you are in the data. Tossing a coin, they would be right 50 times in 100",
            ),
            so_far,
            all,
        ],
        beside: None,
        drawing: None,
        behind: None,
    }
}

fn hundreds(year: &Account) -> Section {
    let of = |rho: Rho, what: &str| {
        let exact = format!("ρ\u{a0}{}, ε\u{a0}{:.2}", words::rho(rho), rho.epsilon());
        Chance::new(right_in_100(rho), format!("{what} ({exact})"))
    };
    let mut chances = vec![Chance::new(50.0, "With no data at all: a coin toss")];
    let so_far = format!("With everything released for {} so far", year.year);
    chances.push(of(year.most, &so_far));
    let (fullest, agreed) = year.fullest;
    let what = format!("With all releases agreed for one year, {fullest}");
    chances.push(of(agreed, &what));
    Section::new("guess", "How often a guess about you would be right")
        .saying(Sentence::words(
            "at best, for the strongest possible guesser. Someone who knows less does worse",
        ))
        .with(&Hundreds { chances })
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

fn not_covered() -> Section {
    let caveats = [
        (
            "More than one employer",
            "someone with two employers appears in two sets of counts, so their exposure is up to twice the \
             ρ shown; with k employers, k times",
        ),
        (
            "A changed detail",
            "the promise is about being in the data at all. Learning one detail of someone known to be in it \
             can cost more: about twice the ρ shown, and never more than four times",
        ),
        (
            "Year after year",
            "the figures are of one year and one agreement; years and agreements add up. Each employer’s \
             lifetime total is in its own statement",
        ),
        (
            "Facts about groups",
            "these pages can show that a group is large or small. What that suggests about its members holds \
             whether or not your own record was counted",
        ),
    ];
    let caveats =
        caveats.map(|(heading, says)| Inset::caveat(heading, vec![Sentence::words(says)]).html());
    Section::new("not", "What the promise does not cover")
        .with(&Columns::of(Layout::Halves, caveats.to_vec()))
}

fn exact_words() -> Section {
    let terms = Terms::new("ρ, ε, the statement, and how the guessing figures are worked out")
        .term(
            "What ρ and ε mean",
            format!(
                "ρ (rho) is the privacy loss of zero-concentrated differential privacy (Bun and Steinke, \
                 2016). Losses add up exactly, so ledgers are kept in ρ, and charges are rounded up. ε \
                 (epsilon) is worked out from ρ for comparison with other systems, at δ = {DISPLAY_DELTA}."
            ),
        )
        .term(
            "The statement",
            "For any two data sets that differ in one person at one employer, added or removed, each \
             measurement of a series satisfies ρ-zCDP with the ρ shown. Series and periods add up, and so do \
             years. The noise is a discrete Gaussian.",
        )
        .term(
            "How the guessing figures are worked out",
            "They are the best possible rate of a guesser who starts with even odds: 1/2 + TV/2, where TV is \
             the total variation distance between what is released with a person and without. For Gaussian \
             noise this is Φ(√(2ρ) ÷ 2) (Dong, Roth and Su, 2022). They are rounded up.",
        )
        .link(Link::new("How numbers are made and judged", "/method"))
        .folded();
    Section::new("exact", "In exact words").with(&terms)
}

#[cfg(test)]
mod tests;
