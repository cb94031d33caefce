//! Bytes of a file in, UTF-8 text with `\n` line ends out, a piece at a time.
//!
//! The encoding is told by the byte order mark, else by the first bytes: UTF-8, unless more of
//! them are no UTF-8 than are; then Windows-1252, in which every byte is a character. In a UTF-8
//! file a byte that is no UTF-8 is read as Windows-1252, as rows pasted from elsewhere are.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::error::ListError;
use crate::format;

/// Bytes read ahead to judge a file by, and bytes per piece after that.
pub(crate) const PIECE: usize = 64 * 1024;

/// Above one in this many control characters, the bytes are no text.
const TEXT_PER_CONTROL: usize = 10;

/// Text out of a byte source.
pub(crate) struct TextReader<R> {
    source: R,
    encoding: &'static str,
    scheme: Scheme,
    raw: Vec<u8>,
    bytes_read: u64,
    after_cr: bool,
    done: bool,
}

enum Scheme {
    Utf8,
    Other(Decoder),
}

impl<R: Read> TextReader<R> {
    /// Reads the first [`PIECE`] bytes and tells the encoding by them.
    ///
    /// # Errors
    /// An empty file, another format, binary data, or a failure of the source.
    pub(crate) fn open(source: R) -> Result<Self, ListError> {
        let mut text = Self {
            source,
            encoding: "utf-8",
            scheme: Scheme::Utf8,
            raw: Vec::with_capacity(PIECE),
            bytes_read: 0,
            after_cr: false,
            done: false,
        };
        text.read_piece()?;
        if text.raw.is_empty() {
            return Err(ListError::Empty);
        }
        format::refuse_other_formats(&text.raw)?;
        let (encoding, scheme, mark) = told_by(&text.raw);
        if matches!(scheme, Scheme::Utf8) || encoding == "windows-1252" {
            refuse_binary(&text.raw)?;
        }
        text.encoding = encoding;
        text.scheme = scheme;
        text.raw.drain(..mark);
        Ok(text)
    }

    /// The encoding's name, in lower case.
    pub(crate) fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// Bytes taken from the source so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Whether all text has been appended.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// Appends the next piece of text; false when there is no more, and nothing was appended.
    pub(crate) fn append_to(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        if self.done {
            return Ok(false);
        }
        if self.raw.len() < PIECE {
            self.read_piece()?;
        }
        self.done = self.raw.len() < PIECE;
        let decoded = match &mut self.scheme {
            Scheme::Utf8 => decode_utf8(&mut self.raw, self.done),
            Scheme::Other(decoder) => decode(decoder, &mut self.raw, self.done),
        };
        self.append_lines(decoded.as_bytes(), text);
        Ok(true)
    }

    /// Fills `raw` up to [`PIECE`] bytes; fewer mean that the source is at its end.
    fn read_piece(&mut self) -> io::Result<()> {
        let wanted = (PIECE - self.raw.len()) as u64;
        let got = self.source.by_ref().take(wanted).read_to_end(&mut self.raw)?;
        self.bytes_read += got as u64;
        Ok(())
    }

    /// Appends with `\r\n` and `\r` made `\n`, also where a piece ends between the two.
    fn append_lines(&mut self, decoded: &[u8], text: &mut Vec<u8>) {
        text.reserve(decoded.len());
        for &byte in decoded {
            match byte {
                b'\n' if self.after_cr => {}
                b'\r' => text.push(b'\n'),
                _ => text.push(byte),
            }
            self.after_cr = byte == b'\r';
        }
    }
}

/// The encoding, its decoder, and the length of the byte order mark.
fn told_by(head: &[u8]) -> (&'static str, Scheme, usize) {
    match head {
        [0xef, 0xbb, 0xbf, ..] => ("utf-8", Scheme::Utf8, 3),
        [0xff, 0xfe, ..] => (
            "utf-16le",
            Scheme::Other(UTF_16LE.new_decoder_without_bom_handling()),
            2,
        ),
        [0xfe, 0xff, ..] => (
            "utf-16be",
            Scheme::Other(UTF_16BE.new_decoder_without_bom_handling()),
            2,
        ),
        _ if mostly_utf8(head) => ("utf-8", Scheme::Utf8, 0),
        _ => (
            "windows-1252",
            Scheme::Other(WINDOWS_1252.new_decoder_without_bom_handling()),
            0,
        ),
    }
}

