//! Whether an XML part of a workbook is well formed and made of small pieces.
//!
//! What reads it afterwards holds one piece at a time (a text or a tag), and the value of one cell:
//! with these small, so is the memory that it takes.

use std::io::{BufRead, BufReader, ErrorKind, Read};

use crate::error::ListError;

/// The longest text with the tag behind it, in bytes.
const LONGEST_PIECE: usize = 512 * 1024;

/// The most bytes between the tags of one cell.
const LONGEST_CELL: u64 = 1024 * 1024;

/// The most elements within one another.
const DEEPEST: usize = 256;

/// The fewest bytes of an entry in the table of texts, `<si/>`.
const SHORTEST_ENTRY: u64 = 5;

/// Reads a part to its end, at most `most` bytes; how many they were.
///
/// # Errors
/// [`ListError::TooLarge`] and [`ListError::Damaged`].
pub(super) fn screen(part: impl Read, most: u64) -> Result<u64, ListError> {
    let mut pieces = Pieces {
        source: BufReader::with_capacity(64 * 1024, part),
        piece: Vec::new(),
        bytes: 0,
        most,
    };
    let mut open = OpenElements::default();
    let mut cell_began = None;
    let mut entries_claimed = 0;
    while let Some(tag) = pieces.next()? {
        match tag {
            Tag::Other => {}
            Tag::Start { name, empty, text } => {
                if local(name) == b"sst" {
                    entries_claimed = entries_claimed.max(claimed_entries(text));
                }
                if !empty {
                    open.push(name)?;
                    if cell_began.is_none() && local(name) == b"c" {
                        cell_began = Some((open.depth(), pieces.bytes));
                    }
                }
            }
            Tag::End { name } => {
                if cell_began.is_some_and(|(depth, _)| depth == open.depth()) {
                    cell_began = None;
                }
                open.pop(name)?;
            }
        }
        if cell_began.is_some_and(|(_, began)| pieces.bytes - began > LONGEST_CELL) {
            return Err(ListError::TooLarge("a cell has more than 1 MB"));
        }
    }
    if open.depth() > 0 {
        return Err(malformed());
    }
    if entries_claimed > pieces.bytes / SHORTEST_ENTRY {
        return Err(ListError::Damaged(
            "its table of texts claims more than it has".to_owned(),
        ));
    }
    Ok(pieces.bytes)
}

/// What an error of the unpacked stream means: a cut-off or garbled archive is damage.
pub(super) fn broken_off(error: std::io::Error) -> ListError {
    match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput => {
            ListError::Damaged(error.to_string())
        }
        _ => ListError::Io(error),
    }
}

fn malformed() -> ListError {
    ListError::Damaged("its XML is not well formed".to_owned())
}

/// The markup at the end of a piece.
enum Tag<'a> {
    Start {
        name: &'a [u8],
        /// Whether the element ends with its start, `<c/>`.
        empty: bool,
        text: &'a [u8],
    },
    End {
        name: &'a [u8],
    },
    /// A comment, a declaration, or the rest of the file.
    Other,
}

/// A part, cut behind each tag.
struct Pieces<R> {
    source: BufReader<R>,
    piece: Vec<u8>,
    bytes: u64,
    most: u64,
}

impl<R: Read> Pieces<R> {
    fn next(&mut self) -> Result<Option<Tag<'_>>, ListError> {
        self.piece.clear();
        let mut markup = Markup::default();
        loop {
            let begun = self.piece.len();
            let left = (LONGEST_PIECE - begun) as u64;
            let read = (&mut self.source)
                .take(left)
                .read_until(b'>', &mut self.piece)
                .map_err(broken_off)?;
            self.bytes += read as u64;
            if self.bytes > self.most {
                return Err(ListError::TooLarge("it unpacks to more than a list can need"));
            }
            if self.piece.len() >= LONGEST_PIECE {
                return Err(ListError::TooLarge("a text has more than 512 KB"));
            }
            if read == 0 || !self.piece.ends_with(b">") {
                let rest = self.piece.iter().all(u8::is_ascii_whitespace);
                return if rest { Ok(None) } else { Err(malformed()) };
            }
            if markup.is_complete(&self.piece, begun) {
                return self.tag(markup.start).map(Some);
            }
        }
    }

    fn tag(&self, start: usize) -> Result<Tag<'_>, ListError> {
        let text = &self.piece[start + 1..self.piece.len() - 1];
        match text {
            [b'!', b'-', b'-', ..] | [b'?', ..] => Ok(Tag::Other),
            _ if text.starts_with(b"![CDATA[") => Ok(Tag::Other),
            // Only a document type begins so; no workbook has one, and it could define entities.
            [b'!', ..] => Err(malformed()),
            [b'/', name @ ..] => Ok(Tag::End {
                name: name.trim_ascii_end(),
            }),
            _ => {
                let empty = text.ends_with(b"/");
                let end = text.iter().position(|b| b.is_ascii_whitespace() || *b == b'/');
                Ok(Tag::Start {
                    name: &text[..end.unwrap_or(text.len())],
                    empty,
                    text,
                })
            }
        }
    }
}

