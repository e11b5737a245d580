//! `vwis-node ledger reinstate`

use std::{fs, path::PathBuf};

use prost::Message as _;
use serde::Deserialize;
use vwis_host::exit::Exit;
use vwis_model::{hex, measurement::Payload};
use vwis_proto::{v1, wire::Header};

use crate::{
    cli::{Context, Failure, Outcome, decider::Decider, words::several},
    ops::reinstate::{Kept, ReinstateError, Reinstated},
};

/// Take sealed measurements back that a restored backup has lost.
///
/// After `ledger recover`. The aggregator keeps what this node answered, with the receipts that this node
/// signed; what it wrote with `vwis-aggregator node measurements` is checked against this node's own
/// signatures and answered again as it was. Nothing is charged: the recovery counted it.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// What `vwis-aggregator node measurements` wrote.
    file: PathBuf,
    #[command(flatten)]
    decider: Decider,
}

/// The file that `vwis-aggregator node measurements` writes.
#[derive(Deserialize)]
struct File {
    measurements: Vec<Measurement>,
}

/// A measurement as the aggregator keeps it: header and payload, both in hex.
#[derive(Deserialize)]
struct Measurement {
    header: String,
    payload: String,
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    args.decider.check()?;
    let measurements = read(&args)?;
    let node = context.open().await?;
    let decided = args.decider.decided();
    let outcome = node.reinstate(measurements, &decided).await?;
    context.print(said(&outcome))?;
    context.print(format!(
        "Recorded: {}, {}.",
        decided.names(),
        decided.reason
    ))
}

/// A sentence on what was reinstated, and why the rest was not.
fn said(outcome: &Reinstated) -> String {
    format!(
        "Put back: {}. Sealed here already: {}. Ordered anew since: {}. Left, because other bytes are sealed \
         here under the same number: {}. Under agreements unknown here: {}.",
        several(outcome.put_back, "measurement"),
        outcome.already_sealed,
        outcome.ordered_anew,
        outcome.conflicting,
        outcome.unknown_agreement,
    )
}

fn read(args: &Args) -> Result<Vec<Kept>, Failure> {
    let bad = |problem: String| {
        let message = format!("{}: {problem}", args.file.display());
        Failure::new(Exit::BadData, &message)
    };
    let text = fs::read_to_string(&args.file).map_err(|error| bad(error.to_string()))?;
    let file: File = serde_json::from_str(&text).map_err(|error| {
        bad(format!(
            "expected what `vwis-aggregator node measurements` printed: {error}"
        ))
    })?;
    let kept = (1..).zip(file.measurements).map(|(number, measurement)| {
        measurement
            .decode()
            .map_err(|problem| bad(format!("measurement {number}: {problem}")))
    });
    kept.collect()
}

// === impl Measurement ===

impl Measurement {
    fn decode(&self) -> Result<Kept, String> {
        let header = hex::decode(&self.header).ok_or("its header is no hex")?;
        let header = v1::MeasurementHeader::decode(header.as_slice());
        let header = header.map_err(|_| "its header is none")?;
        let payload = hex::decode(&self.payload).ok_or("its payload is no hex")?;
        Ok(Kept {
            header: Header::try_from(header).map_err(|error| error.to_string())?,
            payload: Payload::from_bytes(payload).map_err(|error| error.to_string())?,
        })
    }
}

impl From<ReinstateError> for Failure {
    fn from(error: ReinstateError) -> Self {
        match error {
            ReinstateError::Store(error) => error.into(),
            ReinstateError::NotOurs { .. } => Self::new(Exit::BadData, &error),
            ReinstateError::Doubt(_) => Self::new(Exit::Refused, &error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_count_stands_behind_its_own_words() {
        let outcome = Reinstated {
            put_back: 1,
            already_sealed: 2,
            ordered_anew: 3,
            conflicting: 4,
            unknown_agreement: 5,
        };
        assert_eq!(
            said(&outcome),
            "Put back: 1 measurement. Sealed here already: 2. Ordered anew since: 3. Left, because other bytes \
             are sealed here under the same number: 4. Under agreements unknown here: 5."
        );
        let nothing = said(&Reinstated::default());
        assert!(
            nothing.starts_with("Put back: 0 measurements. Sealed here already: 0."),
            "{nothing}"
        );
    }
}
