//! The axis of a row chart.

use super::super::{
    marks::{Anchor, Mark, Marks, Num},
    scale::Scale,
};

/// The longest label of a benchmark on one line, in letters: what a phone has room for.
const LABEL_LETTERS: usize = 24;

/// In percent of the width: what is nearer than this stands at the same place.
const SAME_PLACE: f64 = 0.1;

/// An axis drawn above or beneath the rows.
pub(super) struct Axis {
    pub(super) marks: Marks,
    pub(super) height: Num,
}

/// Tick labels at a height, and short lines between two others. A tick where the benchmark stands, which
/// has a label of its own, has none.
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

/// Broken near the middle if it is too long for a phone.
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
