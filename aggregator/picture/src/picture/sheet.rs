//! A table of a release as a sheet.

use serde_json::Value;

use super::{Resolved, Row};
use crate::{
    estimate::{Figure, Unit},
    export::{Cell, Column, Kind, RELIABILITY, Sheet},
};

/// The columns and rows of a table, one row per cell. The caller, who knows the release, fills in title,
/// notes, facts and metadata.
#[must_use]
pub fn sheet(resolved: &Resolved, rows: &[Row]) -> Sheet {
    let codes: Vec<_> = resolved
        .columns
        .iter()
        .map(|axis| axis.attribute.code())
        .collect();
    Sheet {
        name: if codes.is_empty() {
            "total".to_owned()
        } else {
            // No file system takes a colon everywhere.
            codes.join("+").replace(':', ".")
        },
        title: String::new(),
        columns: columns(resolved),
        rows: rows.iter().map(|row| cells(resolved, row)).collect(),
        notes: Vec::new(),
        facts: Vec::new(),
        metadata: Value::Null,
    }
}

fn columns(resolved: &Resolved) -> Vec<Column> {
    let kind = Kind::from(Unit::of(resolved.measure()));
    let text = |name: &str, title: &str, description: &str| {
        Column::new(name, title, Kind::Text, description)
    };
    let number = |name: &str, title: &str, description: &str| {
        Column::new(name, title, kind, description).machines()
    };
    let mut columns = Vec::new();
    for axis in &resolved.columns {
        let attribute = &axis.attribute;
        let (code, label) = (attribute.code(), attribute.label());
        let title = format!("{label} (code)");
        columns.push(text(code, &title, "The category's code in the data dictionary.").machines());
        let named = format!("{code}_label");
        columns.push(text(&named, label, attribute.description()));
    }
    if resolved.columns.is_empty() {
        columns.push(text("cell", "", "What the row is about.").people());
    }
    columns.extend([
        number(
            "estimate",
            "Estimate",
            "The unbiased value: neither rounded nor clamped, so it may be below 0; add and subtract \
             these.",
        ),
        Column::new(
            "sd",
            "Standard deviation",
            Kind::Decimal,
            "Of the privacy noise in the estimate, exact; missing employers are not in it.",
        )
        .machines(),
        number(
            "lower",
            "Lower end",
            "Of the 95% interval; 0 where it would be less.",
        ),
        number(
            "upper",
            "Upper end",
            "Of the 95% interval; 0 where it would be less.",
        ),
        Column::new(
            "display",
            "About",
            kind,
            "The estimate for people: rounded, at least 0, and empty where it is too noisy to show. \
             Sums of these are biased.",
        ),
        text(
            "interval",
            "95% interval",
            "In 95 of 100 such tables the true number is in here; rounded outwards.",
        )
        .people(),
        text(
            "reliability_label",
            "Reliability",
            "By the width of the interval, never by the count.",
        )
        .people(),
        text(
            RELIABILITY,
            "Reliability (code)",
            "By the half-width of the 95% interval, relative to the number shown: good up to 15%, \
             use_with_care up to 50%, else too_noisy_to_show.",
        )
        .machines(),
    ]);
    columns
}

fn cells(resolved: &Resolved, row: &Row) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (axis, &category) in resolved.columns.iter().zip(&row.categories) {
        let category = &axis.attribute.categories()[category];
        cells.extend([Cell::text(category.code()), Cell::text(category.label())]);
    }
    if cells.is_empty() {
        cells.push(Cell::text("total"));
    }
    let estimate = row.estimate;
    let figure = Figure::from(estimate);
    let (lower, upper) = figure.interval();
    cells.extend([
        Cell::Number(estimate.value()),
        Cell::Number(estimate.sd()),
        Cell::Number(lower),
        Cell::Number(upper),
        Cell::displayed(&figure),
        Cell::text(figure.interval_text()),
        Cell::text(estimate.reliability().in_words()),
        Cell::text(estimate.reliability().code()),
    ]);
    cells
}

#[cfg(test)]
mod tests {
    use vwis_model::agreement::Measure;

    use super::*;
    use crate::{
        estimate::Estimate,
        export::{csv::csv, json::json, text::text},
        picture::{Filter, Query, testing},
    };

    fn table(by: &[&str], filters: &[&str], value: f64, sd: f64) -> Sheet {
        let agreement = testing::agreement();
        let query = Query {
            by: by.iter().map(|code| (*code).to_owned()).collect(),
            filters: filters
                .iter()
                .map(|filter| filter.parse::<Filter>().unwrap())
                .collect(),
        };
        let resolved = query.resolve(&agreement.series()[0]).unwrap();
        let row = Row {
            categories: resolved
                .columns
                .iter()
                .map(|axis| axis.categories[0])
                .collect(),
            estimate: Estimate::new(Measure::Headcount, value, sd * sd),
        };
        sheet(&resolved, &[row])
    }

    #[test]
    fn a_table_has_codes_and_labels_and_what_is_known_of_each_cell() {
        let sheet = table(&["gender"], &["staff_group=students"], 100.25, 2.0);
        assert_eq!(sheet.name, "gender");
        let csv = csv(&sheet);
        let (header, row) = csv.trim_end().split_once("\r\n").unwrap();
        assert_eq!(
            header,
            "gender,gender_label,estimate,sd,lower,upper,display,reliability"
        );
        assert!(row.starts_with("female,Female,100.25,2,96.3"), "{row}");
        assert!(row.ends_with(",100,good"), "{row}");
    }

    #[test]
    fn a_number_that_means_nothing_is_shown_nowhere() {
        let sheet = table(&["gender"], &[], 3.0, 50.0);
        assert!(csv(&sheet).ends_with(",,too_noisy_to_show\r\n"));
        assert!(json(&sheet).contains("\"display\":null"));
        let text = text(&sheet, None);
        assert!(
            text.contains("Female      –      0 to 105  too noisy"),
            "{text}"
        );
    }

    #[test]
    fn the_total_is_a_row_of_its_own_name() {
        let sheet = table(&[], &[], 300.0, 1.0);
        assert_eq!(sheet.name, "total");
        assert!(csv(&sheet).starts_with("estimate,sd,"));
        assert!(text(&sheet, None).contains("total"));
    }
}
