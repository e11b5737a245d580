//! A place other than the shipped one: the demo runs on it, and nothing names the shipped one.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use vwis_tests::process::{self, Running};

use crate::BINARY;

/// Most files that are read of one place, and most pages with a query; each page is read once without one.
const MOST_MORE: usize = 100;

/// Writes a pack of this many localities in two areas, and four employers.
fn pack(dir: &Path, localities: usize) {
    fs::create_dir(dir).unwrap();
    let mut files = [
        ("localities.csv", "code,name,area,other_names\n"),
        (
            "residents_ethnic_group.csv",
            "locality,white,mixed,asian,black,chinese,other\n",
        ),
        ("residents_gender.csv", "locality,female,male\n"),
        ("residents_disability.csv", "locality,yes,no\n"),
        (
            "residents_age_band.csv",
            "locality,under_25,25_29,30_34,35_39,40_44,45_49,50_54,55_59,60_64,65_and_over\n",
        ),
    ]
    .map(|(name, headings)| (name, headings.to_owned()));
    for number in 0..localities {
        let area = if number % 2 == 0 { "east" } else { "west" };
        let name = format!("Village {number}, {area}");
        let of = 1_000 + number;
        writeln!(files[0].1, "v{number},\"{name}\",{area},Parish {number}").unwrap();
        writeln!(files[1].1, "v{number},{},{of},{of},{of},{of},{of}", 20 * of).unwrap();
        writeln!(files[2].1, "v{number},{},{}", 13 * of, 12 * of).unwrap();
        writeln!(files[3].1, "v{number},{},{}", 4 * of, 21 * of).unwrap();
        writeln!(files[4].1, "v{number}{}", format!(",{of}").repeat(10)).unwrap();
    }
    let last = localities - 1;
    let employers = format!(
        "ods_code,name,setting,localities,headcount\n\
         X1A,Dale University,acute,v0; v1,9000\n\
         X1B,Moor and Fen,acute,v1; v{last},7000\n\
         X1C,Dale Minds,mental_health,v0; v2,\n\
         X1D,Fen Cancer Centre,cancer,v{last},1500\n"
    );
    let residents = ["ethnic_group", "gender", "disability", "age_band"].map(|attribute| {
        format!(
            "[residents.{attribute}]\nsource = \"Invented\"\nlabel = \"Invented, all ages\"\n\
             note = \"Nobody lives there.\"\n"
        )
    });
    let manifest = format!(
        "code = \"dale\"\nname = \"The Dale\"\nlocality = [\"village\", \"villages\"]\nlicence = \"None.\"\n\
         [localities]\nsource = \"Invented\"\n\
         [[area]]\ncode = \"east\"\nname = \"East Dale\"\n[[area]]\ncode = \"west\"\nname = \"West Dale\"\n\
         {}[employers]\nsource = \"Invented\"\n",
        residents.concat()
    );
    let others = [("employers.csv", employers), ("place.toml", manifest)];
    for (name, text) in files.into_iter().chain(others) {
        fs::write(dir.join(name), text).unwrap();
    }
}

/// A demo of a place, whose aggregator answers everybody as often as they ask.
async fn demo_of(place: &Path, dir: &Path) -> (Running, String) {
    let (dir_text, place) = (dir.to_str().unwrap(), place.to_str().unwrap());
    let args = [
        "--once", "--scale", "0.02", "--dir", dir_text, "--place", place,
    ];
    let said = process::run(process::command(BINARY, "demo", &args)).await;
    says_nothing_of_another_place("the demo", &said.done());
    let config = dir.join("aggregator/aggregator.toml");
    let text = fs::read_to_string(&config).unwrap();
    let (before, rest) = text.split_once("requests_per_minute = ").unwrap();
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    fs::write(
        &config,
        format!("{before}requests_per_minute = 1000000{rest}"),
    )
    .unwrap();
    let args = ["--config", config.to_str().unwrap(), "serve"];
    let serving = Running::start(process::command(BINARY, "aggregator", &args))
        .await
        .unwrap();
    let ready: serde_json::Value = serde_json::from_str(serving.ready_line()).unwrap();
    let http = ready["http"].as_str().unwrap().to_owned();
    (serving, http)
}

fn says_nothing_of_another_place(what: &str, said: &str) {
    for name in [
        "Greater Manchester",
        "greater_manchester",
        "Bolton",
        "e08000",
        "Census 2021",
        "E08000",
    ] {
        let at = said.find(name);
        let around = at.map(|at| {
            said[at.saturating_sub(80)..]
                .chars()
                .take(200)
                .collect::<String>()
        });
        assert_eq!(around, None, "{what} says {name}");
    }
}

fn links(html: &str) -> impl Iterator<Item = String> {
    let links = html.split("href=\"/").skip(1);
    let links = links.filter_map(|rest| rest.split(['"', '#']).next());
    links.map(|link| format!("/{}", link.replace("&#38;", "&")))
}

