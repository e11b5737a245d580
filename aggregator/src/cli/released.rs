//! What `table` and `indicator` ask with alike, and how they fail.

use vwis_proto::ods::OdsCode;

use super::{Exit, Failure, context::Context};
use crate::{
    answer::{self, Answer, AnswerError, EACH},
    archive::Archive,
    picture::{SYSTEM, Whose},
};

/// The answer of whom `--org` asks for: a sum, or each organisation side by side.
pub(super) fn answered(
    org: &[String],
    archive: &Archive,
    ask: impl Fn(&Whose) -> Result<Answer, AnswerError>,
    context: &Context,
) -> Result<Answer, Failure> {
    let answer = if org == [EACH] {
        answer::each(archive, ask)
    } else {
        ask(&whose(org)?)
    };
    answer.map_err(|error| explained(error, context))
}

/// Whose numbers `--org` asks for.
fn whose(org: &[String]) -> Result<Whose, Failure> {
    let mut codes: Vec<OdsCode> = Vec::new();
    for code in org.iter().filter(|code| *code != SYSTEM) {
        let code = code
            .parse()
            .map_err(|error| Failure::new(Exit::Usage, error))?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    if !codes.is_empty() && org.iter().any(|code| code == SYSTEM) {
        let message = "--org takes organisations, or `system`, or `each`, not several of these";
        return Err(Failure::new(Exit::Usage, message));
    }
    codes.sort_unstable();
    Ok(Whose::of(codes))
}

/// Why there is no answer; where nothing is released yet, with what to type next.
fn explained(error: AnswerError, context: &Context) -> Failure {
    match error {
        AnswerError::NotYet { .. } | AnswerError::NothingReleased => {
            let next = context.command("collect --period YYYY-MM");
            Failure::new(Exit::Usage, format!("{error}: {next}"))
        }
        other => Failure::new(Exit::Usage, other),
    }
}
