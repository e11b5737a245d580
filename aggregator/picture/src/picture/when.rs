//! Of when an answer is asked for: one meaning of `period`, wherever it is said.

use vwis_model::period::Period;

/// Of when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// The latest that is released.
    #[default]
    Latest,
    /// Exactly this period: `period`. What is not released for it is not answered.
    At(Period),
    /// The latest that is released up to this period: `up_to`.
    UpTo(Period),
}

/// `period` and `up_to` together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`period` is exactly that one, `up_to` the latest until then: say one of them")]
pub struct BothSaid;

// === impl When ===

impl When {
    /// From what was said.
    ///
    /// # Errors
    /// [`BothSaid`].
    pub fn of(period: Option<Period>, up_to: Option<Period>) -> Result<Self, BothSaid> {
        match (period, up_to) {
            (None, None) => Ok(Self::Latest),
            (Some(period), None) => Ok(Self::At(period)),
            (None, Some(period)) => Ok(Self::UpTo(period)),
            (Some(_), Some(_)) => Err(BothSaid),
        }
    }

    /// The last period that it lets in; none where it lets all in.
    #[must_use]
    pub fn until(self) -> Option<Period> {
        match self {
            Self::Latest => None,
            Self::At(period) | Self::UpTo(period) => Some(period),
        }
    }

    /// The one of these periods that it is of, if it is of any.
    #[must_use]
    pub fn of_those(self, released: impl IntoIterator<Item = Period>) -> Option<Period> {
        let fits = |period: &Period| match self {
            Self::Latest => true,
            Self::At(wanted) => *period == wanted,
            Self::UpTo(last) => *period <= last,
        };
        released.into_iter().filter(fits).max()
    }

    /// As `period` of an address.
    #[must_use]
    pub fn period(self) -> Option<Period> {
        match self {
            Self::At(period) => Some(period),
            Self::Latest | Self::UpTo(_) => None,
        }
    }

    /// As `up_to` of an address.
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
