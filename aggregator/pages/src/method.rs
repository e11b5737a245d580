//! Method: how intervals are made, how "real" is decided, and the definition of every indicator.

use super::Document;
use crate::{
    estimate::{
        Figure, Unit, Verdict,
        thresholds::{
            LOOKS_ALIKE_WITHIN, NO_REAL_CHANGE_WITHIN, PARITY_WITHIN, SHARE_TOO_NOISY_ABOVE,
            SHARE_USE_WITH_CARE_ABOVE, TOO_NOISY_ABOVE, USE_WITH_CARE_ABOVE,
        },
    },
    indicator::{self, Indicator},
    ui::{
        Comparison, Sentence,
        chart::{Benchmark, Foot, Framed, Order, Row, RowChart, Start},
        component::{Link, Links, Prose, Section, Terms},
        layout,
    },
};

/// The page. `numbers` gives the address of an indicator's numbers as CSV, if there are any.
pub(super) fn document(
    mut shell: layout::Shell,
    numbers: impl Fn(&Indicator) -> Option<String>,
) -> Document {
    shell.lead = vec![Sentence::words(
        "every number here is an estimate with a 95% interval, made from noisy counts that employers \
         released. This page says how, and what each indicator means",
    )];
    let mut document = Document::new(shell);
    document.section(&interval());
    document.section(&real());
    document.section(&reliability());
    document.section(&indicators(numbers));
    document.section(&refused());
    document
}

fn percent(share: f64) -> String {
    Unit::Share.text(share).replace(".0%", "%")
}

fn points(share: f64) -> String {
    format!("{:.0} points", 100.0 * share)
}

fn interval() -> Section {
    let says = [
        "each employer adds random noise of a known size to its counts before they leave. The noise is as \
         likely to add as to take away, so the estimate is right on average, and the size of the noise gives \
         the 95% interval: for 95 numbers of 100, the true one lies within it",
        "sums over categories and employers add their noises up exactly; shares, ratios and differences use \
         the noise of all their parts together. A count near 0 can come out below 0; its interval is then \
         shown from 0",
        "the interval holds the noise alone. A missing employer, a person who did not say and a record that \
         is wrong are doubts of their own, and are told in words",
    ];
    Section::new("interval", "How an interval is made")
        .with(&Prose::of(says.map(Sentence::words).to_vec()))
}

fn real() -> Section {
    let says = [
        "a change is real where the whole interval of the difference, which holds the noise of both releases, \
         lies on one side of 0"
            .to_owned(),
        format!(
            "there is no real change where that interval holds 0 and lies within {} of the earlier number; \
             otherwise we cannot tell. Of a hundred groups that did not change, some five are called real by \
             chance: look for changes that stay",
            percent(NO_REAL_CHANGE_WITHIN)
        ),
        format!(
            "a share looks like the population where its whole interval lies within {} of it, and does not \
             where the whole interval lies beyond that. A ratio is parity where its interval lies within a \
             factor of {PARITY_WITHIN} of 1",
            points(LOOKS_ALIKE_WITHIN)
        ),
    ];
    Section::new("real", "How “real” is decided")
        .with(&Prose::of(says.map(Sentence::words).to_vec()))
        .with(&example())
}

/// A drawn example with invented numbers.
fn example() -> Framed {
    const POPULATION: f64 = 0.236;
    let row = |label: &str, low: f64, high: f64| {
        let figure = Figure::level(Unit::Share, Some(f64::midpoint(low, high)), low, high);
        let verdict = Verdict::looks_like(&figure, POPULATION);
        Row::new(label, figure).compared(Comparison::of(&figure, POPULATION, Some(verdict)))
    };
    let rows = vec![
        row("Clearly lower", 0.15, 0.18),
        row("Much the same", 0.225, 0.245),
        row("Cannot tell", 0.19, 0.29),
        row("Too noisy", 0.05, 0.55),
    ];
    let chart = RowChart::new(
        "Four shares, as examples",
        ("Example", "Share"),
        Unit::Share,
        rows,
    )
    .ordered(Order::AsGiven)
    .starting(Start::Zero)
    .against(Benchmark {
        value: POPULATION,
        label: "Population".to_owned(),
    })
    .judged("Answer");
    let title = "Four shares against a population, as examples";
    Framed::around(&chart, title, "Invented numbers").behind(Foot::default())
}

fn reliability() -> Section {
    let terms = Terms::new("By the half-width of the interval")
        .term(
            "Counts",
            format!(
                "Over {} of the estimate: use with care. Over {}: too noisy to show, and only the interval \
                 is.",
                percent(USE_WITH_CARE_ABOVE),
                percent(TOO_NOISY_ABOVE)
            ),
        )
        .term(
            "Shares",
            format!(
                "Over {}: use with care, and shown in whole percents. Over {}: too noisy to show.",
                points(SHARE_USE_WITH_CARE_ABOVE),
                points(SHARE_TOO_NOISY_ABOVE)
            ),
        )
        .term(
            "Only a bound",
            "Where noise took a part of a share below nobody, there is no number: the interval says how much \
             it may be at most, or is at least.",
        )
        .term(
            "Rounding",
            "Estimates to 10, below 1,000 to 5, single people where the half-width is below 5; ends of \
             intervals outwards, so that rounding never narrows the doubt. It is the same here and in the \
             `display` of every file, whose other columns are not rounded.",
        );
    Section::new("reliability", "When a number is too noisy").with(&terms)
}

fn indicators(numbers: impl Fn(&Indicator) -> Option<String>) -> Section {
    let links = indicator::ALL.iter().map(|indicator| {
        let definition = &indicator.definition;
        Link::new(definition.title, format!("#{}", definition.name))
    });
    let section = Section::new("indicators", "Indicators").with(&Links {
        links: links.collect(),
    });
    indicator::ALL.iter().fold(section, |section, indicator| {
        let definition = &indicator.definition;
        let numbers = match numbers(indicator) {
            Some(address) => terms(indicator).link(Link::new(
                format!("Numbers of “{}”", definition.title),
                address,
            )),
            None => terms(indicator).term("Numbers", "None in these releases."),
        };
        section.with(&numbers)
    })
}

/// An indicator's definition as a list of terms.
pub(super) fn terms(indicator: &Indicator) -> Terms {
    let definition = &indicator.definition;
    let by = definition.breakdowns.iter().map(|by| {
        if by.is_empty() {
            "all together".to_owned()
        } else {
            by.join(" and ").replace('_', " ")
        }
    });
    Terms::new(definition.title)
        .id(definition.name)
        .term("Question", definition.question)
        .term("Definition", definition.definition)
        .term("Formula", definition.formula)
        .term("Of whom", definition.denominator)
        .term("Left out", definition.excluded)
        .term("Source", definition.source)
        .list(
            "Known limits",
            definition.limits.iter().map(|&limit| limit.to_owned()),
        )
        .term("Broken down by", by.collect::<Vec<_>>().join("; "))
}

fn refused() -> Section {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, reason) in indicator::REFUSED {
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, names)) => names.push(name),
            None => reasons.push((reason, vec![name])),
        }
    }
    let terms = reasons.into_iter().fold(
        Terms::new("Indicators that boards know, and why they are not here"),
        |terms, (reason, names)| {
            let mut says = reason.replace('`', "");
            if let Some(first) = says.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            terms.term(names.join(", "), says + ".")
        },
    );
    Section::new("refused", "What is not computed, and why").with(&terms)
}

#[cfg(test)]
mod tests;
