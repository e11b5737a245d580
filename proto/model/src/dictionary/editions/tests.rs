use super::{
    super::{
        Resolution,
        builtin::{ATTRIBUTES, MANIFEST},
    },
    *,
};
use crate::{
    agreement::{Agreement, Draft},
    here,
    place::Place,
};

const AGREEMENT: &str = r#"
name = "What are we?"
version = 1
aggregator = "gm-icb"
purpose = "To test."
readers = "Tests."
first_period = "2026-06"
last_period = "2026-12"

[[series]]
name = "roles"
measure = "headcount"
cadence = "quarterly"
rho = 0.04
tables = [{ by = ["staff_group"] }, { by = ["band", "role"] }]
"#;

/// The shipped tables after edits (table, old text, new text), with one more edition if `more` says so.
pub(crate) fn changed(
    edits: &[(&str, &str, &str)],
    more: bool,
) -> Result<Editions, DictionaryError> {
    let with_edits = |name: &str, text: &str| {
        let mut text = text.to_owned();
        for (_, from, to) in edits.iter().filter(|(table, ..)| *table == name) {
            assert!(text.contains(from), "{name} has no {from}");
            text = text.replacen(from, to, 1);
        }
        text
    };
    let tables: Vec<_> = ATTRIBUTES
        .iter()
        .map(|(name, text)| (*name, with_edits(name, text)))
        .collect();
    let tables: Vec<_> = tables
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let manifest = with_edits("dictionary", MANIFEST);
    if !more {
        return Place::shipped().editions_of(&manifest, &tables);
    }
    let with = |hash: &str| {
        let last = manifest
            .find("\"]\nlicence")
            .expect("the list of editions ends so");
        let version = format!("\", \"nwd-3.6+vwis.2.{hash}");
        [&manifest[..last], &version, &manifest[last..]].concat()
    };
    match Place::shipped().editions_of(&with("?"), &tables) {
        Err(DictionaryError::Edition { found, .. }) => {
            Place::shipped().editions_of(&with(&found), &tables)
        }
        other => other,
    }
}

/// Editions of which the newest has one more role, which was part of another before.
pub(crate) fn with_a_care_navigator() -> Editions {
    let unknown = "[[category]]\ncode = \"unknown\"";
    let navigator = "[[category]]\ncode = \"care_navigator\"\nlabel = \"Care navigator\"\nsince = 2\n\
         was = \"clinical_support_other\"\ngroups = { profession = \"support\" }\n\n";
    let more = format!("{navigator}{unknown}");
    changed(&[("role", unknown, &more)], true).unwrap()
}

fn agreement(editions: &Editions) -> Agreement {
    let draft = Draft::parse(AGREEMENT).unwrap();
    draft.compile(editions.current()).unwrap().0
}

#[test]
fn a_new_synonym_label_or_comment_changes_no_version_and_no_agreement() {
    let shipped = here::editions();
    let label = "label = \"Nursing and Midwifery Registered\"";
    let edits = [
        (
            "staff_group",
            label,
            "label = \"Nurses and midwives\"\nsynonyms_seen = 1",
        ),
        ("staff_group", "\nsynonyms_seen = 1", "\n# seen"),
        (
            "gender",
            "synonyms = [",
            "synonyms = [\"of the womanly kind\", ",
        ),
        ("dictionary", "edition", "Edition"),
    ];
    let better = changed(&edits, false).unwrap();
    assert_eq!(better.current().version(), shipped.current().version());
    let before = agreement(shipped);
    assert_eq!(agreement(&better).canonical(), before.canonical());
    let read = Agreement::from_canonical(before.canonical(), &better).unwrap();
    let group = &read.series()[0].data_set().attributes()[0];
    assert!(
        group
            .categories()
            .iter()
            .any(|one| one.label() == "Nurses and midwives")
    );
    let gender = better.current().attribute("gender").unwrap();
    let read = gender.resolve("Of the womanly kind");
    assert!(matches!(read, Resolution::Firm(_)), "{read:?}");
}

