//! Compiles `vwis/v1/*.proto` without an installed `protoc`: protox parses them, and the same
//! descriptor set feeds gRPC reflection.

use std::{env, fs, path::PathBuf};

use prost::Message;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=vwis");
    let descriptors = protox::compile(["vwis/v1/node.proto", "vwis/v1/enrolment.proto"], ["."])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("vwis_descriptor.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        // A header holds a strategy and a receipt, a chunk a vector: boxing keeps both small.
        .boxed(".vwis.v1.MeasureResponse.part.header")
        .compile_fds(descriptors)?;
    Ok(())
}
