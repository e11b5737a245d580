use std::collections::HashSet;

use super::{builtin::ATTRIBUTES, read::normalise, *};
use crate::here;

const MANIFEST_OF_ONE: &str = r#"
    editions = ["test.1.HASH"]
    licence = "none"
    attributes = ["colour"]
    [[data_set]]
    code = "things"
    label = "Things"
    description = "Things."
    attributes = ["colour"]
"#;

const HEAD: &str = r#"
    code = "colour"
    label = "Colour"
    description = "Colour."
    [[source]]
    standard = "none"
    edition = "1"
    codes = 1
    [[grouping]]
    code = "warmth"
    label = "Warmth"
    source = "none"
    groups = [{ code = "warm", label = "Warm" }, { code = "unknown", label = "Unknown" }]
"#;

const RED: &str = r#"
    [[category]]
    code = "red"
    label = "Red"
    national = ["01"]
    groups = { warmth = "warm" }
"#;

const LAST: &str = r#"
    [[category]]
    code = "unknown"
    label = "Unknown"
    groups = { warmth = "unknown" }
"#;

/// Reads a dictionary of one attribute. The manifest is made to state the hash that the codes have.
fn one(colour: &str) -> Result<Editions, DictionaryError> {
    of_tables(MANIFEST_OF_ONE, &[("colour", colour)])
}

fn of_tables(manifest: &str, tables: &[(&str, &str)]) -> Result<Editions, DictionaryError> {
    match Editions::parse(manifest, tables, None) {
        Err(DictionaryError::Edition { stated, found, .. }) => {
            Editions::parse(&manifest.replace(&stated, &found), tables, None)
        }
        other => other,
    }
}

fn refusal(colour: &str) -> String {
    one(colour).unwrap_err().to_string()
}

fn attribute(code: &str) -> &'static Attribute {
    here::dictionary().attribute(code).unwrap()
}

fn read(code: &str, raw: &str) -> &'static str {
    let attribute = attribute(code);
    match attribute.resolve(raw) {
        Resolution::Firm(index) | Resolution::Weak(index) => attribute.categories()[index].code(),
        Resolution::Excluded(rule) => rule.code(),
        Resolution::Blank => "(blank)",
        Resolution::Unrecognised => "(unrecognised)",
    }
}

// What holds for the shipped tables. Most of it is checked whenever tables are read, so that
// parsing them is the test; the assertions say it again for the reader.

#[test]
fn every_shipped_table_parses_and_is_named_in_the_manifest() {
    let dictionary = here::dictionary();
    // One more than there are tables: the place gives the localities.
    assert_eq!(dictionary.attributes().len(), ATTRIBUTES.len() + 1);
    for (code, _) in ATTRIBUTES {
        assert_eq!(dictionary.attribute(code).unwrap().code(), *code);
    }
    assert!(
        dictionary
            .licence()
            .contains("Open Government Licence v3.0")
    );
}

#[test]
fn codes_are_lower_case_words_and_unique_and_labels_too() {
    for attribute in here::dictionary().attributes() {
        let mut codes = HashSet::new();
        let mut labels = HashSet::new();
        assert!(CATEGORIES.contains(&attribute.size()));
        for (index, category) in attribute.categories().iter().enumerate() {
            let code = category.code();
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            assert!(!code.is_empty() && code.bytes().all(plain), "{code}");
            assert!(codes.insert(code), "{code}");
            assert!(labels.insert(category.label()), "{}", category.label());
            assert_eq!(attribute.category(code), Some(index));
        }
        assert_eq!(attribute.categories()[attribute.unknown()].code(), UNKNOWN);
    }
}

#[test]
fn a_code_of_ours_and_a_label_read_back_as_their_category() {
    for attribute in here::dictionary().attributes() {
        for (index, category) in attribute.categories().iter().enumerate() {
            for raw in [category.code(), category.label()] {
                let found = attribute.resolve(raw).category();
                assert_eq!(found, Some(index), "{}: {raw}", attribute.code());
            }
        }
    }
}

#[test]
fn every_national_code_reads_as_the_category_or_rule_that_lists_it() {
    for attribute in here::dictionary().attributes() {
        for (index, category) in attribute.categories().iter().enumerate() {
            for code in category.national() {
                assert_eq!(attribute.resolve(code).category(), Some(index), "{code}");
            }
        }
        for rule in attribute.excluded() {
            for code in rule.national() {
                assert_eq!(
                    attribute.resolve(code),
                    Resolution::Excluded(rule),
                    "{code}"
                );
            }
        }
    }
}

