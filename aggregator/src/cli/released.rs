//! What `table` and `indicator` ask with alike, and how they fail.

use vwis_proto::ods::OdsCode;

use super::{Exit, Failure, context::Context};
use crate::{
    answer::AnswerError,
    picture::{SYSTEM, Whose},
};

/// Whose numbers `--org` asks for.
pub(super) fn whose(org: &[String]) -> Result<Whose, Failure> {
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
        let message = "--org takes organisations or `system`, not both";
        return Err(Failure::new(Exit::Usage, message));
    }
    codes.sort_unstable();
    Ok(Whose::of(codes))
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
