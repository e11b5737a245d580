//! Who asks: roles, and what stands behind them.
//!
//! ```text
//! Authorization: Bearer vwisa_…   ─► tokens ─┐
//! Authorization: Bearer eyJ…      ─► oidc   ─┼─► Identity ─► access::may_read ─► answer
//! Cookie: vwis-session=…          ─► session ┤   (sign_in makes it, by oidc)
//! none, loopback, [http] anonymous ─► role ──┘
//! ```

pub mod cookies;
pub mod door;
pub mod oidc;
pub mod pace;
pub mod session;
pub mod sign_in;
pub mod tokens;

pub use vwis_picture::reader::{Identity, InvalidRole, Role, Via};
