//! The link between nodes and aggregators: identities, certificates, the TLS accept loop and
//! dialling.
//!
//! ```text
//! node                                              aggregator
//!  KeyAndCsr ──────── EnrolmentToken + CSR ───────►  Authority::issue
//!  Credentials ◄───── certificate, authority ──────
//!  TlsListener ◄───── dial (mutual TLS 1.3) ───────  Credentials
//! ```
//!
//! tonic's own TLS was weighed and left out: it knows neither reload nor the peer's identity, so
//! both ends run tokio-rustls themselves and hand tonic plain streams.
//!
//! **Architecture invariants**: an identity is the URI in a certificate's subject alternative
//! names, never its common name; the cryptography provider is passed by hand, never taken from the
//! process; there is no custom certificate verifier; time is an argument.

pub mod authority;
pub mod credentials;
pub mod dial;
pub mod identity;
pub mod server;
pub mod token;
pub mod validity;

use std::{sync::Arc, time::Duration};

use rustls::crypto::CryptoProvider;

/// Most bytes of a message that either side reads: an agreement fits, and so does a chunk.
pub const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// Most bytes of headers that either side reads: those of VWIS take some hundreds.
pub const MAX_HEADER_BYTES: u32 = 16 * 1024;
/// How often an idle HTTP/2 connection is asked whether it still lives.
pub const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(20);
/// How long that answer may take before the connection counts as dead.
pub const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// The cryptography provider of every handshake in every program of VWIS.
#[must_use]
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

#[cfg(test)]
mod tests;
