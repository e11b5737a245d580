//! The stream of one answer, and a limit to how long it may take to be read.
//!
//! A peer that asks and does not read costs memory, because its answer waits: up to 2 MiB of integers. HTTP/2
//! does not even ask for the next message then, so a timer beside the stream drops the answer.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::OwnedSemaphorePermit, task::AbortHandle};
use tonic::Status;
use vwis_proto::v1::{self, measure_response::Part};

use crate::{ledger::SnapshotId, ops::measure::Answer};

/// Integers in a chunk, 64 KiB.
const ENTRIES_PER_CHUNK: usize = 8192;

type Message = Result<v1::MeasureResponse, Status>;

/// The messages of one answer, in order. Their number and length depend on the agreement alone.
pub(super) struct Answering {
    left: Arc<Mutex<Left>>,
    timer: AbortHandle,
}

enum Left {
    /// The messages that are left, and the permit that is held until they are read.
    Messages {
        messages: Box<dyn Iterator<Item = Message> + Send>,
        _permit: OwnedSemaphorePermit,
    },
    /// The answer was not read in time.
    TooLate,
    Nothing,
}

// === impl Answering ===

impl Answering {
    /// Streams `answer`. It and `permit` are dropped when it is read, when the peer goes, or after `limit`.
    pub(super) fn new(answer: &Answer, permit: OwnedSemaphorePermit, limit: Duration) -> Self {
        let left = Left::Messages {
            messages: Box::new(messages(answer).map(Ok)),
            _permit: permit,
        };
        let left = Arc::new(Mutex::new(left));
        let late = Arc::clone(&left);
        let timer = tokio::spawn(async move {
            tokio::time::sleep(limit).await;
            let mut left = late.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(*left, Left::Messages { .. }) {
                tracing::warn!("an answer was not read in time: let go of it");
                *left = Left::TooLate;
            }
        });
        Self {
            left,
            timer: timer.abort_handle(),
        }
    }
}

impl Iterator for Answering {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let message = match &mut *left {
            Left::Messages { messages, .. } => messages.next(),
            Left::TooLate => Some(Err(Status::deadline_exceeded(
                "the answer was not read in time",
            ))),
            Left::Nothing => None,
        };
        if !matches!(message, Some(Ok(_))) {
            *left = Left::Nothing;
        }
        message
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.timer.abort();
    }
}

/// The messages, each made when it is asked for, so that an answer is in memory once.
fn messages(answer: &Answer) -> impl Iterator<Item = v1::MeasureResponse> + Send + use<> {
    let entries = answer.payload.entries();
    let header = Part::Header(Box::new(header(answer, entries.len())));
    let chunks = (0..entries.len())
        .step_by(ENTRIES_PER_CHUNK)
        .map(move |start| {
            let end = entries.len().min(start + ENTRIES_PER_CHUNK);
            Part::Chunk(v1::MeasurementChunk {
                entries: entries[start..end].to_vec(),
            })
        });
    std::iter::once(header)
        .chain(chunks)
        .map(|part| v1::MeasureResponse { part: Some(part) })
}

fn header(answer: &Answer, entries: usize) -> v1::MeasurementHeader {
    let strategy = answer
        .agreement
        .series_named(&answer.key.series)
        .expect("an answer is of a series of its agreement")
        .strategy();
    v1::MeasurementHeader {
        ods_code: answer.key.ods_code.to_string(),
        agreement_hash: answer.key.agreement.as_bytes().to_vec(),
        identity: answer.key.identity().as_bytes().to_vec(),
        series: answer.key.series.clone(),
        period: answer.key.period.to_string(),
        correction: answer.key.correction,
        weights: strategy
            .residuals()
            .iter()
            .map(|(_, weight)| *weight)
            .collect(),
        gamma: strategy.gamma(),
        entry_count: u32::try_from(entries).expect("an agreement bounds its entries"),
        payload_hash: answer.payload.hash().as_bytes().to_vec(),
        receipt: Some((&answer.receipt).into()),
        snapshot: match answer.snapshot {
            SnapshotId::UNKNOWN => Vec::new(),
            SnapshotId(known) => known.into_bytes().to_vec(),
        },
    }
}
