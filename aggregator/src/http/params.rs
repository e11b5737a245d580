//! Queries, read strictly: to programs an unknown parameter is refused by name, so that a typing error never
//! passes for "everything"; on pages, whose address people pass on, what programs hang on to it is left alone.

use std::{fmt::Display, str::FromStr};

use axum::extract::{FromRequestParts, rejection::PathRejection};
use http::{Uri, request::Parts};

use crate::http::problem::{Kind, Problem};

/// Most parameters of one query.
const MOST_PARAMETERS: usize = 200;
/// Longest name of a series, as agreements have them.
const MOST_SERIES_BYTES: usize = 40;
/// What the data's interface takes, and no page.
const ASKED_OF_DATA: [&str; 6] = ["by", "where", "series", "measure", "totals", "unknown"];
/// Longest part of a caller's text that an error repeats, in characters.
const MOST_REPEATED: usize = 80;

/// The parameters of one query: names are known, values are not looked at yet.
#[derive(Clone, Debug)]
pub(crate) struct Params(Vec<(String, String)>);

/// What an endpoint takes in its query. Derive [`utoipa::IntoParams`] beside it, for the OpenAPI
/// document.
pub(crate) trait Parameters: Sized {
    /// Every parameter's name.
    const NAMES: &'static [&'static str];

    /// Reads the values.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    fn read(params: &Params) -> Result<Self, Problem>;
}

/// The query of a request, as `T` reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<T>(pub T);

/// An endpoint without parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoParameters;

// === impl Params ===

impl Params {
    /// Reads a query whose parameters are all among `known`.
    ///
    /// # Errors
    /// The first that is not, with those there are.
    pub(crate) fn read(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        let query = uri.query().unwrap_or_default();
        let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
        match names.find(|name| !known.contains(&name.as_ref())) {
            Some(name) => Err(unknown(&name, known)),
            None => Self::read_known(uri, known),
        }
    }

    /// Reads what is known of a page's query, and leaves what mail and chat programs hang on to people's
    /// links. What somebody wrote who asks for something is refused: a name of the data's interface, which
    /// no page takes, and a misspelt one. The page would show something else than was asked for.
    ///
    /// # Errors
    /// The first such name, with those there are; where there are too many, or one holds what is no text.
    pub(crate) fn read_of_page(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        let query = uri.query().unwrap_or_default();
        let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
        let is_asked = |name: &str| {
            let small = name.to_lowercase();
            let is_near = |own: &&str| own.len() > 2 && strsim::osa_distance(&small, own) < 2;
            ASKED_OF_DATA.contains(&&*small)
                || known.iter().any(|own| small == *own || is_near(own))
        };
        match names.find(|name| !known.contains(&name.as_ref()) && is_asked(name)) {
            Some(name) => Err(unknown(&name, known)),
            None => Self::read_known(uri, known),
        }
    }

    fn read_known(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        let query = uri.query().unwrap_or_default();
        let mut pairs = Vec::new();
        let there = form_urlencoded::parse(query.as_bytes());
        for (name, value) in there.filter(|(name, _)| known.contains(&name.as_ref())) {
            if pairs.len() == MOST_PARAMETERS {
                let most =
                    format!("the most is {MOST_PARAMETERS} parameters: ask for less at once");
                return Err(Kind::BAD_QUERY.problem(most));
            }
            if value.chars().any(char::is_control) || value.contains(char::REPLACEMENT_CHARACTER) {
                let detail = format!("`{name}` holds characters that are no text");
                return Err(Kind::BAD_QUERY.problem(detail));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(pairs))
    }

    /// All values of a parameter, in the order written; `a=1&a=2` is two.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let of_that_name = self.0.iter().filter(move |(own, _)| own == name);
        of_that_name.map(|(_, value)| value.as_str())
    }

