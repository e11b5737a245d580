//! `[dashboard]`: what pages call the system and its employers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vwis_model::ods::OdsCode;

/// What `[dashboard]` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Place {
    /// Of where the picture is, as it stands in headings: `Greater Manchester`.
    pub place: String,
    /// Above every page: that it is a demonstration, or of test data.
    pub notice: Option<String>,
    /// What employers are called, by ODS code; who is not named here is called by the code.
    pub employers: BTreeMap<OdsCode, String>,
}

// === impl Place ===

impl Default for Place {
    fn default() -> Self {
        Self {
            place: "this health system".to_owned(),
            notice: None,
            employers: BTreeMap::new(),
        }
    }
}

impl Place {
    /// What an employer is called.
    #[must_use]
    pub fn employer<'a>(&'a self, ods_code: &'a OdsCode) -> &'a str {
        let name = self.employers.get(ods_code);
        name.map_or(ods_code.as_str(), String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_employer_without_a_name_is_called_by_its_code() {
        let place: Place =
            toml::from_str("place = \"Greater Manchester\"\n[employers]\nRBV = \"The Christie\"\n")
                .unwrap();
        assert_eq!(place.employer(&"RBV".parse().unwrap()), "The Christie");
        assert_eq!(place.employer(&"R0A".parse().unwrap()), "R0A");
        assert!(toml::from_str::<Place>("plase = \"x\"\n").is_err());
    }
}
