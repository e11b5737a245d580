//! What a verified token says, read as this aggregator's configuration says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use vwis_model::text;

use super::{CLOCK_SKEW_S, OidcError};
use crate::{
    config::OidcConfig,
    identity::{Identity, Via, door::Refusal},
};

/// Longest name that is taken, in characters.
const MOST_NAME: usize = 120;

/// Longest subject, in characters (OpenID Connect Core, 2).
const MOST_SUBJECT: usize = 255;

/// All claims; signature, issuer and audience were checked.
#[derive(Deserialize)]
pub(super) struct Claims(BTreeMap<String, Value>);

// === impl Claims ===

impl Claims {
    /// Whether the token's time has begun and is not over, within the skew of clocks.
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

    /// Whether an id token answers the sign-in that sent `nonce`, of this client: another one's
    /// token, put in its place, holds another.
    pub(super) fn answer(&self, nonce: &str, client_id: &str) -> Result<(), OidcError> {
        if self.text("nonce") != Some(nonce) {
            return Err(OidcError::Nonce);
        }
        // OpenID Connect Core 3.1.3.7: among several audiences one says for whom the token was made.
        let is_for_several = matches!(self.0.get("aud"), Some(Value::Array(all)) if all.len() > 1);
        match self.0.get("azp") {
            None | Some(Value::Null) if is_for_several => Err(OidcError::Audience),
            None | Some(Value::Null) => Ok(()),
            Some(party) if party == client_id => Ok(()),
            Some(_) => Err(OidcError::Audience),
        }
    }

    /// Whether the issuer is that one: a text, and not a list in which it stands beside a stranger.
    pub(super) fn are_of(&self, issuer: &str) -> Result<(), OidcError> {
        match self.text("iss") {
            Some(own) if own == issuer => Ok(()),
            _ => Err(OidcError::Issuer),
        }
    }

    /// Whom they speak for.
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
            // Of another form than one code it may well name several: whose people they are is not guessed.
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
        // One that is not what it looks like names nobody: people know each other by it in the access log.
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

    /// A whole number of seconds, or a fraction that is cut.
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

    /// A list of texts, or one text, which is one value whatever stands in it; nothing where the claim is
    /// missing. `None` where it is of another form.
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
