//! Peers that misbehave in every way that TCP, TLS, HTTP/2 and gRPC allow. The product stays up, serves an
//! honest peer meanwhile, bounds its memory, and gives up with an error in words.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "what fails in a test fails it, at this line; what was measured is told"
)]

mod peers {
    mod attacks;
    mod clients;
    mod frames;
    mod hostile;
    mod servers;
    mod waiting;

    /// The programs of VWIS in one binary.
    const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");
    /// Most memory that a process may have under attack, in bytes; at rest it has some 30 MB.
    const MOST_MEMORY: u64 = 160 << 20;
}
