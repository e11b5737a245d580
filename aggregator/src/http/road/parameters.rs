//! The parameters of whatever is asked, as the OpenAPI document describes them.

use std::str::FromStr;

use serde::Deserialize;
use utoipa::IntoParams;
use vwis_model::{agreement::Measure, ods::OdsCode, period::Period};
use vwis_web::{
    problem::{Kind, Problem},
    query::{self, Part},
};

use crate::{
    export::media::Format,
    picture::{EACH, Filter, SYSTEM, Wanted, When, Whose},
};

/// How `org` asks for every organisation and the system.
const ALL: &str = "all";
/// Most organisations that one question may name: the access log has a row for each.
const MOST_ORGANISATIONS: usize = 100;

/// Longest name of a series, as agreements have them.
const MOST_SERIES_BYTES: usize = 40;

/// A text that can be the name of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeriesName(pub(crate) String);

/// The text cannot be the name of a series.
#[derive(Debug, thiserror::Error)]
#[error("a series' name is up to {MOST_SERIES_BYTES} characters of a-z, 0-9 and _")]
pub(crate) struct NoSeriesName;

/// Whose cells of a release are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WhoseCells {
    /// Every organisation's and the system's.
    All,
    System,
    Of(OdsCode),
}

/// The releases from which to answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Basis {
    /// Hash of the agreement, or the beginning of it. If not said, the one with the latest headcount of staff,
    /// then of the most employers, then with the most tables, then kept last; none of fewer than half as many
    /// employers as another had within the year.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false)]
    pub(super) agreement: Option<String>,
    /// Id of a release: the last of those that the question is answered from; of a table also its period and
    /// series, where `period` and `series` name no others. Such an answer never changes, but where funded posts are in it: it does when they are given anew.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false)]
    pub(super) release: Option<String>,
}

/// The organisations and periods that are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfWhom {
    /// At most 100 ODS codes separated by commas, summed, of the latest period in which all of them are; `each`
    /// for every organisation's own side by side, in a table with a reason in place of the numbers of who is not
    /// in its release; or `system`, which is the default.
    #[serde(default, deserialize_with = "query::list")]
    #[param(required = false, example = "system", value_type = Option<String>)]
    pub(super) org: Vec<String>,
    /// `YYYY-MM`, exactly: the latest numbers of the answer are of this period. The latest released, if not
    /// said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    pub(super) period: Option<Period>,
    /// `YYYY-MM`: from what was released up to this period. Instead of `period`.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, pattern = r"^\d{4}-\d{2}$")]
    pub(super) up_to: Option<Period>,
}

/// The form of the answer.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InForm {
    /// `json`, `csv`, `csvw`, `xlsx` or `table`; by the Accept header, if not said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, example = "csv")]
    pub(super) format: Option<Format>,
}

/// The table that is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichTable {
    /// Attributes in the order of the columns, separated by commas; none for the total. `band:1` counts by the
    /// coarsest groups of an attribute, where the agreement measures them.
    #[serde(default, deserialize_with = "query::list")]
    #[param(required = false, example = "staff_group,locality", value_type = Option<String>)]
    pub(super) by: Vec<String>,
    /// `attribute=category[,category…]`, by code or label: only these. May be given several times. An
    /// attribute that is no column is summed over them.
    #[serde(default, rename = "where", deserialize_with = "query::each")]
    #[param(required = false, example = "band=afc_5", value_type = Option<Vec<String>>, explode)]
    pub(super) filters: Vec<Filter>,
    /// `headcount` or `fte`; what the series or release counts, if one is named; headcount, if nothing is
    /// said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, example = "headcount", value_type = Option<String>)]
    pub(super) measure: Option<Measure>,
    /// With rows of totals.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false)]
    pub(super) totals: Option<bool>,
    /// The mean of this many years, 1 to 5: of the period and of the same month of the years before it. It has less
    /// noise than one year and is labelled as of all of them; 1, if not said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, example = 1)]
    pub(super) years: Option<u16>,
    /// Only this series of the agreement; the one with the least doubt, if not said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, example = "headline")]
    pub(super) series: Option<String>,
}

/// How an indicator is broken down.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichBreakdown {
    /// Attributes to break down by, separated by commas; the definition says which there are. Present and
    /// empty (`by=`) for no breakdown. If not said, the definition's first; none where `comparison` or `pairs`
    /// is asked of employers.
    #[serde(default, deserialize_with = "query::said_list")]
    #[param(required = false, example = "staff_group", value_type = Option<String>)]
    pub(super) by: Option<Vec<String>>,
    /// `attribute=category[,category…]` of what it is broken down by: only these. May be given several
    /// times.
    #[serde(default, rename = "where", deserialize_with = "query::each")]
    #[param(required = false, example = "staff_group=students", value_type = Option<Vec<String>>, explode)]
    pub(super) filters: Vec<Filter>,
}

/// The financial year that is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichYear {
    /// `YYYY-MM`: the financial year that it is in; that of the latest release, if not said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    pub(super) period: Option<Period>,
}

/// The coverage that is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichCoverage {
    /// Hash of the agreement, or the beginning of it; the one that is meant where none is named, if not said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false)]
    pub(super) agreement: Option<String>,
    /// Only for this period.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    pub(super) period: Option<Period>,
}

/// Whose cells are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichCells {
    /// `system` (the default), `all` (every organisation and the system), or one ODS code.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, example = "system")]
    pub(super) org: Option<String>,
}

