//! `[dashboard]`: what stands above every page.

use serde::{Deserialize, Serialize};

/// What `[dashboard]` holds. What the system and its employers are called stands in the place pack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DashboardConfig {
    /// That it is a demonstration, or of test data.
    pub notice: Option<String>,
}
