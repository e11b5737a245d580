//! The truth, which only the demo knows. It is counted from the invented people themselves, by other
//! code than the node's.
//!
//! The joiners of a period are those whom its snapshot counts and the one three months earlier does
//! not, unless they were away then, such as on maternity leave. Leavers are the other way round; they
//! have the categories that they had then, and a reason if the extract gives one. Those of a year are whose
//! first move in its four quarters is a joining, and whose last is a leaving. Career movement compares two
//! snapshots twelve months apart.

mod movement;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Context as _;
use vwis_model::{
    agreement::{Agreement, Measure, Series, table_name},
    period::Period,
};

use crate::{
    history::{Moved, Snapshot, Snapshots},
    person::{Codes, position},
    picture::Cell,
};

/// The code that stands for all organisations together.
pub(crate) const SYSTEM: &str = "system";

/// The exact value of every cell that is not zero.
pub(crate) struct Truth {
    cells: HashMap<Cell, f64>,
}

/// The attributes of a table, as it counts by them.
struct Columns {
    columns: Vec<Column>,
}

/// One attribute of a table: of its categories or of groups of them.
struct Column {
    /// Where the attribute stands in [`Codes`].
    position: usize,
    /// The codes of its categories or groups.
    codes: Vec<String>,
    /// For each category, the index of its code here.
    of: Vec<usize>,
}

// === impl Truth ===

impl Truth {
    /// Counts every table of `agreement` at each series' latest period in `snapshots`, for each of
    /// `organisations` and for these together: who declined an agreement is in no sum of it.
    ///
    /// # Errors
    /// The agreement names something that the dictionary does not have.
    pub(crate) fn count(
        agreement: &Agreement,
        snapshots: &BTreeMap<Period, Snapshots>,
        organisations: &BTreeSet<&str>,
    ) -> anyhow::Result<Self> {
        let mut cells = HashMap::new();
        for series in agreement.series() {
            let up_to = (snapshots.keys().rev()).find(|period| agreement.allows(series, **period));
            let Some(up_to) = up_to else {
                continue;
            };
            let quarters: Vec<_> = snapshots.range(..=*up_to).map(|(_, all)| all).collect();
            let now = quarters[quarters.len() - 1];
            for by in tables(series) {
                let columns = Columns::new(&by, series)?;
                let mut all = vec![0; columns.cells()];
                for org in now.keys().filter(|org| organisations.contains(**org)) {
                    let own: Vec<_> = quarters.iter().map(|all| &all[org]).collect();
                    let hundredths = columns.count(&own, series);
                    all.iter_mut()
                        .zip(&hundredths)
                        .for_each(|(sum, own)| *sum += own);
                    columns.name(series, org, &by, &hundredths, &mut cells);
                }
                columns.name(series, SYSTEM, &by, &all, &mut cells);
            }
        }
        Ok(Self { cells })
    }

    /// The exact value of a cell.
    pub(crate) fn of(&self, cell: &Cell) -> f64 {
        self.cells.get(cell).copied().unwrap_or(0.0)
    }
}

// === impl Columns ===

impl Columns {
    fn new(by: &[String], series: &Series) -> anyhow::Result<Self> {
        let column = |name: &String| {
            let levels = series.levels_of(std::slice::from_ref(name))?;
            let (at, level) = levels.iter().next().context("a column is an attribute")?;
            let code = series.data_set().attributes()[at].code();
            let counted = series.attribute_at(at, level);
            Ok(Column {
                position: position(code)?,
                codes: (counted.categories().iter())
                    .map(|category| category.code().to_owned())
                    .collect(),
                of: series.strategy().domain().tree(at).labels(level),
            })
        };
        let columns = by.iter().map(column).collect::<anyhow::Result<_>>()?;
        Ok(Self { columns })
    }

    fn cells(&self) -> usize {
        self.columns
            .iter()
            .map(|column| column.codes.len())
            .product()
    }

    /// Hundredths of people or of FTE in each cell, row-major, in the last of an organisation's snapshots.
    fn count(&self, snapshots: &[&Snapshot], series: &Series) -> Vec<u64> {
        let mut cells = vec![0; self.cells()];
        let mut add = |codes: &Codes, hundredths: u64| cells[self.cell(codes)] += hundredths;
        let snapshot = snapshots[snapshots.len() - 1];
        let mut add_all = |moved: &[Moved]| moved.iter().for_each(|moved| add(&moved.codes, 100));
        match (series.data_set().code(), series.measure()) {
            ("joiners", _) => add_all(&snapshot.joiners),
            ("leavers", _) => add_all(&snapshot.leavers),
            ("year_joiners", _) => add_all(&moved_in_a_year(snapshots, Way::In)),
            ("year_leavers", _) => add_all(&moved_in_a_year(snapshots, Way::Out)),
            ("applicants", _) => snapshot.applicants.iter().for_each(|codes| add(codes, 100)),
            ("career_movement", _) => {
                if let Some(at) = snapshots.len().checked_sub(1 + QUARTERS_OF_A_YEAR) {
                    let moved = movement::moved(snapshots[at], snapshot);
                    for codes in &moved {
                        add(codes, 100);
                    }
                }
            }
            (_, Measure::Headcount) => {
                snapshot
                    .staff
                    .iter()
                    .for_each(|person| add(&person.codes, 100));
            }
            (_, Measure::Fte) => {
                for person in &snapshot.staff {
                    add(&person.codes, u64::from(person.fte_hundredths));
                }
            }
        }
        cells
    }

