//! A number in any unit with its doubt: every answer consists of these.

use serde::Serialize;
use vwis_model::agreement::Measure;

use super::{
    DisplayedFigure, Estimate, Reliability,
    thresholds::{
        SCORE_TOO_NOISY_ABOVE, SCORE_USE_WITH_CARE_ABOVE, SHARE_TOO_NOISY_ABOVE,
        SHARE_USE_WITH_CARE_ABOVE, TOO_NOISY_ABOVE, USE_WITH_CARE_ABOVE,
    },
};

/// The unit that a figure counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// People by employer: someone who works for two employers is counted twice.
    People,
    /// Whole-time equivalents.
    Fte,
    /// A part of a whole, 0 to 1.
    Share,
    /// One quantity divided by another; 0 or more.
    Ratio,
    /// The people who come or go within a year, divided by the average stock: 0 or more, and above 1 if more
    /// left than were there on average.
    Rate,
    /// A judgement on a scale between two stated thresholds, 0 to 1.
    Score,
}

/// A value, its 95% interval, and how far it can be relied on.
///
/// `value` is the unrounded estimate; there is none where it is undefined, as for a share of nobody. `lower`
/// and `upper` are as shown: counts, shares and ratios do not go below 0, nor shares above 1. `upper` is
/// infinite where nothing bounds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    unit: Unit,
    value: Option<f64>,
    sd: Option<f64>,
    lower: f64,
    upper: f64,
    /// Half the width of the interval, for counts and balances before clamping.
    half_width: f64,
    kind: Kind,
    /// Noise took a part of the whole below 0 people, so `value` is a limit (a share of 0 or 1) and no
    /// estimate.
    is_at_end: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A quantity that cannot be negative: a count, share, ratio, rate or score.
    Level,
    /// The share of a whole that is left over; below 0 where more is filled than there was.
    Balance,
    /// A difference of two quantities: a verdict judges its doubt, not its own size.
    Difference,
}

// === impl Unit ===

impl Unit {
    /// The unit of a measure's counts.
    #[must_use]
    pub fn of(measure: Measure) -> Self {
        match measure {
            Measure::Headcount => Self::People,
            Measure::Fte => Self::Fte,
        }
    }

    /// The code in files and JSON, such as `people`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Fte => "fte",
            Self::Share => "share",
            Self::Ratio => "ratio",
            Self::Rate => "rate",
            Self::Score => "score",
        }
    }

    /// A value in this unit as people read it: `1,234`, `12.5`, `17.1%`, `1.46`.
    #[must_use]
    pub fn text(self, value: f64) -> String {
        written(self, value, self.decimals())
    }

    /// How many decimals people are shown of an exact or good value.
    pub(super) fn decimals(self) -> usize {
        match self {
            Self::People => 0,
            Self::Fte | Self::Share | Self::Rate => 1,
            Self::Ratio | Self::Score => 2,
        }
    }

    /// By how many decimals the unrounded value is longer than its text: 2 where the text is in percent.
    pub(super) fn places_of_percent(self) -> usize {
        match self {
            Self::Share | Self::Rate => 2,
            Self::People | Self::Fte | Self::Ratio | Self::Score => 0,
        }
    }

    /// The smallest step that people are shown.
    #[must_use]
    pub fn step(self) -> f64 {
        match self {
            Self::People => 1.0,
            Self::Fte => 0.1,
            Self::Share | Self::Rate => 0.001,
            Self::Ratio | Self::Score => 0.01,
        }
    }

    /// The largest value that the unit allows.
    fn most(self) -> f64 {
        match self {
            Self::Share | Self::Score => 1.0,
            Self::People | Self::Fte | Self::Ratio | Self::Rate => f64::INFINITY,
        }
    }
}

/// A value with this many decimals; thousands are set apart, shares and rates are in percent.
pub(super) fn written(unit: Unit, value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "no limit".to_owned();
    }
    // Turn the negative zero into 0.
    let value = if value == 0.0 { 0.0 } else { value };
    match unit {
        Unit::People | Unit::Fte => grouped(&format!("{value:.decimals$}")),
        Unit::Share | Unit::Rate => format!("{:.decimals$}%", value * 100.0),
        Unit::Ratio | Unit::Score => format!("{value:.decimals$}"),
    }
}

