//! From wire messages to domain types: the one place where what a peer sent is validated.

use std::collections::BTreeMap;

use crate::{
    receipt::{BadSignature, Receipt, ReceiptBody},
    v1,
};
use uuid::Uuid;
use vwis_model::{
    agreement::AgreementHash,
    measurement::{MeasurementId, MeasurementKey, PayloadHash},
    ods::OdsCode,
    period::{FinancialYear, Period},
    rho::Rho,
};

/// Most financial years one receipt may speak of.
const MAX_YEARS: usize = 200;

/// Why a message is refused. It names the field, never the field's content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A field is unset, or of the wrong form.
    #[error("field `{0}` is missing or malformed")]
    Field(&'static str),
    /// The receipt's signature does not hold.
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

/// A validated [`v1::MeasurementHeader`].
#[derive(Clone, Debug)]
pub struct Header {
    /// Which measurement this is, by what the node says.
    pub key: MeasurementKey,
    /// The measurement's identity, by what the node says.
    pub identity: MeasurementId,
    /// The strategy's weights that were used, in the order of the agreement's residuals.
    pub weights: Vec<u64>,
    /// The scale γ of the discrete Gaussian that was used.
    pub gamma: u64,
    /// The number of integers that follow.
    pub entry_count: usize,
    /// SHA-256 of the payload that follows.
    pub payload_hash: PayloadHash,
    /// The node's receipt, signed by the key that it names.
    pub receipt: Receipt,
    /// The random name of the snapshot that was measured, where the node still knows it.
    pub snapshot: Option<Uuid>,
}

fn bytes32(bytes: &[u8], field: &'static str) -> Result<[u8; 32], WireError> {
    bytes.try_into().map_err(|_| WireError::Field(field))
}

fn parse<T: std::str::FromStr>(text: &str, field: &'static str) -> Result<T, WireError> {
    text.parse().map_err(|_| WireError::Field(field))
}

fn snapshot(bytes: &[u8]) -> Result<Option<Uuid>, WireError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let named = Uuid::from_slice(bytes).ok().filter(|name| !name.is_nil());
    named.map(Some).ok_or(WireError::Field("snapshot"))
}

/// Reads an agreement's name off a message.
///
/// # Errors
/// [`WireError::Field`] unless it is 32 bytes.
pub fn agreement_hash(bytes: &[u8]) -> Result<AgreementHash, WireError> {
    AgreementHash::try_from(bytes).map_err(|_| WireError::Field("agreement_hash"))
}

/// Reads which measurement `request` asks `ods_code` for.
///
/// # Errors
/// [`WireError::Field`] names the field.
pub fn measurement_key(
    request: &v1::MeasureRequest,
    ods_code: OdsCode,
) -> Result<MeasurementKey, WireError> {
    let series = &request.series;
    if series.is_empty() || series.len() > 40 {
        return Err(WireError::Field("series"));
    }
    Ok(MeasurementKey {
        ods_code,
        agreement: agreement_hash(&request.agreement_hash)?,
        series: series.clone(),
        period: parse::<Period>(&request.period, "period")?,
        correction: request.correction,
    })
}

impl TryFrom<v1::Receipt> for Receipt {
    type Error = WireError;

    fn try_from(message: v1::Receipt) -> Result<Self, WireError> {
        if message.spent.len() > MAX_YEARS {
            return Err(WireError::Field("receipt.spent"));
        }
        let spent: BTreeMap<_, _> = message
            .spent
            .iter()
            .map(|year| {
                (
                    FinancialYear(year.financial_year),
                    Rho::from_nano(year.spent_rho_nano),
                )
            })
            .collect();
        if spent.len() != message.spent.len() {
            return Err(WireError::Field("receipt.spent"));
        }
        let body = ReceiptBody {
            ods_code: parse(&message.ods_code, "receipt.ods_code")?,
            aggregator: parse(&message.aggregator, "receipt.aggregator")?,
            sequence: message.sequence,
            head: bytes32(&message.head, "receipt.head")?,
            spent,
            identity: MeasurementId::from_bytes(bytes32(&message.identity, "receipt.identity")?),
            payload_hash: PayloadHash::from_bytes(bytes32(
                &message.payload_hash,
                "receipt.payload_hash",
            )?),
        };
        let signature = message
            .signature
            .as_slice()
            .try_into()
            .map_err(|_| WireError::Field("receipt.signature"))?;
        let public_key = bytes32(&message.public_key, "receipt.public_key")?;
        Ok(Self::verify(body, signature, public_key)?)
    }
}

impl From<&Receipt> for v1::Receipt {
    fn from(receipt: &Receipt) -> Self {
        let body = receipt.body();
        Self {
            ods_code: body.ods_code.to_string(),
            aggregator: body.aggregator.to_string(),
            sequence: body.sequence,
            head: body.head.to_vec(),
            spent: body
                .spent
                .iter()
                .map(|(year, spent)| v1::YearSpent {
                    financial_year: year.0,
                    spent_rho_nano: spent.nano(),
                })
                .collect(),
            identity: body.identity.as_bytes().to_vec(),
            payload_hash: body.payload_hash.as_bytes().to_vec(),
            signature: receipt.signature().to_vec(),
            public_key: receipt.public_key().to_vec(),
        }
    }
}

impl TryFrom<v1::MeasurementHeader> for Header {
    type Error = WireError;

    fn try_from(message: v1::MeasurementHeader) -> Result<Self, WireError> {
        let key = MeasurementKey {
            ods_code: parse(&message.ods_code, "ods_code")?,
            agreement: agreement_hash(&message.agreement_hash)?,
            series: message.series,
            period: parse(&message.period, "period")?,
            correction: message.correction,
        };
        Ok(Self {
            key,
            identity: MeasurementId::from_bytes(bytes32(&message.identity, "identity")?),
            weights: message.weights,
            gamma: message.gamma,
            entry_count: message.entry_count as usize,
            payload_hash: PayloadHash::from_bytes(bytes32(&message.payload_hash, "payload_hash")?),
            receipt: message
                .receipt
                .ok_or(WireError::Field("receipt"))?
                .try_into()?,
            snapshot: snapshot(&message.snapshot)?,
        })
    }
}
