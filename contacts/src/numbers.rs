//! In which columns of a list's first rows phone numbers are.

use crate::cell;
use crate::phone;
use crate::region::Region;

/// The fewest digits of a cell that is tried as a phone number.
const FEWEST_DIGITS: usize = 6;

/// How many phone numbers each column of the sample holds.
pub(crate) struct Numbers {
    pub(crate) in_first_row: Vec<bool>,
    valid: Vec<usize>,
    /// Cells with anything in them, a header left out.
    filled: Vec<usize>,
}

impl Numbers {
    pub(crate) fn count(rows: &[Vec<String>], region: Region) -> Self {
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        let mut counted = Self {
            in_first_row: vec![false; width],
            valid: vec![0; width],
            filled: vec![0; width],
        };
        for (row_index, row) in rows.iter().enumerate() {
            for (index, text) in row.iter().enumerate().filter(|(_, text)| !cell::is_blank(text)) {
                let digits = text.chars().filter(|c| c.is_numeric()).count();
                let valid = digits >= FEWEST_DIGITS && phone::normalize(text, region).is_ok();
                counted.filled[index] += usize::from(valid || row_index > 0);
                counted.valid[index] += usize::from(valid);
                counted.in_first_row[index] |= valid && row_index == 0;
            }
        }
        counted
    }

    pub(crate) fn width(&self) -> usize {
        self.valid.len()
    }

    pub(crate) fn valid_below_header(&self, index: usize) -> usize {
        self.valid[index] - usize::from(self.in_first_row[index])
    }

    /// The column with the most numbers, of those that are allowed and more than half filled
    /// with numbers; the leftmost of several.
    pub(crate) fn fullest(&self, allowed: impl Fn(usize) -> bool) -> Option<usize> {
        (0..self.width())
            .filter(|index| allowed(*index))
            .filter(|index| self.valid[*index] * 2 > self.filled[*index])
            .max_by_key(|index| (self.valid[*index], std::cmp::Reverse(*index)))
    }
}
