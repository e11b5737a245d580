//! Cookies as this server sets and reads them: scripts cannot read them, other sites' requests do not carry
//! them (except when a link is followed), and browsers that come over TLS send them over TLS alone.

use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, header};

/// Browsers take a cookie with this prefix only over TLS, from this host itself and for all its paths, so no
/// neighbouring host can plant one.
const HOST_PREFIX: &str = "__Host-";

/// The way this server sets cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookies {
    /// Whether browsers come over TLS.
    pub are_secure: bool,
}

// === impl Cookies ===

impl Cookies {
    /// The cookie's name with its prefix.
    fn name(self, name: &str) -> String {
        let prefix = if self.are_secure { HOST_PREFIX } else { "" };
        format!("{prefix}{name}")
    }

    /// The header that sets a cookie for `most_s` seconds, or until the browser is closed.
    ///
    /// # Panics
    /// Where name or value has characters that no cookie takes: callers pass only names and values of our
    /// own.
    #[must_use]
    pub fn set(self, name: &str, value: &str, most_s: Option<i64>) -> HeaderValue {
        let mut cookie = Cookie::build((self.name(name), value.to_owned()))
            .path("/")
            .http_only(true)
            .secure(self.are_secure)
            .same_site(SameSite::Lax);
        if let Some(most_s) = most_s {
            cookie = cookie.max_age(Duration::seconds(most_s));
        }
        HeaderValue::try_from(cookie.build().to_string())
            .expect("cookies are written with letters, digits and a few signs")
    }

    /// The header that removes a cookie.
    #[must_use]
    pub(crate) fn remove(self, name: &str) -> HeaderValue {
        self.set(name, "", Some(0))
    }

    /// The value of a cookie that was sent once. If two have the name, somebody else set one, and none
    /// counts.
    #[must_use]
    pub(crate) fn read(self, headers: &HeaderMap, name: &str) -> Option<String> {
        let name = self.name(name);
        let mut named = all(headers).filter(|cookie| cookie.name() == name);
        let value = named.next()?.value().to_owned();
        named.next().is_none().then_some(value)
    }

    /// Names and values of the cookies whose names begin with `begin`, the names without the host prefix.
    #[must_use]
    pub(crate) fn beginning(self, headers: &HeaderMap, begin: &str) -> Vec<(String, String)> {
        let begin = self.name(begin);
        let prefix = self.name("").len();
        let named = all(headers).filter(|cookie| cookie.name().starts_with(&begin));
        named
            .map(|cookie| {
                (
                    cookie.name()[prefix..].to_owned(),
                    cookie.value().to_owned(),
                )
            })
            .collect()
    }
}

fn all(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| Cookie::split_parse(line).filter_map(Result::ok))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECURE: Cookies = Cookies { are_secure: true };
    const PLAIN: Cookies = Cookies { are_secure: false };

    #[test]
    fn over_tls_a_cookie_is_of_this_host_alone_and_out_of_reach_of_scripts() {
        let set = SECURE.set("vwis-session", "abc", Some(60));
        let set = set.to_str().unwrap();
        assert!(set.starts_with("__Host-vwis-session=abc;"), "{set}");
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=60"] {
            assert!(set.contains(attribute), "{set}");
        }
        assert!(!set.contains("Domain"), "{set}");
        let plain = PLAIN.set("vwis-session", "abc", None);
        let plain = plain.to_str().unwrap();
        assert!(
            !plain.contains("Secure") && !plain.contains("__Host-"),
            "{plain}"
        );
        assert!(
            plain.contains("HttpOnly") && plain.contains("SameSite=Lax"),
            "{plain}"
        );
    }

    #[test]
    fn a_cookie_is_read_by_its_whole_name_and_never_one_of_two() {
        let read = |line: &'static str, cookies: Cookies| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(line));
            cookies.read(&headers, "a")
        };
        assert_eq!(read("b=1; a=2", PLAIN).as_deref(), Some("2"));
        assert_eq!(read("b=1; a=2", SECURE), None);
        assert_eq!(read("__Host-a=2", SECURE).as_deref(), Some("2"));
        assert_eq!(read("a=1; a=2", PLAIN), None);
        assert_eq!(read("", PLAIN), None);
    }
}
