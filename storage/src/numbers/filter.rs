//! Which numbers have surely not been seen: a Bloom filter whose bits for one number lie in one line of memory.

/// Words of a line: as many bits as a processor reads at once.
const LINE_WORDS: usize = 8;
/// Bits of a line that stand for a number.
const BITS_PER_NUMBER: u32 = 6;
/// Bits of the filter for each number that is expected: one in a thousand of those not seen is doubted.
const BITS_PER_EXPECTED: u64 = 16;
/// It has so many lines at least, and at most: 16 MiB, enough for ten million numbers.
const LINES: (u64, u64) = (64, 1 << 18);

/// Says of a number that it was surely not put in, or that it may have been.
pub(super) struct Filter {
    lines: Vec<[u64; LINE_WORDS]>,
}

impl Filter {
    /// One for about so many numbers; if more come it doubts more often.
    pub(super) fn expecting(numbers: u64) -> Self {
        let bits = numbers.saturating_mul(BITS_PER_EXPECTED);
        let lines = (bits / (64 * LINE_WORDS as u64)).clamp(LINES.0, LINES.1);
        Self {
            lines: vec![[0; LINE_WORDS]; lines as usize],
        }
    }

    pub(super) fn put(&mut self, digits: u64) {
        let (line, bits) = self.place(digits);
        for (word, bit) in bits {
            self.lines[line][word] |= bit;
        }
    }

    /// `false`: it was never put in.
    pub(super) fn may_have(&self, digits: u64) -> bool {
        let (line, mut bits) = self.place(digits);
        bits.all(|(word, bit)| self.lines[line][word] & bit != 0)
    }

    fn place(&self, digits: u64) -> (usize, impl Iterator<Item = (usize, u64)> + use<>) {
        let hash = mixed(digits);
        let line = ((hash >> 32) * self.lines.len() as u64) >> 32;
        let within = mixed(hash);
        let bits = (0..BITS_PER_NUMBER).map(move |n| {
            let bit = within >> (9 * n) & 511;
            ((bit >> 6) as usize, 1 << (bit & 63))
        });
        (line as usize, bits)
    }
}

/// Every bit of the answer depends on every bit of what is given (splitmix64).
pub(crate) fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_never_denied_and_hardly_anything_else_is_doubted() {
        let number = |n: u64| 12_000_000_000 + n * 7;
        let mut filter = Filter::expecting(10_000);
        (0..10_000).for_each(|n| filter.put(number(n)));
        assert!((0..10_000).all(|n| filter.may_have(number(n))));
        let doubted = (10_000..110_000).filter(|n| filter.may_have(number(*n))).count();
        assert!(doubted < 500, "{doubted} of 100000");
    }

    #[test]
    fn one_that_was_expected_to_hold_nothing_or_everything_still_answers() {
        for expected in [0, u64::MAX] {
            let mut filter = Filter::expecting(expected);
            filter.put(7);
            assert!(filter.may_have(7) && !filter.may_have(8));
        }
    }
}
