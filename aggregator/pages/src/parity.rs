//! Ratios that are held against parity, which is 1.

use super::{IndicatorAnswer, charts};
use crate::{
    estimate::{Unit, Verdict},
    indicator::Finding,
    ui::{
        Comparison, Html, Sentence,
        chart::{Benchmark, Order, Row, RowChart, Start},
        component::{Answer, Answered},
        markup::Part,
        sentence,
    },
};

/// The answer whether a ratio is about 1. `beside` says what 1 means.
pub(super) fn is_shared(
    answer: &IndicatorAnswer,
    found: &Finding,
    (id, question): (&str, &str),
    beside: &str,
) -> Answer {
    let answered = match Comparison::of(&found.figure, 1.0, found.verdict) {
        Comparison::Alike => Verdict::Yes,
        Comparison::Lower | Comparison::Higher => Verdict::No,
        Comparison::CannotTell | Comparison::NoAnswer => Verdict::CannotTell,
    };
    Answer {
        id: id.to_owned(),
        question: question.to_owned(),
        answered: Some(Answered(answered)),
        says: vec![
            Sentence::words("the ratio is ").then("", sentence::level(&found.figure, "")),
            sentence::against(&found.figure, 1.0, "parity", found.verdict),
        ],
        beside: Some(Sentence::words(beside)),
        drawing: None,
        behind: Some(answer.foot("")),
    }
}

/// The row of a ratio.
pub(super) fn row(label: &str, found: &Finding) -> Row {
    let comparison = Comparison::of(&found.figure, 1.0, found.verdict);
    Row::new(label, found.figure).compared(comparison)
}

/// The rows on a scale on which a half is as far from 1 as twice. `heading` says what a row is.
pub(super) fn chart(
    answer: &IndicatorAnswer,
    rows: Vec<Row>,
    (title, heading): (&str, &str),
    unit: &str,
    note: &str,
) -> Html {
    let chart = RowChart::new(title, (heading, "Ratio"), Unit::Ratio, rows)
        .ordered(Order::AsGiven)
        .starting(Start::Multiples)
        .against(Benchmark {
            value: 1.0,
            label: "Parity".to_owned(),
        })
        .judged("Against parity");
    charts::framed(answer, &chart, title, unit, note).html()
}
