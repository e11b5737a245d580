//! Reads a verified token's claims as this aggregator's configuration says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use vwis_model::text;

use super::CLOCK_SKEW_S;
use crate::{
    config::OidcConfig,
    identity::{
        Identity, Via,
        refusal::{OidcError, Refusal},
    },
};

/// Longest name that is taken, in characters.
const MOST_NAME: usize = 120;

/// Longest subject, in characters (OpenID Connect Core, 2).
const MOST_SUBJECT: usize = 255;

/// All claims of a token whose signature, issuer and audience were checked.
#[derive(Deserialize)]
pub(super) struct Claims(BTreeMap<String, Value>);

// === impl Claims ===

impl Claims {
    /// Checks that the token is valid now, within the skew of clocks.
    pub(super) fn are_timely(&self, now: Timestamp) -> Result<(), OidcError> {
        let now_s = now.as_second();
        let expires_s = self
            .seconds("exp")?
            .ok_or_else(|| OidcError::Claim("exp".to_owned()))?;
        if now_s.saturating_sub(CLOCK_SKEW_S) >= expires_s {
            return Err(OidcError::Expired);
        }
        for claim in ["nbf", "iat"] {
            let begins_s = self.seconds(claim)?;
            if begins_s.is_some_and(|begins_s| begins_s > now_s.saturating_add(CLOCK_SKEW_S)) {
                return Err(OidcError::NotYet);
            }
        }
        Ok(())
    }

    /// Checks that an id token answers the sign-in of this client that sent `nonce`. A token of another
    /// sign-in, put in its place, has another nonce.
    pub(super) fn answer(&self, nonce: &str, client_id: &str) -> Result<(), OidcError> {
        if self.text("nonce") != Some(nonce) {
            return Err(OidcError::Nonce);
        }
        // OpenID Connect Core 3.1.3.7: where there are several audiences, `azp` says for whom the token was
        // made.
        let is_for_several = matches!(self.0.get("aud"), Some(Value::Array(all)) if all.len() > 1);
        match self.0.get("azp") {
            None | Some(Value::Null) if is_for_several => Err(OidcError::Audience),
            None | Some(Value::Null) => Ok(()),
            Some(party) if party == client_id => Ok(()),
            Some(_) => Err(OidcError::Audience),
        }
    }

    /// Checks that `iss` is this one text. A list would not do: a stranger could stand beside the issuer in
    /// it.
    pub(super) fn are_of(&self, issuer: &str) -> Result<(), OidcError> {
        match self.text("iss") {
            Some(own) if own == issuer => Ok(()),
            _ => Err(OidcError::Issuer),
        }
    }

    /// The identity that the claims describe.
    pub(super) fn identity(&self, config: &OidcConfig) -> Result<Identity, Refusal> {
        let tenant = self.text("tid");
        if config.tenant.is_some() && config.tenant.as_deref() != tenant {
            return Err(Refusal::Bearer(OidcError::Tenant));
        }
        // Entra's `sub` differs from application to application; `oid` is the person.
        let named_by = match self.0.get("oid") {
            None | Some(Value::Null) => "sub",
            Some(_) => "oid",
        };
        let missing = |claim: &str| Refusal::Bearer(OidcError::Claim(claim.to_owned()));
        let subject = self
            .text(named_by)
            .filter(|subject| text::check(subject, MOST_SUBJECT).is_ok());
        let subject = subject.ok_or_else(|| missing(named_by))?;
        let listed = self
            .list(&config.roles_claim)
            .ok_or_else(|| missing(&config.roles_claim))?;
        let roles: BTreeSet<_> = listed
            .iter()
            .filter_map(|value| config.role(value))
            .collect();
        if roles.is_empty() {
            return Err(Refusal::NoRole(no_role(config, &listed)));
        }
        let organisation = match self.0.get(&config.organisation_claim) {
            None | Some(Value::Null) => None,
            Some(Value::String(code)) if code.is_empty() => None,
            // A claim in another form may name several organisations, and this does not guess which.
            Some(value) => {
                let code = value.as_str().and_then(|code| code.parse().ok());
                Some(code.ok_or_else(|| missing(&config.organisation_claim))?)
            }
        };
        let pathways = self
            .list(&config.pathways_claim)
            .ok_or_else(|| missing(&config.pathways_claim))?;
        let named = [
            "preferred_username",
            "name",
            "email",
            "client_id",
            "azp",
            "appid",
        ];
        // Names that hide characters are skipped: people recognise each other by name in the access log.
        let mut said = named.iter().filter_map(|claim| self.text(claim));
        let name = said.find(|name| text::check(name, MOST_NAME).is_ok());
        Ok(Identity {
            name: name.unwrap_or(subject).to_owned(),
            roles,
            organisation,
            pathways,
            via: Via::Oidc(subject.to_owned()),
        })
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim).and_then(Value::as_str)
    }

    /// A claim in whole seconds; a fraction is cut off.
    fn seconds(&self, claim: &str) -> Result<Option<i64>, OidcError> {
        let Some(value) = self.0.get(claim) else {
            return Ok(None);
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast from a float saturates, and so far away any time is the same"
        )]
        let seconds = value
            .as_i64()
            .or_else(|| value.as_f64().map(|seconds| seconds as i64));
        seconds
            .map(Some)
            .ok_or_else(|| OidcError::Claim(claim.to_owned()))
    }

    /// A claim as a list of texts. A single text is one value, whatever it contains; a missing claim is an
    /// empty list. None where it has another form.
    fn list(&self, claim: &str) -> Option<Vec<String>> {
        match self.0.get(claim) {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::String(text)) => Some(vec![text.clone()]),
            Some(Value::Array(parts)) => parts
                .iter()
                .map(|part| part.as_str().map(str::to_owned))
                .collect(),
            Some(_) => None,
        }
    }
}

fn no_role(config: &OidcConfig, listed: &[String]) -> String {
    let known: Vec<_> = if config.roles.is_empty() {
        let all = crate::identity::Role::ALL;
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