#[test]
fn the_codes_of_an_edition_stay_as_they_were_released() {
    let first = "[[category]]\ncode = \"nursing_and_midwifery\"";
    for (table, from, to) in [
        // A code that changed, one that was added without an edition, some that are gone or changed places.
        (
            "staff_group",
            "code = \"nursing_and_midwifery\"",
            "code = \"nursing\"",
        ),
        (
            "staff_group",
            first,
            &format!("[[category]]\ncode = \"new\"\nlabel = \"New\"\n\n{first}"),
        ),
        (
            "dictionary",
            "  \"band\",\n  \"ethnic_group\",\n  \"gender\",\n  \"age_band\",\n  \"disability\",\n  \"locality\",\n  \"pathway\",\n  \"contract\",\n  \"nationality_group\",\n  \"role\",\n]\n\n[[data_set]]",
            "  \"ethnic_group\",\n  \"band\",\n]\n\n[[data_set]]",
        ),
    ] {
        let said = changed(&[(table, from, to)], false)
            .unwrap_err()
            .to_string();
        let is_refused = said.contains("what was released stays as it is")
            || said.contains("place category")
            || said.contains("in exactly one group");
        assert!(is_refused, "{said}");
    }
}

#[test]
fn an_older_agreement_keeps_its_bytes_and_its_categories_beside_a_newer_edition() {
    let shipped = here::editions();
    let later = with_a_care_navigator();
    let old = agreement(shipped);
    let read = Agreement::from_canonical(old.canonical(), &later).unwrap();
    assert_eq!(read.hash(), old.hash());
    let roles = |agreement: &Agreement| {
        let staff = agreement.series()[0].data_set();
        staff.attributes()[staff.position("role").unwrap()].size()
    };
    assert_eq!(roles(&read), roles(&old));
    let new = agreement(&later);
    assert_eq!(roles(&new), roles(&old) + 1);
    // This program's own editions do not have that version, and the error names it.
    let said = Agreement::from_canonical(new.canonical(), shipped).unwrap_err();
    assert!(said.to_string().contains("nwd-3.6+vwis.2."), "{said}");
}

#[test]
fn people_of_a_newer_edition_are_counted_by_an_older_one_and_not_the_other_way_round() {
    let later = with_a_care_navigator();
    let [old, new] = [0, 1].map(|index| &later.0[index]);
    let [before, after] = [old, new].map(|edition| edition.data_set("staff").unwrap());
    let role = before.position("role").unwrap();
    let roles = [role];
    let recoding = later.recoding(new.version(), before, roles).unwrap();
    let columns: Vec<_> = recoding.columns().collect();
    let (at, map) = columns[role].unwrap();
    assert_eq!(at, after.position("role").unwrap());
    let [was, is] = [before, after].map(|set| &set.attributes()[role]);
    let index = |attribute: &Attribute, code: &str| attribute.category(code).unwrap();
    let told = |code: &str| usize::from(map[index(is, code)]);
    assert_eq!(told("care_navigator"), index(was, "clinical_support_other"));
    assert_eq!(
        told("clinical_support_other"),
        index(was, "clinical_support_other")
    );
    assert_eq!(told("unknown"), was.unknown());
    assert!(
        columns
            .iter()
            .enumerate()
            .all(|(at, column)| (at == role) == column.is_some())
    );
    // People who were coded before cannot be counted by the new role, but by all that did not change.
    assert_eq!(later.recoding(old.version(), after, roles), None);
    let group = [before.position("staff_group").unwrap()];
    assert!(later.recoding(old.version(), after, group).is_some());
    assert_eq!(later.recoding("nwd-9.9", after, group), None);
}

#[test]
fn what_an_edition_says_of_its_categories_must_make_sense() {
    let unknown = "[[category]]\ncode = \"unknown\"";
    for (what, more) in [
        ("an edition that is not", "since = 3"),
        ("no edition", "since = 0"),
        ("an end before its beginning", "since = 2\nuntil = 1"),
        ("nothing that was", "since = 2\nwas = \"nobody\""),
        ("itself", "since = 2\nwas = \"care_navigator\""),
    ] {
        let text = format!(
            "[[category]]\ncode = \"care_navigator\"\nlabel = \"Care navigator\"\n{more}\n\
             groups = {{ profession = \"support\" }}\n\n{unknown}"
        );
        let refused = changed(&[("role", unknown, &text)], true).unwrap_err();
        assert!(
            matches!(refused, DictionaryError::Since { .. }),
            "{what}: {refused}"
        );
    }
}
