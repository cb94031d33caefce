//! What kind of file the first bytes announce.

use crate::error::ListError;

/// What a list is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Delimited text.
    Text,
    /// A ZIP archive: XLSX, perhaps.
    Zip,
    /// A compound file: XLS, perhaps, or an encrypted XLSX.
    Compound,
}

/// Signatures of files in which a workbook may be.
const CONTAINERS: [(&[u8], Format); 3] = [
    (b"PK\x03\x04", Format::Zip),
    (b"PK\x05\x06", Format::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format::Compound),
];

/// Signatures of files that are no lists, each with what it is called.
const SIGNATURES: [(&[u8], &str); 9] = [
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"BEGIN:VCARD", "a vCard file"),
    (b"\x09\x00\x04\x00", "an Excel workbook from before 1993"),
    (b"\x09\x02\x06\x00", "an Excel workbook from before 1993"),
    (b"\x09\x04\x06\x00", "an Excel workbook from before 1993"),
];

/// How markup begins: some programs export it under the name of a spreadsheet.
const MARKUP: [(&str, &str); 5] = [
    ("<html", "HTML"),
    ("<!doctype", "HTML"),
    ("<table", "HTML"),
    ("<?xml", "XML"),
    ("mime-version:", "a saved web page"),
];

/// What is tried with a file, by its first bytes; whatever has no signature may be text.
pub(crate) fn told_by(head: &[u8]) -> Format {
    CONTAINERS
        .iter()
        .find(|(signature, _)| head.starts_with(signature))
        .map_or(Format::Text, |(_, format)| *format)
}

/// Refuses what is no delimited text, by the first bytes of the file.
///
/// # Errors
/// [`ListError::OtherFormat`].
pub(crate) fn refuse_other_formats(head: &[u8]) -> Result<(), ListError> {
    for (signature, name) in SIGNATURES {
        if head.starts_with(signature) {
            return Err(ListError::OtherFormat(name));
        }
    }
    let text = String::from_utf8_lossy(&head[..head.len().min(64)]).to_lowercase();
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    match MARKUP.iter().find(|(opening, _)| start.starts_with(opening)) {
        Some((_, name)) => Err(ListError::OtherFormat(name)),
        None => Ok(()),
    }
}
