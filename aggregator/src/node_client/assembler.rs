//! Turns a node's stream of messages into one measurement, or a refusal.

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

use crate::received::Received;

/// What was asked for; the answer must match it exactly.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub key: MeasurementKey,
    /// Who asked, which the receipt must name.
    pub aggregator: AggregatorName,
    /// The agreement's strategy for the series.
    pub strategy: Strategy,
    /// The node's receipt key, pinned at enrolment.
    pub receipt_public_key: [u8; 32],
    /// The last receipt held that this key signed; the request shows it to the node.
    pub last_receipt: Option<Receipt>,
}

/// Takes the messages of one answer in order. Never holds more integers than the agreement's strategy makes,
/// whatever the node sends.
#[derive(Debug)]
pub(crate) struct Assembler {
    expected: Expected,
    header: Option<(Header, Vec<u8>)>,
    entries: Vec<i64>,
}

/// Why an answer is not the measurement asked for. Nothing of such an answer is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AnswerError {
    /// The stream ended without a header, or began with integers.
    #[error("the answer has no header")]
    NoHeader,
    #[error("the answer has a second header")]
    SecondHeader,
    /// A message with no part, or a chunk with no integers.
    #[error("the answer has an empty message")]
    EmptyMessage,
    #[error("the answer's header is not valid: {0}")]
    Header(#[from] WireError),
    /// The header names another organisation, agreement, series, period, correction or identity.
    #[error("the answer speaks of another {0} than was asked for")]
    Other(&'static str),
    #[error("the answer was made with other {0} than the agreement's")]
    Strategy(&'static str),
    #[error(
        "the answer announces {found} integers where the agreement's strategy makes {expected}"
    )]
    EntryCount {
        /// By the agreement's strategy.
        expected: usize,
        /// By the header.
        found: usize,
    },
    #[error("the answer holds more than the {0} integers it announced")]
    TooMuch(usize),
    #[error("the answer stopped after {found} of {expected} integers")]
    TooLittle { expected: usize, found: usize },
    #[error("the integers are not those whose hash the header and the receipt name")]
    PayloadHash,
    #[error(
        "the receipt is signed by another key than the one pinned when the node enrolled: has it \
         been set up anew? Then it must enrol again"
    )]
    ReceiptKey,
    /// The receipt's sequence, or a year's spending, is below that of the last receipt held.
    #[error(
        "the receipt tells of a shorter history than the last one held: the node's store was rolled \
         back, and its people must recover its ledger"
    )]
    RolledBack,
    /// The receipt names another organisation, aggregator, identity or payload than the answer.
    #[error("the receipt speaks of another {0} than the answer")]
    Receipt(&'static str),
}

// === impl AnswerError ===

impl AnswerError {
    /// Whether the answer merely stopped early, so that asking again may bring the rest.
    #[must_use]
    pub(crate) fn is_cut_short(&self) -> bool {
        matches!(self, Self::NoHeader | Self::TooLittle { .. })
    }
}

// === impl Assembler ===

impl Assembler {
    #[must_use]
    pub(crate) fn new(expected: Expected) -> Self {
        Self {
            expected,
            header: None,
            entries: Vec::new(),
        }
    }

    /// Takes the next message. After an error the caller drops the stream.
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
                // Without this check a node could send empty chunks for ever.
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

    /// Ends the stream; returns the measurement if it is whole.
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
            snapshot: header.snapshot,
            suspicion: None,
        })
    }
}

// === impl Expected ===

impl Expected {
    /// Whether this header answers what was asked. The receipt's signature was checked when it was read;
    /// whose key made it is checked here.
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
