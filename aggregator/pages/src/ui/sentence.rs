//! Sentences about figures, made from the same data as the charts.
//!
//! A sentence never claims what the interval does not support, and names no number where the figure is too
//! noisy, nor a number of people below 0.

use askama::Template;

use super::{Comparison, DisplayedFigure, markup::parts};
use crate::estimate::{Figure, Unit, Verdict, thresholds::LOOKS_ALIKE_WITHIN};

/// A sentence about a number, in which the number may stand out.
///
/// It has no capital and no full stop, so that it can stand within another sentence: see [`Sentence::whole`].
/// The template gives its markup, [`Sentence::text`] its words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(path = "ui/sentence.html")]
pub struct Sentence {
    pieces: Vec<Piece>,
}

parts!(Sentence);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    words: String,
    stands_out: bool,
}

/// A sentence about a count of people or of full-time equivalents: `about 4,310 nurses and midwives in
/// Bolton, give or take 40`; near 0, `at most 65 nurses and midwives in Bolton`. `what` is in the plural.
#[must_use]
pub fn count(figure: &Figure, what: &str, of_where: &str) -> Sentence {
    let shown = DisplayedFigure::of(figure);
    let (low, high) = shown.rounded_interval();
    let of_where = spaced(of_where);
    match shown.value() {
        Some(value) if shown.is_exact() => Sentence::default()
            .strong(format!("{} {what}", shown.text(value)))
            .plain(of_where),
        Some(value) if low > 0.0 => Sentence::default()
            .plain("about ")
            .strong(format!("{} {what}", shown.text(value)))
            .plain(format!(
                "{of_where}, give or take {}",
                shown.text(shown.give_or_take())
            )),
        _ if low > 0.0 => Sentence::words(format!(
            "{} {what}{of_where}, too noisy for one number",
            shown.between()
        )),
        // Near 0 the count may be nobody or a few, and an end of 0 must not read as a count of 0. 2 is the
        // first number that takes a plural.
        _ => Sentence::words(format!(
            "at most {} {what}{of_where}",
            shown.text(high.max(2.0))
        )),
    }
}

/// A sentence about a share, rate, ratio or score: `about 17.1% of the people who said, between 14.9% and
/// 19.3%`. `of` says of what it is; it may be empty.
#[must_use]
pub fn level(figure: &Figure, of: &str) -> Sentence {
    let shown = DisplayedFigure::of(figure);
    let of = spaced(of);
    match shown.value() {
        Some(value) if shown.is_exact() => Sentence::default().strong(shown.text(value)).plain(of),
        Some(value) => Sentence::default()
            .plain("about ")
            .strong(shown.text(value))
            .plain(format!("{of}, {}", shown.between())),
        None if figure.is_shown() => Sentence::words(format!("{}{of}", shown.without_value())),
        None => Sentence::words(format!("{}{of}, too noisy for one number", shown.between())),
    }
}

/// A sentence about a change, by the difference and its verdict: `about 410 more people than in June, between
/// 300 and 520`. `what` is what is counted, in the plural; it is empty for shares. `than` is what it is
/// compared with: `than in June`.
#[must_use]
pub fn change(difference: &Figure, verdict: Verdict, what: &str, than: &str) -> Sentence {
    let shown = DisplayedFigure::of(difference);
    let words = Comparative::of(difference.unit(), what);
    let (low, high) = difference.interval();
    if verdict == Verdict::Yes && low > 0.0 {
        words.real(&shown, shown.rounded_interval(), words.more, than)
    } else if verdict == Verdict::Yes && high < 0.0 {
        let (low, high) = shown.rounded_interval();
        words.real(&shown, (-high, -low), words.fewer, than)
    } else {
        let between = words.between(&shown, than);
        let includes_none = low <= 0.0 && high >= 0.0;
        match verdict {
            Verdict::No if includes_none => Sentence::words(format!("no real change: {between}")),
            _ if includes_none => Sentence::words(format!("{between}, so we cannot tell")),
            _ => Sentence::words(between),
        }
    }
}

/// A sentence about where a figure stands against a benchmark, without the figure itself: `lower than in the
/// population (23.6%): the gap is larger than the noise`. `label` continues "than": `in the population`,
/// `among all staff`.
#[must_use]
pub fn against(figure: &Figure, benchmark: f64, label: &str, verdict: Option<Verdict>) -> Sentence {
    let shown = DisplayedFigure::of(figure);
    let held = format!("{label} ({})", exactly(figure.unit(), benchmark));
    // A ratio is held against a number of that name, a share against the share somewhere.
    let what = if figure.unit() == Unit::Ratio {
        ""
    } else {
        "what it is "
    };
    let (low, high) = figure.interval();
    Sentence::words(match Comparison::of(figure, benchmark, verdict) {
        Comparison::Lower => format!("lower than {held}: the gap is larger than the noise"),
        Comparison::Higher => format!("higher than {held}: the gap is larger than the noise"),
        Comparison::Alike if figure.unit() == Unit::Share => format!(
            "much the same as {held}: within {:.0} points of it",
            LOOKS_ALIKE_WITHIN * 100.0
        ),
        Comparison::Alike => format!("much the same as {held}"),
        Comparison::CannotTell if high < benchmark => {
            format!("lower than {held} or much the same: we cannot tell which")
        }
        Comparison::CannotTell if low > benchmark => {
            format!("higher than {held} or much the same: we cannot tell which")
        }
        Comparison::CannotTell => format!("we cannot tell it apart from {what}{held}"),
        Comparison::NoAnswer => format!(
            "the noise is too large for an answer: {}, against {what}{held}",
            shown.between()
        ),
    })
}

