//! From a node's stream of messages to one measurement, or to a refusal.

use prost::Message;
use vwis_model::{
    aggregator_name::AggregatorName,
    algebra::Strategy,
    measurement::{MeasurementKey, Payload},
};
use vwis_proto::{
    receipt::Receipt,
    v1::{self, measure_response::Part},
    wire::{Header, WireError},
};

/// What was asked for: the answer must be this and nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    /// Which measurement.
    pub key: MeasurementKey,
    /// Who asked.
    pub aggregator: AggregatorName,
    /// The agreement's strategy for the series.
    pub strategy: Strategy,
    /// The node's receipt key, pinned at enrolment.
    pub receipt_public_key: [u8; 32],
    /// The last receipt held that this key signed; it goes with the request.
    pub last_receipt: Option<Receipt>,
}

/// A measurement of which everything was checked.
#[derive(Clone, Debug)]
pub struct Received {
    /// Which measurement.
    pub key: MeasurementKey,
    /// The header message as received.
    pub header: Vec<u8>,
    /// The sealed bytes.
    pub payload: Payload,
    /// The node's receipt for it.
    pub receipt: Receipt,
}

/// Takes the messages of one answer in their order.
///
/// Never holds more than the agreement's number of integers, whatever the node sends.
#[derive(Debug)]
pub(crate) struct Assembler {
    expected: Expected,
    header: Option<(Header, Vec<u8>)>,
    entries: Vec<i64>,
}

/// Why an answer is not the measurement asked for. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AnswerError {
    /// The stream ended, or began with integers.
    #[error("the answer has no header")]
    NoHeader,
    /// A header twice.
    #[error("the answer has a second header")]
    SecondHeader,
    /// A message that holds nothing.
    #[error("the answer has an empty message")]
    EmptyMessage,
    /// A header that cannot be read.
    #[error("the answer's header is not valid: {0}")]
    Header(#[from] WireError),
    /// Something else than was asked for.
    #[error("the answer speaks of another {0} than was asked for")]
    Other(&'static str),
    /// Weights or noise scale differ from the agreement's.
    #[error("the answer was made with other {0} than the agreement's")]
    Strategy(&'static str),
    /// Not as many integers as the agreement's strategy makes.
    #[error(
        "the answer announces {found} integers where the agreement's strategy makes {expected}"
    )]
    EntryCount {
        /// By the agreement.
        expected: usize,
        /// By the header.
        found: usize,
    },
    /// The stream holds more than it announced.
    #[error("the answer holds more than the {0} integers it announced")]
    TooMuch(usize),
    /// The stream ended early.
    #[error("the answer stopped after {found} of {expected} integers")]
    TooLittle {
        /// Announced.
        expected: usize,
        /// Received.
        found: usize,
    },
    /// The integers are not those whose hash the header holds.
    #[error("the integers are not those whose hash the header and the receipt name")]
    PayloadHash,
    /// Signed by a key that is not the node's.
    #[error(
        "the receipt is signed by another key than the one pinned when the node enrolled: has it \
         been set up anew? Then it must enrol again"
    )]
    ReceiptKey,
    /// The node's ledger is shorter, or has spent less, than it had when it last answered.
    #[error(
        "the receipt tells of a shorter history than the last one held: the node's store was rolled \
         back, and its people must recover its ledger"
    )]
    RolledBack,
    /// A receipt for something else.
    #[error("the receipt speaks of another {0} than the answer")]
    Receipt(&'static str),
}

// === impl AnswerError ===

impl AnswerError {
    /// Whether the answer merely stopped early, so that asking again may bring all of it.
    #[must_use]
    pub(crate) fn is_cut_short(&self) -> bool {
        matches!(self, Self::NoHeader | Self::TooLittle { .. })
    }
}

// === impl Assembler ===

impl Assembler {
    /// Waits for the answer to what is expected.
    #[must_use]
    pub(crate) fn new(expected: Expected) -> Self {
        Self {
            expected,
            header: None,
            entries: Vec::new(),
        }
    }

