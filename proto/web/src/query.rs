//! Reads queries strictly. The API refuses an unknown parameter by name, so that a typing error is never
//! taken for "everything". Pages, whose addresses people pass on, ignore parameters that programs append.
//!
//! A parameter is declared once, as a field. Serde gives its type and name; [`utoipa::IntoParams`] gives its
//! text for the OpenAPI document, and the list of known names. An endpoint takes one such struct, several, or
//! `()` for none.

use std::{borrow::Cow, fmt::Display, str::FromStr};

use axum::extract::{FromRequestParts, rejection::PathRejection};
use http::{Uri, request::Parts};
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use utoipa::IntoParams;

use super::problem::{Kind, Problem};

/// Most parameters of one query.
const MOST_PARAMETERS: usize = 200;
/// Most characters of a caller's text that an error repeats.
const MOST_REPEATED: usize = 80;

/// The parameters of one query. Their names are known; their values are not parsed yet.
#[derive(Clone, Debug)]
pub struct Query(Vec<(String, String)>);

/// A group of parameters, each of which is a field.
pub trait Part: DeserializeOwned + IntoParams {}

/// All that an endpoint takes in its query.
pub trait Parameters: Sized {
    /// The names of its parameters.
    fn names() -> Vec<String>;

    /// Parses the values.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    fn read(query: &Query) -> Result<Self, Problem>;
}

/// Extracts an endpoint's parameters from a request.
#[derive(Clone, Copy, Debug)]
pub struct Given<T>(pub T);

// === impl Query ===

impl Query {
    /// Reads a query whose parameters are all among `known`.
    ///
    /// # Errors
    /// At the first parameter that is not known, listing those that are; where there are too many, or one is
    /// not text.
    pub fn read(uri: &Uri, known: &[String]) -> Result<Self, Problem> {
        Self::read_if(uri, known, |_| true)
    }

