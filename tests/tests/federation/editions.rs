//! Another edition of the dictionary: what was agreed and sealed under the one before stays as it is.

use std::{fs, path::Path};

use vwis_model::{dictionary::DictionaryError, place::Place};
use vwis_tests::{
    extract::{Extract, OTHER_PEOPLE},
    federation::{Federation, sealed_bytes},
    visitor::Visitor,
};

use crate::BINARY;

const DRAFT: &str = r#"
name = "What are they?"
version = 1
aggregator = "gm-icb"
purpose = "To test editions."
readers = "Testers."
first_period = "2026-06"
last_period = "2026-09"

[[series]]
name = "headline"
measure = "headcount"
cadence = "quarterly"
rho = 0.05
tables = [{ by = [] }, { by = ["role"] }, { by = ["staff_group", "locality"] }]
"#;

const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/model/dictionary");

/// A category that is a part of another one in the shipped edition.
const NAVIGATOR: &str = r#"[[category]]
code = "care_navigator"
label = "Care navigator"
since = 2
was = "clinical_support_other"
groups = { profession = "support" }

"#;

/// The shipped tables with that category in a new edition, and one more synonym.
fn later_tables(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let mut tables = Vec::new();
    let mut manifest = String::new();
    for entry in fs::read_dir(TABLES).unwrap() {
        let path = entry.unwrap().path();
        let mut text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "role" {
            let unknown = text.find("[[category]]\ncode = \"unknown\"").unwrap();
            text.insert_str(unknown, NAVIGATOR);
            text = text.replace("\"Home Help\"", "\"Home Help\", \"Ward Runner\"");
        }
        fs::write(folder.join(path.file_name().unwrap()), &text).unwrap();
        if name == "dictionary" {
            manifest = text;
        } else {
            tables.push((name, text));
        }
    }
    let tables: Vec<_> = tables
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let end = manifest.find("\"]\nlicence").unwrap();
    manifest.insert_str(end, "\", \"nwd-3.6+vwis.2.?");
    let Err(DictionaryError::Edition { found, .. }) =
        Place::shipped().editions_of(&manifest, &tables)
    else {
        panic!("a hash is wrong until it is right");
    };
    let manifest = manifest.replace(".2.?", &format!(".2.{found}"));
    fs::write(folder.join("dictionary.toml"), manifest).unwrap();
}

/// What readers get under an agreement: tables at their permanent addresses, and pages.
async fn read(federation: &Federation, addresses: &[String]) -> Vec<String> {
    let mut visitor = Visitor::default();
    let mut read = Vec::new();
    for address in addresses {
        let page = visitor
            .get(&format!("{}{address}", federation.http()))
            .await;
        assert_eq!(page.status, 200, "{address}: {}", page.text);
        read.push(page.text);
    }
    read
}

/// The same people, but 300 of them are of the new category.
fn half_navigators(extract: &Extract) -> String {
    let csv = extract.csv();
    let rows = csv.lines().enumerate().map(|(number, row)| {
        let role = row.rfind(',').unwrap();
        if (1..=300).contains(&number) {
            format!("{},Care navigator\n", &row[..role])
        } else {
            format!("{row}\n")
        }
    });
    rows.collect()
}

/// The estimated number of people in a role, for a period under an agreement.
async fn people_in(
    federation: &Federation,
    (hash, period): (&str, &str),
    role: &str,
) -> Option<f64> {
    let table = [
        "table",
        "--by",
        "role",
        "--agreement",
        hash,
        "--period",
        period,
    ];
    let table = [&table[..], &["--format", "json"]].concat();
    let table = federation.aggregator(&table).await.json();
    let rows = table["rows"].as_array().unwrap().iter();
    let mut rows = rows.filter(|row| row["role"] == role);
    rows.next().map(|row| row["estimate"].as_f64().unwrap())
}

