//! Invents eight quarters of extracts, and the people who are in them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use vwis_model::{agreement::Cadence, dictionary::Dictionary, period::Period};

use crate::{
    extract::{Extract, mapping},
    history::{History, Snapshots, quarters_up_to},
    posts::Catalogue,
    published::Published,
    trusts::trusts,
};

/// The folder of the lists of applications, which has one for each financial year.
const APPLICATIONS: &str = "applications";

/// The people and extracts that were invented.
pub(crate) struct Invented {
    pub(crate) published: Published,
    /// Whom each period's snapshots hold.
    pub(crate) snapshots: BTreeMap<Period, Snapshots>,
    /// The number of rows of all extracts together.
    pub(crate) rows: u64,
}

/// Writes extracts and mappings of eight quarters up to `last` under `dir`; calls `tell` for each quarter.
///
/// # Errors
/// A file cannot be written.
pub(crate) fn invent(
    dir: &Path,
    last: Period,
    scale: f64,
    seed: u64,
    dictionary: &'static Dictionary,
    mut tell: impl FnMut(Period),
) -> anyhow::Result<Invented> {
    let published = Published::load()?;
    let catalogue = Catalogue::load(dictionary)?;
    let periods = quarters_up_to(last)?;
    let mut history = History::begin(&published, &catalogue, dictionary, periods, scale, seed)?;
    for trust in trusts() {
        let file = dir.join(format!("{}.mapping.toml", trust.ods_code));
        fs::write(file, mapping(&catalogue, trust.ods_code))?;
    }
    let mut snapshots = BTreeMap::new();
    let mut rows = 0;
    loop {
        let period = history.period();
        if period != last {
            fs::create_dir_all(dir.join(period.to_string()))?;
        }
        let extract = Extract {
            published: &published,
            catalogue: &catalogue,
            period,
            seed,
        };
        rows += write(dir, last, &history, &extract)?;
        let mut all = history.count();
        if Cadence::Yearly.includes(period) {
            let lists = dir.join(APPLICATIONS).join(period.to_string());
            fs::create_dir_all(&lists)?;
            for (ods_code, applicants) in history.write_applications(&lists, seed)? {
                all.entry(ods_code).or_default().applicants = applicants;
            }
        }
        snapshots.insert(period, all);
        tell(period);
        if !history.advance() {
            break;
        }
    }
    drop(history);
    Ok(Invented {
        published,
        snapshots,
        rows,
    })
}

/// The path of a trust's extract for a period: the latest is at the top, earlier ones are in folders.
pub(crate) fn extract_file(dir: &Path, ods_code: &str, period: Period, last: Period) -> PathBuf {
    let name = format!("{ods_code}.csv");
    if period == last {
        dir.join(name)
    } else {
        dir.join(period.to_string()).join(name)
    }
}

/// The path of a trust's list of the applications in the year up to `period`.
pub(crate) fn applications_file(dir: &Path, ods_code: &str, period: Period) -> PathBuf {
    let lists = dir.join(APPLICATIONS).join(period.to_string());
    lists.join(format!("{ods_code}.csv"))
}

/// Writes the extracts of a period, several at once. Returns the number of their rows.
fn write(
    dir: &Path,
    last: Period,
    history: &History<'_>,
    extract: &Extract<'_>,
) -> anyhow::Result<u64> {
    let at_once = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(9);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || -> anyhow::Result<u64> {
        let mut rows = 0;
        loop {
            let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(workforce) = history.workforces().get(index) else {
                return Ok(rows);
            };
            let ods_code = workforce.trust.ods_code;
            let file = extract_file(dir, ods_code, extract.period, last);
            rows += extract.write(&file, workforce)?;
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        let rows = threads.into_iter().map(|thread| {
            let joined = thread.join();
            joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        rows.sum()
    })
}

#[cfg(test)]
mod tests;
