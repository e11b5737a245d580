//! A crate's dependencies keep it from knowing what it must not know.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test, at this line"
)]

use std::{collections::BTreeSet, process::Command};

/// Each crate, and what must not be anywhere below it.
const WITHOUT: [(&str, &[&str]); 9] = [
    (
        "vwis-model",
        &[
            "tokio",
            "tonic",
            "prost",
            "sqlx",
            "axum",
            "hyper",
            "rustls",
            "aws-lc-rs",
            "rand",
            "vwis-proto",
            "vwis-host",
            "vwis-link",
        ],
    ),
    (
        "vwis-host",
        &[
            "tonic",
            "prost",
            "rustls",
            "axum",
            "hyper",
            "vwis-proto",
            "vwis-noise",
        ],
    ),
    (
        "vwis-picture",
        &[
            "tokio",
            "tonic",
            "prost",
            "sqlx",
            "axum",
            "hyper",
            "rustls",
            "aws-lc-rs",
            "vwis-proto",
            "vwis-host",
            "vwis-link",
        ],
    ),
    (
        "vwis-noise",
        &[
            "tokio",
            "tonic",
            "prost",
            "sqlx",
            "axum",
            "hyper",
            "rustls",
            "vwis-proto",
            "vwis-host",
            "vwis-link",
        ],
    ),
    (
        "vwis-pages",
        &["tokio", "tonic", "sqlx", "axum", "vwis-proto", "vwis-host"],
    ),
    (
        "vwis-web",
        &[
            "tonic",
            "prost",
            "vwis-proto",
            "vwis-link",
            "vwis-picture",
            "vwis-pages",
            "vwis-noise",
        ],
    ),
    ("vwis-proto", &["sqlx", "vwis-host"]),
    ("vwis-link", &["vwis-node", "vwis-aggregator"]),
    ("vwis-aggregator", &["opendp", "vwis-node"]),
];

/// Each crate, and what it reaches through another crate of ours alone.
const NOT_ITSELF: [(&str, &[&str]); 4] = [
    ("vwis-node", &["opendp"]),
    ("vwis-link", &["sqlx"]),
    ("vwis-web", &["sqlx"]),
    (
        "vwis-aggregator",
        &["hyper", "jsonwebtoken", "oauth2", "reqwest", "rustls"],
    ),
];

/// Everything so many steps below a crate, but for what only its tests and its build need.
fn below(package: &str, steps: &str) -> BTreeSet<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tree = [
        "tree",
        "--offline",
        "--locked",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--depth",
        steps,
        "-p",
    ];
    let told = Command::new(cargo)
        .args(tree)
        .args([package, "--format", "{p}"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    let names = String::from_utf8(told.stdout).unwrap();
    let names = names
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

#[test]
fn no_crate_knows_what_it_must_not() {
    for (package, without) in WITHOUT {
        let below = below(package, "99");
        assert!(below.contains(package), "{package} stands in its own tree");
        for name in without {
            assert!(
                !below.contains(*name),
                "{package} must not depend on {name}"
            );
        }
    }
}

#[test]
fn what_one_crate_is_there_for_no_other_reaches_past_it() {
    for (package, not_itself) in NOT_ITSELF {
        let all = below(package, "99");
        let own = below(package, "1");
        for name in not_itself {
            assert!(all.contains(*name), "{package} needs {name}");
            assert!(
                !own.contains(*name),
                "{package} must not depend on {name} itself"
            );
        }
    }
}