    /// The parts between the commas of all values; empty parts are left out.
    pub(crate) fn list<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let parts = self.all(name).flat_map(|value| value.split(','));
        parts.map(str::trim).filter(|part| !part.is_empty())
    }

    /// The one value of a parameter; none where it is not there or empty.
    ///
    /// # Errors
    /// Where it is there twice.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() {
            let detail = format!("`{name}` stands twice: say it once");
            return Err(Kind::BAD_QUERY.problem(detail));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// The one value of a parameter that names a series.
    ///
    /// # Errors
    /// Where it is there twice, or is no name that a series can have.
    pub(crate) fn series(&self, name: &str) -> Result<Option<String>, Problem> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let checked = |text: &str| {
            if text.len() <= MOST_SERIES_BYTES && text.bytes().all(plain) {
                return Ok(text.to_owned());
            }
            let form = "a series' name is up to 40 characters of a-z, 0-9 and _";
            Err(Kind::BAD_QUERY.problem(format!("`{name}`: {form}")))
        };
        self.text(name)?.map(checked).transpose()
    }

    /// The one value of a parameter, parsed.
    ///
    /// # Errors
    /// Where it is there twice, or does not parse: the error of `T` says what was expected.
    pub(crate) fn one<T>(&self, name: &str) -> Result<Option<T>, Problem>
    where
        T: FromStr<Err: Display>,
    {
        let parse = |text: &str| {
            text.parse()
                .map_err(|error| Kind::BAD_QUERY.problem(format!("`{name}`: {error}")))
        };
        self.text(name)?.map(parse).transpose()
    }
}

fn unknown(name: &str, known: &[&str]) -> Problem {
    let name = shortened(name);
    let detail = if known.is_empty() {
        format!("`{name}` is not known here: this address takes no parameters")
    } else {
        format!(
            "`{name}` is not known here; there are: {}",
            known.join(", ")
        )
    };
    let problem = Kind::UNKNOWN_PARAMETER.problem(detail);
    problem.instead_of(&name, known)
}

/// A caller's text, cut for an error message.
#[must_use]
pub(crate) fn shortened(text: &str) -> String {
    let printable = text.chars().filter(|c| !c.is_control());
    printable.take(MOST_REPEATED).collect()
}

/// The problem of a path whose parts do not parse.
pub(crate) fn bad_path(rejection: &PathRejection) -> Problem {
    Kind::NOT_FOUND.problem(shortened(&rejection.body_text()))
}

// === impl Asked ===

impl<T: Parameters, S: Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let params = Params::read(&parts.uri, T::NAMES)?;
        T::read(&params).map(Self)
    }
}

impl Parameters for NoParameters {
    const NAMES: &'static [&'static str] = &[];

    fn read(_: &Params) -> Result<Self, Problem> {
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Params, Problem> {
        let uri: Uri = format!("/x?{query}").parse().unwrap();
        Params::read(&uri, &["by", "where", "period"])
    }

    #[test]
    fn an_unknown_parameter_is_refused_with_those_there_are() {
        let problem = read("by=band&perod=2026-09").unwrap_err();
        assert_eq!(problem.kind(), Kind::UNKNOWN_PARAMETER);
        assert!(problem.detail().contains("by, where, period"));
        let bare: Uri = "/x?a".parse().unwrap();
        let none = Params::read(&bare, &[]).unwrap_err();
        assert!(none.detail().contains("no parameters"));
    }

    #[test]
    fn values_are_decoded_repeated_and_split() {
        let params = read("by=staff_group%2Cband&where=a%3D1&where=b=2&by=&period=").unwrap();
        let by: Vec<_> = params.list("by").collect();
        assert_eq!(by, ["staff_group", "band"]);
        let filters: Vec<_> = params.all("where").collect();
        assert_eq!(filters, ["a=1", "b=2"]);
        assert_eq!(params.text("period").unwrap(), None);
    }

    #[test]
    fn a_value_that_is_none_or_stands_twice_is_refused() {
        let twice = read("period=2026-09&period=2026-06").unwrap();
        assert!(twice.text("period").is_err());
        let wrong = read("period=september").unwrap();
        let problem = wrong
            .one::<vwis_model::period::Period>("period")
            .unwrap_err();
        assert!(problem.detail().contains("YYYY-MM"), "{problem:?}");
        let series = |query: &str| read(query).unwrap().series("by");
        assert_eq!(series("by=detail_2").unwrap().as_deref(), Some("detail_2"));
        assert!(series("by=%27;--").is_err());
        for bad in ["by=%00", "by=%ff", "by=a%0d%0ab"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read(&"by=a&".repeat(201)).is_err());
    }
}
