//! What serves HTTP, whatever is served: the aggregator's API and pages, and any other page over the same bounds.
//!
//! ```text
//! connection ─► server ─► layers ─► local, bearer, session · rate_limit ─► query ─► (what is served)
//!               TLS       id, log   who may ask                how often   what       content, caching,
//!                                                                                     problem, browser, headers
//! ```
//! People sign in at an OpenID Connect issuer ([`sign_in`], [`oidc`]): what it says of them is handed on as
//! claims, and whom they make of somebody is for the server to say.
//!
//! **Architecture invariants**: nothing here knows what is served, a role or a store; whatever differs between
//! servers is an argument; a problem is made once, as problem details (RFC 9457); no log line or metric holds a
//! token, a path or a query.

pub mod address;
pub mod bearer;
pub mod browser;
pub mod caching;
pub mod content;
pub mod cookies;
pub mod form;
pub mod headers;
pub mod layers;
pub mod local;
pub mod metrics;
pub mod oidc;
pub mod problem;
pub mod public_url;
pub mod query;
pub mod rate_limit;
pub mod server;
pub mod session;
pub mod sign_in;
