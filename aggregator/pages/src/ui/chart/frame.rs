//! What stands around every chart: what it shows, in which unit, how to read it, and what is behind.

use askama::Template;

use super::Chart;
use crate::ui::{
    Html, Sentence, Tag,
    component::{Behind, DataTable},
    markup::parts,
};

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

/// Where a chart's numbers can be had, and what is to be known of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foot {
    /// Address of the same numbers as CSV.
    pub csv: Option<String>,
    /// Address under which they will always be found.
    pub permalink: Option<String>,
    /// Source and caveats, in a sentence or two.
    pub note: String,
}

/// A mark and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A bar whose interval is thinner than its end mark.
    ThinBar,
    /// A bar with a whisker.
    Bar,
    /// A bar without doubt.
    Exact,
    /// A solid bar: spent.
    Spent,
    /// An outlined bar: agreed, not spent yet.
    Agreed,
    /// A dot with a whisker, held against nothing.
    Estimate,
    /// A filled dot.
    Clear,
    /// A hollow dot.
    Same,
    /// A hatched box.
    Noisy,
    /// A grey tick, and what it is.
    Comparator(String),
    /// A dashed line.
    Missing,
    /// A hollow dot on a line: a release with fewer employers.
    Fewer,
    /// A band around a line.
    Band,
    /// The inner band of a fan.
    NoiseBand,
    /// The outer band of a fan.
    RatesBand,
}

// === impl Key ===

impl Key {
    /// The order in which a key is read.
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
    /// A chart under a title that says what it shows, as far as the intervals support it, and a line
    /// that says unit, who and when. Where the scale does not start at 0, that line says so.
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

    /// With a verdict and a sentence above the drawing.
    #[must_use]
    pub fn saying(mut self, tag: Tag, sentence: Sentence) -> Self {
        self.verdict = Some((Some(tag), sentence));
        self
    }

    /// With a sentence above the drawing, without a verdict.
    #[must_use]
    pub fn stating(mut self, sentence: Sentence) -> Self {
        self.verdict = Some((None, sentence));
        self
    }

    /// With what is behind it.
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
