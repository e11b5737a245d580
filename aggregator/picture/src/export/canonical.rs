//! Addresses of answers: one spelling for each question, and permalinks that keep their answer.

use form_urlencoded::byte_serialize;
use uuid::Uuid;

use crate::export::media::Format;

/// The path that every address of the API begins with.
pub const BASE: &str = "/api/v1";

/// The address of a question: a path and its parameters, in one order and one spelling. Two requests that ask
/// the same have the same address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Canonical(String);

// === impl Canonical ===

impl Canonical {
    /// `path` with these parameters, in this order. Empty values are kept, because they mean something.
    #[must_use]
    pub fn new(path: String, parameters: Vec<(&'static str, String)>) -> Self {
        let mut address = Self(path);
        for (name, value) in parameters {
            address.add(name, Some(value));
        }
        address
    }

    /// Adds a parameter, if there is a value.
    pub fn add(&mut self, name: &str, value: Option<impl ToString>) {
        let Some(value) = value else {
            return;
        };
        let value: String = byte_serialize(value.to_string().as_bytes()).collect();
        // Commas stand for themselves in a query (RFC 3986, 3.4); escaped, a long list of organisations
        // would be a half longer, and its permalink might be refused for its length.
        let value = value.replace("%2C", ",");
        let joint = if self.0.contains('?') { '&' } else { '?' };
        self.0 = format!("{}{joint}{name}={value}", self.0);
    }

    /// The permalink: the address with the release and the format, at which the answer stays the same.
    ///
    /// Answers that use funded posts are the exception. Posts can be given anew and keep no history, so an
    /// answer with vacancy rates may change at the same address. Such answers are sent with the instruction
    /// to ask again each time.
    #[must_use]
    pub fn permalink(&self, release: Option<Uuid>, format: Format) -> String {
        let mut pinned = self.clone();
        pinned.add("release", release);
        pinned.add("format", Some(format.name()));
        pinned.0
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permalink_names_the_release_and_keeps_the_question() {
        let question = vec![
            ("by", "band,gender".to_owned()),
            ("where", "locality=Bolton & Bury".to_owned()),
        ];
        let address = Canonical::new("/api/v1/tables".to_owned(), question);
        let id = Uuid::nil();
        assert_eq!(
            address.permalink(Some(id), Format::Csv),
            format!(
                "/api/v1/tables?by=band,gender&where=locality%3DBolton+%26+Bury&release={id}&format=csv"
            )
        );
        let bare = Canonical::new("/api/v1/tables".to_owned(), Vec::new());
        assert_eq!(
            bare.permalink(None, Format::Json),
            "/api/v1/tables?format=json"
        );
    }

    #[test]
    fn what_an_address_holds_reads_back_as_it_was() {
        for value in ["", "a,b", "%2C", "a+b", "é&=#?", "100%"] {
            let address = Canonical::new("/x".to_owned(), vec![("where", value.to_owned())]);
            let query = address.as_str().split_once('?').unwrap().1;
            let read: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
            assert_eq!(
                read,
                [("where".into(), value.into())],
                "{}",
                address.as_str()
            );
        }
    }

    #[test]
    fn a_list_is_no_longer_in_a_permalink_than_in_its_question() {
        let list = vec!["R0A"; 1500].join(",");
        let length = list.len();
        let address = Canonical::new("/api/v1/tables".to_owned(), vec![("org", list)]);
        let permalink = address.permalink(Some(Uuid::nil()), Format::Csvw);
        assert!(permalink.len() < length + 100, "{}", permalink.len());
    }
}
