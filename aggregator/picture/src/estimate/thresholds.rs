//! Every threshold by which an answer is judged, in one place: what counts as too noisy, as no real
//! change, as alike. The method page explains them.

/// Standard deviations to either side of a 95% interval.
pub const Z_95: f64 = 1.959_964;

/// Half-width of a count's or a ratio's interval, as a share of the displayed value, above which it
/// is to be used with care.
pub const USE_WITH_CARE_ABOVE: f64 = 0.15;
/// The same, above which it is too noisy to show.
pub const TOO_NOISY_ABOVE: f64 = 0.50;

/// Half-width of a share's interval above which it is to be used with care: 5 percentage points.
pub const SHARE_USE_WITH_CARE_ABOVE: f64 = 0.05;
/// The same, above which it is too noisy to show: 20 percentage points.
pub const SHARE_TOO_NOISY_ABOVE: f64 = 0.20;

/// Half-width of a score's interval above which it is to be used with care: a tenth of the scale.
pub const SCORE_USE_WITH_CARE_ABOVE: f64 = 0.10;
/// The same, above which it is too noisy to show: the interval spans two thirds of the scale, and no
/// longer tells thin from not thin.
pub const SCORE_TOO_NOISY_ABOVE: f64 = 0.33;

/// A change whose whole interval lies within this share of the earlier value is none.
pub const NO_REAL_CHANGE_WITHIN: f64 = 0.01;

/// A share whose whole interval lies within this of a benchmark looks like it: 2 percentage points.
pub const LOOKS_ALIKE_WITHIN: f64 = 0.02;
/// A ratio whose whole interval lies within this factor of parity is parity.
pub const PARITY_WITHIN: f64 = 1.10;

/// From how many sds above 0 a count is treated as one that cannot be negative anyhow: the normal
/// distribution has a billionth of its mass beyond.
pub const CLEAR_OF_ZERO_SDS: f64 = 6.0;
