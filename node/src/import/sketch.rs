//! All rows of a file in a few bytes, whatever their order: enough to tell a file from itself pasted
//! twice, without holding on to any row.

use std::hash::{BuildHasher as _, Hasher as _};

use csv::ByteRecord;
use foldhash::quality::FixedState;

/// A sketch of the rows below a header. A header that stands there again is no row of it.
pub(super) struct Sketch {
    header: u64,
    rows: u64,
    /// Of the rows' hashes: what stands there twice cancels itself.
    xor: u64,
}

// === impl Sketch ===

impl Sketch {
    pub(super) fn below(header: &ByteRecord) -> Self {
        Self {
            header: hash(header),
            rows: 0,
            xor: 0,
        }
    }

    pub(super) fn add(&mut self, record: &ByteRecord) {
        let hash = hash(record);
        if hash != self.header {
            self.rows += 1;
            self.xor ^= hash;
        }
    }

    /// Whether every row stands there twice, or four times: by chance with probability 2⁻⁶⁴.
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

    fn doubled(rows: &[&str]) -> bool {
        let record = |row: &&str| row.split(',').collect::<ByteRecord>();
        let mut sketch = Sketch::below(&record(&"number,name"));
        for row in rows {
            sketch.add(&record(row));
        }
        sketch.is_doubled()
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