    fn cell(&self, codes: &Codes) -> usize {
        self.columns.iter().fold(0, |cell, column| {
            cell * column.codes.len() + column.of[usize::from(codes[column.position])]
        })
    }

    /// Adds the cells that are not zero to `cells`, under their names.
    fn name(
        &self,
        series: &Series,
        org: &str,
        by: &[String],
        hundredths: &[u64],
        cells: &mut HashMap<Cell, f64>,
    ) {
        let table = table_name(by);
        for (index, sum) in hundredths.iter().enumerate().filter(|(_, sum)| **sum > 0) {
            let mut rest = index;
            let mut codes: Vec<&str> = Vec::new();
            for column in self.columns.iter().rev() {
                codes.push(&column.codes[rest % column.codes.len()]);
                rest /= column.codes.len();
            }
            codes.reverse();
            let name = if codes.is_empty() {
                "total".to_owned()
            } else {
                codes.join("+")
            };
            #[expect(
                clippy::cast_precision_loss,
                reason = "counts of some hundred thousand people"
            )]
            let value = *sum as f64 / 100.0;
            cells.insert(Cell::new(series.name(), org, &table, &name), value);
        }
    }
}

/// Quarters from one snapshot to the one of the same day a year later.
const QUARTERS_OF_A_YEAR: usize = 4;

/// Whether somebody came or went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

/// Whose first move in the last four of these quarters was that way in, or whose last was that way out.
fn moved_in_a_year(snapshots: &[&Snapshot], wanted: Way) -> Vec<Moved> {
    let mut moves: BTreeMap<u32, Vec<(Way, Moved)>> = BTreeMap::new();
    for quarter in &snapshots[snapshots.len().saturating_sub(QUARTERS_OF_A_YEAR)..] {
        for (way, all) in [(Way::In, &quarter.joiners), (Way::Out, &quarter.leavers)] {
            for moved in all {
                moves.entry(moved.number).or_default().push((way, *moved));
            }
        }
    }
    let of_the_year = moves.into_values().filter_map(|moves| {
        let (way, end) = match wanted {
            Way::In => moves.first()?,
            Way::Out => moves.last()?,
        };
        (*way == wanted).then_some(*end)
    });
    of_the_year.collect()
}

/// The tables of a series as lists of attributes, always with the total.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_those_who_are_in_its_picture() {
        let draft = "name = \"Few\"\nversion = 1\naggregator = \"gm-icb\"\npurpose = \"To test.\"\n\
            readers = \"Tests.\"\nfirst_period = \"2026-03\"\nlast_period = \"2026-03\"\n\
            [[series]]\nname = \"applicants\"\ndata_set = \"applicants\"\nmeasure = \"headcount\"\n\
            cadence = \"yearly\"\nrho = 0.01\ntables = [{ by = [\"gender\"] }]\n";
        let draft = vwis_model::agreement::Draft::parse(draft).unwrap();
        let (agreement, _) = draft.compile(vwis_model::here::dictionary()).unwrap();
        let of = |applicants: usize| Snapshot {
            applicants: vec![[0; 16]; applicants],
            ..Snapshot::default()
        };
        let snapshots = Snapshots::from([("R0A", of(5)), ("RMC", of(3)), ("RMP", of(2))]);
        let snapshots = [("2026-03".parse().unwrap(), snapshots)].into();
        let total = |organisations: &[&str], org| {
            let organisations = organisations.iter().copied().collect();
            let truth = Truth::count(&agreement, &snapshots, &organisations).unwrap();
            let people = truth.of(&Cell::new("applicants", org, "total", "total"));
            assert!((people - people.round()).abs() < 1e-9);
            people.to_string()
        };
        assert_eq!(total(&["R0A", "RMC", "RMP"], SYSTEM), "10");
        assert_eq!(total(&["R0A", "RMC"], SYSTEM), "8");
        assert_eq!(total(&["R0A", "RMC"], "RMP"), "0");
    }

    #[test]
    fn who_left_twice_is_one_of_the_years_leavers_and_who_is_back_is_none() {
        let moved = |number: u32, at: u8| Moved {
            number,
            codes: [at; 16],
        };
        let quarter = |joiners: &[Moved], leavers: &[Moved]| Snapshot {
            joiners: joiners.to_vec(),
            leavers: leavers.to_vec(),
            ..Snapshot::default()
        };
        let quarters = [
            // Before the year.
            quarter(&[], &[moved(9, 0)]),
            quarter(&[], &[moved(1, 1), moved(2, 1)]),
            quarter(&[moved(1, 2), moved(3, 2)], &[]),
            quarter(&[moved(2, 3)], &[]),
            quarter(&[], &[moved(1, 4), moved(3, 4)]),
        ];
        let quarters: Vec<_> = quarters.iter().collect();
        let found = |way| -> Vec<(u32, u8)> {
            let all = moved_in_a_year(&quarters, way).into_iter();
            all.map(|moved| (moved.number, moved.codes[0])).collect()
        };
        assert_eq!(found(Way::Out), [(1, 4), (3, 4)]);
        assert_eq!(found(Way::In), [(3, 2)]);
    }
}
