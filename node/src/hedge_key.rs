//! The file of the node's own part of its noise: 32 random bytes in `keep/`.

use std::path::{Path, PathBuf};

use vwis_host::files::{self, FileError};
use zeroize::Zeroizing;

use vwis_noise::Hedge;

/// Why there is no hedge.
#[derive(Debug, thiserror::Error)]
pub enum HedgeKeyError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is missing, or no 32 bytes.
    #[error(
        "{0} is missing or damaged: it goes into the noise of every measurement, and is part of `keep/`. \
         Where `keep/` was lost, `ledger recover --new-receipt-key` makes a new one"
    )]
    Damaged(PathBuf),
    /// The system gave no randomness.
    #[error("no randomness for the node's own part of the noise")]
    Randomness,
}

/// Makes one and writes it to `path`, readable by its owner only.
///
/// # Errors
/// Where there is no randomness, or the file cannot be written.
pub fn create(path: &Path) -> Result<(), HedgeKeyError> {
    let mut secret = Zeroizing::new([0; 32]);
    aws_lc_rs::rand::fill(&mut *secret).map_err(|_| HedgeKeyError::Randomness)?;
    Ok(files::write_private(path, &*secret)?)
}

/// The hedge that [`create`] wrote.
///
/// # Errors
/// [`HedgeKeyError`] names the file.
pub fn read(path: &Path) -> Result<Hedge, HedgeKeyError> {
    let damaged = || HedgeKeyError::Damaged(path.to_owned());
    let bytes = Zeroizing::new(files::read_if_there(path)?.ok_or_else(damaged)?);
    let secret = bytes.as_slice().try_into().map_err(|_| damaged())?;
    Ok(Hedge::new(Zeroizing::new(secret)))
}
