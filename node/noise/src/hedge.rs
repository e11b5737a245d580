//! Where the seed of a measurement's noise comes from.
//!
//! ```text
//! s: 32 bytes of keep/, made at init ─┐
//! r: 32 fresh bytes of the kernel ────┴─► HMAC(s, r) ─► HMAC(·, tag ‖ identity ‖ snapshot ‖ exact counts) = k
//!                                                          k ─► AES-256-CTR ─► the sampler
//! ```
//!
//! A machine image that is resumed twice may hand out the same kernel bytes twice. Noise from them alone
//! would be the same under two measurements, and the difference of the two answers exactly that of the
//! data. With the counts in the seed equal bytes tell nothing but whether the counts are equal, and with
//! `s` in it they cannot be tried out by whoever learns `r`.
//!
//! **Decided against: noise from a lasting secret alone**, a function of `s`, identity and snapshot, so that
//! a rolled-back machine would draw the same noise for the same data. Snapshot names are random at each
//! import, so it would not; the same name with other counts would give the exact difference; and a copy of
//! `s` would take the noise off everything that was ever published. Here `s` opens nothing: without the
//! `r` of a draw, which is wiped with it, the seed is as unknown as before. The seed is secure while either
//! is.

use std::fmt;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use vwis_model::measurement::MeasurementId;
use zeroize::Zeroizing;

use crate::{KernelRandomness, RandomnessError};

/// Domain of the seed.
const TAG: &[u8] = b"vwis.noise.v1";

/// The own part of whoever draws in every seed: `s`.
pub struct Hedge {
    secret: Zeroizing<[u8; 32]>,
}

/// What is drawn, beside the counts.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// Which measurement.
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

    /// One for draws that are thrown away.
    ///
    /// # Errors
    /// When the kernel gives no randomness.
    pub fn throw_away() -> Result<Self, RandomnessError> {
        Ok(Self::new(Zeroizing::new(KernelRandomness::new().take()?)))
    }
}

/// Never shows the secret.
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
