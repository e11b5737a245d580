use vwis_link::clock::SystemClock;

use super::*;

fn file(keep_dir: &Path) -> ConfigFile {
    ConfigFile {
        ods_code: "R0A".parse().unwrap(),
        listen: "127.0.0.1:0".parse().unwrap(),
        keep_dir: keep_dir.to_owned(),
        answer_floor_ms: 0,
        most_connections: 1,
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
    // The node's own disk is lost, the kept files are not.
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
