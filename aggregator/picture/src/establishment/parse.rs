//! Reading a file of funded posts.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;
use vwis_model::{
    dictionary::{Attribute, Category, Resolution},
    here,
    ods::OdsCode,
    period::Period,
};

use super::{Establishment, Posts};
use crate::given;

const ODS_CODE: &str = "ods_code";
const STAFF_GROUP: &str = "staff_group";
const LOCALITY: &str = "locality";
const FUNDED_FTE: &str = "funded_fte";

/// The largest accepted number of whole-time equivalents. No employer has more: a larger one is a mistake.
const MOST_FTE: u32 = 1_000_000;

/// Why a file of funded posts was refused. Nothing of a refused file is kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EstablishmentError {
    /// A column is not there.
    #[error(
        "funded posts: there is no column `{column}`; the header is `{header}` and must name ods_code, \
         staff_group and funded_fte, and may name locality"
    )]
    NoColumn {
        /// The column that is missing.
        column: &'static str,
        /// The header that the file has.
        header: String,
    },
    /// A line is not CSV, or has more or fewer fields than the header.
    #[error("funded posts, line {line}: {problem}; expected are as many fields as in the header")]
    Line {
        /// The line's number; the header is line 1.
        line: u64,
        /// What is wrong with the line.
        problem: String,
    },
    /// A field has a value that its column does not allow.
    #[error(
        "funded posts, line {line}, column {column}: `{value}` is there, expected is {expected}"
    )]
    Value {
        /// The line's number; the header is line 1.
        line: u64,
        /// The name of the column.
        column: &'static str,
        /// The value in the file, shortened.
        value: String,
        /// What would be accepted instead.
        expected: String,
    },
    /// Two lines are about the same posts.
    #[error(
        "funded posts, line {line}: {posts} were given on line {first} already; expected is one line for \
         each employer, staff group and locality: add the two"
    )]
    Repeated {
        /// The number of the second line.
        line: u64,
        /// The number of the first line.
        first: u64,
        /// The posts that both are about: employer, staff group, locality.
        posts: String,
    },
    /// A staff group's posts are given both without a locality and by locality.
    #[error(
        "funded posts: {posts} are given both with and without a locality, and so would count twice; \
         expected is one or the other for each employer and staff group"
    )]
    Mixed {
        /// The posts that are given twice: employer and staff group.
        posts: String,
    },
    /// The file has no line under its header.
    #[error(
        "funded posts: the file has no line under its header; expected is one for each employer and \
         staff group"
    )]
    Empty,
}

/// Line number, column name and value of a field.
type Field<'a> = (u64, &'static str, &'a str);

// === impl Establishment ===

impl Establishment {
    /// Reads the posts of one period from a CSV with the columns `ods_code`, `staff_group` and `funded_fte`,
    /// and `locality` if localities are told apart. The columns may stand in any order; others are ignored.
    ///
    /// # Errors
    /// [`EstablishmentError`] names the line, the column, the value and what is expected.
    pub fn parse(csv: &str, period: Period) -> Result<Self, EstablishmentError> {
        let text = csv.strip_prefix('\u{feff}').unwrap_or(csv);
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| not_csv(&error))?.clone();
        let place = |column: &str| {
            let mut own = header.iter();
            own.position(|own| own.eq_ignore_ascii_case(column))
        };
        let required = |column| {
            place(column).ok_or_else(|| EstablishmentError::NoColumn {
                column,
                header: given::shortened(&header.iter().collect::<Vec<_>>().join(",")),
            })
        };
        let (ods_code, staff_group) = (required(ODS_CODE)?, required(STAFF_GROUP)?);
        let (funded_fte, locality) = (required(FUNDED_FTE)?, place(LOCALITY));
        let mut by_employer: BTreeMap<OdsCode, Vec<Posts>> = BTreeMap::new();
        let mut first_lines = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| not_csv(&error))?;
            let line = record.position().map_or(0, csv::Position::line);
            let employer = employer((line, ODS_CODE, &record[ods_code]))?;
            let in_locality = locality.map(|place| &record[place]);
            let in_locality = in_locality.filter(|value| !value.is_empty());
            let posts = Posts {
                staff_group: category((line, STAFF_GROUP, &record[staff_group]))?,
                locality: in_locality
                    .map(|value| category((line, LOCALITY, value)))
                    .transpose()?,
                funded_fte_hundredths: hundredths((line, FUNDED_FTE, &record[funded_fte]))?,
            };
            let key = (
                employer.clone(),
                posts.staff_group.clone(),
                posts.locality.clone(),
            );
            if let Some(first) = first_lines.insert(key, line) {
                let posts = named(&employer, &posts.staff_group, posts.locality.as_deref());
                return Err(EstablishmentError::Repeated { line, first, posts });
            }
            by_employer.entry(employer).or_default().push(posts);
        }
        if by_employer.is_empty() {
            return Err(EstablishmentError::Empty);
        }
        let mut establishment = Self::default();
        for (employer, mut posts) in by_employer {
            not_mixed(&employer, &posts)?;
            posts.sort_unstable();
            establishment.replace(employer, period, posts);
        }
        Ok(establishment)
    }
}

fn not_mixed(employer: &OdsCode, posts: &[Posts]) -> Result<(), EstablishmentError> {
    let in_all: BTreeSet<_> = (posts.iter())
        .filter(|posts| posts.locality.is_none())
        .map(|posts| posts.staff_group.as_str())
        .collect();
    let is_mixed =
        |posts: &&Posts| posts.locality.is_some() && in_all.contains(posts.staff_group.as_str());
    match posts.iter().find(is_mixed) {
        None => Ok(()),
        Some(posts) => Err(EstablishmentError::Mixed {
            posts: named(employer, &posts.staff_group, None),
        }),
    }
}

