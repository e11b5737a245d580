//! What tests share: a node's receipt key, and whole answers signed by it.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use vwis_model::{
    agreement::Series,
    measurement::{MeasurementKey, Payload},
};
use vwis_proto::{
    receipt::{Receipt, ReceiptBody},
    v1::{self, measure_response::Part},
};

use super::Expected;
use crate::{
    indicator::testing::noisy,
    picture::testing::{People, agreement},
};

pub(crate) struct NodeKey(Ed25519KeyPair);

impl NodeKey {
    pub(crate) fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    pub(crate) fn public(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().unwrap()
    }

    pub(crate) fn sign(&self, body: ReceiptBody) -> Receipt {
        let signature = self.0.sign(&body.signing_bytes());
        Receipt::verify(body, signature.as_ref().try_into().unwrap(), self.public()).unwrap()
    }
}

/// An answer before it is cut into messages, so that tests can bend it.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) header: v1::MeasurementHeader,
    pub(crate) receipt: ReceiptBody,
    pub(crate) entries: Vec<i64>,
}

pub(crate) fn expected(ods_code: &str, series: &Series, key: &NodeKey) -> Expected {
    Expected {
        key: MeasurementKey {
            ods_code: ods_code.parse().unwrap(),
            agreement: agreement().hash(),
            series: series.name().to_owned(),
            period: "2026-09".parse().unwrap(),
            correction: 0,
        },
        aggregator: "gm-icb".parse().unwrap(),
        strategy: series.strategy().clone(),
        receipt_public_key: key.public(),
        last_receipt: None,
    }
}

/// The right answer to `expected`, over made-up people.
pub(crate) fn answer(expected: &Expected, series: &Series, sequence: u64) -> Answer {
    let exact = People::made_up(50, 1).payload(series);
    Answer::of(expected, &noisy(series, &exact, 1), sequence)
}

impl Answer {
    pub(crate) fn of(expected: &Expected, payload: &Payload, sequence: u64) -> Self {
        let key = &expected.key;
        let receipt = ReceiptBody {
            ods_code: key.ods_code.clone(),
            aggregator: expected.aggregator.clone(),
            sequence,
            head: [3; 32],
            spent: BTreeMap::new(),
            identity: key.identity(),
            payload_hash: payload.hash(),
        };
        let weights = expected
            .strategy
            .residuals()
            .iter()
            .map(|(_, weight)| *weight);
        let header = v1::MeasurementHeader {
            ods_code: key.ods_code.to_string(),
            agreement_hash: key.agreement.as_bytes().to_vec(),
            identity: key.identity().as_bytes().to_vec(),
            series: key.series.clone(),
            period: key.period.to_string(),
            correction: key.correction,
            weights: weights.collect(),
            gamma: expected.strategy.gamma(),
            entry_count: u32::try_from(payload.entries().len()).unwrap(),
            payload_hash: payload.hash().as_bytes().to_vec(),
            receipt: None,
            snapshot: vec![1; 16],
        };
        Self {
            header,
            receipt,
            entries: payload.entries(),
        }
    }

    /// The messages of the stream, the receipt signed by `key`.
    pub(crate) fn messages(&self, key: &NodeKey) -> Vec<v1::MeasureResponse> {
        let header = v1::MeasurementHeader {
            receipt: Some((&key.sign(self.receipt.clone())).into()),
            ..self.header.clone()
        };
        let chunks = self.entries.chunks(100).map(chunk);
        std::iter::once(message(Part::Header(Box::new(header))))
            .chain(chunks)
            .collect()
    }
}

pub(crate) fn message(part: Part) -> v1::MeasureResponse {
    v1::MeasureResponse { part: Some(part) }
}

pub(crate) fn chunk(entries: &[i64]) -> v1::MeasureResponse {
    message(Part::Chunk(v1::MeasurementChunk {
        entries: entries.to_vec(),
    }))
}
