//! What the programs' exit codes mean (after `sysexits.h` where it has a word for it).

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The command did what it was asked to.
    Done = 0,
    /// The command failed for a reason that no other code names.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The input data are not good.
    BadData = 65,
    /// The peer cannot be reached.
    Unreachable = 69,
    /// The command failed for now: the same one may succeed later.
    TryLater = 75,
    /// The command is refused: by the budget, for want of an approval, or because of who asks.
    Refused = 77,
    /// The configuration is not good.
    BadConfiguration = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
