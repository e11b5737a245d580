//! The compiled form: validated, content-addressed, with the strategy's integers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{AgreementHash, Cadence};
use crate::{
    aggregator_name::AggregatorName,
    algebra::{AttributeSet, Domain, MeasureUnit, Strategy, StrategyError, closure},
    dictionary::{DataSet, Dictionary},
    period::Period,
    rho::Rho,
};

/// Most series one agreement may hold.
pub const MAX_SERIES: usize = 16;
/// Most tables one series may promise.
pub const MAX_TABLES_PER_SERIES: usize = 100;
/// Most cells one table may have.
pub const MAX_CELLS_PER_TABLE: u64 = 100_000;
/// Most integers one measurement may hold: 262,144, which is 2 MiB on the wire.
pub const MAX_ENTRIES_PER_SERIES: usize = 1 << 18;
/// Most bytes of a compiled agreement.
pub(super) const MAX_CANONICAL_BYTES: usize = 512 * 1024;
/// Longest term, in months.
const MAX_TERM_MONTHS: usize = 120;
const FORMAT: &str = "vwis.agreement.v1";

/// What may leave a node, how often, and at what privacy cost; every bound checked.
#[derive(Clone, Debug)]
pub struct Agreement {
    text: AgreementText,
    series: Vec<Series>,
    canonical: Vec<u8>,
    hash: AgreementHash,
}

/// One clause of an agreement: a data set, a measure, the tables promised, ρ and cadence.
#[derive(Clone, Debug)]
pub struct Series {
    text: SeriesText,
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
    /// People.
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

/// Why bytes or clauses are no agreement. Each says where and what to change.
#[derive(Debug, thiserror::Error)]
pub enum AgreementError {
    /// Not the JSON of a compiled agreement.
    #[error("not a compiled agreement: {0}")]
    Syntax(serde_json::Error),
    /// The right content, spelt differently from its one canonical form.
    #[error(
        "the bytes are not the agreement's canonical form: propose what `agreement plan` compiled"
    )]
    NotCanonical,
    /// More bytes than an agreement may have.
    #[error("{0} bytes are too many for an agreement; the most is {MAX_CANONICAL_BYTES}")]
    TooLong(usize),
    /// A format this software does not know.
    #[error("format `{0}` is not known here; this software reads {FORMAT}")]
    Format(String),
    /// Compiled against another dictionary.
    #[error(
        "the agreement speaks of dictionary {theirs} and this software has {ours}: bring both \
         sides to the same version and compile the agreement again"
    )]
    Dictionary {
        /// Version the agreement names.
        theirs: String,
        /// Version compiled in here.
        ours: String,
    },
    /// A text field that is empty, too long or not printable.
    #[error("`{field}` must be 1 to {most} printable characters")]
    Text {
        /// The field.
        field: &'static str,
        /// Most characters.
        most: usize,
    },
    /// The term is empty or too long.
    #[error(
        "the term from {first} to {last} must run forward and cover at most {MAX_TERM_MONTHS} months"
    )]
    Term {
        /// First period.
        first: Period,
        /// Last period.
        last: Period,
    },
    /// None or too many.
    #[error("an agreement has 1 to {MAX_SERIES} series; this one has {0}")]
    SeriesCount(usize),
    /// Two series of one name.
    #[error("series `{0}` stands twice: give each a name of its own")]
    RepeatedSeries(String),
    /// Something about one series.
    #[error("series `{series}`: {problem}")]
    Series {
        /// Its name.
        series: String,
        /// What is wrong.
        problem: SeriesError,
    },
}

