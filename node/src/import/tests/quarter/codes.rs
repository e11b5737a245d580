//! Codes of another system, some of which the mapping explains.

use super::*;

/// An extract with these letters or numbers in one column, in turn.
fn read(column: &'static str, values: &[&str], mapping: &str) -> Result<Imported, ImportError> {
    let mut rows = people(0..60);
    for (at, person) in rows.iter_mut().enumerate() {
        set(person, column, values[at % values.len()]);
    }
    Desk::with_mapping(mapping).read(&text(&rows))
}

#[test]
fn short_codes_explained_half_by_the_mapping_and_half_by_the_dictionary_are_asked_about() {
    let some = "[values.ethnic_group]\nW = \"white\"\nO = \"other\"\n";
    let all = format!("{some}M = \"mixed\"\nB = \"black\"\nA = \"asian\"\n");
    let (gender, unknown) = ("Gender", "[values.gender]\nU = \"unknown\"\n");
    let ethnic = "Ethnic Origin";
    for (column, values, mapping, is_asked) in [
        (ethnic, &["W", "M", "B", "A", "O"][..], some, true),
        (ethnic, &["W", "M", "B", "A", "O"], &all, false),
        // All codes are the dictionary's own.
        (ethnic, &["A", "B", "M", "Z"], "", false),
        // Words explain themselves.
        (ethnic, &["W", "O", "White - British"], some, false),
        (gender, &["F", "M", "U"], unknown, true),
        (gender, &["Female", "Male", "U"], unknown, false),
    ] {
        let read = read(column, values, mapping);
        assert_eq!(read.is_err(), is_asked, "{values:?}, {mapping}");
        if let Err(error) = read {
            let said = error.to_string();
            assert!(said.contains("of the short codes in column"), "{said}");
            assert!(said.contains("--allow codes"), "{said}");
        }
    }
}
