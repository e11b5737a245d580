//! A sign-in that has begun, as the browser holds it until the issuer sends it back.
//!
//! It lies in a cookie and not in the store: whoever begins a sign-in is not known yet, so a row for each
//! would let anybody fill the disk. Its holder may read all of it, but only this process can make one: it
//! ends with a MAC by a key that is drawn when the program starts. A made-up one is refused before anybody is
//! asked anything, and the page that it leads to is checked again when it is read.

use aws_lc_rs::{error::Unspecified, hmac, rand::SystemRandom};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use vwis_host::secret::{self, NoRandomness};

/// Longest that a sign-in may take from the first page to the last, in seconds.
pub(super) const MOST_S: i64 = 10 * 60;
/// How the cookies' names begin. Each sign-in has a cookie of its own, so that tabs do not end each other's.
pub(super) const COOKIE: &str = "vwis-sign-in-";
/// Characters of the state that are part of the cookie's name: enough to tell tabs apart.
const NAME_CHARS: usize = 12;
/// Longest address to return to that is looked at, in bytes.
const MOST_TO_BYTES: usize = 2048;
/// Longest address to return to that the cookie holds, in bytes. The whole cookie stays below 1 KiB, so that
/// a few of them fit easily into a request's headers.
const MOST_KEPT_BYTES: usize = 640;
const SEPARATOR: char = '.';

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    /// Goes to the issuer and comes back with the browser.
    pub(super) state: String,
    /// Goes to the issuer and comes back in the id token.
    pub(super) nonce: String,
    /// Goes to the issuer with the code (PKCE).
    pub(super) verifier: String,
    pub(super) at: Timestamp,
    /// The page that was wanted.
    pub(super) to: LocalPath,
}

/// Seals and opens what browsers hold, by a MAC.
pub(super) struct Seal(hmac::Key);

/// A path and query of this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

// === impl Seal ===

impl Seal {
    /// Draws a new key.
    pub(super) fn new() -> Result<Self, Unspecified> {
        let random = SystemRandom::new();
        hmac::Key::generate(hmac::HMAC_SHA256, &random).map(Self)
    }

    fn sealed(&self, text: &str) -> String {
        let mac = hmac::sign(&self.0, text.as_bytes());
        format!("{text}{SEPARATOR}{}", BASE64.encode(mac))
    }

    fn opened<'a>(&self, sealed: &'a str) -> Option<&'a str> {
        let (text, mac) = sealed.rsplit_once(SEPARATOR)?;
        let mac = BASE64.decode(mac).ok()?;
        hmac::verify(&self.0, text.as_bytes(), &mac).ok()?;
        Some(text)
    }
}

// === impl LocalPath ===

impl LocalPath {
    /// Parses an address to return to; none if it could lead a browser to another server.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() <= MOST_TO_BYTES
            && text.bytes().all(|byte| byte.is_ascii_graphic())
            && !text.contains(['\\', '#']);
        // Browsers take `//host` for another server.
        let is_path = text.starts_with('/') && !text.starts_with("//");
        let parses = text.parse::<http::uri::PathAndQuery>().is_ok();
        (is_plain && is_path && parses).then(|| Self(text.to_owned()))
    }

    /// The address as a cookie can hold it: if it is too long, its path alone, or else the first page.
    fn kept(self) -> Self {
        let is_short = |path: &str| encoded(path).len() <= MOST_KEPT_BYTES;
        let path = self.0.split('?').next().unwrap_or("/");
        match (is_short(&self.0), is_short(path)) {
            (true, _) => self,
            (false, true) => Self(path.to_owned()),
            (false, false) => Self::start(),
        }
    }

    pub(super) fn start() -> Self {
        Self("/".to_owned())
    }

    /// As it stands in an address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// === impl Pending ===

impl Pending {
    /// Draws state and nonce for a sign-in that begins now.
    pub(super) fn new(
        verifier: String,
        to: LocalPath,
        at: Timestamp,
    ) -> Result<Self, NoRandomness> {
        Ok(Self {
            state: secret::draw()?,
            nonce: secret::draw()?,
            verifier,
            at,
            to: to.kept(),
        })
    }

