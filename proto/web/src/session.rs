//! The secret by which a browser's session is known.
//!
//! ```text
//! 256 random bits ─► cookie (browser)
//!        ├─ SHA-256 ─► what is stored of it
//!        └─ HMAC ────► the token in the session's forms
//! ```

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use http::{HeaderMap, HeaderValue};
use vwis_host::secret::{self, NoRandomness};
use vwis_model::hex;

use super::cookies::Cookies;

/// The name of a session's cookie, without the prefix that it has over TLS.
pub const COOKIE: &str = "vwis-session";
/// Longest cookie value that is looked up.
const MOST_SECRET_BYTES: usize = 64;
/// What the token in sign-out's form is a MAC of.
const SIGN_OUT: &[u8] = b"vwis sign-out";

/// The secret of one session.
#[derive(Clone)]
pub struct Secret(String);

// === impl Secret ===

impl Secret {
    /// Draws the secret of a new session.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn draw() -> Result<Self, NoRandomness> {
        secret::draw().map(Self)
    }

    /// The secret in a request's cookie. It may be of a session that is over, or made up.
    #[must_use]
    pub fn sent(cookies: Cookies, headers: &HeaderMap) -> Option<Self> {
        let value = cookies.read(headers, COOKIE)?;
        (!value.is_empty() && value.len() <= MOST_SECRET_BYTES).then_some(Self(value))
    }

    /// The header that gives it to a browser, until that is closed.
    #[must_use]
    pub fn cookie(&self, cookies: Cookies) -> HeaderValue {
        cookies.set(COOKIE, &self.0, None)
    }

    /// The header that takes it from a browser.
    #[must_use]
    pub fn forgotten(cookies: Cookies) -> HeaderValue {
        cookies.remove(COOKIE)
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        secret::hash(&self.0)
    }

    /// The token that the session's forms carry, so that no other site can forge a sign-out.
    #[must_use]
    pub fn form_token(&self) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        hex::encode(hmac::sign(&key, SIGN_OUT).as_ref())
    }

    /// Whether a form's token is this session's; takes the same time for any wrong one.
    #[must_use]
    pub fn made(&self, form_token: &str) -> bool {
        verify_slices_are_equal(self.form_token().as_bytes(), form_token.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_of_one_session() {
        let (one, other) = (Secret::draw().unwrap(), Secret::draw().unwrap());
        let token = one.form_token();
        assert!(one.made(&token));
        assert!(!other.made(&token));
        assert!(!one.made(""));
    }

    #[test]
    fn a_browser_sends_back_the_secret_that_it_was_given() {
        let cookies = Cookies { are_secure: true };
        let secret = Secret::draw().unwrap();
        let sent = |cookie: &str| {
            let pair = cookie.split(';').next().unwrap();
            let cookie = HeaderValue::try_from(pair).unwrap();
            let headers = HeaderMap::from_iter([(http::header::COOKIE, cookie)]);
            Secret::sent(cookies, &headers).map(|secret| secret.hash())
        };
        let given = secret.cookie(cookies);
        assert_eq!(sent(given.to_str().unwrap()), Some(secret.hash()));
        let forgotten = Secret::forgotten(cookies);
        assert_eq!(sent(forgotten.to_str().unwrap()), None);
        let long = cookies.set(COOKIE, &"a".repeat(MOST_SECRET_BYTES + 1), None);
        assert_eq!(sent(long.to_str().unwrap()), None);
    }
}
