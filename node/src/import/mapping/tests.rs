use std::collections::HashMap;

use super::*;

fn read(text: &str) -> Result<Mapping, MappingError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mapping.toml");
    fs::write(&path, text).unwrap();
    Mapping::read(&path)
}

#[test]
fn no_heading_of_the_built_in_mapping_means_two_columns() {
    let mapping = Mapping::builtin();
    let mut seen: HashMap<String, Field> = HashMap::new();
    for field in Field::ALL {
        for heading in mapping.headings(field) {
            let other = seen.insert(normalise(heading), field);
            assert!(
                other.is_none_or(|other| other == field),
                "`{heading}` is {field:?} and {other:?}"
            );
        }
    }
    assert!(
        Field::ALL
            .iter()
            .all(|field| !mapping.headings(*field).is_empty())
    );
}

#[test]
fn a_trusts_mapping_replaces_what_it_names_and_keeps_the_rest() {
    let mapping = read(
        "version = 1\n[columns]\nfte = [\"Hours\"]\n[values.band]\n\"Band Six\" = \"afc_6\"\n\
         [sites]\n\"Royal Bolton Hospital\" = \"Bolton\"\n",
    )
    .unwrap();
    assert_eq!(mapping.headings(Field::Fte), ["Hours"]);
    assert_eq!(
        mapping.headings(Field::Gender),
        Mapping::builtin().headings(Field::Gender)
    );
    let band = attribute_of(Field::Band)
        .unwrap()
        .category("afc_6")
        .unwrap();
    assert_eq!(
        mapping.value(Field::Band, "band six"),
        Some(Mapped::Category(u8::try_from(band).unwrap()))
    );
    assert!(mapping.locality("royal bolton hospital").is_some());
}

#[test]
fn what_is_wrong_with_a_mapping_is_named_with_its_place() {
    for (text, expected) in [
        ("version = 2", "reads version 1"),
        ("version = 1\n[colums]", "line 2"),
        (
            "version = 1\n[columns]\nbnad = []",
            "unknown variant `bnad`",
        ),
        ("version = 1\n[format]\ndelimiter = \"::\"", "one character"),
        (
            "version = 1\n[values.band]\n\"Six\" = \"afc6\"",
            "perhaps `afc_",
        ),
        (
            "version = 1\n[values.fte]\n\"x\" = \"1\"",
            "no list of values",
        ),
        (
            "version = 1\n[sites]\n\"Ward 1\" = \"Leeds\"",
            "Wigan, Elsewhere, Unknown",
        ),
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn all_sites_that_cannot_be_are_named_at_once_with_their_lines() {
    let text = "version = 1\n\n[sites]\n\"Ward 2\" = \"Leeds\"\n\"Ward 3\" = \"Bury\"\n\
                \"Ward 1\" = \"Boltn\"\n[values.band]\n\"Six\" = \"six\"\n";
    let error = read(text).unwrap_err().to_string();
    for expected in [
        "line 4, [sites]: \"Ward 2\" = \"Leeds\"",
        "line 6, [sites]: \"Ward 1\" = \"Boltn\"",
        "line 8, [values.band]: \"Six\" = \"six\"",
        "one of Bolton, Bury, Manchester, Oldham, Rochdale, Salford, Stockport, Tameside, Trafford, \
         Wigan, Elsewhere, Unknown",
    ] {
        assert!(error.contains(expected), "{expected} not in {error}");
    }
    assert!(!error.contains("Ward 3"), "{error}");
}

#[test]
fn a_site_without_a_locality_is_not_said_yet() {
    let mapping = read("version = 1\n[sites]\n\"Ward 1\" = \"\"\n").unwrap();
    assert_eq!(mapping.locality("ward 1"), None);
}

#[test]
fn a_mapping_says_how_its_extracts_are_encoded() {
    let mapping = read("version = 1\n[format]\nencoding = \"windows-1252\"\n").unwrap();
    assert_eq!(mapping.encoding(), Some(Encoding::Windows1252));
    assert_eq!(Mapping::builtin().encoding(), None);
    assert!(read("version = 1\n[format]\nencoding = \"latin\"\n").is_err());
}

#[test]
fn two_spellings_of_one_entry_that_mean_two_things_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mapping.toml");
    let read = |text: &str| {
        fs::write(&path, format!("version = 1\n{text}")).unwrap();
        Mapping::read(&path)
    };
    for (text, expected) in [
        (
            "[sites]\n\"St. Mary's\" = \"Bury\"\n\"St Marys\" = \"Bolton\"\n",
            "[sites]: \"St Marys\" and \"St. Mary's\" are read as the same",
        ),
        (
            "[sites]\n\"Base\" = \"Bury\"\n\"Ba\u{200b}se\" = \"Bolton\"\n",
            "Ba<U+200B>se",
        ),
        (
            "[values.band]\n\"B 5\" = \"afc_5\"\n\"b-5\" = \"afc_6\"\n",
            "[values.band]",
        ),
        (
            "[values.contract]\n\"NHSP\" = \"bank\"\n\"nhsp\" = \"permanent\"\n",
            "[values.contract]",
        ),
    ] {
        let error = read(text).err().unwrap().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let agreeing =
        "[sites]\n\"St. Mary's\" = \"Bury\"\n\"St Marys\" = \"Bury\"\n\"st-marys\" = \"\"\n";
    assert!(read(agreeing).is_ok());
}
