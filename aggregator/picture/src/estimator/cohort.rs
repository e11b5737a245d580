//! The people that a count is of.

use std::collections::BTreeMap;

use vwis_model::{
    agreement::{Measure, Series, table_name},
    algebra::{Levels, LinearCombination},
    dictionary::{Attribute, DataSet, LOCALITY},
    here,
};

/// The code of the data set of people in post.
pub const STAFF: &str = "staff";

/// The people of a data set who are in one of the wanted categories of each attribute that is named.
///
/// Categories are named by code; each series finds their cells in its own edition of the dictionary. Naming
/// all categories of an attribute is the same as not naming the attribute.
#[derive(Clone, Debug)]
pub struct Cohort {
    data_set: &'static DataSet,
    measure: Measure,
    /// The categories wanted, by the attribute's position in the newest edition.
    wanted: BTreeMap<usize, Vec<Wanted>>,
}

/// The categories of one attribute that are wanted.
#[derive(Clone, Debug)]
enum Wanted {
    Categories(Vec<String>),
    Group { grouping: String, group: String },
}

// === impl Who ===

impl Cohort {
    fn everybody(data_set: &str, measure: Measure) -> Self {
        let data_set = here::dictionary().data_set(data_set);
        Self {
            data_set: data_set.expect("indicators name data sets of the dictionary"),
            measure,
            wanted: BTreeMap::new(),
        }
    }

    /// The headcount of all staff.
    #[must_use]
    pub fn staff() -> Self {
        Self::everybody(STAFF, Measure::Headcount)
    }

    /// The whole-time equivalents of all staff.
    #[must_use]
    pub fn fte() -> Self {
        Self::everybody(STAFF, Measure::Fte)
    }

    /// The headcount of all who joined in the quarter.
    #[must_use]
    pub fn joiners() -> Self {
        Self::everybody("joiners", Measure::Headcount)
    }

    /// The headcount of all who left in the quarter.
    #[must_use]
    pub fn leavers() -> Self {
        Self::everybody("leavers", Measure::Headcount)
    }

    /// The headcount of all who applied in the year.
    #[must_use]
    pub fn applicants() -> Self {
        Self::everybody("applicants", Measure::Headcount)
    }

    /// The headcount of all who were in post a year before, by what became of their bands.
    #[must_use]
    pub fn career_movement() -> Self {
        Self::everybody("career_movement", Measure::Headcount)
    }

    /// Those of a whole year, each counted once, where these are joiners or leavers of a quarter; `None` for
    /// other people.
    ///
    /// # Panics
    /// Never: both data sets have the same attributes in the same order.
    #[must_use]
    pub fn of_a_year(&self) -> Option<Self> {
        let year = match self.data_set.code() {
            "joiners" => "year_joiners",
            "leavers" => "year_leavers",
            _ => return None,
        };
        Some(Self {
            wanted: self.wanted.clone(),
            ..Self::everybody(year, self.measure)
        })
    }

    /// What is counted of these people: heads or whole-time equivalents.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// Those of these people who are in one of the categories, given as indices of this very attribute.
    ///
    /// # Panics
    /// If the data set has no such attribute. Code names only what the dictionary has, and checks what comes
    /// from outside first.
    #[must_use]
    pub fn among(self, attribute: &Attribute, categories: &[usize]) -> Self {
        let all = attribute.categories();
        let codes = categories.iter().map(|&index| all[index].code().to_owned());
        self.wanting(attribute.code(), Wanted::Categories(codes.collect()))
    }

    /// Those of these people who are in the category with this code.
    ///
    /// # Panics
    /// As [`Self::among`].
    #[must_use]
    pub fn with(self, attribute: &str, category: &str) -> Self {
        self.with_any(attribute, &[category])
    }

    /// Those of these people who are in one of the categories with these codes.
    ///
    /// # Panics
    /// As [`Self::among`].
    #[must_use]
    pub fn with_any(self, attribute: &str, categories: &[&str]) -> Self {
        let codes = categories.iter().map(|&code| code.to_owned());
        self.wanting(attribute, Wanted::Categories(codes.collect()))
    }

    /// Those of these people who are in a group of one of the attribute's groupings.
    ///
    /// # Panics
    /// As [`Self::among`].
    #[must_use]
    pub fn in_group(self, attribute: &str, grouping: &str, group: &str) -> Self {
        let (grouping, group) = (grouping.to_owned(), group.to_owned());
        self.wanting(attribute, Wanted::Group { grouping, group })
    }

    /// Those of these people who are in one locality. It is the place's first, as an example of any.
    #[must_use]
    pub fn in_a_locality(self) -> Self {
        let first = here::place().locality_attribute().categories()[0].code();
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

    /// These people in an edition of the data set: category indices by the attribute's position, ascending.
    /// `None` where the edition lacks one of the attributes, categories or groups.
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

    /// The smallest table that tells these people apart, by its name, such as `staff_group+band`.
    #[must_use]
    pub fn table(&self) -> String {
        let codes = self.attributes().map(str::to_owned);
        table_name(&codes.collect::<Vec<_>>())
    }

    /// The codes of the attributes that tell these people apart.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'static str> + use<> {
        let attributes = self.data_set.attributes();
        let positions = self.in_edition(self.data_set).unwrap_or_default();
        positions.into_keys().map(|at| attributes[at].code())
    }

    /// The coarsest nodes of a series' trees that hold these people, by attribute: the level, and the nodes
    /// there. `None` where its edition lacks one of the attributes, categories or groups.
    fn nodes(&self, series: &Series) -> Option<BTreeMap<usize, (usize, Vec<usize>)>> {
        let domain = series.strategy().domain();
        let wanted = self.in_edition(series.data_set())?.into_iter();
        let nodes = |(at, categories): (usize, Vec<usize>)| {
            (
                at,
                domain.tree(at).coarsest(&categories.into_iter().collect()),
            )
        };
        Some(wanted.map(nodes).collect())
    }

    /// The code of the data set that these people are in.
    #[must_use]
    pub fn data_set(&self) -> &'static str {
        self.data_set.code()
    }

    /// The marginal of a series that these people are read from: the coarsest groups that tell them apart.
    /// `None` where the series does not tell them apart, or does not measure what is counted of them.
    #[must_use]
    pub fn levels(&self, series: &Series) -> Option<Levels> {
        if series.data_set().code() != self.data_set.code() || series.measure() != self.measure {
            return None;
        }
        let levels = levels(&self.nodes(series)?);
        series.measures(levels).then_some(levels)
    }

    /// Whether a series tells these people apart and measures what is counted of them.
    #[must_use]
    pub fn is_promised_by(&self, series: &Series) -> bool {
        self.levels(series).is_some()
    }

    /// The sum of the cells that hold these people, in a series that promises them.
    ///
    /// # Panics
    /// If the series does not promise them.
    #[must_use]
    pub fn cells(&self, series: &Series) -> LinearCombination {
        let domain = series.strategy().domain();
        let wanted = self.nodes(series).expect("the series promises them");
        let marginal = levels(&wanted);
        let mut choices = vec![Vec::new()];
        for (_, wanted) in wanted.values() {
            let longer = |choice: Vec<usize>| {
                let extended = wanted.iter().map(move |&node| {
                    let mut longer = choice.clone();
                    longer.push(node);
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

/// The marginal of these nodes: the level of each attribute.
fn levels(nodes: &BTreeMap<usize, (usize, Vec<usize>)>) -> Levels {
    Levels::of(nodes.iter().map(|(&at, &(level, _))| (at, level)))
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
