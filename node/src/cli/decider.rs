//! Who decides, and on what ground: asked by every command whose decision stands in the ledger.

use vwis_host::exit::Exit;
use vwis_model::text;

use super::{Failure, Outcome};
use crate::ledger::Decided;

/// Longest name or reason that is accepted, in characters.
const MOST_CHARACTERS: usize = 200;

/// A person, by name.
#[derive(clap::Args, Debug)]
pub(super) struct Decider {
    /// Who decided, by name and office.
    #[arg(long)]
    pub(super) by: String,
    /// On what ground, such as the minutes of a board.
    #[arg(long)]
    pub(super) reason: String,
}

// === impl Decider ===

impl Decider {
    /// The decision as the ledger stores it.
    pub(super) fn decided(&self) -> Decided {
        Decided::new(&*self.by, &*self.reason)
    }

    pub(super) fn check(&self) -> Outcome {
        for (field, value) in [("--by", &self.by), ("--reason", &self.reason)] {
            let one_letter = value.chars().count() < 2;
            if let Err(problem) = text::check(value, MOST_CHARACTERS) {
                let message = format!("{field} {problem}: it stands in the ledger");
                return Err(Failure::new(Exit::Usage, &message));
            }
            if one_letter {
                let message = format!(
                    "{field} `{value}` is one letter: say who or why, it stands in the ledger"
                );
                return Err(Failure::new(Exit::Usage, &message));
            }
        }
        Ok(())
    }
}
