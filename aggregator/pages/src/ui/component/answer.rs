//! The big answer: a question, and yes, no or cannot tell.

use askama::Template;

use crate::{
    estimate::Verdict,
    ui::{Html, Sentence, chart::Foot, markup::parts},
};

/// A question with its answer, one sentence, and a drawing beside it.
#[derive(Clone, Debug, PartialEq, Template)]
#[template(path = "ui/answer.html")]
pub struct Answer {
    /// Of its own on the page.
    pub id: String,
    /// To be answered with yes or no, or with a sentence.
    pub question: String,
    /// The answer, where the question is of yes and no.
    pub answered: Option<Answered>,
    /// The sentences that say why.
    pub says: Vec<Sentence>,
    /// What is to be read beside it: what it is compared with.
    pub beside: Option<Sentence>,
    /// A number line.
    pub drawing: Option<Html>,
    /// Where its numbers are had.
    pub behind: Option<Foot>,
}

parts!(Answer);

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered(pub Verdict);

// === impl Answered ===

impl Answered {
    /// Yes, no and cannot tell, in this order always, and which of them it is.
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
