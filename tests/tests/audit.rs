//! The black-box audit: whether the noise that leaves a node is what its agreement says, judged from the wire
//! alone, and whether a node that breaks its promise would be noticed.
//!
//! ```text
//! data sets known to the tests ─import─► node ─gRPC, mutual TLS─► Sample ─► checks ─► verdicts
//!  (empty, one person, skewed, and        │                                (pure statistics)
//!   the last with one person more)        └─ the product, or a broken mechanism in its place
//! ```
//!
//! `honest` audits the product as a real process; `broken` audits mechanisms that break it, served
//! over the same wire, and prints which check catches each at which sample size.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test fails it, at this line"
)]
#![expect(
    clippy::cast_precision_loss,
    reason = "statistics over integers far below 2^53"
)]
#![expect(
    clippy::print_stdout,
    reason = "how early each mechanism is caught is for people to read, with --nocapture"
)]

mod audit {
    mod apart;
    mod applicants;
    mod broken;
    mod checks;
    mod collect;
    mod data;
    mod honest;
    mod movement;
    mod mutants;
    mod recomputed;
    mod sample;
    mod statistics;
    mod synthetic;
    mod year;
}
