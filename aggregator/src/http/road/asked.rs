//! Questions, parsed from their addresses: one type for all that is answered from releases.

use std::{fmt, str::FromStr};

use http::Uri;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use vwis_model::{agreement::Measure, ods::OdsCode, period::Period};
use vwis_pages::View;

use crate::{
    answer::{self, TableQuestion},
    export::{
        canonical::{BASE, Canonical},
        media::Format,
    },
    http::{
        problem::{Kind, Problem},
        problems,
        query::{self, Parameters, Part, Query},
    },
    indicator::{self, Indicator, Question},
    picture::{self, EACH, Filter, SYSTEM, Wanted, When, Whose},
};

/// How `org` asks for every organisation and the system.
pub(crate) const ALL: &str = "all";
/// The indicators' option that chooses between people and whole-time equivalents.
const MEASURE: &str = "measure";
/// Most organisations that one question may name: the access log has a row for each.
const MOST_ORGANISATIONS: usize = 100;
/// What follows a page's path where the pack is wanted.
const PACK: &str = "/pack";

/// A question, and the releases from which to answer it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) what: What,
    pub(crate) basis: Basis,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// A table, an indicator or the spending.
    Data(answer::Asked),
    /// Every cell of every table of one release.
    Cells(WhoseCells),
    /// Who is in each release; only for this period, if one is given.
    Coverage(Option<Period>),
    Page(Page),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Page {
    pub(crate) view: View,
    pub(crate) form: Form,
    pub(crate) whose: Whose,
    pub(crate) when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// HTML to look at.
    Page,
    /// A document to print and to file.
    Pack,
}

/// Whose cells of a release are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WhoseCells {
    /// Every organisation's and the system's.
    All,
    System,
    Of(OdsCode),
}

// === parameters, as the OpenAPI document tells them ===

/// The releases from which to answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Basis {
    /// Hash of the agreement, or the beginning of it. If not said, the one with the latest headcount of staff,
    /// then of the most employers, then with the most tables, then kept last; none of fewer than half as many
    /// employers as another had within the year.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false)]
    pub(crate) agreement: Option<String>,
    /// Id of a release: of a table, the one that it is of; of all else, the last of those that it is answered
    /// from. Such an answer never changes, but where funded posts are in it: it does when they are given anew.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false)]
    pub(crate) release: Option<String>,
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
    org: Vec<String>,
    /// `YYYY-MM`, exactly: the latest numbers of the answer are of this period. The latest released, if not
    /// said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    period: Option<Period>,
    /// `YYYY-MM`: from what was released up to this period. Instead of `period`.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, pattern = r"^\d{4}-\d{2}$")]
    up_to: Option<Period>,
}

/// The form of the answer.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InForm {
    /// `json`, `csv`, `csvw`, `xlsx` or `table`; by the Accept header, if not said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, example = "csv")]
    format: Option<Format>,
}

/// The table that is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichTable {
    /// Attributes in the order of the columns, separated by commas; none for the total.
    #[serde(default, deserialize_with = "query::list")]
    #[param(required = false, example = "staff_group,locality", value_type = Option<String>)]
    by: Vec<String>,
    /// `attribute=category[,category…]`, by code or label: only these. May be given several times. An
    /// attribute that is no column is summed over them.
    #[serde(default, rename = "where", deserialize_with = "query::each")]
    #[param(required = false, example = "band=afc_5", value_type = Option<Vec<String>>, explode)]
    filters: Vec<Filter>,
    /// `headcount` or `fte`; what the series or release counts, if one is named; headcount, if nothing is
    /// said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, example = "headcount", value_type = Option<String>)]
    measure: Option<Measure>,
    /// With rows of totals.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false)]
    totals: Option<bool>,
    /// Only this series of the agreement; the one with the least doubt, if not said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, example = "headline")]
    series: Option<String>,
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
    by: Option<Vec<String>>,
    /// `attribute=category[,category…]` of what it is broken down by: only these. May be given several
    /// times.
    #[serde(default, rename = "where", deserialize_with = "query::each")]
    #[param(required = false, example = "staff_group=students", value_type = Option<Vec<String>>, explode)]
    filters: Vec<Filter>,
}

/// The financial year that is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichYear {
    /// `YYYY-MM`: the financial year that it is in; that of the latest release, if not said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    period: Option<Period>,
}

/// The coverage that is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichCoverage {
    /// Hash of the agreement, or the beginning of it; the one that is meant where none is named, if not said.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false)]
    agreement: Option<String>,
    /// Only for this period.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, value_type = Option<String>, pattern = r"^\d{4}-\d{2}$", example = "2026-09")]
    period: Option<Period>,
}

