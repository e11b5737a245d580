//! A clause of an agreement: which tables of which data set, how exact, how often, at what cost.

use std::{collections::BTreeSet, fmt::Write as _, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    Cadence, SeriesError,
    compiled::{MAX_CELLS_PER_TABLE, MAX_ENTRIES_PER_SERIES, MAX_TABLES_PER_SERIES},
    text::{SeriesText, TableText, TreeText},
};
use crate::{
    algebra::{Domain, Levels, MeasureUnit, Strategy, Tree, closure},
    dictionary::{Attribute, DataSet, Dictionary},
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
    /// What it counts by, in the order and the words of the agreement: `band` for the categories of an
    /// attribute, `ethnic_group:1` for the first level of its groups.
    pub by: Vec<String>,
    /// The same as levels of the data set's attributes.
    pub levels: Levels,
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
        let domain = domain(data_set, &text.trees)?;
        let tables = validate_tables(&text.tables, data_set, &domain)?;
        if !(1..=1_000 * 1_000_000_000).contains(&text.rho_nano.nano()) {
            return Err(InvalidRho::OutOfBounds(text.rho_nano.to_string()).into());
        }

        let used = tables
            .iter()
            .fold(Levels::TOTAL, |all, table| all.join(table.levels));
        for tree in &text.trees {
            let position = data_set.position(&tree.attribute);
            if !position.is_some_and(|position| used.contains(position)) {
                return Err(SeriesError::UnusedTree(tree.attribute.clone()));
            }
        }
        let workload: Vec<_> = tables.iter().map(|table| table.levels).collect();
        let residuals = text
            .residuals
            .iter()
            .map(|residual| {
                // A residual has one spelling: its attributes stand in the data set's order.
                let levels = residual_levels(&residual.by, data_set, &domain)?;
                if names_of(levels, data_set, &domain) == residual.by {
                    Ok((levels, residual.weight))
                } else {
                    Err(SeriesError::ResidualsDoNotMatch)
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        let measured = residuals.iter().map(|(levels, _)| *levels);
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

    /// The attribute at `position` of the data set as its tables count by it at `level`: itself where the
    /// level is that of its categories, else its groups there as an attribute of their own.
    ///
    /// # Panics
    /// Where the strategy's domain has no such attribute or level.
    #[must_use]
    pub fn attribute_at(&self, position: usize, level: usize) -> Arc<Attribute> {
        let attribute = &self.data_set.attributes()[position];
        let tree = self.strategy.domain().tree(position);
        if level == tree.depth() {
            Arc::clone(attribute)
        } else {
            Arc::new(attribute.grouped(tree, level))
        }
    }

    /// The levels of a table by these names, `band` for the categories of an attribute and `band:1` for the
    /// first level of its groups.
    ///
    /// # Errors
    /// [`SeriesError`] names what the data set or the series' trees do not have.
    pub fn levels_of(&self, by: &[String]) -> Result<Levels, SeriesError> {
        table_levels(by, &self.data_set, self.strategy.domain())
    }

    /// The name of the table over these levels, as agreements write it: `band` for the categories of an
    /// attribute, `band:1` for the first level of its groups.
    #[must_use]
    pub fn name_of(&self, levels: Levels) -> String {
        let domain = self.strategy.domain();
        let name = |(position, level): (usize, usize)| {
            let code = self.data_set.attributes()[position].code();
            if level == domain.tree(position).depth() {
                code.to_owned()
            } else {
                format!("{code}:{level}")
            }
        };
        table_name(&levels.iter().map(name).collect::<Vec<_>>())
    }

    /// Whether the table over these levels can be read: it is promised, or a sum of one that is.
    #[must_use]
    pub fn measures(&self, levels: Levels) -> bool {
        let residuals = self.strategy.residuals();
        residuals
            .binary_search_by_key(&levels, |(measured, _)| *measured)
            .is_ok()
    }

    /// The positions of all attributes that its tables count by, ascending.
    pub fn attributes(&self) -> impl Iterator<Item = usize> + use<> {
        let tables = self.tables.iter();
        let all = tables.fold(Levels::TOTAL, |all, table| all.join(table.levels));
        all.positions()
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

/// The data set's domain, with the groups of these trees.
pub(super) fn domain(data_set: &DataSet, trees: &[TreeText]) -> Result<Domain, SeriesError> {
    let mut domain = data_set.domain();
    let mut last = None;
    for tree in trees {
        let position = position(&tree.attribute, data_set)?;
        if last.replace(position).is_some_and(|last| last >= position) {
            return Err(SeriesError::TreeOrder(tree.attribute.clone()));
        }
        let categories = data_set.attributes()[position].size();
        let grown = Tree::new(categories, &tree.levels).map_err(|problem| SeriesError::Tree {
            attribute: tree.attribute.clone(),
            problem,
        })?;
        domain = domain.with_tree(position, grown);
    }
    Ok(domain)
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
        let levels = table_levels(&text.by, data_set, domain)?;
        if !seen.insert(levels) {
            return Err(SeriesError::RepeatedTable(name));
        }
        if !(1..=1_000_000).contains(&text.weight_milli) {
            return Err(SeriesError::Weight(name));
        }
        let cells = domain.cells(levels);
        if cells > MAX_CELLS_PER_TABLE {
            return Err(SeriesError::TooManyCells { table: name, cells });
        }
        tables.push(Table {
            by: text.by.clone(),
            levels,
            weight_milli: text.weight_milli,
        });
    }
    Ok(tables)
}

pub(super) fn position(attribute: &str, data_set: &DataSet) -> Result<usize, SeriesError> {
    let unknown = || SeriesError::UnknownAttribute {
        attribute: attribute.chars().take(60).collect(),
        data_set: data_set.code().to_owned(),
        nearest: data_set.nearest(attribute).map(str::to_owned),
    };
    data_set.position(attribute).ok_or_else(unknown)
}

/// The levels that a table counts by: `band` means categories, `band:1` the first level of groups.
fn table_levels(by: &[String], data_set: &DataSet, domain: &Domain) -> Result<Levels, SeriesError> {
    levels(by, data_set, |position, level| {
        let categories = domain.tree(position).depth();
        match level {
            None => Some(categories),
            Some(level) => (1..categories).contains(&level).then_some(level),
        }
    })
}

/// The levels of a residual. Where the domain has groups, every level is written, so that no reader of the
/// canonical text needs to know how deep a tree is.
fn residual_levels(
    by: &[String],
    data_set: &DataSet,
    domain: &Domain,
) -> Result<Levels, SeriesError> {
    levels(by, data_set, |position, level| match level {
        None => domain.is_flat().then_some(1),
        Some(level) => {
            let exists = (1..=domain.tree(position).depth()).contains(&level);
            (exists && !domain.is_flat()).then_some(level)
        }
    })
}

/// The levels of these names; `level` reads what stands behind the colon of one.
fn levels(
    by: &[String],
    data_set: &DataSet,
    level: impl Fn(usize, Option<usize>) -> Option<usize>,
) -> Result<Levels, SeriesError> {
    let mut levels = Levels::TOTAL;
    for name in by {
        let (attribute, written) = match name.split_once(':') {
            None => (name.as_str(), None),
            Some((attribute, level)) => (attribute, Some(level)),
        };
        let position = position(attribute, data_set)?;
        let unknown = || SeriesError::UnknownLevel {
            name: name.chars().take(60).collect(),
        };
        // One digit, so that a level has one spelling.
        let written = match written.map(str::as_bytes) {
            None => None,
            Some([digit @ b'1'..=b'9']) => Some(usize::from(digit - b'0')),
            Some(_) => return Err(unknown()),
        };
        if levels.contains(position) {
            return Err(SeriesError::RepeatedAttribute(table_name(by)));
        }
        levels = levels.with(position, level(position, written).ok_or_else(unknown)?);
    }
    Ok(levels)
}

/// How a residual's levels are written: the attributes' codes in the data set's order, and the level of
/// each where the domain has groups.
pub(super) fn names_of(levels: Levels, data_set: &DataSet, domain: &Domain) -> Vec<String> {
    let name = |(position, level): (usize, usize)| {
        let mut name = data_set.attributes()[position].code().to_owned();
        if !domain.is_flat() {
            write!(name, ":{level}").expect("a text takes a number");
        }
        name
    };
    levels.iter().map(name).collect()
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