/// What can be wrong with one series.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// Names are identifiers.
    #[error("a series' name is 1 to 40 characters of a-z, 0-9 and _")]
    Name,
    /// Not a data set of the dictionary.
    #[error("data set `{0}` is not in the dictionary")]
    UnknownDataSet(String),
    /// Not an attribute of the data set.
    #[error("attribute `{attribute}` is not in data set `{data_set}`{}", nearest.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    UnknownAttribute {
        /// As written.
        attribute: String,
        /// The data set.
        data_set: String,
        /// The nearest attribute it has.
        nearest: Option<String>,
    },
    /// An attribute twice in one table.
    #[error("table {0} names an attribute twice")]
    RepeatedAttribute(String),
    /// The same marginal twice, in whatever order of attributes.
    #[error("table {0} stands twice: drop one, or raise its weight instead")]
    RepeatedTable(String),
    /// None or too many.
    #[error("a series promises 1 to {MAX_TABLES_PER_SERIES} tables; this one has {0}")]
    TableCount(usize),
    /// Too large a cross.
    #[error(
        "table {table} has {cells} cells; the most is {MAX_CELLS_PER_TABLE}: cross fewer attributes"
    )]
    TooManyCells {
        /// The table.
        table: String,
        /// Its cells.
        cells: u64,
    },
    /// Too many integers in one measurement.
    #[error(
        "its measurement would hold {0} integers; the most is {MAX_ENTRIES_PER_SERIES}: promise fewer or smaller tables"
    )]
    TooManyEntries(usize),
    /// An importance that is not a positive number.
    #[error("the weight of table {0} must be from 0.001 to 1000")]
    Weight(String),
    /// ρ missing or impossible.
    #[error("rho: {0}")]
    Rho(#[from] crate::rho::InvalidRho),
    /// The strategy measures other residuals than the tables need.
    #[error("its strategy does not measure exactly the residuals of its tables")]
    ResidualsDoNotMatch,
    /// A strategy that cannot be.
    #[error("its strategy is refused: {0}")]
    Strategy(#[from] StrategyError),
    /// States less than it spends.
    #[error(
        "it states rho {stated} and its strategy spends {spent}: the statement must not be lower"
    )]
    UnderstatedRho {
        /// As stated.
        stated: Rho,
        /// d²/(2γ²), rounded up.
        spent: Rho,
    },
    /// No period of the term is on the cadence.
    #[error("no period of the agreement's term is on its cadence")]
    NeverMeasured,
    /// The planner found no strategy.
    #[error("no strategy: {0}")]
    Plan(#[from] crate::algebra::PlanError),
}

