use super::*;

fn pathway_of(placing: &PathwayRule, role: &str, occupation_code: &str, title: &str) -> String {
    let post = Post {
        role: category(attribute("role"), role).unwrap(),
        occupation_code,
        texts: [title, "", "", ""],
    };
    let placed = placing.place(post);
    attribute("pathway").categories()[usize::from(placed.pathway)]
        .code()
        .to_owned()
}

#[test]
fn the_built_in_rule_places_posts_as_a_cancer_manager_would() {
    let rule = PathwayRule::builtin();
    for (role, code, title, expected) in [
        (
            "specialist_nurse",
            "NAA",
            "Breast Care Nurse Specialist",
            "breast",
        ),
        ("specialist_nurse", "NAA", "Lung Cancer CNS", "lung"),
        ("specialist_nurse", "NAA", "Uro-Oncology Nurse", "urology"),
        (
            "specialist_nurse",
            "NAA",
            "Continence Nurse, Urology",
            "not_cancer",
        ),
        ("midwife", "N2C", "Breastfeeding Support Lead", "not_cancer"),
        (
            "therapeutic_radiographer",
            "S1G",
            "Radiographer",
            "shared_treatment",
        ),
        ("doctor_oncology", "012", "Consultant", "shared_treatment"),
        (
            "diagnostic_radiographer",
            "S1F",
            "Sonographer",
            "shared_diagnostics",
        ),
        (
            "diagnostic_radiographer",
            "S1F",
            "Breast Screening Mammographer",
            "breast",
        ),
        (
            "administrator",
            "G2A",
            "Macmillan Information Assistant",
            "unmatched",
        ),
        (
            "administrator",
            "G2A",
            "Cancer Services Manager",
            "unmatched",
        ),
        ("adult_nurse", "N6A", "Staff Nurse, Ward 7", "not_cancer"),
        ("unknown", "", "", "unknown"),
    ] {
        assert_eq!(pathway_of(&rule, role, code, title), expected, "{title}");
    }
}

#[test]
fn a_word_is_looked_for_in_the_column_that_the_line_names() {
    let text = "version = \"1\"\n[[line]]\nname = \"x\"\npathway = \"lung\"\n\
                area_of_work = [\"chest\"]\nunless = [\"tuberculosis\"]\n";
    let rule = PathwayRule::parse(text, Path::new("rule.toml")).unwrap();
    let placed = |texts| {
        let post = Post {
            role: 0,
            occupation_code: "",
            texts,
        };
        rule.place(post).line
    };
    assert_eq!(placed(["", "Chest Clinic", "", ""]), Some(0));
    assert_eq!(placed(["Chest Nurse", "", "", ""]), None);
    assert_eq!(placed(["Tuberculosis Nurse", "Chest", "", ""]), None);
    let builtin = PathwayRule::builtin();
    let care_group = builtin.place(Post {
        role: 0,
        occupation_code: "N6A",
        texts: ["Nurse", "", "05", ""],
    });
    assert_eq!(
        care_group.line.map(usize::from),
        Some(builtin.lines.len() - 1)
    );
}

#[test]
fn what_is_wrong_with_a_rule_is_named_with_its_line() {
    for (line, expected) in [
        ("pathway = \"brest\"\ntext = [\"x\"]", "no category `brest`"),
        ("pathway = \"lung\"", "needs one of"),
        ("pathway = \"lung\"\ntext = [\"*\"]", "no word"),
        (
            "pathway = \"lung\"\nrole = [\"nurse\"]",
            "role has no category",
        ),
        ("pathway = \"lung\"\ntexts = []", "unknown field"),
    ] {
        let text = format!("version = \"1\"\n[[line]]\nname = \"my line\"\n{line}\n");
        let error = PathwayRule::parse(&text, Path::new("rule.toml")).unwrap_err();
        assert!(error.to_string().contains(expected), "{line}: {error}");
    }
}
