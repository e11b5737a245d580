//! A set of small whole numbers, one bit each.

/// Numbers from 0 on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

// === impl Bits ===

impl Bits {
    pub(super) fn insert(&mut self, number: u64) {
        let (word, bit) = place(number);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }

    pub(super) fn contains(&self, number: u64) -> bool {
        let (word, bit) = place(number);
        self.0.get(word).is_some_and(|own| own & bit != 0)
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The least and the greatest; `None` where there is none.
    pub(super) fn bounds(&self) -> Option<(u64, u64)> {
        let first = self.0.iter().position(|word| *word != 0)?;
        // A word is added for a number in it, so the last one has some.
        let last = self.0.len() - 1;
        let number = |word: usize, bit: u32| 64 * word as u64 + u64::from(bit);
        Some((
            number(first, self.0[first].trailing_zeros()),
            number(last, self.0[last].ilog2()),
        ))
    }
}

/// Where a number stands: its word, and its bit there.
fn place(number: u64) -> (usize, u64) {
    let word = usize::try_from(number / 64).expect("64 bits hold as many numbers as memory");
    (word, 1 << (number % 64))
}
