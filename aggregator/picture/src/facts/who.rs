//! Whom a count is of.

use std::collections::BTreeMap;

use vwis_model::{
    agreement::{Measure, Series, table_name},
    algebra::{AttributeSet, LinearCombination},
    dictionary::{Attribute, DataSet, Dictionary, LOCALITY},
    place::Place,
};

/// People of a data set who are in one of the wanted categories of each attribute named.
///
/// Categories are named by code: which cells that is, each series says by its own edition of the
/// dictionary. An attribute of which all categories are wanted is as good as not named.
#[derive(Clone, Debug)]
pub struct Who {
    data_set: &'static DataSet,
    measure: Measure,
    /// By the attribute's position in the newest edition, ascending.
    wanted: BTreeMap<usize, Vec<Wanted>>,
}

/// Some categories of an attribute.
#[derive(Clone, Debug)]
enum Wanted {
    Categories(Vec<String>),
    Group { grouping: String, group: String },
}

// === impl Who ===

impl Who {
    fn everybody(data_set: &str, measure: Measure) -> Self {
        let data_set = Dictionary::builtin().data_set(data_set);
        Self {
            data_set: data_set.expect("indicators name data sets of the dictionary"),
            measure,
            wanted: BTreeMap::new(),
        }
    }

    /// All staff.
    #[must_use]
    pub fn staff() -> Self {
        Self::everybody("staff", Measure::Headcount)
    }

    /// The whole-time equivalents of all staff.
    #[must_use]
    pub fn fte() -> Self {
        Self::everybody("staff", Measure::Fte)
    }

    /// All who joined in the quarter.
    #[must_use]
    pub fn joiners() -> Self {
        Self::everybody("joiners", Measure::Headcount)
    }

    /// All who left in the quarter.
    #[must_use]
    pub fn leavers() -> Self {
        Self::everybody("leavers", Measure::Headcount)
    }

    /// What is counted of them.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// Of these, those in one of the categories (indices of this very attribute).
    ///
    /// # Panics
    /// Where the data set has no such attribute: only codes of the dictionary are written in code,
    /// and what comes from outside is looked up first.
    #[must_use]
    pub fn among(self, attribute: &Attribute, categories: &[usize]) -> Self {
        let all = attribute.categories();
        let codes = categories.iter().map(|&index| all[index].code().to_owned());
        self.wanting(attribute.code(), Wanted::Categories(codes.collect()))
    }

    /// Of these, those in the category of this code.
    ///
    /// # Panics
    /// As [`Self::among`].
    #[must_use]
    pub fn with(self, attribute: &str, category: &str) -> Self {
        self.with_any(attribute, &[category])
    }

    /// Of these, those in one of the categories of these codes.
    ///
    /// # Panics
    /// As [`Self::among`].
    #[must_use]
    pub fn with_any(self, attribute: &str, categories: &[&str]) -> Self {
        let codes = categories.iter().map(|&code| code.to_owned());
        self.wanting(attribute, Wanted::Categories(codes.collect()))
    }

    /// Of these, those in a group of one of the attribute's groupings.
    ///
    /// # Panics
    /// As [`Self::among`].
    #[must_use]
    pub fn in_group(self, attribute: &str, grouping: &str, group: &str) -> Self {
        let (grouping, group) = (grouping.to_owned(), group.to_owned());
        self.wanting(attribute, Wanted::Group { grouping, group })
    }

    /// Of these, those in one locality, whichever: the place's first.
    #[must_use]
    pub fn in_a_locality(self) -> Self {
        let first = Place::here().locality_attribute().categories()[0].code();
        self.with(LOCALITY, first)
    }

    fn wanting(mut self, attribute: &str, wanted: Wanted) -> Self {
        let position = self
            .data_set
            .position(attribute)
            .unwrap_or_else(|| panic!("{attribute} is in data set {}", self.data_set.code()));
        self.wanted.entry(position).or_default().push(wanted);
        self
    }

    /// Whom that is in an edition of the data set: category indices by the attribute's position, ascending.
    /// None where it has no such attribute, category or group.
    fn in_edition(&self, data_set: &DataSet) -> Option<BTreeMap<usize, Vec<usize>>> {
        let mut indices = BTreeMap::new();
        for (&position, all) in &self.wanted {
            let code = self.data_set.attributes()[position].code();
            let position = data_set.position(code)?;
            let attribute = &data_set.attributes()[position];
            let mut left: Vec<usize> = (0..attribute.size()).collect();
            for wanted in all {
                let these = wanted.indices(attribute)?;
                left.retain(|index| these.contains(index));
            }
            if left.len() < attribute.size() {
                indices.insert(position, left);
            }
        }
        Some(indices)
    }

    /// The attributes that have to be told apart, as a table's name: `staff_group+band`.
    #[must_use]
    pub fn table(&self) -> String {
        let codes = self.attributes().map(str::to_owned);
        table_name(&codes.collect::<Vec<_>>())
    }

    /// Codes of the attributes that have to be told apart.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'static str> + use<> {
        let attributes = self.data_set.attributes();
        let positions = self.marginal(self.data_set).unwrap_or(AttributeSet::EMPTY);
        positions.iter().map(|at| attributes[at].code())
    }

    /// The same as positions in an edition of the data set; none where that does not have them.
    #[must_use]
    pub fn marginal(&self, data_set: &DataSet) -> Option<AttributeSet> {
        let wanted = self.in_edition(data_set)?;
        Some(AttributeSet::from_positions(wanted.into_keys()))
    }

    /// Code of the data set they are in.
    #[must_use]
    pub fn data_set(&self) -> &'static str {
        self.data_set.code()
    }

    /// Whether a series counts them.
    #[must_use]
    pub fn is_promised_by(&self, series: &Series) -> bool {
        if series.data_set().code() != self.data_set.code() || series.measure() != self.measure {
            return false;
        }
        let residuals = series.strategy().residuals();
        self.marginal(series.data_set()).is_some_and(|marginal| {
            let found = residuals.binary_search_by_key(&marginal, |(set, _)| *set);
            found.is_ok()
        })
    }

    /// The cells of a series that promises them, added up.
    ///
    /// # Panics
    /// Where the series does not promise them.
    #[must_use]
    pub fn cells(&self, series: &Series) -> LinearCombination {
        let domain = series.strategy().domain();
        let wanted = self.in_edition(series.data_set());
        let wanted = wanted.expect("the series promises them");
        let marginal = AttributeSet::from_positions(wanted.keys().copied());
        let mut choices = vec![Vec::new()];
        for wanted in wanted.values() {
            let longer = |choice: Vec<usize>| {
                let extended = wanted.iter().map(move |&category| {
                    let mut longer = choice.clone();
                    longer.push(category);
                    longer
                });
                extended.collect::<Vec<_>>()
            };
            choices = choices.into_iter().flat_map(longer).collect();
        }
        let mut cells = LinearCombination::new();
        for choice in choices {
            let index = domain.cell_index(marginal, &choice);
            cells.add(1.0, marginal, index.expect("categories of the dictionary"));
        }
        cells
    }
}

// === impl Wanted ===

impl Wanted {
    fn indices(&self, attribute: &Attribute) -> Option<Vec<usize>> {
        match self {
            Self::Categories(codes) => codes.iter().map(|code| attribute.category(code)).collect(),
            Self::Group { grouping, group } => {
                let group = attribute.grouping(grouping)?.group(group)?;
                Some(group.categories().to_vec())
            }
        }
    }
}
