//! The configured issuer, and whom the claims of its tokens describe here.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use vwis_web::oidc::{self, Claims, NoClient, OidcError};

use super::{Identity, Role, Via, refusal::Refusal};
use crate::config::OidcConfig;

/// An issuer whose tokens are taken. Clones share its keys.
#[derive(Clone)]
pub(crate) struct Issuer {
    config: OidcConfig,
    verifier: oidc::Issuer,
}

// === impl Issuer ===

impl Issuer {
    /// Takes the configuration; asks the issuer nothing yet. Fails where no HTTP client can be made.
    pub(crate) fn new(config: OidcConfig) -> Result<Self, NoClient> {
        let verifier = oidc::Issuer::new(config.issuer.clone(), config.tenant.clone())?;
        Ok(Self { config, verifier })
    }

    #[must_use]
    pub(crate) fn config(&self) -> &OidcConfig {
        &self.config
    }

    /// What checks its tokens.
    #[must_use]
    pub(crate) fn verifier(&self) -> &oidc::Issuer {
        &self.verifier
    }

    /// Checks an access token, and says for whom it speaks.
    ///
    /// # Errors
    /// [`Refusal::Bearer`] says what is wrong with it, [`Refusal::NoRole`] which roles it lacks,
    /// [`Refusal::IssuerUnavailable`] that it cannot be checked now.
    pub(crate) async fn identify(&self, token: &str, now: Timestamp) -> Result<Identity, Refusal> {
        let verified = self.verifier.verify(token, &self.config.audience, now);
        self.identity(&verified.await?)
    }

    /// The identity that the claims of a token describe.
    ///
    /// # Errors
    /// As [`Self::identify`].
    pub(crate) fn identity(&self, claims: &Claims) -> Result<Identity, Refusal> {
        let config = &self.config;
        let subject = claims.subject().map_err(Refusal::Bearer)?;
        let list = |claim: &str| claims.list(claim).map_err(Refusal::Bearer);
        let listed = list(&config.roles_claim)?;
        let roles: BTreeSet<_> = listed
            .iter()
            .filter_map(|value| config.role(value))
            .collect();
        if roles.is_empty() {
            return Err(Refusal::NoRole(no_role(config, &listed)));
        }
        let organisation = match claims.value(&config.organisation_claim) {
            None => None,
            Some(Value::String(code)) if code.is_empty() => None,
            // A claim in another form may name several organisations, and this does not guess which.
            Some(value) => {
                let code = value.as_str().and_then(|code| code.parse().ok());
                let bad = || OidcError::Claim(config.organisation_claim.clone());
                Some(code.ok_or_else(bad).map_err(Refusal::Bearer)?)
            }
        };
        Ok(Identity {
            name: claims.name().unwrap_or(subject).to_owned(),
            roles,
            organisation,
            pathways: list(&config.pathways_claim)?,
            via: Via::Oidc(subject.to_owned()),
        })
    }
}

fn no_role(config: &OidcConfig, listed: &[String]) -> String {
    let known: Vec<_> = if config.roles.is_empty() {
        let all = Role::ALL;
        all.iter().map(|role| role.code().to_owned()).collect()
    } else {
        config.roles.keys().cloned().collect()
    };
    let has = if listed.is_empty() {
        "is empty or missing".to_owned()
    } else {
        "holds none of them".to_owned()
    };
    format!(
        "the token gives no role here: its claim `{}` {has}; roles are given by {}",
        config.roles_claim,
        known.join(", ")
    )
}

#[cfg(test)]
mod tests;
