//! The canonical form as serde sees it: fields in their one order, not validated yet.

use serde::{Deserialize, Serialize};

use super::{Cadence, Measure, Scope, Visibility};
use crate::{aggregator_name::AggregatorName, period::Period, rho::Rho};

/// The format that this software writes and reads.
pub(super) const FORMAT: &str = "vwis.agreement.v1";

/// The fields of the canonical JSON, in their order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgreementText {
    pub(super) format: String,
    pub(super) name: String,
    pub(super) version: u32,
    pub(super) aggregator: AggregatorName,
    pub(super) purpose: String,
    pub(super) readers: String,
    pub(super) organisations_visible_to: Visibility,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) published_after_days: Option<u16>,
    pub(super) dictionary: String,
    pub(super) first_period: Period,
    pub(super) last_period: Period,
    pub(super) series: Vec<SeriesText>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeriesText {
    pub(super) name: String,
    pub(super) data_set: String,
    pub(super) measure: Measure,
    pub(super) scope: Scope,
    pub(super) cadence: Cadence,
    pub(super) rho_nano: Rho,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) trees: Vec<TreeText>,
    pub(super) tables: Vec<TableText>,
    pub(super) residuals: Vec<ResidualText>,
    pub(super) gamma: u64,
}

/// The groups of an attribute: for each level, coarse to fine, the group of each category by number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TreeText {
    pub(super) attribute: String,
    pub(super) levels: Vec<Vec<u32>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableText {
    pub(super) by: Vec<String>,
    pub(super) weight_milli: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResidualText {
    pub(super) by: Vec<String>,
    pub(super) weight: u64,
}
