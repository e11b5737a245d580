//! The fire drill: attacks on a throw-away copy of this node, carried out for real.
//!
//! An information-governance lead runs it before anybody signs, and keeps what it wrote.
//!
//! ```text
//! configuration, cap ─► Stage (own folder, keys, authority, synthetic staff; served over mutual TLS)
//!                          └─ Attack: what an attacker does ─► Finding ─► evidence (Markdown, JSON)
//! ```
//!
//! Every attack has a stage of its own: a node of the same organisation, cap, answer floor
//! and software, in a folder that goes with it. Of the real node only the configuration and the cap are
//! read, and nothing of it is changed; it may be serving meanwhile.
//!
//! **Architecture invariant**: an attack judges by what came back over the wire and by what the ledger
//! was charged, never by how the node does it. What it saw is a plain value with the promise as a method
//! beside it, so that unit tests can show it a node that breaks the promise.

mod attacker;
mod attacks;
mod estimates;
mod evidence;
mod staff;
mod stage;

use std::io;

use vwis_host::files::FileError;
use vwis_link::{authority::AuthorityError, credentials::CredentialsError, dial::DialError};

pub use attacks::Attack;
pub use evidence::{Drill, Finding, write_evidence};
pub use stage::Blueprint;

use crate::{node::NodeError, server::run::ServeError, store::StoreError};

/// Why an attack could not be carried out. Such an error proves nothing about the node.
#[derive(Debug, thiserror::Error)]
pub enum DrillError {
    /// A folder or file failed.
    #[error("the drill's throw-away folder: {0}")]
    Io(#[from] io::Error),
    /// A key or certificate file failed.
    #[error(transparent)]
    File(#[from] FileError),
    /// The throw-away node could not be made or opened.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The throw-away node's store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The throw-away node's server failed.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The throw-away authority could not be made, or did not certify.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// A certificate of the throw-away authority could not be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The connection to the throw-away node failed.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The synthetic staff could not be imported.
    #[error("the synthetic staff: {0}")]
    Import(String),
    /// The drill's own agreement is not valid.
    #[error("the drill's agreement cannot be made under this node's cap: {0}")]
    Agreement(String),
    /// The node refused a request that it should have answered.
    #[error("a request that breaks no rule was refused: {0}")]
    Refused(String),
}
