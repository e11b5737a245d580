//! What a page cannot show, and why: said in its place, while the rest of the page stands.

use crate::{
    answer::AnswerError,
    facts::FactsError,
    indicator::IndicatorError,
    ui::{
        Html, Sentence,
        component::{Card, Inset},
        markup::Part,
    },
};

/// In a card or a sentence, where the release that it needs is not what is published any more.
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
    /// In these words, without capital and full stop.
    #[must_use]
    pub fn new(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_of_releases: false,
            is_replaced: false,
        }
    }

    /// Whether other releases could have it: nothing of what was asked for is wrong.
    #[must_use]
    pub fn is_of_releases(&self) -> bool {
        self.is_of_releases
    }

    /// Whether it was published once, and replaced.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        self.is_replaced
    }

    /// In the place of a card: where what it would show was replaced, it says so.
    #[must_use]
    pub fn card(&self, heading: &str) -> Option<Card> {
        let card = || Card::of_words(heading, "Replaced", REPLACED);
        self.is_replaced.then(card)
    }

    /// In the place of a sentence, likewise: `of` is what it would tell.
    #[must_use]
    pub fn sentence(&self, of: &str) -> Option<Sentence> {
        let sentence = || Sentence::words(format!("{of} is not told: {REPLACED}"));
        self.is_replaced.then(sentence)
    }

    /// In place of what is missing, under the heading that this would have had.
    #[must_use]
    pub fn in_place_of(&self, heading: &str) -> Html {
        Inset::information(heading, vec![Sentence::words(&self.words)]).html()
    }
}

/// What there is to show, or why there is nothing.
pub(super) fn or_gap(heading: &str, shown: Result<Html, Gap>) -> Html {
    shown.unwrap_or_else(|gap| gap.in_place_of(heading))
}

impl From<AnswerError> for Gap {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Indicator(error) => error.into(),
            // By which is no matter for readers: it may be of another series than they asked for.
            AnswerError::Replaced { .. } | AnswerError::PartReplaced { .. } => Self {
                is_replaced: true,
                ..Self::new("what stood here was replaced by a later release")
            },
            other => Self::new(other.to_string()),
        }
    }
}

impl From<IndicatorError> for Gap {
    /// Which table of which agreement is missing matters to analysts, who read it in the API's words;
    /// a reader of a page wants to know that it is not an error.
    fn from(error: IndicatorError) -> Self {
        let words = match &error {
            IndicatorError::Facts(FactsError::NotPromised { .. }) => {
                "the agreement does not ask employers for this".to_owned()
            }
            IndicatorError::Facts(FactsError::NotReleased { there, .. }) => {
                if there.is_empty() {
                    "nothing of this is released yet".to_owned()
                } else {
                    format!(
                        "this is not released for the date chosen; it is for {}",
                        there.join(", ")
                    )
                }
            }
            IndicatorError::Facts(FactsError::NotInRelease { .. }) => {
                "this employer is not in any release of this".to_owned()
            }
            IndicatorError::Facts(FactsError::OneEmployer { .. }) => {
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
                IndicatorError::Facts(
                    FactsError::NotPromised { .. }
                        | FactsError::NotReleased { .. }
                        | FactsError::NotInRelease { .. }
                        | FactsError::OneEmployer { .. }
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
