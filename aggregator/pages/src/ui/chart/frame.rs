//! The frame of every chart: title, unit, key, and a foot with the numbers behind it.

use askama::Template;

use super::Chart;
use crate::ui::{DataTable, Html, Sentence, Tag, chart::Behind, markup::parts};

/// A chart in its frame.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/figure.html")]
pub struct Framed {
    title: String,
    unit: String,
    key: Vec<Key>,
    verdict: Option<(Option<Tag>, Sentence)>,
    body: Html,
    table: Option<DataTable>,
    foot: Foot,
}

parts!(Framed);

/// Where a chart's numbers can be got, and what to know about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foot {
    /// The address of the same numbers as CSV.
    pub csv: Option<String>,
    /// The address at which the same numbers stay for ever.
    pub permalink: Option<String>,
    /// A sentence or two about source and caveats.
    pub note: String,
}

/// A mark of a chart's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A bar whose interval is thinner than its end mark.
    ThinBar,
    /// A bar with a whisker.
    Bar,
    /// A bar without doubt: an exact amount.
    Exact,
    /// A solid bar: what was spent.
    Spent,
    /// An outlined bar: what is agreed and not spent yet.
    Agreed,
    /// A dot with a whisker that is compared with nothing.
    Estimate,
    /// A filled dot: clearly different from the benchmark.
    Clear,
    /// A hollow dot: not clearly different from the benchmark.
    Same,
    /// A hatched box: too noisy to show.
    Noisy,
    /// A grey tick, and what it marks.
    Comparator(String),
    /// A dashed line: not in this release.
    Missing,
    /// A hollow dot on a line: a release with fewer employers.
    Fewer,
    /// A band around a line: the 95% interval.
    Band,
    /// The inner band of a fan: the doubt from noise alone.
    NoiseBand,
    /// The outer band of a fan: the doubt of the rates as well.
    RatesBand,
}

// === impl Key ===

impl Key {
    /// The mark's place in the key; lower ones stand first.
    pub(super) fn place(&self) -> u8 {
        match self {
            Self::ThinBar => 0,
            Self::Bar => 1,
            Self::Exact => 2,
            Self::Spent => 13,
            Self::Agreed => 14,
            Self::Estimate => 3,
            Self::Clear => 4,
            Self::Same => 5,
            Self::Band => 6,
            Self::NoiseBand => 7,
            Self::RatesBand => 8,
            Self::Fewer => 9,
            Self::Noisy => 10,
            Self::Comparator(_) => 11,
            Self::Missing => 12,
        }
    }
}

// === impl Framed ===

impl Framed {
    /// A chart with a title and a line above it. The title says what the chart shows, as far as the intervals
    /// support it. The line says the unit, whose numbers these are, and when; also if the scale does not
    /// start at 0.
    #[must_use]
    pub fn around(chart: &impl Chart, title: impl Into<String>, unit: impl Into<String>) -> Self {
        let mut unit = unit.into();
        if let Some(start) = chart.start_in_words() {
            let stop = if unit.ends_with('.') { " " } else { ". " };
            unit = format!("{unit}{stop}{start}");
        }
        Self {
            title: title.into(),
            unit,
            key: chart.key(),
            verdict: None,
            body: chart.html(),
            table: chart.table(),
            foot: Foot::default(),
        }
    }

    /// Adds a verdict and a sentence above the drawing.
    #[must_use]
    pub fn saying(mut self, tag: Tag, sentence: Sentence) -> Self {
        self.verdict = Some((Some(tag), sentence));
        self
    }

    /// Adds a sentence without a verdict above the drawing.
    #[must_use]
    pub fn stating(mut self, sentence: Sentence) -> Self {
        self.verdict = Some((None, sentence));
        self
    }

    /// Adds the foot, which says where the numbers can be got.
    #[must_use]
    pub fn behind(mut self, foot: Foot) -> Self {
        self.foot = foot;
        self
    }

    fn behind_it(&self) -> Behind<'_> {
        Behind {
            title: &self.title,
            table: self.table.as_ref(),
            foot: &self.foot,
        }
    }
}
