use std::os::unix::fs::symlink;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_file_that_is_replaced_keeps_its_mode_and_a_secret_is_never_the_worlds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    write_private(&path, b"1").unwrap();
    assert_eq!(mode(&path), 0o600);
    for (before, private, public) in [
        (0o600, 0o600, 0o600),
        (0o640, 0o640, 0o640),
        (0o644, 0o600, 0o644),
    ] {
        for (write, after) in [
            (
                write_private as fn(&Path, &[u8]) -> Result<(), FileError>,
                private,
            ),
            (write_public, public),
        ] {
            fs::set_permissions(&path, Permissions::from_mode(before)).unwrap();
            write(&path, b"2").unwrap();
            assert_eq!(mode(&path), after, "{before:o}");
        }
    }
}

#[test]
fn a_file_that_root_replaces_stays_its_owners() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("witness.json");
    write_private(&path, b"1").unwrap();
    // Only root can give a file away; anybody else replaces their own.
    let given = std::os::unix::fs::chown(&path, Some(4003), Some(4004)).is_ok();
    let before = fs::metadata(&path).unwrap();
    write_private(&path, b"2").unwrap();
    let after = fs::metadata(&path).unwrap();
    assert_eq!((before.uid(), before.gid()), (after.uid(), after.gid()));
    assert_ne!(before.ino(), after.ino(), "it was replaced");
    if given {
        assert_eq!(after.uid(), 4003);
        // A new file belongs to the folder's owner.
        std::os::unix::fs::chown(folder.path(), Some(4003), None).unwrap();
        let new = folder.path().join("new");
        write_private(&new, b"1").unwrap();
        assert_eq!(fs::metadata(&new).unwrap().uid(), 4003);
    }
}

#[test]
fn a_link_stays_and_what_it_names_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    write_public(&real, b"1").unwrap();
    symlink(&real, &link).unwrap();
    write_public(&link, b"2").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&real).unwrap(), b"2");
}

#[test]
fn folders_and_files_become_their_owners_alone_whatever_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let (inner, file) = (folder.path().join("a/b"), folder.path().join("db"));
    private_folder(&inner).unwrap();
    assert_eq!(mode(&inner), 0o700);
    fs::set_permissions(&inner, Permissions::from_mode(0o755)).unwrap();
    private_folder(&inner).unwrap();
    assert_eq!(mode(&inner), 0o700);
    private_file(&file).unwrap();
    assert_eq!(mode(&file), 0o600);
    fs::write(&file, b"kept").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o666)).unwrap();
    private_file(&file).unwrap();
    assert_eq!(
        (mode(&file), fs::read(&file).unwrap()),
        (0o600, b"kept".to_vec())
    );
    keep_private(&folder.path().join("missing")).unwrap();
}

#[test]
fn a_file_that_cannot_be_reached_is_not_a_missing_one() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    assert!(!is_there(&missing).unwrap());
    assert_eq!(read_if_there(&missing).unwrap(), None);
    // Where a folder should be stands a file: nobody can look beyond it, not even root.
    let file = folder.path().join("file");
    write_public(&file, b"1").unwrap();
    let beyond = file.join("node.db");
    assert!(read_if_there(&beyond).is_err() && is_there(&beyond).is_err());
    let denied = FileError::of(&file)(ErrorKind::PermissionDenied.into()).to_string();
    assert!(
        denied.contains("it is there, and another user's"),
        "{denied}"
    );
}

#[test]
fn keys_are_readable_by_their_owner_only_and_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("node.key");
    for content in ["first", "second"] {
        write_private(&path, content.as_bytes()).unwrap();
        assert_eq!(read_text(&path).unwrap(), content);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "temporary files left"
    );
}
