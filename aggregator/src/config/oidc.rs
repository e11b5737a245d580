//! `[oidc]`: whose bearer tokens are taken, and what their claims mean here.
//!
//! The defaults fit Entra ID: application roles arrive in `roles`, people are `oid` within `tid`,
//! and are called by `preferred_username`. Organisation and pathways are claims that the directory's
//! administrator adds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::identity::Role;

/// What `[oidc]` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// The issuer, exactly as its tokens and its discovery document spell it.
    pub issuer: String,
    /// What its tokens for this API name as `aud`.
    pub audience: String,
    /// Only tokens of this directory (`tid`), where the issuer serves several.
    #[serde(default)]
    pub tenant: Option<String>,
    /// The claim that lists roles.
    #[serde(default = "roles_claim")]
    pub roles_claim: String,
    /// The claim that holds an ODS code.
    #[serde(default = "organisation_claim")]
    pub organisation_claim: String,
    /// The claim that lists categories of the attribute `pathway`.
    #[serde(default = "pathways_claim")]
    pub pathways_claim: String,
    /// What a value of the roles claim means; a role's own name means itself where this is empty.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
}

/// What is wrong with `[oidc]`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcConfigError {
    /// Not a URL over TLS.
    #[error(
        "[oidc] issuer = \"{0}\": expected https://…, as the issuer's own discovery document spells \
         it (http:// is taken on loopback only)"
    )]
    Issuer(String),
    /// Empty: every token would do.
    #[error("[oidc] {0} is empty")]
    Empty(&'static str),
}

fn roles_claim() -> String {
    "roles".to_owned()
}

fn organisation_claim() -> String {
    "organisation".to_owned()
}

fn pathways_claim() -> String {
    "pathways".to_owned()
}

/// Whether what `url` answers can be trusted to come from there: over TLS, or from this machine.
pub(crate) fn is_trustworthy(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let loopback = ["127.0.0.1", "localhost", "[::1]"].contains(&host);
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}

// === impl OidcConfig ===

impl OidcConfig {
    /// Takes it as it is, or says what to mend.
    ///
    /// # Errors
    /// [`OidcConfigError`] names the key.
    pub fn check(&self) -> Result<(), OidcConfigError> {
        let named = [
            ("audience", &self.audience),
            ("roles_claim", &self.roles_claim),
            ("organisation_claim", &self.organisation_claim),
            ("pathways_claim", &self.pathways_claim),
        ];
        if let Some((key, _)) = named.into_iter().find(|(_, value)| value.trim().is_empty()) {
            return Err(OidcConfigError::Empty(key));
        }
        let plain = !self.issuer.contains(['?', '#']) && is_trustworthy(&self.issuer);
        if plain {
            Ok(())
        } else {
            Err(OidcConfigError::Issuer(self.issuer.clone()))
        }
    }

    /// The role that a value of the roles claim means here.
    #[must_use]
    pub fn role(&self, value: &str) -> Option<Role> {
        if self.roles.is_empty() {
            value.parse().ok()
        } else {
            self.roles.get(value).copied()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oidc(text: &str) -> OidcConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn an_issuer_is_reached_over_tls_or_on_this_machine() {
        let good = "issuer = \"https://login.example/t/v2.0\"\naudience = \"api://vwis\"\n";
        assert_eq!(oidc(good).check(), Ok(()));
        let local = good.replace("https://login.example", "http://127.0.0.1:9");
        assert_eq!(oidc(&local).check(), Ok(()));
        for bad in ["http://login.example", "login.example", "", "https://a/?b"] {
            let bad = good.replace("https://login.example/t/v2.0", bad);
            assert!(
                matches!(oidc(&bad).check(), Err(OidcConfigError::Issuer(_))),
                "{bad}"
            );
        }
        let any = good.replace("api://vwis", " ");
        assert_eq!(oidc(&any).check(), Err(OidcConfigError::Empty("audience")));
    }

    #[test]
    fn a_role_is_its_own_name_unless_the_configuration_maps_it() {
        let plain = oidc("issuer = \"https://a\"\naudience = \"b\"\n");
        assert_eq!(plain.role("analyst"), Some(Role::Analyst));
        assert_eq!(plain.role("Admin"), None);
        let mapped = oidc(
            "issuer = \"https://a\"\naudience = \"b\"\n[roles]\n\"VWIS.Analyst\" = \"analyst\"\n",
        );
        assert_eq!(mapped.role("VWIS.Analyst"), Some(Role::Analyst));
        assert_eq!(mapped.role("analyst"), None);
    }
}