/// A number without doubt, in the words of its unit.
fn exactly(unit: Unit, value: f64) -> String {
    let shown = DisplayedFigure::of(&Figure::exact(unit, value));
    shown.text(value)
}

fn spaced(words: &str) -> String {
    if words.is_empty() {
        String::new()
    } else {
        format!(" {words}")
    }
}

// === impl Sentence ===

impl Sentence {
    /// A sentence of these words, none of which stands out.
    #[must_use]
    pub fn words(words: impl Into<String>) -> Self {
        Self::default().plain(words)
    }

    /// Continues the sentence with plain words.
    #[must_use]
    pub fn plain(self, words: impl Into<String>) -> Self {
        self.with(words.into(), false)
    }

    /// Continues the sentence with words that stand out.
    #[must_use]
    pub fn strong(self, words: impl Into<String>) -> Self {
        self.with(words.into(), true)
    }

    fn with(mut self, words: String, stands_out: bool) -> Self {
        if !words.is_empty() {
            self.pieces.push(Piece { words, stands_out });
        }
        self
    }

    /// Continues the sentence with `between` and another sentence.
    #[must_use]
    pub fn then(mut self, between: &str, other: Self) -> Self {
        self = self.plain(between);
        self.pieces.extend(other.pieces);
        self
    }

    /// Adds a capital and a full stop.
    #[must_use]
    pub fn whole(mut self) -> Self {
        if let Some(first) = self.pieces.first_mut() {
            let mut letters = first.words.chars();
            if let Some(letter) = letters.next() {
                first.words = letter.to_uppercase().chain(letters).collect();
            }
        }
        self.plain(".")
    }

    /// The words of the sentence, without markup.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| piece.words.as_str())
            .collect()
    }
}

/// The words for more and less, by unit.
struct Comparative {
    /// The words between the number and `more`: ` points`.
    unit: &'static str,
    more: &'static str,
    fewer: &'static str,
    /// The words after `more`: ` people`.
    what: String,
    /// Whether the unit is percentage points, in which differences of shares are told, not percent.
    is_points: bool,
}

// === impl Comparative ===

impl Comparative {
    fn of(unit: Unit, what: &str) -> Self {
        let (unit, more, fewer, is_points) = match unit {
            Unit::People | Unit::Fte | Unit::Rate => ("", "more", "fewer", false),
            Unit::Share => (" points", "higher", "lower", true),
            Unit::Ratio | Unit::Score => ("", "higher", "lower", false),
        };
        Self {
            unit,
            more,
            fewer,
            what: spaced(what),
            is_points,
        }
    }

    /// A number's amount, without its sign.
    fn amount(&self, shown: &DisplayedFigure, number: f64) -> String {
        let text = shown.text(number.abs());
        if self.is_points {
            text.trim_end_matches('%').to_owned()
        } else {
            text
        }
    }

    /// A sentence about a change that is real: its interval, `low` to `high` in the direction of the change,
    /// excludes 0.
    fn real(
        &self,
        shown: &DisplayedFigure,
        (low, high): (f64, f64),
        direction: &str,
        than: &str,
    ) -> Sentence {
        let Self { unit, what, .. } = self;
        let value = shown.value().filter(|value| *value != 0.0);
        match value {
            // Rounded outwards, the interval may reach 0 although the change is real.
            Some(value) if low > 0.0 && high.is_finite() => Sentence::default()
                .plain("about ")
                .strong(format!(
                    "{}{unit} {direction}{what}",
                    self.amount(shown, value)
                ))
                .plain(format!(
                    " {than}, between {} and {}",
                    self.amount(shown, low),
                    self.amount(shown, high)
                )),
            _ if high.is_finite() => Sentence::words(format!(
                "up to {}{unit} {direction}{what} {than}",
                self.amount(shown, high)
            )),
            _ => Sentence::words(format!("{direction}{what} {than}")),
        }
    }

    /// The words for a change from one end of the interval to the other.
    fn between(&self, shown: &DisplayedFigure, than: &str) -> String {
        let (low, high) = shown.rounded_interval();
        let Self { unit, what, .. } = self;
        let end = |number: f64| {
            let direction = if number < 0.0 { self.fewer } else { self.more };
            format!("{}{unit} {direction}", self.amount(shown, number))
        };
        if high.is_infinite() {
            return format!("at least {}{what} {than}", end(low));
        }
        if high <= 0.0 {
            let near = self.amount(shown, high);
            return format!("between {near} and {}{what} {than}", end(low));
        }
        if low >= 0.0 {
            let near = self.amount(shown, low);
            return format!("between {near} and {}{what} {than}", end(high));
        }
        format!("between {} and {}{what} {than}", end(low), end(high))
    }
}

#[cfg(test)]
mod tests;
