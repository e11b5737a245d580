//! `[oidc]`: whose bearer tokens are taken, who signs people in, and what claims mean here.
//!
//! The defaults fit Entra ID: application roles arrive in `roles`, people are `oid` within `tid`,
//! and are called by `preferred_username`. Organisation and pathways are claims that the directory's
//! administrator adds.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use vwis_picture::reader::Role;
use vwis_web::oidc::is_trustworthy;

/// The variable that holds the client's secret, where no file does.
pub const CLIENT_SECRET_VARIABLE: &str = "VWIS_AGGREGATOR_OIDC_CLIENT_SECRET";
/// The scope without which an issuer sends no id token.
const OPENID: &str = "openid";

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
    /// The name under which the issuer knows this server; people sign in where it is there.
    #[serde(default)]
    pub client_id: Option<String>,
    /// The file of the client's secret, relative to the aggregator's folder;
    /// [`CLIENT_SECRET_VARIABLE`] holds it otherwise. A client without a secret has neither.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// What is asked of the issuer at sign-in, so that its id token has the claims below.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
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
    /// The issuer is no https URL (or http on loopback), or has a query or fragment.
    #[error(
        "[oidc] issuer = \"{0}\": expected https://…, as the issuer's own discovery document spells \
         it (http:// is taken on loopback only)"
    )]
    Issuer(String),
    /// A required value is empty, which would let every token pass.
    #[error("[oidc] {0} is empty")]
    Empty(&'static str),
    /// The scopes lack `openid`, without which an issuer sends no id token.
    #[error("[oidc] scopes lack \"openid\", without which the issuer says nobody's name: add it")]
    NoOpenid,
    /// A client secret without a client id.
    #[error(
        "[oidc] client_secret_file is there and client_id is not: add the client_id that the issuer \
         gave to this server, or take the file out"
    )]
    SecretOfNobody,
    /// The secret's file cannot be read, or is empty.
    #[error("[oidc] client_secret_file = \"{0}\": {1}")]
    SecretFile(PathBuf, String),
}

fn scopes() -> Vec<String> {
    vec![OPENID.to_owned(), "profile".to_owned()]
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

// === impl OidcConfig ===

impl OidcConfig {
    /// Checks that the settings make sense together.
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
        match &self.client_id {
            Some(id) if id.trim().is_empty() => return Err(OidcConfigError::Empty("client_id")),
            None if self.client_secret_file.is_some() => {
                return Err(OidcConfigError::SecretOfNobody);
            }
            _ => {}
        }
        if !self.scopes.iter().any(|scope| scope == OPENID) {
            return Err(OidcConfigError::NoOpenid);
        }
        let plain = !self.issuer.contains(['?', '#']) && is_trustworthy(&self.issuer);
        if plain {
            Ok(())
        } else {
            Err(OidcConfigError::Issuer(self.issuer.clone()))
        }
    }

    /// The client's secret: the content of `client_secret_file` (relative to `dir`), or else the value of
    /// `variable`. Warns in the log where others on this machine can read the file.
    ///
    /// # Errors
    /// [`OidcConfigError::SecretFile`] where the file cannot be read or is empty.
    pub fn client_secret(
        &self,
        dir: &Path,
        variable: Option<String>,
    ) -> Result<Option<String>, OidcConfigError> {
        let Some(file) = &self.client_secret_file else {
            return Ok(variable.filter(|secret| !secret.is_empty()));
        };
        let path = dir.join(file);
        let bad = |why: String| OidcConfigError::SecretFile(file.clone(), why);
        let text = fs::read_to_string(&path).map_err(|error| bad(error.to_string()))?;
        let secret = text.trim();
        if secret.is_empty() {
            return Err(bad("it is empty: put the client's secret there".to_owned()));
        }
        let mode = fs::metadata(&path).map(|about| about.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o007 != 0) {
            let file = path.display();
            tracing::warn!(%file, "everybody on this machine can read the client's secret: chmod 600");
        }
        Ok(Some(secret.to_owned()))
    }

    /// SHA-256 of all settings. A session holds only under the fingerprint that it began with.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let text = serde_json::to_vec(self).expect("a configuration has a JSON form");
        Sha256::digest(text).into()
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
    fn what_a_sign_in_lacks_is_named() {
        let plain = "issuer = \"https://a\"\naudience = \"b\"\n";
        let check = |more: &str| oidc(&format!("{plain}{more}")).check();
        assert_eq!(check("client_id = \"vwis\"\n"), Ok(()));
        let empty = Err(OidcConfigError::Empty("client_id"));
        assert_eq!(check("client_id = \" \"\n"), empty);
        let of_nobody = check("client_secret_file = \"secret\"\n");
        assert_eq!(of_nobody, Err(OidcConfigError::SecretOfNobody));
        let scopes = "client_id = \"vwis\"\nscopes = [\"profile\"]\n";
        assert_eq!(check(scopes), Err(OidcConfigError::NoOpenid));
    }

    #[test]
    fn the_clients_secret_is_in_a_file_or_in_a_variable() {
        let folder = tempfile::tempdir().unwrap();
        let plain = "issuer = \"https://a\"\naudience = \"b\"\nclient_id = \"c\"\n";
        let secret = |more: &str, variable: Option<&str>| {
            let config = oidc(&format!("{plain}{more}"));
            config.client_secret(folder.path(), variable.map(str::to_owned))
        };
        assert_eq!(secret("", None), Ok(None));
        assert_eq!(secret("", Some("s")), Ok(Some("s".to_owned())));
        let file = "client_secret_file = \"secret\"\n";
        assert!(
            secret(file, None)
                .unwrap_err()
                .to_string()
                .contains("secret")
        );
        fs::write(folder.path().join("secret"), "of a file\n").unwrap();
        assert_eq!(secret(file, Some("s")), Ok(Some("of a file".to_owned())));
        fs::write(folder.path().join("secret"), "\n").unwrap();
        assert!(
            secret(file, None)
                .unwrap_err()
                .to_string()
                .contains("empty")
        );
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
