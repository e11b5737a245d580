//! What happens while an import runs: another import waits for it, but a proposal does not.

use std::path::{Path, PathBuf};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::task::JoinHandle;
use vwis_proto::v1::AgreementState;
use vwis_tests::{
    agreement::{HEADLINE, agreement},
    certificates::System,
    node::NodeFixture,
    process::{self, Ran},
};

use super::{
    BINARY,
    extracts::{extract, nurse},
    wait_for,
};

/// An import that waits at a place until [`HeldImport::let_go`].
struct HeldImport {
    file: PathBuf,
    ends: JoinHandle<Ran>,
}

// === impl HeldImport ===

impl HeldImport {
    /// Imports people `from` to 100, and waits until the import is at `point`.
    async fn at(point: &str, node: &NodeFixture, folder: &Path, from: usize, period: &str) -> Self {
        let csv = folder.join(format!("{period}.csv"));
        std::fs::write(&csv, extract((from..100).map(nurse))).unwrap();
        let file = folder.join(format!("{period}.held"));
        let mut import = node.command(&["import", csv.to_str().unwrap(), "--period", period]);
        import.env("VWIS_HOLD_AT", format!("{point}={}", file.display()));
        let ends = tokio::spawn(process::run(import));
        wait_for(async || file.exists()).await;
        Self { file, ends }
    }

    fn is_held(&self) -> bool {
        self.file.exists()
    }

    async fn let_go(self) -> String {
        std::fs::remove_file(&self.file).unwrap();
        self.ends.await.unwrap().done()
    }
}

#[tokio::test]
async fn a_proposal_is_answered_while_an_import_holds_the_store() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let folder = tempfile::tempdir().unwrap();
    let server = node.serve().await;
    let caller = server.caller(&system).await;
    let import = HeldImport::at("import.inserted", &node, folder.path(), 0, "2026-06").await;
    // Nobody else can write to the database that the import writes to.
    let options = SqliteConnectOptions::new()
        .filename(node.dir().join("node.db"))
        .busy_timeout(std::time::Duration::ZERO);
    let mut store = SqliteConnection::connect_with(&options).await.unwrap();
    let busy = sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut store).await;
    assert!(busy.unwrap_err().to_string().contains("locked"));

    let proposed = agreement(&[HEADLINE]);
    for _ in 0..2 {
        let answer = caller.propose(&proposed).await.unwrap();
        assert_eq!(answer.status.unwrap().state(), AgreementState::Proposed);
    }
    assert_eq!(caller.describe().await.agreements.len(), 1);
    assert!(import.is_held());
    import.let_go().await;
    node.approve(&proposed).await;
    server.stop().await;
}

#[tokio::test]
async fn an_import_beside_another_waits_and_is_held_against_what_the_other_stored() {
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    let folder = tempfile::tempdir().unwrap();
    let first = HeldImport::at("import.inserted", &node, folder.path(), 0, "2026-06").await;
    // The second import has read its own file, but not looked at the store yet.
    let second = HeldImport::at("import.read", &node, folder.path(), 5, "2026-09").await;
    let second = tokio::spawn(second.let_go());
    let store = node.dir().join("import.lock");
    wait_for(async || waits_for(&store)).await;
    assert!(!second.is_finished());
    first.let_go().await;
    let told = second.await.unwrap();
    assert!(
        told.contains("Since 2026-06, 0 people joined and 5 left"),
        "{told}"
    );
}

/// Whether a process waits for the lock on that file, by the kernel's list.
fn waits_for(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let inode = format!(":{} ", path.metadata().unwrap().ino());
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    locks
        .lines()
        .any(|line| line.contains("->") && line.contains(&inode))
}
