//! The credentials of programs: `Authorization: Bearer TOKEN`.

use http::{HeaderMap, header};

/// Longest token that is looked at: an Entra token has some 2 KiB.
const MOST_TOKEN_BYTES: usize = 8 * 1024;

/// The header has another form than `Bearer` and one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Authorization header is not `Bearer` and one token")]
pub struct NotBearer;

/// The token that a request sends; none where it has no `Authorization` header.
///
/// # Errors
/// [`NotBearer`], also where there are several, or one is longer than 8 KiB.
pub fn token(headers: &HeaderMap) -> Result<Option<&str>, NotBearer> {
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| NotBearer)?;
    let (scheme, token) = text.split_once(' ').ok_or(NotBearer)?;
    let token = token.trim();
    let whole = scheme.eq_ignore_ascii_case("bearer")
        && !token.is_empty()
        && token.len() <= MOST_TOKEN_BYTES
        && !token.contains(char::is_whitespace)
        && values.next().is_none();
    whole.then_some(Some(token)).ok_or(NotBearer)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::try_from(*value).unwrap());
        }
        headers
    }

    #[test]
    fn only_a_bearer_and_one_token_are_credentials() {
        let read = |value: &str| {
            let headers = headers(&[(header::AUTHORIZATION, value)]);
            token(&headers).map(|token| token.map(str::to_owned))
        };
        assert_eq!(read("Bearer abc").unwrap().as_deref(), Some("abc"));
        assert_eq!(read("bearer  abc").unwrap().as_deref(), Some("abc"));
        let long = format!("Bearer {}", "a".repeat(MOST_TOKEN_BYTES + 1));
        for bad in [
            "Bearer",
            "Bearer ",
            "Basic YTpi",
            "Bearer a b",
            "abc",
            &long,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let twice = headers(&[
            (header::AUTHORIZATION, "Bearer a"),
            (header::AUTHORIZATION, "Bearer b"),
        ]);
        assert!(token(&twice).is_err());
        assert!(token(&HeaderMap::new()).unwrap().is_none());
    }
}
