//! A program's own folder: which user owns it, and on which file system it lies.
//!
//! A command that root runs leaves files that the program cannot read any more, so programs run as the
//! folder's owner only, as `PostgreSQL` does. Two machines that serve one folder over a network file
//! system share neither locks nor the database's memory: one charge was seen to pay for two draws, so
//! such a folder is refused unless the configuration says that a person knows better.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// The folder that a configuration stands in: for a symbolic link, the folder of what it names. `None` if
/// there is no such file.
pub(crate) fn of_configuration(path: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(path).ok()?;
    real.parent().map(Path::to_owned)
}

/// Why a program does not work on a folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder is another user's.
    #[error(
        "{folder} is {owner}'s, and this program runs as {us}: what it writes there {owner} could not \
         read. Run it as its owner: sudo -u {} …", for_sudo(.owner)
    )]
    OtherUser {
        /// The folder.
        folder: PathBuf,
        /// Its owner.
        owner: String,
        /// The user who runs the program.
        us: String,
    },
    /// The folder is on a file system that other machines or mounts may see, too.
    #[error(
        "{folder} lies on {kind}, where locks do not keep a second server away: one charge could pay for \
         two draws. Move it to a local disk, or say allow_network_folder = true in the configuration \
         (--allow-network-folder at `init`) where nothing else will ever open it"
    )]
    Network {
        /// The folder.
        folder: PathBuf,
        /// The kind of file system.
        kind: &'static str,
    },
    /// The system tells nothing about the folder.
    #[error("{folder}: {source}")]
    Unknown {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Refuses a folder that is not this user's own.
///
/// # Errors
/// [`FolderError::OtherUser`], which says what to do.
pub fn require_owner(folder: &Path) -> Result<(), FolderError> {
    owned_by(folder, rustix::process::geteuid().as_raw())
}

/// Refuses a folder on a network or FUSE file system.
///
/// # Errors
/// [`FolderError::Network`], which names the file system.
pub fn require_local(folder: &Path) -> Result<(), FolderError> {
    let about = rustix::fs::statfs(folder).map_err(|error| FolderError::Unknown {
        folder: folder.to_owned(),
        source: error.into(),
    })?;
    // The kernel's field is signed or not by architecture; its magic numbers have 32 bits.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::unnecessary_cast,
        reason = "the lower 32 bits are the number, whatever type the architecture gives it"
    )]
    let magic = about.f_type as u32;
    match shared_file_system(magic) {
        None => Ok(()),
        Some(kind) => Err(FolderError::Network {
            folder: folder.to_owned(),
            kind,
        }),
    }
}

/// Why `path` cannot be looked at, if that is because the nearest folder above it that can be is another
/// user's.
pub(crate) fn closed_by(path: &Path) -> Option<FolderError> {
    let visible = path
        .ancestors()
        .skip(1)
        .find(|above| above.metadata().is_ok())?;
    require_owner(visible).err()
}

fn owned_by(folder: &Path, us: u32) -> Result<(), FolderError> {
    let about = fs::metadata(folder).map_err(|source| FolderError::Unknown {
        folder: folder.to_owned(),
        source,
    })?;
    if about.uid() == us {
        return Ok(());
    }
    Err(FolderError::OtherUser {
        folder: folder.to_owned(),
        owner: name_of(about.uid()),
        us: name_of(us),
    })
}

/// A user's name from `/etc/passwd`; users of a directory service are named by their number.
fn name_of(uid: u32) -> String {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let known = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid.to_string()).then(|| name.to_owned())
    });
    known.unwrap_or_else(|| format!("#{uid}"))
}

/// A user as `sudo -u` takes it in a shell: `#4003` is quoted, since a shell takes it for a comment.
fn for_sudo(owner: &str) -> String {
    if owner.starts_with('#') {
        format!("'{owner}'")
    } else {
        owner.to_owned()
    }
}

/// The name of a file system that more than one machine or mount may see at once, by its magic number;
/// `None` for all others. The numbers are those of `linux/magic.h` and statfs(2).
fn shared_file_system(magic: u32) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "NFS",
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => "SMB (CIFS)",
        0x6573_5546 | 0x6573_5543 => "FUSE",
        0x0102_1997 => "9P",
        0x00c3_6400 => "Ceph",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x7375_7245 => "Coda",
        0x0116_1970 => "GFS2",
        0x7461_636f => "OCFS2",
        0x0bd0_0bd0 => "Lustre",
        0x4750_4653 => "GPFS",
        0x1983_0326 => "BeeGFS",
        0xaad7_aaea => "PanFS",
        0x786f_4256 => "a VirtualBox share",
        0xbacb_acbc => "a VMware share",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_works_on_a_folder_and_the_cure_is_a_command() {
        let folder = tempfile::tempdir().unwrap();
        require_owner(folder.path()).unwrap();
        let own = folder.path().metadata().unwrap().uid();
        let other = owned_by(folder.path(), own + 4003).unwrap_err().to_string();
        assert!(
            other.contains(&format!("sudo -u {} …", for_sudo(&name_of(own)))),
            "{other}"
        );
        assert_eq!(
            (name_of(0).as_str(), for_sudo("#4003").as_str()),
            ("root", "'#4003'")
        );
        assert!(matches!(
            owned_by(&folder.path().join("none"), own),
            Err(FolderError::Unknown { .. })
        ));
    }

    #[test]
    fn a_local_disk_is_taken_and_shared_file_systems_are_named() {
        require_local(tempfile::tempdir().unwrap().path()).unwrap();
        for (magic, kind) in [
            (0x6969, Some("NFS")),
            (0xff53_4d42, Some("SMB (CIFS)")),
            (0xfe53_4d42, Some("SMB (CIFS)")),
            (0x6573_5546, Some("FUSE")),
            (0x0102_1997, Some("9P")),
            (0x00c3_6400, Some("Ceph")),
            // ext4, xfs, btrfs, overlay, tmpfs, zfs
            (0xef53, None),
            (0x5846_5342, None),
            (0x9123_683e, None),
            (0x794c_7630, None),
            (0x0102_1994, None),
            (0x2fc1_2fc1, None),
        ] {
            assert_eq!(shared_file_system(magic), kind, "{magic:x}");
        }
    }
}
