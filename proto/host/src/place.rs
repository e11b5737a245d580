//! The place pack in a program's folder.
//!
//! `place.json` holds the pack's files by name. `init`, `enrol` and `place set` write it. A program whose
//! folder has none works for the place that ships.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use vwis_model::{
    here,
    place::{FILES, Fault, Pack, PackHash, Place, PlaceError},
};

use crate::{
    files::{self, FileError},
    folder,
};

/// The pack's file in a program's folder.
const FILE: &str = "place.json";

/// Why a pack cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum PlaceFolderError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The files are no place pack.
    #[error("{path} is no place pack:\n{source}")]
    Pack {
        /// The folder of the pack's files, or the file that holds them.
        path: PathBuf,
        /// What is wrong with the files.
        source: PlaceError,
    },
    /// This process began to work with another place.
    #[error("this program began with another place than {0}: start it again")]
    Another(String),
}

/// Reads the pack in a folder. This checks its files, not yet what they hold.
///
/// # Errors
/// The folder cannot be read, or its files are no pack: the error lists every file that is wrong.
pub fn read_pack(folder: &Path) -> Result<Pack, PlaceFolderError> {
    let failed = |source: io::Error| FileError::new(folder, source);
    let mut texts = Vec::new();
    let mut faults = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if let Some(table) = other_form_of_a_table(Path::new(&name)) {
            let problem = format!("is not read: save it as {table} (\"CSV UTF-8\")");
            faults.push(Fault {
                file: name.to_string_lossy().into_owned(),
                line: None,
                field: None,
                problem,
            });
        }
        // A spreadsheet's lock file, an editor's copy and the like are not part of the pack.
        let is_ours = FILES.iter().any(|file| OsStr::new(file) == name);
        let is_table = Path::new(&name)
            .extension()
            .is_some_and(|end| end == "csv" || end == "toml");
        if !is_ours && !is_table {
            continue;
        }
        if let Some(bytes) = files::read_if_there(&entry.path())? {
            texts.push((name.to_string_lossy().into_owned(), bytes));
        }
    }
    let pack = match Pack::new(texts) {
        Ok(pack) if faults.is_empty() => Ok(pack),
        Ok(_) => Err(PlaceError(faults)),
        Err(PlaceError(others)) => Err(PlaceError([faults, others].concat())),
    };
    pack.map_err(|source| PlaceFolderError::Pack {
        path: folder.to_owned(),
        source,
    })
}

/// The table that a file holds in a form that is not read, such as `employers.xlsx`. Whoever left it among
/// the pack's files believes that it counts.
fn other_form_of_a_table(file: &Path) -> Option<&'static str> {
    let end = file.extension()?.to_str()?.to_lowercase();
    let is_form = ["xlsx", "xls", "xlsm", "ods", "txt", "tsv"].contains(&&*end);
    let is_it = |table: &&&str| Path::new(table).file_stem() == file.file_stem();
    FILES.iter().find(is_it).copied().filter(|_| is_form)
}

/// Reads the place in a folder.
///
/// # Errors
/// As for [`read_pack`], or for [`Place::parse`].
pub fn read(folder: &Path) -> Result<&'static Place, PlaceFolderError> {
    of_pack(read_pack(folder)?).map_err(|source| PlaceFolderError::Pack {
        path: folder.to_owned(),
        source,
    })
}

/// The place of a program's folder; the one that ships if the folder has none.
///
/// # Errors
/// The folder's `place.json` cannot be read, or holds no place.
pub fn of_program(dir: &Path) -> Result<&'static Place, PlaceFolderError> {
    let path = dir.join(FILE);
    let Some(bytes) = files::read_if_there(&path)? else {
        return Ok(Place::shipped());
    };
    let texts: BTreeMap<String, String> =
        serde_json::from_slice(&bytes).map_err(|error| FileError::new(&path, error.into()))?;
    let pack = Pack::new(
        texts
            .into_iter()
            .map(|(name, text)| (name, text.into_bytes())),
    );
    let place = pack.and_then(of_pack);
    place.map_err(|source| PlaceFolderError::Pack { path, source })
}

