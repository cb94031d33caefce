//! What kind of file the first bytes announce.

use crate::error::ListError;

/// Signatures of files that are no text lists, each with what it is called; `None` for a
/// workbook, which is to get a reader of its own.
const SIGNATURES: [(&[u8], Option<&str>); 9] = [
    (b"PK\x03\x04", None),
    (b"PK\x05\x06", None),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
    (b"\x1f\x8b", Some("a gzip archive")),
    (b"7z\xbc\xaf\x27\x1c", Some("a 7-Zip archive")),
    (b"%PDF-", Some("a PDF")),
    (b"{\\rtf", Some("an RTF document")),
    (b"SQLite format 3\0", Some("a SQLite database")),
    (b"BEGIN:VCARD", Some("a vCard file")),
];

/// How markup begins: some programs export HTML or XML under the name of a spreadsheet.
const MARKUP: [(&str, &str); 4] = [
    ("<html", "HTML"),
    ("<!doctype", "HTML"),
    ("<table", "HTML"),
    ("<?xml", "XML"),
];

/// Refuses what is no delimited text, by the first bytes of the file.
///
/// # Errors
/// [`ListError::Workbook`] or [`ListError::OtherFormat`].
pub(crate) fn refuse_other_formats(head: &[u8]) -> Result<(), ListError> {
    for (signature, name) in SIGNATURES {
        if head.starts_with(signature) {
            return Err(name.map_or(ListError::Workbook, ListError::OtherFormat));
        }
    }
    let text = String::from_utf8_lossy(&head[..head.len().min(64)]).to_lowercase();
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    match MARKUP.iter().find(|(opening, _)| start.starts_with(opening)) {
        Some((_, name)) => Err(ListError::OtherFormat(name)),
        None => Ok(()),
    }
}
