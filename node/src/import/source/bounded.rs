//! A reader that bounds how long one record can be, and that marks the end of the file.
//!
//! A CSV reader takes more input only to end the current record. So the bytes taken since the last record
//! ended bound that record, and beyond the bound the reader gets an error instead of more memory.
//!
//! A CSV reader also takes an open quote to the end of the file without an error. So a mark follows the
//! file's last byte, on a line of its own: it comes out as a record only where every quote was closed.

use std::io::{self, Read};

/// The end mark's only field: ASCII "end of transmission", which no extract holds.
pub(super) const END_MARK: &[u8] = b"\x04";
/// Bytes that follow the input's last byte.
pub(super) const END: &[u8] = b"\n\x04\n";

pub(super) struct Bounded<R> {
    input: R,
    most_bytes: u64,
    since_last_record: u64,
    /// The last byte of the input so far.
    last: Option<u8>,
    /// Bytes of [`END`] that were handed out, once the input is at its end.
    end_sent: Option<usize>,
}

/// The current record is longer than allowed.
#[derive(Debug, thiserror::Error)]
#[error("a record is longer than allowed")]
pub(super) struct TooLong;

// === impl TooLong ===

impl TooLong {
    /// Whether `error` is this error.
    pub(super) fn is(error: &io::Error) -> bool {
        let Some(inner) = error.get_ref() else {
            return false;
        };
        inner.is::<Self>()
    }
}

// === impl Bounded ===

impl<R> Bounded<R> {
    pub(super) fn new(input: R, most_bytes: u64) -> Self {
        Self {
            input,
            most_bytes,
            since_last_record: 0,
            last: None,
            end_sent: None,
        }
    }

    /// Whether the input has ended and its last line has no line end.
    pub(super) fn breaks_off(&self) -> bool {
        self.end_sent.is_some() && self.last.is_some_and(|byte| byte != b'\n')
    }

    /// Starts to count anew: all bytes handed out so far belong to records that ended.
    pub(super) fn record_is_done(&mut self) {
        self.since_last_record = 0;
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_last_record > self.most_bytes {
            return Err(io::Error::other(TooLong));
        }
        let length = match &mut self.end_sent {
            None => self.input.read(buffer)?,
            Some(sent) => {
                let length = (END.len() - *sent).min(buffer.len());
                buffer[..length].copy_from_slice(&END[*sent..*sent + length]);
                *sent += length;
                return Ok(length);
            }
        };
        if length == 0 && !buffer.is_empty() {
            self.end_sent = Some(0);
            return self.read(buffer);
        }
        if length > 0 {
            self.last = Some(buffer[length - 1]);
        }
        self.since_last_record += length as u64;
        Ok(length)
    }
}
