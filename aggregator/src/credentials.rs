//! What is stored of tokens and sessions: who may read by them, and how long each holds.

mod session;
mod token;

pub(crate) use session::{Listed, MOST_AGE_S, MOST_IDLE_S, MadeBy, SessionRecord};
pub(crate) use token::{Grant, TokenRecord, TokenState};
