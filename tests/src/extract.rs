//! Small extracts from a seed, in the dictionary's own columns, and the exact vectors that follow from them.

use std::fmt::Write as _;

use vwis_model::{
    agreement::{Measure, Series},
    dictionary::DataSet,
    here,
};

/// What `import --allow` must be given so that an extract from another seed can follow.
pub const OTHER_PEOPLE: &str = "change,changed-people,fte,gone,groups,period,shares,strangers";

/// One person of an extract.
#[derive(Clone, Debug)]
pub struct Person {
    /// Employee number.
    pub number: String,
    /// FTE of the person's only assignment in hundredths, 0 to 100.
    pub fte_hundredths: u8,
    /// A category index for each attribute of the `staff` data set.
    pub codes: Vec<usize>,
}

/// An extract of people with one assignment each.
#[derive(Clone, Debug)]
pub struct Extract {
    /// The people, in the order of the file.
    pub people: Vec<Person>,
}

/// The data set `staff`.
#[must_use]
pub fn staff() -> &'static DataSet {
    here::dictionary().data_set("staff").unwrap()
}

/// The header line of an extract.
#[must_use]
pub fn header() -> String {
    let attributes = staff()
        .attributes()
        .iter()
        .map(|attribute| attribute.code());
    ["employee_number", "fte"]
        .into_iter()
        .chain(attributes)
        .collect::<Vec<_>>()
        .join(",")
}

/// `SplitMix64`, a generator that is random enough for invented people.
struct Seeded(u64);

// === impl Seeded ===

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from(z % bound as u64).unwrap()
    }
}

// === impl Extract ===

impl Extract {
    /// Draws this many `people` from `seed`, unevenly spread over the categories.
    #[must_use]
    pub fn seeded(seed: u64, people: usize) -> Self {
        let mut seeded = Seeded(seed);
        let people = (0..people)
            .map(|n| Person {
                // Far above 1, so that they are no running count.
                number: format!("E{}", 1_000_000 + n),
                fte_hundredths: [100, 100, 80, 60, 50][seeded.below(5)],
                codes: staff()
                    .attributes()
                    .iter()
                    .map(|attribute| {
                        let n = attribute.size();
                        seeded.below(n).min(seeded.below(n))
                    })
                    .collect(),
            })
            .collect();
        Self { people }
    }

    /// The extract as CSV.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut csv = header() + "\n";
        for person in &self.people {
            csv += &row(person);
            csv.push('\n');
        }
        csv
    }

    /// The exact vector that `series` measures, before any noise.
    ///
    /// Computed from the definition (design §3.2), person by person, without the product's own algebra. Where
    /// FTE is measured, each person's term is multiplied by their FTE in hundredths:
    ///
    /// ```text
    /// entry c of residual ℓ = w · Σ_people ∏_{i∈ℓ} (m_i · 1[p_i = c_i] − 1, or 0 if p_i has another parent)
    /// ```
    #[must_use]
    pub fn exact(&self, series: &Series) -> Vec<i64> {
        let strategy = series.strategy();
        let domain = strategy.domain();
        let mut entries = Vec::with_capacity(strategy.entries());
        for (index, &(residual, _)) in strategy.residuals().iter().enumerate() {
            for (cell, weight) in strategy.entry_weights(index).into_iter().enumerate() {
                let nodes = domain.cell_nodes(residual, cell).unwrap();
                let sum: i64 = self
                    .people
                    .iter()
                    .map(|person| {
                        let product: i64 = residual
                            .iter()
                            .zip(&nodes)
                            .map(|((position, level), &node)| {
                                let tree = domain.tree(position);
                                let own = tree.labels(level)[person.codes[position]];
                                let siblings = tree.level(level);
                                if siblings.parent(own) != siblings.parent(node) {
                                    return 0;
                                }
                                let m = i64::try_from(siblings.siblings(node)).unwrap();
                                m * i64::from(own == node) - 1
                            })
                            .product();
                        match series.measure() {
                            Measure::Headcount => product,
                            Measure::Fte => product * i64::from(person.fte_hundredths),
                        }
                    })
                    .sum();
                entries.push(i64::try_from(weight).unwrap() * sum);
            }
        }
        entries
    }
}

/// One person's row.
#[must_use]
pub fn row(person: &Person) -> String {
    let fte = person.fte_hundredths;
    let mut row = format!("{},{}.{:02}", person.number, fte / 100, fte % 100);
    for (attribute, &code) in staff().attributes().iter().zip(&person.codes) {
        let _ = write!(row, ",{}", attribute.categories()[code].code());
    }
    row
}
