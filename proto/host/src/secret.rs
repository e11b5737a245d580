//! Secrets that a program hands out, such as a session's: 256 random bits, known here by their hash alone.

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// The kernel gave no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no randomness for a secret")]
pub struct NoRandomness;

/// Draws a secret: 256 random bits, as 43 characters of base64.
///
/// # Errors
/// [`NoRandomness`].
pub fn draw() -> Result<String, NoRandomness> {
    let mut bits = [0; 32];
    rand::fill(&mut bits).map_err(|_| NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bits))
}

/// What is stored of a secret: its SHA-256. Nobody guesses 256 random bits, so a slow hash would protect
/// nothing.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}
