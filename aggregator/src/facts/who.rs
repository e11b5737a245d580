//! Whom a count is of.

use std::collections::BTreeMap;

use vwis_proto::{
    agreement::{Measure, Series, table_name},
    algebra::{AttributeSet, LinearCombination},
    dictionary::{DataSet, Dictionary},
};

/// People of a data set who are in one of the wanted categories of each attribute named.
///
/// An attribute of which all categories are wanted is as good as not named.
#[derive(Clone, Debug)]
pub struct Who {
    data_set: &'static DataSet,
    measure: Measure,
    /// Category indices by the attribute's position, ascending.
    wanted: BTreeMap<usize, Vec<usize>>,
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

    /// Of these, those in one of the categories (indices of the dictionary) of `attribute`.
    ///
    /// # Panics
    /// Where the data set has no such attribute: only codes of the dictionary are written in code,
    /// and what comes from outside is looked up first.
    #[must_use]
    pub fn among(mut self, attribute: &str, categories: &[usize]) -> Self {
        let position = self
            .data_set
            .position(attribute)
            .unwrap_or_else(|| panic!("{attribute} is in data set {}", self.data_set.code()));
        let mut wanted: Vec<_> = match self.wanted.remove(&position) {
            None => categories.to_vec(),
            Some(before) => before
                .into_iter()
                .filter(|c| categories.contains(c))
                .collect(),
        };
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.len() < self.data_set.attributes()[position].size() {
            self.wanted.insert(position, wanted);
        }
        self
    }

    /// Of these, those in the category of this code.
    ///
    /// # Panics
    /// As [`Self::among`]; where there is no such category.
    #[must_use]
    pub fn with(self, attribute: &str, category: &str) -> Self {
        let found = attribute_of(self.data_set, attribute).category(category);
        let index = found.unwrap_or_else(|| panic!("{category} is a category of {attribute}"));
        self.among(attribute, &[index])
    }

    /// Of these, those in a group of one of the attribute's groupings.
    ///
    /// # Panics
    /// As [`Self::among`]; where there is no such group.
    #[must_use]
    pub fn in_group(self, attribute: &str, grouping: &str, group: &str) -> Self {
        let categories = attribute_of(self.data_set, attribute)
            .grouping(grouping)
            .and_then(|grouping| grouping.group(group))
            .unwrap_or_else(|| panic!("{attribute} has {grouping} with {group}"))
            .categories();
        self.among(attribute, categories)
    }

    /// The attributes that have to be told apart, as a table's name: `staff_group+band`.
    #[must_use]
    pub fn table(&self) -> String {
        let attributes = self.data_set.attributes();
        let codes = self.wanted.keys().map(|&p| attributes[p].code().to_owned());
        table_name(&codes.collect::<Vec<_>>())
    }

    /// Codes of the attributes that have to be told apart.
    #[cfg(test)]
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'static str> + use<> {
        let attributes = self.data_set.attributes();
        let positions: Vec<_> = self.wanted.keys().copied().collect();
        positions.into_iter().map(|at| attributes[at].code())
    }

    /// The same as a set of positions.
    #[must_use]
    pub fn marginal(&self) -> AttributeSet {
        AttributeSet::from_positions(self.wanted.keys().copied())
    }

    /// Code of the data set they are in.
    #[must_use]
    pub fn data_set(&self) -> &'static str {
        self.data_set.code()
    }

    /// Whether a series counts them.
    #[must_use]
    pub fn is_promised_by(&self, series: &Series) -> bool {
        let residuals = series.strategy().residuals();
        series.data_set() == self.data_set.code()
            && series.measure() == self.measure
            && residuals
                .binary_search_by_key(&self.marginal(), |(set, _)| *set)
                .is_ok()
    }

    /// The cells of a series that promises them, added up.
    ///
    /// # Panics
    /// Where the series does not promise them.
    #[must_use]
    pub fn cells(&self, series: &Series) -> LinearCombination {
        let domain = series.strategy().domain();
        let marginal = self.marginal();
        let mut choices = vec![Vec::new()];
        for wanted in self.wanted.values() {
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

fn attribute_of(
    data_set: &'static DataSet,
    code: &str,
) -> &'static vwis_proto::dictionary::Attribute {
    let found = data_set.attributes().iter().find(|a| a.code() == code);
    found.unwrap_or_else(|| panic!("{code} is in data set {}", data_set.code()))
}
