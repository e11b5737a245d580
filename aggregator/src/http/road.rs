//! The one road from a question to its answer.

pub(crate) mod asking;