/// Reads everything that pages link to, pages before files, and returns the addresses that were read.
async fn walk(http: &str) -> BTreeSet<String> {
    let client = reqwest::Client::new();
    let mut pages = VecDeque::from(["/".to_owned()]);
    let mut files: VecDeque<String> = ["dictionary", "indicators", "openapi.json", "organisations"]
        .map(|path| format!("/api/v1/{path}"))
        .into();
    let mut seen = BTreeSet::new();
    let mut read = BTreeSet::new();
    let (mut asking, mut more) = (VecDeque::new(), [MOST_MORE; 2]);
    let next = |all: [&mut VecDeque<String>; 3]| all.into_iter().find_map(VecDeque::pop_front);
    while let Some(path) = next([&mut pages, &mut asking, &mut files]) {
        let answer = client.get(format!("{http}{path}")).send().await.unwrap();
        let status = answer.status();
        // Pages also link to files and comparisons of what is not released yet; these say so with 404.
        let is_page_alone = !path.contains('?') && !path.starts_with("/api/");
        let is_there = status.is_success() || (status.as_u16() == 404 && !is_page_alone);
        assert!(is_there, "{path}: {status}");
        let body = answer.bytes().await.unwrap();
        let body = String::from_utf8_lossy(&body);
        says_nothing_of_another_place(&path, &body);
        if body.starts_with("<!DOCTYPE html>") {
            for link in links(&body) {
                let is_file = link.starts_with("/api/");
                let alone = link.split('?').next().unwrap_or_default().to_owned();
                if !is_file && seen.insert(alone.clone()) {
                    pages.push_back(alone);
                }
                let left = &mut more[usize::from(is_file)];
                if *left > 0 && seen.insert(link.clone()) {
                    *left -= 1;
                    if is_file { &mut files } else { &mut asking }.push_back(link);
                }
            }
        }
        read.insert(path);
    }
    read
}

async fn is_walked(localities: usize) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("dale");
    pack(&place, localities);
    let dir: PathBuf = folder.path().join("demo");
    let (serving, http) = demo_of(&place, &dir).await;
    let read = walk(&http).await;
    for number in 0..localities {
        let page = format!("/localities/v{number}");
        assert!(read.contains(&page), "{page}");
    }
    let page = reqwest::get(format!("{http}/localities/v2"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for said in ["The Dale", "Village 2, east"] {
        assert!(page.contains(said), "{said}");
    }
    let likeness = reqwest::get(format!(
        "{http}/api/v1/indicators/representation?by=&format=csv"
    ));
    let likeness = likeness.await.unwrap().text().await.unwrap();
    assert!(
        likeness.contains("Invented, all ages, The Dale"),
        "{likeness}"
    );
    let node = dir.join("nodes/X1B/node.toml");
    let show = ["--config", node.to_str().unwrap(), "place", "show"];
    let shown = process::run(process::command(BINARY, "node", &show))
        .await
        .done();
    assert!(shown.contains("The Dale (dale)"), "{shown}");
    says_nothing_of_another_place("place show", &shown);
    serving.stop().await;
}

#[tokio::test]
async fn every_page_of_a_place_with_three_localities_is_there_and_names_no_other() {
    is_walked(3).await;
}

#[tokio::test]
async fn every_page_of_a_place_with_forty_localities_is_there_and_names_no_other() {
    is_walked(40).await;
}

/// Correcting a name or a figure ends no agreement. Taking a locality away names the agreements that need it.
#[tokio::test]
async fn a_pack_is_mended_in_place_and_another_place_ends_no_agreement_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("dale");
    pack(&place, 3);
    let dir = folder.path().join("demo");
    let (serving, _) = demo_of(&place, &dir).await;
    serving.stop().await;
    let aggregator = dir.join("aggregator/aggregator.toml");
    let node = dir.join("nodes/X1A/node.toml");
    let set = async |role: &str, config: &Path, more: &[&str]| {
        let set = [
            "--config",
            config.to_str().unwrap(),
            "place",
            "set",
            place.to_str().unwrap(),
        ];
        process::run(process::command(BINARY, role, &[&set, more].concat())).await
    };
    let names = place.join("localities.csv");
    let text = fs::read_to_string(&names).unwrap();
    fs::write(&names, text.replace("Village 0", "Hamlet 0")).unwrap();
    let said = set("aggregator", &aggregator, &[]).await.done();
    assert!(said.contains("Hamlet 0"), "{said}");
    set("node", &node, &[]).await.done();
    let show = [
        "--config",
        aggregator.to_str().unwrap(),
        "table",
        "--by",
        "locality",
    ];
    let table = process::run(process::command(BINARY, "aggregator", &show))
        .await
        .done();
    assert!(table.contains("Hamlet 0"), "{table}");
    let other = folder.path().join("other");
    pack(&other, 4);
    for name in [
        "localities.csv",
        "residents_ethnic_group.csv",
        "residents_gender.csv",
        "residents_disability.csv",
        "residents_age_band.csv",
        "employers.csv",
    ] {
        fs::copy(other.join(name), place.join(name)).unwrap();
    }
    let refused = set("aggregator", &aggregator, &[]).await.ended_with(77);
    assert!(
        refused.stderr.contains("The Dale workforce"),
        "{}",
        refused.stderr
    );
    let refused = set("node", &node, &[]).await.ended_with(77);
    assert!(
        refused.stderr.contains("The Dale workforce"),
        "{}",
        refused.stderr
    );
    let table = process::run(process::command(BINARY, "aggregator", &show))
        .await
        .done();
    assert!(table.contains("Hamlet 0"), "{table}");
    set("aggregator", &aggregator, &["--give-up-agreements"])
        .await
        .done();
    let list = [
        "--config",
        aggregator.to_str().unwrap(),
        "agreement",
        "list",
    ];
    let listed = process::run(process::command(BINARY, "aggregator", &list))
        .await
        .done();
    assert!(
        listed.contains("counts by the localities of dale.1."),
        "{listed}"
    );
}
