//! What a node does: each operation of [`Node`](crate::node::Node) in a file of its own, with what it is given,
//! what it answers and why it may fail.
//!
//! ```text
//! snapshot ─► count ─┐
//!            decide ─┴─► measure ─► correct
//!           recover ─► reinstate ─► correct     where history was lost
//! ```

pub mod correct;
pub mod count;
pub mod decide;
pub mod measure;
pub mod recover;
pub mod reinstate;
pub mod snapshot;
