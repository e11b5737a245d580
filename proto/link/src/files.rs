//! Keys and certificates on disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// A file could not be written or read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct FileError {
    path: PathBuf,
    source: io::Error,
}

/// Writes a secret: readable by its owner only, whole or not at all, on disk before it returns.
///
/// # Errors
/// [`FileError`] names the file.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), FileError> {
    write(path, content, 0o600)
}

/// Writes what anyone may read, whole or not at all, on disk before it returns.
///
/// # Errors
/// [`FileError`] names the file.
pub fn write_public(path: &Path, content: &[u8]) -> Result<(), FileError> {
    write(path, content, 0o644)
}

/// Reads a text file.
///
/// # Errors
/// [`FileError`] names the file.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    fs::read_to_string(path).map_err(|source| FileError {
        path: path.to_owned(),
        source,
    })
}

/// A new file beside the old one, synced, renamed over it, and the folder synced: after a crash
/// there is the old content or the new, never a part.
fn write(path: &Path, content: &[u8], mode: u32) -> Result<(), FileError> {
    let attempt = || {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let temporary = folder.join(name);
        // Left by a process of the same number that died half-way: its mode may be another.
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        File::open(folder)?.sync_all()
    };
    attempt().map_err(|source| FileError {
        path: path.to_owned(),
        source,
    })
}
