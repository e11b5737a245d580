//! The pages as people use them: a real browser and real processes, on the demo of nine trusts.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test, at this line"
)]

#[path = "pages/accessible.rs"]
mod accessible;
#[path = "pages/files.rs"]
mod files;
#[path = "pages/journeys.rs"]
mod journeys;
#[path = "pages/scripts.rs"]
mod scripts;
#[path = "pages/sign_in.rs"]
mod sign_in;
#[path = "pages/tables.rs"]
mod tables;
#[path = "pages/weight.rs"]
mod weight;

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use vwis_tests::process::{self, Running};

/// The programs of VWIS in one binary, run as real processes.
const BINARY: &str = env!("CARGO_BIN_EXE_vwis-tests");

/// Every kind of page, and the board packs.
const PAGES: [&str; 20] = [
    "/",
    "/localities",
    "/localities/e08000001",
    "/localities/e08000001/pack",
    "/staff-groups",
    "/staff-groups/nursing_and_midwifery",
    "/compare",
    "/compare?between=employers&of=bme",
    "/equality",
    "/equality/careers",
    "/pathways",
    "/pathways/breast",
    "/pathways/colorectal/pack",
    "/coverage",
    "/privacy",
    "/method",
    "/releases",
    "/releases?since=2026-06&period=2026-09",
    "/accessibility",
    "/nothing/here",
];

/// The pages of a demo, being served.
struct Dashboard {
    url: String,
    config: PathBuf,
    _process: Running,
}

impl Dashboard {
    async fn serve() -> Self {
        Self::serve_by(demo().join("aggregator").join("aggregator.toml")).await
    }

    async fn serve_by(config: PathBuf) -> Self {
        let args = ["--config", config.to_str().unwrap(), "serve"];
        let process = Running::start(process::command(BINARY, "aggregator", &args)).await;
        let process = process.unwrap();
        let ready: serde_json::Value = serde_json::from_str(process.ready_line()).unwrap();
        Self {
            url: ready["http"].as_str().unwrap().to_owned(),
            config,
            _process: process,
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

/// The folder of a single demo, which all tests read.
fn demo() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
        let made = std::process::Command::new(BINARY)
            .args(["demo", "--once", "--dir"])
            .arg(&folder)
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        folder
    })
}
