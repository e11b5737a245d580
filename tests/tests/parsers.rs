//! Any bytes from outside: no panic, no unbounded memory, and an error that can be read.
//!
//! `tests/fuzz/run` is the long run, by a coverage-guided fuzzer over the same functions.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test fails it, at this line"
)]

mod parsers {
    mod huge;
    mod mutated;

    const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");
}