#[test]
fn every_grouping_covers_every_category_once_and_keeps_unknown_apart() {
    for attribute in here::dictionary().attributes() {
        for grouping in attribute.groupings() {
            let covered: usize = grouping.groups().iter().map(|g| g.categories().len()).sum();
            assert_eq!(covered, attribute.size());
            let last = grouping.groups().last().unwrap();
            assert_eq!(last.code(), UNKNOWN);
            assert_eq!(last.categories(), [attribute.unknown()]);
            for (index, _) in attribute.categories().iter().enumerate() {
                assert!(
                    grouping
                        .group_of(index)
                        .unwrap()
                        .categories()
                        .contains(&index)
                );
            }
        }
    }
}

#[test]
fn data_sets_carry_the_attributes_of_the_design_in_their_order() {
    let dictionary = here::dictionary();
    let attributes = |set| {
        let attributes = dictionary.data_set(set).unwrap().attributes();
        attributes
            .iter()
            .map(|a| a.code())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        attributes("staff"),
        "staff_group band ethnic_group gender age_band disability locality pathway contract \
         nationality_group role"
    );
    assert_eq!(
        attributes("joiners"),
        "staff_group band age_band ethnic_group locality joining_source"
    );
    assert_eq!(
        attributes("leavers"),
        "staff_group band age_band ethnic_group locality leaving_reason leaving_destination"
    );
    // A year's list is put together from quarters' without coding anybody anew.
    assert_eq!(attributes("year_joiners"), attributes("joiners"));
    assert_eq!(attributes("year_leavers"), attributes("leavers"));
    let staff = dictionary.data_set("staff").unwrap();
    assert_eq!(staff.position("ethnic_group"), Some(2));
    let sizes: Vec<_> = staff.attributes().iter().map(|a| a.size()).collect();
    assert_eq!(sizes, [11, 18, 7, 4, 11, 3, 12, 18, 5, 4, 36]);
    assert_eq!(staff.domain().attributes(), 11);
}

#[test]
fn case_punctuation_and_spacing_do_not_matter() {
    assert_eq!(
        normalise("  Nursing &\tMidwifery -- REGISTERED. "),
        "nursing and midwifery registered"
    );
    assert_eq!(normalise("Children\u{2019}s"), normalise("childrens"));
    assert_eq!(
        read("staff_group", "ADD PROF SCIENTIFIC  AND TECHNIC"),
        "additional_professional_scientific_and_technical"
    );
    assert_eq!(read("staff_group", ""), "(blank)");
    assert_eq!(read("staff_group", " - "), "(blank)");
    assert_eq!(read("staff_group", "Wizards"), "(unrecognised)");
}

#[test]
fn a_leading_zero_lost_in_a_spreadsheet_is_put_back() {
    assert_eq!(read("staff_group", "3"), "nursing_and_midwifery");
    assert_eq!(read("leaving_reason", "1"), "other");
    assert_eq!(read("role", "1028"), "dentist");
}

#[test]
fn the_second_character_of_an_ethnic_code_is_local() {
    for (raw, expected) in [
        ("C3", "white"),
        ("CA White English", "white"),
        ("SC Filipino", "other"),
        ("PD", "black"),
        ("a", "white"),
        ("R", "chinese"),
        ("Z Not Stated", "unknown"),
        ("99", "unknown"),
        ("NA", "unknown"),
        ("N/A", "unknown"),
        ("a white - british", "white"),
        ("ca white english", "white"),
        ("h asian or asian british - indian", "asian"),
        ("N Black or Black British - African", "black"),
        ("z not stated", "unknown"),
        ("a chinese", "(unrecognised)"),
        ("sc filipino", "other"),
        ("p3", "(unrecognised)"),
        ("No answer was given", "(unrecognised)"),
        ("Q1", "(unrecognised)"),
    ] {
        assert_eq!(read("ethnic_group", raw), expected, "{raw}");
    }
}

#[test]
fn pay_scale_codes_and_grade_names_are_bands() {
    for (raw, expected) in [
        ("NHS|XR05|Review Body Band 5", "afc_5"),
        ("XN09", "afc_8b"),
        ("Band 8 - Range D", "afc_8d"),
        ("8A", "afc_8a"),
        ("NHS|YC72|Consultant", "consultant"),
        ("Specialty Registrar", "doctor_in_training"),
    ] {
        assert_eq!(read("band", raw), expected, "{raw}");
    }
}

