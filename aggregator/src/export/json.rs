//! A sheet as JSON: flat rows, so that `pandas.DataFrame(answer["rows"])` is the table.

use serde_json::{Map, Value, json};

use super::{Cell, Column, Readers, Sheet};

/// `{"title", "metadata", "notes", "columns", "rows"}`; a row is an object by column names. Numbers
/// are in full; `null` where nothing can be said, or where an interval is unbounded.
#[must_use]
pub fn json(sheet: &Sheet) -> Value {
    let columns: Vec<_> = sheet.columns_for(Readers::Machines).collect();
    let rows = sheet.rows.iter().map(|row| {
        let fields = columns.iter().map(|(place, column)| {
            let cell = row.get(*place).unwrap_or(&Cell::Empty);
            (column.name.clone(), value(cell, column))
        });
        Value::Object(fields.collect::<Map<_, _>>())
    });
    json!({
        "title": sheet.title,
        "metadata": sheet.metadata,
        "notes": sheet.notes,
        "columns": columns.iter().map(|(_, column)| described(column)).collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn value(cell: &Cell, column: &Column) -> Value {
    match cell {
        Cell::Text(text) => json!(text),
        // JSON has no infinity: `json!` makes it null.
        _ => json!(cell.number(column.kind).map(|(_, number)| number)),
    }
}

fn described(column: &Column) -> Value {
    json!({
        "name": column.name,
        "title": column.title,
        "kind": column.kind,
        "description": column.description,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::testing;

    #[test]
    fn rows_are_flat_and_say_null_where_nothing_can_be_said() {
        let answer = json(&testing::sheet());
        assert_eq!(
            answer["rows"][0],
            json!({
                "staff_group": "students",
                "staff_group_label": "Students",
                "estimate": 12.345_678_901_234_567,
                "sd": 6.5,
                "upper": 25.1,
                "display": null,
                "reliability": "too_noisy_to_show",
            })
        );
        assert_eq!(answer["rows"][1]["upper"], Value::Null);
        assert_eq!(answer["rows"][1]["display"], json!(0.0));
        let labels = answer["rows"][2]["staff_group_label"].as_str();
        assert_eq!(labels, Some("=cmd|' /C calc'!A0"));
    }

    #[test]
    fn columns_notes_and_metadata_go_with_the_rows() {
        let sheet = testing::sheet();
        let answer = json(&sheet);
        assert_eq!(answer["metadata"], sheet.metadata);
        assert_eq!(answer["notes"], json!(sheet.notes));
        let columns = answer["columns"].as_array().unwrap();
        let names: Vec<_> = columns
            .iter()
            .map(|c| c["name"].as_str().unwrap())
            .collect();
        let row = answer["rows"][0].as_object().unwrap();
        assert_eq!(names.len(), row.len());
        assert!(names.iter().all(|name| row.contains_key(*name)));
        assert_eq!(columns[2]["kind"], "people");
    }
}
