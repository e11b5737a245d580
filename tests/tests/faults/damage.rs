//! A store whose file was cut short or has a flipped bit.

use std::{fs, path::PathBuf};

use vwis_model::agreement::Agreement;
use vwis_tests::{call::Measured, certificates::System, node::NodeFixture};

use super::{approved_node, ask, measured};

/// A node with one sealed month, and its store before any damage.
struct Sound {
    system: System,
    node: NodeFixture,
    agreement: Agreement,
    sealed: Measured,
    store: PathBuf,
    bytes: Vec<u8>,
}

/// What became of a damaged store.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    /// No command and no server works on the store.
    Refused,
    /// The node serves, but this request was refused.
    NotAnswered,
    /// The node answered with the sealed bytes.
    TheSame,
}

// === impl Sound ===

impl Sound {
    async fn new() -> Self {
        let system = System::new();
        let (node, agreement) = approved_node(&system, 1).await;
        let sealed = measured(&node, &system, ask(&agreement, 0, None)).await;
        let store = node.dir().join("node.db");
        let bytes = fs::read(&store).unwrap();
        Self {
            system,
            node,
            agreement,
            sealed,
            store,
            bytes,
        }
    }

    /// Puts `damaged` in the store's place and asks for what is sealed. Checks that the answer is that or
    /// nothing.
    async fn with(&self, damaged: &[u8]) -> Came {
        for log in ["node.db-wal", "node.db-shm"] {
            let _ = fs::remove_file(self.node.dir().join(log));
        }
        fs::write(&self.store, damaged).unwrap();
        let verified = self.node.run(&["ledger", "verify"]).await;
        assert!([Some(0), Some(1)].contains(&verified.code), "{verified:?}");
        let serve = self.node.command(&["serve"]);
        let Ok(server) = self.node.try_serve_by(serve).await else {
            return Came::Refused;
        };
        let caller = server.caller(&self.system).await;
        let answer = caller.measure(ask(&self.agreement, 0, None)).await;
        let came = match answer {
            Err(_) => Came::NotAnswered,
            Ok(answer) => {
                assert_eq!(answer.entries, self.sealed.entries, "other bytes");
                Came::TheSame
            }
        };
        server.kill().await;
        came
    }
}

/// The next number of `SplitMix64`.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[tokio::test]
async fn a_flipped_bit_never_changes_an_answer() {
    let sound = Sound::new().await;
    let mut state = 1;
    let mut came = Vec::new();
    for _ in 0..60 {
        let mut damaged = sound.bytes.clone();
        let at = usize::try_from(next(&mut state) % damaged.len() as u64).unwrap();
        damaged[at] ^= 1 << (next(&mut state) % 8);
        came.push(sound.with(&damaged).await);
    }
    // Bits of the ledger and of the payload must be among those that are flipped.
    for needle in [&b"\"reserved\""[..], &b"payload_hash"[..]] {
        let at = find(&sound.bytes, needle);
        let mut damaged = sound.bytes.clone();
        damaged[at + 2] ^= 1;
        assert_eq!(sound.with(&damaged).await, Came::Refused, "{needle:?}");
    }
    let payload = vwis_model::measurement::Payload::from_entries(&sound.sealed.entries);
    let at = find(&sound.bytes, &payload.as_bytes()[..16]);
    let mut damaged = sound.bytes.clone();
    damaged[at + 3] ^= 0x40;
    assert_eq!(sound.with(&damaged).await, Came::NotAnswered);
    assert_eq!(sound.with(&sound.bytes).await, Came::TheSame);
    assert!(came.contains(&Came::TheSame), "{came:?}");
}

#[tokio::test]
async fn a_store_that_was_cut_short_answers_the_same_or_nothing() {
    let sound = Sound::new().await;
    let mut state = 2;
    for _ in 0..30 {
        let length = usize::try_from(next(&mut state) % sound.bytes.len() as u64).unwrap();
        sound.with(&sound.bytes[..length]).await;
    }
    // The file is cut at the borders of pages, where it still looks like a store.
    for pages in 0..sound.bytes.len() / 4096 {
        sound.with(&sound.bytes[..pages * 4096]).await;
    }
    assert_eq!(sound.with(&sound.bytes).await, Came::TheSame);
}

fn find(haystack: &[u8], needle: &[u8]) -> usize {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
        .expect("the store holds it as it is written")
}