/// Whether no fewer characters beyond ASCII are UTF-8 than are not.
fn mostly_utf8(head: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0, 0);
    for chunk in head.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    let cut_short = head.len() == PIECE && head.utf8_chunks().last().is_some_and(|c| !c.invalid().is_empty());
    invalid - usize::from(cut_short) <= valid
}

fn refuse_binary(head: &[u8]) -> Result<(), ListError> {
    let control = |b: &u8| b.is_ascii_control() && !matches!(b, b'\t' | b'\n' | b'\r');
    let controls = head.iter().filter(|b| control(b)).count();
    if head.contains(&0) || controls > head.len() / TEXT_PER_CONTROL {
        return Err(ListError::Binary);
    }
    Ok(())
}

/// Decodes all of `raw` but a character cut off at its end, which stays for the next piece.
fn decode_utf8(raw: &mut Vec<u8>, last: bool) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut taken = 0;
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        taken += chunk.valid().len();
        let invalid = chunk.invalid();
        let cut_off = taken + invalid.len() == raw.len() && !last;
        if !cut_off {
            text.push_str(&WINDOWS_1252.decode_without_bom_handling(invalid).0);
            taken += invalid.len();
        }
    }
    raw.drain(..taken);
    text
}

fn decode(decoder: &mut Decoder, raw: &mut Vec<u8>, last: bool) -> String {
    let most = decoder
        .max_utf8_buffer_length(raw.len())
        .unwrap_or(raw.len() * 3 + 16);
    let mut text = String::with_capacity(most);
    let (result, taken, _) = decoder.decode_to_string(raw, &mut text, last);
    debug_assert_eq!(
        result,
        CoderResult::InputEmpty,
        "the buffer holds the longest output"
    );
    raw.drain(..taken);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(bytes: &[u8]) -> (String, &'static str) {
        let mut reader = TextReader::open(bytes).unwrap();
        let mut text = Vec::new();
        while reader.append_to(&mut text).unwrap() {}
        (String::from_utf8(text).unwrap(), reader.encoding())
    }

    #[test]
    fn every_encoding_yields_the_same_text() {
        let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}Zoë\r\n".encode_utf16().flat_map(order).collect()
        };
        let expected = |encoding| ("Zoë\n".to_owned(), encoding);
        assert_eq!(text_of("Zoë\n".as_bytes()), expected("utf-8"));
        assert_eq!(text_of("\u{feff}Zoë\r".as_bytes()), expected("utf-8"));
        assert_eq!(text_of(b"Zo\xeb\r\n"), expected("windows-1252"));
        assert_eq!(text_of(&utf16(u16::to_le_bytes)), expected("utf-16le"));
        assert_eq!(text_of(&utf16(u16::to_be_bytes)), expected("utf-16be"));
    }

    #[test]
    fn a_stray_byte_in_a_utf8_file_is_read_as_windows_1252() {
        assert_eq!(text_of(b"Zo\xc3\xab, Jos\xe9\n").0, "Zoë, José\n");
    }

    #[test]
    fn a_character_and_a_line_end_cut_by_a_piece_stay_whole() {
        for lead in PIECE - 5..PIECE + 2 {
            let expected = format!("{}ë\n1\n", "a".repeat(lead));
            let written = format!("{}ë\r\n1\r\n", "a".repeat(lead));
            assert_eq!(text_of(written.as_bytes()), (expected, "utf-8"), "{lead}");
        }
    }

    #[test]
    fn what_is_no_text_is_named() {
        let refusal = |bytes: &[u8]| TextReader::open(bytes).err().unwrap().to_string();
        assert_eq!(refusal(b""), "the file is empty");
        assert!(refusal(b" <!DOCTYPE html><table>").starts_with("this looks like HTML"));
        assert!(refusal(b"MIME-Version: 1.0").starts_with("this looks like a saved web page"));
        assert!(refusal(b"\x09\x02\x06\x00\0\0").starts_with("this looks like an Excel workbook from"));
        assert!(refusal(b"%PDF-1.7").starts_with("this looks like a PDF"));
        assert!(refusal(b"phone\0,name").starts_with("the file holds binary data"));
        assert!(refusal(b"\x01\x02\x03phone").starts_with("the file holds binary data"));
    }
}
