//! Promises of the HTTP API over real processes: who is let in, what is refused, and how.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test, at this line"
)]

#[path = "api/asking.rs"]
mod asking;
#[path = "api/bearers.rs"]
mod bearers;
#[path = "api/bounds.rs"]
mod bounds;
#[path = "api/ending.rs"]
mod ending;
#[path = "api/entry.rs"]
mod entry;
#[path = "api/provider.rs"]
mod provider;
#[path = "api/questions.rs"]
mod questions;
#[path = "api/sign_in.rs"]
mod sign_in;
#[path = "api/tokens.rs"]
mod tokens;
#[path = "api/tools.rs"]
mod tools;

/// The programs of VWIS in one binary, run as real processes.
const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");
