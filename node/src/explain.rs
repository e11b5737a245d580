//! What people need to decide by, as plain values: what an agreement says and costs, what changed
//! since the version before, and the statement of the privacy budget.
//!
//! ```text
//! agreement, ledger, periods held ─► Explanation ─► `agreement show`
//!                      (today)    ─► Statement   ─► `budget`
//! ```
//!
//! **Architecture invariant**: pure, and free of counts. Nothing here reads a staff record: the commands
//! themselves fetch what they show of this organisation's own numbers, for a terminal only. The commands also
//! choose the layout.

mod change;
mod explanation;
mod groups;
mod outlook;
mod statement;
mod table;

pub use change::{Change, changes};
pub use explanation::{Beside, Explanation, SeriesExplained, TableExplained, Unapproved};
pub use groups::{Groups, groups};
pub use outlook::{Amount, Due, HeldSnapshots, due, in_millionths, outstanding, total};
pub use statement::{AgreementAccount, CapChange, DecisionLine, ReleaseLine, Statement, YearLine};
pub use table::TableInWords;

#[cfg(test)]
mod tests;
