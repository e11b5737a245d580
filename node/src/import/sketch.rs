//! A few bytes computed from all rows of a file, whatever their order. They tell a file pasted twice or given
//! again, without holding on to any row.

use std::hash::{BuildHasher as _, Hasher as _};

use csv::ByteRecord;
use foldhash::quality::FixedState;

/// A sketch of the rows below a header. A row equal to the header is not counted.
pub(super) struct Sketch {
    header: u64,
    rows: u64,
    /// XOR of the rows' hashes, in which rows that are there twice cancel out.
    xor: u64,
    sum: u64,
}

// === impl Sketch ===

impl Sketch {
    pub(super) fn below(header: &ByteRecord) -> Self {
        Self {
            header: hash(header),
            rows: 0,
            xor: 0,
            sum: 0,
        }
    }

    pub(super) fn add(&mut self, record: &ByteRecord) {
        let hash = hash(record);
        if hash != self.header {
            self.rows += 1;
            self.xor ^= hash;
            self.sum = self.sum.wrapping_add(hash);
        }
    }

    /// The sketch as bytes: equal for the same rows, and for others only by chance. A later version of the
    /// hash may give other bytes for the same rows.
    pub(super) fn bytes(&self) -> [u8; 24] {
        let mut bytes = [0; 24];
        let parts = [self.rows, self.xor, self.sum].map(u64::to_le_bytes);
        bytes.copy_from_slice(parts.as_flattened());
        bytes
    }

    /// Whether every row is there an even number of times. Other files pass by chance with probability 2⁻⁶⁴.
    pub(super) fn is_doubled(&self) -> bool {
        self.rows > 0 && self.xor == 0
    }
}

fn hash(record: &ByteRecord) -> u64 {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    hasher.write(record.as_slice());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(rows: &[&str]) -> Sketch {
        let record = |row: &&str| row.split(',').collect::<ByteRecord>();
        let mut sketch = Sketch::below(&record(&"number,name"));
        for row in rows {
            sketch.add(&record(row));
        }
        sketch
    }

    fn doubled(rows: &[&str]) -> bool {
        sketch(rows).is_doubled()
    }

    #[test]
    fn the_same_rows_have_the_same_sketch_and_others_another() {
        let bytes = |rows: &[&str]| sketch(rows).bytes();
        assert_eq!(bytes(&["1,a", "2,b"]), bytes(&["2,b", "1,a"]));
        for rows in [&["1,a"][..], &["1,a", "2,c"], &["1,a", "2,b", "3,c", "3,c"]] {
            assert_ne!(bytes(&["1,a", "2,b"]), bytes(rows), "{rows:?}");
        }
    }

    #[test]
    fn a_file_pasted_twice_is_known_in_any_order_and_with_its_header() {
        assert!(doubled(&["1,a", "2,b", "1,a", "2,b"]));
        assert!(doubled(&["1,a", "2,b", "number,name", "2,b", "1,a"]));
        for rows in [
            &["1,a", "2,b"][..],
            &["1,a", "2,b", "1,a"],
            &["1,a", "1,a", "1,a"],
            &["number,name"],
            &[],
        ] {
            assert!(!doubled(rows), "{rows:?}");
        }
    }
}
