//! A sheet as JSON: flat rows, so that `pandas.DataFrame(answer["rows"])` is the table.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap as _, SerializeSeq as _},
};
use serde_json::Value;

use super::{Cell, Column, Kind, Readers, Sheet};

/// `{"title", "metadata", "notes", "columns", "rows"}`. A row is an object whose keys are the column names,
/// in the columns' order. Numbers are not rounded; `null` stands where nothing can be said or an interval has
/// no end.
#[must_use]
pub fn json(sheet: &Sheet) -> String {
    let columns: Vec<_> = sheet.columns_for(Readers::Machines).collect();
    let document = Document {
        title: &sheet.title,
        metadata: &sheet.metadata,
        notes: &sheet.notes,
        columns: columns
            .iter()
            .map(|(_, column)| Described {
                name: &column.name,
                title: &column.title,
                kind: column.kind,
                description: &column.description,
            })
            .collect(),
        rows: Rows {
            sheet,
            columns: &columns,
        },
    };
    let text = serde_json::to_string(&document);
    text.expect("a sheet is text, numbers and JSON: there is nothing that JSON cannot hold")
}

#[derive(Serialize)]
struct Document<'a> {
    title: &'a str,
    metadata: &'a Value,
    notes: &'a [String],
    columns: Vec<Described<'a>>,
    rows: Rows<'a>,
}

#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    title: &'a str,
    kind: Kind,
    description: &'a str,
}

/// The rows, serialised one by one: a map of maps would lose the columns' order.
struct Rows<'a> {
    sheet: &'a Sheet,
    columns: &'a [(usize, &'a Column)],
}

struct Line<'a> {
    row: &'a [Cell],
    columns: &'a [(usize, &'a Column)],
}

// === impl Rows ===

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.sheet.rows.len()))?;
        for row in &self.sheet.rows {
            rows.serialize_element(&Line {
                row,
                columns: self.columns,
            })?;
        }
        rows.end()
    }
}

// === impl Line ===

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(Some(self.columns.len()))?;
        for (place, column) in self.columns {
            match self.row.get(*place).unwrap_or(&Cell::Empty) {
                Cell::Text(text) => fields.serialize_entry(&column.name, text)?,
                cell => {
                    // JSON has no infinity, so serde writes null.
                    let number = cell.number(column.kind).map(|(_, number)| number);
                    fields.serialize_entry(&column.name, &number)?;
                }
            }
        }
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::export::testing;

    fn read(sheet: &Sheet) -> Value {
        serde_json::from_str(&json(sheet)).unwrap()
    }

    #[test]
    fn rows_are_flat_and_say_null_where_nothing_can_be_said() {
        let answer = read(&testing::sheet());
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
    fn fields_stand_in_the_order_of_the_columns() {
        let text = json(&testing::sheet());
        let first =
            r#""rows":[{"staff_group":"students","staff_group_label":"Students","estimate":"#;
        assert!(text.contains(first), "{text}");
    }

    #[test]
    fn columns_notes_and_metadata_go_with_the_rows() {
        let sheet = testing::sheet();
        let answer = read(&sheet);
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