#[test]
fn ages_fall_into_their_bands_and_impossible_ones_into_none() {
    let bands = attribute("age_band");
    for (age, expected) in [
        (14, 0),
        (24, 0),
        (25, 1),
        (29, 1),
        (64, 8),
        (65, 9),
        (110, 9),
    ] {
        assert_eq!(bands.category_of_number(age), Some(expected), "{age}");
        assert_eq!(bands.resolve(&age.to_string()), Resolution::Firm(expected));
    }
    assert_eq!(bands.category_of_number(13), None);
    assert_eq!(bands.category_of_number(111), None);
    assert_eq!(read("age_band", "<25"), "under_25");
    assert_eq!(read("age_band", "65+"), "65_and_over");
}

#[test]
fn an_occupation_code_closes_what_a_job_role_leaves_open() {
    let role = attribute("role");
    let of = |values: &[&str]| {
        let found = role
            .resolve_first(values.iter().copied())
            .category()
            .unwrap();
        role.categories()[found].code()
    };
    assert_eq!(of(&["Staff Nurse", "N6A"]), "adult_nurse");
    assert_eq!(
        of(&["Nursing and Midwifery Registered|Staff Nurse", "N6E"]),
        "mental_health_nurse"
    );
    assert_eq!(
        of(&["Specialist Nurse Practitioner", "N6A"]),
        "specialist_nurse"
    );
    assert_eq!(of(&["Community Nurse", "N4D"]), "mental_health_nurse");
    assert_eq!(of(&["Community Nurse", "N6H"]), "community_nurse");
    assert_eq!(of(&["Support Worker", "H2D"]), "healthcare_support_worker");
    assert_eq!(of(&["Consultant", "026"]), "doctor_oncology");
    assert_eq!(of(&["Consultant", ""]), "doctor_other");
    assert_eq!(of(&["Technician", "S4P"]), "pharmacy_technician");
    assert_eq!(of(&["Unknown", "Staff Nurse"]), "nurse_other");
    assert_eq!(of(&["nonsense", "unknown"]), "unknown");
    assert_eq!(
        role.resolve_first(["", "nonsense"]),
        Resolution::Unrecognised
    );
    assert_eq!(role.resolve_first([]), Resolution::Blank);
}

#[test]
fn the_most_literal_pattern_wins() {
    assert_eq!(read("role", "012"), "doctor_oncology");
    assert_eq!(read("role", "061"), "dentist");
    assert_eq!(read("role", "001"), "doctor_other");
    assert_eq!(read("locality", "E08000003"), "e08000003");
    assert_eq!(read("locality", "E08000012"), "elsewhere");
}

#[test]
fn bank_staff_are_left_out_by_name() {
    assert_eq!(read("contract", "Bank"), "bank");
    assert_eq!(read("contract", "Fixed Term Temp"), "fixed_term");
    assert_eq!(read("assignment_status", "Active Assignment"), "active");
    assert_eq!(read("assignment_status", "Career Break"), "career_break");
}

#[test]
fn a_mistyped_name_finds_its_neighbour_and_a_foreign_one_none() {
    let dictionary = here::dictionary();
    assert_eq!(dictionary.nearest("staffgroup"), Some("staff_group"));
    assert_eq!(dictionary.nearest("etnic_group"), Some("ethnic_group"));
    assert_eq!(dictionary.nearest("salary_in_pounds"), None);
    assert_eq!(dictionary.nearest_data_set("staf"), Some("staff"));
    assert_eq!(attribute("band").nearest("afc_8e"), Some("afc_8a"));
    let leavers = dictionary.data_set("leavers").unwrap();
    assert_eq!(leavers.nearest("leaving_reson"), Some("leaving_reason"));
    assert_eq!(leavers.nearest("pathway"), None);
}

// The rules that tables must keep.

#[test]
fn a_sound_table_is_accepted() {
    assert_eq!(
        one(&[HEAD, RED, LAST].concat())
            .unwrap()
            .current()
            .attributes()[0]
            .size(),
        2
    );
}

