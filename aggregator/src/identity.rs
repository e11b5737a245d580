//! Who asks: roles, and what stands behind them.
//!
//! ```text
//! Authorization: Bearer vwisa_…   ─► tokens ─┐
//! Authorization: Bearer eyJ…      ─► oidc   ─┼─► Identity ─► access::may_read ─► answer
//! Cookie: vwis-session=…          ─► session ┤   (sign_in makes it, by oidc)
//! none, loopback, [http] anonymous ─► role ──┘
//! ```

pub(crate) mod cookies;
pub(crate) mod door;
pub(crate) mod oidc;
pub(crate) mod pace;
pub(crate) mod refusal;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod tokens;

pub(crate) use vwis_picture::reader::{Identity, Role, Via};