    /// The name of the cookie of the sign-in with that state.
    pub(super) fn cookie_of(state: &str) -> String {
        let named = state
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c));
        format!("{COOKIE}{}", named.take(NAME_CHARS).collect::<String>())
    }

    /// When the sign-in in a cookie's value began, in seconds; none if the seal is not ours.
    pub(super) fn began_at(text: &str, seal: &Seal) -> Option<i64> {
        seal.opened(text)?.split(SEPARATOR).nth(3)?.parse().ok()
    }

    pub(super) fn to_text(&self, seal: &Seal) -> String {
        let to = encoded(self.to.as_str());
        let Self {
            state,
            nonce,
            verifier,
            at,
            to: _,
        } = self;
        seal.sealed(&format!(
            "{state}.{nonce}.{verifier}.{}.{to}",
            at.as_second()
        ))
    }

    /// Reads a cookie's value; none unless it is sealed by us, has that state, and is not too old.
    pub(super) fn from_text(text: &str, state: &str, seal: &Seal, now: Timestamp) -> Option<Self> {
        let mut parts = seal.opened(text)?.splitn(5, SEPARATOR).map(str::to_owned);
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

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
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
        let seal = Seal::new().unwrap();
        let to = LocalPath::parse("/compare?a=b.c%20d&e=+").unwrap();
        let pending = Pending::new("v".repeat(43), to, at(0)).unwrap();
        let (text, state) = (pending.to_text(&seal), pending.state.as_str());
        let read =
            |text: &str, state: &str, seconds| Pending::from_text(text, state, &seal, at(seconds));
        assert_eq!(read(&text, state, 0).as_ref(), Some(&pending));
        assert_eq!(read(&text, state, MOST_S - 1).as_ref(), Some(&pending));
        assert_eq!(Pending::began_at(&text, &seal), Some(at(0).as_second()));
        assert_eq!(read(&text, state, MOST_S), None);
        assert_eq!(read(&text, state, -1), None);
        assert_eq!(read(&text, &"s".repeat(43), 0), None);
        let led = text.replace("%2Fcompare", "%2F%2Fevil.example");
        assert_ne!(led, text);
        assert_eq!(read(&led, state, 0), None);
    }

    #[test]
    fn nobody_but_this_process_makes_one() {
        let (seal, other) = (Seal::new().unwrap(), Seal::new().unwrap());
        let pending = Pending::new("v".repeat(43), LocalPath::start(), at(0)).unwrap();
        let (text, state) = (pending.to_text(&seal), pending.state.as_str());
        let others = pending.to_text(&other);
        let (unsealed, _) = text.rsplit_once(SEPARATOR).unwrap();
        assert_eq!(Pending::from_text(&others, state, &seal, at(0)), None);
        assert_eq!(Pending::from_text(unsealed, state, &seal, at(0)), None);
        assert_eq!(Pending::began_at(&others, &seal), None);
        for cut in 0..text.len() {
            assert_eq!(Pending::from_text(&text[..cut], state, &seal, at(0)), None);
            // Changes one character.
            let mut changed = text.clone().into_bytes();
            changed[cut] = if changed[cut] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let read = Pending::from_text(&changed, state, &seal, at(0));
            // Not all bits of the last base64 character are read, so a change there may go unnoticed.
            assert!(read.is_none() || cut == text.len() - 1, "{cut}");
        }
    }

    #[test]
    fn no_address_makes_the_cookie_longer_than_a_kibibyte() {
        let seal = Seal::new().unwrap();
        for (to, kept) in [
            ("/a?b=%C3%A4".repeat(100), "/a"),
            (format!("/a?{}", "%".repeat(2000)), "/a"),
            (format!("/{}", "%".repeat(2000)), "/"),
            (format!("/{}", "a".repeat(2000)), "/"),
            ("/short?a=b".to_owned(), "/short?a=b"),
        ] {
            let path = LocalPath::parse(&to).or_else(|| LocalPath::parse("/short?a=b"));
            let pending = Pending::new("v".repeat(43), path.unwrap(), at(0)).unwrap();
            let text = pending.to_text(&seal);
            assert!(text.len() <= 1024, "{}", text.len());
            let read = Pending::from_text(&text, &pending.state, &seal, at(0));
            if LocalPath::parse(&to).is_some() {
                assert_eq!(read.unwrap().to.as_str(), kept, "{to}");
            }
        }
    }
}
