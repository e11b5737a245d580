//! What `table` and `indicator` ask with alike, and how they fail.

use super::{Exit, Failure, context::Context};
use crate::{
    answer::{self, Answer, AnswerError},
    archive::Archive,
    picture::{Wanted, Whose},
};

/// The answer of whom `--org` asks for: a sum, or each organisation side by side.
pub(super) fn answered(
    org: &[String],
    archive: &Archive,
    ask: impl Fn(&Whose) -> Result<Answer, AnswerError>,
    context: &Context,
) -> Result<Answer, Failure> {
    let answer = match wanted(org)? {
        Wanted::Each => answer::each(archive, ask),
        Wanted::Sum(whose) => ask(&whose),
    };
    answer.map_err(|error| explained(error, context))
}

/// Whom `--org` asks for.
pub(super) fn wanted(org: &[String]) -> Result<Wanted, Failure> {
    let wanted = Wanted::parse(org.iter().map(String::as_str));
    wanted.map_err(|error| Failure::new(Exit::Usage, format!("--org {}: {error}", org.join(","))))
}

/// Why there is no answer; where nothing is released yet, with what to type next.
pub(super) fn explained(error: AnswerError, context: &Context) -> Failure {
    match error {
        AnswerError::NotYet { .. } | AnswerError::NothingReleased => {
            let next = context.command("collect --period YYYY-MM");
            Failure::new(Exit::Usage, format!("{error}: {next}"))
        }
        other => Failure::new(Exit::Usage, other),
    }
}
