//! What `table` and `indicator` share: their arguments, and how they fail.

use std::sync::Arc;

use vwis_model::{agreement::Series, period::Period};

use super::{
    Exit, Failure,
    context::{self, Context},
};
use crate::{
    answer::{Answer, AnswerError, Asked},
    archive::Archive,
    cache::Archives,
    picture::{Wanted, When},
};

/// Everything released under the agreement that `--agreement` names, or under the default one for what is told
/// by series that `tells` holds of.
pub(super) async fn archive(
    agreement: Option<&str>,
    tells: impl Fn(&Series) -> bool,
    context: &mut Context,
) -> Result<Arc<Archive>, Failure> {
    let (_, store) = context.open().await?;
    let agreement = context::released_agreement(&store, agreement, true, tells, context).await?;
    let held = Archives::of(store.clone())
        .archive(&agreement, None)
        .await?;
    store.close().await;
    Ok(held.archive)
}

pub(super) fn answered(
    asked: Asked,
    archive: &Archive,
    context: &Context,
) -> Result<Answer, Failure> {
    let asked = asked.settled(archive.agreement(), None);
    let answer = asked.and_then(|asked| asked.answer(archive, None, || false));
    answer.map_err(|error| explained(error, context))
}

/// The periods that `--period` and `--up-to` ask for.
pub(super) fn when(period: Option<Period>, up_to: Option<Period>) -> Result<When, Failure> {
    When::of(period, up_to).map_err(|error| Failure::new(Exit::Usage, error))
}

/// The organisations that `--org` asks for.
pub(super) fn wanted(org: &[String]) -> Result<Wanted, Failure> {
    let wanted = Wanted::parse(org.iter().map(String::as_str));
    wanted.map_err(|error| Failure::new(Exit::Usage, format!("--org {}: {error}", org.join(","))))
}

/// Why there is no answer; where nothing is released yet, also what to type next.
fn explained(error: AnswerError, context: &Context) -> Failure {
    match error {
        AnswerError::NotYet { .. } | AnswerError::NothingReleased => {
            let next = context.command("collect --period YYYY-MM");
            Failure::new(Exit::Usage, format!("{error}: {next}"))
        }
        other => Failure::new(Exit::Usage, other),
    }
}
