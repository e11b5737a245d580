//! Drafts: what people write, and how it becomes an agreement.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Agreement, AgreementError, Cadence, Measure, Scope, SeriesError, Visibility,
    series::{domain, names_of, position, table_name, validate_tables},
    text::{AgreementText, FORMAT, ResidualText, SeriesText, TableText, TreeText},
};
use crate::{
    aggregator_name::AggregatorName,
    algebra::{Objective, Plan, plan},
    dictionary::{DataSet, Dictionary},
    period::Period,
    rho::Rho,
};

/// An agreement as people write it, in TOML.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The agreement's title, for people.
    pub name: String,
    /// The version, which its authors raise with every change.
    pub version: u32,
    /// The aggregator that may ask.
    pub aggregator: AggregatorName,
    /// What the counts are for, in a sentence or two.
    pub purpose: String,
    /// Who will see them.
    pub readers: String,
    /// Who else may read one organisation's own tables; `analysts` if not said.
    #[serde(default)]
    pub organisations_visible_to: Visibility,
    /// So many days after a period's last day, its figures are published to readers who are no analysts, even
    /// if organisations are missing. If not said, they wait until all expected organisations are in.
    #[serde(default)]
    pub published_after_days: Option<u16>,
    /// First period of the term.
    pub first_period: Period,
    /// Last period of the term.
    pub last_period: Period,
    /// The clauses, in the order in which the agreement will have them.
    pub series: Vec<DraftSeries>,
}

/// One clause as people write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftSeries {
    /// Name of the clause.
    pub name: String,
    /// Data set of the dictionary; `staff` if not said.
    #[serde(default = "staff")]
    pub data_set: String,
    /// What is summed: headcount or FTE.
    pub measure: Measure,
    /// Who may see an organisation's own measurement; `organisation` if not said.
    #[serde(default = "organisation")]
    pub scope: Scope,
    /// The months for which it is measured.
    pub cadence: Cadence,
    /// Privacy loss ρ of each measurement, a plain decimal: a number or a string of TOML.
    rho: toml::Value,
    /// What the strategy minimises; the sum of variances if not said.
    #[serde(default)]
    pub objective: DraftObjective,
    /// The attributes whose groups are measured too, as the dictionary's tables draw them; none if not said.
    #[serde(default)]
    pub trees: Vec<String>,
    /// The tables promised.
    pub tables: Vec<DraftTable>,
}

/// One table as people write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftTable {
    /// Attribute codes, `ethnic_group:1` for the first level of its groups; empty for the total.
    pub by: Vec<String>,
    /// Importance relative to the other tables, 1 if not said.
    #[serde(default = "one")]
    pub weight: f64,
}

/// What the strategy of a series minimises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftObjective {
    /// The weighted sum of the tables' variances.
    #[default]
    SumOfVariances,
    /// The variance of the worst table, relative to its weight.
    WorstTable,
}

/// The planner's answer for one series, for those who want to look behind the integers.
#[derive(Clone, Debug)]
pub struct SeriesPlan {
    /// Name of the series.
    pub series: String,
    /// The strategy chosen and its certificate.
    pub plan: Plan,
}

/// Why a draft is no agreement.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The text is not the TOML of a draft; the message names line and column.
    #[error(transparent)]
    Syntax(#[from] toml::de::Error),
    /// A clause that breaks a rule of agreements.
    #[error(transparent)]
    Clause(#[from] AgreementError),
}

fn staff() -> String {
    "staff".to_owned()
}

fn organisation() -> Scope {
    Scope::Organisation
}

fn one() -> f64 {
    1.0
}

// === impl Draft ===

impl Draft {
    /// Reads a draft. This checks its form only.
    ///
    /// # Errors
    /// [`DraftError::Syntax`] names line, column and the field that is missing or unknown.
    pub fn parse(text: &str) -> Result<Self, DraftError> {
        Ok(toml::from_str(text)?)
    }

    /// Chooses the strategy of every series and validates the whole.
    ///
    /// # Errors
    /// [`DraftError::Clause`] names the series, the table and the fix.
    pub fn compile(
        self,
        dictionary: &Dictionary,
    ) -> Result<(Agreement, Vec<SeriesPlan>), DraftError> {
        let mut series = Vec::with_capacity(self.series.len());
        let mut plans = Vec::with_capacity(self.series.len());
        for clause in self.series {
            let name = clause.name.clone();
            let (text, plan) =
                clause
                    .compile(dictionary)
                    .map_err(|problem| AgreementError::Series {
                        series: name.clone(),
                        problem,
                    })?;
            series.push(text);
            plans.push(SeriesPlan { series: name, plan });
        }
        let text = AgreementText {
            format: FORMAT.to_owned(),
            name: self.name,
            version: self.version,
            aggregator: self.aggregator,
            purpose: self.purpose,
            readers: self.readers,
            organisations_visible_to: self.organisations_visible_to,
            published_after_days: self.published_after_days,
            dictionary: dictionary.version().to_owned(),
            first_period: self.first_period,
            last_period: self.last_period,
            series,
        };
        Ok((Agreement::validate(text, dictionary)?, plans))
    }
}

// === impl DraftObjective ===

impl DraftObjective {
    /// The other of the two objectives.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::SumOfVariances => Self::WorstTable,
            Self::WorstTable => Self::SumOfVariances,
        }
    }

    /// The objective's code, as drafts spell it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SumOfVariances => "sum_of_variances",
            Self::WorstTable => "worst_table",
        }
    }
}