fn named(employer: &OdsCode, group: &str, locality: Option<&str>) -> String {
    match locality {
        None => format!("{employer} {group}"),
        Some(locality) => format!("{employer} {group} {locality}"),
    }
}

fn employer(field: Field<'_>) -> Result<OdsCode, EstablishmentError> {
    let parsed: Result<OdsCode, _> = field.2.parse();
    parsed.map_err(|_| unexpected(field, "an ODS code, such as R0A".to_owned()))
}

/// The category that a field names by code, label or known spelling.
fn category(field: Field<'_>) -> Result<String, EstablishmentError> {
    let attribute = attribute(field.1);
    let found = match attribute.resolve(field.2) {
        Resolution::Firm(index) => Some(index),
        _ => attribute.category(field.2),
    };
    let code = found.map(|index| attribute.categories()[index].code().to_owned());
    code.ok_or_else(|| {
        let near = attribute.nearest(field.2);
        let near = near.map_or_else(String::new, |near| format!("{near}? or "));
        let codes: Vec<_> = attribute.categories().iter().map(Category::code).collect();
        unexpected(field, format!("{near}one of {}", codes.join(", ")))
    })
}

/// Reads `12`, `12.5` or `1234.56` as hundredths, digit by digit, so that no rounding of floats comes in.
fn hundredths(field: Field<'_>) -> Result<u32, EstablishmentError> {
    let wrong = || {
        let expected = format!(
            "whole-time equivalents from 0 to {MOST_FTE} with at most two decimals and no thousands \
             separator, such as 1234.5"
        );
        unexpected(field, expected)
    };
    let (whole, decimals) = field.2.split_once('.').unwrap_or((field.2, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 2 {
        return Err(wrong());
    }
    let whole: u32 = whole.parse().map_err(|_| wrong())?;
    let rest: u32 = format!("{decimals:0<2}").parse().map_err(|_| wrong())?;
    if whole > MOST_FTE {
        return Err(wrong());
    }
    Ok(whole * 100 + rest)
}

fn attribute(code: &str) -> &'static Attribute {
    let found = here::dictionary().attribute(code);
    found.expect("the dictionary has staff groups and localities")
}

fn unexpected((line, column, value): Field<'_>, expected: String) -> EstablishmentError {
    EstablishmentError::Value {
        line,
        column,
        value: given::shortened(value),
        expected,
    }
}

fn not_csv(error: &csv::Error) -> EstablishmentError {
    let (line, problem) = given::not_csv(error);
    EstablishmentError::Line { line, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(csv: &str) -> Result<Establishment, EstablishmentError> {
        Establishment::parse(csv, "2026-03".parse().unwrap())
    }

    fn refused(csv: &str) -> String {
        parse(csv).unwrap_err().to_string()
    }

    #[test]
    fn posts_are_read_to_the_hundredth_under_any_known_spelling() {
        let file = "\u{feff}Funded_FTE,ods_code,locality,staff_group,cost_centre\n\
            1234.5,R0A,Manchester,Nursing & Midwifery,x\n\
            7,R0A,e08000001,nursing_and_midwifery,y\n\
            0.25,RM3,,students,z\n";
        let read = parse(file).unwrap();
        let r0a = "R0A".parse().unwrap();
        let (period, posts) = read.latest(&r0a, "2026-12".parse().unwrap()).unwrap();
        assert_eq!(period.to_string(), "2026-03");
        let hundredths: Vec<_> = posts.iter().map(|p| p.funded_fte_hundredths).collect();
        assert_eq!(hundredths, [700, 123_450]);
        assert!(
            posts
                .iter()
                .all(|posts| posts.staff_group == "nursing_and_midwifery"
                    && posts.locality.is_some())
        );
        assert_eq!(read.latest(&r0a, "2026-02".parse().unwrap()), None);
        let all: u32 = (read.files())
            .flat_map(|(_, _, posts)| posts)
            .map(|posts| posts.funded_fte_hundredths)
            .sum();
        assert_eq!(all, 124_175);
    }

    #[test]
    fn what_is_wrong_is_named_with_line_column_value_and_what_is_expected() {
        assert!(refused("ods_code,staff_group\nR0A,students\n").contains("no column `funded_fte`"));
        let header = "ods_code,staff_group,locality,funded_fte\n";
        let line = |line: &str| refused(&format!("{header}R0A,students,,5\n{line}\n"));
        assert!(line("R0A,nurses,,5").contains("line 3, column staff_group: `nurses` is there"));
        assert!(line("R0A,estates_and_ancillary,Leeds,5").contains("column locality: `Leeds`"));
        assert!(line("Royal,estates_and_ancillary,,5").contains("such as R0A"));
        for wrong in [
            "\"1,234\"",
            "-5",
            "5.125",
            "5.",
            "",
            "1e3",
            "2000000",
            "=1+1",
        ] {
            let error = line(&format!("R0A,estates_and_ancillary,,{wrong}"));
            assert!(
                error.contains("line 3, column funded_fte"),
                "{wrong}: {error}"
            );
        }
        assert!(line("R0A,students").contains("line 3: it has 2 fields"));
        assert!(line("R0A,Students,,6").contains("line 3: R0A students were given on line 2"));
        let mixed = line("R0A,students,e08000001,6");
        assert!(
            mixed.contains("R0A students are given both with and without"),
            "{mixed}"
        );
        assert!(refused(header).contains("no line under its header"));
    }
}
