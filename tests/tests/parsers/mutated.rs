//! Valid examples and the fuzzer's finds, unchanged and spoiled in a few places, and bytes that were never
//! valid.

use std::{fs::File, io::Read as _, path::Path, time::Duration};

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use tokio::time::Instant;
use vwis_tests::parsers::{PARSERS, Parser};

/// Least number of inputs for each parser, the same in every run. The fuzzer tries millions.
const CASES: u32 = 1000;
/// How long each parser is fed further inputs.
const FED: Duration = Duration::from_secs(5);

/// One change of an example. Positions are shares of its length.
#[derive(Clone, Debug)]
enum Change {
    Set(u16, u8),
    Insert(u16, Vec<u8>),
    Remove(u16, u8),
    Repeat(u16, u8, u8),
    Cut(u16),
}

/// Texts at which files of people and machines often break.
const TOKENS: [&[u8]; 14] = [
    b"\"",
    b"\"\"",
    b",",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"[",
    b"= ",
    b"\xc3",
    b"9999999999999999999",
    b"-1",
    b"1e309",
];

fn change() -> impl Strategy<Value = Change> {
    let bytes = prop_oneof![
        prop::sample::select(&TOKENS[..]).prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 1..12),
    ];
    prop_oneof![
        3 => (any::<u16>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        3 => (any::<u16>(), bytes).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        2 => (any::<u16>(), 1_u8..40).prop_map(|(at, n)| Change::Remove(at, n)),
        1 => (any::<u16>(), 1_u8..80, 1_u8..40).prop_map(|(at, n, times)| Change::Repeat(at, n, times)),
        1 => any::<u16>().prop_map(Change::Cut),
    ]
}

// === impl Change ===

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        let place = |at: u16| usize::from(at) * length / (usize::from(u16::MAX) + 1);
        match self {
            Self::Set(at, byte) => {
                if let Some(old) = bytes.get_mut(place(*at)) {
                    *old = *byte;
                }
            }
            Self::Insert(at, more) => {
                let at = place(*at);
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Remove(at, n) => {
                let at = place(*at);
                let end = (at + usize::from(*n)).min(bytes.len());
                bytes.drain(at..end);
            }
            Self::Repeat(at, n, times) => {
                let at = place(*at);
                let end = (at + usize::from(*n)).min(bytes.len());
                let again = bytes[at..end].repeat(usize::from(*times));
                bytes.splice(end..end, again);
            }
            Self::Cut(at) => bytes.truncate(place(*at)),
        }
    }
}

/// The inputs that the fuzzer kept for a parser (`tests/fuzz/run --keep`).
fn corpus(parser: Parser) -> Vec<Vec<u8>> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/corpus/{}.zip", parser.name));
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let all = 0..archive.len();
    all.map(|index| {
        let mut bytes = Vec::new();
        archive
            .by_index(index)
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        bytes
    })
    .collect()
}

/// Inputs for a parser, made from valid ones.
fn inputs(good: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let spoiled = (
        prop::sample::select(good),
        prop::collection::vec(change(), 0..6),
    )
        .prop_map(|(mut example, changes)| {
            for change in changes {
                change.apply(&mut example);
            }
            example
        });
    prop_oneof![9 => spoiled, 1 => prop::collection::vec(any::<u8>(), 0..300)]
}

#[test]
fn no_bytes_make_a_parser_panic_or_babble() {
    for parser in PARSERS {
        let mut good = (parser.examples)();
        let kept = corpus(parser);
        assert!(!kept.is_empty(), "{}: nothing was kept", parser.name);
        good.extend(kept);
        for example in &good {
            (parser.feed)(example);
        }
        let config = Config {
            cases: CASES,
            failure_persistence: None,
            ..Config::default()
        };
        // Every run has the same inputs, so that what is found here is found again.
        let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(config, random);
        let inputs = inputs(good);
        let (began, mut rounds) = (Instant::now(), 0);
        while rounds == 0 || began.elapsed() < FED {
            let outcome = runner.run(&inputs, |bytes| {
                (parser.feed)(&bytes);
                Ok(())
            });
            outcome.unwrap_or_else(|found| panic!("{}: {found}", parser.name));
            rounds += 1;
        }
    }
}
