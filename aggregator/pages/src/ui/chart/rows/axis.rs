//! The axis of a row chart.

use super::super::{
    marks::{Anchor, Mark, Marks, Num},
    scale::Scale,
};

/// The most letters of a benchmark's label on one line: what a phone has room for.
const LABEL_LETTERS: usize = 24;

/// A tick that is nearer to the benchmark than this, in percent of the width, stands at its place.
const SAME_PLACE: f64 = 0.1;

/// An axis above or beneath the rows.
pub(super) struct Axis {
    pub(super) marks: Marks,
    pub(super) height: Num,
}

/// Tick labels at the height `text_y`, and short lines from `top` to `bottom`. A tick at the benchmark has no
/// label, because the benchmark has its own.
pub(super) fn ticks(
    scale: &Scale,
    benchmark: Option<f64>,
    (text_y, top, bottom): (f64, f64, f64),
) -> Marks {
    let mut marks = Marks::default();
    let last = scale.ticks().len() - 1;
    for (index, tick) in scale.ticks().enumerate() {
        let x = 100.0 * scale.at(tick);
        let anchor = match index {
            0 => Anchor::Start,
            _ if index == last => Anchor::End,
            _ => Anchor::Middle,
        };
        marks.push(Mark::line("g-grid", (x, top), (x, bottom)));
        let is_benchmark =
            benchmark.is_some_and(|value| (100.0 * scale.at(value) - x).abs() < SAME_PLACE);
        if !is_benchmark {
            let words = scale.text(tick);
            marks.push(Mark::text("t-soft t-halo", (x, text_y), anchor, words));
        }
    }
    marks
}

/// Breaks a label near the middle if it is too long for one line on a phone.
pub(super) fn two_lines(words: &str) -> Vec<String> {
    let letters = words.chars().count();
    if letters <= LABEL_LETTERS {
        return vec![words.to_owned()];
    }
    let spaces = words.char_indices().filter(|(_, c)| *c == ' ');
    let middle = words.len() / 2;
    spaces
        .min_by_key(|(place, _)| place.abs_diff(middle))
        .map_or(vec![words.to_owned()], |(place, _)| {
            vec![words[..place].to_owned(), words[place + 1..].to_owned()]
        })
}
