//! Random bytes from the kernel.

use zeroize::Zeroize;

/// Bytes that are asked from the kernel at a time.
const BUFFER_BYTES: usize = 4096;

/// The kernel gave no randomness.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the kernel gave no randomness")]
pub struct RandomnessError;

/// A buffer of kernel randomness, each byte used once and wiped as it is used.
///
/// Not `Clone`: two copies would hand out the same bytes twice.
pub struct KernelRandomness {
    bytes: Box<[u8; BUFFER_BYTES]>,
    used: usize,
}

// === impl KernelRandomness ===

impl KernelRandomness {
    /// An empty buffer; the first use fills it.
    #[must_use]
    pub fn new() -> Self {
        Self {
            bytes: Box::new([0; BUFFER_BYTES]),
            used: BUFFER_BYTES,
        }
    }

    /// Takes the next `N` bytes.
    ///
    /// # Errors
    /// [`RandomnessError`] when the kernel gives none.
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], RandomnessError> {
        const { assert!(N <= BUFFER_BYTES) };
        if self.used + N > BUFFER_BYTES {
            self.refill()?;
        }
        let source = &mut self.bytes[self.used..self.used + N];
        let taken = <[u8; N]>::try_from(&*source).expect("the slice is N bytes long");
        source.zeroize();
        self.used += N;
        Ok(taken)
    }
}

impl KernelRandomness {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that noise comes from"
    )]
    fn refill(&mut self) -> Result<(), RandomnessError> {
        getrandom::fill(self.bytes.as_mut_slice()).map_err(|_| RandomnessError)?;
        self.used = 0;
        Ok(())
    }
}

impl Default for KernelRandomness {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for KernelRandomness {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_wiped_as_it_is_used() {
        let mut source = KernelRandomness::new();
        for _ in 0..BUFFER_BYTES / 16 {
            source.take::<16>().unwrap();
        }
        assert!(source.bytes.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn buffers_do_not_repeat() {
        let mut source = KernelRandomness::new();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..4 * BUFFER_BYTES / 16 {
            assert!(seen.insert(source.take::<16>().unwrap()));
        }
    }
}