// === impl DraftSeries ===

impl DraftSeries {
    fn compile(self, dictionary: &Dictionary) -> Result<(SeriesText, Plan), SeriesError> {
        let data_set = dictionary
            .data_set(&self.data_set)
            .ok_or_else(|| SeriesError::UnknownDataSet(self.data_set.clone()))?;
        let trees = trees(&self.trees, data_set)?;
        let domain = domain(data_set, &trees)?;
        let rho = parse_rho(&self.rho)?;
        let tables = self
            .tables
            .into_iter()
            .map(DraftTable::into_text)
            .collect::<Result<Vec<_>, _>>()?;
        // A higher weight means more exact under either objective: the sum multiplies a table's
        // variance by c_M, the worst case divides it.
        let (objective, importance): (_, fn(f64) -> f64) = match self.objective {
            DraftObjective::SumOfVariances => (Objective::SumOfVariances, |weight| weight),
            DraftObjective::WorstTable => (Objective::WorstMarginal, f64::recip),
        };
        let workload: Vec<_> = validate_tables(&tables, data_set, &domain)?
            .iter()
            .map(|table| {
                let weight = f64::from(table.weight_milli) / 1000.0;
                (table.levels, importance(weight))
            })
            .collect();
        let plan = plan(
            &domain,
            self.measure.unit(),
            &workload,
            rho.nano(),
            objective,
        )?;
        let residuals = plan
            .strategy()
            .residuals()
            .iter()
            .map(|(levels, weight)| ResidualText {
                by: names_of(*levels, data_set, &domain),
                weight: *weight,
            })
            .collect();
        let text = SeriesText {
            name: self.name,
            data_set: self.data_set,
            measure: self.measure,
            scope: self.scope,
            cadence: self.cadence,
            rho_nano: rho,
            trees,
            tables,
            residuals,
            gamma: plan.strategy().gamma(),
        };
        Ok((text, plan))
    }
}

/// The dictionary's trees of these attributes, in the data set's order.
fn trees(attributes: &[String], data_set: &DataSet) -> Result<Vec<TreeText>, SeriesError> {
    let mut trees = BTreeMap::new();
    for code in attributes {
        let position = position(code, data_set)?;
        let groups = data_set.attributes()[position].groups_measured();
        let tree = TreeText {
            attribute: code.clone(),
            levels: groups
                .ok_or_else(|| SeriesError::NoTree(code.clone()))?
                .to_vec(),
        };
        if trees.insert(position, tree).is_some() {
            return Err(SeriesError::TreeOrder(code.clone()));
        }
    }
    Ok(trees.into_values().collect())
}

/// Reads ρ without rounding. A float of TOML is taken as the shortest decimal that reads back as the
/// same float: that is what the author wrote.
fn parse_rho(value: &toml::Value) -> Result<Rho, SeriesError> {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Float(number) => number.to_string(),
        other => other.to_string(),
    };
    Ok(text.parse::<Rho>()?)
}

// === impl DraftTable ===

impl DraftTable {
    fn into_text(self) -> Result<TableText, SeriesError> {
        let milli = (self.weight * 1000.0).round();
        if !(1.0..=1_000_000.0).contains(&milli) {
            return Err(SeriesError::Weight(table_name(&self.by)));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 1 to a million"
        )]
        let weight_milli = milli as u32;
        Ok(TableText {
            by: self.by,
            weight_milli,
        })
    }
}
