//! Nothing else leaves a node: every byte that does is searched for what only the node knows, its
//! length does not depend on the data, and nobody gets any of it who may not.
//!
//! What the commands `import`, `quality`, `preview` and, on a terminal, `agreement show` print is for the
//! people of the trust beside their own numbers, so their stdout is not searched; their logs are.

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
