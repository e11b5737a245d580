//! The stream of bytes that a seed is stretched to.

use aws_lc_rs::{
    cipher::{AES_256, EncryptionContext, StreamingEncryptingKey, UnboundCipherKey},
    iv::FixedLength,
};
use zeroize::Zeroize;

use crate::{RandomnessError, hedge::Seed};

/// Bytes that are made at a time.
const BUFFER_BYTES: usize = 4096;
const ZEROS: [u8; BUFFER_BYTES] = [0; BUFFER_BYTES];

/// AES-256 in counter mode, under a seed that is used once. Each byte is handed out once and wiped as it is
/// used.
///
/// Not `Clone`: two copies would hand out the same bytes twice.
pub struct NoiseStream {
    cipher: StreamingEncryptingKey,
    /// One block longer than what is made at a time, because the cipher asks for it.
    bytes: Box<[u8; BUFFER_BYTES + 16]>,
    used: usize,
}

// === impl NoiseStream ===

impl NoiseStream {
    /// The stream of a seed. The counter may begin at 0, because no other stream has the same seed.
    ///
    /// # Errors
    /// [`RandomnessError`] when the cipher cannot be set up.
    pub(crate) fn of(seed: &Seed) -> Result<Self, RandomnessError> {
        let key = UnboundCipherKey::new(&AES_256, &**seed).map_err(|_| RandomnessError)?;
        let zero = EncryptionContext::Iv128(FixedLength::from([0; 16]));
        Ok(Self {
            cipher: StreamingEncryptingKey::less_safe_ctr(key, zero)
                .map_err(|_| RandomnessError)?,
            bytes: Box::new([0; BUFFER_BYTES + 16]),
            used: BUFFER_BYTES,
        })
    }

    /// Takes the next `N` bytes.
    ///
    /// # Errors
    /// [`RandomnessError`] when the cipher fails.
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], RandomnessError> {
        const { assert!(N <= BUFFER_BYTES) };
        if self.used + N > BUFFER_BYTES {
            let made = self.cipher.update(&ZEROS, self.bytes.as_mut_slice());
            made.map_err(|_| RandomnessError)?;
            self.used = 0;
        }
        let source = &mut self.bytes[self.used..self.used + N];
        let taken = <[u8; N]>::try_from(&*source).expect("the slice is N bytes long");
        source.zeroize();
        self.used += N;
        Ok(taken)
    }
}

impl Drop for NoiseStream {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn the_stream_is_aes_256_in_counter_mode_and_wiped_as_it_is_used() {
        // SP 800-38A has no vector for a zero counter. This is AES-256 of blocks 0 and 1 under a zero key, as
        // in test case 13 of the GCM specification (its hash key) and by openssl.
        let mut stream = NoiseStream::of(&Zeroizing::new([0; 32])).unwrap();
        let first: [u8; 16] = stream.take().unwrap();
        let hash_key = [
            0xdc, 0x95, 0xc0, 0x78, 0xa2, 0x40, 0x89, 0x89, 0xad, 0x48, 0xa2, 0x14, 0x92, 0x84,
            0x20, 0x87,
        ];
        assert_eq!(first, hash_key);
        assert!(stream.bytes[..16].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn blocks_do_not_repeat_across_buffers() {
        let mut stream = NoiseStream::of(&Zeroizing::new([1; 32])).unwrap();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..4 * BUFFER_BYTES / 16 {
            assert!(seen.insert(stream.take::<16>().unwrap()));
        }
    }
}
