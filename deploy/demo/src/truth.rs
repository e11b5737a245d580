//! The truth, which only the demo knows: counted from the invented people themselves, by other code
//! than the node's.

use std::collections::{BTreeMap, HashMap};

use vwis_proto::{
    agreement::{Agreement, Measure, Series},
    dictionary::DataSet,
};

use crate::{picture::Cell, staff::Person};

/// The organisation that stands for all together.
pub(crate) const SYSTEM: &str = "system";

/// Exact value of every cell that is not zero.
pub(crate) struct Truth {
    cells: HashMap<Cell, f64>,
}

// === impl Truth ===

impl Truth {
    /// Counts everyone over every table of `agreement`, for each organisation and the system.
    pub(crate) fn count(
        agreement: &Agreement,
        people: &BTreeMap<&'static str, Vec<Person>>,
        data_set: &DataSet,
    ) -> Self {
        let mut hundredths: HashMap<Cell, u64> = HashMap::new();
        for series in agreement.series() {
            for table in tables(series) {
                let positions: Vec<usize> = table
                    .iter()
                    .map(|code| data_set.position(code).expect("agreements name attributes"))
                    .collect();
                for (org, people) in people {
                    for person in people {
                        let cell = cell_name(&positions, person, data_set);
                        let amount = match series.measure() {
                            Measure::Headcount => 100,
                            Measure::Fte => {
                                u64::from(person.assignments.iter().sum::<u32>().min(100))
                            }
                        };
                        for org in [*org, SYSTEM] {
                            let cell = Cell::new(series.name(), org, &table_name(&table), &cell);
                            *hundredths.entry(cell).or_default() += amount;
                        }
                    }
                }
            }
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of some hundred thousand people"
        )]
        let cells = hundredths
            .into_iter()
            .map(|(cell, sum)| (cell, sum as f64 / 100.0))
            .collect();
        Self { cells }
    }

    /// The exact value of a cell.
    pub(crate) fn of(&self, cell: &Cell) -> f64 {
        self.cells.get(cell).copied().unwrap_or(0.0)
    }
}

/// The tables of a series as lists of attributes, the total among them.
fn tables(series: &Series) -> Vec<Vec<String>> {
    let mut tables: Vec<_> = series
        .tables()
        .iter()
        .map(|table| table.by.clone())
        .collect();
    if !tables.contains(&Vec::new()) {
        tables.push(Vec::new());
    }
    tables
}

fn table_name(by: &[String]) -> String {
    vwis_proto::agreement::table_name(by)
}

fn cell_name(positions: &[usize], person: &Person, data_set: &DataSet) -> String {
    if positions.is_empty() {
        return "total".to_owned();
    }
    let codes: Vec<_> = positions
        .iter()
        .map(|position| {
            data_set.attributes()[*position].categories()[person.codes[*position]].code()
        })
        .collect();
    codes.join("+")
}
