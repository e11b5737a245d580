//! What a verified token says.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use vwis_model::text;

use super::{CLOCK_SKEW_S, OidcError};

/// Longest name that is taken, in characters.
const MOST_NAME: usize = 120;

/// Longest subject, in characters (OpenID Connect Core, 2).
const MOST_SUBJECT: usize = 255;

/// All claims of a token whose signature, issuer and audience were checked.
#[derive(Debug, Deserialize)]
pub struct Claims(BTreeMap<String, Value>);

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

    /// Checks that `iss` is this one text, and `tid` the tenant, if one is named. A list would not do: a
    /// stranger could stand beside the issuer in it.
    pub(super) fn are_of(&self, issuer: &str, tenant: Option<&str>) -> Result<(), OidcError> {
        if self.text("iss") != Some(issuer) {
            return Err(OidcError::Issuer);
        }
        if tenant.is_some() && self.text("tid") != tenant {
            return Err(OidcError::Tenant);
        }
        Ok(())
    }

    /// The person or program that the token is about, as the issuer knows it.
    ///
    /// # Errors
    /// [`OidcError::Claim`] names the claim that is missing or no plain text.
    pub fn subject(&self) -> Result<&str, OidcError> {
        // Entra's `sub` differs from application to application; `oid` is the person.
        let named_by = match self.0.get("oid") {
            None | Some(Value::Null) => "sub",
            Some(_) => "oid",
        };
        self.text(named_by)
            .filter(|subject| text::check(subject, MOST_SUBJECT).is_ok())
            .ok_or_else(|| OidcError::Claim(named_by.to_owned()))
    }

    /// What people call it, if the issuer says so. Names that hide characters are skipped: people recognise
    /// each other by name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let named = [
            "preferred_username",
            "name",
            "email",
            "client_id",
            "azp",
            "appid",
        ];
        let mut said = named.iter().filter_map(|claim| self.text(claim));
        said.find(|name| text::check(name, MOST_NAME).is_ok())
    }

    /// A claim's value, if it is there.
    #[must_use]
    pub fn value(&self, claim: &str) -> Option<&Value> {
        self.0.get(claim).filter(|value| !value.is_null())
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
    /// empty list.
    ///
    /// # Errors
    /// [`OidcError::Claim`] where it has another form.
    pub fn list(&self, claim: &str) -> Result<Vec<String>, OidcError> {
        let texts = match self.value(claim) {
            None => Some(Vec::new()),
            Some(Value::String(text)) => Some(vec![text.clone()]),
            Some(Value::Array(parts)) => parts
                .iter()
                .map(|part| part.as_str().map(str::to_owned))
                .collect(),
            Some(_) => None,
        };
        texts.ok_or_else(|| OidcError::Claim(claim.to_owned()))
    }
}
