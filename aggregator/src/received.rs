//! A measurement on its way from a node's answer into the store.

use vwis_model::measurement::{MeasurementKey, Payload};
use vwis_proto::receipt::Receipt;

/// A measurement that passed every check.
#[derive(Clone, Debug)]
pub struct Received {
    pub key: MeasurementKey,
    /// The header message as received.
    pub header: Vec<u8>,
    /// The sealed bytes: the noisy integers.
    pub payload: Payload,
    /// The node's receipt for it.
    pub receipt: Receipt,
}
