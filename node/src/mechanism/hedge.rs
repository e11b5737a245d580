//! Where the seed of a measurement's noise comes from.
//!
//! ```text
//! s: 32 bytes of keep/, made at init ─┐
//! r: 32 fresh bytes of the kernel ────┴─► HMAC(s, r) ─► HMAC(·, tag ‖ identity ‖ snapshot ‖ exact counts) = k
//!                                                          k ─► AES-256-CTR ─► the sampler
//! ```
//!
//! A machine image that is resumed twice may hand out the same kernel bytes twice. Noise from these alone
//! would be the same in two measurements, and the difference of the answers exactly that of the data. With
//! the counts in the seed, equal bytes tell only whether the counts are equal. With `s` in it, whoever learns
//! `r` cannot try counts out.
//!
//! **Decided against: noise from a lasting secret alone**, a function of `s`, identity and snapshot, so that
//! a rolled-back machine would draw the same noise for the same data. It would not, because snapshot names
//! are random at each import. The same name with other counts would give the exact difference. And a copy of
//! `s` would take the noise off everything that was ever published. Here `s` alone opens nothing: without the
//! `r` of a draw, which is wiped after it, the seed stays unknown. The seed is secure as long as either is
//! secret.

use std::{fmt, path::Path};

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use vwis_link::files::{self, FileError};
use vwis_model::measurement::MeasurementId;
use zeroize::Zeroizing;

use super::{KernelRandomness, RandomnessError};
use crate::ledger::SnapshotId;

/// Domain of the seed, so that no other hash has the same input.
const TAG: &[u8] = b"vwis.noise.v1";

/// The node's own secret part of every seed: `s`.
pub struct Hedge {
    secret: Zeroizing<[u8; 32]>,
}

/// Why the node's part of the noise cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HedgeError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is missing, or does not hold 32 bytes.
    #[error(
        "{0} is missing or damaged: it goes into the noise of every measurement, and is part of `keep/`. \
         Where `keep/` was lost, `ledger recover --new-receipt-key` makes a new one"
    )]
    Damaged(std::path::PathBuf),
}

/// What is drawn, apart from the counts.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// The measurement.
    pub identity: &'a MeasurementId,
    /// The snapshot that is measured.
    pub snapshot: SnapshotId,
    /// The node's own secret part of the seed.
    pub hedge: &'a Hedge,
}

/// The seed of one measurement's noise, wiped when it is dropped.
pub(super) type Seed = Zeroizing<[u8; 32]>;

// === impl Hedge ===

impl Hedge {
    /// Reads the one that `init` made.
    ///
    /// # Errors
    /// [`HedgeError`] names the file.
    pub fn read(path: &Path) -> Result<Self, HedgeError> {
        let damaged = || HedgeError::Damaged(path.to_owned());
        let bytes = Zeroizing::new(files::read_if_there(path)?.ok_or_else(damaged)?);
        let secret = bytes.as_slice().try_into().map_err(|_| damaged())?;
        Ok(Self {
            secret: Zeroizing::new(secret),
        })
    }

    /// Makes one for draws that are thrown away.
    ///
    /// # Errors
    /// When the kernel gives no randomness.
    pub fn throw_away() -> Result<Self, RandomnessError> {
        Ok(Self {
            secret: Zeroizing::new(KernelRandomness::new().take()?),
        })
    }
}

/// Hides the secret.
impl fmt::Debug for Hedge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hedge")
    }
}

// === impl Drawing ===

impl Drawing<'_> {
    /// The seed for these counts and these fresh kernel bytes.
    pub(super) fn seed(&self, fresh: &[u8; 32], exact: &[i64]) -> Seed {
        let own = hmac::Key::new(HMAC_SHA256, &*self.hedge.secret);
        let mut extracted = Zeroizing::new([0; 32]);
        extracted.copy_from_slice(hmac::sign(&own, fresh).as_ref());
        let mut seed = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, &*extracted));
        seed.update(TAG);
        seed.update(self.identity.as_bytes());
        seed.update(self.snapshot.0.as_bytes());
        for count in exact {
            seed.update(&count.to_le_bytes());
        }
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(seed.sign().as_ref());
        bytes
    }
}