/// Makes this process work for the place of its folder.
///
/// # Errors
/// As for [`of_program`]; [`PlaceFolderError::Another`] if it works for another place already.
pub fn settle(dir: &Path) -> Result<(), PlaceFolderError> {
    let place = of_program(dir)?;
    if here::settle(place) {
        Ok(())
    } else {
        Err(PlaceFolderError::Another(place.name().to_owned()))
    }
}

/// The same for the folder of the configuration that a command names, if it is there.
///
/// # Errors
/// As for [`settle`].
pub fn settle_for(configuration: &Path) -> Result<(), PlaceFolderError> {
    folder::of_configuration(configuration).map_or(Ok(()), |dir| settle(&dir))
}

/// Keeps a pack in a program's folder, in place of what was there, whole or not at all.
///
/// # Errors
/// The file cannot be written.
pub fn keep(dir: &Path, pack: &Pack) -> Result<(), PlaceFolderError> {
    let texts: BTreeMap<_, _> = pack.files().collect();
    let text = serde_json::to_vec_pretty(&texts).expect("texts have a JSON form");
    Ok(files::write_public(&dir.join(FILE), &text)?)
}

/// Writes the files of a pack into a new folder.
///
/// # Errors
/// The folder is there already, or a file cannot be written.
pub fn write<'a>(
    folder: &Path,
    texts: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), PlaceFolderError> {
    fs::create_dir(folder).map_err(|source| FileError::new(folder, source))?;
    for (name, text) in texts {
        files::write_public(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}

/// The place of a pack, which is read once in a process: places live as long as the process, and many
/// parts of it hold them.
///
/// # Errors
/// As for [`Place::parse`].
pub fn of_pack(pack: Pack) -> Result<&'static Place, PlaceError> {
    static KNOWN: Mutex<Vec<(PackHash, &'static Place)>> = Mutex::new(Vec::new());
    let hash = pack.hash();
    if hash == Place::shipped().pack().hash() {
        return Ok(Place::shipped());
    }
    let mut known = KNOWN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((_, place)) = known.iter().find(|(own, _)| *own == hash) {
        return Ok(place);
    }
    let place: &'static Place = Box::leak(Box::new(Place::parse(pack)?));
    known.push((hash, place));
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_that_is_kept_is_read_back_and_another_one_replaces_all_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let is_shipped = || std::ptr::eq(of_program(dir.path()).unwrap(), Place::shipped());
        assert!(is_shipped());
        keep(dir.path(), Place::shipped().pack()).unwrap();
        assert!(is_shipped());
        let small = vwis_model::place::skeleton();
        let small = small
            .into_iter()
            .filter(|(name, _)| *name != "employers.csv");
        let folder = dir.path().join("small");
        write(&folder, small).unwrap();
        // A spreadsheet leaves such a file beside one that it has open.
        fs::write(folder.join(".~lock.localities.csv#"), "x").unwrap();
        let place = read(&folder).unwrap();
        assert!(place.employers().is_empty());
        keep(dir.path(), place.pack()).unwrap();
        assert!(std::ptr::eq(of_program(dir.path()).unwrap(), place));
    }

    #[test]
    fn what_is_no_pack_is_told_by_file_line_and_column() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("ours");
        write(&folder, Place::shipped().pack().files()).unwrap();
        let file = folder.join("localities.csv");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("e08000003", "E08000003")).unwrap();
        let said = read(&folder).unwrap_err().to_string();
        assert!(
            said.contains("localities.csv, line 4, `code`: `E08000003`"),
            "{said}"
        );
        fs::write(folder.join("employers.XLSX"), "PK").unwrap();
        let said = read(&folder).unwrap_err().to_string();
        assert!(
            said.contains("employers.XLSX: is not read: save it as employers.csv"),
            "{said}"
        );
        fs::remove_file(folder.join("employers.XLSX")).unwrap();
        fs::rename(&file, folder.join("localties.csv")).unwrap();
        let said = read(&folder).unwrap_err().to_string();
        assert!(
            said.contains("localties.csv: is no file of a place pack"),
            "{said}"
        );
        assert!(said.contains("\nlocalities.csv: is not there"), "{said}");
    }
}