/// Whose cells are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichCells {
    /// `system` (the default), `all` (every organisation and the system), or one ODS code.
    #[serde(default, deserialize_with = "query::one")]
    #[param(required = false, example = "system")]
    org: Option<String>,
}

impl Part for Basis {}
impl Part for OfWhom {}
impl Part for InForm {}
impl Part for WhichTable {}
impl Part for WhichBreakdown {}
impl Part for WhichYear {}
impl Part for WhichCoverage {}
impl Part for WhichCells {}

// === impl Asked ===

impl Asked {
    /// Parses a question for a table, and the form that its query names.
    pub(crate) fn table(uri: &Uri) -> Result<(Self, Option<Format>), Problem> {
        type All = (WhichTable, OfWhom, Basis, InForm);
        let query = Query::read(uri, &All::names())?;
        let (table, of_whom, basis, form) = All::read(&query)?;
        let what = answer::What::Table(TableQuestion {
            query: picture::Query {
                by: table.by,
                filters: sorted(table.filters),
            },
            measure: table.measure,
            series: table.series,
            with_totals: table.totals.unwrap_or(false),
        });
        Self::of_data(what, &of_whom, basis, &form)
    }

    /// Parses a question for the indicator `name`, and the form that its query names.
    pub(crate) fn indicator(name: &str, uri: &Uri) -> Result<(Self, Option<Format>), Problem> {
        type All = (WhichBreakdown, OfWhom, Basis, InForm);
        let indicator = indicator::named(name).map_err(|error| problems::of_indicator(&error))?;
        let options = indicator.definition.options.iter();
        let options: Vec<_> = options.map(|option| option.name.to_owned()).collect();
        let known = [All::names(), options.clone()].concat();
        let query = Query::read(uri, &known).map_err(|problem| {
            let is_asked = query::names(uri).any(|name| name.eq_ignore_ascii_case(MEASURE));
            if is_asked && !known.iter().any(|name| name == MEASURE) {
                problem.instead(in_fte())
            } else {
                problem
            }
        })?;
        let (breakdown, of_whom, basis, form) = All::read(&query)?;
        let mut question = Question {
            by: breakdown.by,
            filters: sorted(breakdown.filters),
            ..Question::default()
        };
        for name in options {
            if let Some(value) = query.text(&name)? {
                question.options.insert(name, value.to_owned());
            }
        }
        let what = answer::What::Indicator(indicator, question);
        Self::of_data(what, &of_whom, basis, &form)
    }

    /// Parses a question for the spending, and the form that its query names.
    pub(crate) fn spending(uri: &Uri) -> Result<(Self, Option<Format>), Problem> {
        type All = (WhichYear, Basis, InForm);
        let query = Query::read(uri, &All::names())?;
        let (year, basis, form) = All::read(&query)?;
        let of_whom = OfWhom {
            org: Vec::new(),
            period: year.period,
            up_to: None,
        };
        Self::of_data(answer::What::Spending, &of_whom, basis, &form)
    }

    fn of_data(
        what: answer::What,
        of_whom: &OfWhom,
        basis: Basis,
        form: &InForm,
    ) -> Result<(Self, Option<Format>), Problem> {
        let whose = of_whom.wanted()?;
        let when = of_whom.when()?;
        let what = What::Data(answer::Asked { what, whose, when });
        Ok((Self { what, basis }, form.format))
    }

    /// Parses a question for who is in each release.
    pub(crate) fn coverage(uri: &Uri) -> Result<Self, Problem> {
        let query = Query::read(uri, &WhichCoverage::names())?;
        let WhichCoverage { agreement, period } = Parameters::read(&query)?;
        let basis = Basis {
            agreement,
            release: None,
        };
        let what = What::Coverage(period);
        Ok(Self { what, basis })
    }

    /// Parses a question for every cell of a release.
    pub(crate) fn cells(release: &str, uri: &Uri) -> Result<Self, Problem> {
        let query = Query::read(uri, &WhichCells::names())?;
        let which: WhichCells = Parameters::read(&query)?;
        let basis = Basis {
            agreement: None,
            release: Some(release.to_owned()),
        };
        let what = What::Cells(which.whose()?);
        Ok(Self { what, basis })
    }

