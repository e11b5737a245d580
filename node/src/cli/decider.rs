//! Who decides, and on what ground: asked by every command whose decision stands in the ledger.

use vwis_proto::exit::Exit;

use super::{Failure, Outcome};

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
    pub(super) fn check(&self) -> Outcome {
        for (field, value) in [("--by", &self.by), ("--reason", &self.reason)] {
            let length = value.trim().chars().count();
            if !(2..=200).contains(&length) || value.chars().any(char::is_control) {
                let message = format!(
                    "{field} must be 2 to 200 characters on one line: it stands in the ledger"
                );
                return Err(Failure::new(Exit::Usage, &message));
            }
        }
        Ok(())
    }
}
