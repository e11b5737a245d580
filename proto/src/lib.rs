//! The wire between nodes and aggregators: messages, receipts, refusals, and how they become what
//! `vwis-model` means. Does no IO.

pub mod reason;
pub mod receipt;
pub mod wire;

/// Messages and services of package `vwis.v1`, generated from `vwis/v1/*.proto`.
#[allow(
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    reason = "generated; the .proto files are documented"
)]
pub mod v1 {
    tonic::include_proto!("vwis.v1");

    /// The encoded `FileDescriptorSet` of the package, for gRPC reflection.
    pub const DESCRIPTOR_SET: &[u8] =
        include_bytes!(concat!(env!("OUT_DIR"), "/vwis_descriptor.bin"));
}