#[test]
fn a_table_that_breaks_a_rule_is_refused_with_the_place() {
    let category = |text: &str| [HEAD, RED, text, LAST].concat();
    let grouped = |groups: &str| {
        category(&format!(
            "[[category]]\ncode = \"blue\"\nlabel = \"Blue\"\ngroups = {groups}\n"
        ))
    };
    let blue = |more: &str| grouped(&format!("{{ warmth = \"warm\" }}\n{more}"));
    for (table, expected) in [
        (RED.to_owned(), "table `colour` does not parse"),
        (blue("colour = 3"), "table `colour` does not parse"),
        (category(RED), "code `red` is there twice"),
        (
            blue("").replace("\"blue\"", "\"Blue!\""),
            "code `Blue!` does not match",
        ),
        ([HEAD, LAST].concat(), "has 1 categories"),
        (
            [HEAD, LAST, RED].concat(),
            "does not end in the category `unknown`",
        ),
        (
            blue("synonyms = [\"RED\"]"),
            "`RED` means both `red` and `blue`",
        ),
        (
            blue("synonyms = [\"01\"]"),
            "`01` means both `red` and `blue`",
        ),
        (
            blue("synonyms = [\"--\"]"),
            "`--` of `blue` matches no value",
        ),
        (
            blue("patterns = [\"??\"]"),
            "`??` of `blue` matches no value",
        ),
        (
            blue("range = [3, 2]"),
            "`3 to 2` of `blue` matches no value",
        ),
        (
            blue("national = [\"02\"]"),
            "has 2 national codes: its sources state 1",
        ),
        (
            grouped("{ warmth = \"tepid\" }"),
            "`warmth` does not place category `blue`",
        ),
        (grouped("{}"), "`warmth` does not place category `blue`"),
        (
            grouped("{ mood = \"warm\" }"),
            "`mood` does not place category `blue`",
        ),
        (
            [
                HEAD.replace(
                    "groups = [",
                    "groups = [{ code = \"cold\", label = \"Cold\" }, ",
                )
                .as_str(),
                RED,
                LAST,
            ]
            .concat(),
            "group `cold` of grouping `warmth` is empty",
        ),
    ] {
        let said = refusal(&table);
        assert!(said.contains(expected), "{said} / {expected}");
    }
}

#[test]
fn two_patterns_or_ranges_of_equal_weight_do_not_overlap() {
    let two = |first: &str, second: &str| {
        let body = |code: &str, more: &str| {
            format!(
                "[[category]]\ncode = \"{code}\"\nlabel = \"{code}\"\n{more}\n\
                 groups = {{ warmth = \"warm\" }}\n"
            )
        };
        one(&[
            HEAD,
            RED,
            &body("blue", first),
            &body("green", second),
            LAST,
        ]
        .concat())
    };
    assert!(two("patterns = [\"A?1\"]", "patterns = [\"AB?\"]").is_err());
    assert!(two("patterns = [\"A?1\"]", "patterns = [\"AB1\"]").is_ok());
    assert!(two("range = [1, 5]", "range = [5, 9]").is_err());
    assert!(two("range = [1, 4]", "range = [5, 9]").is_ok());
}

#[test]
fn manifest_and_tables_name_the_same_attributes() {
    let colour = [HEAD, RED, LAST].concat();
    let parse = |manifest: &str, tables: &[(&str, &str)]| {
        of_tables(manifest, tables)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    for said in [
        parse(MANIFEST_OF_ONE, &[]),
        parse(MANIFEST_OF_ONE, &[("colour", &colour), ("colour", &colour)]),
        parse(
            &MANIFEST_OF_ONE.replacen("\"colour\"", "\"colour\", \"colour\"", 1),
            &[("colour", &colour)],
        ),
        parse(
            &MANIFEST_OF_ONE.replace("\"colour\"", "\"shade\""),
            &[("shade", &colour)],
        ),
    ] {
        assert!(said.contains("disagree about attribute"), "{said}");
    }
    let said = parse(
        &MANIFEST_OF_ONE.replace(
            "Things.\"\n    attributes = [",
            "Things.\"\n    attributes = [\"x\", ",
        ),
        &[("colour", &colour)],
    );
    assert!(said.contains("data set `things`: `x`"), "{said}");
    let said = parse(
        &MANIFEST_OF_ONE.replace(
            "Things.\"\n    attributes = [\"colour\"",
            "Things.\"\n    attributes = [",
        ),
        &[("colour", &colour)],
    );
    assert!(
        said.contains("data set `things` cannot be counted over"),
        "{said}"
    );
}
