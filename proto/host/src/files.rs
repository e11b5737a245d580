//! Reads and writes keys, certificates and a program's other files.
//!
//! Missing and unreadable files are told apart everywhere: what is missing can be made anew, but what is
//! there and belongs to another user must never be taken for lost.

use std::{
    fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown},
    path::{Path, PathBuf},
};

/// Why a file could not be written or read: its path, and what the system said.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}{}", remedy(.source))]
pub struct FileError {
    path: PathBuf,
    source: io::Error,
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::PermissionDenied => {
            " (it is there, and another user's: run this as the user whose folder it is, or give the \
             file back to them)"
        }
        _ => "",
    }
}

// === impl FileError ===

impl FileError {
    pub(crate) fn new(path: &Path, source: io::Error) -> Self {
        Self::of(path)(source)
    }

    fn of(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self {
            path: path.to_owned(),
            source,
        }
    }
}

/// Writes a secret, whole or not at all; it is on disk before this returns. A new file is its owner's
/// alone. One that is replaced keeps its mode, group rights too, unless others could do anything with it.
///
/// # Errors
/// [`FileError`] names the file.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), FileError> {
    write(path, content, Mode::Private).map_err(FileError::of(path))
}

/// Writes what anyone may read, whole or not at all; it is on disk before this returns.
///
/// # Errors
/// [`FileError`] names the file.
pub fn write_public(path: &Path, content: &[u8]) -> Result<(), FileError> {
    write(path, content, Mode::Public).map_err(FileError::of(path))
}

/// Reads a text file.
///
/// # Errors
/// [`FileError`] names the file.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    fs::read_to_string(path).map_err(FileError::of(path))
}

/// The bytes of a file; `None` if there is none.
///
/// # Errors
/// [`FileError`] if there is one that cannot be read.
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::of(path)(error)),
    }
}

/// Whether there is a file or a folder at `path`, whoever owns it.
///
/// # Errors
/// [`FileError`] if this user may not know.
pub fn is_there(path: &Path) -> Result<bool, FileError> {
    path.try_exists().map_err(FileError::of(path))
}

/// Removes a file, if it is there.
///
/// # Errors
/// [`FileError`] if the file stays.
pub fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(FileError::of(path)(error)),
        _ => Ok(()),
    }
}

/// Makes a folder that is its owner's alone. From one that is there, it takes the rights of others.
///
/// # Errors
/// [`FileError`] names the folder.
pub fn private_folder(path: &Path) -> Result<(), FileError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .and_then(|()| close_to_others(path))
        .map_err(FileError::of(path))
}

/// Makes an empty file that is its owner's alone. From one that is there, it takes the rights of others.
///
/// # Errors
/// [`FileError`] names the file.
pub fn private_file(path: &Path) -> Result<(), FileError> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .and_then(|_| close_to_others(path))
        .map_err(FileError::of(path))
}

/// Takes all rights on a file from group and others; does nothing if there is no file.
///
/// # Errors
/// [`FileError`] names the file.
pub fn keep_private(path: &Path) -> Result<(), FileError> {
    match close_to_others(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(FileError::of(path)(error)),
        _ => Ok(()),
    }
}

/// The bits of a file's mode that give rights to group and others.
const OTHERS: u32 = 0o077;

fn close_to_others(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    let own = mode & !OTHERS;
    if own == mode {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(own & 0o7777))
}

/// Who may read a new file. One that is replaced keeps its mode, with an exception: see [`write_private`].
#[derive(Clone, Copy)]
enum Mode {
    Private,
    Public,
}

// === impl Mode ===

impl Mode {
    fn of(self, replaced: Option<&Metadata>) -> u32 {
        let held = replaced.map(|held| held.mode() & 0o777);
        match self {
            // A person may have let a group read a secret, and that stays. What all others can read was let
            // out by accident, and is taken back.
            Self::Private => held.filter(|mode| mode | 0o770 == 0o770).unwrap_or(0o600),
            Self::Public => held.unwrap_or(0o644),
        }
    }
}

/// Writes a new file beside the old one, syncs it, renames it over the old one, and syncs the folder:
/// after a crash there is the old content or the new, never a part. The new file belongs to the old one's
/// owner, or else to the folder's. For a symbolic link, it replaces what the link names.
fn write(path: &Path, content: &[u8], mode: Mode) -> io::Result<()> {
    let target = match fs::symlink_metadata(path) {
        Ok(about) if about.is_symlink() => fs::canonicalize(path)?,
        _ => path.to_owned(),
    };
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let replaced = match fs::metadata(&target) {
        Ok(about) => Some(about),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = folder.join(name);
    // A process of the same number that died half-way may have left one, with another mode.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    let own = file.metadata()?;
    let owner = if let Some(replaced) = &replaced {
        (replaced.uid(), replaced.gid())
    } else {
        (fs::metadata(folder)?.uid(), own.gid())
    };
    if owner != (own.uid(), own.gid()) {
        fchown(&file, Some(owner.0), Some(owner.1)).or_else(|error| {
            // Only root can give files away; anybody else who may write here keeps what they write.
            (error.kind() == ErrorKind::PermissionDenied && replaced.is_none())
                .then_some(())
                .ok_or(error)
        })?;
    }
    file.set_permissions(Permissions::from_mode(mode.of(replaced.as_ref())))?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&temporary, &target)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
