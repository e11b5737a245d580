use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use vwis_host::{clock::SystemClock, command::with_causes};
use vwis_noise::DiscreteGaussian;

use super::*;
use crate::ledger::LedgerError;

fn file(keep_dir: &Path) -> ConfigFile {
    ConfigFile {
        ods_code: "R0A".parse().unwrap(),
        listen: "127.0.0.1:0".parse().unwrap(),
        keep_dir: keep_dir.to_owned(),
        answer_floor_ms: 0,
        most_connections: 1,
        allow_network_folder: false,
    }
}

#[tokio::test]
async fn a_second_init_never_writes_over_what_an_earlier_node_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, keep) = (folder.path().join("node"), folder.path().join("keep"));
    let config = Node::init(dir.clone(), file(&keep), DEFAULT_CAP, &SystemClock)
        .await
        .unwrap();
    let witness = fs::read(config.witness_file()).unwrap();
    // The node's own disk is lost, but the kept files are not.
    fs::remove_dir_all(&dir).unwrap();
    let again = Node::init(dir.clone(), file(&keep), DEFAULT_CAP, &SystemClock).await;
    assert!(matches!(again, Err(NodeError::Kept(_))));
    assert_eq!(fs::read(config.witness_file()).unwrap(), witness);
    assert!(!dir.exists());
}

#[tokio::test]
async fn a_nodes_folders_are_its_own_users_alone() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("node");
    let config = Node::init(dir, file(Path::new("keep")), DEFAULT_CAP, &SystemClock)
        .await
        .unwrap();
    for private in [config.dir.clone(), config.keep_dir(), config.tls_dir()] {
        let mode = fs::metadata(&private).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", private.display());
    }
}

#[tokio::test]
async fn a_nodes_files_are_closed_to_others_again_whoever_opened_them() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("node");
    fs::create_dir(&dir).unwrap();
    fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
    let config = Node::init(
        dir.clone(),
        file(Path::new("keep")),
        DEFAULT_CAP,
        &SystemClock,
    )
    .await
    .unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let database = dir.join("node.db");
    assert_eq!((mode(&dir), mode(&database)), (0o700, 0o600));
    assert!(config.employee_key_file().starts_with(config.keep_dir()));
    for (path, opened) in [
        (&dir, 0o755),
        (&config.keep_dir(), 0o750),
        (&database, 0o644),
    ] {
        fs::set_permissions(path, Permissions::from_mode(opened)).unwrap();
    }
    let node = Node::open(
        config.clone(),
        Arc::new(SystemClock),
        Arc::new(DiscreteGaussian),
    )
    .await
    .unwrap();
    for secret in ["node.db", "node.db-wal", "node.db-shm", "agreements.db"] {
        assert_eq!(mode(&dir.join(secret)), 0o600, "{secret}");
    }
    assert_eq!((mode(&dir), mode(&config.keep_dir())), (0o700, 0o700));
    node.store().close().await;
}

/// Many errors say their cause in one sentence and hand it on too, and whoever writes both says it twice.
#[test]
fn no_error_is_said_twice_with_its_causes() {
    let missing = || io::Error::from(io::ErrorKind::NotFound);
    let path = || PathBuf::from("node/serve.lock");
    let errors: [(Box<dyn std::error::Error>, &str); 4] = [
        (
            Box::new(StoreError::Ledger(LedgerError::Hash(3))),
            "the ledger is broken: entry 3 is broken: its hash does not fit its content and the entry before it",
        ),
        (
            Box::new(NodeError::Folder {
                path: path(),
                source: missing(),
            }),
            "node/serve.lock: entity not found",
        ),
        (
            Box::new(NodeError::Store(StoreError::File(missing()))),
            "the ledger's lock or witness cannot be used: entity not found",
        ),
        (
            Box::new(NodeError::Renewal(RenewalError::Place {
                path: path(),
                source: missing(),
            })),
            "node/serve.lock: entity not found",
        ),
    ];
    for (error, said) in errors {
        assert_eq!(with_causes(&*error), said);
    }
}
