//! A clause of an agreement: which tables of which data set, how exact, how often, at what cost.

use std::{collections::BTreeSet, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    Cadence, SeriesError,
    compiled::{MAX_CELLS_PER_TABLE, MAX_ENTRIES_PER_SERIES, MAX_TABLES_PER_SERIES},
    text::{SeriesText, TableText},
};
use crate::{
    algebra::{AttributeSet, Domain, MeasureUnit, Strategy, closure},
    dictionary::{DataSet, Dictionary},
    rho::{InvalidRho, Rho},
};

/// One clause of an agreement: a data set, a measure, the tables promised, ρ and cadence.
#[derive(Clone, Debug)]
pub struct Series {
    text: SeriesText,
    data_set: DataSet,
    tables: Vec<Table>,
    strategy: Strategy,
}

/// One promised marginal.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Attribute codes in the order in which the agreement writes them.
    pub by: Vec<String>,
    /// Positions of the same attributes in the data set.
    pub attributes: AttributeSet,
    /// Importance `c_M` relative to the other tables (design §3.4), in thousandths.
    pub weight_milli: u32,
}

/// What is summed over the people of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The number of people.
    Headcount,
    /// Full-time equivalents; each person's are clamped to [0, 1.00] and counted in hundredths.
    Fte,
}

/// Who may see one organisation's own measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The aggregator sees each node's own noisy measurement (design §3.9).
    Organisation,
}

// === impl Series ===

impl Series {
    pub(super) fn validate(
        text: &SeriesText,
        dictionary: &Dictionary,
    ) -> Result<Self, SeriesError> {
        let identifier = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !(1..=40).contains(&text.name.len()) || !text.name.bytes().all(identifier) {
            return Err(SeriesError::Name);
        }
        let data_set = dictionary
            .data_set(&text.data_set)
            .ok_or_else(|| SeriesError::UnknownDataSet(text.data_set.clone()))?;
        let domain = data_set.domain();
        let tables = validate_tables(&text.tables, data_set, &domain)?;
        if !(1..=1_000 * 1_000_000_000).contains(&text.rho_nano.nano()) {
            return Err(InvalidRho::OutOfBounds(text.rho_nano.to_string()).into());
        }

        let workload: Vec<_> = tables.iter().map(|table| table.attributes).collect();
        let residuals = text
            .residuals
            .iter()
            .map(|residual| {
                let set = attribute_set(&residual.by, data_set)?;
                // A residual has one spelling: its attributes stand in the data set's order.
                if names_of(set, data_set) == residual.by {
                    Ok((set, residual.weight))
                } else {
                    Err(SeriesError::ResidualsDoNotMatch)
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        let measured = residuals.iter().map(|(set, _)| *set);
        if !measured.eq(closure(&workload)) {
            return Err(SeriesError::ResidualsDoNotMatch);
        }
        let strategy = Strategy::new(domain, text.measure.unit(), residuals, text.gamma)?;
        if strategy.entries() > MAX_ENTRIES_PER_SERIES {
            return Err(SeriesError::TooManyEntries(strategy.entries()));
        }
        let spent = Rho::from_nano(strategy.rho_nano_ceil());
        if text.rho_nano < spent {
            return Err(SeriesError::UnderstatedRho {
                stated: text.rho_nano,
                spent,
            });
        }
        Ok(Self {
            text: text.clone(),
            data_set: data_set.clone(),
            tables,
            strategy,
        })
    }

    /// Name of the clause, such as `headline`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text.name
    }

    /// The data set that is counted, such as `staff`, as the agreement's own edition of the dictionary has
    /// it.
    #[must_use]
    pub fn data_set(&self) -> &DataSet {
        &self.data_set
    }

    /// All attributes that its tables count by.
    #[must_use]
    pub fn attributes(&self) -> AttributeSet {
        let tables = self.tables.iter();
        tables.fold(AttributeSet::EMPTY, |all, table| {
            all.union(table.attributes)
        })
    }

    /// What is summed over the people of a cell: headcount or FTE.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.text.measure
    }

    /// Who may see an organisation's own measurement.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.text.scope
    }

