//! Unmistakable numbers and texts that only the node knows, and the search for them.

use std::{fmt::Write as _, fs, path::Path};

use vwis_tests::{
    extract::{Extract, header, row, staff},
    process::Ran,
};

/// Number of people in a planted extract.
pub(crate) const PEOPLE: usize = 13_417;
/// Number of those in one staff group.
pub(crate) const IN_ONE_GROUP: usize = 11_903;

/// Texts that are in the extract and nowhere else.
const TEXTS: [&str; 4] = [
    "ZQX-PLANTED-4471",
    "Quillfeather-Zebulon",
    "ZQX-SITE-88",
    "seen by occupational health",
];
/// A value that no column accepts, so that its row is rejected.
const REJECTED: &str = "ZQX-GRADE-5519";

/// An extract of planted numbers and texts, and the search for them.
pub(crate) struct Planted {
    pub(crate) csv: String,
    /// The numbers, each also in decimal with and without separators.
    numbers: Vec<(u64, Vec<String>)>,
    /// Number of bytes searched so far.
    searched: usize,
}

// === impl Planted ===

impl Planted {
    pub(crate) fn new() -> Self {
        let mut extract = Extract::seeded(9, PEOPLE);
        let group = staff().position("staff_group").unwrap();
        for (n, person) in extract.people.iter_mut().enumerate() {
            person.codes[group] = if n < IN_ONE_GROUP { 2 } else { 3 };
            if n == 77 {
                TEXTS[0].clone_into(&mut person.number);
            }
        }
        let mut csv = header() + ",surname,site code,notes\n";
        for (n, person) in extract.people.iter().enumerate() {
            let [surname, site, notes] = match n % 1000 {
                77 => [TEXTS[1], TEXTS[2], TEXTS[3]],
                _ => ["", "", ""],
            };
            let _ = writeln!(csv, "{},{surname},{site},{notes}", row(person));
        }
        let rejected = row(&extract.people[0]);
        let codes = rejected.splitn(3, ',').nth(2).unwrap();
        let rejected = format!("E9999999,{REJECTED},{codes}");
        let _ = writeln!(csv, "{rejected},,,");
        let fte = extract.people.iter().map(|p| u64::from(p.fte_hundredths));
        let numbers = [
            PEOPLE as u64,
            PEOPLE as u64 + 1,
            IN_ONE_GROUP as u64,
            (PEOPLE - IN_ONE_GROUP) as u64,
            fte.sum(),
        ];
        Self {
            csv,
            numbers: numbers.map(|number| (number, in_decimal(number))).into(),
            searched: 0,
        }
    }

    /// Checks that `text`, which left by `place`, holds nothing planted.
    #[track_caller]
    pub(crate) fn is_not_in(&mut self, place: &str, text: &str) {
        self.searched += text.len();
        let lower = text.to_lowercase();
        for secret in TEXTS.into_iter().chain([REJECTED]) {
            assert!(
                !lower.contains(&secret.to_lowercase()),
                "{place} holds {secret}: {}",
                around(&lower, &secret.to_lowercase())
            );
        }
        for (number, spellings) in &self.numbers {
            for spelling in spellings {
                assert!(
                    !stands_in(text, spelling),
                    "{place} holds {number}: {}",
                    around(text, spelling)
                );
            }
        }
    }

    /// Checks that these bytes hold nothing planted, as text or as an integer of eight bytes.
    #[track_caller]
    pub(crate) fn is_not_in_bytes(&mut self, place: &str, bytes: &[u8]) {
        self.is_not_in(place, &String::from_utf8_lossy(bytes));
        for (number, _) in &self.numbers {
            for integer in [number.to_le_bytes(), number.to_be_bytes()] {
                let held = bytes.windows(8).any(|window| window == integer);
                assert!(!held, "{place} holds {number} in eight bytes");
            }
        }
    }

    /// Checks that a process printed nothing planted.
    #[track_caller]
    pub(crate) fn is_not_in_output(&mut self, place: &str, ran: &Ran) {
        self.is_not_in(&format!("stdout of {place}"), &ran.stdout);
        self.is_not_in(&format!("stderr of {place}"), &ran.stderr);
    }

    /// Checks that no file in `folder` holds anything planted.
    #[track_caller]
    pub(crate) fn is_not_in_files(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.is_not_in_files(&path);
            } else {
                let bytes = fs::read(&path).unwrap();
                self.is_not_in(path.to_str().unwrap(), &String::from_utf8_lossy(&bytes));
            }
        }
    }

    /// Prints how much was searched.
    pub(crate) fn tell(&self, what: &str) {
        eprintln!("{what}: {} bytes searched", self.searched);
    }
}

fn in_decimal(number: u64) -> Vec<String> {
    let plain = number.to_string();
    let mut spellings = vec![plain.clone()];
    let (thousands, rest) = plain.split_at(plain.len() - 3);
    let thousands = match thousands.len() {
        // From a million on there are two groups before the last three digits.
        4.. => {
            let (millions, thousands) = thousands.split_at(thousands.len() - 3);
            vec![millions.to_owned(), thousands.to_owned()]
        }
        _ => vec![thousands.to_owned()],
    };
    for separator in [",", "_", " ", "'", "\u{a0}", "\u{202f}"] {
        spellings.push(format!("{}{separator}{rest}", thousands.join(separator)));
    }
    spellings
}

/// Whether `number` is in `text` on its own, and not a part of a longer number, a hash, or a fraction of a
/// second.
fn stands_in(text: &str, number: &str) -> bool {
    let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(number).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + number.len()..].chars().next();
        !goes_on(before) && !goes_on(after) && before != Some('.')
    })
}

/// The text around the place where `what` was found.
fn around(text: &str, what: &str) -> String {
    let at = text.find(what).unwrap_or(0);
    let from = text[..at]
        .char_indices()
        .rev()
        .nth(150)
        .map_or(0, |(at, _)| at);
    text[from..].chars().take(300).collect()
}

#[test]
fn the_search_finds_what_is_planted_however_it_is_spelt() {
    let found = |text: &str| {
        let text = text.to_owned();
        std::panic::catch_unwind(move || Planted::new().is_not_in("a test", &text)).is_err()
    };
    for text in [
        "kept 13417 rows",
        "13,417",
        "{\"people\":11903}",
        "len is 1 514.",
        "QUILLFEATHER-zebulon",
        "at site zqx-site-88",
    ] {
        assert!(found(text), "{text}");
    }
    for text in ["0.134170 s", "a3f13417bc", "134170", "13 416", ""] {
        assert!(!found(text), "{text}");
    }
    let bytes = [&[7; 3][..], &13_417_u64.to_le_bytes()].concat();
    let search = || Planted::new().is_not_in_bytes("a test", &bytes);
    assert!(std::panic::catch_unwind(search).is_err());
}
