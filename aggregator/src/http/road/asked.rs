//! Questions, parsed from their addresses: one type for all that is answered from releases.

use std::{fmt, str::FromStr};

use http::Uri;
use uuid::Uuid;
use vwis_model::{agreement::Series, period::Period};
use vwis_pages::{Choices, View};
use vwis_web::{
    problem::{Kind, Problem},
    query::{self, Parameters, Query},
};

use super::parameters::{
    Basis, InForm, OfWhom, WhichBreakdown, WhichCells, WhichCoverage, WhichTable, WhichYear,
    WhoseCells,
};
use crate::{
    answer::{self, MOST_YEARS, TableQuestion},
    export::{
        canonical::{BASE, Canonical},
        media::Format,
    },
    http::problems,
    indicator::{self, Indicator, Question},
    picture::{self, Wanted, When, Whose},
};

/// The indicators' option that chooses between people and whole-time equivalents.
const MEASURE: &str = "measure";
/// Parameters that only the data's endpoints take, never a page.
const ASKED_OF_DATA: [&str; 7] = [
    "by", "where", "series", "measure", "totals", "unknown", "years",
];
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

/// The choices on a page that have these names, of a query in which they are known.
///
/// # Errors
/// Where one appears twice.
pub(crate) fn choices(query: &Query, names: &[&'static str]) -> Result<Choices, Problem> {
    let mut chosen = Vec::new();
    for &name in names {
        let value = query.text(name)?;
        chosen.extend(value.map(|value| (name, value.to_owned())));
    }
    Ok(Choices::new(chosen))
}

/// Of how many years a table is the mean.
fn years(asked: Option<u16>) -> Result<u16, Problem> {
    let years = asked.unwrap_or(1);
    if (1..=MOST_YEARS).contains(&years) {
        return Ok(years);
    }
    let detail = format!("`years` is 1 to {MOST_YEARS}: a table is the mean of so many");
    Err(Kind::BAD_QUERY.problem(detail))
}

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
                filters: table.filters,
            },
            measure: table.measure,
            series: table.series,
            with_totals: table.totals.unwrap_or(false),
            years: years(table.years)?,
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
            filters: breakdown.filters,
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
        let query = Query::read_of_page(uri, &known, &ASKED_OF_DATA)?;
        let (of_whom, basis) = All::read(&query)?;
        let Wanted::Sum(whose) = of_whom.wanted()? else {
            let detail =
                "a page shows one employer, or several together: name their codes in `org`";
            return Err(Kind::BAD_QUERY.problem(detail));
        };
        let view = view.with(choices(&query, own)?);
        let page = Page {
            view: view.map_err(|gap| Kind::BAD_QUERY.problem(gap))?,
            form,
            whose,
            when: of_whom.when()?,
        };
        let what = What::Page(page);
        Ok(Self { what, basis })
    }

    /// Whether it can be answered from a series.
    pub(crate) fn is_told_by(&self, series: &Series) -> bool {
        match &self.what {
            What::Data(data) => data.what.is_told_by(series),
            What::Page(page) => page.view.is_told_by(series),
            What::Cells(_) | What::Coverage(_) => true,
        }
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