/// Sets thousands apart by commas.
fn grouped(number: &str) -> String {
    let (sign, digits) = number
        .strip_prefix('-')
        .map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = String::from(
        if whole == "0" && fraction.trim_matches(['.', '0']).is_empty() {
            ""
        } else {
            sign
        },
    );
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

// === impl Figure ===

impl From<Estimate> for Figure {
    fn from(estimate: Estimate) -> Self {
        let (lower, upper) = estimate.clamped_interval();
        Self {
            unit: Unit::of(estimate.measure),
            value: Some(estimate.value()),
            sd: Some(estimate.sd()),
            lower,
            upper,
            half_width: estimate.half_width(),
            kind: Kind::Level,
            is_at_end: false,
        }
    }
}

impl Figure {
    /// A level (count, share, ratio, rate or score) with its own interval. Both are clamped to what the unit
    /// allows, and `value` to the interval.
    #[must_use]
    pub fn level(unit: Unit, value: Option<f64>, lower: f64, upper: f64) -> Self {
        let most = unit.most();
        let (lower, upper) = (lower.clamp(0.0, most), upper.clamp(0.0, most));
        Self {
            unit,
            value: value.map(|value| value.clamp(lower, upper)),
            sd: None,
            lower,
            upper,
            half_width: (upper - lower) / 2.0,
            kind: Kind::Level,
            is_at_end: false,
        }
    }

    /// A figure without noise: published, or computed from assumptions alone.
    #[must_use]
    pub fn exact(unit: Unit, value: f64) -> Self {
        Self::level(unit, Some(value), value, value)
    }

    /// A share that may be below 0, such as a vacancy rate where more people are in post than posts are
    /// funded. It is never above 1.
    #[must_use]
    pub fn balance(value: f64, lower: f64, upper: f64) -> Self {
        let half_width = (upper - lower) / 2.0;
        let upper = upper.min(1.0);
        Self {
            unit: Unit::Share,
            value: Some(value.min(upper)),
            sd: None,
            lower: lower.min(upper),
            upper,
            half_width,
            kind: Kind::Balance,
            is_at_end: false,
        }
    }

    /// A signed difference of two levels; it has no value if one of the two has none.
    #[must_use]
    pub fn difference(unit: Unit, value: impl Into<Option<f64>>, lower: f64, upper: f64) -> Self {
        Self {
            unit,
            value: value.into(),
            sd: None,
            lower,
            upper,
            half_width: (upper - lower) / 2.0,
            kind: Kind::Difference,
            is_at_end: false,
        }
    }

    /// Adds the standard deviation of the noise.
    #[must_use]
    pub fn with_sd(mut self, sd: f64) -> Self {
        self.sd = Some(sd);
        self
    }

    /// Marks a value that noise took to the limit of its unit: the interval is shown, and no number.
    #[must_use]
    pub(super) fn at_end(mut self, is_at_end: bool) -> Self {
        self.is_at_end = is_at_end;
        self
    }

    /// Reads the same number in another unit.
    pub(super) fn in_unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    /// The unit that the figure counts in.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The estimate, unrounded; a count's may be negative.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.value
    }

    /// The standard deviation of the noise; only counts and their differences have one.
    #[must_use]
    pub fn sd(&self) -> Option<f64> {
        self.sd
    }

    /// The 95% interval as shown; its upper end may be infinite.
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        (self.lower, self.upper)
    }

    /// Half the width of the interval: of counts and balances before clamping, of all others as shown.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        self.half_width
    }

    /// How far the figure can be relied on; `None` for a difference, which has a verdict instead.
    #[must_use]
    pub fn reliability(&self) -> Option<Reliability> {
        if self.kind == Kind::Difference {
            return None;
        }
        let Some(value) = self.value else {
            return Some(Reliability::TooNoisyToShow);
        };
        let by_width = self.by_width(value);
        let is_bound = self.is_at_end && by_width != Reliability::TooNoisyToShow;
        Some(if is_bound {
            Reliability::OnlyABound
        } else {
            by_width
        })
    }

    fn by_width(&self, value: f64) -> Reliability {
        match self.unit {
            Unit::Share => Reliability::by(
                self.half_width,
                SHARE_USE_WITH_CARE_ABOVE,
                SHARE_TOO_NOISY_ABOVE,
            ),
            Unit::Score => Reliability::by(
                self.half_width,
                SCORE_USE_WITH_CARE_ABOVE,
                SCORE_TOO_NOISY_ABOVE,
            ),
            Unit::People | Unit::Fte => {
                let shown = value.max(1.0);
                Reliability::by(
                    self.half_width / shown,
                    USE_WITH_CARE_ABOVE,
                    TOO_NOISY_ABOVE,
                )
            }
            // Exactly 0 without doubt is as good as any other number.
            Unit::Ratio | Unit::Rate if self.half_width == 0.0 => Reliability::Good,
            Unit::Ratio | Unit::Rate => Reliability::by(
                self.half_width / value,
                USE_WITH_CARE_ABOVE,
                TOO_NOISY_ABOVE,
            ),
        }
    }

    /// Whether to show the figure as more than an interval that says nothing: readers believe any number
    /// shown.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.value.is_some() && self.reliability() != Some(Reliability::TooNoisyToShow)
    }

    /// The value if it may be shown as a number; `None` where it is too noisy, and where noise took a part
    /// below 0 people.
    #[must_use]
    pub fn point(&self) -> Option<f64> {
        self.value.filter(|_| self.is_shown() && !self.is_at_end)
    }

    /// The value as people are shown it ([`DisplayedFigure`]): rounded, and within its interval.
    #[must_use]
    pub fn display(&self) -> Option<f64> {
        DisplayedFigure::of(self).value()
    }

    /// [`Self::display`] as text; `–` where there is nothing to show.
    #[must_use]
    pub fn display_text(&self) -> String {
        DisplayedFigure::of(self)
            .value_text()
            .unwrap_or_else(|| "–".to_owned())
    }

    /// The interval as text. Its ends are rounded outwards, so rounding never narrows it.
    #[must_use]
    pub fn interval_text(&self) -> String {
        DisplayedFigure::of(self).interval_text()
    }
}

#[cfg(test)]
mod tests;
