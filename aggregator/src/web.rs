//! What serves HTTP here and knows nothing of the aggregator.

pub(crate) mod address;
pub(crate) mod bearer;
pub(crate) mod browser;
pub(crate) mod caching;
pub(crate) mod content;
pub(crate) mod cookies;
pub(crate) mod form;
pub(crate) mod headers;
pub(crate) mod layers;
pub(crate) mod local;
pub(crate) mod metrics;
pub(crate) mod oidc;
pub(crate) mod problem;
pub(crate) mod public_url;
pub(crate) mod query;
pub(crate) mod rate_limit;
pub(crate) mod server;
pub(crate) mod session;
pub(crate) mod sign_in;