/// Where the markup of a piece starts, and whether it is inside a quoted value.
#[derive(Default)]
struct Markup {
    found: bool,
    start: usize,
    quote: Option<u8>,
}

impl Markup {
    /// Whether the `>` at the end of `piece` ends its markup; `begun` bytes were looked at before.
    fn is_complete(&mut self, piece: &[u8], begun: usize) -> bool {
        let mut from = begun;
        if !self.found {
            let Some(at) = piece[begun..].iter().position(|b| *b == b'<') else {
                return false;
            };
            self.found = true;
            self.start = begun + at;
            from = self.start + 1;
        }
        let markup = &piece[self.start + 1..];
        if markup.starts_with(b"!--") {
            return markup.len() >= 6 && markup.ends_with(b"-->");
        }
        if markup.starts_with(b"![CDATA[") {
            return markup.ends_with(b"]]>");
        }
        if markup.starts_with(b"?") {
            return markup.ends_with(b"?>");
        }
        for byte in &piece[from..] {
            match (self.quote, byte) {
                (None, b'"' | b'\'') => self.quote = Some(*byte),
                (Some(quote), byte) if quote == *byte => self.quote = None,
                _ => {}
            }
        }
        self.quote.is_none()
    }
}

/// The names of the elements that are open, one behind another.
#[derive(Default)]
struct OpenElements {
    names: Vec<u8>,
    starts: Vec<usize>,
}

impl OpenElements {
    fn depth(&self) -> usize {
        self.starts.len()
    }

    fn push(&mut self, name: &[u8]) -> Result<(), ListError> {
        if self.starts.len() == DEEPEST {
            return Err(malformed());
        }
        self.starts.push(self.names.len());
        self.names.extend_from_slice(name);
        Ok(())
    }

    fn pop(&mut self, name: &[u8]) -> Result<(), ListError> {
        match self.starts.pop() {
            Some(start) if &self.names[start..] == name => {
                self.names.truncate(start);
                Ok(())
            }
            _ => Err(malformed()),
        }
    }
}

/// A name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    let colon = name.iter().position(|b| *b == b':');
    colon.map_or(name, |at| &name[at + 1..])
}

/// How many entries the tag of a table of texts says it has.
fn claimed_entries(tag: &[u8]) -> u64 {
    const CLAIM: &str = "uniqueCount";
    let text = String::from_utf8_lossy(tag);
    let claims = text.match_indices(CLAIM).map(|(at, _)| {
        let value =
            text[at + CLAIM.len()..].trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '=');
        let digits = value.trim_start_matches(['"', '\'']);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        // Without a digit it is no number to whoever reads it either.
        let count = digits[..end].parse();
        if end == 0 { 0 } else { count.unwrap_or(u64::MAX) }
    });
    claims.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(part: &str) -> Result<u64, String> {
        screen(part.as_bytes(), 1 << 20).map_err(|error| error.to_string())
    }

    #[test]
    fn a_part_as_programs_write_it_passes() {
        let part = "<?xml version=\"1.0\"?>\n<x:a b='>' c=\"/\"><!-- > < --><c><![CDATA[<x>]]>a > b</c>\
                    <c/><d e=\"'\" /></x:a >\n";
        assert_eq!(judge(part), Ok(part.len() as u64));
    }

    #[test]
    fn what_is_not_well_formed_is_damaged() {
        for part in [
            "<a>",
            "<a><b></a></b>",
            "</a>",
            "<a></a>x",
            "<!DOCTYPE a><a/>",
            "<a b=\">",
            "x",
        ] {
            let reason = judge(part).unwrap_err();
            assert!(reason.contains("not well formed"), "{part}: {reason}");
        }
        assert!(judge(&"<a>".repeat(257)).unwrap_err().contains("not well formed"));
    }

    #[test]
    fn what_would_fill_the_memory_is_too_large() {
        let long = "x".repeat(LONGEST_PIECE);
        let cell = "<t>1234567</t>".repeat(100_000);
        for part in [
            format!("<a>{long}</a>"),
            format!("<a b=\"{}\"/>", ">".repeat(LONGEST_PIECE)),
            format!("<!--{}-->", "<a>".repeat(LONGEST_PIECE / 3)),
            format!("<a><c>{cell}</c></a>"),
            format!("<a>{}</a>", "<row/>".repeat(200_000)),
        ] {
            let reason = screen(part.as_bytes(), 1 << 21).err();
            let reason = reason.or_else(|| screen(part.as_bytes(), 1 << 20).err()).unwrap();
            assert!(matches!(reason, ListError::TooLarge(_)), "{reason}");
        }
    }

    #[test]
    fn a_table_that_claims_more_texts_than_it_has_is_damaged() {
        assert!(judge("<sst xmlns=\"http://x/2006/main\" uniqueCount=\"2\"><si/><si/></sst>").is_ok());
        let reason = judge("<x:sst uniqueCount=\"99999999999999999999999\"></x:sst>").unwrap_err();
        assert!(reason.contains("claims more"), "{reason}");
        assert!(judge("<sst uniqueCount = '10000'><si/></sst>").is_err());
    }
}