/// The fields of the canonical JSON, in their order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgreementText {
    format: String,
    pub(super) name: String,
    pub(super) version: u32,
    pub(super) aggregator: AggregatorName,
    pub(super) purpose: String,
    pub(super) readers: String,
    pub(super) dictionary: String,
    pub(super) first_period: Period,
    pub(super) last_period: Period,
    pub(super) series: Vec<SeriesText>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeriesText {
    pub(super) name: String,
    pub(super) data_set: String,
    pub(super) measure: Measure,
    pub(super) scope: Scope,
    pub(super) cadence: Cadence,
    pub(super) rho_nano: Rho,
    pub(super) tables: Vec<TableText>,
    pub(super) residuals: Vec<ResidualText>,
    pub(super) gamma: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableText {
    pub(super) by: Vec<String>,
    pub(super) weight_milli: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResidualText {
    pub(super) by: Vec<String>,
    pub(super) weight: u64,
}

// === impl AgreementText ===

impl AgreementText {
    pub(super) fn format() -> String {
        FORMAT.to_owned()
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one argument per clause, named alike"
    )]
    pub(super) fn new(
        name: String,
        version: u32,
        aggregator: AggregatorName,
        purpose: String,
        readers: String,
        dictionary: String,
        (first_period, last_period): (Period, Period),
        series: Vec<SeriesText>,
    ) -> Self {
        Self {
            format: Self::format(),
            name,
            version,
            aggregator,
            purpose,
            readers,
            dictionary,
            first_period,
            last_period,
            series,
        }
    }
}

// === impl Agreement ===

impl Agreement {
    /// Reads and validates canonical bytes against the data dictionary compiled in here.
    ///
    /// # Errors
    /// [`AgreementError`] for anything but the one canonical form of a valid agreement.
    pub fn from_canonical(bytes: &[u8], dictionary: &Dictionary) -> Result<Self, AgreementError> {
        if bytes.len() > MAX_CANONICAL_BYTES {
            return Err(AgreementError::TooLong(bytes.len()));
        }
        let text: AgreementText = serde_json::from_slice(bytes).map_err(AgreementError::Syntax)?;
        let agreement = Self::validate(text, dictionary)?;
        if agreement.canonical == bytes {
            Ok(agreement)
        } else {
            Err(AgreementError::NotCanonical)
        }
    }

    pub(super) fn validate(
        text: AgreementText,
        dictionary: &Dictionary,
    ) -> Result<Self, AgreementError> {
        if text.format != FORMAT {
            return Err(AgreementError::Format(text.format));
        }
        if text.dictionary != dictionary.version() {
            return Err(AgreementError::Dictionary {
                theirs: text.dictionary,
                ours: dictionary.version().to_owned(),
            });
        }
        for (field, value, most) in [
            ("name", &text.name, 100),
            ("purpose", &text.purpose, 2000),
            ("readers", &text.readers, 2000),
        ] {
            let printable = value.chars().all(|c| !c.is_control());
            if value.trim().is_empty() || value.chars().count() > most || !printable {
                return Err(AgreementError::Text { field, most });
            }
        }
        let months = text
            .first_period
            .through(text.last_period)
            .take(MAX_TERM_MONTHS + 1);
        if !(1..=MAX_TERM_MONTHS).contains(&months.count()) {
            return Err(AgreementError::Term {
                first: text.first_period,
                last: text.last_period,
            });
        }
        if !(1..=MAX_SERIES).contains(&text.series.len()) {
            return Err(AgreementError::SeriesCount(text.series.len()));
        }
        let mut names = BTreeSet::new();
        let mut series = Vec::with_capacity(text.series.len());
        for clause in &text.series {
            if !names.insert(clause.name.as_str()) {
                return Err(AgreementError::RepeatedSeries(clause.name.clone()));
            }
            let in_series = |problem| AgreementError::Series {
                series: clause.name.clone(),
                problem,
            };
            let valid = Series::validate(clause, dictionary).map_err(in_series)?;
            let mut term = text.first_period.through(text.last_period);
            if !term.any(|period| clause.cadence.includes(period)) {
                return Err(in_series(SeriesError::NeverMeasured));
            }
            series.push(valid);
        }
        let canonical =
            serde_json::to_vec(&text).expect("texts, integers and lists have a JSON form");
        Ok(Self {
            hash: AgreementHash::of(&canonical),
            text,
            series,
            canonical,
        })
    }

    /// The agreement's name.
    #[must_use]
    pub fn hash(&self) -> AgreementHash {
        self.hash
    }

    /// The bytes whose SHA-256 is the name.
    #[must_use]
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// Title given by its authors.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text.name
    }

    /// Version given by its authors.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.text.version
    }

    /// The aggregator that may ask.
    #[must_use]
    pub fn aggregator(&self) -> &AggregatorName {
        &self.text.aggregator
    }

    /// What the counts are for.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.text.purpose
    }

    /// Who will see them.
    #[must_use]
    pub fn readers(&self) -> &str {
        &self.text.readers
    }

    /// Version of the data dictionary whose categories it counts.
    #[must_use]
    pub fn dictionary_version(&self) -> &str {
        &self.text.dictionary
    }

    /// First and last period of its term.
    #[must_use]
    pub fn term(&self) -> (Period, Period) {
        (self.text.first_period, self.text.last_period)
    }

    /// Its clauses, in the order written.
    #[must_use]
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// The clause of that name.
    #[must_use]
    pub fn series_named(&self, name: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.name() == name)
    }

    /// The periods of the term for which `series` is measured, ascending.
    pub fn periods_of(&self, series: &Series) -> impl Iterator<Item = Period> + use<> {
        let cadence = series.cadence();
        self.text
            .first_period
            .through(self.text.last_period)
            .filter(move |period| cadence.includes(*period))
    }

    /// Whether `series` is measured for `period`: within the term and on the cadence.
    #[must_use]
    pub fn allows(&self, series: &Series, period: Period) -> bool {
        let (first, last) = self.term();
        (first..=last).contains(&period) && series.cadence().includes(period)
    }
}

// === impl Series ===

impl Series {
    fn validate(text: &SeriesText, dictionary: &Dictionary) -> Result<Self, SeriesError> {
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
            return Err(crate::rho::InvalidRho::OutOfBounds(text.rho_nano.to_string()).into());
        }

        let workload: Vec<_> = tables.iter().map(|table| table.attributes).collect();
        let residuals = text
            .residuals
            .iter()
            .map(|residual| {
                let set = attribute_set(&residual.by, data_set)?;
                // One spelling only: the data set's order.
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
            tables,
            strategy,
        })
    }

    /// Name of the clause, such as `headline`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text.name
    }

    /// Data set of the dictionary that is counted, such as `staff`.
    #[must_use]
    pub fn data_set(&self) -> &str {
        &self.text.data_set
    }

    /// What is summed.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.text.measure
    }

    /// Who may see an organisation's own measurement.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.text.scope
    }

    /// How often.
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

    /// The integers that measure them.
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

/// `staff_group+band`, or `total` for the empty set.
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
    /// `staff_group+band`, or `total` for the empty set.
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

    /// The code, as files and commands spell it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Headcount => "headcount",
            Self::Fte => "fte",
        }
    }
}