    /// The months for which it is measured.
    #[must_use]
    pub fn cadence(&self) -> Cadence {
        self.text.cadence
    }

    /// The ρ the agreement states for each measurement.
    #[must_use]
    pub fn stated_rho(&self) -> Rho {
        self.text.rho_nano
    }

    /// What the ledger charges for each measurement: d²/(2γ²), rounded up to a billionth.
    #[must_use]
    pub fn charge(&self) -> Rho {
        Rho::from_nano(self.strategy.rho_nano_ceil())
    }

    /// The promised tables, in the order written.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The integer weights and the noise scale by which the tables are measured.
    #[must_use]
    pub fn strategy(&self) -> &Strategy {
        &self.strategy
    }
}

pub(super) fn validate_tables(
    texts: &[TableText],
    data_set: &DataSet,
    domain: &Domain,
) -> Result<Vec<Table>, SeriesError> {
    if !(1..=MAX_TABLES_PER_SERIES).contains(&texts.len()) {
        return Err(SeriesError::TableCount(texts.len()));
    }
    let mut seen = BTreeSet::new();
    let mut tables = Vec::with_capacity(texts.len());
    for text in texts {
        let name = table_name(&text.by);
        let attributes = attribute_set(&text.by, data_set)?;
        if !seen.insert(attributes) {
            return Err(SeriesError::RepeatedTable(name));
        }
        if !(1..=1_000_000).contains(&text.weight_milli) {
            return Err(SeriesError::Weight(name));
        }
        let cells = domain.cells(attributes);
        if cells > MAX_CELLS_PER_TABLE {
            return Err(SeriesError::TooManyCells { table: name, cells });
        }
        tables.push(Table {
            by: text.by.clone(),
            attributes,
            weight_milli: text.weight_milli,
        });
    }
    Ok(tables)
}

fn attribute_set(by: &[String], data_set: &DataSet) -> Result<AttributeSet, SeriesError> {
    let mut set = AttributeSet::EMPTY;
    for code in by {
        let position = data_set
            .position(code)
            .ok_or_else(|| SeriesError::UnknownAttribute {
                attribute: code.chars().take(60).collect(),
                data_set: data_set.code().to_owned(),
                nearest: data_set.nearest(code).map(str::to_owned),
            })?;
        if set.contains(position) {
            return Err(SeriesError::RepeatedAttribute(table_name(by)));
        }
        set = set.union(AttributeSet::single(position));
    }
    Ok(set)
}

/// The codes of the attributes of `set`, in the data set's order.
pub(super) fn names_of(set: AttributeSet, data_set: &DataSet) -> Vec<String> {
    set.iter()
        .map(|position| data_set.attributes()[position].code().to_owned())
        .collect()
}

/// The name of a table by these attributes, such as `staff_group+band`; `total` if there are none.
#[must_use]
pub fn table_name(by: &[String]) -> String {
    if by.is_empty() {
        "total".to_owned()
    } else {
        by.join("+")
    }
}

// === impl Table ===

impl Table {
    /// The table's name, such as `staff_group+band`; `total` if it counts by no attribute.
    #[must_use]
    pub fn name(&self) -> String {
        table_name(&self.by)
    }
}

// === impl Measure ===

impl Measure {
    /// The unit the algebra counts in.
    #[must_use]
    pub fn unit(self) -> MeasureUnit {
        match self {
            Self::Headcount => MeasureUnit::Headcount,
            Self::Fte => MeasureUnit::Fte,
        }
    }

    /// The measure's code, as files and commands spell it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Headcount => "headcount",
            Self::Fte => "fte",
        }
    }
}

/// No code of a [`Measure`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `headcount` nor `fte`")]
pub struct UnknownMeasure(String);

/// The code, in any case.
impl FromStr for Measure {
    type Err = UnknownMeasure;

    fn from_str(text: &str) -> Result<Self, UnknownMeasure> {
        let mut all = [Self::Headcount, Self::Fte].into_iter();
        let named = all.find(|measure| text.eq_ignore_ascii_case(measure.code()));
        named.ok_or_else(|| UnknownMeasure(text.chars().take(40).collect()))
    }
}
