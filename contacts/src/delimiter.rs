//! What separates the cells of a file.

use crate::columns::names_phones;
use crate::records::records_of;

/// The delimiters that are looked for, the likeliest first.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Records looked at.
const SAMPLE: usize = 100;

/// Rows of which one may be the header.
const HEADER_WITHIN: usize = 6;

/// The delimiter that a first line of the form `sep=;` declares, and the length of the line.
/// Excel reads such a line and does not show it.
pub(crate) fn declared(text: &[u8]) -> Option<(u8, usize)> {
    let end = text.iter().take(16).position(|b| *b == b'\n')?;
    let line = std::str::from_utf8(&text[..end]).ok()?;
    let bare = line.trim_matches(['"', ' ']);
    let delimiter = bare
        .get(..4)
        .filter(|key| key.eq_ignore_ascii_case("sep="))
        .map(|_| &bare[4..])?;
    match delimiter.as_bytes() {
        [one] if one.is_ascii() && !one.is_ascii_alphanumeric() && *one != b'"' => Some((*one, end + 1)),
        _ => None,
    }
}

/// The delimiter that cuts the sample into the most even rows; a comma if none cuts it at all.
/// One by which a row near the beginning is a header that names a phone column is preferred.
pub(crate) fn sniffed(text: &[u8], whole: bool) -> u8 {
    let mut best = (b',', (false, 0, 0));
    for candidate in CANDIDATES {
        let score = score(text, candidate, whole);
        if score > best.1 {
            best = (candidate, score);
        }
    }
    best.0
}

/// Whether a header names a phone column; per mille of rows of the commonest width; width.
fn score(text: &[u8], delimiter: u8, whole: bool) -> (bool, usize, usize) {
    let rows = records_of(text, delimiter, whole, SAMPLE);
    let rows: Vec<_> = rows
        .iter()
        .filter(|row| row.iter().any(|cell| !cell.trim().is_empty()))
        .collect();
    let mut widths: Vec<usize> = rows
        .iter()
        .map(|row| row.len())
        .filter(|width| *width > 1)
        .collect();
    widths.sort_unstable();
    let commonest = widths
        .chunk_by(|a, b| a == b)
        .max_by_key(|same| (same.len(), same[0]));
    let Some(same) = commonest else {
        return (false, 0, 0);
    };
    let named = rows
        .iter()
        .take(HEADER_WITHIN)
        .any(|row| row.len() > 1 && names_phones(row));
    (named, same.len() * 1000 / rows.len(), same[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declared_delimiter_is_read() {
        assert_eq!(declared(b"sep=;\na;b\n"), Some((b';', 6)));
        assert_eq!(declared(b"\"SEP=|\"\nrest"), Some((b'|', 8)));
        assert_eq!(declared(b"sep=\t\nrest"), Some((b'\t', 6)));
        assert_eq!(declared(b"separator\n"), None);
        assert_eq!(declared(b"sep=ab\n"), None);
        assert_eq!(declared(b"sep=;"), None);
    }

    #[test]
    fn the_delimiter_that_makes_even_rows_is_taken() {
        assert_eq!(sniffed(b"name,phone\nA,1\nB,2\n", true), b',');
        assert_eq!(sniffed(b"name;phone\n\"Lee, A\";1\nB, C, D;2\n", true), b';');
        assert_eq!(sniffed(b"name\tphone\nLee, A\t1\nB; C\t2\n", true), b'\t');
        assert_eq!(sniffed(b"name|phone|city\nA|1|X\n", true), b'|');
        assert_eq!(sniffed(b"\"a\n;;;\n\",b\n1,2\n", true), b',');
    }

    #[test]
    fn one_column_needs_none() {
        assert_eq!(sniffed(b"2025550123\n2025550124\n", true), b',');
        assert_eq!(sniffed(b"", true), b',');
    }
}