    /// Takes the next message.
    ///
    /// # Errors
    /// [`AnswerError`] at the first thing that is wrong; then the stream is to be dropped.
    pub(crate) fn push(&mut self, message: v1::MeasureResponse) -> Result<(), AnswerError> {
        match (message.part, &self.header) {
            (None, _) => Err(AnswerError::EmptyMessage),
            (Some(Part::Header(_)), Some(_)) => Err(AnswerError::SecondHeader),
            (Some(Part::Chunk(_)), None) => Err(AnswerError::NoHeader),
            (Some(Part::Header(message)), None) => {
                let bytes = message.encode_to_vec();
                let header = Header::try_from(*message)?;
                self.expected.check(&header)?;
                self.entries.reserve_exact(header.entry_count);
                self.header = Some((header, bytes));
                Ok(())
            }
            (Some(Part::Chunk(chunk)), Some((header, _))) => {
                // Without this a node could send empty chunks for ever.
                if chunk.entries.is_empty() {
                    return Err(AnswerError::EmptyMessage);
                }
                if chunk.entries.len() > header.entry_count - self.entries.len() {
                    return Err(AnswerError::TooMuch(header.entry_count));
                }
                self.entries.extend(chunk.entries);
                Ok(())
            }
        }
    }

    /// The stream ended: the measurement, if it is whole.
    ///
    /// # Errors
    /// [`AnswerError`] where it is not.
    pub(crate) fn finish(self) -> Result<Received, AnswerError> {
        let (header, bytes) = self.header.ok_or(AnswerError::NoHeader)?;
        if self.entries.len() < header.entry_count {
            return Err(AnswerError::TooLittle {
                expected: header.entry_count,
                found: self.entries.len(),
            });
        }
        let payload = Payload::from_entries(&self.entries);
        if payload.hash() != header.payload_hash {
            return Err(AnswerError::PayloadHash);
        }
        Ok(Received {
            key: header.key,
            header: bytes,
            payload,
            receipt: header.receipt,
        })
    }
}

// === impl Expected ===

impl Expected {
    /// Whether this header answers what was asked. That the receipt's signature is good was
    /// checked when it was read; whose key signed it is checked here.
    fn check(&self, header: &Header) -> Result<(), AnswerError> {
        let (ours, theirs) = (&self.key, &header.key);
        let same = [
            ("organisation", theirs.ods_code == ours.ods_code),
            ("agreement", theirs.agreement == ours.agreement),
            ("series", theirs.series == ours.series),
            ("period", theirs.period == ours.period),
            ("correction", theirs.correction == ours.correction),
            ("identity", header.identity == ours.identity()),
        ];
        if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
            return Err(AnswerError::Other(what));
        }
        let weights = self.strategy.residuals().iter().map(|(_, weight)| weight);
        if !header.weights.iter().eq(weights) {
            return Err(AnswerError::Strategy("weights"));
        }
        if header.gamma != self.strategy.gamma() {
            return Err(AnswerError::Strategy("noise"));
        }
        let expected = self.strategy.entries();
        if header.entry_count != expected {
            return Err(AnswerError::EntryCount {
                expected,
                found: header.entry_count,
            });
        }
        if *header.receipt.public_key() != self.receipt_public_key {
            return Err(AnswerError::ReceiptKey);
        }
        let receipt = header.receipt.body();
        let same = [
            ("organisation", receipt.ods_code == ours.ods_code),
            ("aggregator", receipt.aggregator == self.aggregator),
            ("identity", receipt.identity == header.identity),
            ("payload", receipt.payload_hash == header.payload_hash),
        ];
        if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
            return Err(AnswerError::Receipt(what));
        }
        let grown = self.last_receipt.as_ref().is_none_or(|last| {
            let last = last.body();
            let spent = |year| receipt.spent.get(year).copied().unwrap_or_default();
            receipt.sequence >= last.sequence
                && last
                    .spent
                    .iter()
                    .all(|(year, before)| spent(year) >= *before)
        });
        if grown {
            Ok(())
        } else {
            Err(AnswerError::RolledBack)
        }
    }
}

#[cfg(test)]
mod tests;