impl Part for Basis {}
impl Part for OfWhom {}
impl Part for InForm {}
impl Part for WhichTable {}
impl Part for WhichBreakdown {}
impl Part for WhichYear {}
impl Part for WhichCoverage {}
impl Part for WhichCells {}

// === impl SeriesName ===

impl FromStr for SeriesName {
    type Err = NoSeriesName;

    fn from_str(text: &str) -> Result<Self, NoSeriesName> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if text.len() > MOST_SERIES_BYTES || !text.bytes().all(plain) {
            return Err(NoSeriesName);
        }
        Ok(Self(text.to_owned()))
    }
}

// === impl OfWhom ===

impl OfWhom {
    pub(super) fn when(&self) -> Result<When, Problem> {
        When::of(self.period, self.up_to).map_err(|error| Kind::BAD_QUERY.problem(error))
    }

    pub(super) fn wanted(&self) -> Result<Wanted, Problem> {
        let wanted = Wanted::parse(self.org.iter().map(String::as_str))
            .map_err(|error| Kind::BAD_QUERY.problem(format!("`org`: {error}")))?;
        if let Wanted::Sum(Whose::Organisations(codes)) = &wanted
            && codes.len() > MOST_ORGANISATIONS
        {
            let detail = format!(
                "`org` names {} organisations, and the most is {MOST_ORGANISATIONS} at once: ask for them \
                 in parts",
                codes.len()
            );
            return Err(Kind::BAD_QUERY.problem(detail));
        }
        Ok(wanted)
    }
}

// === impl WhichCells ===

impl WhichCells {
    pub(super) fn whose(&self) -> Result<WhoseCells, Problem> {
        let bad = |detail: String| {
            let problem = Kind::BAD_QUERY.problem(format!("`org`: {detail}"));
            problem.available([SYSTEM, ALL])
        };
        let named = self.org.as_deref();
        if named.is_some_and(|org| org.eq_ignore_ascii_case(ALL)) {
            return Ok(WhoseCells::All);
        }
        match Wanted::parse(named).map_err(|error| bad(error.to_string()))? {
            Wanted::Sum(Whose::System) => Ok(WhoseCells::System),
            Wanted::Sum(Whose::Organisations(codes)) => {
                let mut codes = codes.into_iter();
                let one = codes
                    .next()
                    .ok_or_else(|| bad("name one code".to_owned()))?;
                Ok(WhoseCells::Of(one))
            }
            Wanted::Each => Err(bad(format!(
                "`{EACH}` is not taken here; `{ALL}` is every organisation and the system"
            ))),
        }
    }
}

// === impl WhoseCells ===

impl WhoseCells {
    /// Whose rows to keep; none keeps everybody's.
    pub(crate) fn row(&self) -> Option<&str> {
        match self {
            Self::All => None,
            Self::System => Some(SYSTEM),
            Self::Of(code) => Some(code.as_str()),
        }
    }

    pub(super) fn parameter(&self) -> Option<&str> {
        match self {
            Self::All => Some(ALL),
            Self::System => None,
            Self::Of(code) => Some(code.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Uri;

    use super::*;
    use vwis_web::query::{Parameters, Query};

    /// A parameter of each type that there is.
    #[derive(Debug, Deserialize, IntoParams)]
    #[expect(dead_code, reason = "what does not parse is never read")]
    struct EachKind {
        #[serde(default, deserialize_with = "query::one")]
        #[param(value_type = Option<String>)]
        period: Option<Period>,
        #[serde(default, deserialize_with = "query::one")]
        #[param(value_type = Option<String>)]
        format: Option<Format>,
        #[serde(default, deserialize_with = "query::one")]
        #[param(value_type = Option<String>)]
        measure: Option<Measure>,
        #[serde(default, deserialize_with = "query::one")]
        #[param(value_type = Option<String>)]
        series: Option<SeriesName>,
        #[serde(default, deserialize_with = "query::each")]
        #[param(value_type = Option<Vec<String>>)]
        filters: Vec<Filter>,
    }

    impl Part for EachKind {}

    fn each_kind(name: &str, value: &str) -> Result<EachKind, Problem> {
        let uri: Uri = format!("/x?{name}={value}").parse().unwrap();
        Parameters::read(&Query::read(&uri, &EachKind::names())?)
    }

    /// However long what somebody wrote is: the error cuts that, and not its advice.
    #[test]
    fn whatever_does_not_parse_the_error_says_what_would_be_right() {
        let long = "X!".repeat(1000);
        for (name, advice) in [
            ("period", "YYYY-MM, such as 2026-09"),
            ("format", "table, csv, csvw, json and xlsx"),
            ("measure", "neither `headcount` nor `fte`"),
            ("series", "up to 40 characters of a-z, 0-9 and _"),
            ("filters", "ATTRIBUTE=CATEGORY"),
        ] {
            for value in ["X!", &long] {
                let said = each_kind(name, value).unwrap_err().detail().to_owned();
                assert!(said.contains(&format!("`{name}`")), "{said}");
                assert!(said.contains(advice) && said.len() < 300, "{said}");
            }
        }
    }

    #[test]
    fn the_name_of_a_series_is_plain() {
        assert!("detail_2".parse::<SeriesName>().is_ok());
        assert!("';--".parse::<SeriesName>().is_err());
    }
}