    /// Reads the known parameters of a page's query, and ignores what mail and chat programs append to links.
    /// It refuses misspelt ones and those in `meant_elsewhere`: somebody meant to ask for something, and the
    /// page would show something else.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_of_page(
        uri: &Uri,
        known: &[String],
        meant_elsewhere: &[&str],
    ) -> Result<Self, Problem> {
        Self::read_if(uri, known, |name| {
            let small = name.to_lowercase();
            let is_near = |own: &String| own.len() > 2 && strsim::osa_distance(&small, own) < 2;
            meant_elsewhere.contains(&&*small)
                || known.iter().any(|own| small == *own || is_near(own))
        })
    }

    /// Reads the known parameters, whatever else the query contains.
    ///
    /// # Errors
    /// Where there are too many, or one is not text.
    pub fn read_among_others(uri: &Uri, known: &[String]) -> Result<Self, Problem> {
        Self::read_if(uri, known, |_| false)
    }

    /// Reads the known parameters. Fails at an unknown one if `is_refused` says so of its name, else leaves
    /// it out.
    fn read_if(
        uri: &Uri,
        known: &[String],
        is_refused: impl Fn(&str) -> bool,
    ) -> Result<Self, Problem> {
        let mut pairs = Vec::new();
        let query = uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if !known.iter().any(|own| *own == name) {
                if is_refused(&name) {
                    return Err(unknown(&name, known));
                }
                continue;
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        if pairs.len() > MOST_PARAMETERS {
            let most = format!("the most is {MOST_PARAMETERS} parameters: ask for less at once");
            return Err(Kind::BAD_QUERY.problem(most));
        }
        let strange = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
        if let Some((name, _)) = pairs.iter().find(|(_, value)| value.contains(strange)) {
            let detail = format!("`{name}` holds characters that are no text");
            return Err(Kind::BAD_QUERY.problem(detail));
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter that is known by name alone, such as an indicator's option or a choice on a
    /// page. None where it is missing or empty.
    ///
    /// # Errors
    /// Where it appears twice.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut values = self.0.iter().filter(|(own, _)| own == name);
        let first = values.next().map(|(_, value)| value.as_str());
        if values.next().is_some() {
            return Err(Kind::BAD_QUERY.problem(format!("`{name}`: {Twice}")));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    fn part<T: Part>(&self) -> Result<T, Problem> {
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        let names = names_of::<T>();
        let own = self.0.iter().filter(|(name, _)| names.contains(name));
        let encoded = encoded.extend_pairs(own).finish();
        let values = serde_html_form::Deserializer::from_bytes(encoded.as_bytes());
        serde_path_to_error::deserialize(values).map_err(|error| {
            // What does not parse is cut by its own error, and what would be right stands behind it.
            Kind::BAD_QUERY.problem(format!("`{}`: {}", error.path(), error.inner()))
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("it stands twice: say it once")]
struct Twice;

/// The names of the parameters of `T`.
fn names_of<T: IntoParams>() -> Vec<String> {
    let all = T::into_params(|| None).into_iter();
    all.map(|parameter| parameter.name).collect()
}

/// The names in a query, as they are written.
pub fn names(uri: &Uri) -> impl Iterator<Item = Cow<'_, str>> {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name)
}

// === impl Parameters ===

impl<T: Part> Parameters for T {
    fn names() -> Vec<String> {
        names_of::<T>()
    }

    fn read(query: &Query) -> Result<Self, Problem> {
        query.part()
    }
}

impl Parameters for () {
    fn names() -> Vec<String> {
        Vec::new()
    }

    fn read(_: &Query) -> Result<Self, Problem> {
        Ok(())
    }
}

macro_rules! together {
    ($($part:ident),+) => {
        impl<$($part: Parameters),+> Parameters for ($($part,)+) {
            fn names() -> Vec<String> {
                [$($part::names()),+].concat()
            }

            fn read(query: &Query) -> Result<Self, Problem> {
                Ok(($($part::read(query)?,)+))
            }
        }
    };
}

together!(A, B);
together!(A, B, C);
together!(A, B, C, D);

// === how fields are read: `#[serde(default, deserialize_with = "…")]` ===

/// The single value of a parameter, parsed; none where it is missing or empty.
///
/// # Errors
/// Where it appears twice, or does not parse: the error of `T` says what was expected.
pub fn one<'de, D, T>(values: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    match &Vec::<String>::deserialize(values)?[..] {
        [] => Ok(None),
        [text] if text.is_empty() => Ok(None),
        [text] => text.parse().map(Some).map_err(D::Error::custom),
        _ => Err(D::Error::custom(Twice)),
    }
}

/// The comma-separated parts of all values; empty parts are left out.
///
/// # Errors
/// As the deserializer's: the values of a query are texts.
pub fn list<'de, D: Deserializer<'de>>(values: D) -> Result<Vec<String>, D::Error> {
    let values = Vec::<String>::deserialize(values)?;
    let parts = values.iter().flat_map(|value| value.split(','));
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    Ok(parts.map(str::to_owned).collect())
}

/// As [`list`], but tells a parameter that is there and empty (`by=`) from one that is missing.
///
/// # Errors
/// As [`list`].
pub fn said_list<'de, D>(values: D) -> Result<Option<Vec<String>>, D::Error>
where
    D: Deserializer<'de>,
{
    list(values).map(Some)
}

/// All values that are not empty, sorted: their order has no meaning, and one question has one address.
///
/// # Errors
/// The first that does not parse.
pub fn each<'de, D, T>(values: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display> + Ord,
{
    let texts = Vec::<String>::deserialize(values)?;
    let texts = texts.iter().filter(|text| !text.is_empty());
    let parsed = texts.map(|text| text.parse());
    let mut parsed: Vec<T> = parsed.collect::<Result<_, _>>().map_err(D::Error::custom)?;
    parsed.sort_unstable();
    Ok(parsed)
}

fn unknown(name: &str, known: &[String]) -> Problem {
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

/// A caller's text, shortened and without control characters, for an error message.
#[must_use]
pub fn shortened(text: &str) -> String {
    let printable = text.chars().filter(|c| !c.is_control());
    printable.take(MOST_REPEATED).collect()
}

/// The problem of a path whose parts do not parse.
#[must_use]
pub fn bad_path(rejection: &PathRejection) -> Problem {
    Kind::NOT_FOUND.problem(shortened(&rejection.body_text()))
}

// === impl Given ===

impl<T: Parameters, S: Sync> FromRequestParts<S> for Given<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = Query::read(&parts.uri, &T::names())?;
        T::read(&query).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use vwis_model::period::Period;

    use super::*;

    #[derive(Debug, Deserialize, IntoParams)]
    struct Three {
        #[serde(default, deserialize_with = "said_list")]
        by: Option<Vec<String>>,
        #[serde(default, rename = "where", deserialize_with = "each")]
        filters: Vec<String>,
        #[serde(default, deserialize_with = "one")]
        #[param(value_type = Option<String>)]
        period: Option<Period>,
    }

    impl Part for Three {}

    fn read(query: &str) -> Result<Three, Problem> {
        let uri: Uri = format!("/x?{query}").parse().unwrap();
        let query = Query::read(&uri, &Three::names())?;
        Parameters::read(&query)
    }

    #[test]
    fn an_unknown_parameter_is_refused_with_those_there_are() {
        let problem = read("by=band&perod=2026-09").unwrap_err();
        assert_eq!(problem.kind(), Kind::UNKNOWN_PARAMETER);
        assert!(problem.detail().contains("by, where, period"));
        let bare: Uri = "/x?a".parse().unwrap();
        let none = Query::read(&bare, &<()>::names()).unwrap_err();
        assert!(none.detail().contains("no parameters"));
    }

    #[test]
    fn values_are_decoded_repeated_and_split() {
        let three = read("by=staff_group%2Cband&where=b=2&where=a%3D1&by=&period=").unwrap();
        assert_eq!(three.by.unwrap(), ["staff_group", "band"]);
        assert_eq!(three.filters, ["a=1", "b=2"]);
        assert_eq!(three.period, None);
        assert_eq!(read("").unwrap().by, None);
        assert_eq!(read("by=").unwrap().by, Some(Vec::new()));
    }

    #[test]
    fn a_value_that_is_none_or_stands_twice_is_refused_by_name() {
        let detail = |query: &str| read(query).unwrap_err().detail().to_owned();
        let twice = detail("period=2026-09&period=2026-06");
        assert!(
            twice.contains("`period`") && twice.contains("twice"),
            "{twice}"
        );
        let wrong = detail("period=september");
        assert!(
            wrong.contains("`period`") && wrong.contains("YYYY-MM"),
            "{wrong}"
        );
        for bad in ["by=%00", "by=%ff", "by=a%0d%0ab"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read(&"by=a&".repeat(201)).is_err());
    }
}
