//! A node's folder belongs to one user, and no other user's command makes it doubt its history.

use std::{fs, os::unix::fs::chown, path::Path};

use tempfile::TempDir;
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
    // The folder's own user can go on, once the way to the folder is open to them.
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
    // A third user may not even look, which is not the same as finding nothing.
    let third = as_service(4005, &["ledger", "verify"]).await.ended_with(78);
    assert!(third.stderr.contains("sudo -u '#4003'"), "{third:?}");
    assert!(!third.stderr.contains("init"), "{third:?}");
}

/// A folder that is mounted through FUSE for as long as this is held.
struct Mounted(TempDir);

// === impl Mounted ===

impl Mounted {
    /// Mounts `folder`; `None`, with a message, where the machine cannot.
    fn over(folder: &Path) -> Option<Self> {
        let bindfs = needs::program("bindfs", "bindfs")?;
        let mount = tempfile::tempdir().unwrap();
        let mounted = std::process::Command::new(bindfs)
            .args([folder, mount.path()])
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(mount));
        }
        needs::skip("/dev/fuse, to mount a folder");
        None
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let unmount = "umount -l \"$0\" || fusermount -uz \"$0\"";
        let mut shell = std::process::Command::new("sh");
        let _ = shell
            .args(["-c".as_ref(), unmount.as_ref(), self.0.path().as_os_str()])
            .status();
    }
}

#[tokio::test]
async fn a_node_on_a_shared_file_system_is_refused_until_a_person_knows_better() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mounted) = Mounted::over(folder.path()) else {
        return;
    };
    let dir = mounted.0.path().join("node");
    let init = ["init", "--ods", "R0A", "--dir", dir.to_str().unwrap()];
    let run = async |args: &[&str]| process::run(process::command(BINARY, "node", args)).await;
    let refused = run(&init).await.ended_with(78);
    assert!(refused.stderr.contains("lies on FUSE"), "{refused:?}");
    assert!(
        refused.stderr.contains("--allow-network-folder"),
        "{refused:?}"
    );
    // `init` stopped before it made anything but the folder.
    assert_eq!(fs::read_dir(dir.join("tls")).map_or(0, Iterator::count), 0);
    let known_better = [&init[..], &["--allow-network-folder"]].concat();
    run(&known_better).await.done();
    let config = dir.join("node.toml");
    let verify = ["--config", config.to_str().unwrap(), "ledger", "verify"];
    run(&verify).await.done();
    // The configuration allows it, and without that entry no command goes on.
    let text = fs::read_to_string(&config).unwrap();
    let without = text.replace(
        "allow_network_folder = true",
        "allow_network_folder = false",
    );
    assert_ne!(text, without);
    fs::write(&config, without).unwrap();
    let refused = run(&verify).await.ended_with(78);
    assert!(refused.stderr.contains("lies on FUSE"), "{refused:?}");
}
