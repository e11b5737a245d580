use super::*;
use crate::agreement::{Agreement, Draft};

/// The skeleton after edits (file, old text, new text).
fn pack(edits: &[(&str, &str, &str)]) -> Pack {
    let files = skeleton().into_iter().map(|(name, text)| {
        let mut text = text.to_owned();
        for (_, from, to) in edits.iter().filter(|(file, ..)| *file == name) {
            assert!(text.contains(from), "{name} has no {from}");
            text = text.replacen(from, to, 1);
        }
        (name.to_owned(), text.into_bytes())
    });
    Pack::new(files).unwrap()
}

fn place(edits: &[(&str, &str, &str)]) -> Place {
    Place::parse(pack(edits)).unwrap()
}

#[test]
fn the_skeleton_is_a_place_that_only_wants_filling_in() {
    let place = place(&[]);
    assert_eq!(place.current().collect::<Vec<_>>(), ["x01", "x02"]);
    assert_eq!(place.remarks(), Vec::<String>::new());
    // Four attributes, and the grouping of one.
    assert_eq!(place.residents.len(), 5);
    assert!(
        place.version().starts_with("my_place.1."),
        "{}",
        place.version()
    );
    let shown = place.to_string();
    for part in [
        "My Place (my_place): 2 local authorities",
        "First Trust",
        "200000",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn what_ships_has_the_totals_of_the_census() {
    let place = Place::shipped();
    assert_eq!(place.remarks(), Vec::<String>::new());
    assert_eq!(place.current().count(), 10);
    let total = |attribute: &str, locality: Option<&str>| -> u32 {
        let residents = place.residents(attribute).unwrap();
        let people = locality.map_or_else(|| residents.of_all(), |one| residents.of(one).unwrap());
        people.iter().map(|(_, people)| people).sum()
    };
    // Greater Manchester (E47000001) as published: 2,867,752 residents by ethnic group; by sex
    // the sum of the ten districts' "All persons", from 295,963 in Bolton to 329,330 in Wigan.
    assert_eq!(total("ethnic_group", None), 2_867_752);
    assert_eq!(total("gender", None), 2_867_765);
    assert_eq!(total("gender", Some("e08000001")), 295_963);
    assert_eq!(total("disability", None), 2_867_762);
    // The 2,318,354 aged 15 and over are all but 549,401 of 2,867,755.
    assert_eq!(total("age_band", None), 2_318_354);
    // Bolton: 25,479 limited a lot and 28,119 limited a little.
    let of = |attribute: &str| place.residents(attribute).unwrap();
    assert_eq!(
        of("disability").of("e08000001").unwrap()[0],
        ("yes", 53_598)
    );
    // As published for Greater Manchester: 676,914 of 2,867,752, 23.6%.
    assert_eq!(
        of("wres").of_all(),
        [("white", 2_190_838), ("bme", 676_914)]
    );
    assert_eq!(of("gender").of("elsewhere"), None);
    assert!(place.residents("band").is_none());
}

#[test]
fn residents_are_in_the_order_of_the_dictionary_whatever_the_columns() {
    let turned = place(&[
        (
            "residents_gender.csv",
            "locality,female,male",
            "male,locality,female",
        ),
        (
            "residents_gender.csv",
            "x01,51000,49000",
            "49000,x01,\"51,000\"",
        ),
        ("residents_gender.csv", "x02,51000,49000", "49000,x02,51000"),
    ]);
    assert_eq!(turned.residents("gender"), place(&[]).residents("gender"));
}

#[test]
fn names_residents_and_employers_change_no_version_and_codes_do() {
    let before = place(&[]);
    let better = place(&[
        ("localities.csv", "First Locality", "Firstlocality"),
        ("localities.csv", "99A", "99B; The First"),
        ("residents_gender.csv", "51000", "51001"),
        ("employers.csv", "5000", "6000"),
        ("place.toml", "My Place", "Our Place"),
    ]);
    assert_eq!(better.dictionary().version(), before.dictionary().version());
    assert_ne!(better.pack().hash(), before.pack().hash());
    for codes in [
        ("localities.csv", "x02,Second", "x03,Second"),
        ("localities.csv", "x02,Second", "x00,New,,\nx02,Second"),
    ] {
        let mut files: Vec<_> = pack(&[codes]).files().map(owned).collect();
        // Residents and employers go: they have no line for the new code.
        files.retain(|(name, _)| !name.starts_with("residents") && name != "employers.csv");
        let manifest = files
            .iter_mut()
            .find(|(name, _)| name == "place.toml")
            .unwrap();
        let text = String::from_utf8(manifest.1.clone()).unwrap();
        let end = text.find("\n[residents").unwrap();
        manifest.1 = text.as_bytes()[..end].to_vec();
        let other = Place::parse(Pack::new(files).unwrap()).unwrap();
        assert_ne!(other.dictionary().version(), before.dictionary().version());
    }
}

fn owned((name, text): (&str, &str)) -> (String, Vec<u8>) {
    (name.to_owned(), text.as_bytes().to_vec())
}

#[test]
fn a_pack_that_a_spreadsheet_saved_again_is_the_same_one() {
    let saved = Place::shipped().pack().files().map(|(name, text)| {
        let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        (name.to_owned(), text.into_bytes())
    });
    let saved = Pack::new(saved).unwrap();
    assert_eq!(saved.hash(), Place::shipped().pack().hash());
}

/// One fault of each kind, and where the message must say that it is.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of faults")]
fn every_fault_is_told_with_its_file_line_and_column_all_at_once() {
    let faults = [
        (
            "localities.csv",
            "x02,",
            "X02,",
            "localities.csv, line 3, `code`: `X02`",
        ),
        (
            "localities.csv",
            "x02,",
            "x01,",
            "localities.csv, line 3, `code`: `x01` is there twice",
        ),
        (
            "localities.csv",
            "x02,",
            "unknown,",
            "localities.csv, line 3, `code`: `unknown`",
        ),
        (
            "localities.csv",
            "Second Locality",
            "",
            "localities.csv, line 3, `name`: must not be empty",
        ),
        (
            "localities.csv",
            "Second Locality",
            "First Locality",
            "localities.csv: table `locality`: `",
        ),
        (
            "localities.csv",
            "Second Locality,,",
            "Second Locality,north,",
            "localities.csv, line 3, `area`: `north`",
        ),
        (
            "localities.csv",
            "Second Locality,,",
            "Second, Locality,,",
            "localities.csv, line 3: has 5 values",
        ),
        (
            "localities.csv",
            "area",
            "ara",
            "localities.csv, line 1, `ara`: is no column",
        ),
        (
            "employers.csv",
            "X0A",
            "x-a",
            "employers.csv, line 2, `ods_code`: `x-a`",
        ),
        (
            "employers.csv",
            "acute",
            "general",
            "employers.csv, line 2, `setting`: `general`",
        ),
        (
            "employers.csv",
            "x01; x02",
            "x01; x01",
            "employers.csv, line 2, `localities`: `x01` is there twice",
        ),
        (
            "employers.csv",
            "x01; x02",
            "x01; x09",
            "employers.csv, line 2, `localities`: `x09`",
        ),
        (
            "employers.csv",
            "5000",
            "about 5000",
            "employers.csv, line 2, `headcount`: `about 5000`",
        ),
        (
            "residents_gender.csv",
            "x02",
            "x03",
            "residents_gender.csv, line 3, `locality`: `x03`",
        ),
        (
            "residents_gender.csv",
            "x02,51000",
            "x02,",
            "residents_gender.csv, line 3, `female`: is empty",
        ),
        (
            "residents_gender.csv",
            "x02,51000,49000\n",
            "",
            "residents_gender.csv: has no line for `x02` (Second Locality)",
        ),
        (
            "residents_gender.csv",
            "female",
            "women",
            "residents_gender.csv, line 1, `women`: is no column",
        ),
        (
            "place.toml",
            "[residents.gender]",
            "[residents.sex]",
            "place.toml, `residents.gender`: residents_gender.csv is there",
        ),
        (
            "place.toml",
            "code = \"my_place\"",
            "code = \"My Place\"",
            "place.toml, `code`: `My Place`",
        ),
        (
            "place.toml",
            "licence = ",
            "license = ",
            "place.toml: TOML parse error at line",
        ),
        (
            "place.toml",
            "name = \"My Place\"",
            "name = \"My\u{200b}Place\"",
            "place.toml, `name`: holds U+200B",
        ),
        (
            "residents_gender.csv",
            "locality,female,male",
            "locality;female;male",
            "residents_gender.csv, line 1: the columns are parted by semicolons",
        ),
        (
            "localities.csv",
            "area,other_names\nx01,First Locality,,",
            "area,since\nx01,First Locality,,4000000000\n#,",
            "localities.csv, line 2, `since`: `4000000000` must number an edition",
        ),
        (
            "localities.csv",
            "area,other_names\nx01,First Locality,,",
            "area,until\nx01,First Locality,,0\n#,",
            "localities.csv, line 2, `until`: `0` must number an edition",
        ),
    ];
    for (file, from, to, expected) in faults {
        let said = Place::parse(pack(&[(file, from, to)]))
            .unwrap_err()
            .to_string();
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    let two = pack(&[
        ("localities.csv", "x02,", "X02,"),
        ("employers.csv", "acute", "general"),
    ]);
    // The third fault: the employer works in `x02`, which is no code any more.
    assert_eq!(Place::parse(two).unwrap_err().0.len(), 3);
    let foreign = ("notes.csv".to_owned(), Vec::new());
    let said = Pack::new([foreign]).unwrap_err().to_string();
    assert!(
        said.contains("notes.csv: is no file of a place pack"),
        "{said}"
    );
    assert!(said.contains("place.toml: is not there"), "{said}");
    let long = ("SOURCES.md".to_owned(), vec![b'x'; 513 * 1024]);
    let said = Pack::new(pack(&[]).files().map(owned).chain([long])).unwrap_err();
    assert!(
        said.to_string().contains("SOURCES.md: has 525312 bytes"),
        "{said}"
    );
    let halves = ["SOURCES.md", "residents_gender.csv"]
        .map(|name| (name.to_owned(), vec![b'x'; 300 * 1024]));
    let others = pack(&[])
        .files()
        .map(owned)
        .filter(|(name, _)| name != "residents_gender.csv")
        .collect::<Vec<_>>();
    let said = Pack::new(others.into_iter().chain(halves)).unwrap_err();
    assert!(
        said.to_string().contains("all files together have"),
        "{said}"
    );
    let latin = ("place.toml".to_owned(), b"name = \"a\"\n# caf\xe9".to_vec());
    let said = Pack::new([latin]).unwrap_err().to_string();
    assert!(
        said.contains("place.toml: is not UTF-8 from line 2"),
        "{said}"
    );
}

#[test]
fn a_place_has_as_many_localities_as_an_attribute_holds_and_no_more() {
    for (most, fits) in [(62, true), (63, false)] {
        let rows: Vec<_> = (0..most)
            .map(|n| format!("x{n:02},Place {n},,,,,"))
            .collect();
        let rows = rows.join("\n");
        let files = [
            ("place.toml", "code = \"many\"\nname = \"Many\"\nlocality = [\"ward\", \"wards\"]\nlicence = \"None.\"\n[localities]\nsource = \"invented\"\n".to_owned()),
            ("localities.csv", format!("code,name,area,other_names,since,until,was\n{rows}")),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text.into_bytes()));
        let place = Place::parse(Pack::new(files).unwrap());
        assert_eq!(place.is_ok(), fits, "{most}: {:?}", place.err());
    }
}

const DRAFT: &str = "name = \"Where?\"\nversion = 1\naggregator = \"an-icb\"\npurpose = \"To test.\"\n\
    readers = \"Tests.\"\nfirst_period = \"2026-06\"\nlast_period = \"2026-12\"\n\
    [[series]]\nname = \"places\"\nmeasure = \"headcount\"\ncadence = \"quarterly\"\nrho = 0.04\n\
    tables = [{ by = [\"locality\"] }]\n";

#[test]
fn an_agreement_over_localities_that_were_merged_is_read_and_counted_as_before() {
    let before = place(&[]);
    let draft = Draft::parse(DRAFT).unwrap();
    let old = draft.clone().compile(before.dictionary()).unwrap().0;
    // x02 is cut in two, and the first keeps its code; x01 stays.
    let after = place(&[
        (
            "localities.csv",
            "other_names",
            "other_names,since,until,was",
        ),
        (
            "localities.csv",
            "City of First; 99A",
            "City of First; 99A,,,",
        ),
        (
            "localities.csv",
            "x02,Second Locality,,\n",
            "x02,Second Locality,,,,,\nx03,Third Locality,,,2,,x02\n",
        ),
        (
            "residents_ethnic_group.csv",
            "x02,",
            "x03,1,1,1,1,1,1\nx02,",
        ),
        ("residents_gender.csv", "x02,", "x03,3,3\nx02,"),
        ("residents_disability.csv", "x02,", "x03,3,3\nx02,"),
        (
            "residents_age_band.csv",
            "x02,",
            "x03,1,1,1,1,1,1,1,1,1,1\nx02,",
        ),
    ]);
    assert_eq!(
        after.editions().versions().count(),
        2 * before.editions().versions().count()
    );
    let read = Agreement::from_canonical(old.canonical(), after.editions()).unwrap();
    assert_eq!(read.hash(), old.hash());
    let series = &read.series()[0];
    assert_eq!(
        series.data_set().attributes()[series.data_set().position("locality").unwrap()].size(),
        4
    );
    let new = draft.compile(after.dictionary()).unwrap().0;
    assert_ne!(new.hash(), old.hash());
    let said = Agreement::from_canonical(new.canonical(), before.editions()).unwrap_err();
    assert!(said.to_string().contains("my_place.2."), "{said}");
    // The old agreement counts people of the new localities; a new one cannot count those of the old.
    let staff = series.data_set();
    let locality = [staff.position("locality").unwrap()];
    let editions = after.editions();
    let recoding = editions
        .recoding(after.dictionary().version(), staff, locality)
        .unwrap();
    let (_, map) = recoding.columns().flatten().next().unwrap();
    assert_eq!(map, [0, 1, 1, 2, 3]);
    let newer = after.dictionary().data_set("staff").unwrap();
    let backwards = editions.recoding(before.dictionary().version(), newer, locality);
    assert_eq!(backwards, None);
}

#[test]
fn areas_group_localities_and_a_place_without_them_is_one_group() {
    let grouped = place(&[
        (
            "place.toml",
            "# [[area]]\n# code = \"north\"\n# name = \"The North\"",
            "[[area]]\ncode = \"north\"\nname = \"The North\"\n[[area]]\ncode = \"south\"\nname = \"The South\"",
        ),
        ("localities.csv", "First Locality,", "First Locality,north"),
        (
            "localities.csv",
            "Second Locality,",
            "Second Locality,south",
        ),
    ]);
    let groups = |place: &Place| -> Vec<String> {
        let grouping = place.locality_attribute().grouping("area").unwrap();
        grouping
            .groups()
            .iter()
            .map(|group| group.code().to_owned())
            .collect()
    };
    assert_eq!(groups(&grouped), ["north", "south", "elsewhere", "unknown"]);
    assert_eq!(groups(&place(&[])), ["my_place", "elsewhere", "unknown"]);
}
