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

use std::fmt;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use vwis_model::measurement::MeasurementId;
use zeroize::Zeroizing;

use crate::{KernelRandomness, RandomnessError};

/// Domain of the seed, so that no other hash has the same input.
const TAG: &[u8] = b"vwis.noise.v1";

/// The own part of whoever draws in every seed: `s`.
pub struct Hedge {
    secret: Zeroizing<[u8; 32]>,
}

/// What is drawn, beside the counts.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// The measurement.
    pub identity: &'a MeasurementId,
    /// The name of the snapshot that it is of.
    pub snapshot: [u8; 16],
    /// The own secret of whoever draws.
    pub hedge: &'a Hedge,
}

/// The seed of one measurement's noise, wiped when it is dropped.
pub(crate) type Seed = Zeroizing<[u8; 32]>;

// === impl Hedge ===

impl Hedge {
    /// The one of this secret, which was random when it was made.
    #[must_use]
    pub fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self { secret }
    }

    /// Makes one for draws that are thrown away.
    ///
    /// # Errors
    /// When the kernel gives no randomness.
    pub fn throw_away() -> Result<Self, RandomnessError> {
        Ok(Self::new(Zeroizing::new(KernelRandomness::new().take()?)))
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
    pub(crate) fn seed(&self, fresh: &[u8; 32], exact: &[i64]) -> Seed {
        let own = hmac::Key::new(HMAC_SHA256, &*self.hedge.secret);
        let mut extracted = Zeroizing::new([0; 32]);
        extracted.copy_from_slice(hmac::sign(&own, fresh).as_ref());
        let mut seed = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, &*extracted));
        seed.update(TAG);
        seed.update(self.identity.as_bytes());
        seed.update(&self.snapshot);
        for count in exact {
            seed.update(&count.to_le_bytes());
        }
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(seed.sign().as_ref());
        bytes
    }
}
