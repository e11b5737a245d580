//! The section of the page that says how exact each table comes out, and what that means here.

use std::fmt::Write as _;

use vwis_model::agreement::{Agreement, Measure, Series};

use crate::{
    cli::{
        Failure,
        own::{self, OwnCounts},
        words::{number, point, several, wrapped},
    },
    explain::{Explanation, Groups, SeriesExplained, TableInWords},
};

const INDENT: &str = "  ";

/// What stands beside the ± of each table.
pub(super) enum Beside {
    /// Nothing, because stdout is no terminal.
    NoTerminal,
    /// This organisation's own counts of each series; `None` for a series of which no period is held.
    Own(Vec<Option<OwnCounts>>),
}

/// Writes the section.
pub(super) fn text(
    agreement: &Agreement,
    page: &Explanation,
    beside: &Beside,
) -> Result<String, Failure> {
    let mut text = wrapped(
        "Each number comes out within the ± beside its table of the true one, 19 times in 20; \
         noise does not depend on how large the number is, so large numbers are told well and \
         small ones are not.",
        INDENT,
    );
    text.push('\n');
    if matches!(beside, Beside::NoTerminal) {
        let line = "This organisation's own numbers stand beside these on a terminal only.";
        let _ = writeln!(text, "{INDENT}{line}");
    }
    let mut said = Vec::new();
    for (index, (series, explained)) in agreement.series().iter().zip(&page.series).enumerate() {
        let own = match beside {
            Beside::NoTerminal => None,
            Beside::Own(all) => {
                if all[index].is_none() {
                    let line = "Once a period is imported, this organisation's own numbers stand \
                                beside these.";
                    let _ = writeln!(text, "{INDENT}{line}");
                }
                all[index].as_ref()
            }
        };
        let here = own.map_or(String::new(), |own| {
            format!(", beside this organisation's own in {}", own.period)
        });
        let _ = writeln!(
            text,
            "\n  {} in {}{here}:",
            series.name(),
            unit(series.measure())
        );
        text += &groups(explained, &mut said);
        text += &tables(series, explained, own)?;
    }
    Ok(text)
}

fn unit(measure: Measure) -> &'static str {
    match measure {
        Measure::Headcount => "people",
        Measure::Fte => "FTE",
    }
}

/// Lines for the groups of categories that the series measures beside the categories; those that were said of
/// an earlier series are named only.
fn groups<'a>(explained: &'a SeriesExplained, said: &mut Vec<&'a Groups>) -> String {
    let mut text = String::new();
    let (again, new): (Vec<_>, Vec<_>) =
        (explained.groups.iter()).partition(|groups| said.contains(groups));
    if !again.is_empty() {
        let levels: Vec<_> = again.iter().map(|groups| groups.level.as_str()).collect();
        text += &point(&format!("groups as above: {}", levels.join(", ")));
        text.push('\n');
    }
    for groups in new {
        said.push(groups);
        let drawn = if groups.differs_from_dictionary {
            ", not as the dictionary draws them"
        } else {
            ""
        };
        let line = format!(
            "{} ({}{drawn}): {}",
            groups.label,
            groups.level,
            groups.in_words()
        );
        text += &point(&format!("groups of {line}"));
        text.push('\n');
    }
    text
}

fn tables(
    series: &Series,
    explained: &SeriesExplained,
    own: Option<&OwnCounts>,
) -> Result<String, Failure> {
    let mut text = String::new();
    for (table, explained) in series.tables().iter().zip(&explained.tables) {
        let _ = writeln!(
            text,
            "  - {} ({}), {}: ± {}",
            explained.label,
            explained.table,
            several(explained.cells, "number"),
            number(explained.half_width, 1),
        );
        if let Some(own) = own {
            let words = TableInWords::new(series, table);
            text += &own_cells(
                series,
                words,
                &own.cells(series, table)?,
                explained.half_width,
            );
        }
    }
    Ok(text)
}

/// Lines for this organisation's largest number of a table and for its smallest above zero.
fn own_cells(series: &Series, words: TableInWords<'_>, cells: &[f64], half_width: f64) -> String {
    let mut text = String::new();
    let mut line = |which: &str, cell: usize, after: &str| {
        let mut name = words.categories(cell).join(", ");
        if !name.is_empty() {
            name += ": ";
        }
        let _ = writeln!(
            text,
            "      {which} {name}{} ± {}{after}",
            number(cells[cell], own::decimals(series.measure())),
            number(half_width, 1),
        );
    };
    let cell = |(index, _): (usize, &f64)| index;
    let largest = cells.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let some = cells.iter().enumerate().filter(|(_, value)| **value > 0.0);
    let small = some.min_by(|a, b| a.1.total_cmp(b.1));
    let (Some(largest), Some(small)) = (largest.map(cell), small.map(cell)) else {
        text += "      here: nobody\n";
        return text;
    };
    if largest == small {
        line("here", largest, "");
    } else {
        line("largest here", largest, "");
        let lost = if cells[small] <= half_width {
            " (it cannot be told from none)"
        } else {
            ""
        };
        line("a small one", small, lost);
    }
    text
}
