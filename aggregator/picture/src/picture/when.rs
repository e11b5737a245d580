//! The period that an answer is asked for: `period` and `up_to` mean the same wherever they are said.

use vwis_model::period::Period;

/// The period that is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// The latest period that is released.
    #[default]
    Latest,
    /// Exactly this period, asked for with `period`. There is no answer if it is not released.
    At(Period),
    /// The latest released period up to this one, asked for with `up_to`.
    UpTo(Period),
}

/// A request has both `period` and `up_to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`period` is exactly that one, `up_to` the latest until then: say one of them")]
pub struct BothSaid;

// === impl When ===

impl When {
    /// The meaning of a request's `period` and `up_to`.
    ///
    /// # Errors
    /// [`BothSaid`] where the request has both.
    pub fn of(period: Option<Period>, up_to: Option<Period>) -> Result<Self, BothSaid> {
        match (period, up_to) {
            (None, None) => Ok(Self::Latest),
            (Some(period), None) => Ok(Self::At(period)),
            (None, Some(period)) => Ok(Self::UpTo(period)),
            (Some(_), Some(_)) => Err(BothSaid),
        }
    }

    /// The last period that is allowed; `None` where all are.
    #[must_use]
    pub fn until(self) -> Option<Period> {
        match self {
            Self::Latest => None,
            Self::At(period) | Self::UpTo(period) => Some(period),
        }
    }

    /// The latest of these periods that is allowed, if any is.
    #[must_use]
    pub fn of_those(self, released: impl IntoIterator<Item = Period>) -> Option<Period> {
        let fits = |period: &Period| match self {
            Self::Latest => true,
            Self::At(wanted) => *period == wanted,
            Self::UpTo(last) => *period <= last,
        };
        released.into_iter().filter(fits).max()
    }

    /// The value of `period` in an address.
    #[must_use]
    pub fn period(self) -> Option<Period> {
        match self {
            Self::At(period) => Some(period),
            Self::Latest | Self::UpTo(_) => None,
        }
    }

    /// The value of `up_to` in an address.
    #[must_use]
    pub fn up_to(self) -> Option<Period> {
        match self {
            Self::UpTo(period) => Some(period),
            Self::Latest | Self::At(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_exactly_that_one_and_up_to_the_latest_until_then() {
        let period = |text: &str| text.parse::<Period>().unwrap();
        let released = ["2026-03", "2026-09"].map(period);
        let of = |when: When| when.of_those(released);
        assert_eq!(of(When::Latest), Some(released[1]));
        assert_eq!(of(When::At(period("2026-06"))), None);
        assert_eq!(of(When::At(released[0])), Some(released[0]));
        assert_eq!(of(When::UpTo(period("2026-06"))), Some(released[0]));
        assert_eq!(of(When::UpTo(period("2025-12"))), None);
        assert_eq!(
            When::of(Some(released[0]), Some(released[1])),
            Err(BothSaid)
        );
    }
}
