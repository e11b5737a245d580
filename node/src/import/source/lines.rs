//! Line ends: a lone carriage return ends a line too, as some exports of spreadsheets and databases write it.
//! Read as part of a line, it would make one row of twenty.

use std::io::{self, Read};

/// The input, with every lone carriage return replaced by a line feed.
pub(super) struct LineEnds<R> {
    input: R,
    /// A byte that was read ahead, to see whether a line feed follows a carriage return.
    ahead: Option<u8>,
}

// === impl LineEnds ===

impl<R: Read> LineEnds<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, ahead: None }
    }

    fn one_more(&mut self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        loop {
            match self.input.read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => return Ok(Some(byte[0])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl<R: Read> Read for LineEnds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let length = match self.ahead.take() {
            Some(byte) => {
                buffer[0] = byte;
                1
            }
            None => self.input.read(buffer)?,
        };
        if length == 0 {
            return Ok(0);
        }
        if buffer[length - 1] == b'\r' {
            self.ahead = self.one_more()?;
        }
        let mut from = 0;
        while let Some(at) = memchr::memchr(b'\r', &buffer[from..length]) {
            let at = from + at;
            let next = if at + 1 < length {
                Some(buffer[at + 1])
            } else {
                self.ahead
            };
            if next != Some(b'\n') {
                buffer[at] = b'\n';
            }
            from = at + 1;
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Hands out its bytes in pieces of these lengths, over and over.
    struct Pieces<'a>(&'a [u8], Vec<usize>, usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1[self.2 % self.1.len()]
                .min(buffer.len())
                .min(self.0.len());
            self.2 += 1;
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    proptest! {
        #[test]
        fn a_lone_carriage_return_ends_a_line_wherever_reading_pauses(
            text in "[ab\r\n]{0,40}",
            pieces in prop::collection::vec(1..5_usize, 1..6),
        ) {
            let mut read = String::new();
            LineEnds::new(Pieces(text.as_bytes(), pieces, 0)).read_to_string(&mut read).unwrap();
            let expected = text.replace("\r\n", "\0").replace('\r', "\n").replace('\0', "\r\n");
            prop_assert_eq!(read, expected);
        }
    }
}
