//! Gaps: what a page cannot show, and why. The reason stands in place of it, and the rest of the page stands.

use crate::{
    answer::AnswerError,
    estimator::EstimatorError,
    indicator::IndicatorError,
    ui::{
        Html, Sentence,
        component::{Card, Inset},
        markup::Part,
    },
};

/// The reason in a card or a sentence, where a release that it needs has been replaced.
const REPLACED: &str = "a release that it needs was replaced by a later one";

/// Why something is not shown, in words for readers of pages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Gap {
    words: String,
    is_of_releases: bool,
    is_replaced: bool,
}

// === impl Gap ===

impl Gap {
    /// A gap with these words, which have no capital and no full stop.
    #[must_use]
    pub fn new(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_of_releases: false,
            is_replaced: false,
        }
    }

    /// Whether other releases could have what is missing: the question itself is right.
    #[must_use]
    pub fn is_of_releases(&self) -> bool {
        self.is_of_releases
    }

    /// Whether what is missing was published once and has been replaced.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        self.is_replaced
    }

    /// The card in place of the one that is missing; `None` unless what it would show was replaced.
    #[must_use]
    pub fn card(&self, heading: &str) -> Option<Card> {
        let card = || Card::of_words(heading, "Replaced", REPLACED);
        self.is_replaced.then(card)
    }

    /// The sentence in place of the one about `of`; `None` unless what it would tell was replaced.
    #[must_use]
    pub fn sentence(&self, of: &str) -> Option<Sentence> {
        let sentence = || Sentence::words(format!("{of} is not told: {REPLACED}"));
        self.is_replaced.then(sentence)
    }

    /// The inset in place of what is missing, under the heading that it would have had.
    #[must_use]
    pub fn in_place_of(&self, heading: &str) -> Html {
        Inset::information(heading, vec![Sentence::words(&self.words)]).html()
    }
}

/// What there is to show, or an inset that says why there is nothing.
pub(super) fn or_gap(heading: &str, shown: Result<Html, Gap>) -> Html {
    shown.unwrap_or_else(|gap| gap.in_place_of(heading))
}

impl From<AnswerError> for Gap {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Indicator(error) => error.into(),
            // The release that replaced it does not help readers: it may be of another series than they asked
            // for.
            AnswerError::Replaced { .. } | AnswerError::PartReplaced { .. } => Self {
                is_replaced: true,
                ..Self::new("what stood here was replaced by a later release")
            },
            other => Self::new(other.to_string()),
        }
    }
}

impl From<IndicatorError> for Gap {
    /// Readers of a page want to know that a gap is not an error. Which table of which agreement is missing
    /// matters only to analysts, who read it in the API's words.
    fn from(error: IndicatorError) -> Self {
        let words = match &error {
            IndicatorError::Estimator(EstimatorError::NotPromised { .. }) => {
                "the agreement does not ask employers for this".to_owned()
            }
            IndicatorError::Estimator(EstimatorError::NotReleased { there, .. }) => {
                if there.is_empty() {
                    "nothing of this is released yet".to_owned()
                } else {
                    format!(
                        "this is not released for the date chosen; it is for {}",
                        there.join(", ")
                    )
                }
            }
            IndicatorError::Estimator(EstimatorError::NotInRelease { .. }) => {
                "this employer is not in any release of this".to_owned()
            }
            IndicatorError::Estimator(EstimatorError::OneEmployer { .. }) => {
                "only one employer has all that this needs, and an answer would be its own"
                    .to_owned()
            }
            other => other.to_string(),
        };
        Self {
            words,
            is_replaced: false,
            is_of_releases: matches!(
                error,
                IndicatorError::Estimator(
                    EstimatorError::NotPromised { .. }
                        | EstimatorError::NotReleased { .. }
                        | EstimatorError::NotInRelease { .. }
                        | EstimatorError::OneEmployer { .. }
                )
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_says_why_in_the_place_of_what_is_missing() {
        let gap = Gap::new("nothing of this is released yet");
        let html = or_gap("People by role", Err(gap));
        assert!(html.as_str().contains("<h3>People by role</h3>"), "{html}");
        assert!(
            html.as_str().contains("Nothing of this is released yet."),
            "{html}"
        );
    }
}
