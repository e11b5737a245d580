//! The metadata file beside a CSV: its columns and caveats as CSVW (W3C Metadata Vocabulary for Tabular Data,
//! 2015).

use serde_json::{Value, json};

use super::{Kind, Readers, Sheet};

/// The CSVW property that holds the sheet's whole metadata: release, period, coverage, method and so on.
pub const OWN_METADATA: &str = "dc:provenance";

/// The metadata of the file that [`super::csv::csv`] writes. `url` is the address of the CSV relative to the
/// metadata, such as its file name.
#[must_use]
pub fn csvw(sheet: &Sheet, url: &str) -> Value {
    let columns: Vec<_> = sheet
        .columns_for(Readers::Machines)
        .map(|(_, column)| {
            json!({
                // A name is a variable of URI templates, in which a level's colon is escaped.
                "name": column.name.replace(':', "%3A"),
                "titles": column.name,
                "rdfs:label": column.title,
                "dc:description": column.description,
                "datatype": if column.kind == Kind::Text { "string" } else { "number" },
                "null": "",
            })
        })
        .collect();
    let notes: Vec<_> = sheet
        .notes
        .iter()
        .map(|note| json!({ "rdfs:comment": note }))
        .collect();
    let mut value = json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": "en" }],
        "url": url,
        "dc:title": sheet.title,
        "notes": notes,
        "dialect": { "encoding": "utf-8", "header": true, "lineTerminators": ["\r\n"] },
        "tableSchema": { "columns": columns },
        (OWN_METADATA): sheet.metadata,
    });
    if let Some(licence) = sheet.metadata.get("licence") {
        value["dc:license"] = licence.clone();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{csv::csv, testing};

    #[test]
    fn the_schema_names_the_columns_of_the_file_in_its_order() {
        let sheet = testing::sheet();
        let metadata = csvw(&sheet, "staff_group.csv");
        let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
        let names: Vec<_> = columns
            .iter()
            .map(|c| c["name"].as_str().unwrap())
            .collect();
        assert_eq!(csv(&sheet).lines().next().unwrap(), names.join(","));
        assert_eq!(metadata["url"], "staff_group.csv");
        assert_eq!(columns[0]["datatype"], "string");
        assert_eq!(columns[2]["datatype"], "number");
    }

    #[test]
    fn a_column_of_groups_has_a_name_that_uri_templates_allow_and_the_title_of_the_file() {
        let mut sheet = testing::sheet();
        sheet.columns[0].name = "ethnic_group:1".into();
        let metadata = csvw(&sheet, "groups.csv");
        let column = &metadata["tableSchema"]["columns"][0];
        assert_eq!(
            (&column["name"], &column["titles"]),
            (&json!("ethnic_group%3A1"), &json!("ethnic_group:1"))
        );
        assert!(csv(&sheet).starts_with("ethnic_group:1,"));
    }

    #[test]
    fn title_licence_notes_and_our_own_metadata_are_in_it() {
        let sheet = testing::sheet();
        let metadata = csvw(&sheet, "staff_group.csv");
        assert_eq!(metadata["dc:title"], "Staff in post");
        assert_eq!(metadata["dc:license"], "free");
        assert_eq!(metadata["notes"][0]["rdfs:comment"], sheet.notes[0]);
        assert_eq!(metadata[OWN_METADATA], sheet.metadata);
    }
}
