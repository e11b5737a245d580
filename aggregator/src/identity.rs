//! Who asks: roles, and what stands behind them.
//!
//! ```text
//! Authorization: Bearer vwisa_…   ─► tokens ─┐
//! Authorization: Bearer eyJ…      ─► issuer ─┼─► Identity ─► access::may_read ─► answer
//! Cookie: vwis-session=…          ─► session ┤   (sign_in makes it, by the issuer)
//! none, loopback, [http] anonymous ─► role ──┘
//! ```

pub(crate) mod authenticate;
pub(crate) mod issuer;
pub(crate) mod rate_limit;
pub(crate) mod refusal;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod tokens;

pub(crate) use vwis_picture::reader::{Identity, Role, Via};