#[tokio::test]
async fn an_older_agreement_answers_as_before_beside_one_of_a_newer_edition() {
    let federation = Federation::new(BINARY).await;
    federation.enrol("R0A").await;
    let extract = Extract::seeded(1, 600);
    federation.import("R0A", &extract, "2026-06").await;
    let serving = federation.serve("R0A").await;
    let old = federation.propose(DRAFT).await;
    federation.approve("R0A", &old).await;
    let collect = ["collect", "--period", "2026-06", "--agreement", &old];
    federation.aggregator(&collect).await.done();
    serving.stop().await;

    let store = federation.aggregator_dir().join("aggregator.db");
    let sealed = sealed_bytes(&store).await;
    assert_eq!(sealed.len(), 1);
    let release = federation
        .aggregator(&["release", "list", "--json"])
        .await
        .json();
    let release = release[0]["id"].as_str().unwrap().to_owned();
    let addresses = [
        format!("/api/v1/tables?by=role&release={release}"),
        format!("/api/v1/tables?by=staff_group%2Clocality&release={release}&format=csv"),
        format!("/api/v1/indicators/composition?by=role&agreement={old}&up_to=2026-06&format=csv"),
        format!("/?agreement={old}&period=2026-06"),
        format!("/staff-groups?agreement={old}&period=2026-06"),
    ];
    let table = [
        "table",
        "--by",
        "role",
        "--agreement",
        &old,
        "--period",
        "2026-06",
    ];
    let before = read(&federation, &addresses).await;
    let table_before = federation.aggregator(&table).await.done();

    // All programs use a later edition from now on.
    let tables = federation.aggregator_dir().with_file_name("dictionary");
    later_tables(&tables);
    let federation = federation
        .restarted_with("VWIS_DICTIONARY", Some(&tables))
        .await;
    assert_eq!(read(&federation, &addresses).await, before);
    assert_eq!(federation.aggregator(&table).await.done(), table_before);

    let file = federation.file("later.csv", &half_navigators(&extract));
    let import = [
        "import",
        &file,
        "--period",
        "2026-09",
        "--allow",
        OTHER_PEOPLE,
    ];
    federation.node("R0A", &import).await.done();
    let serving = federation.serve("R0A").await;
    let new = federation
        .propose(&DRAFT.replace("version = 1", "version = 2"))
        .await;
    assert_ne!(new, old);
    federation.approve("R0A", &new).await;
    for (agreement, period) in [(&old, "2026-06"), (&old, "2026-09"), (&new, "2026-09")] {
        let collect = ["collect", "--period", period, "--agreement", agreement];
        federation.aggregator(&collect).await.done();
    }
    // The codes of the earlier edition do not tell navigators, so the new agreement cannot be measured from
    // them.
    let refused = ["collect", "--period", "2026-06", "--agreement", &new];
    let refused = federation.aggregator(&refused).await;
    let is_told = refused.stderr.contains("dictionary");
    assert!(refused.code != Some(0) && is_told, "{refused:?}");
    serving.stop().await;

    // The standard deviation is some 10 people, so chance is 100 off once in 1e22.
    let apart = people_in(&federation, (&new, "2026-09"), "care_navigator")
        .await
        .unwrap();
    assert!((apart - 300.0).abs() < 100.0, "{apart}");
    let rest = people_in(&federation, (&new, "2026-09"), "clinical_support_other")
        .await
        .unwrap();
    let both = people_in(&federation, (&old, "2026-09"), "clinical_support_other")
        .await
        .unwrap();
    assert!((both - rest - 300.0).abs() < 150.0, "{both} and {rest}");
    let none = people_in(&federation, (&old, "2026-09"), "care_navigator").await;
    assert_eq!(none, None);
    let still = sealed_bytes(&store).await;
    assert!(
        sealed
            .iter()
            .all(|(identity, bytes)| still.get(identity) == Some(bytes))
    );
    assert_eq!(read(&federation, &addresses[..3]).await, before[..3]);
    assert_eq!(federation.aggregator(&table).await.done(), table_before);

    // Programs of the earlier edition read what they can, and name what they cannot.
    let federation = federation.restarted_with("VWIS_DICTIONARY", None).await;
    let list = federation.aggregator(&["agreement", "list"]).await.done();
    let named =
        format!("{new} cannot be read here: the agreement counts by edition nwd-3.6+vwis.2.");
    assert!(list.contains(&named), "{list}");
    assert_eq!(federation.aggregator(&table).await.done(), table_before);
    assert_eq!(read(&federation, &addresses[..3]).await, before[..3]);
    let list = read(&federation, &["/api/v1/agreements".to_owned()]).await;
    assert!(list[0].contains(&new), "{list:?}");
    let shown = federation.node("R0A", &["agreement", "list"]).await.done();
    assert!(shown.contains(&new[..16]), "{shown}");
}
