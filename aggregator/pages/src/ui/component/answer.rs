//! An answer in large letters: a question, and yes, no or cannot tell.

use askama::Template;

use crate::{
    estimate::Verdict,
    ui::{Html, Sentence, chart::Foot, markup::parts},
};

/// A question with its answer, one sentence, and a drawing beside it.
#[derive(Clone, Debug, PartialEq, Template)]
#[template(path = "ui/answer.html")]
pub struct Answer {
    /// The answer's id, unique on the page.
    pub id: String,
    /// The question, which has the answer yes or no, or a sentence.
    pub question: String,
    /// The answer to a yes-or-no question; `None` for other questions.
    pub answered: Option<Answered>,
    /// The sentences that say why.
    pub says: Vec<Sentence>,
    /// What to read beside the answer: what the figure is compared with.
    pub beside: Option<Sentence>,
    /// The number line of the figure.
    pub drawing: Option<Html>,
    /// Where the numbers can be got.
    pub behind: Option<Foot>,
}

parts!(Answer);

/// The verdict that answers a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered(pub Verdict);

// === impl Answered ===

impl Answered {
    /// Yes, no and cannot tell, always in this order, and for each whether it is the answer.
    fn all(self) -> [(&'static str, bool); 3] {
        [
            ("Yes", self.0 == Verdict::Yes),
            ("No", self.0 == Verdict::No),
            ("Cannot tell", self.0 == Verdict::CannotTell),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::markup::Part;

    #[test]
    fn exactly_one_answer_is_given_and_the_others_are_kept_from_screen_readers() {
        for verdict in [Verdict::Yes, Verdict::No, Verdict::CannotTell] {
            let answer = Answer {
                id: "q".to_owned(),
                question: "Does it look like Bolton?".to_owned(),
                answered: Some(Answered(verdict)),
                says: vec![Sentence::words("it does")],
                beside: None,
                drawing: None,
                behind: None,
            };
            let html = answer.html();
            assert_eq!(html.as_str().matches("class=\"is\"").count(), 1);
            assert_eq!(html.as_str().matches("aria-hidden").count(), 2);
            assert!(html.as_str().contains("It does."), "{html}");
        }
    }
}
