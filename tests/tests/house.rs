//! A crate's dependencies keep it from knowing what it must not know.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test, at this line"
)]

use std::{collections::BTreeSet, process::Command};

/// Each crate, with the crates that it must not depend on at any depth.
const WITHOUT: [(&str, &[&str]); 6] = [
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
            "vwis-link",
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
            "vwis-link",
        ],
    ),
    (
        "vwis-pages",
        &["tokio", "tonic", "sqlx", "axum", "vwis-proto", "vwis-link"],
    ),
    ("vwis-proto", &["sqlx", "vwis-link"]),
    ("vwis-link", &["vwis-node", "vwis-aggregator"]),
    ("vwis-aggregator", &["opendp", "vwis-node"]),
];

/// Everything that a crate depends on, except what only its tests and its build need.
fn below(package: &str) -> BTreeSet<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tree = [
        "tree",
        "--offline",
        "--locked",
        "--edges",
        "normal",
        "--prefix",
        "none",
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
        let below = below(package);
        assert!(below.contains(package), "{package} stands in its own tree");
        for name in without {
            assert!(
                !below.contains(*name),
                "{package} must not depend on {name}"
            );
        }
    }
}
