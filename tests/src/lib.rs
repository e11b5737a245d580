//! The parts that all end-to-end tests use: real processes, certificates, extracts, agreements.
//!
//! ```text
//! System (authority) ── certifies ──► NodeFixture ── commands ──► process `vwis-tests node …`
//!        └── certifies ──► Caller ──── gRPC, mutual TLS ────────► Server (a running `serve`)
//! ```
//!
//! Everything is made for one test, in a folder of its own: ports are 0, certificates are new, and nothing
//! outlives the fixture. Nothing here mocks a part of the product.

#![expect(
    clippy::unwrap_used,
    reason = "a harness of tests: what fails here fails the test, at this line"
)]

pub mod agreement;
pub mod browser;
pub mod call;
pub mod certificates;
pub mod extract;
pub mod faults;
pub mod federation;
pub mod inside;
pub mod issuer;
pub mod needs;
pub mod node;
pub mod oidc_provider;
pub mod parsers;
pub mod process;
pub mod quarters;
pub mod visitor;
pub mod wire;
