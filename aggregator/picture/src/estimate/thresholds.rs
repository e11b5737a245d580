//! Every threshold by which an answer is judged: what is too noisy, what is no real change, what is alike.
//! The method page explains them.

/// Half-width of a 95% interval, in standard deviations.
pub const Z_95: f64 = 1.959_964;

/// Half-width of a count's, a ratio's or a rate's interval, as a share of the value, above which it is to be
/// used with care.
pub const USE_WITH_CARE_ABOVE: f64 = 0.15;
/// Half-width of the same interval, as a share of the value, above which the figure is too noisy to show.
pub const TOO_NOISY_ABOVE: f64 = 0.50;

/// Half-width of a share's interval above which it is to be used with care: 5 percentage points.
pub const SHARE_USE_WITH_CARE_ABOVE: f64 = 0.05;
/// Half-width of a share's interval above which it is too noisy to show: 20 percentage points.
pub const SHARE_TOO_NOISY_ABOVE: f64 = 0.20;

/// Half-width of a score's interval above which it is to be used with care: a tenth of the scale.
pub const SCORE_USE_WITH_CARE_ABOVE: f64 = 0.10;
/// Half-width of a score's interval above which it is too noisy to show: such an interval spans two thirds of
/// the scale and no longer tells a thin team from one that is not.
pub const SCORE_TOO_NOISY_ABOVE: f64 = 0.33;

/// A change is none if its whole interval lies within this share of the earlier value.
pub const NO_REAL_CHANGE_WITHIN: f64 = 0.01;

/// A share looks like a benchmark if its whole interval lies within this distance of it: 2 percentage points.
pub const LOOKS_ALIKE_WITHIN: f64 = 0.02;
/// A ratio is parity if its whole interval lies within this factor of 1.
pub const PARITY_WITHIN: f64 = 1.10;

/// How many sds above 0 a count must be for truncation at 0 not to matter: a billionth of the normal
/// distribution lies beyond.
pub const CLEAR_OF_ZERO_SDS: f64 = 6.0;
