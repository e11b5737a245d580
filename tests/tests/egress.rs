//! Nothing else leaves a node. Every byte that leaves is searched for what only the node knows, its length
//! must not depend on the data, and strangers must get nothing.
//!
//! The commands `import`, `quality`, `preview` and, on a terminal, `agreement show` print the organisation's
//! own numbers for its own people. So their stdout is not searched, but their logs are.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "what fails in a test fails it, at this line; how much was searched is told"
)]

mod egress {
    mod authorisation;
    mod errors;
    mod everything;
    mod planted;
    mod sizes;
    mod stored;
    mod time;

    /// The programs of VWIS in one binary.
    const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");
}
