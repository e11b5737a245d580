//! A measurement on its way from a node's answer into the store.

use uuid::Uuid;
use vwis_model::measurement::{MeasurementKey, Payload};
use vwis_proto::receipt::Receipt;

/// A measurement that passed every check of who sent it and what was asked for.
#[derive(Clone, Debug)]
pub struct Received {
    pub key: MeasurementKey,
    /// The header message as received.
    pub header: Vec<u8>,
    /// The sealed bytes: the noisy integers.
    pub payload: Payload,
    /// The node's receipt for it.
    pub receipt: Receipt,
    /// The random name of the snapshot that the node measured, where it still knows it.
    pub snapshot: Option<Uuid>,
    /// Why its noise cannot be as agreed, so that it is kept and not summed; `None` where it can.
    pub suspicion: Option<String>,
}