    /// Parses a question for a page. `beside` are parameters that may be there and mean nothing to it.
    pub(crate) fn page(
        view: View,
        form: Form,
        uri: &Uri,
        beside: &[&str],
    ) -> Result<Self, Problem> {
        type All = (OfWhom, Basis);
        let own = view.choices();
        let others = own.iter().chain(beside).map(|&name| name.to_owned());
        let known = [All::names(), others.collect()].concat();
        let query = Query::read_of_page(uri, &known)?;
        let (of_whom, basis) = All::read(&query)?;
        let Wanted::Sum(whose) = of_whom.wanted()? else {
            let detail =
                "a page shows one employer, or several together: name their codes in `org`";
            return Err(Kind::BAD_QUERY.problem(detail));
        };
        let view = view.with(query.chosen(own)?);
        let page = Page {
            view: view.map_err(|gap| Kind::BAD_QUERY.problem(gap))?,
            form,
            whose,
            when: of_whom.when()?,
        };
        let what = What::Page(page);
        Ok(Self { what, basis })
    }

    /// The same question of `release`, or of none. The agreement stays as it was named.
    pub(crate) fn under(self, release: Option<Uuid>) -> Self {
        let basis = Basis {
            release: release.map(|id| id.to_string()),
            ..self.basis
        };
        Self { basis, ..self }
    }

    /// Its address, without agreement and release.
    pub(crate) fn address(&self) -> Canonical {
        match &self.what {
            What::Data(asked) => asked.address(),
            What::Cells(whose) => {
                let id = self.basis.release.as_deref().unwrap_or_default();
                let mut address =
                    Canonical::new(format!("{BASE}/releases/{id}/picture.csv"), Vec::new());
                address.add("org", whose.parameter());
                address
            }
            What::Coverage(period) => {
                let mut address = Canonical::new(format!("{BASE}/coverage"), Vec::new());
                address.add("period", *period);
                address
            }
            What::Page(page) => {
                let path = page.view.path() + page.form.suffix();
                let mut address = Canonical::new(path, page.view.chosen());
                let whose = Wanted::Sum(page.whose.clone());
                address.add("org", whose.parameter());
                address.add("period", page.when.period());
                address.add("up_to", page.when.up_to());
                address
            }
        }
    }
}

/// Writes its canonical address: queries that ask the same have the same.
impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut address = self.address();
        address.add("agreement", self.basis.agreement.as_ref());
        if !matches!(self.what, What::Cells(_)) {
            address.add("release", self.basis.release.as_ref());
        }
        f.write_str(address.as_str())
    }
}

impl FromStr for Asked {
    type Err = Problem;

    fn from_str(address: &str) -> Result<Self, Problem> {
        let uri: Uri = address
            .parse()
            .map_err(|_| Kind::BAD_QUERY.problem("this is no address"))?;
        let nothing = || Kind::NOT_FOUND.problem(format!("there is no `{}`", uri.path()));
        let path = uri.path();
        let Some(endpoint) = path.strip_prefix(BASE) else {
            let (path, form) = match path.strip_suffix(PACK) {
                Some(path) => (path, Form::Pack),
                None => (path, Form::Page),
            };
            let view = View::at(path).filter(|view| form == Form::Page || view.has_pack());
            return Self::page(view.ok_or_else(nothing)?, form, &uri, &[]);
        };
        match endpoint.split('/').collect::<Vec<_>>()[1..] {
            ["tables"] => Ok(Self::table(&uri)?.0),
            ["indicators", name] => Ok(Self::indicator(name, &uri)?.0),
            ["spending"] => Ok(Self::spending(&uri)?.0),
            ["coverage"] => Self::coverage(&uri),
            ["releases", id, "picture.csv"] => Self::cells(id, &uri),
            _ => Err(nothing()),
        }
    }
}

/// Says where whole-time equivalents can be asked for.
fn in_fte() -> String {
    let has_measure = |one: &&&Indicator| one.definition.options.iter().any(|o| o.name == MEASURE);
    let indicators = indicator::ALL.iter().filter(has_measure);
    let names: Vec<_> = indicators.map(|one| one.definition.name).collect();
    format!(
        "`{MEASURE}=fte` is taken by the indicators {}, and by tables: {BASE}/tables?by=…&{MEASURE}=fte",
        names.join(" and ")
    )
}

fn sorted(mut filters: Vec<Filter>) -> Vec<Filter> {
    filters.sort_unstable();
    filters
}

// === impl OfWhom ===

impl OfWhom {
    fn when(&self) -> Result<When, Problem> {
        When::of(self.period, self.up_to).map_err(|error| Kind::BAD_QUERY.problem(error))
    }

    fn wanted(&self) -> Result<Wanted, Problem> {
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
    fn whose(&self) -> Result<WhoseCells, Problem> {
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

    fn parameter(&self) -> Option<&str> {
        match self {
            Self::All => Some(ALL),
            Self::System => None,
            Self::Of(code) => Some(code.as_str()),
        }
    }
}

// === impl Form ===

impl Form {
    /// What follows a page's path in this form.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Page => "",
            Self::Pack => PACK,
        }
    }
}

#[cfg(test)]
mod tests;
