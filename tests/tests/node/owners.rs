//! A node's folder is one user's: nobody else's command makes it doubt its history.

use std::{fs, os::unix::fs::chown, path::Path};

use tokio::process::Command;
use vwis_tests::{certificates::System, needs, node::NodeFixture, process};

use super::BINARY;

const SERVICE: u32 = 4003;

fn give(path: &Path) {
    chown(path, Some(SERVICE), Some(SERVICE)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give(&entry.unwrap().path());
        }
    }
}

#[tokio::test]
async fn a_command_of_another_user_is_refused_with_the_cure_and_changes_nothing() {
    let Some(setpriv) = needs::program("setpriv", "util-linux") else {
        return;
    };
    let system = System::new();
    let node = NodeFixture::new(BINARY, &system, "0.5").await;
    if chown(node.dir(), Some(SERVICE), None).is_err() {
        needs::skip("root, to act as two users");
        return;
    }
    give(&node.dir());
    let before = fs::read(node.dir().join("keep/witness.json")).unwrap();
    for args in [
        &["budget"][..],
        &[
            "budget",
            "set-cap",
            "0.4",
            "--by",
            "root admin",
            "--reason",
            "natural",
        ],
        &["ledger", "verify"],
        &["serve"],
    ] {
        let refused = node.run(args).await.ended_with(78);
        assert!(refused.stderr.contains("sudo -u '#4003'"), "{refused:?}");
        assert!(!refused.stderr.contains("lost"), "{refused:?}");
    }
    assert_eq!(
        fs::read(node.dir().join("keep/witness.json")).unwrap(),
        before
    );
    // Its own user goes on; the way to the folder must be open to them.
    let parent = node.dir().parent().unwrap().to_owned();
    chown(&parent, Some(SERVICE), None).unwrap();
    let config = node.dir().join("node.toml");
    let as_service = |uid: u32, args: &[&str]| {
        let mut command = Command::new(&setpriv);
        let uid = uid.to_string();
        command.args([
            "--reuid",
            &uid,
            "--regid",
            &uid,
            "--clear-groups",
            BINARY,
            "node",
        ]);
        command
            .args(["--config", config.to_str().unwrap()])
            .args(args);
        process::run(command)
    };
    let verify = as_service(SERVICE, &["ledger", "verify"]).await;
    let _ = verify.ended_with(0);
    // And a third may not even look: that is not the same as nothing being there.
    let third = as_service(4005, &["ledger", "verify"]).await.ended_with(78);
    assert!(third.stderr.contains("sudo -u '#4003'"), "{third:?}");
    assert!(!third.stderr.contains("init"), "{third:?}");
}
