//! A sign-in that has begun, as the browser holds it until it comes back from the issuer.
//!
//! It lies in a cookie and not in the store: whoever begins a sign-in is not known yet, so a row for
//! each would let anybody fill the disk. Nothing in it is secret from its holder. State, nonce and
//! verifier are checked against what comes back, so changing them ends the sign-in, and where it
//! leads is checked again when it is read.

use jiff::Timestamp;
use vwis_link::token::{TokenError, new_secret};

/// A sign-in takes this long at most, from the first page to the last.
pub(crate) const MOST_S: i64 = 10 * 60;
/// Beginning of the cookies' names. Each sign-in has its own, so that tabs do not end each other's.
pub(crate) const COOKIE: &str = "vwis-sign-in-";
/// Characters of the state in the cookie's name: enough to tell tabs apart.
const NAME_CHARS: usize = 12;
/// Longest address to return to, in bytes: the cookie fits into the browser's 4 KiB.
const MOST_TO_BYTES: usize = 2048;
const SEPARATOR: char = '.';

/// What is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    /// Comes back with the browser.
    pub(crate) state: String,
    /// Comes back in the id token.
    pub(crate) nonce: String,
    /// Goes with the code (PKCE).
    pub(crate) verifier: String,
    /// When it began.
    pub(crate) at: Timestamp,
    /// The page that was wanted.
    pub(crate) to: LocalPath,
}

/// A path and query of this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalPath(String);

// === impl LocalPath ===

impl LocalPath {
    /// Reads it; nothing where a browser could be led elsewhere by it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() <= MOST_TO_BYTES
            && text.bytes().all(|byte| byte.is_ascii_graphic())
            && !text.contains(['\\', '#']);
        // Browsers take `//host` for another server.
        let is_path = text.starts_with('/') && !text.starts_with("//");
        let parses = text.parse::<http::uri::PathAndQuery>().is_ok();
        (is_plain && is_path && parses).then(|| Self(text.to_owned()))
    }

    /// The first page.
    pub(crate) fn start() -> Self {
        Self("/".to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

// === impl Pending ===

impl Pending {
    /// A new one.
    pub(crate) fn new(verifier: String, to: LocalPath, at: Timestamp) -> Result<Self, TokenError> {
        Ok(Self {
            state: new_secret()?,
            nonce: new_secret()?,
            verifier,
            at,
            to,
        })
    }

    /// The cookie of the sign-in with that state.
    pub(crate) fn cookie_of(state: &str) -> String {
        let named = state
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c));
        format!("{COOKIE}{}", named.take(NAME_CHARS).collect::<String>())
    }

    /// The cookie's value.
    pub(crate) fn to_text(&self) -> String {
        let to: String = form_urlencoded::byte_serialize(self.to.as_str().as_bytes()).collect();
        let Self {
            state,
            nonce,
            verifier,
            at,
            to: _,
        } = self;
        format!("{state}.{nonce}.{verifier}.{}.{to}", at.as_second())
    }

    /// Reads it back where it is the one of that state and not too old.
    pub(crate) fn from_text(text: &str, state: &str, now: Timestamp) -> Option<Self> {
        let mut parts = text.splitn(5, SEPARATOR).map(str::to_owned);
        let (own, nonce, verifier) = (parts.next()?, parts.next()?, parts.next()?);
        let at_s: i64 = parts.next()?.parse().ok()?;
        let to = format!("to={}", parts.next()?);
        let (_, to) = form_urlencoded::parse(to.as_bytes()).next()?;
        let age_s = now.as_second().checked_sub(at_s)?;
        let is_ours = own == state
            && [&own, &nonce, &verifier]
                .iter()
                .all(|part| part.len() >= 43);
        (is_ours && (0..MOST_S).contains(&age_s)).then_some(Self {
            state: own,
            nonce,
            verifier,
            at: Timestamp::from_second(at_s).ok()?,
            to: LocalPath::parse(&to)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_608_000 + seconds).unwrap()
    }

    #[test]
    fn only_a_path_of_this_server_is_returned_to() {
        for good in [
            "/",
            "/localities/bolton?org=R0A,RM3&period=2026-09",
            "/a//b",
        ] {
            assert_eq!(LocalPath::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "localities",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/a\r\nset-cookie: b",
            "/a#b",
            "javascript:alert(1)",
            &format!("/{}", "a".repeat(MOST_TO_BYTES)),
        ] {
            assert_eq!(LocalPath::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_sign_in_is_read_back_by_its_own_state_for_ten_minutes() {
        let to = LocalPath::parse("/compare?a=b.c%20d&e=+").unwrap();
        let pending = Pending::new("v".repeat(43), to, at(0)).unwrap();
        let (text, state) = (pending.to_text(), pending.state.as_str());
        assert_eq!(
            Pending::from_text(&text, state, at(0)).as_ref(),
            Some(&pending)
        );
        let late = Pending::from_text(&text, state, at(MOST_S - 1));
        assert_eq!(late.as_ref(), Some(&pending));
        assert_eq!(Pending::from_text(&text, state, at(MOST_S)), None);
        assert_eq!(Pending::from_text(&text, state, at(-1)), None);
        assert_eq!(Pending::from_text(&text, &"s".repeat(43), at(0)), None);
        let led = text.replace("%2Fcompare", "%2F%2Fevil.example");
        assert_ne!(led, text);
        assert_eq!(Pending::from_text(&led, state, at(0)), None);
        for cut in 0..text.len() - 30 {
            let _ = Pending::from_text(&text[..cut], state, at(0));
        }
    }
}
