//! The refusals of every server of VWIS.

use std::{collections::HashMap, fmt::Display};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use vwis_proto::reason::{ERROR_DOMAIN, Reason};

/// The gRPC status for `reason`, with a sentence for people, which must hold no stored value.
#[must_use]
pub fn refuse(code: Code, reason: Reason, message: &(impl Display + ?Sized)) -> Status {
    let details = ErrorDetails::with_error_info(reason.as_str(), ERROR_DOMAIN, HashMap::new());
    Status::with_error_details(code, message.to_string(), details)
}
