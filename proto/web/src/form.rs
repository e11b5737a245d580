//! Forms that browsers send, and who made them send one.

use http::{HeaderMap, HeaderName, header};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the browser says that a form came from a page of `origin`, which is this server's. One that says
/// nothing still has to send the form's token.
#[must_use]
pub fn is_from(headers: &HeaderMap, origin: &str) -> bool {
    let says = |name: &HeaderName, here: &str| {
        let mut values = headers.get_all(name).into_iter();
        values.all(|value| value.as_bytes() == here.as_bytes())
    };
    says(&SEC_FETCH_SITE, "same-origin") && says(&header::ORIGIN, origin)
}

/// The value of a field that appears exactly once, in a form's body or a query.
#[must_use]
pub fn field(text: Option<&str>, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(text.unwrap_or_default().as_bytes());
    let mut named = pairs.filter(|(key, _)| key == name);
    let (_, value) = named.next()?;
    named.next().is_none().then(|| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_stands_twice_has_no_value() {
        assert_eq!(field(Some("a=1&b=2%203"), "b").as_deref(), Some("2 3"));
        for text in [None, Some("a=1"), Some("b=1&b=1")] {
            assert_eq!(field(text, "b"), None);
        }
    }

    #[test]
    fn whoever_says_where_a_form_is_from_says_here() {
        let here = "https://vwis.example";
        let says = |pairs: &[(HeaderName, &str)]| {
            let pairs = pairs.iter();
            let pairs = pairs.map(|(name, value)| (name.clone(), value.parse().unwrap()));
            is_from(&pairs.collect(), here)
        };
        assert!(says(&[]));
        assert!(says(&[
            (SEC_FETCH_SITE, "same-origin"),
            (header::ORIGIN, here)
        ]));
        assert!(!says(&[
            (SEC_FETCH_SITE, "same-site"),
            (header::ORIGIN, here)
        ]));
        assert!(!says(&[(header::ORIGIN, "null")]));
        assert!(!says(&[
            (header::ORIGIN, here),
            (header::ORIGIN, "https://evil.example")
        ]));
    }
}
